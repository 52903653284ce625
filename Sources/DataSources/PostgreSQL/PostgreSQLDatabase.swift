package import CatalogModel
package import Governance
package import QueryAnalysis

/// A PostgreSQL database: which tables and views it has, and how to reach it.
package struct PostgreSQLDatabase: UpstreamDatabase {
    private let uri: String
    /// The views of ours in it, when it has a schema for them.
    package let views: PostgreSQLViews?

    /// A database by its URI, such as `postgresql://reader@db.example/shop`; passwords come from libpq's environment
    /// or password file.
    package init(uri: String) {
        self.uri = uri
        views = nil
    }

    /// The database of a source.
    package init(_ source: SourceDefinition) {
        uri = source.path
        views = source.options.viewSchema.map { PostgreSQLViews(uri: source.path, schema: $0) }
    }

    /// What libpq connects to, with what it found in its environment.
    ///
    /// - Throws: `.sourceUnavailable`.
    package func target() throws(GovernanceError) -> PostgreSQLTarget {
        let target = try PostgreSQLConnection(uri).target
        return PostgreSQLTarget(
            host: target.host,
            port: Int(target.port) ?? 5432,
            database: target.database,
            user: target.user,
            password: target.password.isEmpty ? nil : target.password
        )
    }

    /// The rows of a governed statement, as text; nil is NULL.
    ///
    /// - Throws: `.sourceUnavailable` with the SQLSTATE; PostgreSQL's words may quote values and stay here.
    package func rows(
        of statement: RewrittenStatement
    ) throws(GovernanceError) -> (columns: [String], rows: [[String?]]) {
        try PostgreSQLConnection(uri).runNamed(statement.text)
    }

    /// The tables and views that the account may read, without the system's, Steward's own views, materialized views, foreign
    /// tables, and tables that are a part of another one: their rows are governed as the other one's.
    ///
    /// - Throws: `.sourceUnavailable`.
    package func shape() throws(GovernanceError) -> UpstreamShape {
        let connection = try PostgreSQLConnection(uri)
        let relations = try connection.run(PostgreSQLDatabase.relations)
        let attributes = try connection.run(PostgreSQLDatabase.attributes)
        var columns: [String: [PostgreSQLColumn]] = [:]
        for row in attributes {
            guard let owner = row[0], let column = PostgreSQLColumn(row) else { continue }
            columns[owner, default: []].append(column)
        }
        let details = PostgreSQLDetails(
            relations: relations,
            columns: columns,
            keys: try connection.run(PostgreSQLDetails.keys),
            indexes: try connection.run(PostgreSQLDetails.indexes)
        )
        return UpstreamShape(
            relations.compactMap { row in
                guard let identifier = row[0], let schema = row[1], let name = row[2],
                    let number = UInt32(identifier), schema != views?.schema
                else { return nil }
                let own = columns[identifier] ?? []
                return UpstreamRelation(
                    name: RelationName(schema: schema, name: name),
                    identifier: number,
                    columns: own.map { UpstreamColumn(name: $0.name, type: $0.type) },
                    numbers: own.map(\.number),
                    types: own.map(\.dataType),
                    view: row[3],
                    details: details.of(identifier)
                )
            },
            enumerations: Dictionary(
                columns.values.joined().compactMap(\.enumeration).flatMap { own, array in
                    [(own, PostgreSQLColumn.text), (array, PostgreSQLColumn.texts)]
                },
                uniquingKeysWith: { $1 }
            )
        )
    }

    private static let relations = """
        SELECT c.oid, n.nspname, c.relname, CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_viewdef(c.oid) END
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^(pg_|information_schema$)'
          AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
          AND NOT (c.relkind = 'v' AND c.relname ~ '^[tv]_[0-9a-f]{32}$'
            AND coalesce(c.reloptions @> '{security_barrier=true}'::text[], false))
        ORDER BY 2, 3
        """

    /// A domain counts as the type that it is over, as it does where PostgreSQL describes results.
    private static let attributes = """
        WITH RECURSIVE base(oid, root, modifier) AS (
          SELECT oid, oid, -1 FROM pg_catalog.pg_type WHERE typtype <> 'd'
          UNION ALL
          SELECT d.oid, b.root, CASE WHEN b.modifier = -1 THEN d.typtypmod ELSE b.modifier END
          FROM pg_catalog.pg_type d JOIN base b ON b.oid = d.typbasetype WHERE d.typtype = 'd')
        SELECT a.attrelid, a.attname, a.attnum,
          CASE WHEN a.atttypmod = -1 THEN b.modifier ELSE a.atttypmod END,
          CASE WHEN t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN t.typname ELSE 'user-defined' END,
          t.oid, a.attnotnull, CASE WHEN t.typtype = 'e' THEN t.oid ELSE e.oid END,
          CASE WHEN t.typtype = 'e' THEN t.typarray ELSE t.oid END
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
          JOIN base b ON b.oid = a.atttypid JOIN pg_catalog.pg_type t ON t.oid = b.root
          LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typlen = -1 AND e.typtype = 'e'
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v')
        ORDER BY 1, 3
        """
}

