extension StatementDecoder {
    /// The expression of a node.
    mutating func expression(_ node: SyntaxMessage?) throws(StatementError) -> QueryExpression {
        guard let node, let node = SyntaxNode(node) else { throw unreadable }
        try begin()
        try enter()
        defer { leave() }
        let message = node.message
        switch SyntaxKind(rawValue: node.kind) {
        case .column: return try column(message)
        case .constant:
            var constant = message
            note(constant: constant.number(11))
            return .literal(try literal(message))
        case .parameter: return try parameter(message)
        case .call: return .call(try call(message))
        case .operation: return try operation(message)
        case .boolean: return try boolean(message)
        case .cast: return try cast(message)
        case .nullTest: return try nullTest(message)
        case .truthTest: return try truthTest(message)
        case .cases: return try cases(message)
        case .coalesce: return try coalesce(message)
        case .extreme: return try extreme(message)
        case .fact: return try fact(message)
        case .subquery: return try subquery(message)
        case .row: return try row(message)
        case .arrayExpression: return try array(message)
        case .indirection: return try indirection(message)
        case .collate: return try collate(message)
        case .groupingCall: return try grouping(message)
        case .groupingSet: return try groupingSet(message)
        default: throw refusal(SyntaxKind.name(of: node.kind), -1)
        }
    }

    /// All of a list of nodes.
    mutating func expressions(_ nodes: [SyntaxMessage]) throws(StatementError) -> [QueryExpression] {
        var result: [QueryExpression] = []
        result.reserveCapacity(nodes.count)
        for node in nodes { result.append(try expression(node)) }
        return result
    }

    /// The expressions of a node that is a list.
    mutating func list(_ node: SyntaxMessage?) throws(StatementError) -> [QueryExpression] {
        guard let node, var list = SyntaxNode(node), list.kind == SyntaxKind.list.rawValue else {
            throw unreadable
        }
        return try expressions(list.message.messages(1))
    }

    private mutating func column(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let fields = message.messages(1)
        let offset = message.number(2)
        guard let names = names(fields) else { return try wholeRow(fields, offset) }
        mentions.add(columns: Array(names.suffix(1)))
        switch names.count {
        case 1, 2: return .name(names, Place(offset: offset))
        case 3: return .name(Array(names.dropFirst()), Place(offset: offset))
        default: throw refusal("a name of \(names.count) parts", offset)
        }
    }

    /// `relation.*` where a value stands: the relation's row.
    private mutating func wholeRow(
        _ fields: [SyntaxMessage],
        _ offset: Int
    ) throws(StatementError) -> QueryExpression {
        guard let last = fields.last, let star = SyntaxNode(last), star.kind == SyntaxKind.star.rawValue,
            let names = names(fields.dropLast().map { $0 }), (1...2).contains(names.count)
        else { throw refusal("`*`", offset) }
        mentions.addAll()
        return .part(.name([names[names.count - 1]], Place(offset: offset)), [.everything])
    }

    private func parameter(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let number = message.number(1)
        guard (1...65_535).contains(number) else { throw refusal("this parameter", message.number(2)) }
        return .parameter(number)
    }

    /// The value of a constant.
    func literal(_ message: SyntaxMessage) throws(StatementError) -> QueryLiteral {
        var message = message
        let offset = message.number(11)
        if message.number(10) == 1 { return .null }
        if var value = message.message(1) { return .number(String(value.number(1))) }
        if var value = message.message(2) { return .number(value.text(1) ?? "0") }
        if var value = message.message(3) { return .boolean(value.number(1) == 1) }
        if var value = message.message(4) { return .text(value.text(1) ?? "") }
        if var value = message.message(5), let digits = value.text(1), isBits(digits) { return .bits(digits) }
        throw refusal("this constant", offset)
    }

    private func isBits(_ digits: String) -> Bool {
        let isHexadecimal = digits.hasPrefix("x")
        guard isHexadecimal || digits.hasPrefix("b") else { return false }
        return digits.utf8.dropFirst().allSatisfy { byte in
            isHexadecimal ? byte &- 48 < 10 || (byte | 0x20) &- 97 < 6 : byte == 48 || byte == 49
        }
    }

    private mutating func boolean(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let kind = message.number(2)
        let arguments = try expressions(message.messages(3))
        let offset = message.number(4)
        try finish(message, "a condition", offset)
        switch (kind, arguments.count) {
        case (1, 2...): return .and(arguments)
        case (2, 2...): return .or(arguments)
        case (3, 1): return .not(arguments[0])
        default: throw unreadable
        }
    }

    private mutating func nullTest(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let part = message.message(2)
        let kind = message.number(3)
        let offset = message.number(5)
        try finish(message, "IS NULL", offset)
        return .isNull(try expression(part), negated: kind == 2)
    }

