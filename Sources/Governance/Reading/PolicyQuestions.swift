package import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// The question whether a user may read columns for a purpose, and how each would be treated.
package struct PolicyQuestion: Sendable {
    /// Whose rights are asked about; nil for the caller's own.
    package let user: UserName?
    /// The table.
    package let table: TableName
    /// The columns; nil for all of the table's.
    package let columns: [ColumnName]?
    /// What the rows would be wanted for.
    package let purpose: String?
    /// Whether the answer should have the ways to see more; they cost a decision for each group, role and purpose.
    package let wantsWays: Bool

    /// A question.
    package init(
        user: UserName? = nil,
        table: TableName,
        columns: [ColumnName]? = nil,
        purpose: String? = nil,
        wantsWays: Bool = false
    ) {
        self.wantsWays = wantsWays
        self.user = user
        self.table = table
        self.columns = columns
        self.purpose = purpose
    }
}

extension PolicyQuestion {
    /// The same question, with what would show more wanted as well.
    package var wantingWays: PolicyQuestion {
        PolicyQuestion(user: user, table: table, columns: columns, purpose: purpose, wantsWays: true)
    }
}

/// The answer to a ``PolicyQuestion``: what policy says of each column, and why.
package struct PolicyAnswer: Sendable {
    /// Whether all the columns may be read, clear or masked.
    package let isAllowed: Bool
    /// Whose rights were asked about.
    package let user: UserName
    /// The table.
    package let table: TableName
    /// The version of catalog and policies that answered.
    package let version: Int64
    /// Each column in the order asked.
    package let columns: [Column]
    /// The row filter; nil when all rows may be seen.
    package let rowFilter: RowFilter?
    /// What would let the user see more; nil when it wasn't asked for, or there is no more to see.
    package let ways: WaysToSeeMore?

    /// What policy says of one column.
    package struct Column: Sendable {
        /// The column.
        package let name: ColumnName
        /// Its type in the catalog.
        package let type: DataType
        /// How it is treated.
        package let treatment: Treatment
        /// Why, a sentence each, the deciding one first.
        package let why: [String]
    }

    /// Which rows may be seen.
    package struct RowFilter: Sendable {
        /// The SQL expression; nil for askers who don't administer the table, because its literals may say what it hides.
        package let expression: String?
        /// Why, a sentence each.
        package let why: [String]
    }
}

/// Answers what policy would say, without reading a row.
package struct PolicyQuestions: Sendable {
    private let snapshots: SnapshotHolder
    private let audit: any AuditLog
    private let rim: Rim

    /// Answers from the snapshot in force.
    package init(snapshots: SnapshotHolder, audit: any AuditLog, rim: Rim) {
        self.snapshots = snapshots
        self.audit = audit
        self.rim = rim
    }

    /// Answers questions, all of one version, in order.
    ///
    /// People ask about themselves; administrators, the operator, and the owner of the table about anybody. A table of
    /// which the caller may read nothing is `.unknownTable`, as one that isn't there.
    /// - Parameters:
    ///   - questions: At most 1,000.
    ///   - act: `.check` or `.explain`, for the audit log.
    ///   - caller: Who asks.
    /// - Returns: An answer or a refusal for each question.
    /// - Throws: `.limitExceeded`, `.auditUnavailable`, `.storeUnavailable`.
    package func answer(
        _ questions: [PolicyQuestion],
        act: AuditAct,
        for caller: Caller
    ) throws(GovernanceError) -> [Result<PolicyAnswer, GovernanceError>] {
        guard questions.count <= 1000 else {
            throw GovernanceError(.limitExceeded, "at most 1,000 questions at once: ask in several requests")
        }
        let snapshot = try snapshots.current()
        var answers: [Result<PolicyAnswer, GovernanceError>] = []
        var lines: [AuditRecord] = []
        for question in questions {
            let user = question.user ?? caller.user
            var draft = AuditDraft(
                caller: caller,
                user: user,
                act: act,
                resource: question.table.description
            )
            draft.purpose = question.purpose
            draft.version = snapshot.version
            do throws(GovernanceError) {
                let (decision, answer) = try snapshot.answer(
                    question,
                    about: user,
                    for: caller,
                    at: rim.now()
                )
                draft.describe(decision)
                lines.append(draft.record(answer.isAllowed ? .allowed : .denied, at: rim.now()))
                answers.append(.success(answer))
            } catch {
                lines.append(draft.record(refusing: error, at: rim.now()))
                answers.append(.failure(error))
            }
        }
        try audit.append(lines)
        return answers
    }
}

extension GovernanceSnapshot {
    fileprivate func answer(
        _ question: PolicyQuestion,
        about user: UserName,
        for caller: Caller,
        at now: Instant
    ) throws(GovernanceError) -> (Decision, PolicyAnswer) {
        let table = try table(question.table, knownTo: caller, for: question.purpose, at: now)
        let administers = administers(table, caller)
        guard administers || user == caller.user else {
            throw GovernanceError(
                .forbidden,
                "only administrators and the table's owner may ask about other users: leave out `user`"
            )
        }
        let decision = try decide(
            try subject(user),
            reading: table,
            columns: question.columns,
            purpose: question.purpose,
            at: now
        )
        var columns: [PolicyAnswer.Column] = []
        for column in decision.columns {
            columns.append(
                PolicyAnswer.Column(
                    name: column.column,
                    type: table.schema.type(of: column.column) ?? .void,
                    treatment: column.treatment,
                    why: try sentences(of: column.reason, for: column.treatment, asker: caller, at: now)
                )
            )
        }
        var rowFilter: PolicyAnswer.RowFilter?
        if let filter = decision.rowFilter {
            rowFilter = PolicyAnswer.RowFilter(
                expression: administers ? filter.expression : nil,
                why: try sentences(of: filter.reason, for: nil, asker: caller, at: now)
            )
        }
        let answer = PolicyAnswer(
            isAllowed: decision.isAllowed,
            user: user,
            table: table.definition.name,
            version: version,
            columns: columns,
            rowFilter: rowFilter,
            ways: question.wantsWays && decision.columns.contains { $0.treatment != .clear }
                ? try waysToSeeMore(than: decision, of: table, asker: caller) : nil
        )
        return (decision, answer)
    }
}
