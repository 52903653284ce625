/// A type of PostgreSQL's that statements over files can have.
package struct EngineType: Hashable, Sendable {
    /// What kind of values it has.
    indirect enum Kind: Hashable, Sendable {
        case unknown
        case bool, int2, int4, int8, float4, float8, numeric
        case text, varchar, bpchar, name
        case date, time, timestamp, timestamptz
        case uuid, json, bytea
        case array(Kind)
        case record([Field])
    }

    /// A field of a row.
    struct Field: Hashable, Sendable {
        let name: String
        let type: EngineType
    }

    let kind: Kind
    /// PostgreSQL's type modifier; -1 for none.
    var modifier: Int32 = -1

    init(_ kind: Kind, modifier: Int32 = -1) {
        self.kind = kind
        self.modifier = modifier
    }

    /// How many rows and arrays lie inside each other, itself included; 0 for a plain value.
    var recordDepth: Int {
        switch kind {
        case .record(let fields): 1 + (fields.map(\.type.recordDepth).max() ?? 0)
        case .array(let element): 1 + EngineType(element).recordDepth
        default: 0
        }
    }

    static let unknown = EngineType(.unknown)
    static let bool = EngineType(.bool)
    static let int2 = EngineType(.int2)
    static let int4 = EngineType(.int4)
    static let int8 = EngineType(.int8)
    static let float4 = EngineType(.float4)
    static let float8 = EngineType(.float8)
    static let numeric = EngineType(.numeric)
    static let text = EngineType(.text)
    static let date = EngineType(.date)
    static let timestamp = EngineType(.timestamp)
    static let json = EngineType(.json)
    static let bytea = EngineType(.bytea)

    /// Without a modifier.
    var plain: EngineType { EngineType(kind) }

    /// The type of a name in `pg_catalog`; nil for those that files' statements can't have.
    init?(named name: String, modifiers: [Int] = []) {
        guard let kind = EngineType.names[name], modifiers.allSatisfy({ (0...10_485_760).contains($0) })
        else {
            return nil
        }
        self.kind = kind
        switch (kind, modifiers.count) {
        case (_, 0): modifier = -1
        case (.varchar, 1), (.bpchar, 1): modifier = Int32(clamping: modifiers[0] + 4)
        case (.numeric, 1): modifier = Int32(clamping: modifiers[0] << 16 + 4)
        case (.numeric, 2): modifier = Int32(clamping: (modifiers[0] << 16 | modifiers[1]) + 4)
        default: return nil
        }
    }

    /// The length of a `varchar(n)` or `char(n)`.
    var length: Int? { modifier >= 4 ? Int(modifier) - 4 : nil }

    /// Precision and scale of a `numeric(p,s)`.
    var digits: (precision: Int, scale: Int)? {
        guard kind == .numeric, modifier >= 4 else { return nil }
        return (Int(modifier - 4) >> 16, Int(modifier - 4) & 0xFFFF)
    }

    private static let names: [String: Kind] = [
        "bool": .bool, "int2": .int2, "int4": .int4, "int8": .int8, "float4": .float4, "float8": .float8,
        "numeric": .numeric, "text": .text, "varchar": .varchar, "bpchar": .bpchar, "name": .name,
        "date": .date, "time": .time, "timestamp": .timestamp, "timestamptz": .timestamptz, "uuid": .uuid,
        "json": .json, "bytea": .bytea,
        // Those of catalogs, by what can hold their values.
        "oid": .int8, "regproc": .int8, "xid": .int8, "char": .text, "int2vector": .array(.int2),
        "oidvector": .array(.int8),
    ]

    /// PostgreSQL's identifiers: of the type, of its arrays, and the length that it reports.
    ///
    /// **Source.** PostgreSQL's `pg_type.dat`; fixed for ever.
    private static let identifiers: [Kind: (own: UInt32, array: UInt32, length: Int16)] = [
        .unknown: (25, 1009, -1), .bool: (16, 1000, 1), .int2: (21, 1005, 2), .int4: (23, 1007, 4),
        .int8: (20, 1016, 8), .float4: (700, 1021, 4), .float8: (701, 1022, 8), .numeric: (1700, 1231, -1),
        .text: (25, 1009, -1), .varchar: (1043, 1015, -1), .bpchar: (1042, 1014, -1), .name: (19, 1003, 64),
        .date: (1082, 1182, 4), .time: (1083, 1183, 8), .timestamp: (1114, 1115, 8),
        .timestamptz: (1184, 1185, 8), .uuid: (2950, 2951, 16), .json: (114, 199, -1), .bytea: (17, 1001, -1),
    ]

    /// PostgreSQL's identifier.
    var identifier: UInt32 {
        switch kind {
        case .array(.record): 2287
        case .array(let element): EngineType.identifiers[element]?.array ?? 1009
        case .record: 2249
        default: EngineType.identifiers[kind]?.own ?? 25
        }
    }

    /// The length that PostgreSQL reports.
    var wireLength: Int16 { EngineType.identifiers[kind]?.length ?? -1 }

    /// The type of an identifier that a client gave; nil for one that files' statements can't have.
    init?(identifier: UInt32) {
        if identifier == 0 || identifier == 705 {
            self = .unknown
            return
        }
        for (kind, known) in EngineType.identifiers where kind != .unknown {
            if known.own == identifier {
                self.init(kind)
                return
            }
            if known.array == identifier {
                self.init(.array(kind))
                return
            }
        }
        return nil
    }

    /// What PostgreSQL calls it in messages.
    var title: String {
        switch kind {
        case .unknown: "unknown"
        case .bool: "boolean"
        case .int2: "smallint"
        case .int4: "integer"
        case .int8: "bigint"
        case .float4: "real"
        case .float8: "double precision"
        case .numeric: "numeric"
        case .text: "text"
        case .varchar: "character varying"
        case .bpchar: "character"
        case .name: "name"
        case .date: "date"
        case .time: "time without time zone"
        case .timestamp: "timestamp without time zone"
        case .timestamptz: "timestamp with time zone"
        case .uuid: "uuid"
        case .json: "json"
        case .bytea: "bytea"
        case .array(let element): EngineType(element).title + "[]"
        case .record: "record"
        }
    }

    /// Whether values are texts to operators and functions.
    var isText: Bool {
        switch kind {
        case .text, .varchar, .bpchar, .name: true
        default: false
        }
    }

    /// The place in the order in which numbers are converted; nil for what is no number.
    var numberRank: Int? {
        switch kind {
        case .int2: 0
        case .int4: 1
        case .int8: 2
        case .numeric: 3
        case .float4: 4
        case .float8: 5
        default: nil
        }
    }

    var isInteger: Bool { (numberRank ?? 9) <= 2 }

    /// The place in the order in which moments are converted.
    var momentRank: Int? {
        switch kind {
        case .date: 0
        case .timestamp: 1
        case .timestamptz: 2
        default: nil
        }
    }

    /// The type of an array's elements.
    var element: EngineType? {
        if case .array(let kind) = kind { EngineType(kind) } else { nil }
    }

    var isRecord: Bool {
        if case .record = kind { true } else { false }
    }

    /// Whether values of it can be ordered and compared.
    var isComparable: Bool {
        switch kind {
        case .json: false
        case .array(let element): EngineType(element).isComparable
        case .record(let fields): fields.allSatisfy(\.type.isComparable)
        default: true
        }
    }
}

