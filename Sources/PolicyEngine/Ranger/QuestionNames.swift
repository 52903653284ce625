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
    let view: View

    init(
        _ definition: ServiceDefinition,
        _ types: AccessTypeTable,
        _ table: PrincipalTable,
        _ roles: RoleNumbers
    ) {
        var levels = NameTable()
        for name in definition.resources.map(\.name) { _ = levels.intern(name) }
        self.roles = roles
        view = View(
            levels: levels.frozen(),
            accessTypes: types.bits.frozen(),
            users: table.users.frozen(),
            groups: table.groups.frozen(),
            roles: roles.view
        )
    }

    deinit {
        view.levels.free()
        view.accessTypes.free()
        view.users.free()
        view.groups.free()
    }
}

extension QuestionNames.View {
    /// The number of an access type, ignoring case; -1 for none.
    func accessType(_ name: String) -> Int {
        let exact = accessTypes.find(name)
        return Int(exact >= 0 ? exact : accessTypes.find(name.lowercased()))
    }

    /// Adds the numbers of a user, of groups and of the roles that come with them, as far as policies know them.
    ///
    /// False when there are more than the scratch has room for.
    func add(_ user: borrowing String, _ groups: borrowing [String], _ plain: inout PlainQuestion) -> Bool {
        let position = users.find(user)
        if position >= 0 {
            plain.add(PrincipalTable.principal(.user, position))
            guard plain.add(roles.held(byUser: Int(position))) else { return false }
        }
        let areAdded = groups.withUnsafeBufferPointer { groups in
            for index in groups.indices {
                let position = self.groups.find(groups[index])
                guard position >= 0 else { continue }
                guard plain.add(PrincipalTable.principal(.group, position)),
                    plain.add(roles.held(byGroup: Int(position)))
                else { return false }
            }
            return true
        }
        return areAdded && plain.add(roles.common)
    }
}

extension PlainQuestion {
    @discardableResult
    @inline(__always)
    fileprivate mutating func add(_ principal: Int32) -> Bool {
        guard principalCount < PlainScratch.mostPrincipals else { return false }
        principals[principalCount] = principal
        prints[principalCount] = SIMD8(repeating: PrincipalPrints.print(of: principal))
        principalCount += 1
        return true
    }

    fileprivate mutating func add(_ found: UnsafeBufferPointer<Int32>) -> Bool {
        for index in 0..<found.count where !add(found[index]) { return false }
        return true
    }
}
