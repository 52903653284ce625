extension QueryExpression {
    /// The same expression with values in the place of its parameters; those inside subqueries are refused later, by
    /// whoever meets a parameter in policy text.
    func replacingParameters(
        _ value: (Int) throws(StatementError) -> QueryExpression
    ) throws(StatementError) -> QueryExpression {
        switch self {
        case .parameter(let number): return try value(number)
        case .call(var call):
            var arguments: [QueryExpression] = []
            for argument in call.arguments { arguments.append(try argument.replacingParameters(value)) }
            call.arguments = arguments
            return .call(call)
        case .query(let test, var query):
            query = try query.replacingParameters(value)
            switch test {
            case .exists, .scalar, .array: return .query(test, query)
            case .any(let left, let symbol):
                return .query(.any(try left.replacingParameters(value), operator: symbol), query)
            case .all(let left, let symbol):
                return .query(.all(try left.replacingParameters(value), operator: symbol), query)
            }
        case .part(let whole, let steps): return .part(try whole.replacingParameters(value), steps)
        default:
            return try mappingParts { part throws(StatementError) in try part.replacingParameters(value) }
        }
    }

    /// The same expression with its own columns named by their table too, so that they keep their meaning beside
    /// others; subqueries name theirs already as far as they must.
    func qualifyingColumns(with table: String, _ columns: Set<String>) throws(StatementError)
        -> QueryExpression
    {
        switch self {
        case .name(let parts, let place):
            return parts.count == 1 && columns.contains(parts[0]) ? .name([table, parts[0]], place) : self
        case .call(var call):
            var arguments: [QueryExpression] = []
            for argument in call.arguments {
                arguments.append(try argument.qualifyingColumns(with: table, columns))
            }
            call.arguments = arguments
            return .call(call)
        case .part(let whole, let steps):
            return .part(try whole.qualifyingColumns(with: table, columns), steps)
        case .query: return self
        default:
            return try mappingParts { part throws(StatementError) in
                try part.qualifyingColumns(with: table, columns)
            }
        }
    }
}

extension Query {
    fileprivate func replacingParameters(
        _ value: (Int) throws(StatementError) -> QueryExpression
    ) throws(StatementError) -> Query {
        var result = self
        guard case .plain(var plain) = body else { return self }
        for index in plain.targets.indices {
            if case .expression(let inner) = plain.targets[index].value {
                plain.targets[index].value = .expression(try inner.replacingParameters(value))
            }
        }
        if let condition = plain.condition { plain.condition = try condition.replacingParameters(value) }
        result.body = .plain(plain)
        return result
    }
}
