extension Analyser {
    /// The plan of a `SELECT`, with its `ORDER BY`, which sees what the select list sees.
    mutating func plain(
        _ plain: PlainQuery,
        _ orders: [QueryOrder],
        _ order: inout [OrderPlan]
    ) throws(EngineFault) -> (PlainPlan, [OutputColumn]) {
        levels.append(ScopeLevel())
        itemCounts.append(0)
        defer {
            levels.removeLast()
            itemCounts.removeLast()
        }
        let own = levels.count - 1
        var source = try sources(plain.from)
        let items = itemCounts[itemCounts.count - 1]
        var condition: Node?
        if let text = plain.condition {
            levels[own].aggregateRefusal = "WHERE"
            condition = try truth(text, "WHERE")
        }
        levels[own].aggregateRefusal = nil
        levels[own].allowsWindows = true
        levels[own].windowNames = try windowNames(plain.windows)
        levels[own].queries = []
        let (targets, columns) = try self.targets(plain.targets)
        let (keys, sets) = try groups(plain, targets, columns)
        levels[own].allowsWindows = false
        var having: Node?
        if let text = plain.groupCondition { having = try truth(text, "HAVING") }
        levels[own].allowsWindows = true
        let isDistinct = plain.distinct == .all
        let distinctOn = try distinct(plain.distinct, targets, columns)
        order = try self.orders(orders, targets, columns, isDistinct: isDistinct)
        try requireLeading(distinctOn, order)
        let aggregates = levels[own].aggregates
        var grouping: GroupingPlan?
        if !keys.isEmpty || sets != nil || !aggregates.isEmpty || having != nil {
            try requireGrouped(targets.map(\.node) + [having].compactMap { $0 } + order.nodes, keys)
            for set in levels[own].sets { try requireGrouped(set.arguments, keys) }
            for window in levels[own].windows { try requireGrouped(window.nodes, keys) }
            for part in distinctOn {
                if case .node(let node) = part { try requireGrouped([node], keys) }
            }
            grouping = GroupingPlan(keys: keys, sets: sets, aggregates: aggregates, condition: having)
        }
        if let condition { source = JoinKeys.pushed(condition, into: source, items: items) }
        return (
            PlainPlan(
                source: source,
                condition: condition,
                probe: condition.flatMap { JoinKeys.probe($0, source) },
                grouping: grouping,
                windows: levels[own].windows,
                targets: targets.map(\.node),
                sets: levels[own].sets,
                isDistinct: isDistinct,
                distinctOn: distinctOn
            ), columns
        )
    }

    /// As many as PostgreSQL's `MaxTupleAttributeNumber`.
    static let mostTargets = 1664

    private mutating func targets(
        _ list: [QueryTarget]
    ) throws(EngineFault) -> ([Typed], [OutputColumn]) {
        let own = levels.count - 1
        var targets: [Typed] = []
        var columns: [OutputColumn] = []
        func add(_ typed: Typed, _ name: String) throws(EngineFault) {
            guard targets.count < Self.mostTargets else { throw .tooManyTargets }
            targets.append(typed)
            columns.append(OutputColumn(name: name, type: typed.type))
        }
        for target in list {
            switch target.value {
            case .expression(.call(let call)) where RowFunction(rawValue: call.function) != nil:
                try add(try set(call, at: targets.count), target.name ?? call.function)
            case .expression(let value): try add(try expression(value), target.name ?? value.outputName)
            case .everything(nil, _):
                for item in levels[own].items where item.isShown {
                    for column in item.columns { try add(use(column, at: own), column.name) }
                }
            case .everything(let name?, _):
                let (item, level) = try self.item(named: name)
                for column in item.columns { try add(use(column, at: level), column.name) }
            }
        }
        return (targets, columns)
    }

    /// A function of the select list that gives rows; its place is taken by what a row gets of it.
    private mutating func set(_ call: QueryCall, at index: Int) throws(EngineFault) -> Typed {
        guard let function = RowFunction(rawValue: call.function), !call.isVariadic, !call.isDistinct,
            call.order.isEmpty, call.filter == nil, call.window == nil
        else { throw .missing("this form of `\(call.function)`") }
        let (nodes, types, results) = try rowFunction(function, try expressions(call.arguments))
        guard results.count == 1 else { throw .missing("`\(call.function)` in a select list") }
        levels[levels.count - 1].sets.append(
            SetTarget(index: index, function: function, arguments: nodes, types: types)
        )
        return Typed(node: .constant(.null), type: results[0])
    }

