extension Analyser {
    /// A call of a function, an aggregate or a window function.
    mutating func call(_ call: QueryCall) throws(EngineFault) -> Typed {
        guard !call.isVariadic else { throw .missing("VARIADIC") }
        if let aggregate = AggregateFunction(rawValue: call.function) {
            return try self.aggregate(aggregate, call)
        }
        if let function = WindowFunction(rawValue: call.function) {
            guard let window = call.window else {
                guard call.isWithinGroup else {
                    throw EngineFault(
                        "42809",
                        "window function \(call.function) requires an OVER clause"
                    )
                }
                throw .missing("`\(call.function)` WITHIN GROUP")
            }
            return try ranking(function, call, window)
        }
        guard !call.isStar, !call.isDistinct, call.order.isEmpty, call.filter == nil, call.window == nil,
            !call.isWithinGroup
        else {
            throw EngineFault("42809", "\(call.function) is not an aggregate or window function")
        }
        let arguments = try expressions(call.arguments)
        if let special = try polymorphic(call.function, arguments) { return special }
        guard Signatures.all[call.function] != nil else {
            throw .missing("function `\(call.function)`")
        }
        guard let signature = try Signatures.find(call.function, arguments.map(\.type)) else {
            throw unknown(call.function, arguments)
        }
        if Signatures.rounded.contains(call.function),
            arguments.contains(where: { $0.type.kind == .numeric }),
            !arguments.contains(where: { $0.type.kind == .float8 || $0.type.kind == .float4 })
        {
            throw .missing("`\(call.function)` of numeric; cast it to double precision")
        }
        if call.function == "octet_length", arguments[0].type.kind == .bpchar {
            throw .missing("`octet_length` of character")
        }
        if call.function == "substring", arguments.dropFirst().allSatisfy({ $0.type.kind == .unknown }) {
            throw .missing("`substring` by a pattern")
        }
        var nodes: [Node] = []
        for (argument, type) in zip(arguments, signature.arguments) {
            nodes.append(try convert(argument, to: type))
        }
        return Typed(node: .call(signature.builtin, nodes, signature.arguments), type: signature.result)
    }

    private func unknown(_ name: String, _ arguments: [Typed]) -> EngineFault {
        let types = arguments.map(\.type.title).joined(separator: ", ")
        return EngineFault("42883", "function \(name)(\(types)) does not exist")
    }

    /// Functions of arguments of any type.
    private mutating func polymorphic(
        _ name: String,
        _ arguments: [Typed]
    ) throws(EngineFault) -> Typed? {
        func made(_ builtin: Builtin, _ result: EngineType, atLeast count: Int = 1) throws(EngineFault)
            -> Typed
        {
            guard arguments.count >= count else { throw unknown(name, arguments) }
            let known = settled(arguments)
            return Typed(
                node: .call(builtin, known.map(\.node), known.map(\.type)),
                type: result
            )
        }
        switch name {
        case "concat": return try made(.concat, .text)
        case "concat_ws", "format":
            guard let first = arguments.first, first.type.isText || first.type.kind == .unknown else {
                throw unknown(name, arguments)
            }
            if name == "format" { return try made(.format, .text) }
            return try made(.concatWithSeparator, .text, atLeast: 2)
        case "num_nulls": return try made(.countNulls, .int4)
        case "num_nonnulls": return try made(.countNonNulls, .int4)
        case "to_json":
            guard arguments.count == 1 else { throw unknown(name, arguments) }
            guard arguments[0].type.kind != .unknown else {
                throw EngineFault(
                    "42804",
                    "could not determine polymorphic type because input has type unknown"
                )
            }
            return try made(.toJSON, .json)
        case "row_to_json":
            guard arguments.count == 1, arguments[0].type.isRecord else { throw unknown(name, arguments) }
            return try made(.rowToJSON, .json)
        case "array_to_json":
            guard arguments.count == 1, arguments[0].type.element != nil else {
                throw unknown(name, arguments)
            }
            return try made(.arrayToJSON, .json)
        case "json_extract_path", "json_extract_path_text": return try documentPart(name, arguments)
        case "json_build_object": return try made(.jsonObject, .json, atLeast: 0)
        case "json_build_array": return try made(.jsonArray, .json, atLeast: 0)
        case "quote_literal", "quote_nullable":
            guard arguments.count == 1, arguments[0].type.kind != .unknown, !arguments[0].type.isText else {
                return nil
            }
            let node = try convert(arguments[0], to: .text, .assignment)
            let builtin: Builtin = name == "quote_literal" ? .quoteLiteral : .quoteNullable
            return Typed(node: .call(builtin, [node], [.text]), type: .text)
        case "array_to_string":
            guard (2...3).contains(arguments.count), arguments[0].type.element != nil else {
                throw unknown(name, arguments)
            }
            var nodes = [arguments[0].node]
            for argument in arguments.dropFirst() { nodes.append(try convert(argument, to: .text)) }
            let types = [arguments[0].type, .text, .text]
            return Typed(node: .call(.arrayToText, nodes, types), type: .text)
        default: return try arrayFunction(name, arguments)
        }
    }

