/// PostgreSQL's own types by their fixed identifiers.
///
/// **Source.** PostgreSQL's `pg_type.dat`.
enum BuiltInTypes {
    /// The first identifier that a user's object can have (`FirstNormalObjectId`).
    static let firstOfUsers: UInt32 = 16_384
    static let text: UInt32 = 25

    /// Each type with its array.
    private static let identifiers: [String: (own: UInt32, array: UInt32)] = [
        "bool": (16, 1000), "bytea": (17, 1001), "char": (18, 1002), "name": (19, 1003), "int8": (20, 1016),
        "int2": (21, 1005), "int4": (23, 1007), "text": (25, 1009), "oid": (26, 1028), "json": (114, 199),
        "float4": (700, 1021), "float8": (701, 1022), "money": (790, 791), "macaddr": (829, 1040),
        "inet": (869, 1041), "cidr": (650, 651), "bpchar": (1042, 1014), "varchar": (1043, 1015),
        "date": (1082, 1182), "time": (1083, 1183), "timestamp": (1114, 1115), "timestamptz": (1184, 1185),
        "interval": (1186, 1187), "timetz": (1266, 1270), "bit": (1560, 1561), "varbit": (1562, 1563),
        "numeric": (1700, 1231), "uuid": (2950, 2951), "jsonb": (3802, 3807),
    ]

    /// The identifier of a type's name, such as `int4` or `_int4`; nil for others.
    static func identifier(of name: String) -> UInt32? {
        name.hasPrefix("_") ? identifiers[String(name.dropFirst())]?.array : identifiers[name]?.own
    }

    /// The type of a mask's value; what can't be told is text, which most masks give.
    static func result(of mask: QueryExpression, columns: [String: UInt32]) -> UInt32 {
        known(mask, columns) ?? text
    }

    /// Functions that give something other than text, among those that masks use.
    private static let results: [String: UInt32] = [
        "length": 23, "char_length": 23, "octet_length": 23, "ascii": 23, "strpos": 23, "date_part": 701,
        "extract": 1700, "make_date": 1082, "to_date": 1082, "now": 1184, "sha256": 17, "convert_to": 17,
        "to_json": 114, "to_jsonb": 3802, "json_build_object": 114, "jsonb_build_object": 3802,
        "make_timestamp": 1114,
    ]
    /// Functions whose result has their first argument's type.
    private static let keeping: Set<String> = ["abs", "ceil", "floor", "mod", "greatest", "jsonb_set"]

    private static func known(_ value: QueryExpression, _ columns: [String: UInt32]) -> UInt32? {
        switch value {
        case .cast(_, let type): identifier(of: (type.isArray ? "_" : "") + type.name)
        case .name(let parts, _): parts.last.flatMap { columns[$0] }
        case .literal(.text): text
        case .literal(.bits): 1560
        case .literal(.boolean): 16
        case .literal(.number(let digits)):
            Int32(digits) != nil ? 23 : Int64(digits) != nil ? 20 : 1700
        case .cases(_, let branches, let otherwise):
            (branches.map(\.result) + [otherwise].compactMap { $0 }).lazy.compactMap { known($0, columns) }
                .first
        case .coalesce(let parts), .greatest(let parts), .least(let parts):
            parts.lazy.compactMap { known($0, columns) }.first
        case .nullIf(let value, _), .collated(let value, _), .sign(_, let value): known(value, columns)
        case .call(let call): result(of: call, columns)
        case .operation(let symbol, let left, let right): result(of: symbol, left, right, columns)
        case .quantified, .isDistinct, .isIn, .matches, .between, .and, .or, .not, .isNull, .isTruth: 16
        case .literal(.null), .parameter, .query, .row, .array, .part, .grouping, .groupingSet, .moment,
            .session:
            nil
        }
    }

    private static func result(of call: QueryCall, _ columns: [String: UInt32]) -> UInt32? {
        if let known = results[call.function] { return known }
        // What truncates a moment takes it last, what rounds a number first.
        switch call.function {
        case "date_trunc": return call.arguments.last.flatMap { known($0, columns) }
        case "round", "trunc": return call.arguments.first.flatMap { known($0, columns) } == 701 ? 701 : 1700
        default:
            return keeping.contains(call.function)
                ? call.arguments.first.flatMap { known($0, columns) } : text
        }
    }

    private static func result(
        of symbol: String,
        _ left: QueryExpression,
        _ right: QueryExpression,
        _ columns: [String: UInt32]
    ) -> UInt32? {
        switch symbol {
        case "=", "<>", "<", "<=", ">", ">=", "~", "!~", "~*", "!~*", "@>", "<@", "?": 16
        case "||", "->>", "#>>": text
        default: widest(known(left, columns), known(right, columns))
        }
    }

    /// The type of numbers calculated with each other; for moments and the rest the left one's.
    private static func widest(_ left: UInt32?, _ right: UInt32?) -> UInt32? {
        let order: [UInt32] = [21, 23, 20, 1700, 700, 701]
        guard let left, let right, let first = order.firstIndex(of: left),
            let second = order.firstIndex(of: right)
        else { return left ?? right }
        return order[max(first, second)]
    }
}
