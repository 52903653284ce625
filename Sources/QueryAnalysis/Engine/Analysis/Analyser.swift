/// Gives every part of a query its type and PostgreSQL's meaning for it.
///
/// What files' statements can't have is refused by name; nothing is left to be found out while rows are read but what
/// rows decide.
struct Analyser {
    /// Gives the columns of a relation, in their order; nil where there is none of that name.
    let relation: (RelationName) -> [(name: String, type: EngineType)]?
    var levels: [ScopeLevel] = []
    /// How many sources each level has so far, those of joins too.
    var itemCounts: [Int] = []
    var common: [String: CommonMeaning] = [:]
    /// The columns that are wanted of each relation, in the order of their slots.
    var scans: [RelationName: [String]] = [:]
    /// The types of parameters; `unknown` until something says what they are.
    var parameters: [EngineType]
    /// The columns that were used so far, with the level that has them.
    var references: [(level: Int, node: Node)] = []
    /// The outermost level that was looked at since this was last reset.
    var lowest = Int.max
    /// The recursive queries, not yet whole, that were looked at since this was last reset.
    var workings: Set<ObjectIdentifier> = []
    /// The collation that was named; no statement has two.
    var collation: String?
    /// What subqueries use of the query that they stand in.
    var outerUses: [ObjectIdentifier: [Node]] = [:]

    init(
        parameters: [EngineType],
        relation: @escaping (RelationName) -> [(name: String, type: EngineType)]?
    ) {
        self.relation = relation
        self.parameters = parameters
    }

    /// The plan of a query within the levels at hand.
    mutating func query(_ query: Query) throws(EngineFault) -> QueryPlan {
        let outerLowest = lowest
        let outerCommon = common
        let outerWorkings = workings
        lowest = Int.max
        workings = []
        defer {
            lowest = min(lowest, outerLowest)
            common = outerCommon
            workings.formUnion(outerWorkings)
        }
        let tables = try query.common.map { (tables) throws(EngineFault) in try commonTables(tables) } ?? []
        let outside = levels.count
        var order: [OrderPlan] = []
        let (body, columns) = try self.body(query, &order)
        let limit = try bound(query.limit, "LIMIT")
        let offset = try bound(query.offset, "OFFSET")
        if query.limitKeepsTies, order.isEmpty {
            throw EngineFault("42601", "WITH TIES cannot be specified without ORDER BY clause")
        }
        return QueryPlan(
            common: tables,
            body: body,
            order: order,
            limit: limit,
            limitKeepsTies: query.limitKeepsTies,
            offset: offset,
            columns: columns,
            isCorrelated: lowest < outside || !workings.isEmpty
        )
    }

    private mutating func body(
        _ query: Query,
        _ order: inout [OrderPlan]
    ) throws(EngineFault) -> (BodyPlan, [OutputColumn]) {
        switch query.body {
        case .plain(let plain):
            let (plan, columns) = try self.plain(plain, query.order, &order)
            return (.plain(plan), columns)
        case .values(let rows):
            let (nodes, columns) = try values(rows)
            order = try outputOrders(query.order, columns)
            return (.values(nodes), columns)
        case .combined(let kind, let all, let left, let right):
            let first = try self.query(left)
            let second = try self.query(right)
            let (conversions, types) = try united(
                first.columns,
                second.columns,
                kind.rawValue,
                isComparing: !(kind == .union && all)
            )
            let columns = zip(first.columns, types).map { OutputColumn(name: $0.name, type: $1) }
            order = try outputOrders(query.order, columns)
            return (
                .combined(kind, all: all, first, second, conversions: conversions), columns
            )
        }
    }

    /// How the columns of two queries become those of their combination.
    func united(
        _ left: [OutputColumn],
        _ right: [OutputColumn],
        _ word: String,
        isComparing: Bool
    ) throws(EngineFault) -> (conversions: [[Conversion?]], types: [EngineType]) {
        guard left.count == right.count else {
            throw EngineFault("42601", "each \(word) query must have the same number of columns")
        }
        var conversions: [[Conversion?]] = [[], []]
        var types: [EngineType] = []
        for (first, second) in zip(left, right) {
            let type = try Types.common([first.type, second.type], in: word)
            guard !isComparing || type.isComparable else {
                throw EngineFault("42883", "could not identify an equality operator for type \(type.title)")
            }
            types.append(type)
            for (side, own) in [first.type, second.type].enumerated() {
                let isSame = own.kind == type.kind || own.kind == .unknown && type.isText
                conversions[side].append(isSame ? nil : Conversion(from: own, to: type))
            }
        }
        return (conversions, types)
    }

