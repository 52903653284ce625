package import CatalogModel
package import Masking
import PolicyEngine

/// Rows that a caller already has and wants rewritten: each column says which catalogued column it came from.
package struct PostedResultSet: Sendable {
    /// The columns in their order: how the caller calls it, and where it came from.
    package let columns: [(label: ColumnName, origin: ColumnReference)]
    /// The values of each column, as canonical text of its catalogued type; all of the same length.
    package let values: [ColumnVector]

    /// A result set.
    package init(columns: [(label: ColumnName, origin: ColumnReference)], values: [ColumnVector]) {
        self.columns = columns
        self.values = values
    }
}

/// Rewrites posted result sets as policy wants them: the masking proxy for anyone who already has rows.
package struct ResultSetMasking: Sendable {
    private let snapshots: SnapshotHolder
    private let audit: any AuditLog
    private let rim: Rim

    /// Works on the snapshot in force.
    package init(snapshots: SnapshotHolder, audit: any AuditLog, rim: Rim) {
        self.snapshots = snapshots
        self.audit = audit
        self.rim = rim
    }

    /// The catalogued types of the columns that a result set came from, for whoever has to read its values before
    /// ``mask(_:for:as:purpose:)``.
    ///
    /// Decides as `mask` does, so that somebody who will be refused learns neither types nor which tables there are.
    /// - Parameters:
    ///   - columns: The columns; not empty.
    ///   - caller: Who asks.
    ///   - user: Who will see the rows.
    ///   - purpose: What they are wanted for.
    /// - Returns: The types, in the order of the columns.
    /// - Throws: `.denied`, `.unknownUser`, `.unknownTable`, `.unknownColumn`, `.invalidRequest`, `.forbidden`,
    ///   `.auditUnavailable`; the refusal stands in the audit log.
    package func types(
        of columns: [ColumnReference],
        for caller: Caller,
        as user: UserName,
        purpose: String?
    ) throws(GovernanceError) -> [DataType] {
        var draft = Self.draft(columns.map(\.table), caller: caller, user: user, purpose: purpose)
        do throws(GovernanceError) {
            let snapshot = try snapshots.current()
            let decisions = try decide(columns, caller: caller, user: user, in: snapshot, draft: &draft)
            return columns.map { column in
                decisions.first { $0.table.definition.name == column.table }?.table.schema.type(
                    of: column.column
                )
                    ?? .void
            }
        } catch {
            try audit.append(draft.record(refusing: error, at: rim.now()))
            throw error
        }
    }

    /// Rewrites a result set: rows that a row filter hides go, values are masked; a denied column refuses it all.
    ///
    /// A row stays when the filters of all tables that it came from accept it. Columns that a filter or custom mask
    /// needs must be posted too.
    /// - Parameters:
    ///   - posted: The rows.
    ///   - caller: Who asks.
    ///   - user: Who will see the rows: the caller, or anybody for an administrator.
    ///   - purpose: What they are wanted for.
    /// - Returns: The rows that remain, with the caller's labels.
    /// - Throws: `.denied`, `.unknownUser`, `.unknownTable`, `.unknownColumn`, `.invalidRequest`, `.forbidden`,
    ///   `.unsuitableMask`, `.evaluationFailed`, `.auditUnavailable`. Nothing comes back then.
    package func mask(
        _ posted: PostedResultSet,
        for caller: Caller,
        as user: UserName,
        purpose: String?
    ) throws(GovernanceError) -> MaskedBatch {
        let columns = posted.columns.map(\.origin)
        var draft = Self.draft(columns.map(\.table), caller: caller, user: user, purpose: purpose)
        do throws(GovernanceError) {
            let snapshot = try snapshots.current()
            let decisions = try decide(columns, caller: caller, user: user, in: snapshot, draft: &draft)
            var plans: [MaskPlan] = []
            var raws: [RawBatch] = []
            for (table, decision) in decisions {
                let name = table.definition.name
                let mine = posted.columns.indices.filter { posted.columns[$0].origin.table == name }
                let plan = try snapshot.plan(decision, of: table)
                raws.append(try raw(posted, columns: mine, for: plan, of: name))
                plans.append(plan)
            }
            let masked = try apply(plans, to: raws, as: posted)
            draft.rows = masked.rowCount
            try audit.append(draft.record(.allowed, at: rim.now()))
            return masked
        } catch {
            try audit.append(draft.record(refusing: error, at: rim.now()))
            throw error
        }
    }

    private static func draft(
        _ tables: [TableName],
        caller: Caller,
        user: UserName,
        purpose: String?
    ) -> AuditDraft {
        let names = Array(Set(tables)).sorted().map(\.description).joined(separator: ", ")
        var draft = AuditDraft(caller: caller, user: user, act: .mask, resource: names)
        draft.purpose = purpose
        return draft
    }

    /// The decision for each table of some columns, sorted by table; every one of the columns may be seen.
    ///
    /// Tables that the caller may not know of come first, so that nothing is said of others beside them.
    private func decide(
        _ columns: [ColumnReference],
        caller: Caller,
        user: UserName,
        in snapshot: GovernanceSnapshot,
        draft: inout AuditDraft
    ) throws(GovernanceError) -> [(table: CatalogTable, decision: Decision)] {
        draft.version = snapshot.version
        try snapshot.authorise(caller, toActAs: user)
        let subject = try snapshot.subject(user)
        var tables: [CatalogTable] = []
        for name in Array(Set(columns.map(\.table))).sorted() {
            tables.append(try snapshot.table(name, knownTo: caller, for: draft.purpose, at: rim.now()))
        }
        var decisions: [(table: CatalogTable, decision: Decision)] = []
        for table in tables {
            let decision = try snapshot.decide(
                subject,
                reading: table,
                columns: columns.filter { $0.table == table.definition.name }.map(\.column),
                purpose: draft.purpose,
                at: rim.now()
            )
            draft.describe(decision)
            let denied = decision.columns.filter { $0.treatment == .denied }.map(\.column)
            guard denied.isEmpty else { throw Refusal.denied(denied, of: decision) }
            decisions.append((table, decision))
        }
        return decisions
    }

    /// The posted columns that a plan needs, in its order.
    private func raw(
        _ posted: PostedResultSet,
        columns mine: [Int],
        for plan: MaskPlan,
        of table: TableName
    ) throws(GovernanceError) -> RawBatch {
        var vectors: [ColumnVector] = []
        for column in plan.sourceColumns {
            guard let index = mine.first(where: { posted.columns[$0].origin.column == column.name }) else {
                throw GovernanceError(
                    .invalidRequest,
                    "policy for table `\(table)` needs column `\(column.name)`: post it too"
                )
            }
            vectors.append(posted.values[index])
        }
        guard let schema = TableSchema(plan.sourceColumns) else {
            throw GovernanceError(.internalError, "a plan names a column twice")
        }
        return RawBatch(schema: schema, columns: vectors, rowCount: posted.values.first?.count ?? 0)
    }

    private func apply(
        _ plans: [MaskPlan],
        to raws: [RawBatch],
        as posted: PostedResultSet
    ) throws(GovernanceError) -> MaskedBatch {
        var order: [JointMaskPlan.Output] = []
        for (label, origin) in posted.columns {
            guard let plan = plans.firstIndex(where: { $0.decision.table == origin.table }) else { continue }
            order.append(JointMaskPlan.Output(label: label, plan: plan, column: origin.column))
        }
        do throws(MaskError) {
            return try JointMaskPlan(plans, outputs: order).apply(to: raws)
        } catch {
            guard let first = plans.first else {
                throw GovernanceError(.invalidRequest, "a result set has at least one column")
            }
            throw GovernanceError(mask: error, table: first.decision.table)
        }
    }
}
