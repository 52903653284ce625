/// Walks over one JSON text (RFC 8259), strictly, without building anything.
///
/// The text must be valid UTF-8. Depth is limited; duplicate keys, lone surrogates and control characters
/// inside strings are refused.
struct JSONScanner {
    let text: Bytes
    private(set) var position = 0
    private let depthLimit: Int
    private var depth = 0
    private var keys = KeyLedger()

    init(_ text: Bytes, depthLimit: Int) {
        self.text = text
        self.depthLimit = depthLimit
    }

    /// A value's place in the text.
    struct Value {
        enum Kind { case null, boolean, number, string, nested }
        let kind: Kind
        /// The whole value; for a string with its quotes.
        let range: Range<Int>
        /// For a string, whether it holds escapes.
        let isEscaped: Bool
    }

    /// Whether a text is one whole JSON document.
    static func isDocument(_ text: Bytes) -> Bool {
        var scanner = JSONScanner(text, depthLimit: ReadTuning().jsonDepth)
        do throws(Malformation) {
            _ = try scanner.value()
            try scanner.end()
            return true
        } catch { return false }
    }

    /// The next value, checked to its end.
    mutating func value() throws(Malformation) -> Value {
        skipSpace()
        let start = position
        guard let first = peek() else { throw fault(.endsEarly) }
        switch first {
        case UInt8(ascii: "\""):
            let isEscaped = try skipString()
            return Value(kind: .string, range: start..<position, isEscaped: isEscaped)
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(Malformation) in _ = try scanner.value() }
            return Value(kind: .nested, range: start..<position, isEscaped: false)
        case UInt8(ascii: "["):
            try array()
            return Value(kind: .nested, range: start..<position, isEscaped: false)
        case UInt8(ascii: "t"): return try word("true", .boolean)
        case UInt8(ascii: "f"): return try word("false", .boolean)
        case UInt8(ascii: "n"): return try word("null", .null)
        default:
            try skipNumber()
            return Value(kind: .number, range: start..<position, isEscaped: false)
        }
    }

    /// An object: `member` is given each key and must read the value behind it.
    mutating func object(
        _ member: (inout JSONScanner, Value) throws(Malformation) -> Void
    ) throws(Malformation) {
        try descend()
        position += 1
        let mark = keys.begin()
        skipSpace()
        if peek() == UInt8(ascii: "}") {
            position += 1
            depth -= 1
            return
        }
        while true {
            skipSpace()
            let start = position
            guard let quote = peek() else { throw fault(.endsEarly) }
            guard quote == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
            let isEscaped = try skipString()
            let key = Value(kind: .string, range: start..<position, isEscaped: isEscaped)
            keys.add(key, in: text)
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            try member(&self, key)
            skipSpace()
            if peek() == UInt8(ascii: ",") {
                position += 1
                continue
            }
            try expect(UInt8(ascii: "}"))
            break
        }
        guard !keys.end(mark, in: text) else { throw .duplicateKey }
        depth -= 1
    }

    /// Makes sure that nothing but space is left.
    mutating func end() throws(Malformation) {
        skipSpace()
        guard position == text.count else { throw fault(.textBehind) }
    }

    /// The next byte that isn't space, without taking it; nil at the end.
    mutating func next() -> UInt8? {
        skipSpace()
        return peek()
    }

    private mutating func array() throws(Malformation) {
        try descend()
        position += 1
        skipSpace()
        if peek() == UInt8(ascii: "]") {
            position += 1
            depth -= 1
            return
        }
        while true {
            _ = try value()
            skipSpace()
            if peek() == UInt8(ascii: ",") {
                position += 1
                continue
            }
            try expect(UInt8(ascii: "]"))
            depth -= 1
            return
        }
    }

    private mutating func descend() throws(Malformation) {
        depth += 1
        guard depth <= depthLimit else { throw .tooDeep(depthLimit) }
    }

    private func peek() -> UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 32, 9, 10, 13: position += 1
            default: return
            }
        }
    }

    private mutating func expect(_ byte: UInt8) throws(Malformation) {
        guard let found = peek() else { throw fault(.endsEarly) }
        guard found == byte else { throw fault(.unexpectedByte) }
        position += 1
    }

    private mutating func word(_ word: StaticString, _ kind: Value.Kind) throws(Malformation) -> Value {
        let start = position
        for index in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[index]) }
        return Value(kind: kind, range: start..<position, isEscaped: false)
    }

    private mutating func skipNumber() throws(Malformation) {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        guard let first = peek() else { throw fault(.endsEarly) }
        guard first.isDigit else {
            guard position > start else { throw fault(.unexpectedByte) }
            throw fault(.badNumber)
        }
        position += 1
        if first != UInt8(ascii: "0") { skipDigits() }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if let letter = peek(), letter | 32 == UInt8(ascii: "e") {
            position += 1
            if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        if let next = peek(), next.isDigit || next == UInt8(ascii: ".") { throw fault(.badNumber) }
    }

    private mutating func digits() throws(Malformation) {
        guard let first = peek() else { throw fault(.endsEarly) }
        guard first.isDigit else { throw fault(.badNumber) }
        skipDigits()
    }

    private mutating func skipDigits() { while let byte = peek(), byte.isDigit { position += 1 } }

    /// Passes a string; whether it holds escapes.
    private mutating func skipString() throws(Malformation) -> Bool {
        position += 1
        var isEscaped = false
        while true {
            skipPlainText()
            guard position < text.count else { throw fault(.endsEarly) }
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return isEscaped
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try skipEscape()
            } else {
                guard byte >= 32 else { throw fault(.controlCharacter) }
                position += 1
            }
        }
    }

    /// Passes eight bytes at a time while none of them is a quote, backslash or control character.
    @inline(__always)
    private mutating func skipPlainText() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        guard let base = text.baseAddress else { return }
        while position &+ 8 <= text.count {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
            let quotes = word ^ (34 &* ones)
            let slashes = word ^ (92 &* ones)
            // Only the lowest bit is sure to be right; it is the only one used.
            let hits =
                (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
                    | ((word &- 32 &* ones) & ~word))
                & (128 &* ones)
            guard hits == 0 else {
                position &+= hits.trailingZeroBitCount >> 3
                return
            }
            position &+= 8
        }
    }

    private mutating func skipEscape() throws(Malformation) {
        guard position + 1 < text.count else { throw fault(.endsEarly) }
        switch text[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard let unit = JSONText.unit(text, at: position) else { throw fault(.badEscape) }
            if unit & 0xFC00 == 0xDC00 { throw fault(.loneSurrogate) }
            if unit & 0xFC00 == 0xD800 {
                guard let low = JSONText.unit(text, at: position + 6), low & 0xFC00 == 0xDC00 else {
                    throw fault(.loneSurrogate)
                }
                position += 12
            } else {
                position += 6
            }
        default: throw fault(.badEscape)
        }
    }

    private func fault(_ reason: Malformation.StaticReason) -> Malformation {
        .notJSON(reason, byte: position)
    }
}
