/// SQL of a policy in which `${{…}}` stands for facts of the request: attributes, groups, roles, tags.
///
/// Ranger puts the value's text into the SQL as it is. Here a value only ever becomes a literal: between quotes its
/// quotes are doubled; outside it is a number, a truth value, a text, a list of them, or `NULL` when there is none.
/// Between quotes there must be one: an empty text there would open what `<>` closes.
package struct MacroText: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case value(Script, place: Place)
    }

    private enum Place: Sendable { case quoted, bare, list }

    private let pieces: [Piece]

    /// Whether a text has such places.
    package static func isNeeded(for text: String) -> Bool {
        var before: (UInt8, UInt8) = (0, 0)
        for byte in text.utf8 {
            if before == (UInt8(ascii: "$"), UInt8(ascii: "{")), byte == UInt8(ascii: "{") { return true }
            before = (before.1, byte)
        }
        return false
    }

    /// Takes a text apart.
    ///
    /// - Throws: `.unreadable` for a place that isn't closed, isn't JavaScript, or stands in a name or in an
    ///   `E'…'` string, and for a text with comments or other dollar signs: there a value might not stay a literal.
    package init(_ text: String) throws(PolicyProblem) {
        var pieces: [Piece] = []
        var plain: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        var quote: UInt8?
        var isEscapeString = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "$"), bytes[index...].starts(with: Array("${{".utf8)) {
                let start = index + 3
                var end = start
                while end + 1 < bytes.count, bytes[end] != UInt8(ascii: "}") || bytes[end + 1] != bytes[end] {
                    end += 1
                }
                guard end + 1 < bytes.count else { throw MacroText.unreadable("`${{` is not closed by `}}`") }
                guard quote != UInt8(ascii: "\""), quote == nil || !isEscapeString else {
                    throw MacroText.unreadable("`${{…}}` can't stand in a name or in an `E'…'` string")
                }
                pieces.append(.text(String(decoding: plain, as: UTF8.self)))
                plain.removeAll(keepingCapacity: true)
                pieces.append(
                    try MacroText.value(String(decoding: bytes[start..<end], as: UTF8.self), quote != nil)
                )
                index = end + 2
                continue
            }
            if let open = quote {
                if isEscapeString, byte == UInt8(ascii: "\\") {
                    plain.append(byte)
                    index += 1
                    if index < bytes.count { plain.append(bytes[index]) }
                    index += 1
                    continue
                }
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                isEscapeString = byte == UInt8(ascii: "'") && MacroText.opensEscapeString(plain)
            } else if byte == UInt8(ascii: "$") || MacroText.opensComment(bytes[index...]) {
                throw MacroText.unreadable("beside `${{…}}` there can be no comment and no other `$`")
            }
            plain.append(byte)
            index += 1
        }
        pieces.append(.text(String(decoding: plain, as: UTF8.self)))
        self.pieces = pieces
    }

    /// Whether what stands before a quote makes it an `E'…'`.
    private static func opensEscapeString(_ before: [UInt8]) -> Bool {
        guard let last = before.last, last | 0x20 == UInt8(ascii: "e") else { return false }
        guard let other = before.dropLast().last else { return true }
        return !((other | 0x20) &- 97 < 26 || other &- 48 < 10 || other == 95 || other >= 128)
    }

    private static func opensComment(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.starts(with: Array("--".utf8)) || rest.starts(with: Array("/*".utf8))
    }

    private static func value(_ source: String, _ isQuoted: Bool) throws(PolicyProblem) -> Piece {
        let script = Script(source)
        if case .broken = script.body { throw unreadable("`${{\(source)}}` is not JavaScript") }
        if isQuoted { return .value(script, place: .quoted) }
        let name = source.trimmed.prefix { $0.isLetter || $0 == "_" }
        return .value(script, place: name.hasSuffix("_Q") || name.hasSuffix("_Q_CSV") ? .list : .bare)
    }

    private static func unreadable(_ why: String) -> PolicyProblem {
        .unreadable(kind: "expression", why: why)
    }

    /// The text with empty values: what it can be checked as before anybody asks.
    package var sample: String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .value(_, .quoted): break
            case .value(_, .bare), .value(_, .list): result += "NULL"
            }
        }
        return result
    }

    /// The text for one request; nil when a script fails, or gives what no literal can be made of.
    func filled(_ facts: RequestFacts) -> String? {
        facts.doublesQuotes = true
        defer { facts.doublesQuotes = false }
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .value(let script, let place):
                guard let value = try? script.run(facts), let text = MacroText.literal(value, place) else {
                    return nil
                }
                result += text
            }
        }
        return result
    }

    private static func literal(_ value: ScriptValue, _ place: Place) -> String? {
        let text: String
        switch value {
        case .undefined, .null: text = ""
        case .bool, .number, .string: text = value.text
        case .array(let items) where items.allSatisfy(\.isPlain): text = value.text
        case .array, .object, .function, .builtin, .context, .tag, .tagAttributes, .opaque: return nil
        }
        guard !text.contains("\0") else { return nil }
        switch place {
        case .quoted: return text.isEmpty ? nil : doubled(text)
        case .list: return text.isEmpty ? "NULL" : isList(text) ? text : nil
        case .bare:
            if case .bool(let flag) = value { return flag ? "TRUE" : "FALSE" }
            if case .array(let items) = value {
                let literals = items.map { literal($0, .bare) ?? "NULL" }
                return literals.isEmpty ? "NULL" : literals.joined(separator: ",")
            }
            if text.isEmpty { return "NULL" }
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            return parts.allSatisfy { isNumber($0.utf8) } ? text : "'\(doubled(text))'"
        }
    }

    private static func doubled(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    }

    private static func isNumber(_ text: Substring.UTF8View) -> Bool {
        var digits = text[...]
        if digits.first == UInt8(ascii: "-") { digits = digits.dropFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { $0 &- 48 < 10 } }
    }

    /// Whether a text is nothing but quoted texts with commas between them.
    private static func isList(_ text: String) -> Bool {
        var isInside = false
        var wantsText = true
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if isInside {
                guard byte == UInt8(ascii: "'") else { continue }
                if index < bytes.count, bytes[index] == byte { index += 1 } else { isInside = false }
            } else if wantsText {
                guard byte == UInt8(ascii: "'") else { return false }
                isInside = true
                wantsText = false
            } else {
                guard byte == UInt8(ascii: ",") else { return false }
                wantsText = true
            }
        }
        return !isInside && !wantsText
    }
}

extension ScriptValue {
    /// Whether it is a text, a number or a truth value.
    fileprivate var isPlain: Bool {
        switch self {
        case .bool, .number, .string: true
        case .undefined, .null, .array, .object, .function, .builtin, .context, .tag, .tagAttributes, .opaque:
            false
        }
    }
}
