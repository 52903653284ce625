/// A macro in a row filter or custom mask, replaced by a fact about the request.
package enum ExpressionMacro: String, Hashable, Sendable, CaseIterable {
    /// `{USER}`, and SQL's `current_user`: the name of the user who asks.
    case user = "USER"
    /// `{col}`: the column that a custom mask is for.
    case column = "col"
}

/// The parsed row filters and custom masks of one policy version, by their exact text.
///
/// A text that isn't here was never published: plans refuse it.
package struct ExpressionLibrary: Sendable {
    private let expressions: [String: SQLExpression]
    private var filled: [String: SQLExpression] = [:]

    /// Keyed by the text as it stands in the policy.
    package init(_ expressions: [String: SQLExpression] = [:]) { self.expressions = expressions }

    /// The expression of a text; nil when it was not published.
    package subscript(text: String) -> SQLExpression? { filled[text] ?? expressions[text] }

    /// The same with expressions that were published since.
    package func including(_ published: [String: SQLExpression]) -> ExpressionLibrary {
        published.isEmpty
            ? self : ExpressionLibrary(expressions.merging(published) { _, new in new })
    }

    /// The same with expressions whose published texts were filled in for one request.
    package func adding(_ filled: [String: SQLExpression]) -> ExpressionLibrary {
        var library = self
        library.filled = filled
        return library
    }
}
