import Foundation
import NIOCore
import NIOPosix
import Testing

/// An answer as a client sees it.
struct Reply {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]

    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    func json() throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(body))
        return try #require(value as? [String: Any], "not an object: \(text)")
    }

    /// The code of a problem document; nil for anything else.
    var code: String? {
        guard headers["content-type"] == "application/problem+json" else { return nil }
        return try? json()["code"] as? String
    }
}

extension ServerDesk {
    /// Sends a request as a person, or as nobody, and keeps the answer for the search for protected values.
    ///
    /// - Throws: `BrokenAnswer` when the answer doesn't end as HTTP says.
    func send(
        _ method: String,
        _ path: String,
        as user: String?,
        headers: [String: String] = [:],
        json: String? = nil,
        body: [UInt8]? = nil
    ) async throws -> Reply {
        var fields = headers
        if fields["Authorization"] == nil, let user { fields["Authorization"] = "Bearer \(token(user))" }
        if json != nil { fields["Content-Type"] = "application/json" }
        let content = json.map { Array($0.utf8) } ?? body
        if let content { fields["Content-Length"] = String(content.count) }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: steward\r\nConnection: close\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        let received = try await exchange(Array("\(head)\r\n".utf8) + (content ?? []))
        let reply = try Reply(received, of: method)
        keep(received, of: user)
        keep(reply.body, of: user)
        return reply
    }
}

/// An answer that isn't whole.
struct BrokenAnswer: Error {
    let why: String
    /// What came of the body, chunks joined.
    let body: [UInt8]
}

extension Reply {
    /// Takes an answer apart.
    init(_ bytes: [UInt8], of method: String) throws {
        let end = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
        guard let end else { throw BrokenAnswer(why: "no end of the header", body: bytes) }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") else {
            throw BrokenAnswer(why: "no status", body: bytes)
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            let (name, value) = (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
            headers[name] = headers[name].map { "\($0), \(value)" } ?? value
        }
        self.status = status
        self.headers = headers
        let rest = Array(bytes[(end + 4)...])
        if method == "HEAD" || status == 204 {
            body = rest
        } else if headers["transfer-encoding"] == "chunked" {
            body = try Reply.joined(rest)
        } else {
            guard rest.count == Int(headers["content-length"] ?? "") else {
                throw BrokenAnswer(why: "another length than announced", body: rest)
            }
            body = rest
        }
    }

    /// The chunks of a body, joined.
    private static func joined(_ bytes: [UInt8]) throws -> [UInt8] {
        var (body, offset) = ([UInt8](), 0)
        while true {
            guard let end = bytes[offset...].firstIndex(of: 10),
                let size = Int(String(decoding: bytes[offset..<end].dropLast(), as: UTF8.self), radix: 16)
            else { throw BrokenAnswer(why: "no last chunk", body: body) }
            guard size > 0 else { return body }
            guard bytes.count >= end + 1 + size + 2 else {
                throw BrokenAnswer(why: "half a chunk", body: body)
            }
            body += bytes[(end + 1)..<(end + 1 + size)]
            offset = end + 1 + size + 2
        }
    }
}

/// Connections on which a test writes and reads bytes as it likes.
enum RawConnection {
    /// Connects, runs and closes.
    static func with<Value: Sendable>(
        port: Int,
        receiveBuffer: Int? = nil,
        _ body: (
            _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
            _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Value
    ) async throws -> Value {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(
                ChannelOptions.socketOption(.so_rcvbuf),
                value: .init(receiveBuffer)
            )
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose(body)
    }
}

extension ServerDesk {
    /// Writes bytes and reads until the server closes.
    func exchange(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await RawConnection.with(port: port) { inbound, outbound in
            async let writing: Void = outbound.write(ByteBuffer(bytes: bytes))
            var received: [UInt8] = []
            do {
                for try await piece in inbound { received.append(contentsOf: piece.readableBytesView) }
            } catch is IOError {
                // The server may reset a connection of which it doesn't want the rest.
            }
            try? await writing
            return received
        }
    }
}
