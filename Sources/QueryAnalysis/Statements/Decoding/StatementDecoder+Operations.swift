extension StatementDecoder {
    /// An `A_Expr`: operators and what the grammar makes of its kind.
    mutating func operation(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let kind = message.number(1)
        let name = message.messages(2)
        let left = message.message(3)
        let right = message.message(4)
        let offset = message.number(5)
        try finish(message, "an operator", offset)
        switch kind {
        case 1:
            let symbol = try operatorName(name, offset)
            guard let left else { return .sign(symbol, try expression(right)) }
            return .operation(symbol, try expression(left), try expression(right))
        case 2, 3:
            let symbol = try operatorName(name, offset)
            return .quantified(symbol, isAny: kind == 2, try expression(left), try expression(right))
        case 4, 5:
            return .isDistinct(try expression(left), try expression(right), negated: kind == 5)
        case 6: return .nullIf(try expression(left), try expression(right))
        case 7:
            let symbol = try operatorName(name, offset)
            return .isIn(try expression(left), try list(right), negated: symbol == "<>")
        case 8, 9, 10:
            let symbol = try operatorName(name, offset)
            let kinds: [Int: MatchKind] = [8: .like, 9: .ilike, 10: .similar]
            return .matches(
                try expression(left),
                kinds[kind] ?? .like,
                pattern: try expression(right),
                negated: symbol.hasPrefix("!")
            )
        case 11...14:
            let bounds = try list(right)
            guard bounds.count == 2 else { throw unreadable }
            return .between(
                try expression(left),
                low: bounds[0],
                high: bounds[1],
                symmetric: kind >= 13,
                negated: kind.isMultiple(of: 2)
            )
        default: throw refusal("this operator", offset, .operator)
        }
    }

    private func operatorName(_ parts: [SyntaxMessage], _ offset: Int) throws(StatementError) -> String {
        guard let name = catalogName(parts), AllowedOperators.names.contains(name) else {
            let written = (names(parts) ?? []).joined(separator: ".")
            throw refusal("operator `\(written)`", offset, .operator)
        }
        return name
    }

    /// A subquery in an expression.
    mutating func subquery(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let kind = message.number(2)
        _ = message.number(3)
        let left = message.message(4)
        let name = message.messages(5)
        let node = message.message(6)
        let offset = message.number(7)
        try finish(message, "a subquery", offset)
        let test: QueryTest
        switch kind {
        case 1: test = .exists
        case 2: test = .all(try expression(left), operator: try operatorName(name, offset))
        case 3:
            let symbol = name.isEmpty ? nil : try operatorName(name, offset)
            test = .any(try expression(left), operator: symbol)
        case 5: test = .scalar
        case 7: test = .array
        default: throw refusal("this subquery", offset)
        }
        return .query(test, try query(node))
    }

    /// A cast.
    mutating func cast(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let value = message.message(1)
        guard let type = message.message(2) else { throw unreadable }
        let offset = message.number(3)
        try finish(message, "a cast", offset)
        return .cast(try expression(value), try self.type(type))
    }

    /// A type by name.
    mutating func type(_ message: SyntaxMessage) throws(StatementError) -> QueryType {
        var message = message
        let parts = message.messages(1)
        let modifierNodes = message.messages(5)
        _ = message.number(6)
        let isArray = !message.messages(7).isEmpty
        let offset = message.number(8)
        guard message.isSpent, let written = catalogName(parts),
            let name = AllowedTypes.name(written) ?? AllowedTypes.catalogName(written, isOurs: isOurs)
        else {
            let written = (names(parts) ?? []).joined(separator: ".")
            throw refusal("type `\(written)`", offset, .type)
        }
        var modifiers: [Int] = []
        for node in modifierNodes {
            guard let constant = SyntaxNode(node), constant.kind == SyntaxKind.constant.rawValue,
                case .number(let digits) = try literal(constant.message), let number = Int(digits)
            else { throw refusal("this modifier of type `\(name)`", offset, .type) }
            modifiers.append(number)
        }
        let isKnown = name != "interval" || modifiers.isEmpty || AllowedTypes.intervalFields(modifiers) != nil
        guard modifiers.count <= AllowedTypes.modifierLimit(name), isKnown else {
            throw refusal("this modifier of type `\(name)`", offset, .type)
        }
        return QueryType(name: name, modifiers: modifiers, isArray: isArray)
    }
}
