import CZlib
import Governance

/// What a gzip file holds, one member after another (RFC 1952).
///
/// **Promise.** Ends only where the last member ends and its checksum is right: a truncated or damaged file
/// is an error, never the rows up to there as if they were all.
final class GzipStream: ByteStream {
    private let file: any ByteStream
    private let name: String
    private let inflater: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var state = State.betweenMembers(isFirst: true)
    private var fileEnded = false

    private enum State {
        case betweenMembers(isFirst: Bool)
        case inMember
        case ended
    }

    init(_ file: any ByteStream, name: String) throws(GovernanceError) {
        self.file = file
        self.name = name
        inflater = .allocate(capacity: 1)
        inflater.initialize(to: z_stream())
        input = .allocate(byteCount: 1 << 18, alignment: 16)
        let gzipOnly: Int32 = 16 + MAX_WBITS
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(inflater, gzipOnly, ZLIB_VERSION, size) == Z_OK else {
            throw GovernanceError(.internalError, "zlib can't be started")
        }
    }

    deinit {
        inflateEnd(inflater)
        inflater.deallocate()
        input.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(GovernanceError) -> Int {
        while true {
            if inflater.pointee.avail_in == 0 { try fill() }
            switch state {
            case .ended: return 0
            case .betweenMembers(let isFirst): try beginMember(isFirst: isFirst)
            case .inMember:
                let count = try inflate(into: buffer)
                if count > 0 { return count }
            }
        }
    }

    private func fill() throws(GovernanceError) {
        guard !fileEnded else { return }
        let count = try file.read(into: input)
        fileEnded = count == 0
        inflater.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inflater.pointee.avail_in = UInt32(count)
    }

    /// Begins the next member; zeros that pad a file (as tapes do) end it.
    private func beginMember(isFirst: Bool) throws(GovernanceError) {
        guard inflater.pointee.avail_in > 0, let next = inflater.pointee.next_in else {
            guard !isFirst else { throw truncated }
            state = .ended
            return
        }
        guard isFirst || next.pointee != 0 else {
            inflater.pointee.next_in = next + 1
            inflater.pointee.avail_in -= 1
            return
        }
        guard inflateReset(inflater) == Z_OK else { throw damaged }
        state = .inMember
    }

    private func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(GovernanceError) -> Int {
        guard inflater.pointee.avail_in > 0 else { throw truncated }
        let room = min(buffer.count, 1 << 30)
        inflater.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inflater.pointee.avail_out = UInt32(room)
        let code = CZlib.inflate(inflater, Z_NO_FLUSH)
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: state = .betweenMembers(isFirst: false)
        default: throw damaged
        }
        return room - Int(inflater.pointee.avail_out)
    }

    private var truncated: GovernanceError {
        GovernanceError(.sourceUnavailable, "file `\(name)` is truncated: its gzip data ends too early")
    }

    private var damaged: GovernanceError {
        GovernanceError(.sourceUnavailable, "file `\(name)` is damaged: it is no whole gzip file")
    }
}
