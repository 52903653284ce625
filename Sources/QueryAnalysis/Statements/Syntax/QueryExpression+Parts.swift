extension QueryExpression {
    /// The same expression over changed parts; only for the kinds whose parts are plain expressions.
    func mappingParts(
        _ change: (QueryExpression) throws(StatementError) -> QueryExpression
    ) throws(StatementError) -> QueryExpression {
        func all(_ values: [QueryExpression]) throws(StatementError) -> [QueryExpression] {
            var result: [QueryExpression] = []
            result.reserveCapacity(values.count)
            for value in values { result.append(try change(value)) }
            return result
        }
        switch self {
        case .name, .literal, .parameter, .call, .query, .part, .moment, .session: return self
        case .cast(let value, let type): return .cast(try change(value), type)
        case .sign(let symbol, let value): return .sign(symbol, try change(value))
        case .operation(let symbol, let left, let right):
            return .operation(symbol, try change(left), try change(right))
        case .quantified(let symbol, let isAny, let left, let right):
            return .quantified(symbol, isAny: isAny, try change(left), try change(right))
        case .isDistinct(let left, let right, let negated):
            return .isDistinct(try change(left), try change(right), negated: negated)
        case .nullIf(let left, let right): return .nullIf(try change(left), try change(right))
        case .isIn(let value, let items, let negated):
            return .isIn(try change(value), try all(items), negated: negated)
        case .matches(let value, let kind, let pattern, let negated):
            return .matches(try change(value), kind, pattern: try change(pattern), negated: negated)
        case .between(let value, let low, let high, let symmetric, let negated):
            return .between(
                try change(value),
                low: try change(low),
                high: try change(high),
                symmetric: symmetric,
                negated: negated
            )
        case .and(let parts): return .and(try all(parts))
        case .or(let parts): return .or(try all(parts))
        case .not(let value): return .not(try change(value))
        case .isNull(let value, let negated): return .isNull(try change(value), negated: negated)
        case .isTruth(let value, let kind, let negated):
            return .isTruth(try change(value), kind, negated: negated)
        case .cases(let operand, let branches, let otherwise):
            var resolved: [QueryBranch] = []
            for branch in branches {
                let condition = try change(branch.condition)
                resolved.append(QueryBranch(condition: condition, result: try change(branch.result)))
            }
            var first: QueryExpression?
            if let operand { first = try change(operand) }
            var last: QueryExpression?
            if let otherwise { last = try change(otherwise) }
            return .cases(operand: first, resolved, otherwise: last)
        case .coalesce(let parts): return .coalesce(try all(parts))
        case .greatest(let parts): return .greatest(try all(parts))
        case .least(let parts): return .least(try all(parts))
        case .row(let parts, let isList): return .row(try all(parts), isList: isList)
        case .array(let parts): return .array(try all(parts))
        case .collated(let value, let name): return .collated(try change(value), name)
        case .grouping(let parts): return .grouping(try all(parts))
        case .groupingSet(let kind, let parts): return .groupingSet(kind, try all(parts))
        }
    }

    /// A moment with a time zone as the same moment in UTC without one.
    static func inUTC(_ value: QueryExpression) -> QueryExpression {
        .call(QueryCall(function: "timezone", arguments: [.literal(.text("UTC")), value]))
    }
}
