extension StatementDecoder {
    /// An entry of `FROM`.
    mutating func source(_ node: SyntaxMessage) throws(StatementError) -> QuerySource {
        guard let node = SyntaxNode(node) else { throw unreadable }
        try begin()
        try enter()
        defer { leave() }
        switch SyntaxKind(rawValue: node.kind) {
        case .relation: return .relation(try relation(node.message))
        case .rangeQuery: return try subquery(node.message)
        case .rangeFunction: return try function(node.message)
        case .join: return .join(try join(node.message))
        default: throw refusal(SyntaxKind.name(of: node.kind), -1, .construct)
        }
    }

    /// A relation by name.
    mutating func relation(_ message: SyntaxMessage) throws(StatementError) -> QueryRelation {
        var message = message
        try beginRelation()
        let catalog = message.text(1)
        let schema = message.text(2)
        let name = message.text(3) ?? ""
        let inherits = message.number(4) == 1
        _ = message.text(5)
        let alias = try alias(message.message(6))
        let offset = message.number(7)
        try finish(message, "a relation", offset)
        guard catalog == nil else {
            throw refusal("a relation's name of three parts", offset, .relation)
        }
        let relation = QueryRelation(
            schema: schema,
            name: name,
            isOnly: !inherits,
            alias: alias,
            place: Place(offset: offset)
        )
        mentions.add(relation)
        return relation
    }

    private mutating func subquery(_ message: SyntaxMessage) throws(StatementError) -> QuerySource {
        var message = message
        let isLateral = message.number(1) == 1
        let node = message.message(2)
        let alias = try alias(message.message(3))
        try finish(message, "a subquery", -1)
        mentions.add(alias)
        return .query(try query(node), isLateral: isLateral, alias)
    }

    /// One function of the list of those that may stand in `FROM`.
    private mutating func function(_ message: SyntaxMessage) throws(StatementError) -> QuerySource {
        var message = message
        let isLateral = message.number(1) == 1
        let withOrdinality = message.number(2) == 1
        let isRowsFrom = message.number(3) == 1
        let functions = message.messages(4)
        let alias = try alias(message.message(5))
        mentions.add(alias)
        guard message.isSpent else { throw refusal("a list of column definitions", -1) }
        var calls: [QueryCall] = []
        for function in functions { calls.append(try rowCall(function)) }
        guard var call = calls.first else { throw unreadable }
        if isRowsFrom {
            // What `unnest` of several arrays means.
            let isPlain = calls.allSatisfy {
                $0 == QueryCall(function: "unnest", arguments: $0.arguments, place: $0.place)
                    && $0.arguments.count == 1
            }
            guard isPlain else { throw refusal("ROWS FROM of other functions than `unnest`", -1) }
            call.arguments = calls.flatMap(\.arguments)
        } else if calls.count > 1 {
            throw unreadable
        }
        return .call(call, isLateral: isLateral, withOrdinality: withOrdinality, alias)
    }

    private mutating func rowCall(_ function: SyntaxMessage) throws(StatementError) -> QueryCall {
        guard let list = SyntaxNode(function), list.kind == SyntaxKind.list.rawValue else { throw unreadable }
        var items = list.message
        let parts = items.messages(1)
        // The second part is the list of column definitions, empty here.
        guard let first = parts.first, parts.dropFirst().allSatisfy(\.isSpent), let node = SyntaxNode(first)
        else { throw refusal("a list of column definitions", -1) }
        guard node.kind == SyntaxKind.call.rawValue else {
            throw refusal("this in FROM", -1)
        }
        let call = try call(node.message)
        guard AllowedFunctions.rows[call.function] != nil else {
            throw refusal("function `\(call.function)` in FROM", call.place.offset, .function)
        }
        return call
    }

    private mutating func join(_ message: SyntaxMessage) throws(StatementError) -> QueryJoin {
        var message = message
        let kinds: [Int: JoinKind] = [1: .inner, 2: .left, 3: .full, 4: .right]
        guard let kind = kinds[message.number(1)], let left = message.message(3),
            let right = message.message(4)
        else { throw unreadable }
        let isNatural = message.number(2) == 1
        guard let using = names(message.messages(5)) else { throw unreadable }
        mentions.add(columns: using)
        if isNatural { mentions.addAll() }
        var condition: QueryExpression?
        if let node = message.message(7) { condition = try expression(node) }
        let alias = try alias(message.message(8))
        mentions.add(alias)
        _ = message.number(9)
        try finish(message, "JOIN", -1)
        return QueryJoin(
            kind: kind,
            isNatural: isNatural,
            left: try source(left),
            right: try source(right),
            using: using,
            condition: condition,
            alias: alias
        )
    }
}
