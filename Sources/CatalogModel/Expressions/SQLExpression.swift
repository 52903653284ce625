/// A scalar expression in SQL: a row filter or a custom mask, parsed and free of anything outside the subset.
///
/// **Shape.** A tree at most ``depthLimit`` levels deep, so that walking it by recursion is safe on any thread. It
/// knows no types: those come with a table's columns.
/// **Source.** The meaning of each case is PostgreSQL 15's; `Docs/Expressions.md` lists the subset.
package indirect enum SQLExpression: Hashable, Sendable {
    /// A value written in the policy.
    case literal(SQLLiteral)
    /// A column of the table.
    case column(ColumnName)
    /// A fact about the request.
    case macro(ExpressionMacro)
    /// A sign before a number.
    case unary(SQLSign, SQLExpression)
    /// Arithmetic, a comparison or `||`.
    case binary(SQLOperator, SQLExpression, SQLExpression)
    /// All of two or more, three-valued.
    case and([SQLExpression])
    /// Any of two or more, three-valued.
    case or([SQLExpression])
    /// The opposite; unknown stays unknown.
    case not(SQLExpression)
    /// `IS NULL`, `IS NOT NULL`.
    case isNull(SQLExpression, negated: Bool)
    /// `IS TRUE`, `IS NOT FALSE`, `IS UNKNOWN` and their likes.
    case isTruth(SQLExpression, SQLTruth, negated: Bool)
    /// `IS DISTINCT FROM`; negated: `IS NOT DISTINCT FROM`.
    case isDistinct(SQLExpression, SQLExpression, negated: Bool)
    /// `IN (…)` with one item or more.
    case isIn(SQLExpression, [SQLExpression], negated: Bool)
    /// `BETWEEN low AND high`; symmetric: in either order.
    case between(SQLExpression, low: SQLExpression, high: SQLExpression, symmetric: Bool, negated: Bool)
    /// `LIKE` and `ILIKE`; without an escape character the backslash is it, an empty one means none.
    case like(SQLExpression, pattern: SQLExpression, escape: String?, ignoringCase: Bool, negated: Bool)
    /// `CASE`; with an operand each condition is compared to it.
    case cases(operand: SQLExpression?, branches: [SQLBranch], otherwise: SQLExpression?)
    /// The first that isn't NULL.
    case coalesce([SQLExpression])
    /// NULL when both are equal, else the first.
    case nullIf(SQLExpression, SQLExpression)
    /// `GREATEST` or `LEAST`, which pass over NULL.
    case extreme(SQLExtreme, [SQLExpression])
    /// A call of a function of the subset.
    case call(SQLFunction, [SQLExpression])
    /// `EXTRACT(field FROM …)`.
    case extract(SQLDateField, SQLExpression)
    /// `date_trunc('field', …)`.
    case truncateDate(SQLDateField, SQLExpression)
    /// `CAST(… AS type)`, `…::type`, `type '…'`.
    case cast(SQLExpression, SQLCastType)

    /// Levels that a tree may have; parsers refuse deeper ones.
    package static let depthLimit = 100
    /// Nodes that a tree may have; parsers refuse more.
    package static let nodeLimit = 10_000
}

/// One `WHEN … THEN …`.
package struct SQLBranch: Hashable, Sendable {
    /// The condition, or the value that the operand is compared to.
    package let condition: SQLExpression
    /// The outcome.
    package let result: SQLExpression

    /// A branch.
    package init(when condition: SQLExpression, then result: SQLExpression) {
        self.condition = condition
        self.result = result
    }
}

extension SQLExpression {
    /// The direct parts, in the order in which they are written.
    package var children: [SQLExpression] {
        switch self {
        case .literal, .column, .macro: []
        case .unary(_, let part), .not(let part), .isNull(let part, _), .isTruth(let part, _, _),
            .extract(_, let part), .truncateDate(_, let part), .cast(let part, _):
            [part]
        case .binary(_, let left, let right), .isDistinct(let left, let right, _),
            .nullIf(let left, let right):
            [left, right]
        case .and(let parts), .or(let parts), .coalesce(let parts), .extreme(_, let parts),
            .call(_, let parts):
            parts
        case .isIn(let value, let items, _): [value] + items
        case .between(let value, let low, let high, _, _): [value, low, high]
        case .like(let value, let pattern, _, _, _): [value, pattern]
        case .cases(let operand, let branches, let otherwise):
            (operand.map { [$0] } ?? []) + branches.flatMap { [$0.condition, $0.result] }
                + (otherwise.map { [$0] } ?? [])
        }
    }

    /// The columns that it names itself, each once, in the order of their first mention; `{col}` is not among
    /// them.
    package var columns: [ColumnName] {
        var names: [ColumnName] = []
        var seen: Set<ColumnName> = []
        func visit(_ expression: SQLExpression) {
            if case .column(let name) = expression, seen.insert(name).inserted { names.append(name) }
            for child in expression.children { visit(child) }
        }
        visit(self)
        return names
    }
}
