extension PolicyDownload {
    /// The policies after changes; the same as if they had been sent whole.
    ///
    /// Zones that the changes don't name stay as they are when `keepsZones`, and vanish otherwise, as Ranger sends all
    /// zones with any change.
    package func applying(_ update: PolicyDownload, keepsZones: Bool = true) -> PolicyDownload {
        var result = self
        let own = update.policyDeltas.filter { $0.policy?.serviceType != "tag" }
        let ofTags = update.policyDeltas.filter { $0.policy?.serviceType == "tag" }
        let unzoned = own.filter { $0.policy?.zoneName.isEmpty ?? true }
        result.policies = PolicyDelta.apply(unzoned, to: policies ?? [])
        if !ofTags.isEmpty {
            result.tagPolicies?.policies = PolicyDelta.apply(ofTags, to: tagPolicies?.policies ?? [])
        }
        if !update.securityZones.isEmpty {
            var zones = keepsZones ? securityZones : [:]
            for (name, change) in update.securityZones {
                var zone = change
                zone.policies =
                    change.policies.isEmpty
                    ? PolicyDelta.apply(change.policyDeltas, to: securityZones[name]?.policies ?? [])
                    : change.policies
                zone.policyDeltas = []
                zones[name] = zone
            }
            result.securityZones = zones
        }
        for delta in own {
            guard let zone = delta.policy?.zoneName, !zone.isEmpty, update.securityZones[zone] == nil else {
                continue
            }
            let before = result.securityZones[zone]?.policies ?? []
            result.securityZones[zone]?.policies = PolicyDelta.apply([delta], to: before)
        }
        result.policyVersion = update.policyVersion ?? policyVersion
        result.policyDeltas = []
        return result
    }
}

extension PolicyDelta {
    /// The policies after changes, by id.
    static func apply(_ deltas: [PolicyDelta], to policies: [Policy]) -> [Policy] {
        guard !deltas.isEmpty else { return policies }
        var byId: [Int64: Policy] = [:]
        for policy in policies { byId[policy.id ?? -1] = policy }
        for delta in deltas {
            guard let policy = delta.policy, let id = policy.id else { continue }
            switch delta.changeType {
            case 0, 1: byId[id] = policy
            case 2: byId[id] = nil
            default: continue
            }
        }
        return byId.sorted { $0.key < $1.key }.map(\.value)
    }
}
