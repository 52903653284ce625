import CatalogModel
import HashTreeCollections
import PolicyEngine

/// Somebody whom policies can be tried on: a user of the catalog, or whoever has just one group or role.
package struct PolicyPrincipal: Hashable, Sendable {
    /// What kind of name it is.
    package enum Kind: String, Hashable, Sendable {
        /// A user, with groups, roles and attributes.
        case user
        /// A member of one group and no other, with the roles that the group holds.
        case group
        /// A holder of one role.
        case role
        /// Somebody in the catalog without group or role.
        case anybody
    }

    /// The kind.
    package let kind: Kind
    /// The name; empty for anybody.
    package let name: String
    /// Who asks on its behalf.
    let subject: Subject

    /// Such as `group analysts`.
    package var title: String { kind == .anybody ? "anybody" : "\(kind.rawValue) \(name)" }

    /// Principals with the same groups, roles and attributes are told apart by kind and name only.
    package static func == (left: PolicyPrincipal, right: PolicyPrincipal) -> Bool {
        left.kind == right.kind && left.name == right.name
    }

    /// Kind and name.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(name)
    }
}

extension GovernanceSnapshot {
    /// Everybody whom policies can be tried on: users, groups and roles of the catalog and of some policies, by kind
    /// and name, and anybody.
    func principals(named policies: [Policy] = []) -> [PolicyPrincipal] {
        let items = policies.flatMap(\.items)
        let users = Set(state.users.keys).union(items.flatMap(\.users).map { UserName($0) })
            .union(state.tables.values.compactMap(\.definition.owner))
        let groups = Set(state.groups.keys).union(state.users.values.flatMap(\.groups))
            .union(items.flatMap(\.groups).map { GroupName($0) }).subtracting([GroupName("public")])
        let named = Set(state.roles.keys).union(items.flatMap(\.roles).map { RoleName($0) })
        let known = users.filter { !$0.text.hasPrefix("{") }.sorted().map { user in
            PolicyPrincipal(
                kind: .user,
                name: user.text,
                subject: (try? self.subject(user)) ?? Subject(user: user)
            )
        }
        return known
            + groups.sorted().map { group in
                PolicyPrincipal(kind: .group, name: group.text, subject: member(of: [group]))
            }
            + named.sorted().map { role in
                PolicyPrincipal(
                    kind: .role,
                    name: role.text,
                    subject: Subject(user: UserName(""), roles: rolesHeld(with: role))
                )
            } + [PolicyPrincipal(kind: .anybody, name: "", subject: member(of: []))]
    }

    /// A role, and the roles that its holders hold too; sorted.
    func rolesHeld(with role: RoleName) -> [RoleName] {
        var held: Set = [role]
        var next = [role]
        while let current = next.popLast() {
            for container in state.roles.values
            where container.roles.contains(current) && held.insert(container.name).inserted {
                next.append(container.name)
            }
        }
        return held.sorted()
    }

    private func member(of groups: [GroupName]) -> Subject {
        Subject(
            user: UserName(""),
            groups: groups,
            roles: roles.roles(of: UserName(""), groups: groups),
            groupAttributes: groupAttributes(of: groups)
        )
    }
}

extension Policy {
    /// The items of all lists.
    var items: [PolicyItem] {
        policyItems + denyPolicyItems + allowExceptions + denyExceptions + dataMaskPolicyItems
            + rowFilterPolicyItems
    }

    /// The purposes that its conditions name.
    var purposes: [String] {
        (conditions + items.flatMap(\.conditions)).filter { $0.type == "purpose" }.flatMap(\.values)
    }
}
