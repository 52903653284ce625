extension QueryResolver {
    /// The entries of an `ORDER BY`: a bare name means an output column first.
    mutating func orders(
        _ orders: [QueryOrder],
        outputs: [String],
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> [QueryOrder] {
        var result = orders
        for index in orders.indices {
            result[index].value = try output(orders[index].value, outputs, in: names, common: common)
        }
        return result
    }

    /// The parts of a `DISTINCT ON`, which follow the same rule.
    mutating func outputs(
        _ parts: [QueryExpression],
        _ outputs: [String],
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> [QueryExpression] {
        var result: [QueryExpression] = []
        for part in parts { result.append(try output(part, outputs, in: names, common: common)) }
        return result
    }

    private mutating func output(
        _ value: QueryExpression,
        _ outputs: [String],
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> QueryExpression {
        if case .name(let parts, _) = value, parts.count == 1, outputs.contains(parts[0]) { return value }
        return try expression(value, in: names, common: common)
    }

    /// The parts of a `GROUP BY`: a bare name means a column of `FROM` first, then an output column.
    mutating func grouped(
        _ parts: [QueryExpression],
        outputs: [String],
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> [QueryExpression] {
        var result: [QueryExpression] = []
        for part in parts {
            switch part {
            case .name(let name, _)
            where name.count == 1 && outputs.contains(name[0]) && !isOwnColumn(name[0], names):
                result.append(part)
            case .groupingSet(let kind, let inner):
                result.append(
                    .groupingSet(kind, try grouped(inner, outputs: outputs, in: names, common: common))
                )
            case .row(let inner, let isList):
                let inner = try grouped(inner, outputs: outputs, in: names, common: common)
                result.append(.row(inner, isList: isList))
            default: result.append(try expression(part, in: names, common: common))
            }
        }
        return result
    }

    private func isOwnColumn(_ name: String, _ names: Namespace) -> Bool {
        names.own.contains { $0.showsColumns && $0.columns.contains(name) }
    }
}
