import CatalogModel
package import QueryAnalysis
import Synchronization

extension StatementGovernance {
    /// Whether statements are answered by us, over files.
    package var isOverFiles: Bool {
        if case .files = backing { true } else { false }
    }

    /// The one name of a relation: files' tables can also be called by their database's name, as everywhere else.
    func canonical(_ name: RelationName) -> RelationName {
        guard isOverFiles, name.schema == database else { return name }
        return RelationName(schema: FileRelations.schema, name: name.name)
    }
}

extension StatementSession {
    /// The moment, in microseconds since 1970.
    package func now() -> Int64 { governance.rim.now().microseconds }

    /// The columns of a relation of files, as this session last governed it; nil for one that it hasn't.
    package func columns(of relation: RelationName) -> [UpstreamColumn]? {
        relations.withLock { $0[relation]?.columns.map(\.column) }
    }

    /// The rows of a relation of files, by a governed read of its own: decided, audited, filtered and masked now.
    ///
    /// Blocks.
    /// - Parameters:
    ///   - relation: The relation.
    ///   - columns: Those wanted, in this order.
    ///   - limit: The most rows wanted; nil for all.
    /// - Returns: The rows.
    /// - Throws: what ``GovernedRead/open(_:for:as:)`` throws; `.sourceChanged` when there is no such relation any more.
    package func read(
        _ relation: RelationName,
        columns: [String],
        limit: Int?
    ) throws(GovernanceError) -> GovernedRows {
        let snapshot = try governance.snapshots.current()
        guard case .files(let files, let read) = governance.backing,
            let table = try governance.tables(in: snapshot)[relation]
        else { throw GovernanceError(.sourceChanged, "relation `\(relation)` is no longer there") }
        // What was a table when the catalog was looked at may be a view by now, over what this person may not read.
        guard try files.isTable(table, in: snapshot) else {
            governance.forget()
            throw GovernanceError(.sourceChanged, "relation `\(relation)` has become a view: ask again")
        }
        return try read.open(
            TableRead(table: table, columns: columns.map { ColumnName($0) }, limit: limit),
            for: caller,
            as: user
        )
    }
}
