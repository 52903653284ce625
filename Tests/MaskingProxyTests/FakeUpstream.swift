import NIOCore
import NIOPosix
import Synchronization

@testable import MaskingProxy

/// What looks like PostgreSQL from the outside, and behaves as badly as a test wants.
final class FakeUpstream: Sendable {
    enum Manner: Sendable {
        /// Signs everybody in and says after each message that comes that it is ready.
        case ready
        /// Signs everybody in and never says anything again.
        case mute
        /// Takes connections and never says anything.
        case silent
        /// Signs everybody in and reads nothing that comes after it.
        case deaf
    }

    let port: Int
    private let channel: any Channel
    private let connections: Connections

    /// How many clients are connected now.
    var count: Int { connections.count.withLock { $0 } }

    init(_ manner: Manner) async throws {
        let connections = Connections()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Session(manner, connections))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.connections = connections
    }

    deinit { channel.close(promise: nil) }

    private final class Connections: Sendable {
        let count = Mutex(0)
    }

    private final class Session: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let manner: Manner
        private let connections: Connections
        private var isSignedIn = false

        init(_ manner: Manner, _ connections: Connections) {
            self.manner = manner
            self.connections = connections
        }

        func channelActive(context: ChannelHandlerContext) { connections.count.withLock { $0 += 1 } }
        func channelInactive(context: ChannelHandlerContext) { connections.count.withLock { $0 -= 1 } }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var answer = ByteBuffer()
            switch (manner, isSignedIn) {
            case (.silent, _), (.mute, true), (.deaf, true): return
            case (.ready, true): answer.writeReady(UInt8(ascii: "I"))
            case (.ready, false), (.mute, false), (.deaf, false):
                isSignedIn = true
                answer.writeAuthenticationOK()
                for (name, value) in [
                    ("standard_conforming_strings", "on"), ("client_encoding", "UTF8"),
                    ("server_encoding", "UTF8"), ("is_superuser", "off"),
                ] { answer.writeParameterStatus(name, value) }
                answer.writeBackendKey(process: 1, secret: 1)
                answer.writeReady(UInt8(ascii: "I"))
                if manner == .deaf { context.channel.setOption(.autoRead, value: false).whenFailure { _ in } }
            }
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }
    }
}
