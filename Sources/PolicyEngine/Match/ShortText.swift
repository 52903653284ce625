/// A text of at most sixteen bytes as two numbers, which no other text of its length has.
///
/// Most names and values are so short; held so, they are compared and hashed without a look at memory.
struct ShortText: Equatable, Sendable, BitwiseCopyable {
    static let mostBytes = 16

    /// The first eight bytes, from the lowest on; zeros where the text has none.
    let first: UInt64
    /// The eight bytes after them, likewise.
    let last: UInt64
    /// The length in bytes; -1 for a text that is none, because it is longer.
    let count: Int

    /// Whether the text is longer, and must be looked at itself.
    @inline(__always)
    var isLong: Bool { count < 0 }

    @inline(__always)
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        let count = bytes.count
        guard count <= ShortText.mostBytes else {
            self = .long
            return
        }
        self.count = count
        guard count > 0, let base = bytes.baseAddress else {
            first = 0
            last = 0
            return
        }
        let text = UnsafeRawPointer(base)
        first = ByteMatch.begin(of: text, count)
        last = count > 8 ? ByteMatch.begin(of: text + 8, count - 8) : 0
    }

    /// The text at a place, which is read there, so that nothing is counted; long when its bytes aren't side by side.
    ///
    /// ``TextReading`` is faster where many are read.
    @inline(never)
    init(at place: UnsafePointer<String>) {
        self = place.pointee.utf8.withContiguousStorageIfAvailable { ShortText($0) } ?? .long
    }

    @inline(__always)
    init(first: UInt64, last: UInt64, count: Int) {
        self.first = first
        self.last = last
        self.count = count
    }

    private static let long = ShortText(first: 0, last: 0, count: -1)

    /// As ``NameTable/hash(_:)``.
    @inline(__always)
    var hash: UInt64 { NameTable.hash(self) }

    /// Whether it may look otherwise in lower case, as ``Folding/mayChange(_:)`` says of each byte.
    @inline(__always)
    var mayFold: Bool { ShortText.mayFold(first) | ShortText.mayFold(last) != 0 }

    /// Writes the text's bytes and zeros after them: there must be room for ``mostBytes``.
    @inline(__always)
    func write(to place: UnsafeMutablePointer<UInt8>) {
        let place = UnsafeMutableRawPointer(place)
        place.storeBytes(of: first, as: UInt64.self)
        (place + 8).storeBytes(of: last, as: UInt64.self)
    }

    @inline(__always)
    private static func mayFold(_ word: UInt64) -> UInt64 {
        let high: UInt64 = 0x8080_8080_8080_8080
        // From `A` on a byte reaches its high bit with the first number, and only beyond `Z` with the second.
        return (word | (word &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(word &+ 0x2525_2525_2525_2525)) & high
    }
}
