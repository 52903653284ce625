import NIOCore
import SocketTransport
import Synchronization
import TestSupport
import Testing

@Suite(.aside) struct `A connection` {
    /// Bytes that tell where they are from.
    private func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    @Test(arguments: [1, 5, 4096, 16_384, 65_536, 65_537, 1 << 20, 5_000_003])
    func `carries bytes both ways as they are`(count: Int) async throws {
        let log = Log()
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log, echoes: true))
        }
        let peer = try place.peer()
        let sent = bytes(count)
        async let back = peer.receive(exactly: count)
        try peer.send(sent)
        #expect(try await back == sent)
        #expect(log.bytes == sent)
        peer.finish()
        #expect(try peer.receive().isEmpty)
        try await log.wait(for: "removed")
        #expect(log.events.filter { $0 != "full" && $0 != "writable" } == ["active", "inactive", "removed"])
        await place.group.stop()
    }

    @Test func `keeps what the other side doesn't read, and says that it is much`() async throws {
        let log = Log()
        let channels = Mutex<SocketChannel?>(nil)
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log))
            channels.withLock { $0 = channel }
        }
        let peer = try place.peer()
        try await log.wait(for: "active")
        let channel = try #require(channels.withLock { $0 })
        let sent = bytes(16 << 20)
        let written = channel.eventLoop.submit {
            // Some past the pipeline, some through it: one order.
            for start in stride(from: 0, to: sent.count, by: 1 << 20) {
                let part = ByteBuffer(bytes: sent[start..<start + 1 << 20])
                if start % (1 << 21) == 0 {
                    channel.send(part)
                } else {
                    channel.pipeline.syncOperations.writeAndFlush(NIOAny(part), promise: nil)
                }
            }
            return channel.isWritable
        }
        #expect(try await written.get() == false)
        #expect(log.events.last == "full")
        #expect(try peer.receive(exactly: sent.count) == sent)
        try await log.wait { channel.isWritable }
        // In turns: the system takes more as it finds more room.
        let told = log.events.dropFirst()
        #expect(Array(told) == told.indices.map { $0 % 2 == 1 ? "full" : "writable" })
        #expect(told.last == "writable")
        await place.group.stop()
        #expect(try peer.receive().isEmpty)
    }

    @Test func `reads nothing while a handler holds it back`() async throws {
        let log = Log()
        let handlers = Mutex<NIOLoopBound<Notes>?>(nil)
        let place = try await Place { channel in
            let notes = Notes(log, allowance: 1)
            try channel.pipeline.syncOperations.addHandler(notes)
            handlers.withLock { $0 = NIOLoopBound(notes, eventLoop: channel.eventLoop) }
        }
        let peer = try place.peer()
        let sent = bytes(16 << 20)
        let taken = peer.sendUntilFull(sent)
        // The system's own buffers take some.
        #expect(taken < sent.count)
        #expect(log.bytes.count <= 1 << 16)
        let handler = try #require(handlers.withLock { $0 })
        handler.eventLoop.execute { handler.value.readOn() }
        try peer.send(Array(sent[taken...]))
        peer.finish()
        try await log.wait(for: "removed")
        #expect(log.bytes == sent)
        await place.group.stop()
    }

    @Test(arguments: [false, true], [false, true])
    func `ends with the other side, also while nothing is read`(isHeld: Bool, isReset: Bool) async throws {
        let log = Log()
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log, allowance: isHeld ? 1 : nil))
        }
        let peer = try place.peer()
        try peer.send([1])
        try await log.wait { log.bytes == [1] }
        let more = bytes(100_000)
        if isHeld { try peer.send(more) }
        try await Task.sleep(for: .milliseconds(20))
        if isReset { peer.reset() } else { peer.finish() }
        try await log.wait(for: "removed")
        #expect(Array(log.events.suffix(2)) == ["inactive", "removed"])
        // What was said before a proper end is still taken.
        if isHeld, !isReset { #expect(log.bytes == [1] + more) }
        await place.group.stop()
    }

    @Test func `fails what it can't write any more`() async throws {
        let log = Log()
        let channels = Mutex<SocketChannel?>(nil)
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log))
            channels.withLock { $0 = channel }
        }
        let peer = try place.peer()
        try await log.wait(for: "active")
        let channel = try #require(channels.withLock { $0 })
        let much = ByteBuffer(bytes: bytes(16 << 20))
        let stuck = channel.eventLoop.flatSubmit { channel.writeAndFlush(much) }
        try await log.wait(for: "full")
        try await channel.close().get()
        await #expect(throws: (any Error).self) { try await stuck.get() }
        await #expect(throws: (any Error).self) { try await channel.writeAndFlush(ByteBuffer(string: "a")) }
        await #expect(throws: (any Error).self) { try await channel.close().get() }
        try await channel.closeFuture.get()
        #expect(!channel.isActive)
        // Nothing comes of writing past the pipeline either.
        try await channel.eventLoop.submit { channel.send(ByteBuffer(string: "a")) }.get()
        _ = peer
        await place.group.stop()
    }

    @Test func `closes when writing finds the other side gone`() async throws {
        let log = Log()
        let channels = Mutex<SocketChannel?>(nil)
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log, allowance: 0))
            channels.withLock { $0 = channel }
        }
        let peer = try place.peer()
        try await log.wait(for: "active")
        let channel = try #require(channels.withLock { $0 })
        peer.reset()
        for _ in 0..<100 {
            try await channel.eventLoop.submit { channel.send(ByteBuffer(string: "gone")) }.get()
            try await Task.sleep(for: .milliseconds(1))
        }
        try await log.wait(for: "removed")
        await place.group.stop()
    }

    @Test func `shows bytes to its reader first, and keeps their order`() async throws {
        let log = Log()
        let place = try await Place(loops: 1) { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log))
            channel.hand(to: OddReader(log))
        }
        let peer = try place.peer()
        var sent: [UInt8] = []
        for round in 1...200 {
            let part = [UInt8(round)] + bytes(round * 97, seed: UInt64(round))
            try peer.send(part)
            sent += part
            try await log.wait { log.bytes.count == sent.count }
        }
        #expect(log.bytes == sent)
        #expect(log.events.contains("taken"))
        await place.group.stop()
    }

    @Test func `knows both addresses, and what it can't do`() async throws {
        let channels = Mutex<SocketChannel?>(nil)
        let log = Log()
        let place = try await Place { channel in
            try channel.pipeline.syncOperations.addHandler(Notes(log))
            channels.withLock { $0 = channel }
        }
        let peer = try place.peer()
        try await log.wait(for: "active")
        let channel = try #require(channels.withLock { $0 })
        #expect(channel.localAddress?.port == place.listener.port)
        #expect(channel.remoteAddress?.ipAddress == "127.0.0.1")
        #expect(try await channel.getOption(.autoRead).get())
        #expect(try await channel.getOption(.allowRemoteHalfClosure).get() == false)
        await #expect(throws: ChannelError.self) {
            try await channel.setOption(.autoRead, value: false).get()
        }
        await #expect(throws: ChannelError.self) { try await channel.getOption(.maxMessagesPerRead).get() }
        await #expect(throws: ChannelError.self) { try await channel.close(mode: .output).get() }
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        await #expect(throws: ChannelError.self) { try await channel.connect(to: address).get() }
        await #expect(throws: ChannelError.self) { try await channel.bind(to: address).get() }
        await #expect(throws: ChannelError.self) { try await channel.register().get() }
        await #expect(throws: ChannelError.self) { try await channel.triggerUserOutboundEvent(1).get() }
        _ = peer
        await place.group.stop()
    }
}
