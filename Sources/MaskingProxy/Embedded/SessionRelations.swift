import CatalogModel
package import Governance
import Masking
package import QueryAnalysis

/// The relations of files that a session has named, read through governance alone.
package struct SessionRelations: EngineRelations {
    private let statements: StatementSession

    /// Those of a session.
    package init(statements: StatementSession) { self.statements = statements }

    /// The columns as the session last governed them.
    package func columns(of relation: RelationName) -> [UpstreamColumn]? { statements.columns(of: relation) }

    /// The rows, masked; see ``EngineRelations``.
    package func rows(
        of wanted: [EngineRead],
        limits: EngineLimits
    ) throws(EngineFault) -> [RelationName: EngineTable] {
        var tables: [RelationName: EngineTable] = [:]
        var footprint = 0
        for read in wanted.sorted(by: { $0.relation < $1.relation }) {
            let table = try rows(of: read, limits, &footprint)
            tables[read.relation] = table
        }
        return tables
    }

    private func rows(
        of read: EngineRead,
        _ limits: EngineLimits,
        _ footprint: inout Int
    ) throws(EngineFault) -> EngineTable {
        // Counting rows needs a column, too.
        var names = read.columns.map(\.name)
        if names.isEmpty, let first = statements.columns(of: read.relation)?.first { names = [first.name] }
        var table = EngineTable(columns: read.columns)
        let before = footprint
        let rows = try governed { () throws(GovernanceError) in
            try statements.read(read.relation, columns: names, limit: read.limit)
        }
        for (column, wanted) in zip(rows.schema.columns, read.columns)
        where column.type.postgreSQLName != wanted.type {
            throw EngineFault("0A000", "relation \"\(read.relation)\" has changed: send the statement again")
        }
        while let batch = try governed({ () throws(GovernanceError) in try rows.next() }) {
            if let fault = limits.interruption() { throw fault }
            try table.append(batch)
            footprint = before + table.footprint
            guard footprint <= limits.memory else {
                throw EngineFault("54000", "the statement reads more than a statement may hold in memory")
            }
        }
        return table
    }

    private func governed<Value>(
        _ body: () throws(GovernanceError) -> Value
    ) throws(EngineFault) -> Value {
        do throws(GovernanceError) { return try body() } catch {
            let shown = ClientError(.failed(error))
            throw EngineFault(shown.sqlState, shown.message)
        }
    }
}
