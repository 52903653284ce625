/// Why an expression can't be used with a table, or has no value for a row.
///
/// **Promise.** Holds no row value and no literal of the policy.
package enum ExpressionError: Error, Hashable, Sendable {
    /// The expression doesn't fit the table: an unknown column, types that don't agree. `node` counts the parts of
    /// the expression from its root, each before its own parts.
    case refused(String, node: Int)
    /// The second operand of `/`, `%` or `mod` is zero.
    case divisionByZero
    /// A number, date or text has left the range of its type.
    case outOfRange
    /// A cast from text to this type met something that isn't one.
    case invalidText(for: String)
    /// A `LIKE` pattern ends with its escape character.
    case invalidPattern
    /// An argument that its function doesn't take.
    case invalidArgument
    /// A value of this column is not of the column's type.
    case malformedValue(String)
    /// The batch has other columns than those that the expression was made for.
    case otherColumns
}
