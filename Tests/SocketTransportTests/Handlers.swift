import NIOCore
import SocketTransport
import Synchronization

/// What a handler saw, for a test that waits elsewhere.
final class Log: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var events: [String] = []
    }

    private let state = Mutex(State())

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var events: [String] { state.withLock { $0.events } }

    func add(_ bytes: ByteBuffer) { state.withLock { $0.bytes += bytes.readableBytesView } }
    func add(_ event: String) { state.withLock { $0.events.append(event) } }

    /// Waits for an event.
    func wait(for event: String) async throws {
        try await wait { self.events.contains(event) }
    }

    /// Waits for something to become so.
    func wait(until holds: () -> Bool) async throws {
        for _ in 0..<6000 where !holds() { try await Task.sleep(for: .milliseconds(10)) }
        guard holds() else { throw TimedOut() }
    }

    struct TimedOut: Error {}
}

/// Notes what comes, and sends it back if told to.
final class Notes: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: Log
    private let echoes: Bool
    /// Bytes after which reading is held back; nil for never.
    private var allowance: Int?
    private var context: ChannelHandlerContext?

    init(_ log: Log, echoes: Bool = false, allowance: Int? = nil) {
        self.log = log
        self.echoes = echoes
        self.allowance = allowance
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        log.add("removed")
    }

    func channelActive(context: ChannelHandlerContext) { log.add("active") }
    func channelInactive(context: ChannelHandlerContext) { log.add("inactive") }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { log.add("error") }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        log.add(context.channel.isWritable ? "writable" : "full")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        log.add(bytes)
        if let allowance { self.allowance = max(0, allowance - bytes.readableBytes) }
        if echoes { context.writeAndFlush(NIOAny(bytes), promise: nil) }
    }

    func read(context: ChannelHandlerContext) { if allowance != 0 { context.read() } }

    /// Reads on for good.
    func readOn() {
        allowance = nil
        context?.read()
    }
}

/// Takes bytes whose first is odd before the pipeline does.
final class OddReader: SocketReader {
    private let log: Log
    private(set) var taken = 0

    init(_ log: Log) { self.log = log }

    func takes(_ bytes: ByteBuffer) -> Bool {
        guard let first = bytes.readableBytesView.first, first % 2 == 1 else { return false }
        log.add(bytes)
        log.add("taken")
        return true
    }

    func readsOn() -> Bool { true }
}

/// A listener with a group of its own.
struct Place {
    let group: SocketLoopGroup
    let listener: SocketListener

    init(
        loops: Int = 2,
        _ begin: @escaping @Sendable (SocketChannel) throws -> Void
    ) async throws {
        group = try SocketLoopGroup(count: loops, name: "test")
        listener = try await SocketListener.listen(host: "127.0.0.1", port: 0, on: group, begin: begin)
    }

    func peer() throws -> Peer { try Peer(port: listener.port) }
}
