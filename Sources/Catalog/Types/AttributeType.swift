/// What an attribute's type name stands for, as far as its text says.
indirect enum AttributeType: Hashable, Sendable {
    case boolean, byte, short, int, long, float, double, bigInteger, bigDecimal, string, date
    case array(AttributeType)
    case map(AttributeType, AttributeType)
    /// An enum, struct or entity type by name.
    case named(String)

    /// Reads a type name; nil when angle brackets are wrong.
    init?(_ text: String) {
        switch text {
        case "boolean": self = .boolean
        case "byte": self = .byte
        case "short": self = .short
        case "int": self = .int
        case "long": self = .long
        case "float": self = .float
        case "double": self = .double
        case "biginteger": self = .bigInteger
        case "bigdecimal": self = .bigDecimal
        case "string": self = .string
        case "date": self = .date
        default:
            if text.hasPrefix("array<"), text.hasSuffix(">") {
                guard let element = AttributeType(AttributeType.trimmed(text.dropFirst(6).dropLast())) else {
                    return nil
                }
                self = .array(element)
            } else if text.hasPrefix("map<"), text.hasSuffix(">") {
                guard let (key, value) = AttributeType.pair(text.dropFirst(4).dropLast()) else { return nil }
                self = .map(key, value)
            } else {
                guard !text.isEmpty, !text.contains(where: { "<>,".contains($0) }) else { return nil }
                self = .named(text)
            }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private static func pair(_ text: Substring) -> (AttributeType, AttributeType)? {
        var depth = 0
        for index in text.indices {
            switch text[index] {
            case "<": depth += 1
            case ">": depth -= 1
            case "," where depth == 0:
                guard let key = AttributeType(trimmed(text[..<index])),
                    let value = AttributeType(trimmed(text[text.index(after: index)...]))
                else { return nil }
                return (key, value)
            default: break
            }
        }
        return nil
    }

    /// The names of the types that it needs.
    var names: [String] {
        switch self {
        case .boolean, .byte, .short, .int, .long, .float, .double, .bigInteger, .bigDecimal, .string, .date:
            []
        case .array(let element): element.names
        case .map(let key, let value): key.names + value.names
        case .named(let name): [name]
        }
    }

    /// The bounds of a whole-number type; nil for other types.
    var wholeRange: ClosedRange<Int64>? {
        switch self {
        case .byte: Int64(Int8.min)...Int64(Int8.max)
        case .short: Int64(Int16.min)...Int64(Int16.max)
        case .int: Int64(Int32.min)...Int64(Int32.max)
        case .long, .bigInteger, .date: Int64.min...Int64.max
        case .boolean, .float, .double, .bigDecimal, .string, .array, .map, .named: nil
        }
    }

    /// Whether values are compared as numbers.
    var isNumeric: Bool {
        switch self {
        case .byte, .short, .int, .long, .float, .double, .bigInteger, .bigDecimal, .date: true
        case .boolean, .string, .array, .map, .named: false
        }
    }

    /// Names that stand for a built-in type and so can't be given to another.
    static let builtIn: Set<String> = [
        "boolean", "byte", "short", "int", "long", "float", "double", "biginteger", "bigdecimal", "string",
        "date",
    ]
}
