package import CatalogModel

/// What policy says of one person reading columns of one table: the proof that it was asked.
///
/// Only this room makes one. Every planned read, mask and check starts from it.
package struct Decision: Sendable {
    /// Who asked.
    package let subject: Subject
    /// The table.
    package let table: TableName
    /// When, for validity periods; the caller's clock.
    package let now: Instant
    /// What the rows are wanted for; nil when the caller didn't say.
    package let purpose: String?
    /// The version of the policies, tags and principals that it was made from.
    package let version: Int64
    /// The requested columns in the requested order.
    package let columns: [ColumnDecision]
    /// Which rows may be seen; nil for all of them.
    package let rowFilter: RowFilterDecision?
    /// Whether policy wants this read in the audit log.
    package let isAudited: Bool

    /// Whether every requested column may be read, clear or masked.
    package var isAllowed: Bool { columns.allSatisfy { $0.treatment != .denied } }
}

/// What policy says of one column.
package struct ColumnDecision: Sendable {
    /// The column.
    package let column: ColumnName
    /// How its values may be seen.
    package let treatment: Treatment
    /// The policies and tags that led there, the deciding ones first.
    package let reason: Reason
}

/// How a column's values may be seen; `.clear` is the only way to raw text.
package enum Treatment: Hashable, Sendable {
    /// As they are.
    case clear
    /// Through a mask.
    case masked(MaskChoice)
    /// Not at all.
    case denied
}

/// The mask that policy chose, by name: what it does is the masking room's business.
package struct MaskChoice: Hashable, Sendable {
    /// The mask type, such as `MASK_SHOW_LAST_4`, `MASK_NULL`, `CUSTOM`.
    package let maskType: String
    /// The service definition's text for that type, such as `mask_hash({col})`; nil when it has none.
    package let transformer: String?
    /// The policy item's own expression, for `CUSTOM`; what it asked of the request is filled in.
    package let valueExpression: String?
    /// The expression as it was published, where that is another text.
    package var publishedExpression: String?
}

/// The row filter that policy chose.
package struct RowFilterDecision: Sendable {
    /// The SQL expression, with what it asked of the request filled in; rows for which it is true may be seen.
    package let expression: String
    /// The expression as it was published, where that is another text.
    package var publishedExpression: String?
    /// The policies and tags that led there.
    package let reason: Reason
}

/// Why: the steps that led to an outcome, the deciding one first; never empty.
package struct Reason: Hashable, Sendable {
    /// The steps.
    package let steps: [ReasonStep]
}

/// One step of a reason.
package enum ReasonStep: Hashable, Sendable {
    /// A policy's item decided.
    case policy(PolicyCitation)
    /// A tag brought the policy into play.
    case tag(EffectiveTag)
    /// No policy said anything: denied by default.
    case noPolicy
    /// The service lets some people do everything, of whom the one who asks is one, by this name.
    case superUser(String, of: ServiceName)
    /// It is shared with the one who asks.
    case shared(SharedCitation)
    /// Only the policies of this security zone counted.
    case zone(String)
}

/// A policy as a reason cites it.
package struct PolicyCitation: Hashable, Sendable {
    /// The policy's id.
    package let id: Int64
    /// The policy's name.
    package let name: String
    /// The service it belongs to.
    package let service: ServiceName
    /// Which list of items decided, such as `policyItems`, `denyPolicyItems`, `dataMaskPolicyItems`.
    package let list: String
    /// The position of the deciding item in its list, from 0.
    package let item: Int
    /// Why the item meant this subject, such as `group analysts`, `user alice`, `role partner`, `public`.
    package let principal: String
}

/// Datasets and projects as a reason cites them.
package struct SharedCitation: Hashable, Sendable {
    /// Names of the datasets that allow it.
    package let datasets: [String]
    /// Names of the projects that do.
    package let projects: [String]
    /// The id of the policy that allowed first.
    package let policy: Int64

    /// Such as ``dataset `sales`, project `spring` ``.
    package var names: String {
        (datasets.map { "dataset `\($0)`" } + projects.map { "project `\($0)`" }).joined(separator: ", ")
    }
}
