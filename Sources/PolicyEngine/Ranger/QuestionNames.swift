/// What names in questions mean to an engine, for looking up without reference counting.
final class QuestionNames: Sendable {
    /// What looking them up takes; its owner keeps them.
    struct View: Sendable, BitwiseCopyable {
        /// The levels of resources, by their position in the definition.
        let levels: FrozenNames
        fileprivate let accessTypes: FrozenNames
        fileprivate let users: FrozenNames
        fileprivate let groups: FrozenNames
        fileprivate let roles: RoleNumbers.View
    }

    private let roles: RoleNumbers
    private let views: Frozen<View>

    init(
        _ definition: ServiceDefinition,
        _ types: AccessTypeTable,
        _ table: PrincipalTable,
        _ roles: RoleNumbers
    ) {
        var levels = NameTable()
        for name in definition.resources.map(\.name) { _ = levels.intern(name) }
        self.roles = roles
        let view = View(
            levels: levels.frozen(),
            accessTypes: types.bits.frozen(),
            users: table.users.frozen(),
            groups: table.groups.frozen(),
            roles: roles.view
        )
        views = Frozen([view])
    }

    /// What looking them up takes, where it lies, so that it isn't copied.
    var view: UnsafePointer<View> { views.base }

    deinit {
        let view = views[0]
        views.free()
        view.levels.free()
        view.accessTypes.free()
        view.users.free()
        view.groups.free()
    }
}

extension QuestionNames.View {
    /// The number of an access type that is asked for by its own name, ignoring case; -1 for others.
    @inline(__always)
    func plainAccessType(of question: UnsafePointer<AccessQuestion>) -> Int {
        let name = withUnsafePointer(to: question.pointee.accessType) { ShortText(at: $0) }
        // Marker types such as `_ALL` stand for several.
        if name.count == 0 || UInt8(truncatingIfNeeded: name.first) == UInt8(ascii: "_") { return -1 }
        let exact = name.isLong ? -1 : accessTypes.find(name)
        return exact >= 0 ? Int(exact) : foldedAccessType(question.pointee.accessType)
    }

    @inline(never)
    private func foldedAccessType(_ name: String) -> Int {
        guard name.utf8.first != UInt8(ascii: "_") else { return -1 }
        let exact = accessTypes.find(name)
        return Int(exact >= 0 ? exact : accessTypes.find(name.lowercased()))
    }

    /// Adds the numbers of a user, of groups and of the roles that come with them, as far as policies know them.
    ///
    /// False when there are more than the scratch has room for. Whoever asks keeps the question, so that its groups are
    /// read where they lie.
    func addPrincipals(
        of question: UnsafePointer<AccessQuestion>,
        to plain: UnsafeMutablePointer<PlainQuestion>
    ) -> Bool {
        var found = PrincipalCollector(plain.pointee)
        guard addUser(of: question, to: &found), addGroups(of: question, to: &found), found.add(roles.common)
        else { return false }
        plain.pointee.take(found)
        return true
    }

    @inline(__always)
    private func addUser(of question: UnsafePointer<AccessQuestion>, to found: inout PrincipalCollector)
        -> Bool
    {
        let name = withUnsafePointer(to: question.pointee.user) { ShortText(at: $0) }
        let user = name.isLong ? users.find(question.pointee.user) : users.find(name)
        guard user >= 0 else { return true }
        return found.add(PrincipalTable.principal(.user, user)) && found.add(roles.held(byUser: Int(user)))
    }

    @inline(__always)
    private func addGroups(of question: UnsafePointer<AccessQuestion>, to found: inout PrincipalCollector)
        -> Bool
    {
        let names = question.pointee.groups.withUnsafeBufferPointer { $0 }
        for index in 0..<names.count {
            let name = withUnsafePointer(to: names[index]) { ShortText(at: $0) }
            let group = name.isLong ? groups.find(names[index]) : groups.find(name)
            guard group >= 0 else { continue }
            guard found.add(PrincipalTable.principal(.group, group)),
                found.add(roles.held(byGroup: Int(group)))
            else { return false }
        }
        return true
    }
}
