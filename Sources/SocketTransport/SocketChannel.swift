import CSocketCalls
import DequeModule
import Glibc
package import NIOCore
import Synchronization

/// Who takes a connection's bytes as they are read, before NIO's pipeline is asked.
package protocol SocketReader: AnyObject {
    /// Takes bytes at once; false when they have to go through the pipeline, and then nothing of them was taken.
    ///
    /// The bytes lie in the loop's buffer: who keeps them copies them.
    func takes(_ bytes: ByteBuffer) -> Bool

    /// Whether more may be read now; whoever says no asks the channel to read later.
    func readsOn() -> Bool
}

/// A TCP connection on a ``SocketLoop``, with NIO's pipeline.
///
/// As NIO's own channels do it: reading goes on by itself unless a handler holds `read` back; the other side's end ends the
/// connection; what is written waits in memory, without a limit, and `isWritable` tells when it is too much.
package final class SocketChannel: @unchecked Sendable {
    // INVARIANT: only the atomics and what `let` says are touched off the loop.

    /// The loop that the connection lives on.
    package let socketLoop: SocketLoop
    /// -1 once closed.
    private var socket: Int32
    let closePromise: EventLoopPromise<Void>
    /// What the bytes go through, both ways.
    package private(set) lazy var pipeline = ChannelPipeline(channel: self)
    let allocated = ByteBufferAllocator()
    let remote: SocketAddress?
    let local: SocketAddress?
    private let activity = Atomic<Bool>(false)
    private let writability = Atomic<Bool>(true)

    private var reader: (any SocketReader)?
    /// What epoll is asked for.
    private var watched: UInt32 = 0
    /// Whether the next bytes are wanted.
    private var isReading = false

    private typealias Pending = (bytes: ByteBuffer, promise: EventLoopPromise<Void>?)
    /// What hasn't been taken by the system.
    private var pending = Deque<Pending>()
    /// How many of them may go.
    private var flushed = 0
    private var pendingBytes = 0
    /// Whether the system said that it takes nothing now.
    private var isFull = false
    /// Whether writing failed: the connection is about to be closed.
    private var isBroken = false

    /// When more waits than the one, `isWritable` says no until less than the other does.
    private static let waterMarks = (high: 1 << 16, low: 1 << 15)

    /// A connection that takes an open socket over, which must not block.
    init(_ socket: Int32, remote: SocketAddress?, on loop: SocketLoop) {
        self.socket = socket
        socketLoop = loop
        self.remote = remote
        local = SocketAddress.local(of: socket)
        closePromise = loop.makePromise(of: Void.self)
        // Made here, where nobody else can be about to.
        _ = pipeline
    }

    /// Begins to pass events on, once the pipeline is what it is to be.
    func begin() throws {
        try socketLoop.watch(socket, for: SocketChannel.wished, self)
        watched = SocketChannel.wished
        activity.store(true, ordering: .relaxed)
        pipeline.syncOperations.fireChannelRegistered()
        pipeline.syncOperations.fireChannelActive()
        if isOpen { pipeline.syncOperations.read() }
    }

    /// Closes a connection whose beginning failed.
    func giveUp(_ error: any Error) {
        guard isOpen else { return }
        if watched == 0 {
            _ = Glibc.close(socket)
            socket = -1
            removeHandlers(pipeline: pipeline)
            closePromise.fail(error)
        } else {
            close0(error: error, mode: .all, promise: nil)
        }
    }

    /// Whether it hasn't been closed; on its loop.
    var isOpen: Bool { socket >= 0 }

    /// Whether it is connected.
    package var isActive: Bool { activity.load(ordering: .relaxed) }

    /// Whether not too much waits to be written.
    package var isWritable: Bool { writability.load(ordering: .relaxed) }

    // MARK: Reading

    /// Has bytes taken as they are read, when nothing in the pipeline changes them.
    package func hand(to reader: any SocketReader) { self.reader = reader }

    /// Bytes, and the other side's end also while nobody reads.
    private static let wished = EPOLLIN.rawValue | EPOLLRDHUP.rawValue

    /// Bytes that are rather copied than lent with the whole of the loop's buffer.
    private static let copied = 1 << 14

    /// Reads once, whether or not somebody wants to; false when there was nothing.
    @discardableResult
    private func readable() -> Bool {
        isReading = false
        let loop = socketLoop
        loop.incoming.clear()
        var code: Int32 = 0
        let count = loop.incoming.writeWithUnsafeMutableBytes(minimumWritableBytes: SocketLoop.readSize) {
            let count = recv(socket, $0.baseAddress, $0.count, 0)
            if count < 0 { code = errno }
            return max(0, count)
        }
        guard count > 0 else { return nothingCame(code) }
        if let reader, reader.takes(loop.incoming) {
            if reader.readsOn() { read0() }
            return true
        }
        let bytes =
            count > SocketChannel.copied ? loop.incoming : ByteBuffer(bytes: loop.incoming.readableBytesView)
        pipeline.syncOperations.fireChannelRead(NIOAny(bytes))
        pipeline.syncOperations.fireChannelReadComplete()
        if isOpen { pipeline.syncOperations.read() }
        return true
    }

    /// Nothing was read; `code` says why, and is zero at the other side's end.
    private func nothingCame(_ code: Int32) -> Bool {
        switch code {
        case 0: close0(error: ChannelError.eof, mode: .all, promise: nil)
        case EAGAIN, EINTR:
            isReading = true
            return false
        default: fail(IOError(errnoCode: code, reason: "recv"))
        }
        return true
    }

    /// The other side has ended while nobody reads, and perhaps nobody would for long: takes what it has still said, of which
    /// there is as much as the system holds, and then the end.
    private func readToEnd() {
        while isOpen {
            if readable() { continue }
            // An end that isn't found by reading would be told again and again.
            fail(IOError(errnoCode: ECONNRESET, reason: "the other side is gone"))
        }
    }

    private func fail(_ error: any Error) {
        guard isOpen else { return }
        pipeline.syncOperations.fireErrorCaught(error)
        close0(error: error, mode: .all, promise: nil)
    }

    private func watch(_ events: UInt32) {
        guard events != watched, isOpen else { return }
        watched = events
        socketLoop.change(socket, to: events)
    }

    // MARK: Writing

    /// Writes at once what the system takes, past the pipeline; the rest follows as soon as it takes more.
    package func send(_ bytes: ByteBuffer) {
        guard isOpen, !isBroken else { return }
        var rest = bytes
        if pending.isEmpty {
            advance(&rest)
            guard rest.readableBytes > 0, !isBroken else { return }
        }
        add((rest, nil))
        flush0()
    }

    private func add(_ write: Pending) {
        pending.append(write)
        pendingBytes += write.bytes.readableBytes
        guard pendingBytes > SocketChannel.waterMarks.high, isWritable else { return }
        writability.store(false, ordering: .relaxed)
        pipeline.syncOperations.fireChannelWritabilityChanged()
    }

    /// Gives the system what it takes.
    private func advance(_ bytes: inout ByteBuffer) {
        while bytes.readableBytes > 0, !isFull {
            let sent = bytes.withUnsafeReadableBytes { Glibc.send(socket, $0.baseAddress, $0.count, flags) }
            if sent >= 0 {
                bytes.moveReaderIndex(forwardBy: sent)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                isFull = true
                watch(watched | EPOLLOUT.rawValue)
            case let code:
                breaks(IOError(errnoCode: code, reason: "send"))
                return
            }
        }
    }

    /// Nothing can be written any more: closes the connection, but not under whoever writes.
    private func breaks(_ error: any Error) {
        isBroken = true
        socketLoop.execute { [self] in
            guard isOpen else { return }
            close0(error: error, mode: .all, promise: nil)
        }
    }

    private func writable() {
        isFull = false
        flush0()
        if !isFull { watch(watched & ~EPOLLOUT.rawValue) }
    }
}

