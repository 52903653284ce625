import CatalogModel
import HashTreeCollections
package import PolicyEngine

extension PolicyAdministration {
    /// Publishes records of governed sharing: each replaces the one of its kind and number, or of its kind and name
    /// when it says no number, or is new; all or none.
    ///
    /// Records stay as they are but for ids and versions, which are made up where they are missing. Masks and row
    /// filters of shared resources are checked as those of policies are.
    /// - Throws: `.forbidden`, `.invalidPolicy` with the place; nothing is changed then.
    package func apply(shared records: [SharedRecord], by caller: Caller) throws(GovernanceError)
        -> PublishedRecords
    {
        var created: [String] = []
        var updated: [String] = []
        var unchanged: [String] = []
        let version = try recording(caller, "shares") { announce throws(GovernanceError) in
            try snapshots.commit(
                by: caller.user,
                announcing: announce,
                preparing: { snapshot throws(GovernanceError) in
                    try snapshot.requireAdmin(caller)
                    (created, updated, unchanged) = ([], [], [])
                    var changes: [CatalogChange] = []
                    var numbering = SharedNumbering(snapshot.state.sharedRecords)
                    for record in records {
                        let (next, old) = try numbering.numbered(record)
                        guard next != old else {
                            unchanged.append(next.key.text)
                            continue
                        }
                        if old == nil { created.append(next.key.text) } else { updated.append(next.key.text) }
                        changes.append(.putShared(next))
                    }
                    let version = snapshot.version + Int64(changes.count)
                    let next = try snapshot.applying(changes, version: version)
                    try next.checkOutcomesOfShares()
                    return SnapshotHolder.Prepared(changes: changes, next: next)
                }
            ).version
        }
        return PublishedRecords(created: created, updated: updated, unchanged: unchanged, version: version)
    }

    /// The records of governed sharing, by kind and number.
    ///
    /// - Throws: `.forbidden`.
    package func shared(by caller: Caller) throws(GovernanceError) -> [SharedRecord] {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        return snapshot.state.sharedRecords
    }

    /// Takes a record of governed sharing away.
    ///
    /// - Throws: `.forbidden`, `.notFound`, `.conflict` while other records or policies refer to it.
    package func delete(shared key: SharedRecord.Key, by caller: Caller) throws(GovernanceError) {
        try recording(caller, key.text) { announce throws(GovernanceError) in
            try snapshots.commit(by: caller.user, announcing: announce) { snapshot throws(GovernanceError) in
                try snapshot.requireAdmin(caller)
                guard snapshot.state.shared[key] != nil else {
                    throw GovernanceError(.notFound, "there is no \(key.text)")
                }
                let others = snapshot.state.sharedRecords.filter { $0.references.contains(key) }
                guard others.isEmpty else {
                    let names = others.prefix(5).map(\.key.text).joined(separator: ", ")
                    throw GovernanceError(.conflict, "\(names) refer to \(key.text): delete them before it")
                }
                let level = "\(key.kind.rawValue)-id"
                let policies = snapshot.state.policies.values.filter { policy in
                    policy.service == SharedRecord.policyService
                        && policy.resources[level]?.values.contains(String(key.id)) ?? false
                }
                guard policies.isEmpty else {
                    throw GovernanceError(
                        .conflict,
                        "\(policies.count) policies are about \(key.text): delete them before it"
                    )
                }
                return [.deleteShared(key)]
            }.version
        }
    }
}

/// Gives records of governed sharing their ids and versions.
private struct SharedNumbering {
    private var records: [SharedRecord.Key: SharedRecord] = [:]
    private var names: [[String]: SharedRecord.Key] = [:]
    private var last: [SharedRecord.Kind: Int64] = [:]
    private var seen: Set<SharedRecord.Key> = []

    init(_ records: [SharedRecord]) {
        for record in records {
            self.records[record.key] = record
            if !record.name.isEmpty { names[[record.kind.rawValue, record.name]] = record.key }
            last[record.kind] = max(last[record.kind] ?? 0, record.key.id)
        }
    }

    mutating func numbered(
        _ record: SharedRecord
    ) throws(GovernanceError) -> (next: SharedRecord, old: SharedRecord?) {
        let known = record.kind == .resource ? nil : names[[record.kind.rawValue, record.name]]
        let id = record.id ?? known?.id ?? (last[record.kind] ?? 0) + 1
        guard id >= 0, id < PolicyLimits.lastId else {
            throw GovernanceError(.invalidPolicy, "\(record.place): `id` is out of range")
        }
        let key = SharedRecord.Key(record.kind, id)
        guard seen.insert(key).inserted else {
            throw GovernanceError(.invalidPolicy, "\(key.text) is given twice")
        }
        last[record.kind] = max(last[record.kind] ?? 0, id)
        let old = records[key]
        do {
            let given: Int64? =
                if case .integer(let number)? = record.document["version"] { number } else { nil }
            guard let old, case .integer(let before)? = old.document["version"] else {
                return (try record.setting(["id": .integer(id), "version": .integer(given ?? 1)]), nil)
            }
            let same = try record.setting(["id": .integer(id), "version": .integer(before)])
            if same == old { return (old, old) }
            let version = given.flatMap { $0 == before ? nil : $0 } ?? before &+ 1
            return (try record.setting(["id": .integer(id), "version": .integer(version)]), old)
        } catch {
            throw GovernanceError(.invalidPolicy, "\(record.place) can't be numbered")
        }
    }
}
