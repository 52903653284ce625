import Synchronization

/// The audit lines of statements: decisions at once, what came of them soon and together.
final class StatementLog: Sendable {
    private let audit: any AuditLog
    private let waiting = Mutex<[AuditRecord]>([])
    /// Lines that may wait; more are written by whoever adds them.
    private static let capacity = 500

    init(audit: any AuditLog) { self.audit = audit }

    /// Adds a line that may wait; writes those that wait when there are many.
    func add(_ line: AuditRecord) {
        // A failure leaves the lines waiting; the next decision can't be written then either, and refuses.
        if note(line) { try? flush() }
    }

    /// Adds a line that may wait, and doesn't block; true when so many wait that they should be written now.
    func note(_ line: AuditRecord) -> Bool {
        waiting.withLock { lines in
            lines.append(line)
            return lines.count.isMultiple(of: StatementLog.capacity)
        }
    }

    /// Writes lines, durably.
    func write(_ lines: [AuditRecord]) throws(GovernanceError) {
        guard !lines.isEmpty else { return }
        try audit.append(lines)
    }

    /// Writes the lines that wait.
    func flush() throws(GovernanceError) {
        let lines = waiting.withLock { lines in
            defer { lines = [] }
            return lines
        }
        do throws(GovernanceError) { try write(lines) } catch {
            waiting.withLock { $0.insert(contentsOf: lines, at: 0) }
            throw error
        }
    }
}
