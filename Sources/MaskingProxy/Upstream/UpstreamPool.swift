import NIOCore
import Synchronization

/// The connections to one PostgreSQL database: how many there may be, and those that wait for another session.
///
/// A connection serves one session at a time: for as long as it lasts, or for a transaction. It is only given to sessions
/// that asked for the same settings at their start, so that `SET … TO DEFAULT` means what it would on a connection of
/// their own, and that live on the same event loop. Before it is another session's for good it is reset, so that nothing
/// of the former session is left: see ``UpstreamConnection/release()``; between transactions ``PooledSession`` sees to it.
final class UpstreamPool: Sendable {
    let address: UpstreamAddress
    let limits: UpstreamLimits

    /// Which connections are of use to whom.
    struct Key: Hashable {
        let loop: ObjectIdentifier
        let settings: [String: String]
    }

    /// A connection that serves nobody.
    private struct Idle {
        let connection: NIOLoopBound<UpstreamConnection>
        let loop: any EventLoop
        let key: Key
        let since: NIODeadline
    }

    private struct Waiter {
        let request: NIOLoopBound<UpstreamRequest>
        let loop: any EventLoop
        let key: Key
    }

    private struct State {
        /// Connections that there are or are being made.
        var count = 0
        var counts: [Key: Int] = [:]
        var idle: [Idle] = []
        var waiting = CircularBuffer<Waiter>()
        /// What PostgreSQL told of its settings at a connection's start, by those that it was asked for.
        var told: [[String: String]: [String: String]] = [:]

        mutating func count(_ key: Key) {
            count += 1
            counts[key, default: 0] += 1
        }

        mutating func uncount(_ key: Key) {
            count -= 1
            let rest = counts[key, default: 1] - 1
            counts[key] = rest > 0 ? rest : nil
        }

        /// Whether a connection had better stay what it is than make room for one that is of use to a request.
        func isBalanced(_ waiter: Waiter, _ key: Key) -> Bool {
            counts[waiter.key, default: 0] + 1 >= counts[key, default: 0] && counts[waiter.key] != nil
        }

        mutating func keep(_ connection: NIOLoopBound<UpstreamConnection>, _ loop: any EventLoop, _ key: Key)
        {
            idle.append(Idle(connection: connection, loop: loop, key: key, since: .now()))
        }
    }

    private let state = Mutex(State())
    private let cancels = Atomic<Int>(0)

    init(_ address: UpstreamAddress, _ limits: UpstreamLimits) {
        self.address = address
        self.limits = limits
    }

    /// Whether sessions use connections in turn.
    var isShared: Bool { limits.sharing == .transaction }

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
        let key = request.key
        let (found, place) = state.withLock { state -> (Idle?, Place) in
            // Who came before comes first.
            let mayTake = !isShared || !state.waiting.contains { $0.key == key }
            if mayTake, let index = state.idle.lastIndex(where: { $0.key == key }) {
                return (state.idle.remove(at: index), .open)
            }
            if limits.connections == 0 || state.count < limits.connections {
                state.count(key)
                return (nil, .open)
            }
            guard state.waiting.count < UpstreamPool.waitingLimit else { return (nil, .refuse) }
            let bound = NIOLoopBound(request, eventLoop: request.loop)
            state.waiting.append(Waiter(request: bound, loop: request.loop, key: key))
            // Somebody else's spare connection makes room; when sessions take turns, one of their own may come soon.
            guard !isShared || state.counts[key] == nil else { return (nil, .wait) }
            return (state.idle.isEmpty ? nil : state.idle.removeFirst(), .wait)
        }
        guard let found else { return place }
        if case .wait = place {
            found.loop.execute { found.connection.value.close() }
            return .wait
        }
        return .reuse(found.connection.value)
    }

    /// Requests that may wait for a connection.
    static let waitingLimit = 1000

    /// How long a connection may be idle while requests wait that it is of no use to.
    static let idleWhileOthersWait = TimeAmount.milliseconds(100)

    /// Closes a connection that has been idle for a while, for a request that waits.
    func makeRoom(for request: UpstreamRequest) {
        let latest = NIODeadline.now() - UpstreamPool.idleWhileOthersWait
        let found = state.withLock { state -> Idle? in
            let index = state.idle.firstIndex { $0.key != request.key && $0.since <= latest }
            return index.map { state.idle.remove(at: $0) }
        }
        found?.loop.execute { found?.connection.value.close() }
    }

    /// Whether somebody waits for such a connection.
    func isWanted(_ key: Key) -> Bool { state.withLock { state in state.waiting.contains { $0.key == key } } }

    /// Whoever waited gave up.
    func forget(_ request: UpstreamRequest) {
        let loop = request.loop
        state.withLock { state in
            state.waiting.removeAll { $0.loop === loop && $0.request.value === request }
        }
    }

    /// A connection is gone or was never made: the next in line may make one.
    func freed(_ key: Key) {
        let next = state.withLock { state -> Waiter? in
            state.uncount(key)
            guard let next = state.waiting.popFirst() else { return nil }
            state.count(next.key)
            return next
        }
        next?.loop.execute { next?.request.value.open() }
    }

    /// Takes back a connection that may serve another session; false when it isn't wanted.
    func keep(_ connection: UpstreamConnection, on loop: any EventLoop) -> Bool {
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let key = connection.key
        let (isKept, next) = state.withLock { state -> (Bool, Waiter?) in
            if let first = state.waiting.first {
                // Of the first in line, and of others only while that is no hardship to it.
                guard first.key == key || isShared && state.isBalanced(first, key) else {
                    return (false, nil)
                }
                if let index = state.waiting.firstIndex(where: { $0.key == key }) {
                    return (true, state.waiting.remove(at: index))
                }
            } else {
                guard isShared || limits.idleSeconds > 0 && state.idle.count < limits.spare else {
                    return (false, nil)
                }
            }
            state.keep(bound, loop, key)
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

    /// A request to stop something is on its way to PostgreSQL.
    func cancelBegins() { cancels.wrappingAdd(1, ordering: .relaxed) }

    /// It was sent, or could not be.
    func cancelEnds() { cancels.wrappingSubtract(1, ordering: .relaxed) }

    /// Whether such requests are on their way.
    var isCancelling: Bool { cancels.load(ordering: .relaxed) > 0 }

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

    /// Remembers what PostgreSQL told of its settings at a connection's start.
    func told(_ settings: [String: String], for asked: [String: String]) {
        state.withLock { state in
            if state.told.count >= UpstreamPool.toldLimit { state.told = [:] }
            state.told[asked] = settings
        }
    }

    /// What a session is told that asked for settings; nil when no such connection was ever made.
    func settings(for asked: [String: String]) -> [String: String]? { state.withLock { $0.told[asked] } }

    private static let toldLimit = 1000
}

/// How many connections to a database there may be, and for how long.
package struct UpstreamLimits: Sendable {
    /// Whether sessions have connections of their own, or use them in turn.
    package var sharing = UpstreamSharing.session
    /// Connections at once to one database; 0 for any number.
    package var connections = 0
    /// How long a session may wait for one.
    package var waitSeconds: Int64 = 10
    /// Connections that wait for a session.
    package var spare = 20
    /// How long they wait; 0 for not at all: each session has a new connection.
    package var idleSeconds: Int64 = 60
    /// Prepared statements that one may hold when sessions use connections in turn.
    package var statements = 500

    /// The defaults.
    package init() {}
}

/// For how long a session has a connection to PostgreSQL.
package enum UpstreamSharing: String, CaseIterable, Sendable {
    /// Until it ends.
    case session
    /// For a transaction at a time.
    case transaction
}
