import CZlib

/// Compresses bytes as gzip (RFC 1952), piece by piece.
///
/// One user at a time. Cost: about 256 KiB while it lives.
final class Gzip {
    private var stream = z_stream()

    /// - Throws: `busy` when there is no memory for it.
    init() throws(Problem) {
        // 15 bits of window; 16 more ask for gzip's header and checksum. Level 1: rows are many and networks fast.
        let status = deflateInit2_(
            &stream,
            1,
            Z_DEFLATED,
            15 + 16,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard status == Z_OK else { throw Problem(.busy, "no memory to compress with: try again") }
    }

    deinit { deflateEnd(&stream) }

    /// The compressed bytes of a piece; all that a reader needs to see the piece whole.
    func compress(_ piece: [UInt8]) -> [UInt8] { run(piece, Z_SYNC_FLUSH) }

    /// The compressed bytes of the last piece, and gzip's end.
    func finish(_ piece: [UInt8] = []) -> [UInt8] { run(piece, Z_FINISH) }

    private func run(_ piece: [UInt8], _ flush: Int32) -> [UInt8] {
        var input = piece
        var output: [UInt8] = []
        output.reserveCapacity(piece.count / 3 + 64)
        var room = [UInt8](repeating: 0, count: 64 << 10)
        input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            repeat {
                room.withUnsafeMutableBufferPointer { room in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    _ = deflate(&stream, flush)
                    output.append(contentsOf: room[..<(room.count - Int(stream.avail_out))])
                }
            } while stream.avail_out == 0
            stream.next_in = nil
        }
        return output
    }
}
