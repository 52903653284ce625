/// Which types operators take.
enum Operators {
    /// The type in which values of two types are compared.
    static func compared(
        _ left: EngineType,
        _ right: EngineType,
        _ symbol: String
    ) throws(EngineFault) -> EngineType {
        let type = try shared(left, right, symbol)
        guard type.isComparable else { throw unknown(symbol, left, right) }
        return type
    }

    /// The type that both sides of an operator become.
    static func shared(
        _ left: EngineType,
        _ right: EngineType,
        _ symbol: String
    ) throws(EngineFault) -> EngineType {
        switch (left.kind, right.kind) {
        case (.unknown, .unknown): return .text
        case (.unknown, _): return right.plain
        case (_, .unknown): return left.plain
        case (.record(let first), .record(let second)):
            guard first.count == second.count,
                zip(first, second).allSatisfy({ $0.type.kind == $1.type.kind })
            else { throw unknown(symbol, left, right) }
            return left
        case let (first, second) where first == second: return left.plain
        default: break
        }
        if left.isText, right.isText { return .text }
        if let first = left.numberRank, let second = right.numberRank {
            let higher = first > second ? left.plain : right.plain
            // A `real` against any other number becomes a `double precision`.
            return higher.kind == .float4 ? .float8 : higher
        }
        if let first = left.momentRank, let second = right.momentRank {
            return first > second ? left.plain : right.plain
        }
        throw unknown(symbol, left, right)
    }

    static func unknown(_ symbol: String, _ left: EngineType, _ right: EngineType) -> EngineFault {
        EngineFault("42883", "operator does not exist: \(left.title) \(symbol) \(right.title)")
    }
}

extension Analyser {
    /// Both sides as values that can be compared.
    mutating func matched(
        _ left: Typed,
        _ right: Typed,
        _ symbol: String
    ) throws(EngineFault) -> (Node, Node) {
        let type = try Operators.compared(left.type, right.type, symbol)
        return (try convert(left, to: type), try convert(right, to: type))
    }

    mutating func comparison(
        _ comparison: Comparison,
        _ left: Typed,
        _ right: Typed
    ) throws(EngineFault) -> Node {
        if case .row(let first) = left.node, case .row(let second) = right.node,
            case .record(let firstFields) = left.type.kind, case .record(let secondFields) = right.type.kind
        {
            return try rowComparison(
                comparison,
                zip(first, firstFields).map { Typed(node: $0, type: $1.type) },
                zip(second, secondFields).map { Typed(node: $0, type: $1.type) }
            )
        }
        let (first, second) = try matched(left, right, comparison.rawValue)
        return .compare(comparison, first, second)
    }

    /// Rows that are written out are compared part by part, so that a NULL leaves the answer open.
    private mutating func rowComparison(
        _ comparison: Comparison,
        _ left: [Typed],
        _ right: [Typed]
    ) throws(EngineFault) -> Node {
        guard left.count == right.count, !left.isEmpty else {
            throw EngineFault("42601", "unequal number of entries in row expressions")
        }
        var pairs: [Node] = []
        switch comparison {
        case .equal, .notEqual:
            for (one, other) in zip(left, right) {
                pairs.append(try self.comparison(comparison, one, other))
            }
            return comparison == .equal ? .and(pairs) : .or(pairs)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let strict: Comparison =
                comparison == .less || comparison == .lessOrEqual ? .less : .greater
            for value in left + right { try requireModest(value.node, times: 2) }
            var node = try self.comparison(comparison, left[left.count - 1], right[left.count - 1])
            for index in left.indices.dropLast().reversed() {
                let first = try self.comparison(strict, left[index], right[index])
                let same = try self.comparison(.equal, left[index], right[index])
                node = .or([first, .and([same, node])])
            }
            return node
        }
    }

    /// A value that must be a text.
    mutating func text(_ typed: Typed, _ symbol: String) throws(EngineFault) -> Node {
        guard typed.type.isText || typed.type.kind == .unknown else {
            throw Operators.unknown(symbol, typed.type, .text)
        }
        // Operators of `character` see the blanks at its end.
        guard typed.type.kind != .bpchar else { throw .missing("operator `\(symbol)` of character") }
        return try convert(typed, to: .text)
    }

    mutating func quantified(
        _ symbol: String,
        _ isAny: Bool,
        _ left: Typed,
        _ right: Typed
    ) throws(EngineFault) -> Typed {
        guard let comparison = Comparison(rawValue: symbol) else {
            throw .missing("operator `\(symbol)` with ANY or ALL")
        }
        let array: Typed
        if right.type.kind == .unknown {
            let kind = left.type.kind == .unknown ? EngineType.Kind.text : left.type.kind
            let type = EngineType(.array(kind))
            array = Typed(node: try convert(right, to: type), type: type)
        } else {
            array = right
        }
        guard let element = array.type.element else {
            throw EngineFault("42809", "op ANY/ALL (array) requires array on right side")
        }
        let type = try Operators.compared(left.type, element, symbol)
        let converted = try convert(array, to: EngineType(.array(type.kind)), .explicit)
        let node = Node.quantified(comparison, isAny: isAny, try convert(left, to: type), converted)
        return Typed(node: node, type: .bool)
    }

