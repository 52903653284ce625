/// What names in questions mean to an engine, for looking up without reference counting.
final class QuestionNames: Sendable {
    /// What looking them up takes; its owner keeps them.
    struct View: Sendable, BitwiseCopyable {
        /// The levels of resources, by their position in the definition.
        let levels: FrozenNames
        let texts: TextReading
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
            texts: TextReading(),
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

/// Where names are looked up, so that it isn't copied.
extension UnsafePointer<QuestionNames.View> {
    /// The number of an access type that is asked for by its own name, ignoring case; -1 for others.
    @inline(__always)
    func plainAccessType(of question: UnsafePointer<AccessQuestion>) -> Int {
        guard let place = question.pointer(to: \.accessType) else { return -1 }
        let name = pointee.texts.text(at: place)
        // Marker types such as `_ALL` stand for several.
        if name.count == 0 || UInt8(truncatingIfNeeded: name.first) == UInt8(ascii: "_") { return -1 }
        let exact = name.isLong ? -1 : pointee.accessTypes.find(name)
        return exact >= 0 ? Int(exact) : foldedAccessType(place.pointee)
    }

    @inline(never)
    private func foldedAccessType(_ name: String) -> Int {
        guard name.utf8.first != UInt8(ascii: "_") else { return -1 }
        let exact = pointee.accessTypes.find(name)
        return Int(exact >= 0 ? exact : pointee.accessTypes.find(name.lowercased()))
    }

    /// Adds the numbers of a user and of the roles that come with it or with being anyone, as far as policies know
    /// them; false when there are more than the scratch has room for.
    @inline(__always)
    func addUser(of question: UnsafePointer<AccessQuestion>, to plain: UnsafeMutablePointer<PlainQuestion>)
        -> Bool
    {
        guard let place = question.pointer(to: \.user) else { return false }
        var found = PrincipalCollector(plain.pointee)
        let name = pointee.texts.text(at: place)
        let user = name.isLong ? pointee.users.find(place.pointee) : pointee.users.find(name)
        guard user < 0 || pointee.roles.add(user: Int(user), to: &found),
            pointee.roles.addCommon(to: &found)
        else { return false }
        plain.pointee.take(found)
        return true
    }

    /// The same for groups and the roles that come with them.
    ///
    /// Whoever asks keeps the question, so that its groups are read where they lie.
    @inline(__always)
    func addGroups(of question: UnsafePointer<AccessQuestion>, to plain: UnsafeMutablePointer<PlainQuestion>)
        -> Bool
    {
        let names = question.pointee.groups.withUnsafeBufferPointer { $0 }
        guard var place = names.baseAddress else { return true }
        var found = PrincipalCollector(plain.pointee)
        for _ in 0..<names.count {
            let name = pointee.texts.text(at: place)
            let group = name.isLong ? pointee.groups.find(place.pointee) : pointee.groups.find(name)
            place += 1
            guard group < 0 || pointee.roles.add(group: Int(group), to: &found) else { return false }
        }
        plain.pointee.take(found)
        return true
    }
}
