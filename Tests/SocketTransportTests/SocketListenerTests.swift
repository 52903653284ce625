import NIOCore
import SocketTransport
import Synchronization
import TestSupport
import Testing

@Suite(.aside) struct `A listener` {
    @Test func `takes many connections, which come and go`() async throws {
        let log = Log()
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log, echoes: true))
        }
        for round in 0..<20 {
            let peers = try (0..<100).map { _ in try place.peer() }
            for (number, peer) in peers.enumerated() { try peer.send([UInt8(number), UInt8(round)]) }
            for (number, peer) in peers.enumerated() {
                #expect(try peer.receive(exactly: 2) == [UInt8(number), UInt8(round)])
            }
        }
        try await log.wait { log.events.count { $0 == "removed" } == 2000 }
        await place.group.stop()
    }

    @Test func `closes a connection whose beginning fails`() async throws {
        let place = try await Place { _ in throw Log.TimedOut() }
        for _ in 0..<10 {
            let peer = try place.peer()
            #expect(try peer.receive().isEmpty)
        }
        await place.group.stop()
    }

    @Test func `takes no more once closed, and ends with its loop`() async throws {
        let log = Log()
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log, echoes: true))
        }
        let peer = try place.peer()
        try peer.send([1])
        #expect(try peer.receive() == [1])
        place.listener.close()
        try await place.listener.closeFuture.get()
        #expect(throws: Peer.Failure.self) { try place.peer() }
        // Those that there are stay.
        try peer.send([2])
        #expect(try peer.receive() == [2])
        let other = try await SocketListener.listen(host: "localhost", port: 0, on: place.group) { _ in }
        let closed = Task { try await other.closeFuture.get() }
        try await Task.sleep(for: .milliseconds(50))
        await place.group.stop()
        try await closed.value
        #expect(try peer.receive().isEmpty)
    }

    @Test func `says when the address is another's`() async throws {
        let place = try await Place { _ in }
        let (group, port) = (place.group, place.listener.port)
        await #expect(throws: IOError.self) {
            try await SocketListener.listen(host: "127.0.0.1", port: port, on: group) { _ in }
        }
        await #expect(throws: UnknownHost.self) {
            try await SocketListener.listen(host: "nowhere.invalid", port: 0, on: group) { _ in }
        }
        await place.group.stop()
    }
}

@Suite(.aside) struct `A connector` {
    /// Connects, and tells what came of it.
    private func connect(
        _ host: String,
        _ port: Int,
        within time: TimeAmount = .seconds(10),
        on group: SocketLoopGroup,
        _ log: Log
    ) async throws -> SocketChannel {
        let loop = group.loops[0]
        let promise = loop.makePromise(of: SocketChannel.self)
        loop.execute {
            SocketConnector.connect(host: host, port: port, within: time, on: loop) { channel in
                try channel.pipeline.syncOperations.addHandler(Notes(log))
            } then: {
                promise.completeWith($0)
            }
        }
        return try await promise.futureResult.get()
    }

    /// A name may have an address at which nobody listens: the next one is tried.
    @Test(arguments: ["127.0.0.1", "localhost"])
    func `reaches a host by its address or its name`(host: String) async throws {
        let served = Log()
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(served, echoes: true))
        }
        let log = Log()
        let channel = try await connect(host, place.listener.port, on: place.group, log)
        #expect(channel.isActive)
        #expect(log.events == ["active"])
        try await channel.writeAndFlush(ByteBuffer(string: "hello"))
        try await log.wait { log.bytes == Array("hello".utf8) }
        #expect(served.bytes == Array("hello".utf8))
        try await channel.close().get()
        try await served.wait(for: "removed")
        await place.group.stop()
    }

    @Test func `says when it is refused, or nobody has the name`() async throws {
        let group = try SocketLoopGroup(count: 1, name: "test")
        let log = Log()
        let hole = try Hole(backlog: nil)
        let port = hole.port
        await #expect(throws: IOError.self) { try await connect("127.0.0.1", port, on: group, log) }
        await #expect(throws: UnknownHost.self) { try await connect("nowhere.invalid", port, on: group, log) }
        #expect(log.events.isEmpty)
        await group.stop()
    }

    @Test func `gives up after its time`() async throws {
        let group = try SocketLoopGroup(count: 1, name: "test")
        let log = Log()
        let hole = try Hole(backlog: 0)
        let port = hole.port
        // The system lets one in; the next waits for ever.
        let first = try Peer(port: port)
        await #expect(throws: ChannelError.self) {
            try await connect("127.0.0.1", port, within: .milliseconds(200), on: group, log)
        }
        _ = first
        await group.stop()
    }

    @Test func `ends with its loop`() async throws {
        let group = try SocketLoopGroup(count: 1, name: "test")
        let log = Log()
        let hole = try Hole(backlog: 0)
        let port = hole.port
        let first = try Peer(port: port)
        let attempt = Task { try await connect("127.0.0.1", port, on: group, log) }
        try await Task.sleep(for: .milliseconds(100))
        await group.stop()
        await #expect(throws: (any Error).self) { try await attempt.value }
        _ = first
    }
}
