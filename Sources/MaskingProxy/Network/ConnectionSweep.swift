import NIOCore
import SocketTransport

/// The connections of one event loop, whose times are looked at together.
///
/// A timer for each would cost as many steps to call off as there are timers, at each connect and each end.
final class ConnectionSweep {
    private var connections: [ObjectIdentifier: ClientConnection] = [:]

    /// Sweeps for all loops of a group, by loop, until the loop ends.
    static func start(
        on group: SocketLoopGroup,
        _ limits: ProxyConfiguration
    ) async throws -> [ObjectIdentifier: NIOLoopBound<ConnectionSweep>] {
        var sweeps: [ObjectIdentifier: NIOLoopBound<ConnectionSweep>] = [:]
        for loop in group.loops {
            sweeps[ObjectIdentifier(loop)] = try await loop.submit {
                let sweep = ConnectionSweep()
                sweep.start(limits, on: loop)
                return NIOLoopBound(sweep, eventLoop: loop)
            }.get()
        }
        return sweeps
    }

    /// Looks every second, or more often when a limit is that short.
    private func start(_ limits: ProxyConfiguration, on loop: any EventLoop) {
        let all = [
            limits.signInSeconds, limits.idleSeconds, limits.idleInTransactionSeconds,
            limits.statementSeconds,
        ]
        let period = TimeAmount.milliseconds(min(1000, (all.filter { $0 > 0 }.min() ?? 4) * 250))
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in
            for connection in bound.value.connections.values { connection.lookAtLimits() }
        }
    }

    func add(_ connection: ClientConnection) { connections[ObjectIdentifier(connection)] = connection }
    func remove(_ connection: ClientConnection) { connections[ObjectIdentifier(connection)] = nil }
}
