/// Why a text is no expression of the subset, in words for its author.
///
/// **Promise.** Names functions, operators, types and columns; never repeats a literal of the policy.
package struct ExpressionSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, such as "function `pg_read_file` at position 8 is not in the subset".
    package let message: String
    /// Where, in characters of the author's text from 1; nil when it concerns the whole.
    package let position: Int?

    /// The message.
    package var description: String { message }
}
