package import CatalogModel
import HashTreeCollections
import QueryAnalysis

/// The catalogued tables of files under one database's name, as relations of a schema `public`.
struct FileRelations: Sendable {
    let database: String
    let sources: any RowSources

    /// The schema that all of them are in.
    static let schema = "public"

    /// Whether a table is none of its source's views, as the source is now.
    ///
    /// Blocks on sources that may have views.
    func isTable(_ table: TableName, in snapshot: GovernanceSnapshot) throws(GovernanceError) -> Bool {
        guard let definition = snapshot.state.tables[table]?.definition,
            let source = snapshot.state.sources[definition.source]
        else { return false }
        return try sources.rowSource(for: source).views()[definition.location] == nil
    }

    /// The relations and the tables that they are.
    ///
    /// Blocks on sources that may have views. A source whose views can't be told apart from its tables has none of
    /// either: a view must not be read past the policies of what it is over.
    func relations(in snapshot: GovernanceSnapshot) -> (UpstreamShape, [RelationName: TableName]) {
        var views: [SourceName: [String: String]] = [:]
        for source in snapshot.state.sources.values
        where source.database == database && source.kind != .postgres {
            views[source.name] = try? sources.rowSource(for: source).views()
        }
        var relations: [UpstreamRelation] = []
        var tables: [RelationName: TableName] = [:]
        for (table, entry) in snapshot.state.tables {
            let definition = entry.definition
            guard let known = views[definition.source], let own = table.parts.last else { continue }
            let name = RelationName(schema: FileRelations.schema, name: own)
            tables[name] = table
            relations.append(
                UpstreamRelation(
                    name: name,
                    identifier: 0,
                    columns: definition.columns.map {
                        UpstreamColumn(name: $0.name.text, type: $0.type.postgreSQLName)
                    },
                    numbers: definition.columns.indices.map { Int16(clamping: $0 + 1) },
                    types: definition.columns.map(\.type),
                    view: known[definition.location]
                )
            )
        }
        return (UpstreamShape(relations), tables)
    }
}

extension DataType {
    /// PostgreSQL's name for the type in which values of it come.
    package var postgreSQLName: String {
        switch self {
        case .boolean: "bool"
        case .tinyint, .smallint: "int2"
        case .int: "int4"
        case .bigint: "int8"
        case .float: "float4"
        case .double: "float8"
        case .decimal: "numeric"
        case .varchar: "varchar"
        case .string, .char, .complex, .void: "text"
        case .date: "date"
        case .timestamp: "timestamp"
        case .binary: "bytea"
        case .json: "json"
        }
    }
}
