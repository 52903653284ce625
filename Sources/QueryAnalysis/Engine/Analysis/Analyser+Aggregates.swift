extension Analyser {
    /// A call of an aggregate, of the group at hand or over a window.
    mutating func aggregate(
        _ function: AggregateFunction,
        _ call: QueryCall
    ) throws(EngineFault) -> Typed {
        let own = levels.count - 1
        guard own >= 0 else { throw EngineFault("42803", "aggregate functions are not allowed here") }
        if let place = levels[own].aggregateRefusal, call.window == nil {
            throw EngineFault("42803", "aggregate functions are not allowed in \(place)")
        }
        if call.window != nil { try requireWindows() }
        let refusal = levels[own].aggregateRefusal
        let windows = levels[own].allowsWindows
        if call.window == nil { levels[own].aggregateRefusal = "aggregate functions" }
        levels[own].allowsWindows = false
        let before = references.count
        let arguments = try expressions(call.arguments)
        var order: [OrderPlan] = []
        var ordered: [Typed] = []
        for entry in call.order {
            let typed = settled([try expression(entry.value)])[0]
            try requireOrder(typed.type)
            ordered.append(typed)
            order.append(plan(entry, .node(typed.node)))
        }
        let filter = try call.filter.map { (value) throws(EngineFault) in try truth(value, "FILTER") }
        levels[own].aggregateRefusal = refusal
        levels[own].allowsWindows = windows
        let used = references[before...].map(\.level)
        if let outermost = used.max(), outermost < own, call.window == nil {
            throw .missing("an aggregate of a query further out")
        }
        let (nodes, types, result) =
            call.isWithinGroup
            ? try orderedSet(function, call, arguments, ordered, &order)
            : try aggregated(function, call, arguments)
        if call.isDistinct {
            guard let type = types.first else {
                throw EngineFault("42601", "DISTINCT specified, but \(call.function) has no argument")
            }
            try requireOrder(type)
            guard call.window == nil else { throw .missing("DISTINCT in a window function") }
            for entry in order {
                guard case .node(let node) = entry.value, nodes.first == node else {
                    throw EngineFault(
                        "42P10",
                        "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list"
                    )
                }
            }
        }
        let plan = AggregatePlan(
            function: function,
            arguments: nodes,
            types: types,
            isDistinct: call.isDistinct,
            order: order,
            filter: filter
        )
        if let window = call.window {
            guard order.isEmpty else { throw .missing("ORDER BY in a window function's arguments") }
            return try windowed(.aggregate(plan), window, result)
        }
        levels[own].aggregates.append(plan)
        return Typed(node: .aggregate(level: 0, levels[own].aggregates.count - 1), type: result)
    }

    private mutating func aggregated(
        _ function: AggregateFunction,
        _ call: QueryCall,
        _ arguments: [Typed]
    ) throws(EngineFault) -> ([Node], [EngineType], EngineType) {
        let titles = arguments.map(\.type.title).joined(separator: ", ")
        let unknown = EngineFault("42883", "function \(call.function)(\(titles)) does not exist")
        func one(_ type: EngineType? = nil) throws(EngineFault) -> ([Node], EngineType) {
            guard arguments.count == 1, !call.isStar else { throw unknown }
            let wanted = type ?? settled(arguments)[0].type
            return ([try convert(arguments[0], to: wanted)], wanted)
        }
        switch function {
        case .count:
            if call.isStar { return ([], [], .int8) }
            let (nodes, type) = try one()
            return (nodes, [type], .int8)
        case .sum, .avg:
            guard let argument = arguments.first else { throw unknown }
            if argument.type.kind == .unknown {
                throw EngineFault("42725", "function \(call.function)(unknown) is not unique")
            }
            guard argument.type.numberRank != nil else { throw unknown }
            let (nodes, type) = try one()
            return (nodes, [type.plain], Self.total(function, type))
        case .min, .max:
            let (nodes, type) = try one()
            guard type.isComparable, type.kind != .bool, type.kind != .uuid, type.kind != .bytea,
                !type.isRecord
            else {
                throw unknown
            }
            let result = type.kind == .varchar || type.kind == .name ? EngineType.text : type
            return (nodes, [type], result.kind == .bpchar ? result : result.plain)
        case .arrayAgg:
            let (nodes, type) = try one()
            guard type.element == nil, type.kind != .bpchar else { throw .missing("arrays of \(type.title)") }
            return (nodes, [type], EngineType(.array(type.kind)))
        case .stringAgg:
            guard arguments.count == 2 else { throw unknown }
            guard arguments.allSatisfy({ $0.type.isText || $0.type.kind == .unknown }) else { throw unknown }
            let nodes = [try convert(arguments[0], to: .text), try convert(arguments[1], to: .text)]
            return (nodes, [.text, .text], .text)
        case .jsonAgg:
            let (nodes, type) = try one()
            return (nodes, [type], .json)
        case .jsonObjectAgg:
            guard arguments.count == 2 else { throw unknown }
            let known = settled(arguments)
            return (known.map(\.node), known.map(\.type), .json)
        case .boolAnd, .boolOr, .every:
            let (nodes, type) = try one(.bool)
            return (nodes, [type], .bool)
        case .bitAnd, .bitOr:
            guard let type = arguments.first?.type, type.isInteger else { throw unknown }
            return (try one().0, [type], type)
        case .stddev, .stddevSamp, .stddevPop, .variance, .varSamp, .varPop:
            guard let type = arguments.first?.type, type.kind == .float8 || type.kind == .float4 else {
                throw .missing("`\(call.function)` of anything but double precision")
            }
            return (try one().0, [type], .float8)
        case .mode, .percentileCont, .percentileDisc: throw .missing("`\(call.function)`")
        }
    }

    /// The type of a sum or an average.
    private static func total(_ function: AggregateFunction, _ type: EngineType) -> EngineType {
        switch type.kind {
        case .int2, .int4: function == .sum ? .int8 : .numeric
        case .float4: function == .sum ? .float4 : .float8
        case .float8: .float8
        default: .numeric
        }
    }

    /// A call of a function that only windows have.
    mutating func ranking(
        _ function: WindowFunction,
        _ call: QueryCall,
        _ window: QueryWindow
    ) throws(EngineFault) -> Typed {
        try requireWindows()
        guard call.filter == nil, !call.isDistinct, call.order.isEmpty, !call.isStar else {
            throw .missing("FILTER, DISTINCT or ORDER BY in `\(call.function)`")
        }
        let own = levels.count - 1
        levels[own].allowsWindows = false
        let given = try expressions(call.arguments)
        let arguments = settled(given)
        levels[own].allowsWindows = true
        let counts: ClosedRange<Int>
        var result = EngineType.int8
        switch function {
        case .rowNumber, .rank, .denseRank: counts = 0...0
        case .percentRank, .cumeDist:
            counts = 0...0
            result = .float8
        case .ntile:
            counts = 1...1
            result = .int4
        case .lag, .lead: counts = 1...3
        case .firstValue, .lastValue: counts = 1...1
        case .nthValue: counts = 2...2
        }
        guard counts.contains(arguments.count) else {
            throw EngineFault("42883", "function \(call.function) does not exist for these arguments")
        }
        var nodes = arguments.map(\.node)
        switch function {
        case .ntile: nodes[0] = try convert(given[0], to: .int4)
        case .lag, .lead, .firstValue, .lastValue, .nthValue:
            result = arguments[0].type
            if function == .nthValue || arguments.count > 1 {
                nodes[1] = try convert(given[1], to: .int4)
            }
            if arguments.count == 3 {
                let common = try Types.common([given[0].type, given[2].type], in: call.function)
                nodes[0] = try convert(given[0], to: common)
                nodes[2] = try convert(given[2], to: common)
                result = common
            }
        case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist: break
        }
        return try windowed(.ranking(function, nodes), window, result)
    }

    private func requireWindows() throws(EngineFault) {
        guard levels.last?.allowsWindows == true else {
            throw EngineFault("42P20", "window functions are not allowed here")
        }
    }

    private mutating func windowed(
        _ function: WindowPlan.Function,
        _ window: QueryWindow,
        _ result: EngineType
    ) throws(EngineFault) -> Typed {
        let own = levels.count - 1
        var whole = window
        if let base = window.base {
            guard let known = levels[own].windowNames[base] else {
                throw EngineFault("42704", "window \"\(base)\" does not exist")
            }
            whole = window.isReference ? known : known.extended(by: window)
        }
        levels[own].allowsWindows = false
        var partition: [Node] = []
        for part in whole.partition {
            let typed = settled([try expression(part)])[0]
            try requireOrder(typed.type)
            partition.append(typed.node)
        }
        var order: [OrderPlan] = []
        for entry in whole.order {
            let typed = settled([try expression(entry.value)])[0]
            try requireOrder(typed.type)
            order.append(plan(entry, .node(typed.node)))
        }
        let frame = try self.frame(whole)
        levels[own].allowsWindows = true
        levels[own].windows.append(
            WindowPlan(function: function, partition: partition, order: order, frame: frame)
        )
        return Typed(node: .window(levels[own].windows.count - 1), type: result)
    }

    /// The rows that a window's function looks at.
    ///
    /// **Source.** The bits are `FRAMEOPTION_…` of PostgreSQL's `parsenodes.h`.
    private mutating func frame(_ window: QueryWindow) throws(EngineFault) -> FramePlan {
        guard window.frame & 0x1 != 0 else {
            return FramePlan(countsRows: false, start: .start, end: .current)
        }
        guard window.frame & 0x8 == 0 else { throw .missing("GROUPS in a window's frame") }
        guard window.frame & 0x38000 == 0 else { throw .missing("EXCLUDE in a window's frame") }
        let countsRows = window.frame & 0x4 != 0
        let hasOffsets = window.frameStart != nil || window.frameEnd != nil
        guard countsRows || !hasOffsets else { throw .missing("RANGE with an offset") }
        func offset(_ value: QueryExpression?) throws(EngineFault) -> Node {
            guard let value else { return .constant(.integer(0)) }
            return try convert(try expression(value), to: .int8)
        }
        let start: FramePlan.Bound =
            window.frame & 0x20 != 0
            ? .start
            : window.frame & 0x800 != 0
                ? .before(try offset(window.frameStart))
                : window.frame & 0x2000 != 0 ? .after(try offset(window.frameStart)) : .current
        let end: FramePlan.Bound =
            window.frame & 0x100 != 0
            ? .end
            : window.frame & 0x1000 != 0
                ? .before(try offset(window.frameEnd))
                : window.frame & 0x4000 != 0 ? .after(try offset(window.frameEnd)) : .current
        return FramePlan(countsRows: countsRows, start: start, end: end)
    }
}