    private mutating func truthTest(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let part = message.message(2)
        let kind = message.number(3)
        let offset = message.number(4)
        try finish(message, "IS", offset)
        let kinds: [TruthKind] = [.isTrue, .isTrue, .isFalse, .isFalse, .isUnknown, .isUnknown]
        guard (1...6).contains(kind) else { throw unreadable }
        return .isTruth(try expression(part), kinds[kind - 1], negated: kind.isMultiple(of: 2))
    }

    private mutating func cases(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        var operand: QueryExpression?
        if let node = message.message(4) { operand = try expression(node) }
        var branches: [QueryBranch] = []
        for node in message.messages(5) {
            guard var when = SyntaxNode(node), when.kind == SyntaxKind.when.rawValue else { throw unreadable }
            let condition = when.message.message(2)
            let result = when.message.message(3)
            branches.append(QueryBranch(condition: try expression(condition), result: try expression(result)))
        }
        var otherwise: QueryExpression?
        if let node = message.message(6) { otherwise = try expression(node) }
        let offset = message.number(7)
        try finish(message, "CASE", offset)
        return .cases(operand: operand, branches, otherwise: otherwise)
    }

    private mutating func coalesce(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let parts = message.messages(4)
        let offset = message.number(5)
        try finish(message, "COALESCE", offset)
        return .coalesce(try expressions(parts))
    }

    private mutating func extreme(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let isGreatest = message.number(5) == 1
        let parts = message.messages(6)
        let offset = message.number(7)
        try finish(message, "GREATEST", offset)
        let arguments = try expressions(parts)
        return isGreatest ? .greatest(arguments) : .least(arguments)
    }

    private func fact(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let operation = message.number(2)
        let precision = message.number(4)
        let offset = message.number(5)
        let moments: [Int: MomentFact] = [
            1: .currentDate, 2: .currentTime, 3: .currentTime, 4: .currentTimestamp, 5: .currentTimestamp,
            6: .localTime, 7: .localTime, 8: .localTimestamp, 9: .localTimestamp,
        ]
        let sessions: [Int: SessionFact] = [
            10: .currentRole, 11: .currentUser, 12: .user, 13: .sessionUser, 14: .currentCatalog,
            15: .currentSchema,
        ]
        if let moment = moments[operation] {
            let isPrecise = [3, 5, 7, 9].contains(operation)
            return .moment(moment, precision: isPrecise ? precision : nil)
        }
        guard let session = sessions[operation] else { throw refusal("this session value", offset) }
        return .session(session)
    }

    private mutating func row(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let parts = message.messages(2)
        // PostgreSQL's COERCE_IMPLICIT_CAST: parentheses without the word.
        let isList = message.number(4) == 3
        let offset = message.number(6)
        try finish(message, "ROW", offset)
        return .row(try expressions(parts), isList: isList)
    }

    private mutating func array(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let parts = message.messages(1)
        let offset = message.number(2)
        try finish(message, "ARRAY", offset)
        return .array(try expressions(parts))
    }

    private mutating func indirection(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let value = message.message(1)
        var steps: [QueryStep] = []
        for node in message.messages(2) {
            guard var step = SyntaxNode(node) else { throw unreadable }
            switch SyntaxKind(rawValue: step.kind) {
            case .string:
                let name = step.message.text(1) ?? ""
                mentions.add(columns: [name])
                steps.append(.field(name, .nowhere))
            case .star:
                mentions.addAll()
                steps.append(.everything)
            case .subscripts:
                let isSlice = step.message.number(1) == 1
                var low: QueryExpression?
                if let node = step.message.message(2) { low = try expression(node) }
                var high: QueryExpression?
                if let node = step.message.message(3) { high = try expression(node) }
                if isSlice {
                    steps.append(.slice(low, high))
                } else {
                    guard let high, low == nil else { throw unreadable }
                    steps.append(.element(high))
                }
            default: throw unreadable
            }
        }
        try finish(message, "a field or element", -1)
        return .part(try expression(value), steps)
    }

    private mutating func collate(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let value = message.message(1)
        let parts = message.messages(2)
        let offset = message.number(3)
        guard let name = catalogName(parts), ["C", "POSIX", "default", "ucs_basic"].contains(name) else {
            throw refusal("this collation", offset, .collation)
        }
        return .collated(try expression(value), name)
    }

    private mutating func grouping(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let parts = message.messages(2)
        let offset = message.number(6)
        try finish(message, "GROUPING", offset)
        return .grouping(try expressions(parts))
    }

    private mutating func groupingSet(_ message: SyntaxMessage) throws(StatementError) -> QueryExpression {
        var message = message
        let kinds: [Int: GroupingKind] = [1: .empty, 3: .rollup, 4: .cube, 5: .sets]
        let number = message.number(1)
        let parts = message.messages(2)
        let offset = message.number(3)
        guard let kind = kinds[number] else { throw refusal("this grouping", offset) }
        try finish(message, "a grouping", offset)
        return .groupingSet(kind, try expressions(parts))
    }
}
