import CatalogModel
import HashTreeCollections
package import PolicyEngine

extension PolicyAdministration {
    /// Takes policies over as they are: ids, guids, versions and authors stay; each replaces the one of its service
    /// and name.
    ///
    /// All or none, checked as ``apply(_:tests:by:)`` does. What a policy doesn't say (id, guid, version) is made up.
    /// - Parameters:
    ///   - policies: The policies.
    ///   - renumbering: Whether a policy whose id another policy holds gets a new id; else that is refused.
    ///   - caller: Who imports; an administrator.
    /// - Returns: What it did.
    /// - Throws: `.forbidden`, `.conflict` for an id that another policy holds, `.invalidPolicy` with the place,
    ///   `.auditUnavailable`; nothing is changed then.
    package func takeOver(
        _ policies: [Policy],
        renumbering: Bool,
        by caller: Caller
    ) throws(GovernanceError) -> PublishedPolicies {
        var drafts: [PolicyDraft] = []
        var warnings: [String] = []
        let version = try recording(caller, "policies") { announce throws(GovernanceError) in
            try snapshots.commit(
                by: caller.user,
                announcing: announce,
                preparing: { snapshot throws(GovernanceError) in
                    try snapshot.requireAdmin(caller)
                    var takeover = PolicyTakeover(snapshot.state.policies.values, makeID: rim.makeID)
                    drafts = try takeover.drafts(of: policies, renumbering: renumbering)
                    let changes =
                        takeover.vacated.sorted().map { CatalogChange.deletePolicy($0) }
                        + drafts.filter { $0.outcome != .unchanged }.map { .putPolicy($0.policy) }
                    let next = try snapshot.applying(
                        changes,
                        version: snapshot.version + Int64(changes.count)
                    )
                    try next.checkOutcomes(of: drafts.map(\.policy))
                    warnings = next.warnings(about: drafts.map(\.policy))
                    return SnapshotHolder.Prepared(changes: changes, next: next)
                }
            ).version
        }
        return PublishedPolicies(
            created: drafts.filter { $0.outcome == .created }.map(\.policy.name),
            updated: drafts.filter { $0.outcome == .updated }.map(\.policy.name),
            unchanged: drafts.filter { $0.outcome == .unchanged }.map(\.policy.name),
            warnings: warnings,
            version: version
        )
    }
}

/// Fits policies that come with ids of their own among those that are there.
private struct PolicyTakeover {
    /// Ids under which nothing is stored any more, because their policies come under others.
    private(set) var vacated: Set<Int64> = []
    private var byName: [PolicyKey: Policy] = [:]
    private var names: [Int64: PolicyKey] = [:]
    private let makeID: @Sendable () -> String

    init(_ policies: some Sequence<Policy>, makeID: @escaping @Sendable () -> String) {
        self.makeID = makeID
        for policy in policies {
            byName[PolicyKey(policy)] = policy
            if let id = policy.id { names[id] = PolicyKey(policy) }
        }
    }

    mutating func drafts(
        of policies: [Policy],
        renumbering: Bool
    ) throws(GovernanceError) -> [PolicyAdministration.PolicyDraft] {
        let coming = Set(policies.map { PolicyKey($0) })
        var nextID = max(names.keys.max() ?? 0, policies.compactMap(\.id).max() ?? 0) &+ 1
        var taken = Set(names.filter { !coming.contains($0.value) }.keys)
        var seen: Set<PolicyKey> = []
        var drafts: [PolicyAdministration.PolicyDraft] = []
        // Ids that policies bring count before those that are made up.
        for var policy in policies.filter({ $0.id != nil }) + policies.filter({ $0.id == nil }) {
            guard seen.insert(PolicyKey(policy)).inserted else {
                throw GovernanceError(
                    .invalidPolicy,
                    "policy `\(policy.name)` of service `\(policy.service)` is given twice"
                )
            }
            let old = byName[PolicyKey(policy)]
            if let id = policy.id ?? old?.id, taken.insert(id).inserted {
                policy.id = id
            } else {
                guard renumbering || policy.id == nil else {
                    throw GovernanceError(
                        .conflict,
                        "policy `\(policy.name)` has the id \(policy.id ?? 0) that another policy has: "
                            + "import with new ids where they clash (--renumber)"
                    )
                }
                policy.id = nextID
                taken.insert(nextID)
                nextID &+= 1
            }
            if policy.guid.isEmpty { policy.guid = old?.guid ?? makeID() }
            if policy.version == nil { policy.version = old.map { $0.version ?? 1 } ?? 1 }
            if let id = old?.id, id != policy.id { vacated.insert(id) }
            let outcome: PolicyAdministration.PolicyDraft.Outcome =
                old == nil ? .created : old == policy ? .unchanged : .updated
            drafts.append(PolicyAdministration.PolicyDraft(policy: policy, outcome: outcome))
        }
        return drafts
    }
}
