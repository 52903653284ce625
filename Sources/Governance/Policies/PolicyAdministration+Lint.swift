import CatalogModel
import HashTreeCollections
package import PolicyEngine

extension PolicyAdministration {
    /// What about policies probably isn't meant, judged over the tables, lineage and principals of the catalog.
    ///
    /// Cost: a decision for each different principal, purpose, access and column; policies with validity are each
    /// judged by themselves.
    /// - Parameters:
    ///   - policies: Policies to judge as if they were published; nil for those in force.
    ///   - caller: Who asks; an administrator.
    /// - Returns: Findings about these policies, by policy and place; empty when there is nothing to say.
    /// - Throws: `.forbidden`, `.invalidPolicy` with the place.
    package func findings(in policies: [Policy]?, by caller: Caller) throws(GovernanceError)
        -> [PolicyFinding]
    {
        let live = try snapshots.current()
        try live.requireAdmin(caller)
        let next = try governed(by: policies.map { .given($0) } ?? .live, in: live, ontoLive: true)
        let keys = policies.map { Set($0.map { PolicyKey($0) }) }
        let judged = next.state.policies.values
            .filter { $0.isEnabled && keys?.contains(PolicyKey($0)) ?? true }
            .sorted { ($0.service, $0.name) < ($1.service, $1.name) }
        let names = Set(judged.map { [$0.service, $0.name] })
        var effects = PolicyEffects(snapshot: next, now: rim.now())
        var found: [PolicyFinding] = []
        for policy in judged { found += try effects.findings(about: policy) }
        let leaks = try LeakyMasks(snapshot: next, now: rim.now()).findings()
        found += leaks.filter { names.contains([$0.service, $0.policy]) }
        return found
    }
}