/// Why a statement over files can't be answered.
///
/// **Promise.** Made from the statement and from names that its author may see, or a fixed sentence; never from a row.
package struct EngineFault: Error, Hashable, Sendable {
    /// The SQLSTATE.
    package let sqlState: String
    /// Lower case, no full stop.
    package let message: String

    /// A fault.
    package init(_ sqlState: String, _ message: String) {
        self.sqlState = sqlState
        self.message = message
    }

    static let divisionByZero = EngineFault("22012", "division by zero")
    static let outOfRange = EngineFault("22003", "value out of range")
    static let badDate = EngineFault("22007", "invalid input syntax for a date or time")
    static let dateOutOfRange = EngineFault("22008", "date or time out of range")
    static let badArgument = EngineFault("22023", "invalid parameter value")
    static let tooManyTargets = EngineFault("54011", "target lists can have at most 1664 entries")
    static let tooLong = EngineFault("22001", "value too long for the type")
    static let tooWide = EngineFault("0A000", "numbers of more than 38 digits are not supported over files")

    static func badText(for type: EngineType) -> EngineFault {
        EngineFault("22P02", "invalid input syntax for type \(type.title)")
    }

    /// What PostgreSQL has and this door, in front of files, hasn't.
    static func missing(_ what: String) -> EngineFault {
        EngineFault("0A000", "\(what) is not supported over files")
    }

    static func mismatch(_ message: String) -> EngineFault { EngineFault("42804", message) }
}
