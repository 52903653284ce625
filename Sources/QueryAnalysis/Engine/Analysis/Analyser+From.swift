extension Analyser {
    /// The sources of a `FROM`, of which the first item has this number.
    mutating func sources(_ sources: [QuerySource]) throws(EngineFault) -> SourcePlan {
        var plan: SourcePlan?
        for source in sources {
            let leftward = itemCount
            let (next, items, isLateral) = try self.source(source, leftward: levels[levels.count - 1].items)
            levels[levels.count - 1].items += items
            guard let left = plan else {
                plan = next
                continue
            }
            plan = .join(
                JoinPlan(
                    kind: .inner,
                    left: left,
                    right: next,
                    leftItems: leftward,
                    rightItems: itemCount - leftward,
                    condition: nil,
                    keys: [],
                    isLateral: isLateral
                )
            )
        }
        return plan ?? .nothing
    }

    /// An entry of `FROM`, with what names see of it and whether it looks at what stands left of it.
    private mutating func source(
        _ source: QuerySource,
        leftward: [ScopeItem]
    ) throws(EngineFault) -> (SourcePlan, [ScopeItem], isLateral: Bool) {
        switch source {
        case .relation(let relation):
            let (plan, item) = try named(relation)
            return (plan, [item], false)
        case .query(let query, let isLateral, let alias):
            if let (plan, item) = governed(query, alias) { return (plan, [item], false) }
            return try subquery(query, isLateral ? leftward : [], alias)
        case .call(let call, _, let withOrdinality, let alias):
            return try function(call, withOrdinality, alias, leftward)
        case .join(let join):
            let (plan, items) = try self.join(join, leftward)
            return (plan, items, false)
        }
    }

    private mutating func nextItem() -> Int {
        itemCounts[itemCounts.count - 1] += 1
        return itemCounts[itemCounts.count - 1] - 1
    }

    private var itemCount: Int { itemCounts[itemCounts.count - 1] }

    private func item(_ name: String?, _ columns: [OutputColumn], _ number: Int) -> ScopeItem {
        ScopeItem(
            name: name,
            columns: columns.enumerated().map { index, column in
                ScopeColumn(
                    name: column.name,
                    type: column.type,
                    origin: .node(.column(level: 0, item: number, slot: index))
                )
            }
        )
    }

    /// A query of a `WITH` by its name; nothing else has a name of its own here.
    private mutating func named(_ relation: QueryRelation) throws(EngineFault) -> (SourcePlan, ScopeItem) {
        guard relation.schema == nil, let meaning = common[relation.name] else {
            throw EngineFault("42P01", "relation \"\(relation.name)\" does not exist")
        }
        let alias = relation.alias ?? QueryAlias(name: relation.name)
        switch meaning {
        case .plan(let plan, let columns, let level, let used):
            lowest = min(lowest, level)
            workings.formUnion(used)
            let item = item(alias.name, Types.renamed(columns, alias.columns), nextItem())
            return (.common(plan, isCorrelated: plan.isCorrelated), item)
        case .working(let table, let columns):
            workings.insert(ObjectIdentifier(table))
            return (.working(table), item(alias.name, Types.renamed(columns, alias.columns), nextItem()))
        }
    }

    /// A relation in the form in which the rewrite puts it into statements; nil for any other query.
    private mutating func governed(_ query: Query, _ alias: QueryAlias?) -> (SourcePlan, ScopeItem)? {
        guard query.common == nil, query.order.isEmpty, query.limit == nil, query.offset == nil,
            case .plain(let plain) = query.body, plain.condition == nil, plain.groups.isEmpty,
            plain.distinct == .no, plain.groupCondition == nil, plain.windows.isEmpty, plain.from.count == 1,
            case .relation(let named) = plain.from[0], let schema = named.schema
        else { return nil }
        let name = RelationName(schema: schema, name: named.name)
        guard let known = relation(name) else { return nil }
        let number = nextItem()
        var columns: [ScopeColumn] = []
        for (index, target) in plain.targets.enumerated() {
            guard case .expression(.name(let parts, _)) = target.value, let own = parts.last,
                let column = known.first(where: { $0.name == own })
            else {
                itemCounts[itemCounts.count - 1] -= 1
                return nil
            }
            let shown = index < (alias?.columns.count ?? 0) ? alias?.columns[index] : target.name
            columns.append(
                ScopeColumn(
                    name: shown ?? own,
                    type: column.type,
                    origin: .relation(name, own, item: number)
                )
            )
        }
        if scans[name] == nil { scans[name] = [] }
        let scan = ScanPlan(relation: name, identity: SourceIdentity())
        return (.scan(scan), ScopeItem(name: alias?.name ?? named.name, columns: columns))
    }

    private mutating func subquery(
        _ query: Query,
        _ leftward: [ScopeItem],
        _ alias: QueryAlias?
    ) throws(EngineFault) -> (SourcePlan, [ScopeItem], isLateral: Bool) {
        let own = levels.count - 1
        let items = levels[own].items
        levels[own].items = leftward
        let before = references.count
        let plan = try self.query(query)
        levels[own].items = items
        let isLateral = references[before...].contains { $0.level == own }
        let columns = Types.renamed(Types.settled(plan.columns), alias?.columns ?? [])
        return (.query(plan), [item(alias?.name, columns, nextItem())], isLateral)
    }

    private mutating func function(
        _ call: QueryCall,
        _ withOrdinality: Bool,
        _ alias: QueryAlias?,
        _ leftward: [ScopeItem]
    ) throws(EngineFault) -> (SourcePlan, [ScopeItem], isLateral: Bool) {
        guard let function = RowFunction(rawValue: call.function) else {
            throw .missing("function `\(call.function)` in FROM")
        }
        let own = levels.count - 1
        let items = levels[own].items
        levels[own].items = leftward
        // Its arguments see the sources on its left as a query inside would.
        levels.append(ScopeLevel(aggregateRefusal: "functions in FROM"))
        let before = references.count
        let arguments = try expressions(call.arguments)
        levels.removeLast()
        levels[own].items = items
        let isLateral = references[before...].contains { $0.level == own }
        let (nodes, types, results) = try rowFunction(function, arguments)
        var columns = results.map { OutputColumn(name: alias?.name ?? call.function, type: $0) }
        if withOrdinality { columns.append(OutputColumn(name: "ordinality", type: .int8)) }
        let plan = SourcePlan.function(
            function,
            nodes,
            types,
            withOrdinality: withOrdinality,
            id: SourceIdentity()
        )
        let number = nextItem()
        let shown = Types.renamed(columns, alias?.columns ?? [])
        return (plan, [item(alias?.name ?? call.function, shown, number)], isLateral)
    }

    /// What a function takes, and the types of the columns that it gives.
    mutating func rowFunction(
        _ function: RowFunction,
        _ arguments: [Typed]
    ) throws(EngineFault) -> ([Node], [EngineType], [EngineType]) {
        func all(_ types: [EngineType]) throws(EngineFault) -> [Node] {
            var nodes: [Node] = []
            for (argument, type) in zip(arguments, types) { nodes.append(try convert(argument, to: type)) }
            return nodes
        }
        let mismatch = EngineFault("42883", "function \(function.rawValue) does not exist for these types")
        switch function {
        case .series:
            guard (2...3).contains(arguments.count) else { throw mismatch }
            let type = try Types.common(arguments.map(\.type), in: "generate_series")
            let kind = type.kind == .text || type.kind == .int2 ? EngineType.int4 : type
            guard kind.isInteger else { throw .missing("generate_series of \(kind.title)") }
            return (try all(arguments.map { _ in kind }), arguments.map { _ in kind }, [kind])
        case .unnest:
            let elements = arguments.compactMap(\.type.element)
            guard !arguments.isEmpty, elements.count == arguments.count else { throw mismatch }
            return (arguments.map(\.node), arguments.map(\.type), elements)
        case .subscripts:
            guard arguments.count == 2, arguments[0].type.element != nil else { throw mismatch }
            let dimension = try convert(arguments[1], to: .int4)
            return ([arguments[0].node, dimension], [arguments[0].type, .int4], [.int4])
        case .textToTable:
            guard arguments.count == 2 else { throw mismatch }
            return (try all([.text, .text]), [.text, .text], [.text])
        case .jsonElements, .jsonElementTexts, .jsonMembers, .jsonMemberTexts, .jsonKeys:
            guard arguments.count == 1 else { throw mismatch }
            let results: [EngineType] =
                switch function {
                case .jsonElements: [.json]
                case .jsonMembers: [.text, .json]
                case .jsonMemberTexts: [.text, .text]
                default: [.text]
                }
            return (try all([.json]), [.json], results)
        }
    }

    private mutating func join(
        _ join: QueryJoin,
        _ leftward: [ScopeItem]
    ) throws(EngineFault) -> (SourcePlan, [ScopeItem]) {
        let first = itemCount
        let (left, leftItems, _) = try source(join.left, leftward: leftward)
        let middle = itemCount
        let (right, rightItems, isLateral) = try source(join.right, leftward: leftward + leftItems)
        if isLateral, join.kind == .full || join.kind == .right {
            throw EngineFault(
                "42P10",
                "the combining JOIN type must be INNER or LEFT for a LATERAL reference"
            )
        }
        let own = levels.count - 1
        let known = levels[own].items
        let shared = join.isNatural ? sharedNames(leftItems, rightItems) : join.using
        var conditions: [Node] = []
        var merged: [ScopeColumn] = []
        for name in shared {
            let (one, other) = (try single(name, leftItems), try single(name, rightItems))
            let (first, second) = (use(one, at: own), use(other, at: own))
            conditions.append(try comparison(.equal, first, second))
            merged.append(try mergedColumn(name, first, second, join.kind))
        }
        levels[own].items = leftItems + rightItems
        levels[own].aggregateRefusal = "JOIN conditions"
        if let condition = join.condition { conditions.append(try truth(condition, "JOIN/ON")) }
        levels[own].items = known
        let plan = SourcePlan.join(
            JoinPlan(
                kind: join.kind,
                left: left,
                right: right,
                leftItems: middle - first,
                rightItems: itemCount - middle,
                condition: conditions.isEmpty
                    ? nil : conditions.count == 1 ? conditions[0] : .and(conditions),
                keys: JoinKeys.keys(
                    of: conditions,
                    left: first..<middle,
                    right: middle..<itemCount
                ),
                isLateral: isLateral
            )
        )
        return (plan, shownItems(join, leftItems, rightItems, merged))
    }

    private func shownItems(
        _ join: QueryJoin,
        _ left: [ScopeItem],
        _ right: [ScopeItem],
        _ merged: [ScopeColumn]
    ) -> [ScopeItem] {
        let names = Set(merged.map(\.name))
        let rest = (left + right).filter(\.isShown).flatMap(\.columns).filter { !names.contains($0.name) }
        if let alias = join.alias {
            let columns = (merged + rest).enumerated().map { index, column in
                let isNamed = index < alias.columns.count
                return ScopeColumn(
                    name: isNamed ? alias.columns[index] : column.name,
                    type: column.type,
                    origin: column.origin
                )
            }
            return [ScopeItem(name: alias.name, columns: columns)]
        }
        guard !merged.isEmpty else { return left + right }
        let hidden = (left + right).map { ScopeItem(name: $0.name, columns: $0.columns, isShown: false) }
        return hidden + [ScopeItem(name: nil, columns: merged + rest)]
    }

    private func sharedNames(_ left: [ScopeItem], _ right: [ScopeItem]) -> [String] {
        let names = right.filter(\.isShown).flatMap(\.columns).map(\.name)
        return left.filter(\.isShown).flatMap(\.columns).map(\.name).filter { names.contains($0) }
    }

    private func single(_ name: String, _ items: [ScopeItem]) throws(EngineFault) -> ScopeColumn {
        let found = items.filter(\.isShown).flatMap(\.columns).filter { $0.name == name }
        guard let column = found.first, found.count == 1 else {
            throw EngineFault("42702", "common column name \"\(name)\" appears more than once")
        }
        return column
    }

    private mutating func mergedColumn(
        _ name: String,
        _ left: Typed,
        _ right: Typed,
        _ kind: JoinKind
    ) throws(EngineFault) -> ScopeColumn {
        let type = try Types.common([left.type, right.type], in: "JOIN/USING")
        let (first, second) = (try convert(left, to: type), try convert(right, to: type))
        let node: Node =
            switch kind {
            // The side that is of the type already is shown.
            case .inner: left.type != type && right.type == type ? second : first
            case .left: first
            case .right: second
            case .full: .coalesce([first, second])
            }
        return ScopeColumn(name: name, type: type, origin: .node(node))
    }
}

/// Equalities of columns, by which a join finds its rows.
enum JoinKeys {
    static func keys(
        of conditions: [Node],
        left: Range<Int>,
        right: Range<Int>
    ) -> [(left: Node, right: Node)] {
        var keys: [(Node, Node)] = []
        for condition in conditions {
            if case .and(let parts) = condition {
                keys += JoinKeys.keys(of: parts, left: left, right: right)
                continue
            }
            guard case .compare(.equal, let one, let other) = condition, let first = item(one),
                let second = item(other)
            else { continue }
            if left.contains(first), right.contains(second) { keys.append((one, other)) }
            if right.contains(first), left.contains(second) { keys.append((other, one)) }
        }
        return keys
    }

    /// The item of a column of the query's own, also of one that is made a wider number, which can't fail.
    private static func item(_ node: Node) -> Int? {
        switch node {
        case .column(0, let item, _): item
        case .cast(let inner, let from, let to)
        where from.isInteger && (to.isInteger || to.kind == .numeric && to.modifier < 0)
            && Casting.strength(from, to) == .implicit:
            self.item(inner)
        default: nil
        }
    }
}
