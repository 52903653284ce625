import CatalogModel
package import Governance
import QueryAnalysis
import Synchronization

/// The threads on which statements over files run; as many run at once as there are threads.
///
/// One user's statements take half of the threads at most: others needn't wait for whoever asks for much.
package final class StatementRunners: Sendable {
    private struct State {
        var running: [UserName: Int] = [:]
        var waiting: [(user: UserName, body: @Sendable () -> Void)] = []
    }

    private let threads: ParserThreads
    private let share: Int
    /// What results and cursors of all sessions hold.
    let held: HeldMemory
    // INVARIANT: nobody waits whose user has less than a share running.
    private let state = Mutex(State())

    /// Starts the threads; they live as long as the process.
    ///
    /// - Throws: `.limitExceeded` when the system has no room for their stacks.
    ///
    /// - Parameters:
    ///   - count: How many statements run at once.
    ///   - heldMemory: Bytes, about, that results and cursors of all sessions may hold.
    package init(count: Int = 4, heldMemory: Int = 4 << 30) throws(GovernanceError) {
        guard let threads = ParserThreads(count: count) else {
            throw GovernanceError(.limitExceeded, "the threads for statements can not be started")
        }
        self.threads = threads
        share = max(1, count / 2)
        held = HeldMemory(limit: heldMemory)
    }

    /// Runs a body on one of the threads once its user has less than a share of them.
    func submit(for user: UserName, _ body: @escaping @Sendable () -> Void) {
        let mayStart = state.withLock { state in
            guard state.running[user, default: 0] < share else {
                state.waiting.append((user, body))
                return false
            }
            state.running[user, default: 0] += 1
            return true
        }
        if mayStart { start(for: user, body) }
    }

    private func start(for user: UserName, _ body: @escaping @Sendable () -> Void) {
        threads.submit { [self] in
            body()
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                guard let index = state.waiting.firstIndex(where: { $0.user == user }) else {
                    state.running[user, default: 1] -= 1
                    if state.running[user] == 0 { state.running[user] = nil }
                    return nil
                }
                return state.waiting.remove(at: index).body
            }
            if let next { start(for: user, next) }
        }
    }
}
