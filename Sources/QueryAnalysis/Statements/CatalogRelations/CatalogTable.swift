/// A list of what is visible, as governed catalogs read it: one `WITH` query of a statement.
///
/// `rawValue` is the query's name; consumers can't give or use one that begins with `pg_`.
enum CatalogTable: String, CaseIterable, Sendable {
    case session = "pg_visible_session"
    case schemas = "pg_visible_schemas"
    case relations = "pg_visible_relations"
    case columns = "pg_visible_columns"
    case indexes = "pg_visible_indexes"
    case constraints = "pg_visible_constraints"
    /// Relations, indexes and catalogs by the names that they are called by.
    case names = "pg_visible_names"
    /// The types that values can have where there is no database to ask.
    case types = "pg_visible_types"

    /// Its columns with their types.
    var columns: [(name: String, type: QueryType)] {
        switch self {
        case .session: Self.typed("role:name database:name")
        case .schemas: Self.typed("oid:oid name:name quoted:text")
        case .relations:
            Self.typed(
                """
                oid:oid name:name schema:oid kind:char natts:int2 hasindex:bool hasreference:bool am:oid \
                isinpath:bool
                """
            )
        case .columns:
            Self.typed("relation:oid name:name quoted:text number:int2 type:oid modifier:int4 required:bool")
        case .indexes:
            Self.typed(
                """
                oid:oid relation:oid isunique:bool isprimary:bool natts:int2 nkeys:int2 key:int2vector \
                options:int2vector definition:text
                """
            )
        case .constraints:
            Self.typed(
                """
                oid:oid name:name schema:oid type:char relation:oid index:oid other:oid onupdate:char \
                ondelete:char match:char isdeferrable:bool isdeferred:bool key:int2[] otherkey:int2[] \
                definition:text
                """
            )
        case .names: Self.typed("oid:oid shown:text qualified:text")
        case .types:
            Self.typed(
                """
                oid:oid typname:name title:text typlen:int2 typbyval:bool typcategory:char typalign:char \
                typstorage:char typelem:oid typarray:oid typcollation:oid
                """
            )
        }
    }

    /// The query of the list: rows of JSON, so that whatever names hold is one literal.
    func query(_ rows: CatalogRows) -> Query {
        var plain = PlainQuery()
        for (index, column) in columns.enumerated() {
            let value = QueryExpression.operation(
                "->>",
                .name(["r", "value"], .nowhere),
                .literal(.number(String(index)))
            )
            plain.targets.append(
                QueryTarget(value: .expression(.cast(value, column.type)), name: column.name)
            )
        }
        let json = QueryExpression.cast(.literal(.text(rows.json)), QueryType(name: "json"))
        plain.from = [
            .call(
                QueryCall(function: "json_array_elements", arguments: [json]),
                isLateral: false,
                withOrdinality: false,
                QueryAlias(name: "r", columns: ["value"])
            )
        ]
        return Query(body: .plain(plain))
    }

    /// The same without JSON, for statements that we answer ourselves.
    func plainQuery(_ rows: CatalogRows) -> Query {
        var plain = PlainQuery()
        let isEmpty = rows.rows.isEmpty
        for (index, column) in columns.enumerated() {
            let value = isEmpty ? .literal(.null) : QueryExpression.name(["r", "c\(index)"], .nowhere)
            plain.targets.append(
                QueryTarget(value: .expression(.cast(value, column.type)), name: column.name)
            )
        }
        guard !isEmpty else {
            plain.condition = .literal(.boolean(false))
            return Query(body: .plain(plain))
        }
        let values = Query(body: .values(rows.rows.map { row in row.map { .literal(.text($0)) } }))
        let alias = QueryAlias(name: "r", columns: columns.indices.map { "c\($0)" })
        plain.from = [.query(values, isLateral: false, alias)]
        return Query(body: .plain(plain))
    }

    private static func typed(_ text: String) -> [(name: String, type: QueryType)] {
        text.split(separator: " ").map { part in
            let halves = part.split(separator: ":")
            let isArray = halves[1].hasSuffix("[]")
            return (
                String(halves[0]),
                QueryType(name: String(isArray ? halves[1].dropLast(2) : halves[1]), isArray: isArray)
            )
        }
    }
}

/// The rows of a list, written value by value.
struct CatalogRows {
    private(set) var rows: [[String]] = []

    /// Adds a row of what is written meanwhile.
    mutating func row(_ write: (inout CatalogRows) -> Void) {
        rows.append([])
        write(&self)
    }

    mutating func add(_ value: String) { rows[rows.count - 1].append(value) }

    mutating func add(_ value: some BinaryInteger) { add(String(value)) }

    mutating func add(_ value: Bool) { add(value ? "t" : "f") }

    /// The rows as an array of arrays of texts.
    var json: String {
        var text = "["
        for (index, row) in rows.enumerated() {
            text += index > 0 ? ",\n[" : "["
            for (place, value) in row.enumerated() {
                if place > 0 { text += "," }
                CatalogRows.quote(value, into: &text)
            }
            text += "]"
        }
        return text + "]"
    }

    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{0}"..<"\u{20}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
