import Synchronization

/// What results and cursors hold once their statements have run, counted for all sessions of a door.
///
/// One person's may have half of it: others' cursors needn't fail because of them.
package final class HeldMemory: Sendable {
    private struct State {
        var total = 0
        var byUser: [String: Int] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    /// An account.
    ///
    /// - Parameter limit: Bytes, about, that may be held at once.
    package init(limit: Int) { self.limit = limit }

    /// Counts bytes that somebody's session holds from now on.
    fileprivate func take(_ bytes: Int, for user: String) throws(EngineFault) {
        let fits = state.withLock { state in
            let own = state.byUser[user, default: 0]
            guard state.total + bytes <= limit, own + bytes <= limit / 2 else { return false }
            state.total += bytes
            state.byUser[user] = own + bytes
            return true
        }
        guard fits else {
            throw EngineFault(
                "54000",
                "results and cursors hold more memory than they may: close some, or ask for less"
            )
        }
    }

    fileprivate func give(_ bytes: Int, for user: String) {
        state.withLock { state in
            state.total -= bytes
            let left = state.byUser[user, default: bytes] - bytes
            state.byUser[user] = left == 0 ? nil : left
        }
    }
}

/// Bytes that are counted as long as anybody has this.
final class HeldBytes: Sendable {
    private let bytes: Int
    private let memory: HeldMemory?
    private let user: String

    init(_ bytes: Int, by limits: EngineLimits) throws(EngineFault) {
        memory = limits.held
        user = limits.user
        self.bytes = bytes
        try memory?.take(bytes, for: user)
    }

    deinit { memory?.give(bytes, for: user) }
}

/// Rows that a statement made, with what counts them.
struct KeptRows: Sendable {
    var rows: [[Datum]] = []
    fileprivate(set) var bytes: HeldBytes?

    /// No rows.
    static let none = KeptRows()
}

extension KeptRows {
    init(_ rows: [[Datum]], bytes: Int, by limits: EngineLimits) throws(EngineFault) {
        self.init(rows: rows, bytes: try HeldBytes(bytes, by: limits))
    }
}