    private mutating func groups(
        _ plain: PlainQuery,
        _ targets: [Typed],
        _ columns: [OutputColumn]
    ) throws(EngineFault) -> ([Node], [[Int]]?) {
        let own = levels.count - 1
        levels[own].aggregateRefusal = "GROUP BY"
        levels[own].allowsWindows = false
        defer { levels[own].aggregateRefusal = nil }
        var keys: [Node] = []
        func key(_ node: Node) -> Int {
            if let index = keys.firstIndex(of: node) { return index }
            keys.append(node)
            return keys.count - 1
        }
        func add(_ value: QueryExpression) throws(EngineFault) -> Int {
            let typed: Typed
            if let index = try groupOutput(value, columns) {
                guard !levels[own].sets.contains(where: { $0.index == index }) else {
                    throw EngineFault("0A000", "set-returning functions are not allowed in GROUP BY")
                }
                typed = targets[index]
            } else {
                typed = try expression(value)
            }
            guard !typed.node.contains({ if case .aggregate(0, _) = $0 { true } else { false } }) else {
                throw EngineFault("42803", "aggregate functions are not allowed in GROUP BY")
            }
            guard typed.type.isComparable else {
                throw EngineFault(
                    "42883",
                    "could not identify an equality operator for type \(typed.type.title)"
                )
            }
            return key(typed.node)
        }
        func flat(_ value: QueryExpression) throws(EngineFault) -> [Int] {
            guard case .row(let parts, isList: true) = value else { return [try add(value)] }
            var result: [Int] = []
            for part in parts { result.append(try add(part)) }
            return result
        }
        func sets(of value: QueryExpression) throws(EngineFault) -> [[Int]] {
            guard case .groupingSet(let kind, let parts) = value else { return [try flat(value)] }
            switch kind {
            case .empty: return [[]]
            case .sets:
                var result: [[Int]] = []
                for part in parts { result += try sets(of: part) }
                return result
            case .rollup:
                var parts = parts
                var result: [[Int]] = []
                while true {
                    var set: [Int] = []
                    for part in parts { set += try flat(part) }
                    result.append(set)
                    guard !parts.isEmpty else { return result }
                    parts.removeLast()
                }
            case .cube:
                guard parts.count <= 12 else { throw .missing("CUBE of more than 12 parts") }
                var result: [[Int]] = []
                for mask in (0..<(1 << parts.count)).reversed() {
                    var set: [Int] = []
                    for index in parts.indices where mask & (1 << (parts.count - 1 - index)) != 0 {
                        set += try flat(parts[index])
                    }
                    result.append(set)
                }
                return result
            }
        }
        let hasSets = plain.groups.contains { if case .groupingSet = $0 { true } else { false } }
        var combined: [[Int]] = [[]]
        for group in plain.groups {
            let next = try sets(of: group)
            combined = combined.flatMap { set in next.map { set + $0 } }
            guard combined.count <= 4096 else { throw EngineFault("54000", "too many grouping sets") }
        }
        guard hasSets else { return (keys, nil) }
        guard !plain.groupsAreDistinct else { throw .missing("GROUP BY DISTINCT") }
        for case let key in keys where !key.isColumn {
            throw .missing("a grouping set of anything but columns")
        }
        return (keys, combined)
    }

    /// In `GROUP BY` a bare name means a column of a source first.
    private func groupOutput(
        _ value: QueryExpression,
        _ columns: [OutputColumn]
    ) throws(EngineFault) -> Int? {
        if case .name(let parts, _) = value, parts.count == 1 {
            let isOwn = levels[levels.count - 1].items.contains { item in
                item.isShown && item.columns.contains { $0.name == parts[0] }
            }
            if isOwn { return nil }
        }
        return try output(value, columns)
    }

    private mutating func distinct(
        _ distinct: QueryDistinct,
        _ targets: [Typed],
        _ columns: [OutputColumn]
    ) throws(EngineFault) -> [OrderValue] {
        switch distinct {
        case .no: return []
        case .all:
            for column in columns { try requireOrder(column.type) }
            return []
        case .on(let parts):
            var values: [OrderValue] = []
            for part in parts { values.append(try value(part, targets, columns)) }
            return values
        }
    }

    private mutating func value(
        _ text: QueryExpression,
        _ targets: [Typed],
        _ columns: [OutputColumn]
    ) throws(EngineFault) -> OrderValue {
        if let index = try output(text, columns) {
            try requireOrder(columns[index].type)
            return .output(index)
        }
        let typed = try expression(text)
        try requireOrder(typed.type)
        let sets = levels[levels.count - 1].sets
        let found = targets.indices.first { index in
            targets[index].node == typed.node && !sets.contains { $0.index == index }
        }
        if let found { return .output(found) }
        return .node(typed.node)
    }

    private mutating func orders(
        _ orders: [QueryOrder],
        _ targets: [Typed],
        _ columns: [OutputColumn],
        isDistinct: Bool
    ) throws(EngineFault) -> [OrderPlan] {
        var result: [OrderPlan] = []
        for order in orders {
            let value = try value(order.value, targets, columns)
            if isDistinct, case .node = value {
                throw EngineFault(
                    "42P10",
                    "for SELECT DISTINCT, ORDER BY expressions must appear in select list"
                )
            }
            result.append(plan(order, value))
        }
        return result
    }

