package import CatalogModel
import Masking

/// Reads row filters and custom masks with PostgreSQL's own parser and refuses what is outside the subset.
package struct ExpressionParser {
    /// Bytes of UTF-8 that a text may have.
    package static let textLimit = 65_536

    /// The expression of a text.
    ///
    /// Cost: some 100 µs, most of it the thread; the caller's thread waits.
    /// - Throws: what is wrong, by name and position.
    package static func parse(_ text: String) throws(ExpressionSyntaxError) -> SQLExpression {
        try read(text).expression
    }

    /// The expression of a text, once it is known that the columns exist and that the types agree.
    ///
    /// `maskedColumn` is what `{col}` stands for; nil in a row filter, where it is refused.
    /// - Throws: what is wrong, by name and position.
    @discardableResult
    package static func check(
        _ text: String,
        schema: TableSchema,
        maskedColumn: ColumnName? = nil
    ) throws(ExpressionSyntaxError) -> SQLExpression {
        let (expression, positions) = try read(text)
        do throws(ExpressionError) {
            let compiled = try CompiledExpression(
                expression,
                schema: schema,
                subject: Subject(user: UserName("")),
                now: Instant(seconds: 0),
                maskedColumn: maskedColumn
            )
            if maskedColumn == nil, !compiled.isCondition {
                throw ExpressionError.refused(
                    "a row filter must be true or false, this is \(compiled.type)",
                    node: 0
                )
            }
        } catch {
            guard case .refused(let message, let node) = error, positions.indices.contains(node) else {
                throw ExpressionSyntaxError(message: "\(error)", position: nil)
            }
            let position = positions[node]
            throw ExpressionSyntaxError(message: "\(message) (at position \(position))", position: position)
        }
        return expression
    }

    /// Also gives the position of each node, in the order in which a walk from the root meets them.
    static func read(
        _ text: String
    ) throws(ExpressionSyntaxError) -> (expression: SQLExpression, positions: [Int]) {
        guard text.utf8.count <= textLimit else {
            throw ExpressionSyntaxError(
                message: "the expression has \(text.utf8.count) bytes, more than \(textLimit)",
                position: nil
            )
        }
        let prepared = try PreparedText(text)
        // Each level of ours is at most six of the tree's braces and brackets.
        switch ParserThread.parse(prepared.statement, depthLimit: SQLExpression.depthLimit * 6 + 20) {
        case .tree(let bytes):
            var builder = ExpressionBuilder(text: prepared)
            let expression = try builder.expression(ofStatement: bytes)
            return (expression, builder.positions)
        case .syntaxError(let cursor):
            let position = max(1, cursor - PreparedText.opening.utf8.count)
            throw ExpressionSyntaxError(message: "syntax error at position \(position)", position: position)
        case .tooDeep:
            throw ExpressionSyntaxError(
                message: "the expression has more than \(SQLExpression.depthLimit) levels",
                position: nil
            )
        case .unavailable:
            throw ExpressionSyntaxError(message: "the parser could not start", position: nil)
        }
    }
}
