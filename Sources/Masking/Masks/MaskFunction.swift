import CatalogModel

/// The mask of one column, compiled for its type: a pure function on whole vectors.
///
/// NULL stays NULL under every mask.
enum MaskFunction: Sendable {
    case unchanged
    case null
    case redacted
    case characters(CharacterMask)
    case integer(IntegerMask)
    case date(DateMask)
    case yearOfTimestamp
    case hash
    case clusters(ClusterMask)
    case emailDomain

    /// Whether the result is NULL in every row whatever the values are.
    var isAlwaysNull: Bool {
        switch self {
        case .null: true
        case .unchanged, .redacted, .characters, .integer, .date, .yearOfTimestamp, .hash, .clusters,
            .emailDomain:
            false
        }
    }

    /// The type of the masked column: text that may change its length loses its bound.
    func outputType(of type: DataType) -> DataType {
        switch self {
        case .redacted, .hash, .clusters, .emailDomain: .string
        case .characters(let mask): mask.keepsLength ? type : .string
        case .unchanged, .null, .integer, .date, .yearOfTimestamp: type
        }
    }

    func apply(to vector: ColumnVector, of column: ColumnName) throws(MaskError) -> ColumnVector {
        do {
            return switch self {
            case .unchanged: vector
            case .null: .nulls(vector.count)
            case .redacted: try vector.redacted()
            case .characters(let mask): try mask.apply(to: vector)
            case .integer(let mask): try mask.apply(to: vector)
            case .date(let mask): try mask.apply(to: vector)
            case .yearOfTimestamp: try vector.startOfYearTimestamps()
            case .hash: try vector.hashed()
            case .clusters(let mask): try mask.apply(to: vector)
            case .emailDomain: try vector.emailDomains()
            }
        } catch { throw error.masking(column) }
    }
}

extension MaskFunction {
    /// Compiles a call for a column's type.
    ///
    /// Arguments are checked before the type, so that a wrong call is refused on every column.
    init(_ call: MaskCall, on type: DataType) throws(MaskError) {
        switch call.name {
        case .null: self = .null
        case .unchanged: self = .unchanged
        case .mask, .maskFirst, .maskLast, .maskShowFirst, .maskShowLast:
            self = try MaskFunction.hive(try HiveArguments(call), name: call.name, on: type)
        case .maskHash: self = try MaskFunction.hash(on: type)
        case .redact:
            try call.require(count: 0)
            self = type.isText ? .redacted : .null
        case .showFirst, .showLast:
            guard call.arguments.count == 1, case .number(let count) = call.arguments[0], count >= 0 else {
                throw .unsupportedArguments(mask: call.name.rawValue)
            }
            try call.require(type.isText, on: type)
            self = .clusters(ClusterMask(shown: Int(count), atEnd: call.name == .showLast))
        case .emailDomain:
            try call.require(count: 0)
            try call.require(type.isText, on: type)
            self = .emailDomain
        case .year:
            try call.require(count: 0)
            try call.require(type == .date || type == .timestamp, on: type)
            self = type == .date ? .date(.startOfYear) : .yearOfTimestamp
        }
    }

    /// Hive's masks by type; NULL for the primitive types that Hive doesn't mask, an error for the others.
    private static func hive(
        _ arguments: HiveArguments,
        name: MaskName,
        on type: DataType
    ) throws(MaskError) -> MaskFunction {
        switch type {
        case .string, .varchar, .char:
            .characters(CharacterMask(extent: arguments.extent, classes: arguments.classes))
        case .tinyint: .integer(arguments.integerMask(.byte))
        case .smallint: .integer(arguments.integerMask(.short))
        case .int: .integer(arguments.integerMask(.int))
        case .bigint: .integer(arguments.integerMask(.long))
        case .date: .date(arguments.dateMask)
        case .boolean, .float, .double, .decimal, .timestamp, .binary, .void: .null
        case .json, .complex: throw .unfitType(mask: name.rawValue, type: type)
        }
    }

    /// Hive hashes text and gives NULL for other primitive types; further arguments mean nothing to it.
    private static func hash(on type: DataType) throws(MaskError) -> MaskFunction {
        switch type {
        case .string, .varchar, .char: .hash
        case .tinyint, .smallint, .int, .bigint, .date, .boolean, .float, .double, .decimal, .timestamp,
            .binary,
            .void:
            .null
        case .json, .complex: throw .unfitType(mask: MaskName.maskHash.rawValue, type: type)
        }
    }
}

extension MaskCall {
    fileprivate func require(count: Int) throws(MaskError) {
        guard arguments.count == count else { throw .unsupportedArguments(mask: name.rawValue) }
    }

    fileprivate func require(_ fits: Bool, on type: DataType) throws(MaskError) {
        guard fits else { throw .unfitType(mask: name.rawValue, type: type) }
    }
}

/// What stops a vector; the caller adds the column's name.
enum VectorFault: Error {
    case malformedValue, impossibleDate, oversized

    func masking(_ column: ColumnName) -> MaskError {
        switch self {
        case .malformedValue: .malformedValue(column)
        case .impossibleDate: .impossibleDate(column)
        case .oversized: .oversizedBatch(column)
        }
    }
}
