/// What PostgreSQL itself brings along, as far as catalogs over files show it: types and collations; of functions,
/// operators and the rest nothing.
struct BuiltInTable {
    let columns: [OutputColumn]
    let rows: [[Datum]]

    init(_ name: String) {
        switch name {
        case "pg_type":
            columns = BuiltInTable.typeColumns
            rows = EngineType.builtIn.flatMap { BuiltInTable.rows(of: $0) }
        case "pg_collation":
            columns = [
                OutputColumn(name: "oid", type: EngineType(.oid)),
                OutputColumn(name: "collname", type: EngineType(.name)),
                OutputColumn(name: "collnamespace", type: EngineType(.oid)),
            ]
            rows = [(100, "default"), (950, "C"), (951, "POSIX")].map {
                [.integer($0), .text($1), .integer(11)]
            }
        default:
            columns = []
            rows = []
        }
    }

    /// The catalog of PostgreSQL's own things that a call stands for, in the form in which governed catalogs ask for
    /// them; nil for any other call.
    static func name(of call: QueryCall) -> String? {
        guard call.function == "unnest", call.arguments.count == 1,
            case .query(.array, let query) = call.arguments[0], case .plain(let plain) = query.body,
            plain.from.count == 1, case .relation(let relation) = plain.from[0],
            relation.schema == "pg_catalog"
        else { return nil }
        return relation.name
    }

    private static let typeColumns: [OutputColumn] = {
        let kinds: [(String, EngineType.Kind)] = [
            ("oid", .oid), ("typname", .name), ("typnamespace", .oid), ("typlen", .int2), ("typbyval", .bool),
            ("typtype", .character), ("typcategory", .character), ("typispreferred", .bool),
            ("typisdefined", .bool), ("typdelim", .character), ("typrelid", .oid), ("typelem", .oid),
            ("typarray", .oid), ("typalign", .character), ("typstorage", .character), ("typnotnull", .bool),
            ("typbasetype", .oid), ("typtypmod", .int4), ("typndims", .int4), ("typcollation", .oid),
        ]
        return kinds.map { OutputColumn(name: $0, type: EngineType($1)) }
    }()

    /// A type and its arrays.
    private static func rows(of type: EngineType.BuiltIn) -> [[Datum]] {
        [
            row(type, type.identifier, type.name, type.length, type.category, element: 0, array: type.array),
            row(type, type.array, "_" + type.name, -1, "A", element: type.identifier, array: 0),
        ]
    }

    private static func row(
        _ type: EngineType.BuiltIn,
        _ identifier: UInt32,
        _ name: String,
        _ length: Int16,
        _ category: String,
        element: UInt32,
        array: UInt32
    ) -> [Datum] {
        let isText = type.category == "S"
        return [
            .integer(Int64(identifier)), .text(name), .integer(11), .integer(Int64(length)),
            .truth((1...8).contains(length)), .text("b"), .text(category),
            .truth(["bool", "text", "float8", "oid", "timestamptz"].contains(name)), .truth(true), .text(","),
            .integer(0), .integer(Int64(element)), .integer(Int64(array)),
            .text(length == 1 ? "c" : length == 2 ? "s" : length == 8 ? "d" : "i"),
            .text(length > 0 ? "p" : type.name == "numeric" ? "m" : "x"), .truth(false), .integer(0),
            .integer(-1), .integer(0), .integer(isText ? (type.name == "name" ? 950 : 100) : 0),
        ]
    }
}

/// Answers to what catalogs ask of types and settings.
enum CatalogFacts {
    static func apply(_ function: Builtin, _ a: [Datum]) -> Datum? {
        switch function {
        case .encodingName: return .text("UTF8")
        case .encodingNumber: return a[0].string.lowercased() == "utf8" ? .integer(6) : .integer(-1)
        case .nothing: return .null
        case .formatType:
            guard !a[0].isNull else { return .null }
            let identifier = UInt32(truncatingIfNeeded: a[0].integer)
            guard let type = EngineType(identifier: identifier), type.kind != .unknown else {
                return .text(identifier == 0 ? "-" : "???")
            }
            return .text(a[1].isNull ? type.title : type.title + modifier(type, Int(a[1].integer)))
        default: return nil
        }
    }

    private static func modifier(_ type: EngineType, _ modifier: Int) -> String {
        guard modifier >= 4 else { return "" }
        switch type.kind {
        case .varchar, .bpchar: return "(\(modifier - 4))"
        case .numeric: return "(\((modifier - 4) >> 16),\((modifier - 4) & 0xFFFF))"
        default: return ""
        }
    }
}
