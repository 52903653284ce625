/// A statement's text with its literals taken out: equal for statements that differ in the values of literals only.
///
/// A literal that is taken out leaves a mark of its class in the shape, so that literals of one class alone can stand
/// for each other: PostgreSQL's lexer makes the same kinds of token of texts of one shape, in the same order. What isn't
/// sure to be such a literal stays in the shape as it is.
package struct StatementShape: Hashable, Sendable {
    /// The text with marks in the literals' places.
    private let bytes: [UInt8]

    /// The literals of a text, where its shape has marks.
    struct Literal {
        /// Where it stands in the text, quotes included.
        let range: Range<Int>
        let kind: LiteralKind
    }

    /// Bytes of a text that has a shape.
    static let textLimit = 8192
    /// Literals of a text that has a shape.
    static let literalLimit = 100

    /// What the shape takes in memory, about.
    package var size: Int { bytes.count }

    /// The shape and the literals of a text; nil for one whose tokens aren't told apart here for sure.
    static func scan(_ text: [UInt8]) -> (shape: StatementShape, literals: [Literal])? {
        guard text.count <= textLimit else { return nil }
        var scanner = ShapeScanner(text)
        guard scanner.scan(), scanner.literals.count <= literalLimit else { return nil }
        return (StatementShape(bytes: scanner.shape), scanner.literals)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }
}

/// Classes of literals; `rawValue` is the mark, a byte that no text in UTF-8 has.
enum LiteralKind: UInt8 {
    /// A whole number that PostgreSQL takes for an `int4`: 1 to 9 digits, none of them a leading zero.
    case small = 0xF8
    /// A whole number that it takes for more than an `int4`: 11 to 18 digits, none of them a leading zero.
    case large = 0xF9
    /// Digits, a point, digits.
    case decimal = 0xFA
    /// A plain quoted text, without backslashes and dollars.
    case text = 0xFB
}

/// Goes over a text once.
///
/// **Source.** PostgreSQL 15's `scan.l`, with conforming strings.
private struct ShapeScanner {
    private(set) var shape: [UInt8] = []
    private(set) var literals: [StatementShape.Literal] = []
    private let text: [UInt8]
    private var index = 0

    init(_ text: [UInt8]) {
        self.text = text
        shape.reserveCapacity(text.count)
    }

    /// False when the text has something that isn't told apart here.
    mutating func scan() -> Bool {
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "'"):
                guard quoted() else { return false }
            case UInt8(ascii: "\""):
                guard let end = end(ofQuote: byte) else { return false }
                keep(to: end)
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
            case UInt8(ascii: "$"):
                guard parameter() else { return false }
            case UInt8(ascii: "-") where next == byte, UInt8(ascii: "/") where next == UInt8(ascii: "*"):
                return false
            case UInt8(ascii: "."):
                // A number may begin with its point; a name's part may follow it.
                keep(to: index + 1)
                while let byte = current, ShapeScanner.isDigit(byte) { keep(to: index + 1) }
            default:
                if ShapeScanner.startsName(byte) {
                    guard name() else { return false }
                } else {
                    keep(to: index + 1)
                }
            }
        }
        return true
    }

    private var current: UInt8? { index < text.count ? text[index] : nil }
    private var next: UInt8? { index + 1 < text.count ? text[index + 1] : nil }

    private mutating func keep(to end: Int) {
        shape += text[index..<end]
        index = end
    }

    private mutating func take(_ kind: LiteralKind, to end: Int) {
        literals.append(StatementShape.Literal(range: index..<end, kind: kind))
        shape.append(kind.rawValue)
        index = end
    }

    /// A name or keyword; false when a quote follows it at once, which may make another kind of text of it.
    private mutating func name() -> Bool {
        var end = index
        while end < text.count, ShapeScanner.continuesName(text[end]) { end += 1 }
        keep(to: end)
        return current != UInt8(ascii: "'")
            && !(current == UInt8(ascii: "&") && (next == UInt8(ascii: "'") || next == UInt8(ascii: "\"")))
    }

    /// `$1`; false for a dollar that begins a text.
    private mutating func parameter() -> Bool {
        var end = index + 1
        while end < text.count, ShapeScanner.isDigit(text[end]) { end += 1 }
        guard end > index + 1, end == text.count || !ShapeScanner.continuesName(text[end]) else {
            return false
        }
        keep(to: end)
        return true
    }

    private mutating func number() {
        var end = index
        while end < text.count, ShapeScanner.isDigit(text[end]) { end += 1 }
        let digits = end - index
        var kind: LiteralKind?
        if text[index] != UInt8(ascii: "0") || digits == 1 {
            kind = digits <= 9 ? .small : (11...18).contains(digits) ? .large : nil
        }
        if end < text.count, text[end] == UInt8(ascii: ".") {
            let start = end + 1
            end = start
            while end < text.count, ShapeScanner.isDigit(text[end]) { end += 1 }
            kind = end > start ? .decimal : nil
        }
        // An exponent, a unit, another point: none of the classes.
        if end < text.count, ShapeScanner.continuesName(text[end]) || text[end] == UInt8(ascii: ".") {
            while end < text.count, ShapeScanner.continuesName(text[end]) { end += 1 }
            kind = nil
        }
        if let kind { take(kind, to: end) } else { keep(to: end) }
    }

    private mutating func quoted() -> Bool {
        guard let end = end(ofQuote: UInt8(ascii: "'")) else { return false }
        let inside = text[(index + 1)..<(end - 1)]
        var isPlain = true
        var isASCII = true
        var hasQuotes = false
        for byte in inside {
            if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "\\") { isPlain = false }
            if byte >= 0x80 { isASCII = false }
            if byte == UInt8(ascii: "'") { hasQuotes = true }
        }
        // A quote and an accent can be one character to whoever doubles quotes later.
        if isPlain, isASCII || !hasQuotes { take(.text, to: end) } else { keep(to: end) }
        return true
    }

    /// Behind the quote that ends what begins here; nil when there is none.
    private func end(ofQuote quote: UInt8) -> Int? {
        var end = index + 1
        while end < text.count {
            guard text[end] == quote else {
                end += 1
                continue
            }
            guard end + 1 < text.count, text[end + 1] == quote else { return end + 1 }
            end += 2
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    private static func startsName(_ byte: UInt8) -> Bool {
        byte | 0x20 &- 97 < 26 || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func continuesName(_ byte: UInt8) -> Bool {
        startsName(byte) || isDigit(byte) || byte == UInt8(ascii: "$")
    }
}
