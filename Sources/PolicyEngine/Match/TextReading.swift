/// Reads short texts where the standard library holds them: in the string itself, without memory elsewhere.
///
/// That saves a copy, which is most of what a short name costs. Where strings turn out to be otherwise they are read as
/// anybody may. Source: `StringObject.swift` of the standard library, small strings.
struct TextReading: Sendable, BitwiseCopyable {
    /// Whether strings are as described there, as far as texts of all lengths can tell.
    private let isKnown: Bool

    init() {
        isKnown =
            MemoryLayout<String>.size == 16 && ["a", "é"].allSatisfy(TextReading.holdsInside(piecesOf:))
    }

    /// The text at a place, as ``ShortText/init(at:)`` has it.
    @inline(__always)
    func text(at place: UnsafePointer<String>) -> ShortText {
        let words = UnsafeRawPointer(place)
        let end = (words + 8).loadUnaligned(as: UInt64.self)
        guard isKnown, TextReading.isSmall(end) else { return ShortText(at: place) }
        return ShortText(
            first: words.loadUnaligned(as: UInt64.self),
            last: end & 0x00FF_FFFF_FFFF_FFFF,
            count: TextReading.count(end)
        )
    }

    /// The second half of a small string has this bit; in those of others no address has it.
    @inline(__always)
    private static func isSmall(_ end: UInt64) -> Bool { end >> 61 & 1 == 1 }

    @inline(__always)
    private static func count(_ end: UInt64) -> Int { Int(truncatingIfNeeded: end >> 56 & 15) }

    private static func holdsInside(piecesOf piece: String) -> Bool {
        var text = ""
        while text.utf8.count < 24 {
            let wanted = Array(text.utf8)
            let isRead = withUnsafeBytes(of: text) { words in
                let end = words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                guard isSmall(end) else { return wanted.count > 15 }
                return count(end) == wanted.count && words.prefix(wanted.count).elementsEqual(wanted)
                    && words[wanted.count..<15].allSatisfy { $0 == 0 }
            }
            guard isRead else { return false }
            text += piece
        }
        return true
    }
}
