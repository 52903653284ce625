package import CatalogModel

/// Who holds which roles, also through groups and other roles.
package struct RoleDirectory: Sendable {
    private let byUser: [UserName: Set<RoleName>]
    private let byGroup: [GroupName: Set<RoleName>]
    /// For each role, the roles that its holders hold too, itself included.
    private let implied: [RoleName: Set<RoleName>]

    /// Resolves what roles bring along.
    ///
    /// - Throws: `.duplicate` for two roles of one name, `.unknown` for a member role that isn't there, `.cycle` for
    ///   roles that hold each other, with the way round, `.tooMuch` for too many within each other.
    package init(roles: [Role]) throws(PolicyError) {
        var containers: [RoleName: [RoleName]] = [:]
        var names: Set<RoleName> = []
        for role in roles {
            guard names.insert(role.name).inserted else {
                let place = PolicyPlace("role", role.name.text)
                throw PolicyError(.duplicate(kind: "role", name: role.name.text), at: place)
            }
        }
        var byUser: [UserName: Set<RoleName>] = [:]
        var byGroup: [GroupName: Set<RoleName>] = [:]
        for role in roles {
            for user in role.users { byUser[user, default: []].insert(role.name) }
            for group in role.groups { byGroup[group, default: []].insert(role.name) }
            for member in role.roles {
                guard names.contains(member) else {
                    let place = PolicyPlace("role", role.name.text, member: "roles")
                    throw PolicyError(.unknown(kind: "role", name: member.text, known: []), at: place)
                }
                containers[member, default: []].append(role.name)
            }
        }
        self.byUser = byUser
        self.byGroup = byGroup
        var implied: [RoleName: Set<RoleName>] = [:]
        for name in names.sorted() {
            try RoleDirectory.resolve(name, path: [], containers, &implied)
        }
        self.implied = implied
    }

    /// The roles of a user who belongs to these groups; sorted, empty for none.
    ///
    /// Roles of the group `public` are everyone's.
    package func roles(of user: UserName, groups: [GroupName]) -> [RoleName] {
        var held = byUser[user] ?? []
        for group in groups + [GroupName("public")] { held.formUnion(byGroup[group] ?? []) }
        return held.reduce(into: Set<RoleName>()) { $0.formUnion(implied[$1] ?? [$1]) }.sorted()
    }

    /// The subject that a user is.
    package func subject(for user: User) -> Subject {
        Subject(
            user: user.name,
            groups: user.groups,
            roles: roles(of: user.name, groups: user.groups),
            attributes: user.attributes
        )
    }

    private static func resolve(
        _ name: RoleName,
        path: [RoleName],
        _ containers: [RoleName: [RoleName]],
        _ implied: inout [RoleName: Set<RoleName>]
    ) throws(PolicyError) {
        if implied[name] != nil { return }
        if let start = path.firstIndex(of: name) {
            let cycle = path[start...].map(\.text) + [name.text]
            throw PolicyError(.cycle(cycle.reversed()), at: PolicyPlace("role", name.text))
        }
        guard path.count < PolicyLimits.rolesWithinRoles else {
            let problem = PolicyProblem.tooMuch(
                of: "roles within each other",
                limit: PolicyLimits.rolesWithinRoles
            )
            throw PolicyError(problem, at: PolicyPlace("role", name.text))
        }
        var all: Set<RoleName> = [name]
        for container in containers[name] ?? [] {
            try resolve(container, path: path + [name], containers, &implied)
            all.formUnion(implied[container] ?? [])
        }
        implied[name] = all
    }
}
