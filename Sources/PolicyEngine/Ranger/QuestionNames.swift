/// What names in questions mean to an engine, for looking up without reference counting.
final class QuestionNames: Sendable {
    /// The levels of resources, by their position in the definition.
    let levels: FrozenNames
    private let accessTypes: FrozenNames
    private let users: FrozenNames
    private let groups: FrozenNames
    let roles: RoleNumbers

    init(
        _ definition: ServiceDefinition,
        _ types: AccessTypeTable,
        _ table: PrincipalTable,
        _ roles: RoleNumbers
    ) {
        var levels = NameTable()
        for name in definition.resources.map(\.name) { _ = levels.intern(name) }
        self.levels = levels.frozen()
        accessTypes = types.bits.frozen()
        users = table.users.frozen()
        groups = table.groups.frozen()
        self.roles = roles
    }

    deinit {
        levels.free()
        accessTypes.free()
        users.free()
        groups.free()
    }

    /// The number of an access type, ignoring case; -1 for none.
    func accessType(_ name: String) -> Int {
        let exact = accessTypes.find(name)
        return Int(exact >= 0 ? exact : accessTypes.find(name.lowercased()))
    }

    /// Adds the numbers of a user, of groups and of the roles that come with them, as far as policies know them.
    ///
    /// False when there are more than the scratch has room for.
    func add(_ user: String, _ groups: [String], _ scratch: PlainScratch, _ plain: inout PlainQuestion)
        -> Bool
    {
        let position = users.find(user)
        if position >= 0 {
            plain.add(PrincipalTable.principal(.user, position))
            guard plain.add(roles.held(byUser: Int(position))) else { return false }
        }
        for index in groups.indices {
            let position = self.groups.find(groups[index])
            guard position >= 0 else { continue }
            guard plain.add(PrincipalTable.principal(.group, position)),
                plain.add(roles.held(byGroup: Int(position)))
            else { return false }
        }
        return plain.add(roles.common)
    }
}

extension PlainQuestion {
    @discardableResult
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
