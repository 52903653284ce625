/// What went wrong in a use case or port, with a stable code that clients may rely on.
///
/// **Promise.** `message` never holds a row value, a secret or a policy's literal.
package struct GovernanceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure; stable across releases.
    package let code: GovernanceErrorCode
    /// What failed and why, names in backticks, lower case, no full stop, and how to go on where that isn't plain.
    package let message: String

    /// Joins a code and a message.
    package init(_ code: GovernanceErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }
}

/// The stable codes of failures; each door maps them in one exhaustive `switch`.
package enum GovernanceErrorCode: String, Hashable, Sendable, CaseIterable {
    /// The request itself is wrong: a missing field, an unknown name in it, a wrong type.
    case invalidRequest = "invalid-request"
    /// Nobody of that name and secret.
    case unauthenticated = "unauthenticated"
    /// The caller may not do this act.
    case forbidden = "forbidden"
    /// Policy denies the table or one of the columns.
    case denied = "denied"
    /// The user isn't in the catalog.
    case unknownUser = "unknown-user"
    /// The table isn't in the catalog, or the caller may not know of it.
    case unknownTable = "unknown-table"
    /// The table has no such column, or the caller may not know of it.
    case unknownColumn = "unknown-column"
    /// The mask that policy names is not known, or not published.
    case unknownMask = "unknown-mask"
    /// The mask that policy names doesn't fit the column's type.
    case unsuitableMask = "unsuitable-mask"
    /// A mask or row filter met a value that it can't work on.
    case evaluationFailed = "evaluation-failed"
    /// Something else of that name is there already.
    case conflict = "conflict"
    /// Nothing of that name.
    case notFound = "not-found"
    /// A policy, tag, principal or type is not acceptable; the message names the place.
    case invalidPolicy = "invalid-policy"
    /// An entity doesn't fit its type.
    case invalidEntity = "invalid-entity"
    /// The source can't be opened or read.
    case sourceUnavailable = "source-unavailable"
    /// The source delivers other columns than were planned.
    case sourceChanged = "source-changed"
    /// A row of the source doesn't fit its columns, and the source's rule is to fail.
    case malformedRow = "malformed-row"
    /// A documented limit was passed.
    case limitExceeded = "limit-exceeded"
    /// The store was written by an older or newer Steward.
    case storeVersion = "store-version"
    /// The store can't be read or written.
    case storeUnavailable = "store-unavailable"
    /// The audit log can't be written: nothing is handed out.
    case auditUnavailable = "audit-unavailable"
    /// A mistake of ours.
    case internalError = "internal"
}
