import NIOCore

/// What PostgreSQL sent, as far as the proxy looks at it.
enum UpstreamMessage {
    /// Bytes that may pass as they are: whole or parts of messages.
    case passing(ByteBuffer)
    /// Whole rows, one after another, that must not pass as they are.
    case rows(ByteBuffer)
    /// The parameters of a statement, or that it has no columns; the message itself passes.
    case described(ByteBuffer)
    /// A statement was parsed, bound or closed; the message itself passes.
    case prepared(ByteBuffer)
    /// A statement ended, well or with more rows to come; the message itself passes.
    case completed(rows: Int, ByteBuffer)
    /// The columns of a result, still with their origins.
    case rowDescription(ByteBuffer)
    case error(UpstreamError)
    case parameterStatus(String, String)
    case backendKey(process: Int32, secret: Int32)
    case ready(UInt8)
    case authentication(Int32, ByteBuffer)
    /// A notice or notification, which never passes.
    case dropped
}

/// Cuts PostgreSQL's bytes into messages and lets rows pass unread.
struct UpstreamScanner {
    /// Bytes of a message that has to be read whole.
    static let messageLimit = 4 << 20
    /// Bytes of a row that is masked on its way.
    static let rowLimit = 64 << 20

    private var buffer = ByteBuffer()
    /// Bytes of the row at hand that are still to come.
    private var rest = 0
    private var rows = 0

    /// Whether nothing of a message waits for its rest.
    var isEmpty: Bool { buffer.readableBytes == 0 && rest == 0 }

    mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            // What was read already would otherwise be carried along for as long as something waits.
            if buffer.readerIndex > 1 << 16 { buffer.discardReadBytes() }
            buffer.writeBuffer(&bytes)
        }
    }

    /// Lets go of memory when nothing waits.
    mutating func settle() {
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
    }

    /// The next thing to do; nil when more bytes are needed.
    ///
    /// With `wholeRows`, rows are given as ``UpstreamMessage/rows(_:)`` and nothing of one before all of it is there.
    mutating func next(wholeRows: Bool = false) throws(WireFault) -> UpstreamMessage? {
        if wholeRows {
            if let rows = try self.wholeRows() { return .rows(rows) }
            guard header?.kind != UInt8(ascii: "D") else { return nil }
        } else if let passing = try passing() {
            return .passing(passing)
        }
        guard let (kind, length) = header else { return nil }
        guard length >= 4, length <= UpstreamScanner.messageLimit else { throw fault }
        guard buffer.readableBytes >= length + 1, var body = buffer.readSlice(length: length + 1) else {
            return nil
        }
        let whole = body
        body.moveReaderIndex(forwardBy: 5)
        return try message(kind, &body, whole)
    }

    private var header: (kind: UInt8, length: Int)? {
        guard let kind = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
            let length = buffer.getInteger(at: buffer.readerIndex + 1, as: Int32.self)
        else { return nil }
        return (kind, Int(length))
    }

    /// The run of bytes up to the next message that has to be looked at; nil when there is none.
    private mutating func passing() throws(WireFault) -> ByteBuffer? {
        var end = buffer.readerIndex
        let limit = buffer.writerIndex
        while end < limit {
            if rest > 0 {
                let part = min(rest, limit - end)
                end += part
                rest -= part
                continue
            }
            guard limit - end >= 5, let kind = buffer.getInteger(at: end, as: UInt8.self),
                UpstreamScanner.isRow(kind), let length = buffer.getInteger(at: end + 1, as: Int32.self)
            else { break }
            guard length >= 4 else { throw fault }
            rows += 1
            rest = Int(length) + 1
        }
        guard end > buffer.readerIndex else { return nil }
        return buffer.readSlice(length: end - buffer.readerIndex)
    }

    /// The rows that are there up to the next other message; nil when there is none.
    private mutating func wholeRows() throws(WireFault) -> ByteBuffer? {
        guard rest == 0 else { throw fault }
        var end = buffer.readerIndex
        let limit = buffer.writerIndex
        while limit - end >= 5, buffer.getInteger(at: end, as: UInt8.self) == UInt8(ascii: "D"),
            let length = buffer.getInteger(at: end + 1, as: Int32.self)
        {
            guard length >= 4 else { throw fault }
            guard length <= UpstreamScanner.rowLimit else {
                throw WireFault(message: "a row that is masked on its way has more than 64 MiB")
            }
            guard limit - end > Int(length) else { break }
            rows += 1
            end += Int(length) + 1
        }
        guard end > buffer.readerIndex else { return nil }
        return buffer.readSlice(length: end - buffer.readerIndex)
    }

    private static func isRow(_ kind: UInt8) -> Bool {
        kind == UInt8(ascii: "D") || kind == UInt8(ascii: "d")
    }

    private mutating func message(
        _ kind: UInt8,
        _ body: inout ByteBuffer,
        _ whole: ByteBuffer
    ) throws(WireFault) -> UpstreamMessage {
        switch kind {
        case UInt8(ascii: "C"), UInt8(ascii: "I"), UInt8(ascii: "s"):
            defer { rows = 0 }
            return .completed(rows: rows, whole)
        case UInt8(ascii: "1"), UInt8(ascii: "2"), UInt8(ascii: "3"): return .prepared(whole)
        case UInt8(ascii: "n"), UInt8(ascii: "t"): return .described(whole)
        case UInt8(ascii: "H"), UInt8(ascii: "c"): return .passing(whole)
        case UInt8(ascii: "T"): return .rowDescription(whole)
        case UInt8(ascii: "E"):
            rows = 0
            return .error(UpstreamError(fields: try fields(&body)))
        case UInt8(ascii: "Z"):
            guard let status = body.readInteger(as: UInt8.self) else { throw fault }
            return .ready(status)
        case UInt8(ascii: "N"), UInt8(ascii: "A"): return .dropped
        case UInt8(ascii: "S"):
            guard let name = body.readZeroEnded(), let value = body.readZeroEnded() else { throw fault }
            return .parameterStatus(name, value)
        case UInt8(ascii: "K"):
            guard let process = body.readInteger(as: Int32.self),
                let secret = body.readInteger(as: Int32.self)
            else { throw fault }
            return .backendKey(process: process, secret: secret)
        case UInt8(ascii: "R"):
            guard let code = body.readInteger(as: Int32.self) else { throw fault }
            return .authentication(code, body)
        default: throw fault
        }
    }

    private func fields(_ body: inout ByteBuffer) throws(WireFault) -> [(kind: UInt8, value: String)] {
        var fields: [(UInt8, String)] = []
        while let kind = body.readInteger(as: UInt8.self), kind != 0 {
            guard let value = body.readZeroEnded() else { throw fault }
            fields.append((kind, value))
        }
        return fields
    }

    private var fault: WireFault { WireFault(message: "the database sent what is not expected") }
}

extension ByteBuffer {
    /// The first byte, which tells what a message is.
    var messageKind: UInt8 { getInteger(at: readerIndex) ?? 0 }
}
