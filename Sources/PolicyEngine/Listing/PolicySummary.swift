/// What one policy says of users, groups and roles, whatever the request.
struct PolicySummary: Sendable {
    struct Entry: Sendable {
        var result: AccessLists.Result
        var hasSeenDenial: Bool
    }

    private enum Kind { case allow, allowException, deny, denyException }

    private(set) var users: [String: [String: Entry]] = [:]
    private(set) var groups: [String: [String: Entry]] = [:]
    private(set) var roles: [String: [String: Entry]] = [:]
    private var mentionedUsers: Set<String> = []
    private var mentionedGroups: Set<String> = []
    private var mentionedRoles: Set<String> = []

    init(_ policy: Policy, _ types: AccessTypeTable, isDynamic: Bool, hasDenials: Bool) {
        let isConditional = !policy.conditions.isEmpty || isDynamic
        for item in policy.policyItems + policy.denyPolicyItems + policy.allowExceptions
            + policy.denyExceptions
        {
            mentionedUsers.formUnion(item.users.filter { $0 != "{USER}" && $0 != "{OWNER}" })
            mentionedGroups.formUnion(item.groups.filter { $0 != "public" })
            mentionedRoles.formUnion(item.roles)
        }
        if hasDenials {
            let isVague = PolicySummary.isVague(policy.denyExceptions, of: policy.denyPolicyItems)
            for item in policy.denyPolicyItems { add(item, .deny, isConditional || isVague, types) }
            if !isVague { for item in policy.denyExceptions { add(item, .denyException, false, types) } }
        }
        let exceptions = hasDenials ? policy.allowExceptions : []
        let isVague = PolicySummary.isVague(exceptions, of: policy.policyItems)
        for item in policy.policyItems { add(item, .allow, isConditional || isVague, types) }
        if !isVague { for item in exceptions { add(item, .allowException, false, types) } }
        finish(isDenyAllElse: policy.isDenyAllElse, types)
    }

    /// What it says of some accesses.
    func only(_ names: Set<String>) -> PolicySummary {
        var summary = self
        let keep = { (lists: [String: [String: Entry]]) in
            lists.mapValues { $0.filter { names.contains($0.key) } }.filter { !$0.value.isEmpty }
        }
        summary.users = keep(users)
        summary.groups = keep(groups)
        summary.roles = keep(roles)
        return summary
    }

    /// Whether exceptions can't be settled without a request.
    private static func isVague(_ exceptions: [PolicyItem], of items: [PolicyItem]) -> Bool {
        let isForAll = { (item: PolicyItem) in item.groups.contains("public") || item.users.contains("{USER}")
        }
        let hasConditions = exceptions.contains { item in
            !item.conditions.isEmpty || !item.groups.isEmpty && !item.groups.contains("public")
        }
        if hasConditions { return true }
        return !exceptions.isEmpty && items.contains(where: isForAll) && !exceptions.contains(where: isForAll)
    }

    private mutating func add(
        _ item: PolicyItem,
        _ kind: Kind,
        _ isConditional: Bool,
        _ types: AccessTypeTable
    ) {
        let result: AccessLists.Result
        let hasConditions = !item.conditions.isEmpty
        switch kind {
        case .allow: result = isConditional || hasConditions ? .conditional : .allowed
        case .deny: result = isConditional || hasConditions ? .conditional : .denied
        case .allowException:
            if hasConditions { return }
            result = .denied
        case .denyException:
            if hasConditions { return }
            result = .allowed
        }
        var names: [String] = item.delegateAdmin ? ["_admin"] : []
        for access in item.accesses {
            guard let bit = types.find(access.type) else { continue }
            // Ranger's listings don't look at `isAllowed`.
            for name in types.names(in: types.grants(of: bit)) { names.addOnce(name) }
        }
        for name in names {
            for user in item.users where user != "{USER}" && !user.isEmpty {
                PolicySummary.add(result, kind, &users[user, default: [:]], name)
            }
            for group in item.groups where group != "public" {
                PolicySummary.add(result, kind, &groups[group, default: [:]], name)
            }
            if item.groups.contains("public") || item.users.contains("{USER}") {
                PolicySummary.add(result, kind, &groups["public", default: [:]], name)
            }
            for role in item.roles { PolicySummary.add(result, kind, &roles[role, default: [:]], name) }
        }
        users = users.filter { !$0.value.isEmpty }
        groups = groups.filter { !$0.value.isEmpty }
        roles = roles.filter { !$0.value.isEmpty }
    }

    private static func add(
        _ result: AccessLists.Result,
        _ kind: Kind,
        _ accesses: inout [String: Entry],
        _ name: String
    ) {
        guard var entry = accesses[name] else {
            if kind == .allow || kind == .deny {
                accesses[name] = Entry(result: result, hasSeenDenial: result == .denied)
            }
            return
        }
        let sum = max(-1, min(1, entry.result.rawValue + result.rawValue))
        switch result {
        case .denied:
            if entry.result == .conditional {
                entry.result = .denied
            } else {
                if kind == .deny { entry.hasSeenDenial = true }
                entry.result = AccessLists.Result(rawValue: sum) ?? .open
            }
        case .allowed:
            if entry.result == .conditional {
                entry.result = .allowed
            } else {
                entry.result = AccessLists.Result(rawValue: sum) ?? .open
            }
        case .conditional: if entry.result == .open { entry.result = .conditional }
        case .open: break
        }
        accesses[name] = entry
    }

    private mutating func finish(isDenyAllElse: Bool, _ types: AccessTypeTable) {
        for (access, entry) in groups["public"] ?? [:]
        where entry.result == .allowed || entry.result == .denied {
            PolicySummary.drop(access, from: &users)
            PolicySummary.drop(access, from: &groups)
        }
        guard isDenyAllElse else { return }
        let names = types.defined.map { types.names[$0] }.filter { $0 != "all" }
        let lists = [users, groups, roles]
        let someoneMay = { (access: String) in
            lists.contains { list in
                list.values.contains {
                    $0[access].map { $0.result == .allowed || $0.result == .conditional } ?? false
                }
            }
        }
        for name in names where groups["public"]?[name] == nil {
            let result: AccessLists.Result = someoneMay(name) ? .conditional : .denied
            groups["public", default: [:]][name] = Entry(result: result, hasSeenDenial: result == .denied)
        }
        PolicySummary.denyOpen(&users, mentionedUsers, names)
        PolicySummary.denyOpen(&groups, mentionedGroups, names)
        PolicySummary.denyOpen(&roles, mentionedRoles, names)
    }

    private static func drop(_ access: String, from lists: inout [String: [String: Entry]]) {
        for name in lists.keys where name != "public" {
            lists[name]?[access] = nil
            if lists[name]?.isEmpty ?? false { lists[name] = nil }
        }
    }

    /// Denies to those whom the policy mentions whatever it doesn't allow them.
    private static func denyOpen(
        _ lists: inout [String: [String: Entry]],
        _ mentioned: Set<String>,
        _ accesses: [String]
    ) {
        for name in mentioned {
            for access in accesses where (lists[name]?[access]?.result ?? .open) == .open {
                lists[name, default: [:]][access] = Entry(result: .denied, hasSeenDenial: true)
            }
        }
    }
}

extension AccessTypeTable {
    /// The names of bits.
    func names(in bits: UInt128) -> [String] {
        names.indices.filter { bits >> UInt128($0) & 1 == 1 }.map { names[$0] }
    }
}
