import Synchronization

/// The audit lines of statements: decisions at once, what came of them soon and together.
final class StatementLog: Sendable {
    private let audit: any AuditLog

    private struct State {
        var lines: [AuditRecord] = []
        /// Whether somebody was told to write them.
        var isAsked = false
        /// Whether lines couldn't be written the last time.
        var isFailing = false
    }

    private let waiting = Mutex(State())
    /// Lines that may wait before somebody is told to write them.
    private static let capacity = 500

    init(audit: any AuditLog) { self.audit = audit }

    /// Adds a line that may wait; writes those that wait when there are many.
    func add(_ line: AuditRecord) {
        // A failure leaves the lines waiting; the next decision can't be written then either, and refuses.
        if note(line) { try? flush() }
    }

    /// Adds a line that may wait, and doesn't block; true when so many wait that they should be written now.
    func note(_ line: AuditRecord) -> Bool {
        waiting.withLock { state in
            state.lines.append(line)
            guard state.lines.count >= StatementLog.capacity, !state.isAsked else { return false }
            state.isAsked = true
            return true
        }
    }

    /// Adds a decision that may wait because one like it was written, and doesn't block; false when it must be written
    /// now, because writing fails or doesn't keep up.
    func noteRepeated(_ line: AuditRecord) -> Bool {
        waiting.withLock { state in
            guard !state.isFailing, state.lines.count < 20 * StatementLog.capacity else { return false }
            state.lines.append(line)
            return true
        }
    }

    /// Writes lines, durably.
    func write(_ lines: [AuditRecord]) throws(GovernanceError) {
        guard !lines.isEmpty else { return }
        try audit.append(lines)
    }

    /// Writes the lines that wait.
    func flush() throws(GovernanceError) {
        let lines = waiting.withLock { state in
            defer {
                state.lines = []
                state.isAsked = false
            }
            return state.lines
        }
        do throws(GovernanceError) {
            try write(lines)
            if !lines.isEmpty { waiting.withLock { $0.isFailing = false } }
        } catch {
            waiting.withLock { state in
                state.lines.insert(contentsOf: lines, at: 0)
                state.isFailing = true
            }
            throw error
        }
    }
}
