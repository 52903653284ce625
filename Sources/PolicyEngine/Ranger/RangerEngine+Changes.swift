extension RangerEngine {
    /// The engine after changes of policies, as if everything had been handed out anew.
    ///
    /// This one stays as it is, for those who still ask it. Cost: little more than the changed policies when only
    /// policies outside of zones change; everything, when zones, definitions or anything else does.
    /// - Throws: what can't be compiled; nothing is in force then but what was.
    package func applying(_ update: PolicyDownload) throws(PolicyError) -> RangerEngine {
        if update.isPlain, let changed = try changed(update) { return changed }
        var setup = setup
        setup.policies = changes.applied(to: setup.policies).applying(update)
        return try RangerEngine(setup)
    }

    private func changed(_ update: PolicyDownload) throws(PolicyError) -> RangerEngine? {
        var types = unzoned.accessTypes
        var table = principals
        var resource = unzoned.resource
        var tags = unzoned.tags
        for delta in update.policyDeltas {
            guard let policy = delta.policy, let id = policy.id else { continue }
            let isRemoval = delta.changeType == 2
            if policy.serviceType == "tag" {
                guard let before = tags else { continue }
                let added = isRemoval ? nil : policy.normalised(for: definition.name)
                tags = try before.changed(
                    removing: before.places(of: id),
                    adding: added.map { [$0] } ?? [],
                    &types,
                    &table
                )
                guard tags != nil else { return nil }
            } else {
                let changed = try resource.changed(
                    removing: resource.places(of: id),
                    adding: isRemoval ? [] : [policy],
                    &types,
                    &table
                )
                guard let changed else { return nil }
                resource = changed
            }
        }
        let service = CompiledService(
            name: unzoned.name,
            definition: definition,
            resource: resource,
            tags: tags,
            accessTypes: types
        )
        return RangerEngine(self, service, table, changes.adding(update))
    }
}

extension PolicyDownload {
    /// Whether it changes nothing but policies outside of zones, one by one.
    fileprivate var isPlain: Bool {
        policies == nil && serviceDefinition == nil && tagPolicies == nil && securityZones.isEmpty
            && serviceConfig.isEmpty && auditMode.isEmpty && !policyDeltas.isEmpty
            && policyDeltas.allSatisfy { delta in
                (0...2).contains(delta.changeType) && delta.policy?.zoneName.isEmpty == true
                    && delta.policy?.id != nil
            }
    }
}

/// The changes that an engine has taken in since it was made from everything.
struct ChangeLog: Sendable {
    /// Changes that came before, in pieces, so that adding one copies few.
    private final class Piece: Sendable {
        let updates: [PolicyDownload]
        let older: Piece?

        init(_ updates: [PolicyDownload], _ older: Piece?) {
            self.updates = updates
            self.older = older
        }
    }

    private static let mostRecent = 64
    private var recent: [PolicyDownload] = []
    private var older: Piece?

    func adding(_ update: PolicyDownload) -> ChangeLog {
        var log = self
        if log.recent.count >= ChangeLog.mostRecent {
            log.older = Piece(log.recent, log.older)
            log.recent = []
        }
        log.recent.append(update)
        return log
    }

    /// A download with all of them applied.
    func applied(to download: PolicyDownload) -> PolicyDownload {
        var pieces = [recent]
        var piece = older
        while let here = piece {
            pieces.append(here.updates)
            piece = here.older
        }
        var update = PolicyDownload()
        for updates in pieces.reversed() {
            for one in updates {
                update.policyDeltas += one.policyDeltas
                update.policyVersion = one.policyVersion ?? update.policyVersion
            }
        }
        return update.policyDeltas.isEmpty ? download : download.applying(update)
    }
}
