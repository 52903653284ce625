/// A value of a script.
enum ScriptValue: Sendable {
    case undefined
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([ScriptValue])
    case object([String: ScriptValue])
    /// A function of the text.
    case function([String], ScriptExpression)
    /// A function of ours, by name.
    case builtin(String)
    /// The request, `ctx`.
    case context
    /// The tag in question, `tag`.
    case tag
    /// The attributes of the tag in question, `tagAttr`.
    case tagAttributes
    /// A Java value that scripts can hold, and ask nothing.
    case opaque

    var isTrue: Bool {
        switch self {
        case .undefined, .null: false
        case .bool(let flag): flag
        case .number(let number): number != 0 && !number.isNaN
        case .string(let text): !text.isEmpty
        case .array, .object, .function, .builtin, .context, .tag, .tagAttributes, .opaque: true
        }
    }

    var isNullish: Bool {
        switch self {
        case .undefined, .null: true
        case .bool, .number, .string, .array, .object, .function, .builtin, .context, .tag, .tagAttributes,
            .opaque:
            false
        }
    }

    var typeName: String {
        switch self {
        case .undefined: "undefined"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .function, .builtin: "function"
        case .null, .array, .object, .context, .tag, .tagAttributes, .opaque: "object"
        }
    }

    /// What JavaScript makes of it where it wants a number.
    var number: Double {
        switch self {
        case .undefined, .object, .function, .builtin, .context, .tag, .tagAttributes, .opaque: .nan
        case .null: 0
        case .bool(let flag): flag ? 1 : 0
        case .number(let number): number
        case .string(let text): ScriptValue.number(of: text)
        case .array: ScriptValue.number(of: text)
        }
    }

    private static func number(of text: String) -> Double {
        let trimmed = text.trimmed
        if trimmed.isEmpty { return 0 }
        guard trimmed.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 || [43, 45, 46, 69, 101].contains($0) }) else {
            return .nan
        }
        return Double(trimmed) ?? .nan
    }

    /// What JavaScript makes of it where it wants text.
    var text: String {
        switch self {
        case .undefined: "undefined"
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): ScriptValue.text(of: number)
        case .string(let text): text
        case .array(let list): list.map { $0.isNullish ? "" : $0.text }.joined(separator: ",")
        case .object, .context, .tag, .tagAttributes, .opaque: "[object Object]"
        case .function, .builtin: "function"
        }
    }

    static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        return "\(number)"
    }

    /// `===`.
    func isSame(as other: ScriptValue) -> Bool {
        switch (self, other) {
        case (.undefined, .undefined), (.null, .null), (.context, .context): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        default: false
        }
    }

    /// `==`.
    func isEqual(to other: ScriptValue) -> Bool {
        if isNullish || other.isNullish { return isNullish && other.isNullish }
        if typeName == other.typeName, typeName != "object" { return isSame(as: other) }
        switch (self, other) {
        case (.string, .array), (.array, .string): return text == other.text
        case (.array, .array), (.object, _), (_, .object): return false
        default: return number == other.number
        }
    }

    /// As JSON; nil for functions and undefined.
    var json: String? {
        switch self {
        case .undefined, .function, .builtin: nil
        case .null, .opaque, .context, .tag, .tagAttributes: "null"
        case .bool, .number: text
        case .string(let text): ScriptValue.quoted(text)
        case .array(let list): "[" + list.map { $0.json ?? "null" }.joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.compactMap { name, value in
                    value.json.map { "\(ScriptValue.quoted(name)):\($0)" }
                }.joined(separator: ",") + "}"
        }
    }

    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case let scalar where scalar.value < 32:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        let head = drop { $0.isWhitespace }
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