    /// How many arguments each function of arrays takes.
    private static let arrayFunctions: [String: ClosedRange<Int>] = [
        "cardinality": 1...1, "array_length": 2...2, "array_upper": 2...2, "array_lower": 2...2,
        "array_append": 2...2, "array_prepend": 2...2, "array_cat": 2...2, "array_position": 2...3,
        "array_remove": 2...2, "array_replace": 3...3,
    ]

    private mutating func arrayFunction(
        _ name: String,
        _ arguments: [Typed]
    ) throws(EngineFault) -> Typed? {
        func array(_ index: Int) throws(EngineFault) -> (Typed, EngineType) {
            guard arguments.indices.contains(index), let element = arguments[index].type.element else {
                throw unknown(name, arguments)
            }
            return (arguments[index], element)
        }
        func element(_ index: Int, _ type: EngineType) throws(EngineFault) -> Node {
            guard arguments.indices.contains(index) else { throw unknown(name, arguments) }
            let given = arguments[index].type
            guard
                given.kind == type.kind || given.kind == .unknown
                    || Casting.strength(given, type) == .implicit
            else { throw .missing("`\(name)` of several types") }
            return try convert(arguments[index], to: type)
        }
        if let counts = Self.arrayFunctions[name], !counts.contains(arguments.count) {
            throw unknown(name, arguments)
        }
        switch name {
        case "cardinality":
            let (value, _) = try array(0)
            return Typed(node: .call(.cardinality, [value.node], [value.type]), type: .int4)
        case "array_length", "array_upper", "array_lower":
            let (value, _) = try array(0)
            let builtin: Builtin =
                name == "array_lower" ? .arrayLower : name == "array_upper" ? .arrayUpper : .arrayLength
            let dimension = try element(1, .int4)
            return Typed(node: .call(builtin, [value.node, dimension], [value.type, .int4]), type: .int4)
        case "array_append":
            let (value, type) = try array(0)
            let nodes = [value.node, try element(1, type)]
            return Typed(node: .call(.arrayAppend, nodes, [value.type, type]), type: value.type)
        case "array_prepend":
            let (value, type) = try array(1)
            let nodes = [try element(0, type), value.node]
            return Typed(node: .call(.arrayPrepend, nodes, [type, value.type]), type: value.type)
        case "array_cat":
            let (value, _) = try array(0)
            let nodes = [value.node, try element(1, value.type)]
            return Typed(node: .call(.arrayConcatenate, nodes, [value.type, value.type]), type: value.type)
        case "array_position", "array_remove":
            let (value, type) = try array(0)
            guard arguments.count == 2, type.isComparable else { throw .missing("this form of `\(name)`") }
            let nodes = [value.node, try element(1, type)]
            let isPosition = name == "array_position"
            return Typed(
                node: .call(isPosition ? .arrayPosition : .arrayRemove, nodes, [value.type, type]),
                type: isPosition ? .int4 : value.type
            )
        case "array_replace":
            let (value, type) = try array(0)
            let nodes = [value.node, try element(1, type), try element(2, type)]
            return Typed(node: .call(.arrayReplace, nodes, [value.type, type, type]), type: value.type)
        default: return nil
        }
    }
}
