extension Runner {
    /// The rows of a query within a frame around it; at least as many as asked for, where there are so many.
    func rows(
        of plan: QueryPlan,
        _ outer: Frame?,
        atMost wanted: Int = Int.max
    ) throws(EngineFault) -> [[Datum]] {
        for common in plan.common {
            let key = ObjectIdentifier(common)
            context.commonFrames[key] = outer
            if common.isCorrelated { context.commonRows[key] = nil }
        }
        let frame = Frame(row: [], outer: outer)
        let limit = try bound(plan.limit, frame, "2201W", "LIMIT must not be negative")
        let offset = try bound(plan.offset, frame, "2201X", "OFFSET must not be negative") ?? 0
        var needed = wanted
        if let limit { needed = min(needed, limit) }
        if needed == 0, !plan.limitKeepsTies { return [] }
        let (upTo, overflow) = needed.addingReportingOverflow(offset)
        let count = plan.order.isEmpty && !overflow ? upTo : Int.max
        var rows = try ordered(plan, outer, atMost: count)
        if offset > 0 { rows = Array(rows.dropFirst(offset)) }
        if plan.limitKeepsTies, let limit {
            return tied(rows, limit, keys: plan.order.count)
        }
        if rows.count > needed { rows = Array(rows.prefix(needed)) }
        return rows.map(\.values)
    }

    private func bound(
        _ node: Node?,
        _ frame: Frame,
        _ code: String,
        _ message: String
    ) throws(EngineFault) -> Int? {
        guard let node else { return nil }
        // What bounds a query stands in a query of its own, as far as names go.
        let bound = try value(node, frame)
        guard !bound.isNull else { return nil }
        guard bound.integer >= 0 else { throw EngineFault(code, message) }
        return Int(bound.integer)
    }

    /// A row of a result with what it is ordered by.
    struct OrderedRow {
        var values: [Datum]
        var keys: [Datum]
    }

    private func tied(_ rows: [OrderedRow], _ limit: Int, keys: Int) -> [[Datum]] {
        guard limit > 0 else { return [] }
        var result: [[Datum]] = []
        for (index, row) in rows.enumerated() {
            if index >= limit {
                let last = rows[limit - 1].keys
                guard zip(row.keys.prefix(keys), last).allSatisfy({ Order.compare($0, $1) == 0 }) else {
                    break
                }
            }
            result.append(row.values)
        }
        return result
    }

    private func ordered(
        _ plan: QueryPlan,
        _ outer: Frame?,
        atMost count: Int
    ) throws(EngineFault) -> [OrderedRow] {
        var rows: [OrderedRow]
        switch plan.body {
        case .plain(let plain): return try self.rows(of: plain, plan.order, outer, atMost: count)
        case .values(let lists):
            let frame = Frame(row: [], outer: outer)
            rows = []
            for list in lists { rows.append(OrderedRow(values: try values(list, frame), keys: [])) }
        case .combined(let kind, let all, let left, let right, let conversions):
            rows = try combined(kind, all, left, right, conversions, outer)
        }
        guard !plan.order.isEmpty else { return rows }
        for index in rows.indices {
            rows[index].keys = plan.order.map { entry in
                if case .output(let column) = entry.value { rows[index].values[column] } else { .null }
            }
        }
        return try sorted(rows, plan.order)
    }

    private func combined(
        _ kind: SetOperator,
        _ all: Bool,
        _ left: QueryPlan,
        _ right: QueryPlan,
        _ conversions: [[Conversion?]],
        _ outer: Frame?
    ) throws(EngineFault) -> [OrderedRow] {
        var first: [[Datum]] = []
        for row in try rows(of: left, outer) { first.append(try converted(row, conversions[0])) }
        var second: [[Datum]] = []
        for row in try rows(of: right, outer) { second.append(try converted(row, conversions[1])) }
        var result: [OrderedRow] = []
        func take(_ row: [Datum]) { result.append(OrderedRow(values: row, keys: [])) }
        try context.keep((first.count + second.count) * 96)
        switch (kind, all) {
        case (.union, true): for row in first + second { take(row) }
        case (.union, false):
            var seen: Set<DatumKey> = []
            for row in first + second where seen.insert(DatumKey(values: row)).inserted { take(row) }
        case (.intersect, _), (.except, _):
            var counts: [DatumKey: Int] = [:]
            for row in second { counts[DatumKey(values: row), default: 0] += 1 }
            var seen: Set<DatumKey> = []
            for row in first {
                try context.tick()
                let key = DatumKey(values: row)
                let isThere = counts[key, default: 0] > 0
                if all, isThere { counts[key, default: 0] -= 1 }
                guard isThere == (kind == .intersect) else { continue }
                if all || seen.insert(key).inserted { take(row) }
            }
        }
        return result
    }

    func sorted(_ rows: [OrderedRow], _ order: [OrderPlan]) throws(EngineFault) -> [OrderedRow] {
        if let fault = context.limits.interruption() { throw fault }
        try context.keep(rows.count * 64)
        // Equal rows stay in the order in which they came.
        return rows.enumerated().sorted { one, other in
            let result = Runner.compare(one.element.keys, other.element.keys, order)
            return result == 0 ? one.offset < other.offset : result < 0
        }.map(\.element)
    }

    static func compare(_ left: [Datum], _ right: [Datum], _ order: [OrderPlan]) -> Int {
        for (index, entry) in order.enumerated() {
            let (one, other) = (left[index], right[index])
            if one.isNull || other.isNull {
                if one.isNull, other.isNull { continue }
                return one.isNull == entry.nullsFirst ? -1 : 1
            }
            let result = Order.compare(one, other)
            if result != 0 { return entry.isDescending ? -result : result }
        }
        return 0
    }
}
