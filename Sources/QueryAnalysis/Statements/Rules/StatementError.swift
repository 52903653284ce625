/// Why a statement was not rewritten, in words for its author.
///
/// **Promise.** Made from the statement and from names the author may see; never from a row.
package struct StatementError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of refusal; stable across releases.
    package let code: StatementErrorCode
    /// What is wrong: names in backticks or PostgreSQL's double quotes, lower case, no full stop.
    package let message: String
    /// Where, in characters of the statement's text from 1; nil when it concerns the whole.
    package let position: Int?

    /// A refusal.
    package init(code: StatementErrorCode, message: String, position: Int?) {
        self.code = code
        self.message = message
        self.position = position
    }

    /// The message.
    package var description: String { message }
}

/// The stable codes of refusals.
package enum StatementErrorCode: String, Hashable, Sendable, CaseIterable {
    /// The text isn't SQL.
    case syntax
    /// A kind of statement that isn't allowed, such as `INSERT`.
    case statement
    /// A clause or construct that the subset lacks.
    case construct
    /// A function that isn't on the list.
    case function
    /// An operator that isn't on the list.
    case `operator`
    /// A type that isn't on the list.
    case type
    /// A collation that isn't on the list.
    case collation
    /// A session setting that can't be changed or shown.
    case setting
    /// There is no such relation for this consumer.
    case relation
    /// There is no such column for this consumer.
    case column
    /// A name that could mean two things.
    case ambiguous
    /// A relation that can't be governed: its view or mask can't be carried out here.
    case ungovernable
    /// A documented limit was passed.
    case limit
    /// A mistake of ours: the text that would go upstream isn't what was meant.
    case unproven

    /// PostgreSQL's code for it, which clients look at.
    package var sqlState: String {
        switch self {
        case .syntax: "42601"
        case .statement, .function, .operator, .type, .collation, .setting: "42501"
        case .construct, .ungovernable: "0A000"
        case .relation: "42P01"
        case .column: "42703"
        case .ambiguous: "42702"
        case .limit: "54001"
        case .unproven: "XX000"
        }
    }
}