    mutating func sign(_ symbol: String, _ inner: QueryExpression) throws(EngineFault) -> Typed {
        let typed = try expression(inner)
        switch symbol {
        case "-", "+", "@":
            guard typed.type.numberRank != nil else {
                throw EngineFault("42883", "operator does not exist: \(symbol) \(typed.type.title)")
            }
            if symbol == "+" { return typed }
            let builtin: Builtin = symbol == "-" ? .negate : .absolute
            return Typed(node: .call(builtin, [typed.node], [typed.type]), type: typed.type.plain)
        case "~" where typed.type.isInteger:
            return Typed(node: .call(.bitNot, [typed.node], [typed.type]), type: typed.type)
        case "|/":
            let node = try convert(typed, to: .float8)
            return Typed(node: .call(.squareRoot, [node], [.float8]), type: .float8)
        case "||/":
            let node = try convert(typed, to: .float8)
            return Typed(node: .call(.cubeRoot, [node], [.float8]), type: .float8)
        default: throw .missing("operator `\(symbol)`")
        }
    }

    mutating func operation(
        _ symbol: String,
        _ left: Typed,
        _ right: Typed
    ) throws(EngineFault) -> Typed {
        if let comparison = Comparison(rawValue: symbol) {
            return Typed(node: try self.comparison(comparison, left, right), type: .bool)
        }
        switch symbol {
        case "+", "-", "*", "/", "%", "^": return try arithmetic(symbol, left, right)
        case "&", "|", "#", "<<", ">>": return try bits(symbol, left, right)
        case "||": return try concatenation(left, right)
        case "~~", "!~~", "~~*", "!~~*":
            let node = Node.like(
                try text(left, symbol),
                try text(right, symbol),
                escape: nil,
                ignoringCase: symbol.hasSuffix("*")
            )
            return Typed(node: symbol.hasPrefix("!") ? .not(node) : node, type: .bool)
        case "~", "!~", "~*", "!~*":
            let builtin: Builtin =
                symbol.hasSuffix("*") ? .matchesExpressionIgnoringCase : .matchesExpression
            let node = Node.call(
                builtin,
                [try text(left, symbol), try text(right, symbol)],
                [.text, .text]
            )
            return Typed(node: symbol.hasPrefix("!") ? .not(node) : node, type: .bool)
        case "^@":
            let node = Node.call(
                .startsWith,
                [try text(left, symbol), try text(right, symbol)],
                [.text, .text]
            )
            return Typed(node: node, type: .bool)
        case "->", "->>", "#>", "#>>": return try documentPart(symbol, left, right)
        case "@>", "<@", "&&":
            let type = try Operators.shared(left.type, right.type, symbol)
            guard type.element != nil else { throw .missing("operator `\(symbol)` of \(type.title)") }
            let (one, other) = (try convert(left, to: type), try convert(right, to: type))
            let nodes = symbol == "<@" ? [other, one] : [one, other]
            let builtin: Builtin = symbol == "&&" ? .arrayOverlaps : .arrayContains
            return Typed(node: .call(builtin, nodes, [type, type]), type: .bool)
        default: throw .missing("operator `\(symbol)`")
        }
    }

    private mutating func arithmetic(
        _ symbol: String,
        _ left: Typed,
        _ right: Typed
    ) throws(EngineFault) -> Typed {
        if let moment = try moments(symbol, left, right) { return moment }
        guard left.type.kind != .unknown || right.type.kind != .unknown else {
            throw EngineFault("42725", "operator is not unique: unknown \(symbol) unknown")
        }
        let known = left.type.kind == .unknown ? right.type : left.type
        guard known.numberRank != nil || known.kind == .unknown else {
            throw Operators.unknown(symbol, left.type, right.type)
        }
        var type = try Operators.shared(left.type, right.type, symbol)
        guard type.numberRank != nil else { throw Operators.unknown(symbol, left.type, right.type) }
        if symbol == "^" {
            type = type.kind == .numeric ? .numeric : .float8
            guard type.kind == .float8 else { throw .missing("`^` of numeric") }
        }
        if symbol == "%", type.kind == .float4 || type.kind == .float8 {
            throw Operators.unknown(symbol, left.type, right.type)
        }
        let builtins: [String: Builtin] = [
            "+": .add, "-": .subtract, "*": .multiply, "/": .divide, "%": .remainder, "^": .power,
        ]
        let nodes = [try convert(left, to: type), try convert(right, to: type)]
        return Typed(node: .call(builtins[symbol] ?? .add, nodes, [type, type]), type: type)
    }

