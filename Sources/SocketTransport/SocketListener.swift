import CSocketCalls
import Glibc
package import NIOCore

/// Takes connections at an address.
package final class SocketListener: @unchecked Sendable {
    // INVARIANT: what `var` says is only touched on the first loop.

    private let group: SocketLoopGroup
    private let loop: SocketLoop
    private let begin: @Sendable (SocketChannel) throws -> Void
    private let closed: EventLoopPromise<Void>
    private var socket: Int32
    /// The port that it listens at.
    package let port: Int

    /// Connections that are taken before anything else is looked at.
    private static let batch = 64
    /// Connections that wait to be taken; the system may hold fewer.
    private static let backlog: Int32 = 1024

    private init(
        _ socket: Int32,
        _ port: Int,
        _ group: SocketLoopGroup,
        _ loop: SocketLoop,
        _ begin: @escaping @Sendable (SocketChannel) throws -> Void
    ) {
        self.socket = socket
        self.port = port
        self.group = group
        self.loop = loop
        self.begin = begin
        closed = loop.makePromise(of: Void.self)
    }

    /// Listens.
    ///
    /// - Parameters:
    ///   - host: A name or an address; the first address of a name counts.
    ///   - port: 0 for any that is free.
    ///   - group: The loops among which connections are divided.
    ///   - begin: Puts a new connection's handlers in place, on its loop; one that throws is closed.
    /// - Returns: The listener, which listens until it is closed or the first loop ends.
    /// - Throws: `IOError` and ``UnknownHost`` when the address can't be had.
    package static func listen(
        host: String,
        port: Int,
        on group: SocketLoopGroup,
        begin: @escaping @Sendable (SocketChannel) throws -> Void
    ) async throws -> SocketListener {
        let address = try await Resolver.addresses(of: host, port: port)[0]
        let (socket, bound) = try open(address)
        let loop = group.loops[0]
        let listener = SocketListener(socket, bound.port ?? port, group, loop, begin)
        do {
            try await loop.submit { try loop.watch(socket, for: EPOLLIN.rawValue, listener) }.get()
        } catch {
            _ = Glibc.close(socket)
            listener.closed.fail(error)
            throw error
        }
        return listener
    }

    private static func open(_ address: SocketAddress) throws -> (Int32, SocketAddress) {
        let socket = try Socket.open(address)
        do {
            try Socket.set(socket, SOL_SOCKET, SO_REUSEADDR)
            try address.withSockAddr { pointer, length in
                guard bind(socket, pointer, socklen_t(length)) == 0 else {
                    throw IOError(errnoCode: errno, reason: "bind")
                }
            }
            guard Glibc.listen(socket, backlog) == 0 else {
                throw IOError(errnoCode: errno, reason: "listen")
            }
        } catch {
            _ = Glibc.close(socket)
            throw error
        }
        return (socket, SocketAddress.local(of: socket) ?? address)
    }

    /// Takes no more connections; those that there are stay.
    package func close() { loop.execute { [self] in end() } }

    /// Told when it takes no more.
    package var closeFuture: EventLoopFuture<Void> { closed.futureResult }

    private func end() {
        guard socket >= 0 else { return }
        loop.unwatch(socket)
        _ = Glibc.close(socket)
        socket = -1
        closed.succeed()
    }

    /// How long to wait when the system has no room for another connection.
    private static let pause = TimeAmount.milliseconds(100)

    private func take() {
        for _ in 0..<SocketListener.batch {
            var taken: Int32 = -1
            let remote = SocketAddress.address { pointer, length in
                taken = accept4(
                    socket,
                    pointer,
                    length,
                    Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
                )
                return taken
            }
            guard taken >= 0 else {
                switch errno {
                // Gone before they were taken.
                case ECONNABORTED, EINTR, EPROTO, ENETDOWN, EHOSTDOWN, ENETUNREACH, EHOSTUNREACH: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: rest()
                default: break
                }
                return
            }
            begin(taken, remote)
        }
    }

    private func begin(_ socket: Int32, _ remote: SocketAddress?) {
        Socket.prepare(socket)
        let next = group.next()
        if next === loop {
            start(socket, remote, on: next)
        } else {
            next.execute { [self] in start(socket, remote, on: next) }
        }
    }

    private func start(_ socket: Int32, _ remote: SocketAddress?, on loop: SocketLoop) {
        let channel = SocketChannel(socket, remote: remote, on: loop)
        do {
            try begin(channel)
            try channel.begin()
        } catch { channel.giveUp(error) }
    }

    /// The system has no room: it would tell of the same connection again and again.
    private func rest() {
        loop.change(socket, to: 0)
        _ = loop.scheduleTask(in: SocketListener.pause) { [self] in
            if socket >= 0 { loop.change(socket, to: EPOLLIN.rawValue) }
        }
    }
}

extension SocketListener: SocketWatcher {
    func ready(_ events: UInt32) { take() }
    func loopEnds() { end() }
}