    /// What `DISTINCT ON` is about must come first in `ORDER BY`.
    private func requireLeading(_ parts: [OrderValue], _ orders: [OrderPlan]) throws(EngineFault) {
        for order in orders.prefix(parts.count) where !parts.contains(where: { $0.isSame(as: order.value) }) {
            throw EngineFault(
                "42P10",
                "SELECT DISTINCT ON expressions must match initial ORDER BY expressions"
            )
        }
    }

    /// Requires that nothing but grouped columns is used outside aggregates.
    private func requireGrouped(_ nodes: [Node], _ keys: [Node]) throws(EngineFault) {
        for node in nodes where !keys.contains(node) {
            switch node {
            case .column(level: 0, _, _), .whole(level: 0, _, _):
                throw EngineFault(
                    "42803",
                    "column must appear in the GROUP BY clause or be used in an aggregate function"
                )
            case .subquery(let test, let plan):
                try requireGrouped(test.left + (outerUses[ObjectIdentifier(plan)] ?? []), keys)
            default: try requireGrouped(node.parts, keys)
            }
        }
    }

    private func windowNames(_ windows: [QueryWindow]) throws(EngineFault) -> [String: QueryWindow] {
        var names: [String: QueryWindow] = [:]
        for window in windows {
            var whole = window
            if let base = window.base {
                guard let known = names[base] else {
                    throw EngineFault("42704", "window \"\(base)\" does not exist")
                }
                whole = known.extended(by: window)
            }
            names[window.name ?? ""] = whole
        }
        return names
    }
}

extension QueryWindow {
    /// A window that starts from this one.
    func extended(by window: QueryWindow) -> QueryWindow {
        var result = window
        result.partition = partition
        if result.order.isEmpty { result.order = order }
        result.base = nil
        return result
    }
}

extension Node {
    fileprivate var isColumn: Bool {
        if case .column = self { true } else { false }
    }
}

extension OrderValue {
    fileprivate func isSame(as other: OrderValue) -> Bool {
        switch (self, other) {
        case (.output(let first), .output(let second)): first == second
        case (.node(let first), .node(let second)): first == second
        case (.output, .node), (.node, .output): false
        }
    }
}

extension [OrderPlan] {
    fileprivate var nodes: [Node] {
        compactMap { if case .node(let node) = $0.value { node } else { nil } }
    }
}

extension WindowPlan {
    fileprivate var nodes: [Node] {
        let own: [Node] =
            switch function {
            case .aggregate(let plan): plan.arguments + [plan.filter].compactMap { $0 }
            case .ranking(_, let arguments): arguments
            }
        return own + partition + order.nodes
    }
}

extension JoinKeys {
    /// A source with the equalities of a `WHERE` as keys of its joins.
    static func pushed(_ condition: Node, into source: SourcePlan, items: Int) -> SourcePlan {
        let parts: [Node] = if case .and(let parts) = condition { parts } else { [condition] }
        return pushed(parts, into: source, 0..<items)
    }

    private static func pushed(_ parts: [Node], into source: SourcePlan, _ items: Range<Int>) -> SourcePlan {
        guard case .join(let join) = source, join.kind == .inner else { return source }
        let middle = items.lowerBound + join.leftItems
        let more = keys(of: parts, left: items.lowerBound..<middle, right: middle..<items.upperBound)
        return .join(
            JoinPlan(
                kind: join.kind,
                left: pushed(parts, into: join.left, items.lowerBound..<middle),
                right: join.isLateral
                    ? join.right : pushed(parts, into: join.right, middle..<items.upperBound),
                leftItems: join.leftItems,
                rightItems: join.rightItems,
                condition: join.condition,
                keys: join.keys + more,
                isLateral: join.isLateral
            )
        )
    }

    /// A condition of the form `column = value from outside` on a single source that stays the same.
    static func probe(_ condition: Node, _ source: SourcePlan) -> ProbePlan? {
        switch source {
        case .scan: break
        case .common(_, isCorrelated: false): break
        case .query(let plan) where !plan.isCorrelated: break
        default: return nil
        }
        let parts: [Node] = if case .and(let parts) = condition { parts } else { [condition] }
        for part in parts {
            guard case .compare(.equal, let left, let right) = part else { continue }
            for (one, other) in [(left, right), (right, left)] {
                guard case .column(level: 0, item: 0, let slot) = one else { continue }
                switch other {
                case .column(let level, _, _) where level > 0: return ProbePlan(slot: slot, value: other)
                case .constant, .parameter: return ProbePlan(slot: slot, value: other)
                default: continue
                }
            }
        }
        return nil
    }
}
