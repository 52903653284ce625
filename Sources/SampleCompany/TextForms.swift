/// A table as comma-separated text (RFC 4180, lines end with LF): nil is an unquoted nothing, empty text is `""`.
struct CSVText {
    private(set) var text: String
    private(set) var rows = 0

    init(header: [String]) { text = header.joined(separator: ",") + "\n" }

    mutating func add(_ fields: [String?]) {
        text += fields.map(CSVText.field).joined(separator: ",") + "\n"
        rows += 1
    }

    private static func field(_ value: String?) -> String {
        guard let value else { return "" }
        let isPlain = value.utf8.allSatisfy { ![0x22, 0x2c, 0x0a, 0x0d].contains($0) }
        let isTrimmed = value.utf8.first != 0x20 && value.utf8.last != 0x20
        guard !isPlain || !isTrimmed || value.isEmpty else { return value }
        // By scalars, not characters: a quote before a combining mark is still a quote.
        var quoted = "\""
        for scalar in value.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}

/// A JSON value that keeps the order of its members.
indirect enum JSON {
    case null
    case bool(Bool)
    /// A number by its text, so that decimals keep their digits.
    case number(String)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    static func int(_ value: Int?) -> JSON { value.map { .number(String($0)) } ?? .null }
    static func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    /// One line; `ascii` writes all else as `\u` escapes, astral characters as surrogate pairs.
    func line(ascii: Bool = false) -> String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): JSON.quoted(text, ascii: ascii)
        case .array(let items): "[" + items.map { $0.line(ascii: ascii) }.joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.map { JSON.quoted($0.0, ascii: ascii) + ":" + $0.1.line(ascii: ascii) }
                .joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String, ascii: Bool) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || (ascii && scalar.value > 0x7e):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// An XML element with text or elements inside.
struct XMLElement {
    let name: String
    var attributes: [(String, String)] = []
    var text: String?
    var children: [XMLElement] = []

    /// An element with text; nil text gives no element.
    static func optional(_ name: String, _ text: String?) -> [XMLElement] {
        text.map { [XMLElement(name: name, text: $0)] } ?? []
    }

    func lines(indent: String = "") -> String {
        let start = name + attributes.map { " \($0.0)=\"\(XMLElement.escaped($0.1))\"" }.joined()
        if let text { return "\(indent)<\(start)>\(XMLElement.escaped(text))</\(name)>\n" }
        let inside = children.map { $0.lines(indent: indent + "  ") }.joined()
        return "\(indent)<\(start)>\n\(inside)\(indent)</\(name)>\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