    private mutating func values(
        _ rows: [[QueryExpression]]
    ) throws(EngineFault) -> ([[Node]], [OutputColumn]) {
        levels.append(ScopeLevel(aggregateRefusal: "VALUES"))
        defer { levels.removeLast() }
        guard rows[0].count <= Self.mostTargets else { throw .tooManyTargets }
        var typed: [[Typed]] = []
        for row in rows {
            guard row.count == rows[0].count else {
                throw EngineFault("42601", "VALUES lists must all be the same length")
            }
            typed.append(try expressions(row))
        }
        var columns: [OutputColumn] = []
        var nodes = typed.map { _ in [Node]() }
        for index in rows[0].indices {
            let type = try Types.common(typed.map { $0[index].type }, in: "VALUES")
            columns.append(OutputColumn(name: "column\(index + 1)", type: type))
            for row in typed.indices { nodes[row].append(try convert(typed[row][index], to: type)) }
        }
        return (nodes, columns)
    }

    /// The entries of an `ORDER BY` over a result that has no sources.
    private func outputOrders(
        _ orders: [QueryOrder],
        _ columns: [OutputColumn]
    ) throws(EngineFault) -> [OrderPlan] {
        var result: [OrderPlan] = []
        for order in orders {
            guard let index = try output(order.value, columns) else {
                throw EngineFault.missing("ORDER BY of anything but columns of a combined result")
            }
            try requireOrder(columns[index].type)
            result.append(plan(order, .output(index)))
        }
        return result
    }

    /// The output column that an entry of `ORDER BY`, `GROUP BY` or `DISTINCT ON` stands for; nil when it is an
    /// expression of its own.
    func output(_ value: QueryExpression, _ columns: [OutputColumn]) throws(EngineFault) -> Int? {
        if case .literal(.number(let digits)) = value {
            guard let number = Int(digits), columns.indices.contains(number - 1) else {
                throw EngineFault("42P10", "ORDER BY position is not in select list")
            }
            return number - 1
        }
        guard case .name(let parts, _) = value, parts.count == 1 else { return nil }
        let found = columns.indices.filter { columns[$0].name == parts[0] }
        return found.first
    }

    func plan(_ order: QueryOrder, _ value: OrderValue) -> OrderPlan {
        OrderPlan(
            value: value,
            isDescending: order.isDescending,
            nullsFirst: order.nullsFirst ?? order.isDescending
        )
    }

    func requireOrder(_ type: EngineType) throws(EngineFault) {
        guard type.isComparable else {
            throw EngineFault("42883", "could not identify an ordering operator for type \(type.title)")
        }
    }

    private mutating func bound(_ value: QueryExpression?, _ word: String) throws(EngineFault) -> Node? {
        guard let value else { return nil }
        levels.append(ScopeLevel(aggregateRefusal: word))
        defer { levels.removeLast() }
        let typed = try expression(value)
        guard typed.type.kind == .unknown || typed.type.isInteger || typed.type.numberRank != nil else {
            throw .mismatch("argument of \(word) must be type bigint, not type \(typed.type.title)")
        }
        return try convert(typed, to: .int8, .assignment)
    }

    private mutating func commonTables(_ tables: CommonTables) throws(EngineFault) -> [CommonPlan] {
        var plans: [CommonPlan] = []
        for table in tables.tables {
            let outer = lowest
            let outerWorkings = workings
            lowest = Int.max
            workings = []
            let outside = levels.count
            let working = WorkingTable()
            let body: CommonPlan.Body
            var columns: [OutputColumn]
            if tables.isRecursive, case .combined(.union, let all, let left, let right) = table.query.body {
                guard table.query.order.isEmpty, table.query.limit == nil, table.query.offset == nil else {
                    throw .missing("ORDER BY, LIMIT or OFFSET of a recursive query")
                }
                let first = try query(left)
                columns = Types.settled(Types.renamed(first.columns, table.columns))
                let known = common
                common[table.name] = .working(working, columns)
                let second = try query(right)
                common = known
                let (conversions, types) = try united(columns, second.columns, "UNION", isComparing: !all)
                for (column, type) in zip(columns, types) where column.type.kind != type.kind {
                    throw .mismatch(
                        "recursive query \"\(table.name)\" has type \(column.type.title) in its non-recursive "
                            + "term but type \(type.title) overall"
                    )
                }
                body = .recursive(first, second, all: all, conversions: conversions)
            } else {
                let plan = try query(table.query)
                columns = Types.settled(Types.renamed(plan.columns, table.columns))
                body = .query(plan)
            }
            workings.remove(ObjectIdentifier(working))
            let isCorrelated = lowest < outside || !workings.isEmpty
            let plan = CommonPlan(body: body, isCorrelated: isCorrelated, working: working)
            plans.append(plan)
            common[table.name] = .plan(plan, columns, lowest: lowest, workings)
            lowest = min(outer, lowest)
            workings.formUnion(outerWorkings)
        }
        return plans
    }
}
