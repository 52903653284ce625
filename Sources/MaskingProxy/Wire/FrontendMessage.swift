import NIOCore

/// What a client sends once it has started.
enum FrontendMessage {
    case query(String)
    case parse(name: String, text: String, types: [UInt32])
    /// `whole` is the message as it came.
    case bind(portal: String, statement: String, whole: ByteBuffer)
    case describeStatement(String)
    case describePortal(String)
    case execute(portal: String, limit: Int32)
    case closeStatement(String)
    case closePortal(String)
    case flush
    case sync
    case password(ByteBuffer)
    case functionCall
    /// Rows of a `COPY` that is refused anyway.
    case copyPart
    case terminate
}

/// The first packet of a connection.
enum StartupPacket {
    case session([String: String], minorVersion: Int, unknownOptions: [String])
    case tlsRequest
    case gssRequest
    case cancel(process: Int32, secret: Int32)
}

/// Bytes that are no message of the protocol, or one that is too long.
struct WireFault: Error, Hashable {
    /// For the client; holds nothing that it sent.
    let message: String
}

/// Cuts a client's bytes into messages.
///
/// No I/O: bytes in, messages out. After a fault nothing more comes out.
struct FrontendDecoder {
    /// Bytes of a message before sign-in.
    static let startupLimit = 10_000
    /// Bytes of a message that signs in: web tokens may be long.
    static let signInLimit = 20_000

    private var buffer = ByteBuffer()

    /// Bytes that wait.
    var waiting: Int { buffer.readableBytes }

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

    /// The startup packet; nil until it is whole.
    mutating func startup() throws(WireFault) -> StartupPacket? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: Int32.self) else { return nil }
        guard length >= 8, length <= FrontendDecoder.startupLimit else {
            throw WireFault(message: "invalid length of startup packet")
        }
        guard var body = buffer.readSlice(ifWhole: Int(length)) else { return nil }
        body.moveReaderIndex(forwardBy: 4)
        guard let code = body.readInteger(as: Int32.self) else { throw malformed }
        switch code {
        case 80_877_103: return .tlsRequest
        case 80_877_104: return .gssRequest
        case 80_877_102:
            guard let process = body.readInteger(as: Int32.self),
                let secret = body.readInteger(as: Int32.self)
            else { throw malformed }
            return .cancel(process: process, secret: secret)
        default:
            guard code >> 16 == 3 else {
                throw WireFault(message: "unsupported frontend protocol: use version 3")
            }
            return try session(&body, minorVersion: Int(code & 0xFFFF))
        }
    }

    private func session(_ body: inout ByteBuffer, minorVersion: Int) throws(WireFault) -> StartupPacket {
        var parameters: [String: String] = [:]
        var unknown: [String] = []
        while let name = body.readZeroEnded(), !name.isEmpty {
            guard let value = body.readZeroEnded() else { throw malformed }
            if name.hasPrefix("_pq_.") { unknown.append(name) } else { parameters[name] = value }
        }
        guard body.readableBytes == 0 else { throw malformed }
        return .session(parameters, minorVersion: minorVersion, unknownOptions: unknown)
    }

    /// The next message; nil until it is whole.
    mutating func next(limit: Int) throws(WireFault) -> FrontendMessage? {
        guard let kind = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self),
            let length = buffer.getInteger(at: buffer.readerIndex + 1, as: Int32.self)
        else { return nil }
        guard length >= 4, Int(length) <= limit else { throw WireFault(message: "invalid message length") }
        guard var body = buffer.readSlice(ifWhole: Int(length) + 1) else { return nil }
        let whole = body
        body.moveReaderIndex(forwardBy: 5)
        let message = try FrontendDecoder.message(kind, &body, whole)
        guard body.readableBytes == 0 else { throw malformed }
        return message
    }

    private static func message(
        _ kind: UInt8,
        _ body: inout ByteBuffer,
        _ whole: ByteBuffer
    ) throws(WireFault) -> FrontendMessage {
        switch kind {
        case UInt8(ascii: "Q"): return .query(try text(&body))
        case UInt8(ascii: "P"): return try parse(&body)
        case UInt8(ascii: "B"):
            let portal = try text(&body)
            let statement = try text(&body)
            body.moveReaderIndex(to: body.writerIndex)
            return .bind(portal: portal, statement: statement, whole: whole)
        case UInt8(ascii: "D"):
            let isStatement = try isStatement(&body)
            let name = try text(&body)
            return isStatement ? .describeStatement(name) : .describePortal(name)
        case UInt8(ascii: "C"):
            let isStatement = try isStatement(&body)
            let name = try text(&body)
            return isStatement ? .closeStatement(name) : .closePortal(name)
        case UInt8(ascii: "E"):
            let portal = try text(&body)
            guard let limit = body.readInteger(as: Int32.self) else { throw fault }
            return .execute(portal: portal, limit: limit)
        case UInt8(ascii: "H"): return .flush
        case UInt8(ascii: "S"): return .sync
        case UInt8(ascii: "X"): return .terminate
        case UInt8(ascii: "F"):
            body.moveReaderIndex(to: body.writerIndex)
            return .functionCall
        case UInt8(ascii: "d"), UInt8(ascii: "c"), UInt8(ascii: "f"):
            body.moveReaderIndex(to: body.writerIndex)
            return .copyPart
        case UInt8(ascii: "p"):
            let bytes = body
            body.moveReaderIndex(to: body.writerIndex)
            return .password(bytes)
        default: throw WireFault(message: "invalid frontend message type \(kind)")
        }
    }

    private static func parse(_ body: inout ByteBuffer) throws(WireFault) -> FrontendMessage {
        let name = try text(&body)
        let statement = try text(&body)
        guard let count = body.readInteger(as: Int16.self), count >= 0 else { throw fault }
        var types: [UInt32] = []
        for _ in 0..<count {
            guard let type = body.readInteger(as: UInt32.self) else { throw fault }
            types.append(type)
        }
        return .parse(name: name, text: statement, types: types)
    }

    private static func isStatement(_ body: inout ByteBuffer) throws(WireFault) -> Bool {
        switch body.readInteger(as: UInt8.self) {
        case UInt8(ascii: "S"): return true
        case UInt8(ascii: "P"): return false
        default: throw fault
        }
    }

    /// A text in UTF-8; anything else ends the session, because both ends must read the same.
    private static func text(_ body: inout ByteBuffer) throws(WireFault) -> String {
        guard let text = body.readZeroEnded() else { throw fault }
        return text
    }

    private static let fault = WireFault(message: "invalid message format")
    private var malformed: WireFault { FrontendDecoder.fault }
}

extension ByteBuffer {
    /// A slice of so many bytes; nil and nothing read when there aren't as many.
    fileprivate mutating func readSlice(ifWhole length: Int) -> ByteBuffer? {
        readableBytes >= length ? readSlice(length: length) : nil
    }

    /// A text up to a zero byte; nil when there is none or it isn't UTF-8.
    mutating func readZeroEnded() -> String? {
        let text = withUnsafeReadableBytes { bytes -> String? in
            guard let end = bytes.firstIndex(of: 0) else { return nil }
            let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            // Names are nearly always ASCII: the check of anything else takes many times as long.
            return text.allSatisfy { $0 < 0x80 }
                ? String(decoding: text, as: UTF8.self) : String(validating: text, as: UTF8.self)
        }
        guard let text else { return nil }
        moveReaderIndex(forwardBy: text.utf8.count + 1)
        return text
    }
}
