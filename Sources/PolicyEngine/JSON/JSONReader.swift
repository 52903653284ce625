/// Reads JSON from bytes.
///
/// Lenient on demand, as Ranger's own reader is: comments (`//`, `/* */`, `#`), commas before a closing bracket,
/// single quotes, names without quotes.
/// - Throws: ``JSONError`` with line and column. Deeper nesting than 200 and text that isn't UTF-8 are errors.
package struct JSONReader: ~Copyable {
    /// How deeply lists and objects may be nested.
    package static let deepest = 200

    private let bytes: [UInt8]
    private let isLenient: Bool
    private var at = 0
    private var depth = 0
    /// What was read of the lists and objects that are open, so that each is made at its length.
    private var values: [JSONNode] = []
    private var names: [String] = []
    /// Names that came before, most of which come again.
    private var known: [String]

    /// The document in these bytes.
    package static func read(_ bytes: [UInt8], isLenient: Bool = false) throws(JSONError) -> JSONNode {
        var reader = JSONReader(bytes, isLenient: isLenient)
        return try reader.document()
    }

    /// The document in a text.
    package static func read(_ text: String, isLenient: Bool = false) throws(JSONError) -> JSONNode {
        try read(Array(text.utf8), isLenient: isLenient)
    }

    private init(_ bytes: [UInt8], isLenient: Bool) {
        self.bytes = bytes
        self.isLenient = isLenient
        known = Array(repeating: "", count: 64)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    private mutating func document() throws(JSONError) -> JSONNode {
        let value = try value()
        try skipSpace()
        guard at == bytes.count else { throw error("more after the document's end") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONNode {
        try skipSpace()
        guard at < bytes.count else { throw error("the document ends too early") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "'") where isLenient: return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: return try word()
        }
    }

    private mutating func object() throws(JSONError) -> JSONNode {
        try enter()
        let start = values.count
        let nameStart = names.count
        while true {
            try skipSpace()
            if skip(UInt8(ascii: "}")) { break }
            let name = try name()
            try skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw error("`:` expected") }
            names.append(name)
            values.append(try value())
            try skipSpace()
            if skip(UInt8(ascii: "}")) { break }
            guard skip(UInt8(ascii: ",")) else { throw error("`,` or `}` expected") }
            try skipSpace()
            guard isLenient || at >= bytes.count || bytes[at] != UInt8(ascii: "}") else {
                throw error("a comma before `}`")
            }
        }
        depth -= 1
        defer {
            names.removeSubrange(nameStart...)
            values.removeSubrange(start...)
        }
        return .object(JSONMembers(names: Array(names[nameStart...]), values: Array(values[start...])))
    }

    private mutating func array() throws(JSONError) -> JSONNode {
        try enter()
        let start = values.count
        while true {
            try skipSpace()
            if skip(UInt8(ascii: "]")) { break }
            values.append(try value())
            try skipSpace()
            if skip(UInt8(ascii: "]")) { break }
            guard skip(UInt8(ascii: ",")) else { throw error("`,` or `]` expected") }
            try skipSpace()
            guard isLenient || at >= bytes.count || bytes[at] != UInt8(ascii: "]") else {
                throw error("a comma before `]`")
            }
        }
        depth -= 1
        guard values.count > start else { return .array([]) }
        defer { values.removeSubrange(start...) }
        return .array(Array(values[start...]))
    }

    private mutating func name() throws(JSONError) -> String {
        guard at < bytes.count else { throw error("the document ends too early") }
        if bytes[at] == UInt8(ascii: "\"") || isLenient && bytes[at] == UInt8(ascii: "'") {
            if let known = knownName() { return known }
            return try string()
        }
        let start = at
        while isLenient, at < bytes.count, JSONReader.isWord(bytes[at]) { at += 1 }
        guard at > start else { throw error("a member's name expected") }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// A name between quotes that is short and plain, without making its text anew when it came before.
    private mutating func knownName() -> String? {
        let start = at + 1
        var end = start
        var hash = 0
        while end < bytes.count, end - start < 32, bytes[end] != bytes[at] {
            guard bytes[end] < 0x80, bytes[end] != UInt8(ascii: "\\") else { return nil }
            hash = hash &* 31 &+ Int(bytes[end])
            end += 1
        }
        guard end < bytes.count, bytes[end] == bytes[at] else { return nil }
        let place = hash & 63
        let isKnown = known[place].utf8.elementsEqual(bytes[start..<end])
        if !isKnown { known[place] = String(decoding: bytes[start..<end], as: UTF8.self) }
        at = end + 1
        return known[place]
    }

    private mutating func word() throws(JSONError) -> JSONNode {
        let start = at
        while at < bytes.count, JSONReader.isWord(bytes[at]) { at += 1 }
        let word = bytes[start..<at]
        if word.elementsEqual("true".utf8) { return .bool(true) }
        if word.elementsEqual("false".utf8) { return .bool(false) }
        if word.elementsEqual("null".utf8) { return .null }
        at = start
        throw error("a value expected")
    }

    private mutating func number() throws(JSONError) -> JSONNode {
        let start = at
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        var isWhole = true
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
                UInt8(ascii: "-"):
                isWhole = false
            default:
                return try number(from: start, isWhole: isWhole)
            }
            at += 1
        }
        return try number(from: start, isWhole: isWhole)
    }

    private func number(from start: Int, isWhole: Bool) throws(JSONError) -> JSONNode {
        if isWhole, at - start < 19, bytes[start] != UInt8(ascii: "-"), let number = bytes.number(start..<at)
        {
            return .integer(Int64(number))
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .integer(number) }
        guard let number = Double(text), number.isFinite else { throw error("a number that can't be read") }
        return .number(number)
    }

    private mutating func string() throws(JSONError) -> String {
        let quote = bytes[at]
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != quote, bytes[at] != UInt8(ascii: "\\") { at += 1 }
        guard at < bytes.count else { throw error("text without an end") }
        if bytes[at] == quote {
            defer { at += 1 }
            return try text(bytes[start..<at])
        }
        var unescaped = Array(bytes[start..<at])
        while at < bytes.count, bytes[at] != quote {
            if bytes[at] == UInt8(ascii: "\\") {
                at += 1
                try escape(into: &unescaped)
            } else {
                unescaped.append(bytes[at])
                at += 1
            }
        }
        guard at < bytes.count else { throw error("text without an end") }
        at += 1
        return try text(unescaped[...])
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error("text that isn't UTF-8")
        }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard at < bytes.count else { throw error("text without an end") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "u"): try unicode(into: &text)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "'") where isLenient: text.append(byte)
        default: throw error("an escape that doesn't exist")
        }
    }

    private mutating func unicode(into text: inout [UInt8]) throws(JSONError) {
        var code = try unit()
        if code & 0xFC00 == 0xD800 {
            guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else { throw error("half a character") }
            let low = try unit()
            guard low & 0xFC00 == 0xDC00 else { throw error("half a character") }
            code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("half a character") }
        text.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func unit() throws(JSONError) -> UInt32 {
        guard at + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw error("an escape that isn't four hexadecimal digits") }
        at += 4
        return code
    }

    private mutating func enter() throws(JSONError) {
        at += 1
        depth += 1
        guard depth <= JSONReader.deepest else { throw error("nested deeper than \(JSONReader.deepest)") }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() throws(JSONError) {
        while at < bytes.count {
            switch bytes[at] {
            case 32, 9, 10, 13: at += 1
            case UInt8(ascii: "#") where isLenient: skipLine()
            case UInt8(ascii: "/") where isLenient: try skipComment()
            default: return
            }
        }
    }

    private mutating func skipLine() {
        while at < bytes.count, bytes[at] != 10 { at += 1 }
    }

    private mutating func skipComment() throws(JSONError) {
        guard at + 1 < bytes.count else { throw error("a value expected") }
        if bytes[at + 1] == UInt8(ascii: "/") { return skipLine() }
        guard bytes[at + 1] == UInt8(ascii: "*") else { throw error("a value expected") }
        at += 2
        while at + 1 < bytes.count, bytes[at] != UInt8(ascii: "*") || bytes[at + 1] != UInt8(ascii: "/") {
            at += 1
        }
        guard at + 1 < bytes.count else { throw error("a comment without an end") }
        at += 2
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
            true
        default: false
        }
    }

    private func error(_ problem: String) -> JSONError {
        var line = 1
        var column = 1
        for byte in bytes.prefix(at) {
            column += 1
            if byte == 10 {
                line += 1
                column = 1
            }
        }
        return JSONError(problem: problem, line: line, column: column)
    }
}
