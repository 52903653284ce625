extension Runner {
    /// What a subquery in an expression gives.
    func subquery(_ test: NodeTest, _ plan: QueryPlan, _ frame: Frame) throws(EngineFault) -> Datum {
        let key = ObjectIdentifier(plan)
        let (taken, retained) = (context.taken, context.retained)
        // Of a query that is run for every row, nothing stays but its value.
        defer { if plan.isCorrelated { context.release(to: taken, retained: retained) } }
        switch test {
        case .exists:
            if !plan.isCorrelated, let known = context.scalars[key] { return known }
            let result = Datum.truth(!(try rows(of: plan, frame, atMost: 1)).isEmpty)
            if !plan.isCorrelated { context.scalars[key] = result }
            return result
        case .scalar:
            if !plan.isCorrelated, let known = context.scalars[key] { return known }
            let rows = try rows(of: plan, frame, atMost: 2)
            guard rows.count <= 1 else {
                throw EngineFault(
                    "21000",
                    "more than one row returned by a subquery used as an expression"
                )
            }
            let result = rows.first?[0] ?? .null
            if !plan.isCorrelated { context.scalars[key] = result }
            return result
        case .array: return .list(try kept(plan, frame).map { $0[0] })
        case .any(let comparison, let left, let conversions):
            return try compared(comparison, left, conversions, plan, frame, isAny: true)
        case .all(let comparison, let left, let conversions):
            return try compared(comparison, left, conversions, plan, frame, isAny: false)
        }
    }

    /// The rows of a query; those of one that is the same for all rows outside are kept.
    func kept(_ plan: QueryPlan, _ frame: Frame?) throws(EngineFault) -> [[Datum]] {
        let key = ObjectIdentifier(plan)
        if plan.isCorrelated { return try rows(of: plan, frame) }
        if let known = context.kept[key] { return known }
        let taken = context.taken
        let rows = try rows(of: plan, frame)
        context.retain(since: taken)
        context.kept[key] = rows
        return rows
    }

    private func compared(
        _ comparison: Comparison,
        _ left: [Node],
        _ conversions: [Conversion?],
        _ plan: QueryPlan,
        _ frame: Frame,
        isAny: Bool
    ) throws(EngineFault) -> Datum {
        let values = try values(left, frame)
        let rows = try kept(plan, frame)
        if !plan.isCorrelated, comparison == .equal, isAny, !values.contains(where: \.isNull),
            let found = try found(values, rows, conversions, plan)
        {
            return found
        }
        var isOpen = false
        for row in rows {
            try context.tick()
            let holds = try holds(comparison, values, try converted(row, conversions))
            if holds == nil { isOpen = true } else if holds == isAny { return .truth(isAny) }
        }
        return isOpen ? .null : .truth(!isAny)
    }

    /// Whether a set of rows has values; nil when it has to be looked at row by row, because of NULLs in it.
    private func found(
        _ values: [Datum],
        _ rows: [[Datum]],
        _ conversions: [Conversion?],
        _ plan: QueryPlan
    ) throws(EngineFault) -> Datum? {
        let key = ObjectIdentifier(plan)
        if context.sets[key] == nil {
            var set: Set<DatumKey> = []
            for row in rows {
                set.insert(DatumKey(values: Array(try converted(row, conversions).prefix(values.count))))
            }
            let taken = context.taken
            try context.keep(set.count * 96)
            context.retain(since: taken)
            context.sets[key] = set
        }
        if context.sets[key]?.contains(DatumKey(values: values)) == true { return .truth(true) }
        guard context.scalars[key] == nil else {
            return context.scalars[key]?.isTrue == true ? nil : .truth(false)
        }
        let hasNulls = rows.contains { row in row.prefix(values.count).contains(where: \.isNull) }
        context.scalars[key] = .truth(hasNulls)
        return hasNulls ? nil : .truth(false)
    }

    func converted(_ row: [Datum], _ conversions: [Conversion?]) throws(EngineFault) -> [Datum] {
        guard conversions.contains(where: { $0 != nil }) else { return row }
        var result = row
        for (index, conversion) in conversions.enumerated() {
            guard let conversion else { continue }
            result[index] = try Casting.cast(row[index], conversion.from, conversion.to)
        }
        return result
    }

    private func holds(
        _ comparison: Comparison,
        _ left: [Datum],
        _ right: [Datum]
    ) throws(EngineFault) -> Bool? {
        var isOpen = false
        for (one, other) in zip(left, right) {
            if one.isNull || other.isNull {
                isOpen = true
                continue
            }
            let holds = comparison.holds(Order.compare(one, other))
            if left.count == 1 { return holds }
            if holds == (comparison == .notEqual) { return holds }
        }
        return isOpen ? nil : comparison == .equal
    }
}
