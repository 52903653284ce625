import Synchronization

/// The sessions of one proxy: for cancellation, limits, and when policy changes.
final class SessionRegistry: Sendable {
    /// What can be done to a session from outside.
    struct Entry: Sendable {
        let secret: Int32
        let cancel: @Sendable () -> Void
        let check: @Sendable (_ policyChanged: Bool) -> Void
        let close: @Sendable () -> Void
    }

    private struct State {
        var connections = 0
        var next: Int32 = 1
        var entries: [Int32: Entry] = [:]
        var users: [String: Int] = [:]
        /// Connections that haven't signed in, by where they come from.
        var strangers: [Origin: Int] = [:]
    }

    private let state = Mutex(State())

    /// Counts a connection; false when there are as many as may be.
    func connect(limit: Int) -> Bool {
        state.withLock { state in
            guard state.connections < limit else { return false }
            state.connections += 1
            return true
        }
    }

    func disconnect() { state.withLock { $0.connections -= 1 } }

    /// Counts a connection that hasn't signed in; false when its origin has as many as may be.
    func knock(_ origin: Origin, limit: Int) -> Bool {
        state.withLock { state in
            guard state.strangers[origin, default: 0] < limit else { return false }
            state.strangers[origin, default: 0] += 1
            return true
        }
    }

    /// A counted connection signed in or went.
    func forget(_ origin: Origin) {
        state.withLock { state in
            let rest = state.strangers[origin, default: 1] - 1
            state.strangers[origin] = rest > 0 ? rest : nil
        }
    }

    /// Counts a session of a user; false when the user has as many as may be.
    func enter(_ user: String, limit: Int) -> Bool {
        state.withLock { state in
            guard state.users[user, default: 0] < limit else { return false }
            state.users[user, default: 0] += 1
            return true
        }
    }

    func leave(_ user: String) {
        state.withLock { state in
            let rest = state.users[user, default: 1] - 1
            state.users[user] = rest > 0 ? rest : nil
        }
    }

    /// Adds a session and gives it a number.
    func add(_ entry: Entry) -> Int32 {
        state.withLock { state in
            repeat {
                state.next = state.next == Int32.max ? 1 : state.next + 1
            } while state.entries[state.next] != nil
            state.entries[state.next] = entry
            return state.next
        }
    }

    func remove(_ process: Int32) { state.withLock { $0.entries[process] = nil } }

    /// Cancels what a session runs, when the secret is the right one.
    func cancel(process: Int32, secret: Int32) {
        let entry = state.withLock { $0.entries[process] }
        guard let entry, entry.secret == secret else { return }
        entry.cancel()
    }

    /// All sessions.
    var all: [Entry] { state.withLock { Array($0.entries.values) } }
}
