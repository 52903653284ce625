package import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// A table as somebody may know it.
package struct BrowsedTable: Sendable {
    /// What the catalog says of it; only the columns that the asker may see or know of.
    package let definition: TableDefinition
    /// How each of those columns would be treated for the asker, in the same order.
    package let treatments: [Treatment]
    /// Tags in force on each of those columns, with their origins, in the same order.
    package let tags: [[EffectiveTag]]
    /// Tags on the table itself.
    package let tableTags: [EffectiveTag]
    /// Whether rows are filtered for the asker.
    package let isFiltered: Bool
}

/// Looking things up in the catalog, trimmed to what the asker may know.
///
/// Administrators and owners see all of a table; others see tables of which they may read something, with the columns
/// that they may read.
package struct CatalogBrowsing: Sendable {
    private let snapshots: SnapshotHolder
    private let rim: Rim

    init(snapshots: SnapshotHolder, rim: Rim) {
        self.snapshots = snapshots
        self.rim = rim
    }

    /// The version of the newest change in force; for readiness.
    ///
    /// - Throws: `.storeUnavailable`.
    package func version() throws(GovernanceError) -> Int64 { try snapshots.current().version }

    /// The tables that a caller may know of, sorted by name.
    ///
    /// Cost: a decision for each column of the catalog.
    /// - Throws: `.unknownUser`, `.storeUnavailable`.
    package func tables(for caller: Caller) throws(GovernanceError) -> [BrowsedTable] {
        let snapshot = try snapshots.current()
        var found: [BrowsedTable] = []
        for table in snapshot.state.tables.values.sorted(by: { $0.definition.name < $1.definition.name }) {
            if let browsed = try browse(table, in: snapshot, for: caller) { found.append(browsed) }
        }
        return found
    }

    /// One table, as a caller may know it.
    ///
    /// - Throws: `.unknownTable`, also for a table of which the caller may read nothing; `.unknownUser`.
    package func table(_ name: TableName, for caller: Caller) throws(GovernanceError) -> BrowsedTable {
        let snapshot = try snapshots.current()
        guard let table = snapshot.state.tables[name],
            let browsed = try browse(table, in: snapshot, for: caller)
        else { throw GovernanceError(.unknownTable, "table `\(name)` is not in the catalog") }
        return browsed
    }

    private func browse(
        _ table: CatalogTable,
        in snapshot: GovernanceSnapshot,
        for caller: Caller
    ) throws(GovernanceError) -> BrowsedTable? {
        let administers = snapshot.isAdmin(caller) || table.definition.owner == caller.user
        let subject = caller.isOperator ? Subject(user: caller.user) : try snapshot.subject(caller.user)
        let decision = try snapshot.decide(subject, reading: table, columns: nil, purpose: nil, at: rim.now())
        let kept = decision.columns.indices.filter {
            administers || decision.columns[$0].treatment != .denied
        }
        guard administers || !kept.isEmpty else { return nil }
        let old = table.definition
        return BrowsedTable(
            definition: TableDefinition(
                name: old.name,
                source: old.source,
                service: old.service,
                location: administers ? old.location : "",
                columns: kept.map { old.columns[$0] },
                summary: old.summary,
                owner: old.owner
            ),
            treatments: kept.map { decision.columns[$0].treatment },
            tags: kept.map { table.columnTags[$0] },
            tableTags: table.tags,
            isFiltered: decision.rowFilter != nil
        )
    }
}

extension CatalogBrowsing {
    /// The users of the catalog, sorted by name.
    ///
    /// - Throws: `.forbidden` for anybody but administrators and the operator.
    package func users(for caller: Caller) throws(GovernanceError) -> [User] {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        return snapshot.state.users.values.sorted { $0.name < $1.name }
    }

    /// The services of the catalog, sorted by name.
    ///
    /// - Throws: `.forbidden` for anybody but administrators and the operator.
    package func services(for caller: Caller) throws(GovernanceError) -> [PolicyService] {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        return snapshot.state.services.values.sorted { $0.name < $1.name }
    }
}
