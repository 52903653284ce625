package import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// What publishing records did; names of the records.
package struct PublishedRecords: Sendable {
    /// Records that weren't there before.
    package let created: [String]
    /// Records that changed.
    package let updated: [String]
    /// Records that were the same already.
    package let unchanged: [String]
    /// The version from which they are in force.
    package let version: Int64
}

extension PolicyAdministration {
    /// Publishes security zones: each replaces the one of its name, or is new; all or none.
    ///
    /// Records stay as they are but for id, guid and version, which are made up where they are missing. Policies of no
    /// zone don't count any more for what comes to lie in one.
    /// - Throws: `.forbidden`, `.conflict` for an id that another zone has, `.invalidPolicy` with the place;
    ///   nothing is changed then.
    package func apply(zones: [SecurityZone], by caller: Caller) throws(GovernanceError) -> PublishedRecords {
        var created: [String] = []
        var updated: [String] = []
        var unchanged: [String] = []
        let version = try recording(caller, "zones") { announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce) { snapshot throws(GovernanceError) in
                try snapshot.requireAdmin(caller)
                (created, updated, unchanged) = ([], [], [])
                var numbering = ZoneNumbering(snapshot.state.zones.values, makeID: rim.makeID)
                var changes: [CatalogChange] = []
                for zone in zones {
                    let old = snapshot.state.zones[zone.name]
                    let next = try numbering.numbered(zone, after: old)
                    guard next != old else {
                        unchanged.append(zone.name)
                        continue
                    }
                    if old == nil { created.append(zone.name) } else { updated.append(zone.name) }
                    changes.append(.putZone(next))
                }
                return changes
            }.version
        }
        return PublishedRecords(created: created, updated: updated, unchanged: unchanged, version: version)
    }

    /// The security zones, sorted by name; only their own for zones' administrators and auditors.
    ///
    /// - Throws: `.forbidden`.
    package func zones(by caller: Caller) throws(GovernanceError) -> [SecurityZone] {
        let snapshot = try snapshots.current()
        let seen = try snapshot.zonesSeen(by: caller)
        return snapshot.state.zones.values.filter { seen?.contains($0.name) ?? true }
            .sorted { $0.name < $1.name }
    }

    /// Takes a security zone away; what lay in it is governed by the policies of no zone again.
    ///
    /// - Throws: `.forbidden`, `.notFound`, `.conflict` while policies are in it.
    package func delete(zone name: String, by caller: Caller) throws(GovernanceError) {
        try recording(caller, "zone \(name)") { announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce) { snapshot throws(GovernanceError) in
                try snapshot.requireAdmin(caller)
                guard snapshot.state.zones[name] != nil else {
                    throw GovernanceError(.notFound, "there is no zone `\(name)`")
                }
                let inside = snapshot.state.policies.values.filter { $0.zoneName == name }
                guard inside.isEmpty else {
                    throw GovernanceError(
                        .conflict,
                        "\(inside.count) policies are in zone `\(name)`: delete them before it"
                    )
                }
                return [.deleteZone(name)]
            }.version
        }
    }

    /// Changes settings of a service, such as who may do everything; an empty text takes a setting away.
    ///
    /// - Throws: `.forbidden`, `.notFound`, `.invalidPolicy` for a setting that means nothing here.
    package func change(
        settings: [String: String],
        of service: ServiceName,
        by caller: Caller
    ) throws(GovernanceError) {
        try recording(caller, "settings of service \(service)") { announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce) { snapshot throws(GovernanceError) in
                try snapshot.requireAdmin(caller)
                guard let old = snapshot.state.services[service] else {
                    throw GovernanceError(.notFound, "there is no service `\(service)`")
                }
                let next = old.setting(
                    old.settings.merging(settings) { $1 }.filter { !$0.value.isEmpty }
                )
                return next == old ? [] : [.putService(next)]
            }.version
        }
    }
}

/// Gives zones their ids, guids and versions.
private struct ZoneNumbering {
    private var names: [Int64: String] = [:]
    private var seen: Set<String> = []
    private let makeID: @Sendable () -> String

    init(_ zones: some Sequence<SecurityZone>, makeID: @escaping @Sendable () -> String) {
        self.makeID = makeID
        for zone in zones { names[zone.id ?? -1] = zone.name }
    }

    mutating func numbered(
        _ zone: SecurityZone,
        after old: SecurityZone?
    ) throws(GovernanceError) -> SecurityZone {
        guard seen.insert(zone.name).inserted else {
            throw GovernanceError(.invalidPolicy, "zone `\(zone.name)` is given twice")
        }
        // Ranger's number 1 is what lies in no zone.
        let id = zone.id ?? old?.id ?? max(names.keys.max() ?? 1, 1) + 1
        guard id >= 0, id < PolicyLimits.lastId else {
            throw GovernanceError(.invalidPolicy, "zone `\(zone.name)`: `id` is out of range")
        }
        guard names[id] ?? zone.name == zone.name else {
            throw GovernanceError(
                .conflict,
                "zone `\(zone.name)` has the id \(id) that zone `\(names[id] ?? "")` has"
            )
        }
        names[id] = zone.name
        let guid = zone.guid.isEmpty ? old?.guid ?? makeID() : zone.guid
        do {
            guard let old else { return try zone.numbered(id, version: zone.version ?? 1, guid: guid) }
            let same = try zone.numbered(id, version: old.version ?? 1, guid: guid)
            if same == old { return old }
            return try zone.numbered(
                id,
                version: zone.version.flatMap { $0 == old.version ? nil : $0 } ?? (old.version ?? 0) + 1,
                guid: guid
            )
        } catch {
            throw GovernanceError(.invalidPolicy, "zone `\(zone.name)` can't be numbered")
        }
    }
}
