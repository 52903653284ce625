package import CatalogModel

/// One line of the audit log: who did or asked what, and what came of it.
///
/// Never a row value or a literal.
package struct AuditRecord: Hashable, Sendable, Codable {
    /// When.
    package let time: Instant
    /// Joins the lines of one request, and the answer's `X-Request-ID`.
    package let request: String
    /// Whose rights counted.
    package let user: UserName
    /// Who acted, when somebody else than `user` did, such as an operator on the command line.
    package let actor: UserName?
    /// What was done.
    package let act: AuditAct
    /// The table, or what else it was done to; as the caller named it.
    package let resource: String
    /// What the rows were wanted for.
    package let purpose: String?
    /// Each column with its treatment, such as `email: MASK_HASH`, in the requested order.
    package let columns: [String]
    /// The policies that decided, such as `12 partners see Germany`, and what let them: `zone finance`,
    /// `super user of files: group operators`; sorted, each once.
    package let policies: [String]
    /// SQL: how the row filter of each filtered table was carried out and why so, such as `shop.public.customers: view
    /// governed.v_1f…` or `…: in place: the statement says ONLY`; nil without any.
    package let fences: [String]?
    /// What came of it.
    package let outcome: AuditOutcome
    /// The stable error code, when it was refused or failed.
    package let errorCode: String?
    /// Rows handed out; nil before they were.
    package let rows: Int?
    /// The version of catalog and policies that decided; nil when it didn't come to that.
    package let version: Int64?
    /// The fingerprint of a SQL statement: equal for statements that differ in literals only.
    package let statement: String?
    /// How long it took; nil when it wasn't measured.
    package let milliseconds: Int?

    /// A line.
    package init(
        time: Instant,
        request: String,
        user: UserName,
        actor: UserName? = nil,
        act: AuditAct,
        resource: String,
        purpose: String? = nil,
        columns: [String] = [],
        policies: [String] = [],
        fences: [String]? = nil,
        outcome: AuditOutcome,
        errorCode: String? = nil,
        rows: Int? = nil,
        version: Int64? = nil,
        statement: String? = nil,
        milliseconds: Int? = nil
    ) {
        self.time = time
        self.request = request
        self.user = user
        self.actor = actor == user ? nil : actor
        self.act = act
        self.resource = resource
        self.purpose = purpose
        self.columns = columns
        self.policies = policies
        self.fences = fences
        self.outcome = outcome
        self.errorCode = errorCode
        self.rows = rows
        self.version = version
        self.statement = statement
        self.milliseconds = milliseconds
    }

    /// The line of another time that is the same beside it.
    package func repeated(at time: Instant, rows: Int?, milliseconds: Int?) -> AuditRecord {
        AuditRecord(
            time: time,
            request: request,
            user: user,
            actor: actor,
            act: act,
            resource: resource,
            purpose: purpose,
            columns: columns,
            policies: policies,
            fences: fences,
            outcome: outcome,
            errorCode: errorCode,
            rows: rows,
            version: version,
            statement: statement,
            milliseconds: milliseconds
        )
    }
}

/// What can be done that the audit log keeps.
package enum AuditAct: String, Hashable, Sendable, Codable, CaseIterable {
    /// Rows of a table were asked for.
    case read
    /// The rows of an earlier `read` have all been handed out, or stopped.
    case readEnd = "read-end"
    /// A posted result set was to be masked.
    case mask
    /// It was asked what somebody may read.
    case check
    /// It was asked why.
    case explain
    /// The catalog, a tag, a principal, a source or a policy was changed.
    case change
    /// A SQL statement was sent.
    case statement
    /// A SQL statement ended.
    case statementEnd = "statement-end"
    /// Somebody tried to sign in and failed.
    case signIn = "sign-in"
}

/// What came of an act.
package enum AuditOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    /// It was allowed, and went on.
    case allowed
    /// Policy or a missing right stopped it.
    case denied
    /// Something else stopped it.
    case failed
}

/// Where audit lines are kept.
package protocol AuditLog: Sendable {
    /// Writes lines, all or none; they are durable when this returns.
    ///
    /// - Throws: `.auditUnavailable`: then nothing may be handed out.
    func append(_ records: [AuditRecord]) throws(GovernanceError)

    /// Writes the lines of a batch, all or none; they are durable when this returns.
    ///
    /// - Throws: `.auditUnavailable`: then nothing may be handed out.
    func append(_ batch: AuditBatch) throws(GovernanceError)

    /// The newest lines that fit, oldest first; may be empty.
    ///
    /// - Throws: `.auditUnavailable`.
    func tail(_ count: Int, user: UserName?, resource: String?) throws(GovernanceError) -> [AuditRecord]
}

extension AuditLog {
    /// Writes one line; it is durable when this returns.
    ///
    /// - Throws: `.auditUnavailable`: then nothing may be handed out.
    package func append(_ record: AuditRecord) throws(GovernanceError) { try append([record]) }

    /// Writes the lines of a batch, each by itself.
    ///
    /// - Throws: `.auditUnavailable`: then nothing may be handed out.
    package func append(_ batch: AuditBatch) throws(GovernanceError) { try append(batch.records) }
}
