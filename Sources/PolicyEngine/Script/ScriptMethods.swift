/// Members and methods of texts, lists and numbers, as in JavaScript.
enum ScriptMethods {
    private static let longestText = 1 << 20
    private static let mostElements = 10_000

    private static func check(length: Int) throws(ScriptError) {
        guard length <= longestText else { throw .limit }
    }

    static func member(_ name: String, of value: ScriptValue) throws(ScriptError) -> ScriptValue {
        switch value {
        case .undefined, .null: throw .failed("a member of nothing")
        case .string(let text):
            if name == "length" { return .number(Double(text.utf16.count)) }
            return Int(name).map { character(of: text, at: $0) } ?? .undefined
        case .array(let list):
            if name == "length" { return .number(Double(list.count)) }
            guard let index = Int(name), list.indices.contains(index) else { return .undefined }
            return list[index]
        case .object(let members): return members[name] ?? .undefined
        case .bool, .number, .function, .builtin, .context, .tag, .tagAttributes, .opaque: return .undefined
        }
    }

    static func call(_ name: String, on value: ScriptValue, _ arguments: [ScriptValue]) throws(ScriptError)
        -> ScriptValue
    {
        switch value {
        case .undefined, .null: throw .failed("a method of nothing")
        case .string(let text): return try call(name, onText: text, arguments)
        case .array(let list): return try call(name, onList: list, arguments)
        case .bool, .number:
            guard name == "toString" else { throw .failed("a method that doesn't exist") }
            return .string(value.text)
        case .object(let members):
            if name == "hasOwnProperty" { return .bool(members[arguments.first?.text ?? ""] != nil) }
            throw .failed("a method that doesn't exist")
        case .function, .builtin, .context, .tag, .tagAttributes, .opaque:
            throw .failed("a method that doesn't exist")
        }
    }

    private static func call(_ name: String, onText text: String, _ arguments: [ScriptValue])
        throws(ScriptError)
        -> ScriptValue
    {
        let first = arguments.first?.text ?? "undefined"
        switch name {
        case "startsWith": return .bool(text.hasPrefix(first))
        case "endsWith": return .bool(text.hasSuffix(first))
        case "includes": return .bool(first.isEmpty || text.range(of: first) != nil)
        case "equals": return .bool(text == first)
        case "equalsIgnoreCase": return .bool(text.lowercased() == first.lowercased())
        case "indexOf":
            guard let found = text.range(of: first) else { return .number(first.isEmpty ? 0 : -1) }
            return .number(Double(text.utf16.distance(from: text.startIndex, to: found.lowerBound)))
        case "toLowerCase": return .string(text.lowercased())
        case "toUpperCase": return .string(text.uppercased())
        case "trim": return .string(text.trimmed)
        case "toString", "valueOf": return .string(text)
        case "concat":
            let parts = arguments.map(\.text)
            try check(length: parts.reduce(text.utf8.count) { $0 + $1.utf8.count })
            return .string(text + parts.joined())
        case "charAt":
            return character(of: text, at: Int(exactly: arguments.first?.number ?? 0) ?? -1, or: .string(""))
        case "substring", "slice", "substr": return .string(part(of: text, name, arguments))
        case "split":
            guard !arguments.isEmpty else { return .array([.string(text)]) }
            return .array(split(text, first).map(ScriptValue.string))
        case "replace":
            guard let found = text.range(of: first) else { return .string(text) }
            try check(length: text.utf8.count + (arguments.count > 1 ? arguments[1].text.utf8.count : 0))
            return .string(
                text[..<found.lowerBound] + (arguments.count > 1 ? arguments[1].text : "undefined")
                    + text[found.upperBound...]
            )
        default: throw .failed("a method that doesn't exist")
        }
    }

    private static func call(_ name: String, onList list: [ScriptValue], _ arguments: [ScriptValue])
        throws(ScriptError) -> ScriptValue
    {
        let first = arguments.first ?? .undefined
        switch name {
        case "includes": return .bool(list.contains { $0.isSame(as: first) })
        case "indexOf": return .number(Double(list.firstIndex { $0.isSame(as: first) } ?? -1))
        case "lastIndexOf": return .number(Double(list.lastIndex { $0.isSame(as: first) } ?? -1))
        case "join":
            let separator = arguments.isEmpty ? "," : first.text
            let parts = list.map { $0.isNullish ? "" : $0.text }
            try check(length: parts.reduce(list.count * separator.utf8.count) { $0 + $1.utf8.count })
            return .string(parts.joined(separator: separator))
        case "concat":
            let counts = arguments.map { if case .array(let more) = $0 { more.count } else { 1 } }
            guard counts.reduce(list.count, +) <= mostElements else { throw .limit }
            return .array(
                arguments.reduce(into: list) { all, next in
                    if case .array(let more) = next { all += more } else { all.append(next) }
                }
            )
        case "intersects":
            guard case .array(let others) = first else { return .bool(false) }
            return .bool(list.contains { element in others.contains { $0.isSame(as: element) } })
        case "slice":
            let range = bounds(arguments, count: list.count)
            return .array(Array(list[range]))
        case "sort":
            return .array(
                list.sorted { Array($0.text.utf16).lexicographicallyPrecedes(Array($1.text.utf16)) }
            )
        case "reverse": return .array(list.reversed())
        case "toString": return .string(ScriptValue.array(list).text)
        default: throw .failed("a method that doesn't exist")
        }
    }

    private static func character(of text: String, at index: Int, or missing: ScriptValue = .undefined)
        -> ScriptValue
    {
        let units = Array(text.utf16)
        guard units.indices.contains(index) else { return missing }
        return .string(String(decoding: [units[index]], as: UTF16.self))
    }

    private static func split(_ text: String, _ separator: String) -> [String] {
        if separator.isEmpty { return text.map(String.init) }
        var parts: [String] = []
        var rest = text
        while let found = rest.range(of: separator) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = String(rest[found.upperBound...])
        }
        return parts + [rest]
    }

    private static func bounds(_ arguments: [ScriptValue], count: Int) -> Range<Int> {
        let place = { (value: ScriptValue?, fallback: Int) -> Int in
            guard let value, !value.isNullish else { return fallback }
            let number = value.number
            guard number == number else { return 0 }
            let whole = Int(max(-1e9, min(1e9, number)))
            return whole < 0 ? max(0, count + whole) : min(count, whole)
        }
        let start = place(arguments.first, 0)
        return start..<max(start, place(arguments.count > 1 ? arguments[1] : nil, count))
    }

    private static func part(of text: String, _ method: String, _ arguments: [ScriptValue]) -> String {
        let units = Array(text.utf16)
        var range: Range<Int>
        switch method {
        case "slice": range = bounds(arguments, count: units.count)
        case "substr":
            let start = bounds([arguments.first ?? .number(0)], count: units.count).lowerBound
            let length = arguments.count > 1 ? Int(max(0, min(1e9, arguments[1].number))) : units.count
            range = start..<min(units.count, start + length)
        default:
            let clamp = { (value: Double) in value == value ? Int(max(0, min(Double(units.count), value))) : 0
            }
            let start = clamp(arguments.first?.number ?? 0)
            let end = arguments.count > 1 ? clamp(arguments[1].number) : units.count
            range = min(start, end)..<max(start, end)
        }
        if range.upperBound > units.count { range = range.lowerBound..<units.count }
        return String(decoding: units[range], as: UTF16.self)
    }
}
