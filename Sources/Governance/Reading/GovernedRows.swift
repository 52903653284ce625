package import CatalogModel
package import Masking
package import PolicyEngine
import Synchronization

/// The rows of one governed read, masked, pulled batch by batch by one reader at a time.
///
/// Memory is bounded by one batch. Releasing it closes the source; its end stands in the audit log either way.
package final class GovernedRows: Sendable {
    /// The columns as the reader gets them.
    package let schema: TableSchema
    /// What policy decided, with the reasons.
    package let decision: Decision
    private let plan: MaskPlan
    private let cursor: any RowCursor
    /// Whether errors and counts may speak of rows that a row filter hides.
    private let tellsOfHiddenRows: Bool
    private let stillHolds: @Sendable () throws(GovernanceError) -> Bool
    private let audit: any AuditLog
    private let draft: AuditDraft
    private let now: @Sendable () -> Instant
    private let progress: Mutex<Progress>

    private struct Progress {
        var handedOut = 0
        var remaining: Int?
        var end: Result<Void, GovernanceError>?
    }

    init(
        plan: MaskPlan,
        cursor: any RowCursor,
        limit: Int?,
        tellsOfHiddenRows: Bool,
        stillHolds: @escaping @Sendable () throws(GovernanceError) -> Bool,
        audit: any AuditLog,
        draft: AuditDraft,
        now: @escaping @Sendable () -> Instant
    ) {
        schema = plan.outputSchema
        decision = plan.decision
        self.plan = plan
        self.cursor = cursor
        self.tellsOfHiddenRows = tellsOfHiddenRows || plan.decision.rowFilter == nil
        self.stillHolds = stillHolds
        self.audit = audit
        self.draft = draft
        self.now = now
        progress = Mutex(Progress(remaining: limit))
    }

    deinit {
        if progress.withLock({ $0.end == nil }) { finish(.allowed, error: nil) }
    }

    /// Rows that the source left out because they were malformed, so far; 0 for readers of whom a row filter hides
    /// rows, since the hidden ones count too.
    package var skippedRows: Int { tellsOfHiddenRows ? cursor.skippedRows : 0 }

    /// The next rows; nil at the end.
    ///
    /// Before each batch the decision is confirmed against the policies in force: when they would decide otherwise
    /// now, the read stops.
    /// - Throws: `.denied` when policy changed meanwhile; the source's errors; `.evaluationFailed`. After an error every
    ///   further call throws it again.
    package func next() throws(GovernanceError) -> MaskedBatch? {
        let (ended, remaining) = progress.withLock { ($0.end, $0.remaining) }
        if let ended {
            try ended.get()
            return nil
        }
        do throws(GovernanceError) {
            guard remaining != 0 else {
                end(nil)
                return nil
            }
            guard try stillHolds() else {
                throw GovernanceError(
                    .denied,
                    "policy for table `\(decision.table)` changed while reading: read again"
                )
            }
            guard let raw = try nextRaw() else {
                end(nil)
                return nil
            }
            let masked = try mask(raw)
            let batch = remaining.map { $0 < masked.rowCount ? masked.prefix($0) : masked } ?? masked
            progress.withLock { progress in
                progress.handedOut += batch.rowCount
                progress.remaining = progress.remaining.map { $0 - batch.rowCount }
            }
            return batch
        } catch {
            end(error)
            throw error
        }
    }

    /// The source's next rows; errors that name a row say nothing of it to readers of whom rows are hidden.
    private func nextRaw() throws(GovernanceError) -> RawBatch? {
        do throws(GovernanceError) { return try cursor.next() } catch {
            guard !tellsOfHiddenRows, error.code == .malformedRow || error.code == .limitExceeded else {
                throw error
            }
            throw GovernanceError(
                error.code,
                "table `\(decision.table)` can't be read to its end: ask the one who answers for it"
            )
        }
    }

    private func mask(_ raw: RawBatch) throws(GovernanceError) -> MaskedBatch {
        do throws(MaskError) { return try plan.apply(to: raw) } catch {
            throw GovernanceError(mask: error, table: decision.table)
        }
    }

    private func end(_ error: GovernanceError?) {
        progress.withLock { $0.end = error.map { .failure($0) } ?? .success(()) }
        finish(error.map { $0.code == .denied ? .denied : .failed } ?? .allowed, error: error)
    }

    /// Writes the closing line.
    ///
    /// The decision's own line was durable before the first row; a closing line that can't be written has no reader
    /// left to refuse.
    private func finish(_ outcome: AuditOutcome, error: GovernanceError?) {
        var draft = draft
        draft.act = .readEnd
        draft.rows = progress.withLock(\.handedOut)
        try? audit.append(draft.record(outcome, errorCode: error?.code, at: now()))
    }
}
