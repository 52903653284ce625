extension StatementDecoder {
    /// The query of a node, which must be one.
    mutating func query(_ node: SyntaxMessage?) throws(StatementError) -> Query {
        guard let node, let select = SyntaxNode(node) else { throw unreadable }
        guard select.kind == SyntaxKind.select.rawValue else {
            throw refusal(SyntaxKind.name(of: select.kind), -1, .statement)
        }
        return try query(select: select.message)
    }

    /// The query of a `SelectStmt`.
    mutating func query(select: SyntaxMessage) throws(StatementError) -> Query {
        var select = select
        try begin()
        try enter()
        defer { leave() }
        if select.numbers.contains(2) { throw refusal("SELECT INTO", -1, .statement) }
        if select.numbers.contains(15) { throw refusal("FOR UPDATE or FOR SHARE", -1, .statement) }
        var common: CommonTables?
        if let with = select.message(16) { common = try commonTables(with) }
        let order = try orders(select.messages(11))
        var offset: QueryExpression?
        if let node = select.message(12) {
            offset = try numbering { decoder throws(StatementError) in try decoder.expression(node) }
        }
        var limit: QueryExpression?
        if let node = select.message(13) {
            limit = try numbering { decoder throws(StatementError) in try decoder.expression(node) }
        }
        let limitOption = select.number(14)
        let body = try body(&select)
        try finish(select, "SELECT", -1)
        return Query(
            common: common,
            body: body,
            order: order,
            limit: limit.flatMap { $0 == .literal(.null) ? nil : $0 },
            limitKeepsTies: limitOption == 3,
            offset: offset
        )
    }

    private mutating func body(_ select: inout SyntaxMessage) throws(StatementError) -> QueryBody {
        let operation = select.number(17)
        guard operation <= 1 else {
            guard let left = select.message(19), let right = select.message(20) else { throw unreadable }
            let all = select.number(18) == 1
            let operators: [Int: SetOperator] = [2: .union, 3: .intersect, 4: .except]
            guard let known = operators[operation] else { throw unreadable }
            return .combined(known, all: all, try query(select: left), try query(select: right))
        }
        let lists = select.messages(10)
        guard lists.isEmpty else {
            var rows: [[QueryExpression]] = []
            for list in lists { rows.append(try self.list(list)) }
            return .values(rows)
        }
        return .plain(try plain(&select))
    }

    private mutating func plain(_ select: inout SyntaxMessage) throws(StatementError) -> PlainQuery {
        var result = PlainQuery()
        result.distinct = try distinct(select.messages(1))
        for source in select.messages(4) { result.from.append(try self.source(source)) }
        for target in select.messages(3) { result.targets.append(try self.target(target)) }
        if let node = select.message(5) { result.condition = try expression(node) }
        let groups = select.messages(6)
        result.groups = try numbering { decoder throws(StatementError) in try decoder.expressions(groups) }
        result.groupsAreDistinct = select.number(7) == 1
        if let node = select.message(8) { result.groupCondition = try expression(node) }
        for window in select.messages(9) {
            guard let node = SyntaxNode(window), node.kind == SyntaxKind.window.rawValue else {
                throw unreadable
            }
            result.windows.append(try self.window(node.message, isNamed: true))
        }
        return result
    }

    /// `DISTINCT` without columns is a list of one empty node.
    private mutating func distinct(_ nodes: [SyntaxMessage]) throws(StatementError) -> QueryDistinct {
        if nodes.isEmpty { return .no }
        if nodes.count == 1, nodes[0].isSpent { return .all }
        return .on(try numbering { decoder throws(StatementError) in try decoder.expressions(nodes) })
    }

    private mutating func target(_ node: SyntaxMessage) throws(StatementError) -> QueryTarget {
        guard var node = SyntaxNode(node), node.kind == SyntaxKind.target.rawValue else { throw unreadable }
        try begin()
        let name = node.message.text(1)
        let offset = node.message.number(4)
        guard let value = node.message.message(3) else { throw unreadable }
        try finish(node.message, "a select list", offset)
        if let everything = try everything(value) { return QueryTarget(value: everything, name: name) }
        return QueryTarget(value: .expression(try expression(value)), name: name)
    }

    /// `*` or `relation.*`; nil for anything else.
    private mutating func everything(_ value: SyntaxMessage) throws(StatementError) -> QueryTargetValue? {
        guard var node = SyntaxNode(value), node.kind == SyntaxKind.column.rawValue else { return nil }
        let fields = node.message.messages(1)
        let offset = node.message.number(2)
        guard let last = fields.last, let star = SyntaxNode(last), star.kind == SyntaxKind.star.rawValue
        else {
            return nil
        }
        guard let names = names(fields.dropLast().map { $0 }) else { throw unreadable }
        mentions.addAll()
        switch names.count {
        case 0: return .everything(of: nil, Place(offset: offset))
        case 1, 2: return .everything(of: names[names.count - 1], Place(offset: offset))
        default: throw refusal("a name of \(names.count + 1) parts", offset)
        }
    }

    private mutating func commonTables(_ message: SyntaxMessage) throws(StatementError) -> CommonTables {
        var message = message
        let nodes = message.messages(1)
        let isRecursive = message.number(2) == 1
        _ = message.number(3)
        try finish(message, "WITH", -1)
        var tables: [CommonTable] = []
        for node in nodes {
            guard var table = SyntaxNode(node), table.kind == SyntaxKind.commonTable.rawValue else {
                throw unreadable
            }
            try begin()
            let name = table.message.text(1) ?? ""
            let columns = names(table.message.messages(2)) ?? []
            mentions.add(QueryAlias(name: name, columns: columns))
            let materialized = table.message.number(3)
            let query = table.message.message(4)
            let offset = table.message.number(7)
            try finish(table.message, "WITH", offset)
            tables.append(
                CommonTable(
                    name: name,
                    columns: columns,
                    isMaterialized: materialized == 2 ? true : materialized == 3 ? false : nil,
                    query: try self.query(query),
                    place: Place(offset: offset)
                )
            )
        }
        return CommonTables(isRecursive: isRecursive, tables: tables)
    }

    /// The entries of an `ORDER BY`.
    mutating func orders(_ nodes: [SyntaxMessage]) throws(StatementError) -> [QueryOrder] {
        var result: [QueryOrder] = []
        for node in nodes {
            guard var sort = SyntaxNode(node), sort.kind == SyntaxKind.sort.rawValue else { throw unreadable }
            let direction = sort.message.number(2)
            let nulls = sort.message.number(3)
            let offset = sort.message.number(5)
            guard direction != 4, let value = sort.message.message(1) else {
                throw refusal("ORDER BY … USING", offset)
            }
            try finish(sort.message, "ORDER BY", offset)
            result.append(
                QueryOrder(
                    value: try numbering { decoder throws(StatementError) in try decoder.expression(value) },
                    isDescending: direction == 3,
                    nullsFirst: nulls == 2 ? true : nulls == 3 ? false : nil
                )
            )
        }
        return result
    }
}
