package import CatalogModel
package import Governance
import QueryAnalysis
import Synchronization

/// The tables and views of a PostgreSQL database, read through libpq.
package struct PostgreSQLSource: RowSource {
    private let source: SourceDefinition
    private let database: PostgreSQLDatabase

    /// The source that a definition describes; its `path` is the database's URI.
    package init(_ source: SourceDefinition) {
        self.source = source
        database = PostgreSQLDatabase(source)
    }

    /// One table a relation, named `database.schema.relation`.
    ///
    /// - Throws: `.sourceUnavailable`; `.invalidRequest` when there is no schema for views as the source has it.
    package func discover() throws(GovernanceError) -> [TableDefinition] {
        let shape = try database.shape()
        if let refusal = database.views?.lack() { throw GovernanceError(.invalidRequest, refusal.why) }
        return shape.relations.values.sorted { $0.name < $1.name }.compactMap { relation in
            guard let name = TableName(parts: [source.database, relation.name.schema, relation.name.name])
            else {
                return nil
            }
            return TableDefinition(
                name: name,
                source: source.name,
                service: source.service,
                location: relation.name.description,
                columns: zip(relation.columns, relation.types).map {
                    ColumnDefinition(name: ColumnName($0.name), type: $1)
                }
            )
        }
    }

    /// Starts a query of the planned columns on a connection of its own.
    ///
    /// - Throws: `.sourceUnavailable`; `.sourceChanged` when a planned column isn't there or has another type.
    package func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor {
        let shape = try database.shape()
        guard
            let relation = shape.relations.values.first(where: { $0.name.description == scan.table.location })
        else {
            throw GovernanceError(.sourceChanged, "table `\(scan.table.name)` is no longer in its database")
        }
        var expressions: [String] = []
        var schema: [ColumnSchema] = []
        for name in scan.columns {
            guard let definition = scan.table.columns.first(where: { $0.name == name }),
                let position = relation.columns.firstIndex(where: { $0.name == definition.sourcePath }),
                relation.types[position] == definition.type
            else {
                throw GovernanceError(
                    .sourceChanged,
                    "column `\(name)` of table `\(scan.table.name)` is no longer as it was catalogued"
                )
            }
            expressions.append(PostgreSQLSource.canonical(relation.columns[position]))
            schema.append(ColumnSchema(name, definition.type))
        }
        guard let table = TableSchema(schema) else {
            throw GovernanceError(.sourceChanged, "table `\(scan.table.name)` was asked for a column twice")
        }
        let connection = try PostgreSQLConnection(source.path)
        let list = expressions.isEmpty ? "NULL" : expressions.joined(separator: ", ")
        let from =
            PostgreSQLSource.quoted(relation.name.schema) + "." + PostgreSQLSource.quoted(relation.name.name)
        try connection.send("SELECT \(list) FROM \(from)")
        return PostgreSQLCursor(connection: connection, schema: table)
    }

    /// A column as text in the canonical form of its type.
    private static func canonical(_ column: UpstreamColumn) -> String {
        let name = quoted(column.name)
        switch column.type {
        case "bool": return "\(name)::pg_catalog.text"
        case "bytea": return "pg_catalog.encode(\(name), 'hex')"
        case "timestamptz": return "pg_catalog.timezone('UTC', \(name))"
        default: return name
        }
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
