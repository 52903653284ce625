import CatalogModel
import HashTreeCollections
import PolicyEngine

extension GovernanceSnapshot {
    /// What in some policies can't have the effect that their author may expect.
    ///
    /// Names of people count as known when the catalog has them as users, groups or members of groups.
    func warnings(about policies: [Policy]) -> [String] {
        var groups = Set(state.groups.keys.map(\.text))
        for user in state.users.values { groups.formUnion(user.groups.map(\.text)) }
        groups.insert("public")
        var warnings: [String] = []
        for policy in policies {
            let place = "policy `\(policy.name)` of service `\(policy.service)`"
            let levels = state.services[ServiceName(policy.service)]?.definition.resources.map(\.name) ?? []
            let sets = [policy.resources] + policy.additionalResources
            if policy.policyType == .access, levels.contains("column"),
                !sets.contains(where: { $0["column"] != nil })
            {
                warnings.append("\(place) names no column: reads are decided for columns, so it never counts")
            }
            let items =
                policy.policyItems + policy.allowExceptions + policy.denyPolicyItems + policy.denyExceptions
                + policy.dataMaskPolicyItems + policy.rowFilterPolicyItems
            for item in items {
                for name in item.groups where !groups.contains(name) {
                    warnings.append("\(place) names group `\(name)`, which nobody is in")
                }
                for name in item.users where state.users[UserName(name)] == nil && !name.hasPrefix("{") {
                    warnings.append("\(place) names user `\(name)`, who isn't in the catalog")
                }
                for name in item.roles where state.roles[RoleName(name)] == nil {
                    warnings.append("\(place) names role `\(name)`, which isn't in the catalog")
                }
            }
        }
        var seen: Set<String> = []
        return warnings.filter { seen.insert($0).inserted }
    }
}
