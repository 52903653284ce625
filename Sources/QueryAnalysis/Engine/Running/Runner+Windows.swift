extension Runner {
    /// Gives each frame the value of a window function.
    func add(_ plan: WindowPlan, _ index: Int, to frames: [Frame]) throws(EngineFault) {
        var partitions: [DatumKey: Int] = [:]
        var members: [[(frame: Frame, keys: [Datum])]] = []
        for frame in frames {
            try context.tick()
            while frame.windows.count <= index { frame.windows.append(.null) }
            let key = DatumKey(values: try values(plan.partition, frame))
            var keys: [Datum] = []
            for entry in plan.order {
                if case .node(let node) = entry.value { keys.append(try value(node, frame)) }
            }
            if let place = partitions[key] {
                members[place].append((frame, keys))
            } else {
                partitions[key] = members.count
                members.append([(frame, keys)])
            }
        }
        try context.keep(frames.count * 96)
        for partition in members {
            let sorted = partition.enumerated().sorted { one, other in
                let result = Runner.compare(one.element.keys, other.element.keys, plan.order)
                return result == 0 ? one.offset < other.offset : result < 0
            }.map(\.element)
            try run(plan, index, Partition(sorted, plan.order))
        }
    }

    /// The rows of a partition in their order, with the first and last row of those that are equal to each.
    private struct Partition {
        let frames: [Frame]
        var firstPeer: [Int]
        var lastPeer: [Int]

        init(_ rows: [(frame: Frame, keys: [Datum])], _ order: [OrderPlan]) {
            frames = rows.map(\.frame)
            firstPeer = Array(rows.indices)
            lastPeer = Array(rows.indices)
            for place in rows.indices.dropFirst()
            where Runner.compare(rows[place - 1].keys, rows[place].keys, order) == 0 {
                firstPeer[place] = firstPeer[place - 1]
            }
            for place in rows.indices.dropLast().reversed() where firstPeer[place] == firstPeer[place + 1] {
                lastPeer[place] = lastPeer[place + 1]
            }
        }
    }

    private func run(_ plan: WindowPlan, _ index: Int, _ rows: Partition) throws(EngineFault) {
        switch plan.function {
        case .aggregate(let aggregate): try run(aggregate, plan.frame, index, rows)
        case .ranking(let function, let arguments):
            var distinct = 0
            for place in rows.frames.indices {
                try context.tick()
                if rows.firstPeer[place] == place { distinct += 1 }
                rows.frames[place].windows[index] = try ranked(
                    function,
                    arguments,
                    plan.frame,
                    rows,
                    place,
                    distinct
                )
            }
        }
    }

    private func run(
        _ aggregate: AggregatePlan,
        _ frame: FramePlan,
        _ index: Int,
        _ rows: Partition
    ) throws(EngineFault) {
        var state = Accumulator(aggregate)
        var taken = 0
        var start = 0
        for place in rows.frames.indices {
            let range = try self.range(frame, rows, place)
            // What begins where it began only grows; anything else is counted anew.
            if range.lowerBound != start || range.upperBound < taken {
                state = Accumulator(aggregate)
                start = range.lowerBound
                taken = start
            }
            while taken < range.upperBound {
                try context.tick()
                try feed(&state, rows.frames[taken])
                taken += 1
            }
            let result = try state.result()
            if case .integer = result {} else { try context.keep(result.footprint) }
            rows.frames[place].windows[index] = result
        }
    }

    private func range(_ frame: FramePlan, _ rows: Partition, _ place: Int) throws(EngineFault) -> Range<Int>
    {
        let count = rows.frames.count
        func offset(_ node: Node) throws(EngineFault) -> Int {
            let value = try value(node, rows.frames[place])
            guard !value.isNull, value.integer >= 0 else {
                throw EngineFault("22013", "frame offset must not be null or negative")
            }
            return Int(min(value.integer, Int64(count)))
        }
        let start: Int
        switch frame.start {
        case .start: start = 0
        case .current: start = frame.countsRows ? place : rows.firstPeer[place]
        case .before(let node): start = max(0, place - (try offset(node)))
        case .after(let node): start = min(count, place + (try offset(node)))
        case .end: start = count
        }
        let end: Int
        switch frame.end {
        case .end: end = count
        case .current: end = (frame.countsRows ? place : rows.lastPeer[place]) + 1
        case .before(let node): end = place - (try offset(node)) + 1
        case .after(let node): end = min(count, place + (try offset(node)) + 1)
        case .start: end = 0
        }
        return start..<max(start, end)
    }

    private func ranked(
        _ function: WindowFunction,
        _ arguments: [Node],
        _ frame: FramePlan,
        _ rows: Partition,
        _ place: Int,
        _ distinct: Int
    ) throws(EngineFault) -> Datum {
        let count = rows.frames.count
        switch function {
        case .rowNumber: return .integer(Int64(place + 1))
        case .rank: return .integer(Int64(rows.firstPeer[place] + 1))
        case .denseRank: return .integer(Int64(distinct))
        case .percentRank: return .double(count > 1 ? Double(rows.firstPeer[place]) / Double(count - 1) : 0)
        case .cumeDist: return .double(Double(rows.lastPeer[place] + 1) / Double(count))
        case .ntile:
            let buckets = try value(arguments[0], rows.frames[0])
            guard !buckets.isNull else { return .null }
            guard buckets.integer > 0 else {
                throw EngineFault("22014", "argument of ntile must be greater than zero")
            }
            let size = count / Int(min(buckets.integer, Int64(count) + 1))
            let larger = count % Int(min(buckets.integer, Int64(count) + 1))
            let bucket =
                place < larger * (size + 1)
                ? place / (size + 1) : larger + (place - larger * (size + 1)) / max(1, size)
            return .integer(Int64(bucket + 1))
        case .lag, .lead:
            var distance: Int64 = 1
            if arguments.count > 1 {
                let given = try value(arguments[1], rows.frames[place])
                guard !given.isNull else { return .null }
                distance = given.integer
            }
            let other = Int64(place) + (function == .lag ? -distance : distance)
            if let target = Int(exactly: other), rows.frames.indices.contains(target) {
                return try value(arguments[0], rows.frames[target])
            }
            return arguments.count > 2 ? try value(arguments[2], rows.frames[place]) : .null
        case .firstValue, .lastValue, .nthValue:
            let range = try self.range(frame, rows, place)
            var target = function == .lastValue ? range.upperBound - 1 : range.lowerBound
            if function == .nthValue {
                let number = try value(arguments[1], rows.frames[place])
                guard !number.isNull else { return .null }
                guard number.integer > 0 else {
                    throw EngineFault("22016", "argument of nth_value must be greater than zero")
                }
                target += Int(min(number.integer, Int64(count) + 1)) - 1
            }
            guard range.contains(target) else { return .null }
            return try value(arguments[0], rows.frames[target])
        }
    }
}
