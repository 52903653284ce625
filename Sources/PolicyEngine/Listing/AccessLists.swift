/// Who may do what on one resource.
package struct AccessLists: Hashable, Sendable {
    /// What is said of one access.
    package enum Result: Int, Hashable, Sendable {
        /// Denied.
        case denied = -1
        /// Nothing settled.
        case open = 0
        /// Allowed.
        case allowed = 1
        /// It depends on conditions, times or exceptions.
        case conditional = 2
    }

    /// One access of one user, group or role.
    package struct Entry: Hashable, Sendable {
        /// What is said of it.
        package internal(set) var result: Result
        /// Whether policies of lower priority can't change it.
        package internal(set) var isFinal = false
        /// The policy that said it; -1 for none.
        package internal(set) var policyId: Int64
    }

    /// A row filter or mask, and whom it is for.
    package struct Transform: Hashable, Sendable {
        /// Users.
        package var users: [String]
        /// Groups.
        package var groups: [String]
        /// Roles.
        package var roles: [String]
        /// Accesses.
        package var accessTypes: [String]
        /// The filter's expression; nil for a mask.
        package var rowFilter: String?
        /// The mask; nil for a row filter.
        package var mask: DataMaskInfo?
        /// Whether it depends on conditions or times.
        package var isConditional: Bool
    }

    /// By user, then by access.
    package var users: [String: [String: Entry]] = [:]
    /// By group; `public` is everyone.
    package var groups: [String: [String: Entry]] = [:]
    /// By role.
    package var roles: [String: [String: Entry]] = [:]
    /// Row filters, in the order of policies.
    package var rowFilters: [Transform] = []
    /// Masks likewise.
    package var masks: [Transform] = []
    /// Shared datasets that hold the resource.
    package var datasets: [String] = []
    /// Shared projects that hold it.
    package var projects: [String] = []

    /// Nothing listed.
    package init() {}

    /// Takes in what one policy says; what is final stays.
    mutating func add(_ summary: PolicySummary, isConditional: Bool, policyId: Int64) {
        AccessLists.add(summary.users, to: &users, isConditional, policyId)
        AccessLists.add(summary.groups, to: &groups, isConditional, policyId)
        AccessLists.add(summary.roles, to: &roles, isConditional, policyId)
    }

    private static func add(
        _ said: [String: [String: PolicySummary.Entry]],
        to lists: inout [String: [String: Entry]],
        _ isConditional: Bool,
        _ policyId: Int64
    ) {
        for (name, accesses) in said {
            for (access, entry) in accesses {
                var result = isConditional ? .conditional : entry.result
                if result == .open { result = .denied }
                if result == .conditional, lists[name]?[access] != nil { continue }
                var known = lists[name]?[access] ?? Entry(result: .open, policyId: policyId)
                known.policyId = policyId
                if !known.isFinal {
                    known.result = result
                    if result == .denied { known.isFinal = true }
                }
                lists[name, default: [:]][access] = known
            }
        }
    }

    /// Settles what was said so far: what everyone may or may not do needs no saying for single users and groups.
    mutating func settle() {
        for (access, entry) in groups["public"] ?? [:]
        where entry.result == .denied || entry.result == .allowed {
            AccessLists.drop(access, from: &users)
            AccessLists.drop(access, from: &groups)
        }
        AccessLists.close(&users)
        AccessLists.close(&groups)
        AccessLists.close(&roles)
    }

    private static func drop(_ access: String, from lists: inout [String: [String: Entry]]) {
        for name in lists.keys where name != "public" {
            guard let entry = lists[name]?[access], !entry.isFinal else { continue }
            lists[name]?[access] = nil
            if lists[name]?.isEmpty ?? false { lists[name] = nil }
        }
    }

    private static func close(_ lists: inout [String: [String: Entry]]) {
        for name in lists.keys {
            for access in lists[name]?.keys.map(\.self) ?? [] { lists[name]?[access]?.isFinal = true }
        }
    }
}
