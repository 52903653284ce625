/// A catalog relation as consumers find it: columns of PostgreSQL 15, each with what stands in it.
struct CatalogDefinition: Sendable {
    let name: String
    private let columns: [(name: String, type: String)]
    /// What follows `FROM`; nil for no rows.
    private let source: String?
    /// What stands in a column, in SQL; others hold nothing: 0, false, an empty letter or NULL.
    private let values: [String: String]
    /// The alias of the relation upstream whose columns stand for those that `values` doesn't name.
    private let upstream: String?

    /// - Parameters:
    ///   - name: Its name in `pg_catalog`.
    ///   - columns: Name and type of each, as `oid:oid relname:name`.
    ///   - source: Where its rows come from; nil for none.
    ///   - upstream: The alias in `source` of the relation that other columns come from.
    ///   - values: The SQL of columns.
    init(
        _ name: String,
        _ columns: String,
        from source: String? = nil,
        upstream: String? = nil,
        _ values: [String: String] = [:]
    ) {
        self.name = name
        self.columns = columns.split(separator: " ").map { part in
            let halves = part.split(separator: ":").map(String.init)
            return (halves[0], halves[1])
        }
        self.source = source
        self.upstream = upstream
        self.values = values
    }

    private init(_ other: CatalogDefinition) {
        name = other.name
        columns = other.columns
        source = nil
        upstream = nil
        values = [:]
    }

    /// The same relation without rows.
    var withoutRows: CatalogDefinition { CatalogDefinition(self) }

    /// Its query in SQL.
    var text: String {
        let targets = columns.map { name, type in
            let value =
                values[name] ?? upstream.map { "\($0).\(name)" } ?? CatalogDefinition.nothing(of: type)
            return "CAST(\(value) AS \(CatalogDefinition.written(type))) AS \"\(name)\""
        }
        return "SELECT \(targets.joined(separator: ", ")) " + (source.map { "FROM \($0)" } ?? "WHERE FALSE")
    }

    private static func written(_ type: String) -> String {
        let isArray = type.hasSuffix("[]")
        return "pg_catalog.\"\(isArray ? String(type.dropLast(2)) : type)\"" + (isArray ? "[]" : "")
    }

    private static func nothing(of type: String) -> String {
        switch type {
        case "oid", "regproc", "int2", "int4", "int8", "float4": "0"
        case "xid": "'0'"
        case "bool": "FALSE"
        case "char": "''"
        default: "NULL"
        }
    }
}

/// The query that stands in a catalog relation's place.
struct CatalogTemplate: Sendable {
    let columns: [String]
    let query: Query
    /// The lists that it reads.
    let tables: [CatalogTable]

    /// Every catalog relation that consumers find, by name.
    ///
    /// Must first be used on a thread with a big stack. One that doesn't parse is left out; a test sees that none is.
    static let all = read(
        CatalogDefinition.visible(types: "pg_catalog.pg_type") + CatalogDefinition.builtIn
            + CatalogDefinition.withoutRows
    )

    /// The same where there is no database to ask for anything.
    static let embedded = read(
        CatalogDefinition.withoutRows + CatalogDefinition.builtIn.map(\.withoutRows)
            + CatalogDefinition.visible(types: "pg_visible_types") + CatalogDefinition.embedded
    )

    /// `information_schema`, by the names of its relations.
    static let standard = read(
        CatalogDefinition.standard(
            types: "pg_catalog.pg_type",
            title: "pg_catalog.format_type(v.type, NULL)"
        ) + CatalogDefinition.standardKeys + CatalogDefinition.standardWithoutRows
    )

    /// The same where there is no database to ask for anything, nor keys.
    static let embeddedStandard = read(
        CatalogDefinition.standard(
            types: "pg_visible_types",
            title: "(SELECT t.title FROM pg_visible_types AS t WHERE t.oid = v.type)"
        ) + CatalogDefinition.standardKeys.map(\.withoutRows) + CatalogDefinition.standardWithoutRows
    )

    private static func read(_ definitions: [CatalogDefinition]) -> [String: CatalogTemplate] {
        var templates: [String: CatalogTemplate] = [:]
        for definition in definitions {
            if let template = try? CatalogTemplate(definition.text) { templates[definition.name] = template }
        }
        return templates
    }

    /// Reads a template that we wrote.
    init(_ text: String) throws(StatementError) {
        query = try CatalogTemplate.query(text)
        guard case .plain(let plain) = query.body else { throw CatalogTemplate.unreadable }
        columns = plain.targets.map { $0.name ?? "" }
        tables = CatalogTable.allCases.filter { text.contains($0.rawValue) }
    }

    static func query(_ text: String) throws(StatementError) -> Query {
        let bytes = Array(text.utf8)
        var decoder = StatementDecoder(rereading: bytes)
        let statements = try decoder.statements(
            try ParsedTree.parse(bytes, depthLimit: StatementDecoder.depthLimit)
        )
        guard statements.count == 1, case .query(let query) = statements[0].statement else {
            throw unreadable
        }
        return query
    }

    private static let unreadable = StatementError(
        code: .unproven,
        message: "a catalog could not be read",
        position: nil
    )
}
