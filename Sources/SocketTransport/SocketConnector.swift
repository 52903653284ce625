import CSocketCalls
import Dispatch
import Glibc
package import NIOCore
import Synchronization

/// A connection that is being made: to the first of a host's addresses that answers.
///
/// The addresses are tried one after another; while one doesn't answer, the next is tried beside it after a quarter of a
/// second, as RFC 8305 recommends. On its loop alone.
package final class SocketConnector {
    /// Told once; after that nothing happens any more.
    package typealias Answered = (Result<SocketChannel, any Error>) -> Void

    private let loop: SocketLoop
    private let begin: (SocketChannel) throws -> Void
    private var answered: Answered?
    private var addresses: ArraySlice<SocketAddress> = []
    private var attempts: [Attempt] = []
    private var patience: Scheduled<Void>?
    private var impatience: Scheduled<Void>?
    private var error: any Error = ChannelError.connectTimeout(.zero)

    private static let stagger = TimeAmount.milliseconds(250)

    private init(
        _ loop: SocketLoop,
        _ begin: @escaping (SocketChannel) throws -> Void,
        _ answered: @escaping Answered
    ) {
        self.loop = loop
        self.begin = begin
        self.answered = answered
    }

    /// Connects; on the loop's thread.
    ///
    /// - Parameters:
    ///   - host: A name or an address.
    ///   - port: The port.
    ///   - time: How long it may take in all, the name's lookup not counted.
    ///   - loop: The loop that the connection is to live on.
    ///   - begin: Puts the connection's handlers in place.
    ///   - answered: Told the connection once it is active, or why there is none.
    package static func connect(
        host: String,
        port: Int,
        within time: TimeAmount,
        on loop: SocketLoop,
        begin: @escaping (SocketChannel) throws -> Void,
        then answered: @escaping Answered
    ) {
        let connector = SocketConnector(loop, begin, answered)
        Resolver.addresses(of: host, port: port, on: loop) { result in
            switch result {
            case .failure(let error): connector.end(.failure(error))
            case .success(let addresses): connector.start(addresses, within: time)
            }
        }
    }

    private func start(_ addresses: [SocketAddress], within time: TimeAmount) {
        self.addresses = addresses[...]
        let bound = NIOLoopBound(self, eventLoop: loop)
        patience = loop.scheduleTask(in: time) {
            bound.value.end(.failure(ChannelError.connectTimeout(time)))
        }
        tryNext()
    }

    private func tryNext() {
        impatience?.cancel()
        guard answered != nil else { return }
        while let address = addresses.popFirst() {
            do {
                attempts.append(try Attempt(address, self, on: loop))
                guard !addresses.isEmpty else { return }
                let bound = NIOLoopBound(self, eventLoop: loop)
                impatience = loop.scheduleTask(in: SocketConnector.stagger) { bound.value.tryNext() }
                return
            } catch { self.error = error }
        }
        if attempts.isEmpty { end(.failure(error)) }
    }

    fileprivate func failed(_ attempt: Attempt, _ error: any Error) {
        attempts.removeAll { $0 === attempt }
        self.error = error
        tryNext()
    }

    fileprivate func connected(_ attempt: Attempt, _ socket: Int32) {
        attempts.removeAll { $0 === attempt }
        let channel = SocketChannel(socket, remote: attempt.address, on: loop)
        do {
            try begin(channel)
            try channel.begin()
            end(.success(channel))
        } catch {
            channel.giveUp(error)
            end(.failure(error))
        }
    }

    private func end(_ result: Result<SocketChannel, any Error>) {
        patience?.cancel()
        impatience?.cancel()
        addresses = []
        let attempts = attempts
        self.attempts = []
        for attempt in attempts { attempt.cancel() }
        let answered = answered
        self.answered = nil
        answered?(result)
    }

    fileprivate func loopEnds() { end(.failure(EventLoopError.shutdown)) }
}

/// One address that is tried.
private final class Attempt: SocketWatcher {
    let address: SocketAddress
    private let connector: SocketConnector
    private let loop: SocketLoop
    private var socket: Int32

    init(_ address: SocketAddress, _ connector: SocketConnector, on loop: SocketLoop) throws {
        self.address = address
        self.connector = connector
        self.loop = loop
        socket = try Socket.open(address)
        Socket.prepare(socket)
        do {
            let code = address.withSockAddr { Glibc.connect(socket, $0, socklen_t($1)) == 0 ? 0 : errno }
            guard code == 0 || code == EINPROGRESS else { throw IOError(errnoCode: code, reason: "connect") }
            try loop.watch(socket, for: EPOLLOUT.rawValue, self)
        } catch {
            _ = Glibc.close(socket)
            throw error
        }
    }

    func ready(_ events: UInt32) {
        guard socket >= 0 else { return }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        if getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length) != 0 { code = errno }
        let socket = socket
        loop.unwatch(socket)
        self.socket = -1
        if code == 0 {
            connector.connected(self, socket)
        } else {
            _ = Glibc.close(socket)
            connector.failed(self, IOError(errnoCode: code, reason: "connect"))
        }
    }

    func cancel() {
        guard socket >= 0 else { return }
        loop.unwatch(socket)
        _ = Glibc.close(socket)
        socket = -1
    }

    func loopEnds() { connector.loopEnds() }
}

/// A name that leads nowhere.
package struct UnknownHost: Error {}

/// Finds hosts' addresses.
enum Resolver {
    /// Looking up a name blocks: it has threads of its own, of which the system bounds the number.
    private static let queue = DispatchQueue(label: "steward.resolver", attributes: .concurrent)

    /// A host's addresses, at least one; told on the loop's thread, of an address at once.
    ///
    /// Nothing is told when the loop ends before.
    static func addresses(
        of host: String,
        port: Int,
        on loop: SocketLoop,
        then told: @escaping (Result<[SocketAddress], any Error>) -> Void
    ) {
        if let address = try? SocketAddress(ipAddress: host, port: port) {
            told(.success([address]))
            return
        }
        let bound = NIOLoopBound(told, eventLoop: loop)
        queue.async {
            let result = Result { try look(host, port) }
            loop.execute { bound.value(result) }
        }
    }

    /// A host's addresses, at least one.
    static func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try look(host, port) }) }
        }
    }

    private static func look(_ host: String, _ port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else {
            throw UnknownHost()
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let address = info.ai_addr.flatMap({ SocketAddress(UnsafeRawPointer($0)) }) {
                addresses.append(address)
            }
            entry = info.ai_next
        }
        guard !addresses.isEmpty else { throw UnknownHost() }
        return addresses
    }
}