    /// Days added to dates, and dates taken from each other.
    private mutating func moments(
        _ symbol: String,
        _ left: Typed,
        _ right: Typed
    ) throws(EngineFault) -> Typed? {
        let isMoment = left.type.momentRank != nil || right.type.momentRank != nil
        guard isMoment || left.type.kind == .time || right.type.kind == .time else { return nil }
        func call(_ builtin: Builtin, _ one: Node, _ other: Node, _ type: EngineType) -> Typed {
            Typed(node: .call(builtin, [one, other], [.date, .int4]), type: type)
        }
        switch (symbol, left.type.kind, right.type.kind) {
        case ("+", .date, .int4), ("+", .date, .int2):
            return call(.addDays, left.node, right.node, .date)
        case ("+", .int4, .date), ("+", .int2, .date):
            return call(.addDays, right.node, left.node, .date)
        case ("-", .date, .int4), ("-", .date, .int2):
            return call(.subtractDays, left.node, right.node, .date)
        case ("-", .date, .date): return call(.daysBetween, left.node, right.node, .int4)
        case ("-", .date, .unknown):
            return call(.daysBetween, left.node, try convert(right, to: .date), .int4)
        case ("-", .unknown, .date):
            return call(.daysBetween, try convert(left, to: .date), right.node, .int4)
        default:
            throw .missing("operator `\(symbol)` of \(left.type.title) and \(right.type.title)")
        }
    }

    private mutating func bits(
        _ symbol: String,
        _ left: Typed,
        _ right: Typed
    ) throws(EngineFault) -> Typed {
        let builtins: [String: Builtin] = [
            "&": .bitAnd, "|": .bitOr, "#": .bitXor, "<<": .shiftLeft, ">>": .shiftRight,
        ]
        guard let builtin = builtins[symbol] else { throw .missing("operator `\(symbol)`") }
        if builtin == .shiftLeft || builtin == .shiftRight {
            guard left.type.isInteger else { throw Operators.unknown(symbol, left.type, right.type) }
            let count = try convert(right, to: .int4)
            return Typed(node: .call(builtin, [left.node, count], [left.type, .int4]), type: left.type)
        }
        let type = try Operators.shared(left.type, right.type, symbol)
        guard type.isInteger else { throw Operators.unknown(symbol, left.type, right.type) }
        let nodes = [try convert(left, to: type), try convert(right, to: type)]
        return Typed(node: .call(builtin, nodes, [type, type]), type: type)
    }

    private mutating func concatenation(_ left: Typed, _ right: Typed) throws(EngineFault) -> Typed {
        if left.type.element != nil || right.type.element != nil { return try arrays(left, right) }
        if left.type.kind == .bytea, right.type.kind == .bytea || right.type.kind == .unknown {
            let nodes = [left.node, try convert(right, to: .bytea)]
            return Typed(node: .call(.concatenate, nodes, [.bytea, .bytea]), type: .bytea)
        }
        let isText = { (type: EngineType) in type.isText || type.kind == .unknown }
        guard isText(left.type) || isText(right.type) else {
            throw Operators.unknown("||", left.type, right.type)
        }
        guard !left.type.isRecord, !right.type.isRecord else { throw .missing("`||` of a row") }
        let nodes = [
            try convert(left, to: .text, .assignment), try convert(right, to: .text, .assignment),
        ]
        return Typed(node: .call(.concatenate, nodes, [.text, .text]), type: .text)
    }

    private mutating func arrays(_ left: Typed, _ right: Typed) throws(EngineFault) -> Typed {
        if left.type.element != nil, right.type.element != nil || right.type.kind == .unknown {
            let type = try Operators.shared(left.type, right.type, "||")
            let nodes = [try convert(left, to: type), try convert(right, to: type)]
            return Typed(node: .call(.arrayConcatenate, nodes, [type, type]), type: type)
        }
        if let element = left.type.element {
            try require(right.type, in: element)
            let nodes = [left.node, try convert(right, to: element)]
            return Typed(node: .call(.arrayAppend, nodes, [left.type, element]), type: left.type)
        }
        guard let element = right.type.element else {
            throw Operators.unknown("||", left.type, right.type)
        }
        if left.type.kind == .unknown {
            let nodes = [try convert(left, to: right.type), right.node]
            return Typed(node: .call(.arrayConcatenate, nodes, [right.type, right.type]), type: right.type)
        }
        try require(left.type, in: element)
        let nodes = [try convert(left, to: element), right.node]
        return Typed(node: .call(.arrayPrepend, nodes, [element, right.type]), type: right.type)
    }

    private func require(_ type: EngineType, in element: EngineType) throws(EngineFault) {
        let fits = type.kind == element.kind || Casting.strength(type, element) == .implicit
        guard fits else { throw .missing("`||` of arrays and elements of several types") }
    }
}
