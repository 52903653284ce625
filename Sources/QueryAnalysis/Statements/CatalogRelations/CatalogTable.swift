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

    /// Its columns with their types.
    var columns: [(name: String, type: QueryType)] {
        switch self {
        case .session: Self.typed("role:name database:name")
        case .schemas: Self.typed("oid:oid name:name")
        case .relations:
            Self.typed(
                """
                oid:oid name:name schema:oid kind:char natts:int2 hasindex:bool hasreference:bool am:oid \
                isinpath:bool
                """
            )
        case .columns: Self.typed("relation:oid name:name number:int2 type:oid modifier:int4 required:bool")
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
        }
    }

    /// The query of the list: rows of JSON, so that whatever names hold is one literal.
    func query(_ rows: String) -> Query {
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
        let json = QueryExpression.cast(.literal(.text(rows)), QueryType(name: "json"))
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

/// Rows of JSON, written value by value.
struct CatalogRows {
    private(set) var text = "["
    private var isInRow = false

    /// Begins and ends a row around what is written meanwhile.
    mutating func row(_ write: (inout CatalogRows) -> Void) {
        text += text.utf8.count > 1 ? ",\n[" : "["
        isInRow = false
        write(&self)
        text += "]"
    }

    /// Ends the rows.
    var finished: String { text + "]" }

    mutating func add(_ value: String) {
        separate()
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

    mutating func add(_ value: some BinaryInteger) {
        separate()
        text += String(value)
    }

    mutating func add(_ value: Bool) {
        separate()
        text += value ? "true" : "false"
    }

    private mutating func separate() {
        if isInRow { text += "," }
        isInRow = true
    }
}
