import CatalogModel
package import QueryAnalysis
import Synchronization

/// What the runs of a statement in one session have in common for the audit log.
package final class RunSubject: Sendable {
    /// The columns that the statement reads; nil when that isn't known.
    let columns: [RelationName: Set<String>]?
    /// Its fingerprint.
    let fingerprint: String?
    /// What the lines have in common while tables have the names that they had when it was made.
    let line: AuditSubject
    /// Counts how often tables had got other names by then.
    let naming: Int
    /// The same for the names that they got since.
    private let renamed = Mutex<(naming: Int, line: AuditSubject)?>(nil)

    init(
        columns: [RelationName: Set<String>]?,
        fingerprint: String?,
        line: AuditSubject,
        naming: Int
    ) {
        self.columns = columns
        self.fingerprint = fingerprint
        self.line = line
        self.naming = naming
    }

    /// What the lines have in common in another naming; made anew for another one than asked for last.
    func line(in naming: Int, _ make: () -> AuditSubject) -> AuditSubject {
        renamed.withLock { renamed in
            if let renamed, renamed.naming == naming { return renamed.line }
            let line = make()
            renamed = (naming, line)
            return line
        }
    }
}

extension StatementSession {
    /// What the runs of a statement have in common for the audit log.
    ///
    /// Doesn't block.
    /// - Parameters:
    ///   - reads: What it reads; nil when that isn't known.
    ///   - fingerprint: Its fingerprint.
    /// - Returns: The same for a statement that was asked for before, as a rule.
    package func subject(of reads: StatementReads?, fingerprint: String?) -> RunSubject {
        let known = runs.withLock { $0[fingerprint ?? ""] }
        // Statements of one fingerprint may read different tables.
        if let known, known.fingerprint == fingerprint, known.columns == reads?.columns { return known }
        let naming = governance.naming
        let line = runLine(of: reads?.columns, fingerprint, errorCode: nil)
        let made = RunSubject(columns: reads?.columns, fingerprint: fingerprint, line: line, naming: naming)
        runs.withLock { runs in
            if runs.count >= StatementSession.knownRuns { runs = [:] }
            runs[fingerprint ?? ""] = made
        }
        return made
    }

    /// Statements of which a session remembers what their runs have in common.
    private static let knownRuns = 64

    /// Notes that a statement ran, with what it delivered; written soon, in one transaction with others.
    ///
    /// Doesn't block.
    /// - Returns: Whether so many lines wait that ``StatementGovernance/flush()`` should be called now.
    package func finished(_ run: StatementRun) -> Bool {
        finished(
            subject(of: run.reads, fingerprint: run.fingerprint),
            rows: run.rows,
            milliseconds: run.milliseconds,
            errorCode: run.errorCode
        )
    }

    /// Notes that a statement ran, with what it delivered; written soon, in one transaction with others.
    ///
    /// Doesn't block.
    /// **Cost.** Reading the clock, and some nanoseconds; more for a run that ended with an error.
    /// - Parameters:
    ///   - subject: What its runs have in common, made by this session.
    ///   - rows: Rows handed out.
    ///   - milliseconds: How long it took.
    ///   - errorCode: The SQLSTATE that it ended with; nil when it ended well.
    /// - Returns: Whether so many lines wait that ``StatementGovernance/flush()`` should be called now.
    package func finished(
        _ subject: RunSubject,
        rows: Int,
        milliseconds: Int,
        errorCode: String?
    ) -> Bool {
        let (now, naming) = (governance.rim.now(), governance.naming)
        // The usual case: nothing is counted up or down for it but the line that is noted.
        if errorCode == nil, naming == subject.naming {
            return governance.log.note(subject.line, at: now, rows: rows, milliseconds: milliseconds)
        }
        let line =
            if let errorCode {
                runLine(of: subject.columns, subject.fingerprint, errorCode: errorCode)
            } else {
                subject.line(in: naming) { runLine(of: subject.columns, subject.fingerprint, errorCode: nil) }
            }
        return governance.log.note(line, at: now, rows: rows, milliseconds: milliseconds)
    }

    private func runLine(
        of columns: [RelationName: Set<String>]?,
        _ fingerprint: String?,
        errorCode: String?
    ) -> AuditSubject {
        AuditSubject(
            AuditRecord(
                time: Instant(microseconds: 0),
                request: caller.request,
                user: user,
                actor: caller.user,
                act: .statementEnd,
                resource: columns.map { governance.resource(of: $0.keys) } ?? "",
                outcome: errorCode == nil ? .allowed : .failed,
                errorCode: errorCode,
                statement: fingerprint
            )
        )
    }
}

/// What became of a statement that was sent.
package struct StatementRun: Sendable {
    /// What it reads; nil when that isn't known.
    package let reads: StatementReads?
    /// Its fingerprint.
    package let fingerprint: String?
    /// Rows handed out.
    package let rows: Int
    /// How long it took.
    package let milliseconds: Int
    /// The SQLSTATE that it ended with; nil when it ended well.
    package let errorCode: String?

    /// A run.
    package init(
        reads: StatementReads?,
        fingerprint: String?,
        rows: Int,
        milliseconds: Int,
        errorCode: String?
    ) {
        self.reads = reads
        self.fingerprint = fingerprint
        self.rows = rows
        self.milliseconds = milliseconds
        self.errorCode = errorCode
    }
}
