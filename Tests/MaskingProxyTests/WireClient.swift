import Foundation

@testable import MaskingProxy

/// A client that speaks the protocol byte by byte, and blocks.
///
/// INVARIANT: one task at a time has it, so that it needs no lock.
final class WireClient: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A message of the server.
    struct Message: Equatable, Sendable {
        let kind: Character
        let body: [UInt8]

        /// The fields of an error, by their letters.
        var fields: [Character: String] {
            var fields: [Character: String] = [:]
            for part in body.split(separator: 0) {
                fields[Character(UnicodeScalar(part[part.startIndex]))] = String(
                    decoding: part.dropFirst(),
                    as: UTF8.self
                )
            }
            return fields
        }

        /// The types of a result's columns, by their identifiers.
        var resultTypes: [UInt32] {
            var types: [UInt32] = []
            var rest = body.dropFirst(2)
            while let end = rest.firstIndex(of: 0), rest.endIndex >= end + 19 {
                types.append(rest[(end + 7)..<(end + 11)].reduce(0) { $0 << 8 | UInt32($1) })
                rest = rest[(end + 19)...]
            }
            return types
        }
    }

    private let socket: Int32
    private(set) var process: Int32 = 0
    private(set) var secret: Int32 = 0
    private(set) var parameters: [String: String] = [:]

    /// Connects without signing in.
    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var atOnce: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &atOnce, socklen_t(MemoryLayout<Int32>.size))
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(description: "connection refused") }
    }

    /// Connects and signs in.
    convenience init(
        port: Int,
        user: String,
        password: String,
        database: String,
        settings: [String: String] = [:]
    ) throws {
        try self.init(port: port)
        try startup(["user": user, "database": database].merging(settings) { $1 })
        try proveKnowing(password)
        while true {
            let message = try receive()
            switch message.kind {
            case "E": throw Failure(description: message.fields["C"] ?? "")
            case "K":
                process = Int32(bigEndian: message.body.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) })
                secret = Int32(
                    bigEndian: message.body.withUnsafeBytes {
                        $0.loadUnaligned(fromByteOffset: 4, as: Int32.self)
                    }
                )
            case "S":
                let parts = message.body.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                parameters[parts[0]] = parts.count > 1 ? parts[1] : ""
            case "Z": return
            default: break
            }
        }
    }

    deinit { close(socket) }

    /// Takes the client's part in SCRAM-SHA-256 up to the proof.
    private func proveKnowing(_ password: String) throws {
        var scram = ScramClient(password: password, nonce: UUID().uuidString)
        let offer = try receive()
        guard offer.kind == "R", offer.body.starts(with: [0, 0, 0, 10]) else {
            throw Failure(description: offer.fields["C"] ?? "no request for a proof")
        }
        sendInitial("SCRAM-SHA-256", scram.first)
        let challenge = try receive()
        guard challenge.body.starts(with: [0, 0, 0, 11]),
            let answer = scram.answer(String(decoding: challenge.body.dropFirst(4), as: UTF8.self))
        else { throw Failure(description: challenge.fields["C"] ?? "no challenge") }
        send("p", Array(answer.utf8))
    }

    /// Chooses a mechanism and says the first message.
    func sendInitial(_ mechanism: String, _ first: String) {
        send("p", Array(mechanism.utf8) + [0] + Self.bytes(Int32(first.utf8.count)) + Array(first.utf8))
    }

    func startup(_ parameters: [String: String], version: Int32 = 196_608) throws {
        var body = Self.bytes(version)
        for (name, value) in parameters { body += Array(name.utf8) + [0] + Array(value.utf8) + [0] }
        body.append(0)
        sendRaw(Self.bytes(Int32(body.count + 4)) + body)
    }

    static func bytes(_ number: Int32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
    static func bytes(_ number: Int16) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    static func message(_ kind: Character, _ body: [UInt8]) -> [UInt8] {
        [kind.asciiValue ?? 0] + bytes(Int32(body.count + 4)) + body
    }

    func send(_ kind: Character, _ body: [UInt8]) { sendRaw(Self.message(kind, body)) }

    /// Lets the system hold few bytes that nobody has received.
    func holdLittle() {
        var size: Int32 = 4096
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Gives up sending and receiving after so many seconds.
    func patience(seconds: Int) {
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Sends bytes; false when the other side doesn't take them all.
    @discardableResult
    func sendRaw(_ bytes: [UInt8]) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var start = 0
        while start < count {
            let got = bytes[start...].withUnsafeMutableBytes { recv(socket, $0.baseAddress, $0.count, 0) }
            guard got > 0 else { throw Failure(description: got == 0 ? "closed" : "timed out") }
            start += got
        }
        return bytes
    }

    func receiveByte() throws -> UInt8 { try read(1)[0] }

    func receive() throws -> Message {
        let head = try read(5)
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        return Message(kind: Character(UnicodeScalar(head[0])), body: try read(length - 4))
    }

    /// Everything up to and with the next `ReadyForQuery`; what came before the end when the server hangs up.
    func receiveAll() -> [Message] {
        var messages: [Message] = []
        while let message = try? receive() {
            messages.append(message)
            if message.kind == "Z" { return messages }
        }
        messages.append(Message(kind: "-", body: []))
        return messages
    }

    /// Does what takes long on a thread of its own: tests share two that must not be held up.
    func aside<Value: Sendable>(_ body: @escaping @Sendable (WireClient) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body(self)) }
        }
    }

    func simple(_ sql: String) -> [Message] {
        send("Q", Array(sql.utf8) + [0])
        return receiveAll()
    }

    /// Parse, bind, describe, execute and sync in one go.
    func extended(_ sql: String, binary: Bool = false) -> [Message] {
        sendRaw(
            Self.message("P", [0] + Array(sql.utf8) + [0, 0, 0])
                + Self.message("B", [0, 0, 0, 0, 0, 0] + (binary ? [0, 1, 0, 1] : [0, 0]))
                + Self.message("D", [UInt8(ascii: "P"), 0]) + Self.message("E", [0] + Self.bytes(Int32(0)))
                + Self.message("S", [])
        )
        return receiveAll()
    }
}

extension [WireClient.Message] {
    /// The codes of the errors.
    var errors: [String] { filter { $0.kind == "E" }.compactMap { $0.fields["C"] } }

    /// The rows of text results, nil for NULL.
    var rows: [[String?]] {
        filter { $0.kind == "D" }.map { message in
            var index = 2
            var row: [String?] = []
            while index + 4 <= message.body.count {
                let length = message.body[index..<index + 4].reduce(Int32(0)) { $0 << 8 | Int32($1) }
                index += 4
                guard length >= 0 else {
                    row.append(nil)
                    continue
                }
                row.append(String(decoding: message.body[index..<index + Int(length)], as: UTF8.self))
                index += Int(length)
            }
            return row
        }
    }

    /// All bytes of all messages.
    var bytes: [UInt8] { flatMap { [$0.kind.asciiValue ?? 0] + $0.body } }
}
