package import CatalogModel
import PolicyEngine

/// What the checks of policies look for; the raw values are ids that stay.
package enum PolicyRule: String, Hashable, Sendable, CaseIterable {
    /// A policy that matches columns of the catalog and never decides.
    case shadowedPolicy = "shadowed-policy"
    /// A policy that matches no column of the catalog.
    case matchesNothing = "matches-nothing"
    /// A mask that shows four characters, on values that have no more.
    case shortValuesShown = "short-values-shown"
    /// A hash without salt of a column with so few values that all can be tried.
    case guessableHash = "guessable-hash"
    /// A column that is masked, and clear in a column that is made from it.
    case rawCopy = "raw-copy"

    /// What it is about, in a sentence.
    package var summary: String {
        switch self {
        case .shadowedPolicy: "other policies decide everywhere before this one"
        case .matchesNothing: "no column of the catalog is meant by this policy"
        case .shortValuesShown: "a mask that shows four characters shows short values whole"
        case .guessableHash:
            "a hash without salt of a column with few values can be undone by trying them all"
        case .rawCopy: "a column that is masked is clear in a copy of it"
        }
    }
}

/// Something about policies that probably isn't meant.
package struct PolicyFinding: Hashable, Sendable {
    /// How bad it is.
    package enum Level: String, Hashable, Sendable {
        /// Values that policy means to hide can be seen.
        case error
        /// Something doesn't do what it seems to do, or may show values.
        case warning
    }

    /// The rule that found it.
    package let rule: PolicyRule
    /// How bad it is.
    package let level: Level
    /// The service of the policy.
    package let service: String
    /// The name of the policy.
    package let policy: String
    /// Where in the policy, such as `dataMaskPolicyItems[0]`; empty for all of it.
    package let member: String
    /// The column that shows it; nil when it is about the policy as such.
    package let column: ColumnReference?
    /// Why it is one.
    package let why: String
    /// What to do about it.
    package let advice: String

    /// The policy and, where there is one, the column.
    package var place: String {
        let policy = PolicyPlace("policy", policy, service: service, member: member).description
        return column.map { "\(policy), on `\($0)`" } ?? policy
    }
}
