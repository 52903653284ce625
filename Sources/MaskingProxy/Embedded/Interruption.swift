import NIOCore
import QueryAnalysis
import Synchronization

/// Whether the statement that runs is to be stopped.
final class Interruption: Sendable {
    private struct State {
        var isCancelled = false
        var isClosed = false
        var deadline = NIODeadline.distantFuture
    }

    private let state = Mutex(State())

    /// A statement begins.
    func begin(milliseconds: Int64) {
        state.withLock { state in
            state.deadline =
                milliseconds > 0 ? NIODeadline.now() + .milliseconds(milliseconds) : .distantFuture
        }
    }

    /// What was to be stopped has ended.
    func clear() { state.withLock { $0.isCancelled = false } }

    /// Stops the statement that runs now, or that waits for its turn.
    func cancel() { state.withLock { $0.isCancelled = true } }

    /// Stops everything from now on.
    func close() { state.withLock { $0.isClosed = true } }

    /// Why the statement is to be stopped; nil while it may go on.
    var fault: EngineFault? {
        state.withLock { state in
            if state.isClosed || state.isCancelled {
                return EngineFault("57014", "canceling statement due to user request")
            }
            guard NIODeadline.now() > state.deadline else { return nil }
            return EngineFault("57014", "canceling statement due to statement timeout")
        }
    }
}
