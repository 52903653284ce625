import Governance

/// The lines of a text file, one after another, blank ones passed over.
final class LineReader {
    /// The line that was read last, from 1.
    private(set) var line = 0
    private let buffer: RecordBuffer
    private let limit: Int

    /// - Throws: `.sourceUnavailable`.
    init(_ files: SourceFiles, location: String, tuning: ReadTuning) throws(GovernanceError) {
        buffer = RecordBuffer(try files.open(location), tuning: tuning)
        limit = tuning.recordBytes
        try buffer.skipByteOrderMark(fileName: SourceFiles.name(of: location))
    }

    /// The next line without its end, valid until the next call; nil at the end.
    ///
    /// - Throws: `.sourceUnavailable`; `.limitExceeded` for a line that is too long.
    func next() throws(GovernanceError) -> Bytes? {
        var searched = 0
        while true {
            let unread = Bytes(start: buffer.base + buffer.start, count: buffer.end - buffer.start)
            guard let end = Self.lineEnd(unread, from: searched) ?? (buffer.isLast ? unread.count : nil)
            else {
                searched = unread.count
                guard unread.count <= limit, try buffer.refill() else { throw tooLong }
                continue
            }
            guard !unread.isEmpty else { return nil }
            guard end <= limit else { throw tooLong }
            buffer.start += min(end + 1, unread.count)
            line += 1
            searched = 0
            let text = Bytes(rebasing: unread[..<end])
            if text.contains(where: { $0 != 32 && $0 != 9 && $0 != 13 }) { return text }
        }
    }

    private static func lineEnd(_ bytes: Bytes, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count else { return nil }
        var position = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        while position &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
            let ends = word ^ (10 &* ones)
            let hits = (ends &- ones) & ~ends & (128 &* ones)
            if hits != 0 { return position &+ (hits.trailingZeroBitCount >> 3) }
            position &+= 8
        }
        while position < bytes.count {
            if base[position] == 10 { return position }
            position &+= 1
        }
        return nil
    }

    private var tooLong: GovernanceError {
        GovernanceError(.limitExceeded, "line \(line + 1) is longer than \(limit) bytes")
    }
}
