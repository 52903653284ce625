/// The type of a column, in Hive's words; `description` is the text that catalog, policies and APIs show.
///
/// Values travel as text in one canonical form per type (see ``ColumnVector``); the type says how to read them.
package enum DataType: Hashable, Sendable {
    /// `true` or `false`.
    case boolean
    /// Whole numbers of 8, 16, 32 and 64 bits.
    case tinyint, smallint, int, bigint
    /// IEEE 754 single and double; shortest text that reads back to the same number, `NaN`, `Infinity`.
    case float, double
    /// Exact decimal; 1 ... 38 digits, of which `scale` after the point.
    case decimal(precision: Int, scale: Int)
    /// Text of any length; of at most, or padded to, a number of code points as Hive counts them.
    case string, varchar(Int), char(Int)
    /// `YYYY-MM-DD`.
    case date
    /// `YYYY-MM-DD HH:MM:SS[.fraction]`, without a time zone.
    case timestamp
    /// Bytes, as lower-case hexadecimal.
    case binary
    /// A JSON document (object, array or scalar) as its text.
    case json
    /// A Hive `array<…>`, `map<…>`, `struct<…>` or `uniontype<…>`, by its text; can be hidden, never masked.
    case complex(String)
    /// A column that only holds NULL.
    case void

    /// Whether values are whole numbers.
    package var isInteger: Bool {
        switch self {
        case .tinyint, .smallint, .int, .bigint: true
        case .boolean, .float, .double, .decimal, .string, .varchar, .char, .date, .timestamp, .binary, .json,
            .complex, .void:
            false
        }
    }

    /// Whether values are character strings.
    package var isText: Bool {
        switch self {
        case .string, .varchar, .char: true
        case .boolean, .tinyint, .smallint, .int, .bigint, .float, .double, .decimal, .date, .timestamp,
            .binary,
            .json, .complex, .void:
            false
        }
    }
}

extension DataType: CustomStringConvertible {
    /// Hive's spelling, such as `decimal(10,2)`.
    package var description: String {
        switch self {
        case .boolean: "boolean"
        case .tinyint: "tinyint"
        case .smallint: "smallint"
        case .int: "int"
        case .bigint: "bigint"
        case .float: "float"
        case .double: "double"
        case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
        case .string: "string"
        case .varchar(let length): "varchar(\(length))"
        case .char(let length): "char(\(length))"
        case .date: "date"
        case .timestamp: "timestamp"
        case .binary: "binary"
        case .json: "json"
        case .complex(let text): text
        case .void: "void"
        }
    }

    /// Reads Hive's spelling, ignoring case, with the usual synonyms (`integer`, `text`, `bool`, `real`,
    /// `numeric`); nil when it is none.
    package init?(_ text: String) {
        let lowered = text.lowercased().filter { $0 != " " }
        let head = String(lowered.prefix { $0 != "(" && $0 != "<" })
        if lowered.contains("<") {
            guard ["array", "map", "struct", "uniontype"].contains(head), lowered.hasSuffix(">") else {
                return nil
            }
            self = .complex(lowered)
            return
        }
        guard let arguments = DataType.arguments(of: lowered.dropFirst(head.count)) else { return nil }
        switch (head, arguments.count) {
        case ("boolean", 0), ("bool", 0): self = .boolean
        case ("tinyint", 0): self = .tinyint
        case ("smallint", 0): self = .smallint
        case ("int", 0), ("integer", 0): self = .int
        case ("bigint", 0): self = .bigint
        case ("float", 0), ("real", 0): self = .float
        case ("double", 0): self = .double
        case ("decimal", 0), ("numeric", 0): self = .decimal(precision: 38, scale: 18)
        case ("decimal", 1), ("numeric", 1), ("decimal", 2), ("numeric", 2):
            let scale = arguments.count == 2 ? arguments[1] : 0
            guard (1...38).contains(arguments[0]), (0...arguments[0]).contains(scale) else { return nil }
            self = .decimal(precision: arguments[0], scale: scale)
        case ("string", 0), ("text", 0), ("varchar", 0): self = .string
        case ("varchar", 1): self = .varchar(arguments[0])
        case ("char", 1): self = .char(arguments[0])
        case ("date", 0): self = .date
        case ("timestamp", 0): self = .timestamp
        case ("binary", 0): self = .binary
        case ("json", 0): self = .json
        case ("void", 0): self = .void
        default: return nil
        }
    }

    private static func arguments(of text: Substring) -> [Int]? {
        guard !text.isEmpty else { return [] }
        guard text.first == "(", text.last == ")" else { return nil }
        var numbers: [Int] = []
        for part in text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part), (0...65_535).contains(number) else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}

extension DataType: Codable {
    /// Reads Hive's spelling.
    /// - Throws: `DecodingError.dataCorrupted` when it is no type.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let type = DataType(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "`\(text)` is no column type"
            )
        }
        self = type
    }

    /// Writes Hive's spelling.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
