/// Conditions that the grammar has forms for.
extension Analyser {
    mutating func isIn(
        _ left: QueryExpression,
        _ items: [QueryExpression],
        _ negated: Bool
    ) throws(EngineFault) -> Typed {
        let value = try expression(left)
        try requireModest(value.node, times: items.count)
        var typed = try expressions(items)
        // Constants of one type share it, as PostgreSQL's array of them does.
        if !typed.contains(where: { $0.type.isRecord }), !value.type.isRecord,
            let type = try? Types.common([value.type] + typed.map(\.type), in: "IN")
        {
            for index in typed.indices {
                typed[index] = Typed(node: try convert(typed[index], to: type), type: type)
            }
        }
        var parts: [Node] = []
        for item in typed { parts.append(try comparison(.equal, value, item)) }
        let node: Node = parts.count == 1 ? parts[0] : .or(parts)
        return Typed(node: negated ? .not(node) : node, type: .bool)
    }

    mutating func between(
        _ value: QueryExpression,
        _ low: QueryExpression,
        _ high: QueryExpression,
        _ symmetric: Bool,
        _ negated: Bool
    ) throws(EngineFault) -> Typed {
        let (subject, first, last) = (try expression(value), try expression(low), try expression(high))
        try requireModest(subject.node, times: 4)
        try requireModest(first.node, times: symmetric ? 2 : 1)
        try requireModest(last.node, times: symmetric ? 2 : 1)
        func within(_ low: Typed, _ high: Typed) throws(EngineFault) -> Node {
            .and([
                try comparison(.greaterOrEqual, subject, low), try comparison(.lessOrEqual, subject, high),
            ])
        }
        var node = try within(first, last)
        if symmetric { node = .or([node, try within(last, first)]) }
        return Typed(node: negated ? .not(node) : node, type: .bool)
    }

    mutating func matches(
        _ value: QueryExpression,
        _ kind: MatchKind,
        _ pattern: QueryExpression,
        _ negated: Bool
    ) throws(EngineFault) -> Typed {
        guard kind != .similar else { throw .missing("SIMILAR TO") }
        let subject = try text(try expression(value), "~~")
        var escape: Node?
        let wanted: Node
        if case .call(let call) = pattern, call.function == "like_escape", call.arguments.count == 2 {
            wanted = try text(try expression(call.arguments[0]), "~~")
            escape = try text(try expression(call.arguments[1]), "~~")
        } else {
            wanted = try text(try expression(pattern), "~~")
        }
        let node = Node.like(subject, wanted, escape: escape, ignoringCase: kind == .ilike)
        return Typed(node: negated ? .not(node) : node, type: .bool)
    }
}
