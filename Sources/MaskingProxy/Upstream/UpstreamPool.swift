import NIOCore
import Synchronization

/// The connections to one PostgreSQL database: how many there may be, and those that wait for another session.
///
/// A connection serves one session at a time. Before another one it is reset, so that nothing of the former session is
/// left: see ``UpstreamConnection/release()``. It is only given to sessions that asked for the same settings at their
/// start, so that `SET … TO DEFAULT` means what it would on a connection of their own, and that live on the same event
/// loop.
final class UpstreamPool: Sendable {
    let address: UpstreamAddress
    private let limits: UpstreamLimits

    /// A connection that serves nobody.
    private struct Idle {
        let connection: NIOLoopBound<UpstreamConnection>
        let loop: any EventLoop
        let settings: [String: String]
        let since: NIODeadline
    }

    private struct Waiter {
        let request: NIOLoopBound<UpstreamRequest>
        let loop: any EventLoop
        let settings: [String: String]
    }

    private struct State {
        /// Connections that there are or are being made.
        var count = 0
        var idle: [Idle] = []
        var waiting: [Waiter] = []
    }

    private let state = Mutex(State())

    init(_ address: UpstreamAddress, _ limits: UpstreamLimits) {
        self.address = address
        self.limits = limits
    }

    /// What becomes of a request.
    enum Place {
        case reuse(UpstreamConnection)
        case open
        /// It is told when there is room.
        case wait
        /// Too many wait already.
        case refuse
    }

    /// Finds a connection for a request, or room for a new one; on the request's event loop.
    func place(_ request: UpstreamRequest) -> Place {
        let loop = request.loop
        let (found, place) = state.withLock { state -> (Idle?, Place) in
            let isSuitable = { (idle: Idle) in idle.loop === loop && idle.settings == request.settings }
            if let index = state.idle.lastIndex(where: isSuitable) {
                return (state.idle.remove(at: index), .open)
            }
            if limits.connections == 0 || state.count < limits.connections {
                state.count += 1
                return (nil, .open)
            }
            guard state.waiting.count < UpstreamPool.waitingLimit else { return (nil, .refuse) }
            state.waiting.append(
                Waiter(
                    request: NIOLoopBound(request, eventLoop: loop),
                    loop: loop,
                    settings: request.settings
                )
            )
            // Somebody else's spare connection makes room.
            return (state.idle.isEmpty ? nil : state.idle.removeFirst(), .wait)
        }
        guard let found else { return place }
        if case .wait = place {
            found.loop.execute { found.connection.value.close() }
            return .wait
        }
        return .reuse(found.connection.value)
    }

    /// Sessions that may wait for a connection.
    private static let waitingLimit = 1000

    /// Whoever waited gave up.
    func forget(_ request: UpstreamRequest) {
        let loop = request.loop
        state.withLock { state in
            state.waiting.removeAll { $0.loop === loop && $0.request.value === request }
        }
    }

    /// A connection is gone or was never made: the next in line may make one.
    func freed() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiting.isEmpty else {
                state.count -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.loop.execute { next?.request.value.open() }
    }

    /// Takes back a connection that was reset; false when it isn't wanted.
    func keep(_ connection: UpstreamConnection, on loop: any EventLoop) -> Bool {
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let settings = connection.startSettings
        let (isKept, next) = state.withLock { state -> (Bool, Waiter?) in
            if let first = state.waiting.first {
                guard first.loop === loop, first.settings == settings else { return (false, nil) }
                return (true, state.waiting.removeFirst())
            }
            guard limits.idleSeconds > 0, state.idle.count < limits.spare else { return (false, nil) }
            state.idle.append(Idle(connection: bound, loop: loop, settings: settings, since: .now()))
            return (true, nil)
        }
        if let next { next.request.value.take(connection) }
        return isKept
    }

    /// A connection that waited is gone.
    func remove(_ connection: UpstreamConnection, on loop: any EventLoop) {
        state.withLock { state in
            state.idle.removeAll { $0.loop === loop && $0.connection.value === connection }
        }
    }

    /// Closes what has waited for too long, or everything at the end.
    func sweep(all: Bool = false) {
        let oldest = NIODeadline.now() - .seconds(limits.idleSeconds)
        let found = state.withLock { state -> [Idle] in
            let found = state.idle.filter { all || $0.since < oldest }
            state.idle.removeAll { all || $0.since < oldest }
            return found
        }
        for idle in found { idle.loop.execute { idle.connection.value.close() } }
    }
}

/// How many connections to a database there may be, and for how long.
package struct UpstreamLimits: Sendable {
    /// Connections at once to one database; 0 for any number.
    package var connections = 0
    /// How long a session may wait for one.
    package var waitSeconds: Int64 = 10
    /// Connections that wait for a session.
    package var spare = 20
    /// How long they wait; 0 for not at all: each session has a new connection.
    package var idleSeconds: Int64 = 60

    /// The defaults.
    package init() {}
}
