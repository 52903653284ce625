extension QueryPrinter {
    /// An expression inside parentheses of its own, for places where the grammar takes few kinds.
    mutating func parenthesised(_ value: QueryExpression) {
        write("(")
        expression(value)
        write(")")
    }

    mutating func expression(_ value: QueryExpression) {
        switch value {
        case .name(let parts, _): separated(parts, by: ".") { $0.name($1) }
        case .literal(let literal): self.literal(literal)
        case .parameter(let number): write("$\(number)")
        case .cast(let value, let type):
            write("CAST(")
            expression(value)
            write(" AS ")
            self.type(type)
            write(")")
        case .call(let call): self.call(call)
        case .coalesce(let parts): function("COALESCE", parts)
        case .greatest(let parts): function("GREATEST", parts)
        case .least(let parts): function("LEAST", parts)
        case .grouping(let parts): function("GROUPING", parts)
        case .nullIf(let left, let right): function("NULLIF", [left, right])
        case .row(let parts, let isList):
            if !isList { write("ROW") }
            write("(")
            separated(parts) { $0.expression($1) }
            write(")")
        case .array(let parts):
            write("ARRAY[")
            separated(parts) { $0.expression($1) }
            write("]")
        case .moment(let moment, let precision):
            write(moment.rawValue + (precision.map { "(\($0))" } ?? ""))
        case .session(let fact): write(fact.rawValue)
        case .groupingSet(let kind, let parts):
            write(kind.rawValue)
            guard kind != .empty else { return }
            write("(")
            separated(parts) { $0.expression($1) }
            write(")")
        case .query(let test, let query): subquery(test, query)
        case .cases(let operand, let branches, let otherwise): cases(operand, branches, otherwise)
        case .part(let value, let steps): part(value, steps)
        default:
            write("(")
            composite(value)
            write(")")
        }
    }

    /// What stands in parentheses: an operator with its operands.
    private mutating func composite(_ value: QueryExpression) {
        switch value {
        case .sign(let symbol, let value):
            write("\(symbol) ")
            expression(value)
        case .operation(let symbol, let left, let right): infix(left, symbol, right)
        case .quantified(let symbol, let isAny, let left, let right):
            expression(left)
            write(" \(symbol) \(isAny ? "ANY" : "ALL") ")
            parenthesised(right)
        case .isDistinct(let left, let right, let negated):
            infix(left, negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", right)
        case .isIn(let value, let items, let negated):
            expression(value)
            write(negated ? " NOT IN (" : " IN (")
            separated(items) { $0.expression($1) }
            write(")")
        case .matches(let value, let kind, let pattern, let negated):
            matches(value, (negated ? "NOT " : "") + kind.rawValue, pattern)
        case .between(let value, let low, let high, let symmetric, let negated):
            infix(value, (negated ? "NOT " : "") + "BETWEEN" + (symmetric ? " SYMMETRIC" : ""), low)
            write(" AND ")
            expression(high)
        case .and(let parts): separated(parts, by: " AND ") { $0.expression($1) }
        case .or(let parts): separated(parts, by: " OR ") { $0.expression($1) }
        case .not(let value):
            write("NOT ")
            expression(value)
        case .isNull(let value, let negated):
            expression(value)
            write(negated ? " IS NOT NULL" : " IS NULL")
        case .isTruth(let value, let kind, let negated):
            expression(value)
            write(" IS \(negated ? "NOT " : "")\(kind.rawValue)")
        case .collated(let value, let collation):
            expression(value)
            write(" COLLATE pg_catalog.")
            name(collation)
        case .name, .literal, .parameter, .cast, .call, .coalesce, .greatest, .least, .grouping, .nullIf,
            .row,
            .array, .moment, .session, .groupingSet, .query, .cases, .part:
            expression(value)
        }
    }

    /// The grammar wraps the pattern of `SIMILAR TO` in a call, which is taken off again.
    private mutating func matches(_ value: QueryExpression, _ keywords: String, _ pattern: QueryExpression) {
        guard case .call(let call) = pattern, call.function == "similar_to_escape" else {
            infix(value, keywords, pattern)
            return
        }
        expression(value)
        write(" \(keywords) ")
        separated(call.arguments, by: " ESCAPE ") { $0.expression($1) }
    }

    private mutating func infix(_ left: QueryExpression, _ symbol: String, _ right: QueryExpression) {
        expression(left)
        write(" \(symbol) ")
        expression(right)
    }

    private mutating func function(_ keyword: String, _ parts: [QueryExpression]) {
        write("\(keyword)(")
        separated(parts) { $0.expression($1) }
        write(")")
    }

    private mutating func literal(_ literal: QueryLiteral) {
        switch literal {
        case .null: write("NULL")
        case .boolean(let flag): write(flag ? "TRUE" : "FALSE")
        case .number(let digits): write(digits.hasPrefix("-") ? "(\(digits))" : digits)
        case .text(let value): quoted(value)
        case .bits(let digits):
            write(digits.hasPrefix("x") ? "X" : "B")
            quoted(String(digits.dropFirst()))
        }
    }

    mutating func type(_ type: QueryType) {
        if type.name == "interval", let fields = AllowedTypes.intervalFields(type.modifiers) {
            // A keyword, which can mean nothing but PostgreSQL's own type; behind a schema it can't have fields.
            write("interval\(fields)")
        } else {
            write("pg_catalog.")
            name(type.name)
            if !type.modifiers.isEmpty {
                write("(\(type.modifiers.map(String.init).joined(separator: ",")))")
            }
        }
        if type.isArray { write("[]") }
    }

    private mutating func cases(
        _ operand: QueryExpression?,
        _ branches: [QueryBranch],
        _ otherwise: QueryExpression?
    ) {
        write("CASE ")
        if let operand {
            expression(operand)
            write(" ")
        }
        for branch in branches {
            write("WHEN ")
            expression(branch.condition)
            write(" THEN ")
            expression(branch.result)
            write(" ")
        }
        if let otherwise {
            write("ELSE ")
            expression(otherwise)
            write(" ")
        }
        write("END")
    }

    private mutating func part(_ value: QueryExpression, _ steps: [QueryStep]) {
        parenthesised(value)
        for step in steps {
            switch step {
            case .field(let field, _):
                write(".")
                name(field)
            case .everything: write(".*")
            case .element(let index):
                write("[")
                expression(index)
                write("]")
            case .slice(let low, let high):
                write("[")
                if let low { expression(low) }
                write(":")
                if let high { expression(high) }
                write("]")
            }
        }
    }

    private mutating func subquery(_ test: QueryTest, _ query: Query) {
        switch test {
        case .scalar: write("(")
        case .exists: write("EXISTS (")
        case .array: write("ARRAY(")
        case .any(let left, let symbol):
            write("(")
            expression(left)
            write(symbol.map { " \($0) ANY (" } ?? " IN (")
        case .all(let left, let symbol):
            write("(")
            expression(left)
            write(" \(symbol) ALL (")
        }
        self.query(query)
        switch test {
        case .scalar, .exists, .array: write(")")
        case .any, .all: write("))")
        }
    }
}
