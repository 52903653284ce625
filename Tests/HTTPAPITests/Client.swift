import Foundation
import NIOCore
import NIOPosix
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

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
    func send(
        _ method: String,
        _ path: String,
        as user: String?,
        headers: [String: String] = [:],
        json: String? = nil,
        body: [UInt8]? = nil
    ) async throws -> Reply {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        request.httpMethod = method
        request.timeoutInterval = 30
        if let user { request.setValue("Bearer \(token(user))", forHTTPHeaderField: "Authorization") }
        if let json {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = Data(json.utf8)
        }
        if let body { request.httpBody = Data(body) }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await Self.session.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        var fields: [String: String] = [:]
        for (name, value) in http.allHeaderFields {
            fields[String(describing: name).lowercased()] = String(describing: value)
        }
        let reply = Reply(status: http.statusCode, headers: fields, body: Array(data))
        keep(reply.body + Array("\(fields)".utf8), of: user)
        return reply
    }

    /// A session that keeps nothing: no cookies, cache or credentials.
    private static let session = URLSession(configuration: .ephemeral)
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
    func exchange(_ bytes: [UInt8], closesAfterWriting: Bool = false) async throws -> String {
        let text = try await RawConnection.with(port: port) { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if closesAfterWriting { outbound.finish() }
            var received: [UInt8] = []
            do {
                for try await piece in inbound { received.append(contentsOf: piece.readableBytesView) }
            } catch is IOError {
                // The server may reset a connection of which it doesn't want the rest.
            }
            return String(decoding: received, as: UTF8.self)
        }
        keep(Array(text.utf8), of: nil)
        return text
    }
}
