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
        roles.free()
    }

    /// The number of an access type, ignoring case; -1 for none.
    func accessType(_ name: String) -> Int {
        let exact = accessTypes.find(name)
        return Int(exact >= 0 ? exact : accessTypes.find(name.lowercased()))
    }

    /// Adds a user, and the roles that come with the name, as far as policies know them.
    func add(user: String, to found: inout ContiguousArray<Int32>) {
        let position = users.find(user)
        guard position >= 0 else { return }
        found.append(PrincipalTable.principal(.user, position))
        roles.add(withUser: Int(position), to: &found)
    }

    /// Adds a group, and the roles that come with it.
    func add(group: String, to found: inout ContiguousArray<Int32>) {
        let position = groups.find(group)
        guard position >= 0 else { return }
        found.append(PrincipalTable.principal(.group, position))
        roles.add(withGroup: Int(position), to: &found)
    }
}
