/// A mask called by name in a policy's text, such as `mask_show_last_n({col}, 4, 'x')`.
///
/// Whitespace is free; names ignore case. A string holds no quote and no backslash: dialects disagree on those.
struct MaskCall: Sendable {
    let name: MaskName
    /// All but the column, which is always the first.
    let arguments: [Argument]

    static let null = MaskCall(name: .null, arguments: [])
    static let unchanged = MaskCall(name: .unchanged, arguments: [])

    enum Argument: Sendable {
        case text(String)
        case number(Int64)
        case null
    }

    static func isCall(_ text: String) -> Bool {
        var reader = CallReader(text)
        if reader.readWhole("null") || reader.readWhole("{col}") { return true }
        guard MaskName(rawValue: reader.readName()) != nil else { return false }
        return reader.readsParenthesesToEnd()
    }

    init(_ text: String) throws(MaskError) {
        var reader = CallReader(text)
        if reader.readWhole("null") {
            self = .null
        } else if reader.readWhole("{col}") {
            self = .unchanged
        } else {
            let word = reader.readName()
            guard let name = MaskName(rawValue: word) else { throw .unknownMask(word) }
            guard let arguments = reader.readArguments() else { throw .unsupportedArguments(mask: word) }
            self.init(name: name, arguments: arguments)
        }
    }

    private init(name: MaskName, arguments: [Argument]) {
        self.name = name
        self.arguments = arguments
    }
}

/// Reads a call's text byte by byte.
private struct CallReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 32 || (9...13).contains(byte) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        let end = position + word.utf8.count
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.utf8, by: { $0.lowercased == $1 })
        else { return false }
        position = end
        return true
    }

    private mutating func isAtEnd() -> Bool {
        skipSpace()
        return current == nil
    }

    /// Whether the text is this word alone; otherwise nothing is read.
    mutating func readWhole(_ word: String) -> Bool {
        let start = position
        if takeWord(word), isAtEnd() { return true }
        position = start
        return false
    }

    mutating func readName() -> String {
        skipSpace()
        let start = position
        while let byte = current, byte == 95 || byte.isASCIILetter || byte.isASCIIDigit { position += 1 }
        return String(decoding: bytes[start..<position].map(\.lowercased), as: UTF8.self)
    }

    /// Whether what follows is one pair of parentheses that closes at the end, strings aside.
    mutating func readsParenthesesToEnd() -> Bool {
        guard take(40) else { return false }
        var depth = 1
        var quote: UInt8?
        while depth > 0, let byte = current {
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == 39 || byte == 34 {
                quote = byte
            } else if byte == 40 {
                depth += 1
            } else if byte == 41 {
                depth -= 1
            }
        }
        return depth == 0 && isAtEnd()
    }

    mutating func readArguments() -> [MaskCall.Argument]? {
        guard take(40), takeWord("{col}") else { return nil }
        var arguments: [MaskCall.Argument] = []
        while take(44) {
            guard let argument = readArgument() else { return nil }
            arguments.append(argument)
        }
        return take(41) && isAtEnd() ? arguments : nil
    }

    private mutating func readArgument() -> MaskCall.Argument? {
        if take(39) { return readString(until: 39) }
        if take(34) { return readString(until: 34) }
        if takeWord("null") { return .null }
        return readNumber()
    }

    private mutating func readString(until quote: UInt8) -> MaskCall.Argument? {
        let start = position
        while let byte = current, byte != quote {
            guard byte != 92 else { return nil }
            position += 1
        }
        guard current == quote else { return nil }
        position += 1
        guard current != quote else { return nil }
        return .text(String(decoding: bytes[start..<position - 1], as: UTF8.self))
    }

    private mutating func readNumber() -> MaskCall.Argument? {
        skipSpace()
        let start = position
        if current == 45 { position += 1 }
        while let byte = current, byte.isASCIIDigit { position += 1 }
        guard let number = Int64(String(decoding: bytes[start..<position], as: UTF8.self)) else { return nil }
        switch current?.lowercased {
        case UInt8(ascii: "l"): position += 1
        case UInt8(ascii: "s"):
            guard Int16(exactly: number) != nil else { return nil }
            position += 1
        case .some, .none: break
        }
        return .number(number)
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { self &- 48 < 10 }
    var isASCIILetter: Bool { (self | 0x20) &- 97 < 26 }
    var lowercased: UInt8 { self &- 65 < 26 ? self | 0x20 : self }
}