private let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)

// MARK: - What the loop tells

extension SocketChannel: SocketWatcher {
    func ready(_ events: UInt32) {
        if events & EPOLLOUT.rawValue != 0 { writable() }
        guard isOpen, events & ~EPOLLOUT.rawValue != 0 else { return }
        if isReading {
            readable()
        } else if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 {
            readToEnd()
        } else {
            // Asked for again when somebody wants to read.
            watch(watched & ~EPOLLIN.rawValue)
        }
    }

    func loopEnds() { if isOpen { close0(error: EventLoopError.shutdown, mode: .all, promise: nil) } }
}

// MARK: - What the pipeline asks for

extension SocketChannel: ChannelCore {
    /// The address of this side.
    package func localAddress0() throws -> SocketAddress {
        guard let local else { throw ChannelError.unknownLocalAddress }
        return local
    }

    /// The address of the other side.
    package func remoteAddress0() throws -> SocketAddress {
        guard let remote else { throw ChannelError.operationUnsupported }
        return remote
    }

    /// Not for handlers: the connection is watched from its beginning.
    package func register0(promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// Not for handlers: the connection is watched from its beginning.
    package func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// Not for a connection.
    package func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// It is connected already.
    package func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// Keeps bytes until they are flushed.
    package func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isOpen, !isBroken else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        add((unwrapData(data, as: ByteBuffer.self), promise))
    }

    /// Writes what is kept, as far as the system takes it.
    package func flush0() {
        flushed = pending.count
        while flushed > 0, !isFull, !isBroken, isOpen {
            let before = pending[0].bytes.readableBytes
            advance(&pending[0].bytes)
            pendingBytes -= before - pending[0].bytes.readableBytes
            guard pending[0].bytes.readableBytes == 0 else { break }
            let promise = pending.removeFirst().promise
            flushed -= 1
            promise?.succeed()
        }
        guard pendingBytes < SocketChannel.waterMarks.low, !isWritable, isOpen else { return }
        writability.store(true, ordering: .relaxed)
        pipeline.syncOperations.fireChannelWritabilityChanged()
    }

    /// Reads once when bytes come.
    package func read0() {
        guard isOpen else { return }
        isReading = true
        watch(watched | EPOLLIN.rawValue)
    }

    /// Closes the connection; what waits to be written is lost.
    package func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        guard mode == .all else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        socketLoop.unwatch(socket)
        _ = Glibc.close(socket)
        socket = -1
        reader = nil
        activity.store(false, ordering: .relaxed)
        let lost = pending
        pending = []
        flushed = 0
        pendingBytes = 0
        for write in lost { write.promise?.fail(error) }
        promise?.succeed()
        pipeline.syncOperations.fireChannelInactive()
        pipeline.syncOperations.fireChannelUnregistered()
        // Later, because whoever closes may be on its way through the pipeline.
        socketLoop.execute { [self] in
            removeHandlers(pipeline: pipeline)
            closePromise.succeed()
        }
    }

    /// Nothing is known here that handlers could want.
    package func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// Bytes that no handler took.
    package func channelRead0(_ data: NIOAny) {}

    /// An error that no handler took.
    package func errorCaught0(error: any Error) {}
}
