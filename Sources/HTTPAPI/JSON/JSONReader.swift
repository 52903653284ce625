/// Reads JSON bytes, strict after RFC 8259, value by value as the caller asks for them.
///
/// Numbers are handed out as the bytes that they are written with, so that no digit is lost. Objects with a name given
/// twice, invalid UTF-8, lone surrogates, trailing bytes and what is nested more than ``depthLimit`` deep are refused.
/// Cost: one pass over the bytes; `skip` allocates nothing.
struct JSONReader {
    /// How deep arrays and objects may be nested.
    static let depthLimit = 64

    /// What the next value is.
    enum Kind { case object, array, string, number, bool, null }

    let bytes: [UInt8]
    private(set) var offset = 0
    private var depth = 0

    /// A reader at the start of a text.
    ///
    /// - Throws: when the bytes are no UTF-8.
    init(_ bytes: [UInt8]) throws(JSONError) {
        self.bytes = bytes
        if let offset = UTF8Check.firstInvalid(in: bytes) {
            throw JSONError(problem: "the text is not UTF-8", offset: offset)
        }
        // RFC 8259 lets readers ignore a byte order mark.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// A second reader of the same text at a place that this one has been to.
    func rewound(to offset: Int) -> JSONReader {
        var copy = self
        copy.offset = offset
        return copy
    }

    /// Makes sure that nothing but white space follows.
    mutating func end() throws(JSONError) {
        skipSpace()
        if offset < bytes.count { throw failure("there is something after the end") }
    }

    /// What the next value is, without reading it.
    mutating func kind() throws(JSONError) -> Kind {
        skipSpace()
        guard offset < bytes.count else { throw failure("the text ends too early") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw failure("a value was expected")
        }
    }

    /// Reads an object, handing the reader to `member` at each value, which must read it.
    mutating func object(
        _ member: (inout JSONReader, String) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect(UInt8(ascii: "{"), "an object was expected")
        try descend()
        var names: Set<String> = []
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                let place = offset
                let name = try string()
                guard names.insert(name).inserted else {
                    throw JSONError(problem: "a name is given twice in one object", offset: place)
                }
                try expect(UInt8(ascii: ":"), "a colon was expected")
                try member(&self, name)
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"), "a comma or the end of the object was expected")
        }
        depth -= 1
    }

    /// Reads an array, handing the reader to `element` at each value, which must read it.
    mutating func array(_ element: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try expect(UInt8(ascii: "["), "an array was expected")
        try descend()
        if !take(UInt8(ascii: "]")) {
            repeat { try element(&self) } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"), "a comma or the end of the array was expected")
        }
        depth -= 1
    }

    /// Reads a string.
    mutating func string() throws(JSONError) -> String {
        var text: [UInt8] = []
        try string(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads a string and adds its bytes, unescaped, to some.
    mutating func string(into output: inout [UInt8]) throws(JSONError) {
        try expect(UInt8(ascii: "\""), "a string was expected")
        var start = offset
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                output.append(contentsOf: bytes[start..<offset])
                offset += 1
                return
            case UInt8(ascii: "\\"):
                output.append(contentsOf: bytes[start..<offset])
                offset += 1
                try escape(into: &output)
                start = offset
            case 0..<0x20: throw failure("a control character in a string must be escaped")
            default: offset += 1
            }
        }
        throw failure("a string doesn't end")
    }

    /// Reads a number and returns where its bytes lie.
    mutating func number() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = offset
        if peek == UInt8(ascii: "-") { offset += 1 }
        if peek == UInt8(ascii: "0") {
            offset += 1
        } else {
            try digits()
        }
        if peek == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            offset += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        if let next = peek, next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") {
            throw failure("a number starts with 0")
        }
        return start..<offset
    }

    /// Reads `true` or `false`.
    mutating func bool() throws(JSONError) -> Bool {
        skipSpace()
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        throw failure("`true` or `false` was expected")
    }

    /// Reads `null`.
    mutating func null() throws(JSONError) {
        skipSpace()
        guard takeWord("null") else { throw failure("`null` was expected") }
    }

    /// Reads whatever value comes and returns where it lies.
    @discardableResult
    mutating func skip() throws(JSONError) -> Range<Int> {
        let kind = try kind()
        let start = offset
        switch kind {
        case .object: try object { reader, _ throws(JSONError) in try reader.skip() }
        case .array: try array { reader throws(JSONError) in try reader.skip() }
        case .string:
            var dropped: [UInt8] = []
            try string(into: &dropped)
        case .number: _ = try number()
        case .bool: _ = try bool()
        case .null: try null()
        }
        return start..<offset
    }

    /// An error at the place where the reader is.
    func failure(_ problem: String) -> JSONError { JSONError(problem: problem, offset: offset) }
}

extension JSONReader {
    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ problem: String) throws(JSONError) {
        guard take(byte) else { throw failure(offset < bytes.count ? problem : "the text ends too early") }
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { bytes[offset...].starts(with: $0) }
        guard matches else { return false }
        offset += count
        return true
    }

    private mutating func descend() throws(JSONError) {
        depth += 1
        if depth > JSONReader.depthLimit { throw failure("nested more than 64 deep") }
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        if offset == start { throw failure("a digit was expected") }
    }

    private mutating func escape(into output: inout [UInt8]) throws(JSONError) {
        guard let byte = peek else { throw failure("a string doesn't end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            let place = offset - 2
            var value = try hexadecimal()
            if (0xD800..<0xDC00).contains(value) {
                guard takeWord("\\u") else { throw JSONError(problem: "a lone surrogate", offset: place) }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else {
                    throw JSONError(problem: "a lone surrogate", offset: place)
                }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw JSONError(problem: "a lone surrogate", offset: place)
            }
            output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw JSONError(problem: "an unknown escape", offset: offset - 1)
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure("four hexadecimal digits were expected")
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
