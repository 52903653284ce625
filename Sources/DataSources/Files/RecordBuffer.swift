import Governance

/// A window on a stream that always holds a whole record, and grows up to the documented limit for a long
/// one.
///
/// **Shape.** `base[start ..< end]` is unread; behind `end` lie `padding` zero bytes that scanners may touch.
final class RecordBuffer {
    static let padding = 64

    private(set) var base: UnsafeMutablePointer<UInt8>
    /// Where the unread bytes begin; scanners move it on.
    var start = 0
    private(set) var end = 0
    /// Whether the stream has no more bytes than these.
    private(set) var isLast = false
    private var capacity: Int
    private let limit: Int
    private let chunk: Int
    private let stream: any ByteStream

    init(_ stream: any ByteStream, tuning: ReadTuning) {
        self.stream = stream
        chunk = max(1, tuning.chunkBytes)
        limit = max(tuning.recordBytes, 1)
        capacity = chunk
        base = .allocate(capacity: capacity + RecordBuffer.padding)
        base.initialize(repeating: 0, count: capacity + RecordBuffer.padding)
    }

    deinit { base.deallocate() }

    /// Reads on behind the unread bytes.
    ///
    /// What was read moves out and positions become invalid.
    /// - Returns: false when the unread bytes are as many as a record may have.
    /// - Throws: `.sourceUnavailable`.
    func refill() throws(GovernanceError) -> Bool {
        let unread = end - start
        if start > 0 {
            base.update(from: base + start, count: unread)
            start = 0
            end = unread
        }
        if unread == capacity || capacity - unread < chunk / 4 {
            guard unread <= limit else { return false }
            grow(to: max(capacity, unread) * 2)
        }
        let room = min(capacity - end, chunk)
        let count = try stream.read(into: UnsafeMutableRawBufferPointer(start: base + end, count: room))
        isLast = count == 0
        end += count
        (base + end).update(repeating: 0, count: RecordBuffer.padding)
        return true
    }

    /// Skips a UTF-8 byte order mark at the very beginning.
    ///
    /// - Throws: `.sourceUnavailable`, also for text in UTF-16 or UTF-32.
    func skipByteOrderMark(fileName: String) throws(GovernanceError) {
        while end < 4, !isLast { _ = try refill() }
        let (first, second, third) = (base[0], base[1], base[2])
        if (first, second, third) == (0xEF, 0xBB, 0xBF) {
            start = 3
        } else if (first, second) == (0xFF, 0xFE) || (first, second) == (0xFE, 0xFF) {
            throw GovernanceError(
                .sourceUnavailable,
                "file `\(fileName)` is not UTF-8 but UTF-16 or UTF-32: convert it, with `iconv -t UTF-8` say"
            )
        }
    }

    private func grow(to bytes: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes + RecordBuffer.padding)
        larger.initialize(from: base, count: end)
        base.deallocate()
        base = larger
        capacity = bytes
    }
}
