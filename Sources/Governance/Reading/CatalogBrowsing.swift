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
    /// Cost: sorting the names, and a decision for each column of the tables looked at.
    /// - Parameters:
    ///   - caller: Who looks.
    ///   - name: Only tables that sort after this one; nil from the first.
    ///   - count: The most tables to return; nil for all.
    /// - Returns: The tables; may be none.
    /// - Throws: `.unknownUser`, `.storeUnavailable`.
    package func tables(
        for caller: Caller,
        after name: TableName? = nil,
        count: Int? = nil
    ) throws(GovernanceError) -> [BrowsedTable] {
        let snapshot = try snapshots.current()
        var found: [BrowsedTable] = []
        for key in snapshot.state.tables.keys.sorted() where name.map({ key > $0 }) ?? true {
            guard count.map({ found.count < $0 }) ?? true else { break }
            guard let table = snapshot.state.tables[key] else { continue }
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
        else { throw Refusal.unknown(name) }
        return browsed
    }

    private func browse(
        _ table: CatalogTable,
        in snapshot: GovernanceSnapshot,
        for caller: Caller
    ) throws(GovernanceError) -> BrowsedTable? {
        let administers = snapshot.administers(table, caller)
        let subject = caller.isOperator ? Subject(user: caller.user) : try snapshot.subject(caller.user)
        let decision = try snapshot.decide(subject, reading: table, columns: nil, purpose: nil, at: rim.now())
        let kept = decision.columns.indices.filter {
            administers || decision.columns[$0].treatment != .denied
        }
        guard administers || !kept.isEmpty else { return nil }
        let old = table.definition
        var tags: [[EffectiveTag]] = []
        for index in kept {
            tags.append(
                snapshot.isAdmin(caller)
                    ? table.columnTags[index]
                    : try snapshot.trimmed(table.columnTags[index], for: caller, at: rim.now())
            )
        }
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
            tags: tags,
            tableTags: table.tags,
            isFiltered: decision.rowFilter != nil
        )
    }
}

/// Who a caller is to the catalog.
package struct Standing: Sendable {
    /// The caller.
    package let user: UserName
    /// Groups of the user; sorted.
    package let groups: [GroupName]
    /// Roles of the user, also through groups and other roles; sorted.
    package let roles: [RoleName]
    /// Whether the caller may administer the server.
    package let isAdmin: Bool
    /// Whether the caller administers some security zone, or may look at its policies.
    package let isOfZone: Bool
}

extension CatalogBrowsing {
    /// Who a caller is to the catalog.
    ///
    /// - Throws: `.unknownUser`, `.storeUnavailable`.
    package func standing(of caller: Caller) throws(GovernanceError) -> Standing {
        let snapshot = try snapshots.current()
        let subject = caller.isOperator ? Subject(user: caller.user) : try snapshot.subject(caller.user)
        return Standing(
            user: subject.user,
            groups: subject.groups,
            roles: subject.roles,
            isAdmin: snapshot.isAdmin(caller),
            isOfZone: snapshot.isOfZone(subject)
        )
    }

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