/// How a PostgreSQL database is reached.
package struct PostgreSQLTarget: Sendable {
    /// The host's name or address.
    package let host: String
    /// The port.
    package let port: Int
    /// The database's name.
    package let database: String
    /// The account.
    package let user: String
    /// Its password; nil when there is none.
    package let password: String?
}

/// A column as PostgreSQL describes it.
struct PostgreSQLColumn {
    let name: String
    let number: Int16
    let type: String
    let dataType: DataType
    let details: ColumnDetails
    /// The identifiers of an enumeration and of an array of it; nil for a column of neither.
    let enumeration: (own: UInt32, array: UInt32)?

    /// The identifiers of `text` and of its arrays.
    static let text: UInt32 = 25
    static let texts: UInt32 = 1009

    /// Reads a row of `pg_attribute`; nil for one that isn't.
    init?(_ row: [String?]) {
        guard let name = row[1], let number = row[2].flatMap({ Int16($0) }),
            let modifier = row[3].flatMap({ Int($0) }), let type = row[4]
        else { return nil }
        self.name = name
        self.number = number
        self.type = type
        dataType = DataType(postgreSQL: type, modifier: modifier)
        details = ColumnDetails(
            type: row.count > 5 ? row[5].flatMap { UInt32($0) } ?? 0 : 0,
            modifier: Int32(clamping: modifier),
            isRequired: row.count > 6 && row[6] == "t"
        )
        if row.count > 8, let own = row[7].flatMap({ UInt32($0) }), let array = row[8].flatMap({ UInt32($0) })
        {
            enumeration = (own, array)
        } else {
            enumeration = nil
        }
    }
}

extension DataType {
    /// The catalog's word for a type of PostgreSQL; types that it has no word for are text.
    init(postgreSQL type: String, modifier: Int) {
        switch type {
        case "bool": self = .boolean
        case "int2": self = .smallint
        case "int4": self = .int
        case "int8": self = .bigint
        case "float4": self = .float
        case "float8": self = .double
        case "numeric":
            let precision = (modifier - 4) >> 16 & 0xFFFF
            let scale = (modifier - 4) & 0x7FF
            let fits = modifier > 4 && (1...38).contains(precision) && scale <= precision
            self = fits ? .decimal(precision: precision, scale: scale) : .decimal(precision: 38, scale: 18)
        case "varchar": self = modifier > 4 ? .varchar(modifier - 4) : .string
        case "bpchar": self = modifier > 4 ? .char(modifier - 4) : .string
        case "date": self = .date
        case "timestamp", "timestamptz": self = .timestamp
        case "bytea": self = .binary
        case "json", "jsonb": self = .json
        default:
            self =
                type.hasPrefix("_")
                ? .complex("array<\(DataType(postgreSQL: String(type.dropFirst()), modifier: -1))>") : .string
        }
    }
}
