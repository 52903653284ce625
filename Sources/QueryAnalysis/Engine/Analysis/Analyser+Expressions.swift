extension Analyser {
    /// An expression with its type.
    mutating func expression(_ value: QueryExpression) throws(EngineFault) -> Typed {
        switch value {
        case .name(let parts, _): return try column(parts)
        case .literal(let literal): return try constant(literal)
        case .parameter(let number): return try parameter(number)
        case .cast(let inner, let type): return try cast(inner, type)
        case .sign(let symbol, let inner): return try sign(symbol, inner)
        case .operation(let symbol, let left, let right):
            return try operation(symbol, try expression(left), try expression(right))
        case .quantified(let symbol, let isAny, let left, let right):
            return try quantified(symbol, isAny, try expression(left), try expression(right))
        case .isDistinct(let left, let right, let negated):
            let (first, second) = try matched(try expression(left), try expression(right), "IS DISTINCT FROM")
            return Typed(node: .isDistinct(first, second, negated: negated), type: .bool)
        case .nullIf(let left, let right):
            return try nullIf(try expression(left), try expression(right))
        case .isIn(let left, let items, let negated): return try isIn(left, items, negated)
        case .matches(let value, let kind, let pattern, let negated):
            return try matches(value, kind, pattern, negated)
        case .between(let value, let low, let high, let symmetric, let negated):
            return try between(value, low, high, symmetric, negated)
        case .and(let parts): return Typed(node: .and(try truths(parts, "AND")), type: .bool)
        case .or(let parts): return Typed(node: .or(try truths(parts, "OR")), type: .bool)
        case .not(let inner): return Typed(node: .not(try truth(inner, "NOT")), type: .bool)
        case .isNull(let inner, let negated):
            let typed = try expression(inner)
            return Typed(
                node: .isNull(typed.node, negated: negated, ofRow: typed.type.isRecord),
                type: .bool
            )
        case .isTruth(let inner, let kind, let negated):
            let truth: Bool? =
                switch kind {
                case .isTrue: true
                case .isFalse: false
                case .isUnknown: nil
                }
            let node = try self.truth(inner, "IS \(kind.rawValue)")
            return Typed(node: .isTruth(node, truth, negated: negated), type: .bool)
        case .cases(let operand, let branches, let otherwise):
            return try cases(operand, branches, otherwise)
        case .coalesce(let parts):
            let (nodes, type) = try unified(parts, "COALESCE")
            return Typed(node: .coalesce(nodes), type: type)
        case .greatest(let parts), .least(let parts):
            let isGreatest = if case .greatest = value { true } else { false }
            let (nodes, type) = try unified(parts, isGreatest ? "GREATEST" : "LEAST")
            try requireOrder(type)
            return Typed(node: .extreme(nodes, isGreatest: isGreatest), type: type)
        case .call(let call): return try self.call(call)
        case .query(let test, let query):
            if let known = remembered(value) { return known }
            return try subquery(value, test, query)
        case .row(let parts, _):
            guard parts.count <= Self.mostTargets else {
                throw EngineFault("54011", "ROW expressions can have at most 1664 entries")
            }
            let typed = try expressions(parts)
            let fields = typed.enumerated().map {
                EngineType.Field(name: "f\($0 + 1)", type: $1.type)
            }
            return Typed(node: .row(typed.map(\.node)), type: try Types.record(fields))
        case .array(let parts):
            let (nodes, type) = try unified(parts, "ARRAY")
            guard type.element == nil, type.kind != .bpchar else {
                throw .missing("an array of \(type.title)")
            }
            return Typed(node: .array(nodes), type: EngineType(.array(type.kind)))
        case .part(let whole, let steps): return try part(whole, steps)
        case .collated(let inner, let name): return try collated(try expression(inner), name)
        case .grouping: throw .missing("GROUPING")
        case .groupingSet: throw .missing("a grouping set at this place")
        case .moment(let moment, _): return try self.moment(moment)
        case .session: throw .missing("this fact about the session")
        }
    }

    mutating func expressions(_ values: [QueryExpression]) throws(EngineFault) -> [Typed] {
        var result: [Typed] = []
        for value in values { result.append(try expression(value)) }
        return result
    }

    /// An expression that must be true or false.
    mutating func truth(_ value: QueryExpression, _ place: String) throws(EngineFault) -> Node {
        let typed = try expression(value)
        guard typed.type.kind == .bool || typed.type.kind == .unknown else {
            throw .mismatch("argument of \(place) must be type boolean, not type \(typed.type.title)")
        }
        return try convert(typed, to: .bool)
    }

    private mutating func truths(
        _ values: [QueryExpression],
        _ place: String
    ) throws(EngineFault) -> [Node] {
        var result: [Node] = []
        for value in values { result.append(try truth(value, place)) }
        return result
    }

    private func constant(_ literal: QueryLiteral) throws(EngineFault) -> Typed {
        switch literal {
        case .null: return Typed(node: .constant(.null), type: .unknown)
        case .boolean(let truth): return Typed(node: .constant(.truth(truth)), type: .bool)
        case .text(let text): return Typed(node: .constant(.text(text)), type: .unknown)
        case .bits: throw .missing("a bit string")
        case .number(let digits):
            if let number = Int64(digits) {
                let type: EngineType = Int32(exactly: number) == nil ? .int8 : .int4
                return Typed(node: .constant(.integer(number)), type: type)
            }
            return Typed(node: .constant(try TextInput.datum(Array(digits.utf8), .numeric)), type: .numeric)
        }
    }

    /// A value with a collation, all of which are one here: texts compare by their bytes.
    private mutating func collated(_ typed: Typed, _ name: String) throws(EngineFault) -> Typed {
        guard collation == nil || collation == name else {
            throw .missing("a statement with several collations")
        }
        collation = name
        let element = typed.type.element ?? typed.type
        guard element.isText || element.kind == .unknown else {
            throw .mismatch("collations are not supported by type \(typed.type.title)")
        }
        return typed.type.kind == .unknown
            ? Typed(node: try convert(typed, to: .text), type: .text) : typed
    }

    private mutating func parameter(_ number: Int) throws(EngineFault) -> Typed {
        while parameters.count < number { parameters.append(.unknown) }
        return Typed(node: .parameter(number), type: parameters[number - 1])
    }

    /// A value as a value of another type, without being asked for.
    mutating func convert(_ typed: Typed, to type: EngineType) throws(EngineFault) -> Node {
        try convert(typed, to: type, Casting.Strength.implicit)
    }

    mutating func convert(
        _ typed: Typed,
        to type: EngineType,
        _ allowed: Casting.Strength
    ) throws(EngineFault) -> Node {
        if typed.type.kind == .unknown {
            switch typed.node {
            case .constant(.null): return typed.node
            case .constant(.bytes(let text)):
                // A text in quotes is cut silently only when a cast is written.
                if allowed == .explicit, type.isText {
                    return .constant(try Casting.cast(.bytes(text), .text, type))
                }
                return .constant(try TextInput.datum(text, type))
            case .parameter(let number):
                parameters[number - 1] = type.kind == .unknown ? .text : type.plain
                return type.modifier < 0 ? typed.node : .cast(typed.node, type.plain, type)
            default:
                return type.kind == .text || type.kind == .unknown
                    ? typed.node : .cast(typed.node, .unknown, type)
            }
        }
        let isSame = typed.type.kind == type.kind
        if isSame, type.modifier < 0 || type.modifier == typed.type.modifier { return typed.node }
        guard let strength = Casting.strength(typed.type, type), strength <= allowed else {
            throw EngineFault("42846", "cannot cast type \(typed.type.title) to \(type.title)")
        }
        if typed.type.isText, type.isText, type.length == nil, type.kind != .bpchar, type.kind != .name {
            return typed.node
        }
        return .cast(typed.node, typed.type, type)
    }

    /// Values of which none is left without a type.
    func settled(_ values: [Typed]) -> [Typed] {
        values.map { $0.type.kind == .unknown ? Typed(node: $0.node, type: .text) : $0 }
    }

    private mutating func cast(
        _ inner: QueryExpression,
        _ target: QueryType
    ) throws(EngineFault) -> Typed {
        guard var type = EngineType(named: target.name, modifiers: target.modifiers) else {
            throw .missing("type `\(target.name)`")
        }
        if type.kind == .bpchar, type.length == nil { throw .missing("`bpchar` without a length") }
        if let length = type.length, type.isText, length < 1 {
            throw EngineFault("22023", "length for a type must be at least 1")
        }
        if target.isArray {
            guard type.kind != .bpchar else { throw .missing("an array of char(n)") }
            type = EngineType(.array(type.kind))
        }
        if case .literal(.number(let digits)) = inner, type.kind == .float8 || type.kind == .float4 {
            // Doubles reach further than our numbers.
            return Typed(node: .constant(try TextInput.datum(Array(digits.utf8), type)), type: type)
        }
        let typed = try expression(inner)
        let node = try convert(typed, to: type, .explicit)
        // The type of one letter, of which the catalogs are full.
        guard target.name == "char", !target.isArray else { return Typed(node: node, type: type) }
        return Typed(node: .call(.left, [node, .constant(.integer(1))], [.text, .int4]), type: type)
    }

    /// Values of one type.
    mutating func unified(
        _ values: [QueryExpression],
        _ place: String
    ) throws(EngineFault) -> ([Node], EngineType) {
        let typed = try expressions(values)
        let type = try Types.common(typed.map(\.type), in: place)
        var nodes: [Node] = []
        for value in typed { nodes.append(try convert(value, to: type)) }
        return (nodes, type)
    }

    private mutating func cases(
        _ operand: QueryExpression?,
        _ branches: [QueryBranch],
        _ otherwise: QueryExpression?
    ) throws(EngineFault) -> Typed {
        let subject = try operand.map { (value) throws(EngineFault) in try expression(value) }
        if let subject { try requireModest(subject.node, times: branches.count) }
        var conditions: [Node] = []
        for branch in branches {
            if let subject {
                conditions.append(try comparison(.equal, subject, try expression(branch.condition)))
            } else {
                conditions.append(try truth(branch.condition, "CASE/WHEN"))
            }
        }
        let last = otherwise ?? .literal(.null)
        // The type of `ELSE` is looked at first, as PostgreSQL does.
        var (nodes, type) = try unified([last] + branches.map(\.result), "CASE")
        let final = nodes.removeFirst()
        let parts = zip(conditions, nodes).map { NodeBranch(condition: $0, result: $1) }
        return Typed(node: .cases(parts, otherwise: final), type: type)
    }

    /// Refuses an expression that would be written out many times over: what contains it could not be walked.
    func requireModest(_ node: Node, times: Int) throws(EngineFault) {
        guard node.size(upTo: 50_000) * max(1, times) < 50_000 else {
            throw EngineFault("54001", "the statement is too complex")
        }
    }

    private mutating func part(
        _ whole: QueryExpression,
        _ steps: [QueryStep]
    ) throws(EngineFault) -> Typed {
        var typed: Typed
        var rest = steps[...]
        if case .field(let field, _)? = steps.first, case .name(let parts, _) = whole, parts.count == 1 {
            typed = try column([parts[0], field])
            rest = rest.dropFirst()
        } else {
            typed = try expression(whole)
        }
        for step in rest {
            switch step {
            case .field, .everything: throw .missing("a field of this")
            case .element(let index):
                guard let element = typed.type.element else {
                    throw .mismatch("cannot subscript type \(typed.type.title)")
                }
                let node = try convert(try expression(index), to: .int4, .assignment)
                typed = Typed(node: .element(typed.node, node), type: element)
            case .slice(let low, let high):
                guard typed.type.element != nil else {
                    throw .mismatch("cannot subscript type \(typed.type.title)")
                }
                let first = try low.map { (value) throws(EngineFault) in
                    try convert(try expression(value), to: .int4, .assignment)
                }
                let last = try high.map { (value) throws(EngineFault) in
                    try convert(try expression(value), to: .int4, .assignment)
                }
                typed.node = .slice(typed.node, first, last)
            }
        }
        return typed
    }

    private mutating func nullIf(_ left: Typed, _ right: Typed) throws(EngineFault) -> Typed {
        let type = try Types.first(left.type, comparedWith: right.type)
        guard case .compare(_, let first, let second) = try comparison(.equal, left, right) else {
            throw .missing("NULLIF of rows")
        }
        let node = Node.nullIf(first, second)
        guard case .cast(let inner, _, let wider) = first, inner == left.node, wider.kind != type.kind else {
            let whole = left.type.kind == .unknown ? try convert(left, to: type) : first
            return Typed(node: .nullIf(whole, second), type: type)
        }
        // What was widened to be compared comes out as it went in.
        return Typed(node: .cast(node, wider, type), type: type)
    }

    private mutating func moment(_ moment: MomentFact) throws(EngineFault) -> Typed {
        let now = Node.call(.now, [], [])
        let zoned = EngineType(.timestamptz)
        switch moment {
        case .currentTimestamp: return Typed(node: now, type: zoned)
        case .localTimestamp: return Typed(node: .cast(now, zoned, .timestamp), type: .timestamp)
        case .currentDate: return Typed(node: .cast(now, zoned, .date), type: .date)
        case .localTime:
            return Typed(node: .cast(now, zoned, EngineType(.time)), type: EngineType(.time))
        case .currentTime: throw .missing("current_time")
        }
    }
}
