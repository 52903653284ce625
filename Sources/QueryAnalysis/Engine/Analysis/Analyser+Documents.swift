extension Analyser {
    /// A part of a document, by a member's name, an element's place, or a path.
    mutating func documentPart(
        _ symbol: String,
        _ left: Typed,
        _ right: Typed
    ) throws(EngineFault) -> Typed {
        guard left.type.kind == .json else {
            guard left.type.kind == .unknown else { throw Operators.unknown(symbol, left.type, right.type) }
            throw EngineFault("42725", "operator is not unique: unknown \(symbol) \(right.type.title)")
        }
        let isText = symbol.hasSuffix(">>")
        let result: EngineType = isText ? .text : .json
        if symbol.hasPrefix("#") {
            let type = EngineType(.array(.text))
            guard right.type.kind == .unknown || right.type == type else {
                throw Operators.unknown(symbol, left.type, right.type)
            }
            let nodes = [left.node, try convert(right, to: type)]
            return Typed(node: .call(isText ? .jsonPathText : .jsonPath, nodes, [.json, type]), type: result)
        }
        if right.type.isText || right.type.kind == .unknown {
            let nodes = [left.node, try convert(right, to: .text)]
            return Typed(
                node: .call(isText ? .jsonFieldText : .jsonField, nodes, [.json, .text]),
                type: result
            )
        }
        guard right.type.kind == .int4 || right.type.kind == .int2 else {
            throw Operators.unknown(symbol, left.type, right.type)
        }
        let nodes = [left.node, right.node]
        let builtin: Builtin = isText ? .jsonElementText : .jsonElement
        return Typed(node: .call(builtin, nodes, [.json, .int4]), type: result)
    }

    /// `json_extract_path` and its kin: a path of one argument a step.
    mutating func documentPart(_ name: String, _ arguments: [Typed]) throws(EngineFault) -> Typed {
        guard arguments.count > 1 else {
            let titles = arguments.map(\.type.title).joined(separator: ", ")
            throw EngineFault("42883", "function \(name)(\(titles)) does not exist")
        }
        let document = try convert(arguments[0], to: .json)
        var steps: [Node] = []
        for step in arguments.dropFirst() { steps.append(try convert(step, to: .text)) }
        let isText = name.hasSuffix("_text")
        let types: [EngineType] = [.json, EngineType(.array(.text))]
        return Typed(
            node: .call(isText ? .jsonPathText : .jsonPath, [document, .array(steps)], types),
            type: isText ? .text : .json
        )
    }
}
