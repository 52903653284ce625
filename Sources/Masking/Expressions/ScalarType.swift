import CatalogModel

/// PostgreSQL's types, as far as expressions go.
enum ScalarType: Int, Sendable {
    /// A quoted literal or NULL that has met no type yet.
    case unknown
    case boolean
    /// The numbers, in the order in which they give way to each other.
    case int2, int4, int8, numeric, float4, float8
    case text
    case date, timestamp
    /// A column that can only be tested for NULL.
    case opaque

    init(_ type: DataType) {
        switch type {
        case .boolean: self = .boolean
        case .tinyint, .smallint: self = .int2
        case .int: self = .int4
        case .bigint: self = .int8
        case .float: self = .float4
        case .double: self = .float8
        case .decimal: self = .numeric
        case .string, .varchar, .char: self = .text
        case .date: self = .date
        case .timestamp: self = .timestamp
        case .void: self = .unknown
        case .binary, .json, .complex: self = .opaque
        }
    }

    init(_ type: SQLCastType) {
        switch type {
        case .boolean: self = .boolean
        case .smallint: self = .int2
        case .integer: self = .int4
        case .bigint: self = .int8
        case .numeric: self = .numeric
        case .real: self = .float4
        case .double: self = .float8
        case .text: self = .text
        case .date: self = .date
        case .timestamp: self = .timestamp
        }
    }

    var isInteger: Bool { self == .int2 || self == .int4 || self == .int8 }
    var isFloat: Bool { self == .float4 || self == .float8 }
    var isNumber: Bool { isInteger || isFloat || self == .numeric }
    var isTime: Bool { self == .date || self == .timestamp }

    /// PostgreSQL's name of the type.
    var name: String {
        switch self {
        case .unknown: "unknown"
        case .boolean: "boolean"
        case .int2: "smallint"
        case .int4: "integer"
        case .int8: "bigint"
        case .numeric: "numeric"
        case .float4: "real"
        case .float8: "double precision"
        case .text: "text"
        case .date: "date"
        case .timestamp: "timestamp"
        case .opaque: "a type that can only be tested for NULL"
        }
    }

    /// How results of the type are described to readers.
    var dataType: DataType {
        switch self {
        case .unknown, .text, .opaque: .string
        case .boolean: .boolean
        case .int2: .smallint
        case .int4: .int
        case .int8: .bigint
        case .numeric: .decimal(precision: 38, scale: 18)
        case .float4: .float
        case .float8: .double
        case .date: .date
        case .timestamp: .timestamp
        }
    }

    /// The type in which an operator meets both; nil when there is none.
    static func operands(_ left: ScalarType, _ right: ScalarType) -> ScalarType? {
        if left == right { return left }
        if left == .unknown { return right }
        if right == .unknown { return left }
        if left.isNumber, right.isNumber {
            return left.isFloat || right.isFloat ? .float8 : (left.rawValue > right.rawValue ? left : right)
        }
        return left.isTime && right.isTime ? .timestamp : nil
    }

    /// The type of a CASE, COALESCE or IN list with parts of these types; nil when there is none.
    static func common(_ types: [ScalarType]) -> ScalarType? {
        var result = ScalarType.unknown
        for type in types where type != .unknown && type != result {
            if result == .unknown {
                result = type
            } else if result.isNumber && type.isNumber || result.isTime && type.isTime {
                result = result.rawValue > type.rawValue ? result : type
            } else {
                return nil
            }
        }
        return result == .opaque ? nil : (result == .unknown ? .text : result)
    }
}
