import CatalogModel
import Synchronization

/// The audit lines of statements: decisions at once, what came of them soon and together.
final class StatementLog: Sendable {
    private let audit: any AuditLog

    private struct State {
        var lines = AuditBatch()
        /// Takes the lines that come while others are written.
        var spare = AuditBatch()
        /// Whether somebody was told to write them.
        var isAsked = false
        /// Whether lines couldn't be written the last time.
        var isFailing = false
    }

    private let waiting = Mutex(State())
    /// Held while lines are written, so that they stand in the order in which they came.
    private let writing = Mutex(())
    private let isOverfull = Atomic<Bool>(false)
    /// Lines that may wait before somebody is told to write them.
    static let capacity = 8192
    /// Lines that may wait before nothing is let go on that would add others.
    static let limit = 8 * capacity

    init(audit: any AuditLog) { self.audit = audit }

    /// Adds a line that may wait; writes those that wait when there are many.
    func add(_ line: AuditRecord) {
        // A failure leaves the lines waiting; the next decision can't be written then either, and refuses.
        if note(line) { try? flush() }
    }

    /// Adds a line that may wait, and doesn't block; true when so many wait that they should be written now.
    func note(_ line: AuditRecord) -> Bool {
        waiting.withLock { state in
            state.lines.add(line)
            return ask(&state)
        }
    }

    /// Adds a line that may wait, and doesn't block; true when so many wait that they should be written now.
    func note(_ subject: AuditSubject, at time: Instant, rows: Int, milliseconds: Int) -> Bool {
        waiting.withLock { state in
            state.lines.add(subject, at: time, rows: rows, milliseconds: milliseconds)
            return ask(&state)
        }
    }

    private func ask(_ state: inout State) -> Bool {
        let count = state.lines.lines.count
        guard count >= StatementLog.capacity else { return false }
        if count >= StatementLog.limit { isOverfull.store(true, ordering: .relaxed) }
        guard !state.isAsked else { return false }
        state.isAsked = true
        return true
    }

    /// Adds a decision that may wait because one like it was written, and doesn't block; false when it must be written
    /// now, because writing fails or doesn't keep up.
    func noteRepeated(_ subject: AuditSubject, at time: Instant) -> Bool {
        waiting.withLock { state in
            guard !state.isFailing, state.lines.lines.count < StatementLog.limit else { return false }
            state.lines.add(subject, at: time, rows: nil, milliseconds: nil)
            return true
        }
    }

    /// Whether more lines wait than should: nothing that adds others may go on before ``makeRoom()``.
    ///
    /// Doesn't block.
    var isFull: Bool { isOverfull.load(ordering: .relaxed) }

    /// Writes the lines that wait when they are too many.
    func makeRoom() throws(GovernanceError) { if isFull { try flush() } }

    /// Writes lines, durably.
    func write(_ lines: [AuditRecord]) throws(GovernanceError) {
        guard !lines.isEmpty else { return }
        try audit.append(lines)
    }

    /// Writes the lines that wait.
    func flush() throws(GovernanceError) {
        try writing.withLock { _ throws(GovernanceError) in
            var lines = take()
            guard !lines.isEmpty else { return }
            do throws(GovernanceError) { try audit.append(lines) } catch {
                giveBack(lines)
                throw error
            }
            lines.removeAll()
            waiting.withLock { state in
                state.spare = lines.capacity <= 2 * StatementLog.capacity ? lines : AuditBatch()
                state.isFailing = false
                // Not before they are written: until then nothing may go on that would add others.
                isOverfull.store(state.lines.lines.count >= StatementLog.limit, ordering: .relaxed)
            }
        }
    }

    private func take() -> AuditBatch {
        waiting.withLock { state in
            let lines = state.lines
            state.lines = state.spare
            state.spare = AuditBatch()
            state.isAsked = false
            return lines
        }
    }

    /// Lines that couldn't be written wait on, before those that came meanwhile.
    private func giveBack(_ lines: AuditBatch) {
        waiting.withLock { state in
            var all = lines
            all.add(state.lines)
            state.lines = all
            state.isFailing = true
            if all.lines.count >= StatementLog.limit { isOverfull.store(true, ordering: .relaxed) }
        }
    }
}
