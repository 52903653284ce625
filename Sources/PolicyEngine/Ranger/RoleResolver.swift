/// Who holds which roles, also through groups and other roles, as Ranger reads them: what isn't there is ignored.
struct RoleResolver: Sendable {
    private let byUser: [String: Set<String>]
    private let byGroup: [String: Set<String>]
    private let containers: [String: [String]]

    init(_ roles: [RoleRecord]) {
        var byUser: [String: Set<String>] = [:]
        var byGroup: [String: Set<String>] = [:]
        var containers: [String: [String]] = [:]
        for role in roles {
            for user in role.users { byUser[user, default: []].insert(role.name) }
            for group in role.groups { byGroup[group, default: []].insert(role.name) }
            for member in role.roles { containers[member, default: []].append(role.name) }
        }
        self.byUser = byUser
        self.byGroup = byGroup
        self.containers = containers
    }

    func roles(of user: String?, groups: [String]) -> [String] {
        var held = user.flatMap { byUser[$0] } ?? []
        for group in groups + ["public"] { held.formUnion(byGroup[group] ?? []) }
        return closure(of: held)
    }

    /// Those that come with a user alone.
    func roles(ofUserOnly user: String) -> [String] { closure(of: byUser[user] ?? []) }

    /// Those that come with a group alone.
    func roles(ofGroupOnly group: String) -> [String] { closure(of: byGroup[group] ?? []) }

    private func closure(of roles: Set<String>) -> [String] {
        var held = roles
        var open = Array(held)
        while let role = open.popLast() {
            for container in containers[role] ?? [] where held.insert(container).inserted {
                open.append(container)
            }
        }
        return held.sorted()
    }
}
