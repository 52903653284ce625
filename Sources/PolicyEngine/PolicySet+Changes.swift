import CatalogModel

/// A change of the policies of a set.
package enum PolicyChange: Sendable {
    /// A policy that is new, or takes the place of the one with its id.
    case put(Policy)
    /// The policy with an id is no more.
    case delete(Int64)
}

extension PolicySet {
    /// More changes than this at once are compiled with everything else.
    private static let mostChanges = 64

    /// The set after some changes, as if it had been made of the changed policies; this one stays as it is.
    ///
    /// Cost: little more than the changed policies, as versions share their memory; after a version that was dropped,
    /// the next one made from the same set copies it once.
    /// - Returns: Nil when everything must be compiled anew: for many changes, policies without ids, or when there is
    ///   no room left where the changed ones belong.
    /// - Throws: the first problem of a changed policy, with its place.
    package func applying(_ changes: [PolicyChange], version: Int64) throws(PolicyError) -> PolicySet? {
        guard changes.count <= PolicySet.mostChanges, !options.isLenient else { return nil }
        var identities = identities
        var touched: Set<Realm> = []
        var put: [Int64: Policy] = [:]
        var order: [Int64] = []
        for change in changes {
            let id: Int64
            switch change {
            case .delete(let gone): id = gone
            case .put(let policy):
                guard let given = policy.id, given >= 0 else { return nil }
                id = given
                put[id] = policy
                touched.insert(Realm(policy))
            }
            if case .delete = change { put[id] = nil }
            if !order.contains(id) { order.append(id) }
            if let key = identities.remove(id) { touched.insert(Realm(key.service, zone: key.zone)) }
        }
        let added = order.compactMap { put[$0] }
        try PolicyChecker(services: services, zones: zones, sharing: sharingRecords)
            .check(added, among: &identities)
        var compiled = compiled
        var zonesOfService = zonesOfService
        var table = table
        for service in services {
            guard let before = compiled[service.name] else { return nil }
            let change = ServiceChange(service, nil, touched, removed: order, added: added)
            guard let after = try change.applied(to: before, &table) else { return nil }
            compiled[service.name] = after
            guard let old = zonesOfService[service.name] else { continue }
            var inZones = old.services
            for zone in zones {
                guard let before = inZones[zone.name] else { continue }
                let change = ServiceChange(service, zone, touched, removed: order, added: added)
                guard let after = try change.applied(to: before, &table) else { return nil }
                inZones[zone.name] = after
            }
            zonesOfService[service.name] = old.with(inZones)
        }
        var shares = CompiledShares(of: self)
        if touched.contains(Realm(SharingRecords.service, zone: "")) {
            var policies = sharingPolicies
            for id in order { policies[id] = nil }
            for policy in added where policy.service == SharingRecords.service {
                policies[policy.id ?? -1] = policy
            }
            let sorted = policies.values.sorted { ($0.id ?? -1) < ($1.id ?? -1) }
            shares = try CompiledShares(sharingRecords, sorted, services, options, &table)
        }
        return PolicySet(self, version: version, compiled, zonesOfService, shares, table, identities)
    }
}

/// What changes in one service, in a zone or outside of zones.
private struct ServiceChange {
    let service: PolicyService
    /// Where policies of the service and of its tag service count here.
    private let own: Realm
    private let ownTags: Realm?
    /// Where a changed policy counts, or did.
    let touched: Set<Realm>
    let removed: [Int64]
    let added: [Policy]

    init(
        _ service: PolicyService,
        _ zone: SecurityZone?,
        _ touched: Set<Realm>,
        removed: [Int64],
        added: [Policy]
    ) {
        self.service = service
        own = Realm(service.name.text, zone: zone?.name ?? "")
        ownTags = service.tagService.map { Realm($0.text, zone: zone?.zoneOfTagPolicies(for: service) ?? "") }
        self.touched = touched
        self.removed = removed
        self.added = added
    }

    /// Nil when the service must be compiled anew.
    func applied(
        to before: CompiledService,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> CompiledService? {
        let touchesTags = ownTags.map(touched.contains) ?? false
        guard touchesTags || touched.contains(own) else { return before }
        var types = before.accessTypes
        var resource = before.resource
        if touched.contains(own) {
            let given = added.filter { Realm($0) == own }
            guard let changed = try resource.changed(without: removed, adding: given, &types, &table) else {
                return nil
            }
            resource = changed
        }
        var tags = before.tags
        if touchesTags, let old = before.tags {
            let given = added.filter { Realm($0) == ownTags }
                .compactMap { $0.normalised(for: before.definition.name) }
            tags = try old.changed(without: removed, adding: given, &types, &table)
            guard tags != nil else { return nil }
        }
        return CompiledService(
            name: before.name,
            definition: before.definition,
            resource: resource,
            tags: tags,
            accessTypes: types
        )
    }
}

extension Repository {
    fileprivate func changed(
        without ids: [Int64],
        adding added: [Policy],
        _ types: inout AccessTypeTable,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> Repository? {
        try changed(removing: places(of: Set(ids)), adding: added, &types, &table)
    }
}
