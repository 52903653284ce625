/// What stands before a document's root element, watched for a DOCTYPE while the bytes go to the parser.
///
/// So that not even the inside of a DOCTYPE is parsed. Works for every encoding in which ASCII characters are
/// their own bytes, UTF-16 and UTF-32 (zeros are passed over) among them; for others the parser's own word
/// counts.
struct XMLProlog {
    private var state = State.outside

    private enum State {
        case outside
        /// Behind `<`.
        case opened
        /// Behind `<!`.
        case declared
        /// Within a comment or processing instruction; what it ends with, and how much of that was seen.
        case within(end: StaticString, seen: Int)
        /// The root element has begun, or a DOCTYPE.
        case over(hasDoctype: Bool)
    }

    /// Whether a DOCTYPE began in what was seen so far.
    var hasDoctype: Bool {
        if case .over(let hasDoctype) = state { return hasDoctype }
        return false
    }

    /// Takes in the next bytes of the document.
    mutating func see(_ bytes: UnsafeRawBufferPointer) {
        if case .over = state { return }
        for byte in bytes where byte != 0 {
            step(byte)
            if case .over = state { return }
        }
    }

    private mutating func step(_ byte: UInt8) {
        switch state {
        case .outside: if byte == UInt8(ascii: "<") { state = .opened }
        case .opened:
            switch byte {
            case UInt8(ascii: "!"): state = .declared
            case UInt8(ascii: "?"): state = .within(end: "?>", seen: 0)
            default: state = .over(hasDoctype: false)
            }
        case .declared:
            state = byte == UInt8(ascii: "-") ? .within(end: "-->", seen: 0) : .over(hasDoctype: true)
        case .within(let end, let seen): state = within(end, seen, byte)
        case .over: break
        }
    }

    private func within(_ end: StaticString, _ seen: Int, _ byte: UInt8) -> State {
        if byte == end.utf8Start[seen] {
            return seen + 1 == end.utf8CodeUnitCount ? .outside : .within(end: end, seen: seen + 1)
        }
        // All but the last byte of an end are the same, so `--->` and `??>` end as well.
        let stays = seen > 0 && byte == end.utf8Start[0]
        return .within(end: end, seen: stays ? seen : 0)
    }
}
