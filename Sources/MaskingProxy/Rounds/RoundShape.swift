import NIOCore

/// A client's bytes that are one whole series as drivers send it to run a prepared statement: `Bind`, perhaps `Describe`,
/// `Execute` of all rows, `Sync`, on the portal without a name.
struct RoundShape {
    /// Where the statement's name lies, its zero included.
    let name: Range<Int>
    /// Whether the portal's columns are asked for.
    let isDescribed: Bool
    /// The bytes of `Bind`.
    let bind: Int

    /// Nil for bytes that are anything else; `limit` is the longest message that a client may send.
    init?(_ bytes: UnsafeRawBufferPointer, limit: Int) {
        guard bytes.count > 12, bytes[0] == UInt8(ascii: "B"), let length = bytes.messageLength(at: 0),
            length <= limit, 1 + length < bytes.count, bytes[5] == 0
        else { return nil }
        bind = 1 + length
        var end = 6
        while end < bind, bytes[end] != 0 { end += 1 }
        guard end < bind else { return nil }
        name = 6..<end + 1
        let isDescribed = bytes.holds(RoundShape.describe, at: bind)
        self.isDescribed = isDescribed
        let rest = bind + (isDescribed ? RoundShape.describe.count : 0)
        guard bytes.count == rest + RoundShape.ending.count, bytes.holds(RoundShape.ending, at: rest) else {
            return nil
        }
    }

    /// `Describe` of the portal without a name.
    private static let describe: [UInt8] = [UInt8(ascii: "D"), 0, 0, 0, 6, UInt8(ascii: "P"), 0]
    /// `Execute` of the portal without a name, all rows, and `Sync`.
    private static let ending: [UInt8] =
        [UInt8(ascii: "E"), 0, 0, 0, 9, 0, 0, 0, 0, 0] + [UInt8(ascii: "S"), 0, 0, 0, 4]
}

/// PostgreSQL's bytes that are the whole answer to such a series, without an error or anything else in between.
struct RoundAnswer {
    /// Where `RowDescription` ends; it follows `BindComplete`, and is empty when columns weren't asked for.
    let descriptionEnd: Int
    /// Where the rows end.
    let rowsEnd: Int
    /// How many rows there are.
    let rows: Int
    /// The state of the transaction.
    let status: UInt8

    /// Where `BindComplete` ends.
    static let start = 5

    /// Nil for bytes that are anything else.
    init?(_ bytes: UnsafeRawBufferPointer, isDescribed: Bool) {
        guard bytes.messageLength(at: 0) == 4, bytes[0] == UInt8(ascii: "2") else { return nil }
        var end = RoundAnswer.start
        if isDescribed {
            guard let length = bytes.messageLength(at: end), bytes[end] == UInt8(ascii: "T") else {
                return nil
            }
            end += 1 + length
        }
        descriptionEnd = end
        var rows = 0
        while let length = bytes.messageLength(at: end), bytes[end] == UInt8(ascii: "D") {
            end += 1 + length
            rows += 1
        }
        rowsEnd = end
        self.rows = rows
        guard let length = bytes.messageLength(at: end), bytes[end] == UInt8(ascii: "C") else { return nil }
        end += 1 + length
        guard bytes.messageLength(at: end) == 5, bytes[end] == UInt8(ascii: "Z"), bytes.count == end + 6
        else {
            return nil
        }
        status = bytes[end + 5]
    }
}

extension UnsafeRawBufferPointer {
    /// The length that a message says of itself, its first byte not counted; nil when not all of it is there.
    @inline(__always)
    fileprivate func messageLength(at index: Int) -> Int? {
        guard index >= 0, index + 5 <= count else { return nil }
        let length = Int(Int32(bigEndian: loadUnaligned(fromByteOffset: index + 1, as: Int32.self)))
        return length >= 4 && length < count - index ? length : nil
    }

    /// Whether such bytes lie at a place.
    @inline(__always)
    fileprivate func holds(_ bytes: [UInt8], at index: Int) -> Bool {
        guard index + bytes.count <= count else { return false }
        for offset in 0..<bytes.count where self[index + offset] != bytes[offset] { return false }
        return true
    }
}
