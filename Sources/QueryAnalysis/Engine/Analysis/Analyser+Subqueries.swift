extension Analyser {
    /// A subquery that stands in the query at hand for a second time.
    mutating func remembered(_ value: QueryExpression) -> Typed? {
        guard let known = levels.last?.queries?.first(where: { $0.query == value }) else { return nil }
        references += known.references
        lowest = min(lowest, known.lowest)
        workings.formUnion(known.workings)
        return known.typed
    }

    /// A subquery as a value, which is remembered.
    mutating func subquery(
        _ value: QueryExpression,
        _ test: QueryTest,
        _ query: Query
    ) throws(EngineFault) -> Typed {
        let before = references.count
        let (outerLowest, outerWorkings) = (lowest, workings)
        (lowest, workings) = (Int.max, [])
        let typed = try subquery(test, query)
        let known = KnownSubquery(
            query: value,
            typed: typed,
            references: Array(references[before...]),
            lowest: lowest,
            workings: workings
        )
        lowest = min(lowest, outerLowest)
        workings.formUnion(outerWorkings)
        if !levels.isEmpty, levels[levels.count - 1].queries?.count ?? 100 < 100 {
            levels[levels.count - 1].queries?.append(known)
        }
        return typed
    }

    private mutating func subquery(_ test: QueryTest, _ query: Query) throws(EngineFault) -> Typed {
        let own = levels.count - 1
        let before = references.count
        let plan = try self.query(query)
        outerUses[ObjectIdentifier(plan)] = references[before...].filter { $0.level == own }.map(\.node)
        switch test {
        case .exists: return Typed(node: .subquery(.exists, plan), type: .bool)
        case .scalar:
            guard plan.columns.count == 1 else {
                throw .missing("a subquery of several columns at this place")
            }
            let type = Types.settled(plan.columns)[0].type
            return Typed(node: .subquery(.scalar, plan), type: type)
        case .array:
            guard plan.columns.count == 1 else {
                throw EngineFault("42601", "subquery must return only one column")
            }
            let type = Types.settled(plan.columns)[0].type
            guard type.element == nil, type.kind != .bpchar else {
                throw .missing("an array of \(type.title)")
            }
            return Typed(node: .subquery(.array, plan), type: EngineType(.array(type.kind)))
        case .any(let left, let symbol):
            let (comparison, nodes, conversions) = try quantified(left, symbol ?? "=", plan)
            return Typed(node: .subquery(.any(comparison, nodes, conversions), plan), type: .bool)
        case .all(let left, let symbol):
            let (comparison, nodes, conversions) = try quantified(left, symbol, plan)
            return Typed(node: .subquery(.all(comparison, nodes, conversions), plan), type: .bool)
        }
    }

    private mutating func quantified(
        _ left: QueryExpression,
        _ symbol: String,
        _ plan: QueryPlan
    ) throws(EngineFault) -> (Comparison, [Node], [Conversion?]) {
        guard let comparison = Comparison(rawValue: symbol) else {
            throw .missing("operator `\(symbol)` with ANY or ALL")
        }
        let parts: [QueryExpression] = if case .row(let parts, _) = left { parts } else { [left] }
        let typed = try expressions(parts)
        guard typed.count == plan.columns.count else {
            throw EngineFault("42601", "subquery has another number of columns")
        }
        guard typed.count == 1 || comparison == .equal || comparison == .notEqual else {
            throw .missing("an order of rows with ANY or ALL")
        }
        var nodes: [Node] = []
        var conversions: [Conversion?] = []
        for (value, column) in zip(typed, Types.settled(plan.columns)) {
            let type = try Operators.compared(value.type, column.type, symbol)
            let isSame = column.type.kind == type.kind || column.type.kind == .unknown && type.isText
            conversions.append(isSame ? nil : Conversion(from: column.type, to: type))
            nodes.append(try convert(value, to: type))
        }
        return (comparison, nodes, conversions)
    }
}
