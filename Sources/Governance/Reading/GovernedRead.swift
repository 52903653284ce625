package import CatalogModel
import HashTreeCollections
import Masking
import PolicyEngine

/// What somebody asks to read.
package struct TableRead: Sendable {
    /// The table.
    package let table: TableName
    /// The columns, in the order wanted; nil for all that policy lets the reader see.
    package let columns: [ColumnName]?
    /// The most rows to hand out; nil for all.
    package let limit: Int?
    /// What the rows are wanted for; policy may ask.
    package let purpose: String?

    /// A request.
    package init(table: TableName, columns: [ColumnName]? = nil, limit: Int? = nil, purpose: String? = nil) {
        self.table = table
        self.columns = columns
        self.limit = limit
        self.purpose = purpose
    }
}

/// The one way from a source to a reader: decide, plan, audit, read, mask.
package struct GovernedRead: Sendable {
    let snapshots: SnapshotHolder
    let sources: any RowSources
    let audit: any AuditLog
    let rim: Rim

    /// A reader over a catalog and its sources.
    package init(snapshots: SnapshotHolder, sources: any RowSources, audit: any AuditLog, rim: Rim) {
        self.snapshots = snapshots
        self.sources = sources
        self.audit = audit
        self.rim = rim
    }

    /// Decides a read, writes the decision to the audit log, and only then opens the source.
    ///
    /// Blocks on store and source.
    /// - Parameters:
    ///   - read: What is asked.
    ///   - caller: Who asks.
    ///   - user: Whose view is wanted: the caller's own, or anybody's for an administrator.
    /// - Returns: The rows, masked, to be pulled.
    /// - Throws: `.unknownUser`, `.unknownTable` (also for a table of which the caller may read nothing),
    ///   `.unknownColumn`, `.denied`, `.forbidden`, `.unknownMask`, `.unsuitableMask`, `.auditUnavailable`,
    ///   `.sourceUnavailable`, `.sourceChanged`. No rows then; the refusal stands in the audit log.
    package func open(
        _ read: TableRead,
        for caller: Caller,
        as user: UserName
    ) throws(GovernanceError) -> GovernedRows {
        var draft = AuditDraft(caller: caller, user: user, act: .read, resource: read.table.description)
        draft.purpose = read.purpose
        do throws(GovernanceError) {
            let snapshot = try snapshots.current()
            draft.version = snapshot.version
            try snapshot.authorise(caller, toActAs: user)
            let subject = try snapshot.subject(user)
            let table = try snapshot.table(read.table)
            let blank = draft
            let plan: MaskPlan
            do throws(GovernanceError) {
                plan = try readablePlan(read, of: table, by: subject, in: snapshot, draft: &draft)
            } catch {
                guard try snapshot.mayKnow(table, caller, for: read.purpose, at: rim.now()) else {
                    // The line must say no more than the answer: people read their own lines.
                    draft = blank
                    throw Refusal.unknown(read.table)
                }
                throw error
            }
            let source = try source(of: table, in: snapshot)
            let beneath = try decisions(beneath: table, of: source, by: subject, for: read, in: snapshot)
            try audit.append(draft.record(.allowed, at: rim.now()))
            let scan = ScanRequest(
                table: table.definition,
                columns: plan.sourceColumns.map(\.name),
                prefilter: plan.prefilter
            )
            return GovernedRows(
                plan: plan,
                cursor: try source.open(scan),
                limit: read.limit,
                tellsOfHiddenRows: snapshot.administers(table, caller),
                stillHolds: { [snapshots, rim] () throws(GovernanceError) in
                    let snapshot = try snapshots.current()
                    for decision in [plan.decision] + beneath {
                        guard try snapshot.confirms(decision, at: rim.now()) else { return false }
                    }
                    return true
                },
                audit: audit,
                draft: draft,
                now: rim.now
            )
        } catch {
            try audit.append(draft.record(refusing: error, at: rim.now()))
            throw error
        }
    }

    private func source(
        of table: CatalogTable,
        in snapshot: GovernanceSnapshot
    ) throws(GovernanceError) -> any RowSource {
        guard let source = snapshot.state.sources[table.definition.source] else {
            throw GovernanceError(
                .sourceUnavailable,
                "source `\(table.definition.source)` of table `\(table.definition.name)` is not in the catalog"
            )
        }
        return try sources.rowSource(for: source)
    }

    /// The plan for the columns that may be read; a denied column that was named is an error, else it is left out.
    private func readablePlan(
        _ read: TableRead,
        of table: CatalogTable,
        by subject: Subject,
        in snapshot: GovernanceSnapshot,
        draft: inout AuditDraft
    ) throws(GovernanceError) -> MaskPlan {
        if let limit = read.limit, limit < 0 {
            throw GovernanceError(.invalidRequest, "`limit` must not be negative")
        }
        let now = rim.now()
        var decision = try snapshot.decide(
            subject,
            reading: table,
            columns: read.columns,
            purpose: read.purpose,
            at: now
        )
        draft.describe(decision)
        let denied = decision.columns.filter { $0.treatment == .denied }.map(\.column)
        if !denied.isEmpty {
            guard read.columns == nil, denied.count < decision.columns.count else {
                throw Refusal.denied(denied, of: decision)
            }
            decision = try snapshot.decide(
                subject,
                reading: table,
                columns: decision.columns.filter { $0.treatment != .denied }.map(\.column),
                purpose: read.purpose,
                at: now
            )
        }
        return try snapshot.plan(decision, of: table)
    }
}

