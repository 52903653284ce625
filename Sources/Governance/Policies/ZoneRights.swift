import CatalogModel
import HashTreeCollections
import PolicyEngine

/// Who may do what with the policies of security zones.
extension GovernanceSnapshot {
    /// Whether a caller may publish policies of a zone.
    private func administers(_ zone: SecurityZone, _ caller: Caller) -> Bool {
        (try? subject(caller.user)).map { zone.admins.mean($0) } ?? false
    }

    /// Lets administrators go on, and those of the zones that all of some policies are in.
    ///
    /// - Throws: `.forbidden`, the same for zones and services that are there and for others.
    func requireRights(
        _ caller: Caller,
        over policies: [Policy],
        isTesting: Bool
    ) throws(GovernanceError) {
        if isAdmin(caller) { return }
        let isTheirs = policies.allSatisfy { policy in
            guard let zone = state.zones[policy.zoneName], administers(zone, caller) else { return false }
            return zone.services[policy.service]?.isEmpty == false
                || zone.tagServices.contains(policy.service)
        }
        guard isTheirs, !policies.isEmpty else {
            throw GovernanceError(
                .forbidden,
                "only an administrator may do this, or one of the security zone that the policies are in"
            )
        }
        guard !isTesting else {
            throw GovernanceError(.forbidden, "only an administrator may run tests of policies")
        }
    }

    /// Whether somebody administers some zone, or may look at its policies.
    func isOfZone(_ subject: Subject) -> Bool {
        state.zones.values.contains { $0.admins.mean(subject) || $0.auditors.mean(subject) }
    }

    /// The zones whose policies a caller may look at; nil for all policies.
    ///
    /// - Throws: `.forbidden` for those who may look at none.
    func zonesSeen(by caller: Caller) throws(GovernanceError) -> Set<String>? {
        if isAdmin(caller) { return nil }
        let subject = try? subject(caller.user)
        let zones = state.zones.values.filter { zone in
            subject.map { zone.admins.mean($0) || zone.auditors.mean($0) } ?? false
        }
        guard !zones.isEmpty else {
            throw GovernanceError(.forbidden, "only an administrator may do this")
        }
        return Set(zones.map(\.name))
    }
}

extension SecurityZone.People {
    /// Whether somebody is among them.
    fileprivate func mean(_ subject: Subject) -> Bool {
        users.contains(subject.user.text) || subject.groups.contains { groups.contains($0.text) }
            || subject.roles.contains { roles.contains($0.text) }
    }
}
