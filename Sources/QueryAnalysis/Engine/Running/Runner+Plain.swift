extension Runner {
    /// The rows of a `SELECT`, ordered.
    func rows(
        of plan: PlainPlan,
        _ order: [OrderPlan],
        _ outer: Frame?,
        atMost count: Int
    ) throws(EngineFault) -> [OrderedRow] {
        let frame = Frame(row: [], outer: outer)
        let needsFrames = plan.grouping != nil || !plan.windows.isEmpty
        let isPlain = !plan.isDistinct && plan.distinctOn.isEmpty && order.isEmpty
        var result: [OrderedRow] = []
        if needsFrames {
            var frames: [Frame]
            if let grouping = plan.grouping {
                frames = try groups(of: grouping, try filtered(plan, frame), outer)
            } else {
                frames = try filtered(plan, frame).map { Frame(row: $0, outer: outer) }
            }
            for (index, window) in plan.windows.enumerated() { try add(window, index, to: frames) }
            for frame in frames {
                if isPlain, result.count >= count { break }
                try context.tick()
                try add(plan, order, frame, to: &result)
            }
        } else {
            try each(plan, frame) { (row) throws(EngineFault) in
                frame.row = row
                try add(plan, order, frame, to: &result)
                return !(isPlain && result.count >= count)
            }
        }
        guard result.count <= context.limits.rows else {
            throw EngineFault("54000", "the statement gives too many rows")
        }
        return try finished(plan, order, result)
    }

    private func finished(
        _ plan: PlainPlan,
        _ order: [OrderPlan],
        _ rows: [OrderedRow]
    ) throws(EngineFault) -> [OrderedRow] {
        var result = rows
        if plan.isDistinct {
            var seen: Set<DatumKey> = []
            result = result.filter { seen.insert(DatumKey(values: $0.values)).inserted }
        }
        if !order.isEmpty { result = try sorted(result, order) }
        if !plan.distinctOn.isEmpty {
            var seen: Set<DatumKey> = []
            let first = order.count
            result = result.filter { row in
                seen.insert(DatumKey(values: Array(row.keys[first...]))).inserted
            }
        }
        return result
    }

    /// What a row gives: itself, or as many rows as the longest of the select list's functions, in which others are
    /// NULL when they have ended.
    private func add(
        _ plan: PlainPlan,
        _ order: [OrderPlan],
        _ frame: Frame,
        to result: inout [OrderedRow]
    ) throws(EngineFault) {
        var values = try values(plan.targets, frame)
        guard !plan.sets.isEmpty else {
            result.append(try ordered(values, plan, order, frame))
            return
        }
        var lists: [[[Datum]]] = []
        for set in plan.sets {
            lists.append(try rows(of: set.function, try self.values(set.arguments, frame), set.types, false))
        }
        for place in 0..<(lists.map(\.count).max() ?? 0) {
            try context.tick()
            for (set, list) in zip(plan.sets, lists) {
                values[set.index] = place < list.count ? list[place][0] : .null
            }
            result.append(try ordered(values, plan, order, frame))
        }
    }

    /// What a row gives, with the keys of its order and then those of `DISTINCT ON`.
    private func ordered(
        _ values: [Datum],
        _ plan: PlainPlan,
        _ order: [OrderPlan],
        _ frame: Frame
    ) throws(EngineFault) -> OrderedRow {
        try context.keep(values.reduce(64) { $0 + $1.footprint })
        var keys: [Datum] = []
        for value in order.map(\.value) + plan.distinctOn {
            switch value {
            case .output(let index): keys.append(values[index])
            case .node(let node): keys.append(try self.value(node, frame))
            }
        }
        return OrderedRow(values: values, keys: keys)
    }

    private func filtered(_ plan: PlainPlan, _ frame: Frame) throws(EngineFault) -> [[[Datum]]] {
        var rows: [[[Datum]]] = []
        try each(plan, frame) { (row) throws(EngineFault) in
            rows.append(row)
            return true
        }
        return rows
    }

    /// Goes through the rows that the condition lets pass, until told to stop.
    private func each(
        _ plan: PlainPlan,
        _ frame: Frame,
        _ body: ([[Datum]]) throws(EngineFault) -> Bool
    ) throws(EngineFault) {
        if let probe = plan.probe {
            let rows = try single(plan.source, frame, [])
            for index in try found(probe, rows, plan.source, frame) {
                try context.tick()
                frame.row = [rows[Int(index)]]
                if let condition = plan.condition, !(try value(condition, frame).isTrue) { continue }
                guard try body(frame.row) else { return }
            }
            return
        }
        for row in try rows(of: plan.source, frame, base: []) {
            try context.tick()
            frame.row = row
            if let condition = plan.condition, !(try value(condition, frame).isTrue) { continue }
            guard try body(row) else { return }
        }
    }

    /// The places of the rows that have a value in a column.
    private func found(
        _ probe: ProbePlan,
        _ rows: [[Datum]],
        _ source: SourcePlan,
        _ frame: Frame
    ) throws(EngineFault) -> [Int32] {
        let identity: ObjectIdentifier
        switch source {
        case .scan(let scan): identity = ObjectIdentifier(scan.identity)
        case .query(let plan): identity = ObjectIdentifier(plan)
        case .common(let plan, _): identity = ObjectIdentifier(plan)
        case .nothing, .working, .function, .join: return []
        }
        let wanted = try value(probe.value, frame)
        guard !wanted.isNull else { return [] }
        let key = RunContext.IndexKey(source: identity, slot: probe.slot)
        if context.indexes[key] == nil {
            var index: [DatumKey: [Int32]] = [:]
            for (place, row) in rows.enumerated() where !row[probe.slot].isNull {
                try context.tick()
                index[DatumKey(values: [row[probe.slot]]), default: []].append(Int32(place))
            }
            let taken = context.taken
            try context.keep(rows.count * 64)
            context.retain(since: taken)
            context.indexes[key] = index
        }
        return context.indexes[key]?[DatumKey(values: [wanted])] ?? []
    }

    // MARK: Groups

    private func groups(
        of plan: GroupingPlan,
        _ rows: [[[Datum]]],
        _ outer: Frame?
    ) throws(EngineFault) -> [Frame] {
        var frames: [Frame] = []
        let width = rows.first?.count ?? 0
        if let sets = plan.sets {
            for set in sets {
                let absent = plan.keys.indices.filter { !set.contains($0) }.map { plan.keys[$0] }
                for frame in try groups(of: plan, by: set.map { plan.keys[$0] }, rows, outer) {
                    frame.row = blanked(frame.row, absent, width)
                    frames.append(frame)
                }
            }
        } else {
            frames = try groups(of: plan, by: plan.keys, rows, outer)
        }
        guard let condition = plan.condition else { return frames }
        var result: [Frame] = []
        for frame in frames where try value(condition, frame).isTrue { result.append(frame) }
        return result
    }

    /// A row in which the columns that a grouping set lacks are NULL.
    private func blanked(_ row: [[Datum]], _ keys: [Node], _ width: Int) -> [[Datum]] {
        var result = row
        for case .column(level: 0, let item, let slot) in keys where result.indices.contains(item) {
            if !result[item].isEmpty { result[item][slot] = .null }
        }
        return result
    }

    private func groups(
        of plan: GroupingPlan,
        by keys: [Node],
        _ rows: [[[Datum]]],
        _ outer: Frame?
    ) throws(EngineFault) -> [Frame] {
        var order: [(first: [[Datum]], states: [Accumulator])] = []
        var places: [DatumKey: Int] = [:]
        let frame = Frame(row: [], outer: outer)
        if keys.isEmpty { order.append(([], plan.aggregates.map { Accumulator($0) })) }
        for row in rows {
            try context.tick()
            frame.row = row
            var place = 0
            if keys.isEmpty {
                if order[0].first.isEmpty { order[0].first = row }
            } else {
                let key = DatumKey(values: try values(keys, frame))
                if let known = places[key] {
                    place = known
                } else {
                    place = order.count
                    places[key] = place
                    order.append((row, plan.aggregates.map { Accumulator($0) }))
                    try context.keep(160 + plan.aggregates.count * 96)
                }
            }
            for index in plan.aggregates.indices {
                try feed(&order[place].states[index], frame)
            }
        }
        var frames: [Frame] = []
        for group in order {
            let frame = Frame(row: group.first, outer: outer)
            for state in group.states { frame.aggregates.append(try state.result()) }
            frames.append(frame)
        }
        return frames
    }

    /// Gives a row to an aggregate.
    func feed(_ state: inout Accumulator, _ frame: Frame) throws(EngineFault) {
        let plan = state.plan
        if let filter = plan.filter, !(try value(filter, frame).isTrue) { return }
        let arguments = try values(plan.arguments, frame)
        var keys: [Datum] = []
        for entry in plan.order {
            if case .node(let node) = entry.value { keys.append(try value(node, frame)) }
        }
        if state.keepsRows || plan.function == .arrayAgg {
            try context.keep(64 + arguments.reduce(0) { $0 + $1.footprint })
        }
        try state.add(arguments, keys)
    }
}