extension GovernanceSnapshot {
    /// The plan that carries a decision out.
    func plan(_ decision: Decision, of table: CatalogTable) throws(GovernanceError) -> MaskPlan {
        do throws(MaskError) {
            return try MaskPlan(
                decision: decision,
                schema: table.schema,
                expressions: expressions.filled(for: decision)
            )
        } catch {
            throw GovernanceError(mask: error, table: table.definition.name)
        }
    }

    /// Lets a caller act as themselves, and administrators and the operator as anybody.
    func authorise(_ caller: Caller, toActAs user: UserName) throws(GovernanceError) {
        guard caller.isOperator || caller.user == user || isAdmin(caller) else {
            throw GovernanceError(
                .forbidden,
                "only an administrator may act as another user: leave out `as` to act as yourself"
            )
        }
    }

    /// Whether a caller may administer the server.
    func isAdmin(_ caller: Caller) -> Bool {
        caller.isOperator || state.users[caller.user]?.isAdmin == true
    }

    /// Whether a decision would be the same now: same treatments, same row filter.
    func confirms(_ decision: Decision, at now: Instant) throws(GovernanceError) -> Bool {
        let table = try table(decision.table)
        let again = try decide(
            try subject(decision.subject.user),
            reading: table,
            columns: decision.columns.map(\.column),
            purpose: decision.purpose,
            at: now
        )
        return again.rowFilter?.expression == decision.rowFilter?.expression
            && again.columns.map(\.treatment) == decision.columns.map(\.treatment)
            && again.subject == decision.subject
    }
}

/// Refusals that several acts share.
enum Refusal {
    /// The table isn't there, or the caller may not know of it: one error for both.
    static func unknown(_ table: TableName) -> GovernanceError {
        GovernanceError(.unknownTable, "table `\(table)` is not in the catalog")
    }

    /// Policy denies these columns.
    static func denied(_ columns: [ColumnName], of decision: Decision) -> GovernanceError {
        let all = columns.count == decision.columns.count
        let names = columns.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
        let more = columns.count > 20 ? " and \(columns.count - 20) more" : ""
        let what = all ? "table `\(decision.table)`" : "column \(names)\(more) of table `\(decision.table)`"
        return GovernanceError(
            .denied,
            "user `\(decision.subject.user)` may not read \(what): ask `explain` why"
        )
    }
}
