import CatalogModel

extension ExpressionCompiler {
    /// Both operands in the type in which an operator meets them.
    func met(
        _ symbol: String,
        _ left: TypedStep,
        _ right: TypedStep,
        _ node: Int
    ) throws(ExpressionError) -> (TypedStep, TypedStep) {
        guard var type = ScalarType.operands(left.type, right.type), type != .opaque else {
            throw noOperator(symbol, left, right, node)
        }
        if type == .unknown { type = .text }
        return (try coerced(left, to: type, node), try coerced(right, to: type, node))
    }

    func noOperator(_ symbol: String, _ left: TypedStep, _ right: TypedStep, _ node: Int) -> ExpressionError {
        .refused("operator does not exist: \(left.type.name) \(symbol) \(right.type.name)", node: node)
    }

    func binary(
        _ symbol: SQLOperator,
        _ left: TypedStep,
        _ right: TypedStep,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        if let orders = OrderSet(symbol) {
            let (first, second) = try met(symbol.rawValue, left, right, node)
            return truth(.compare(orders, first, second))
        }
        if symbol == .concatenate { return try concatenation(left, right, node) }
        if left.type.isTime || right.type.isTime { return try dateArithmetic(symbol, left, right, node) }
        guard let type = ScalarType.operands(left.type, right.type), type.isNumber else {
            throw noOperator(symbol.rawValue, left, right, node)
        }
        if symbol == .remainder, type.isFloat { throw noOperator(symbol.rawValue, left, right, node) }
        return TypedStep(
            type: type,
            step: .arithmetic(symbol, try coerced(left, to: type, node), try coerced(right, to: type, node))
        )
    }

    private func concatenation(
        _ left: TypedStep,
        _ right: TypedStep,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        let hasText =
            left.type == .text || right.type == .text || left.type == .unknown || right.type == .unknown
        guard hasText, left.type != .opaque, right.type != .opaque else {
            throw noOperator("||", left, right, node)
        }
        let first = try cast(left, .text(limit: nil), node)
        let second = try cast(right, .text(limit: nil), node)
        return TypedStep(type: .text, step: .arithmetic(.concatenate, first, second))
    }

    private func dateArithmetic(
        _ symbol: SQLOperator,
        _ left: TypedStep,
        _ right: TypedStep,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        let isShort: (ScalarType) -> Bool = { $0 == .int2 || $0 == .int4 }
        switch (symbol, left.type, right.type) {
        case (.add, .date, let type) where isShort(type), (.subtract, .date, let type) where isShort(type):
            return TypedStep(type: .date, step: .arithmetic(symbol, left, right))
        case (.add, let type, .date) where isShort(type):
            return TypedStep(type: .date, step: .arithmetic(symbol, right, left))
        case (.subtract, .date, .date), (.subtract, .date, .unknown), (.subtract, .unknown, .date):
            let first = try coerced(left, to: .date, node)
            let second = try coerced(right, to: .date, node)
            return TypedStep(type: .int4, step: .arithmetic(symbol, first, second))
        default: throw noOperator(symbol.rawValue, left, right, node)
        }
    }

    mutating func isIn(
        _ value: SQLExpression,
        _ items: [SQLExpression],
        _ negated: Bool,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        let operand = try compile(value)
        var steps: [TypedStep] = []
        for item in items { steps.append(try compile(item)) }
        // Two or more items without columns take one type together, as PostgreSQL makes an array of them.
        let plain = items.indices.filter { items[$0].columns.isEmpty && !items[$0].mentionsMaskedColumn }
        if plain.count > 1, let type = ScalarType.common([operand.type] + plain.map { steps[$0].type }) {
            for index in plain { steps[index] = try coerced(steps[index], to: type, node) }
        }
        let found = try once(operand) { (compiler, held) throws(ExpressionError) in
            var tests: [TypedStep] = []
            for step in steps { tests.append(try compiler.binary(.equal, held, step, node)) }
            return tests.count == 1 ? tests[0] : compiler.truth(.or(tests))
        }
        return negated ? truth(.not(found)) : found
    }

    mutating func between(_ expression: SQLExpression, _ node: Int) throws(ExpressionError) -> TypedStep {
        guard case .between(let value, let low, let high, let symmetric, let negated) = expression else {
            throw .refused("not a BETWEEN", node: node)
        }
        let operand = try compile(value)
        let lowest = try compile(low)
        let highest = try compile(high)
        func inside(
            _ compiler: ExpressionCompiler,
            _ held: TypedStep,
            _ from: TypedStep,
            _ to: TypedStep
        ) throws(ExpressionError) -> TypedStep {
            let first = try compiler.binary(.greaterOrEqual, held, from, node)
            return compiler.truth(.and([first, try compiler.binary(.lessOrEqual, held, to, node)]))
        }
        let result = try once(operand) { (compiler, held) throws(ExpressionError) in
            guard symmetric else { return try inside(compiler, held, lowest, highest) }
            return try compiler.once(lowest) { (compiler, one) throws(ExpressionError) in
                try compiler.once(highest) { (compiler, other) throws(ExpressionError) in
                    let forward = try inside(compiler, held, one, other)
                    return compiler.truth(.or([forward, try inside(compiler, held, other, one)]))
                }
            }
        }
        return negated ? truth(.not(result)) : result
    }

    mutating func like(_ expression: SQLExpression, _ node: Int) throws(ExpressionError) -> TypedStep {
        guard case .like(let value, let pattern, let escape, let ignoringCase, let negated) = expression
        else {
            throw .refused("not a LIKE", node: node)
        }
        let left = try compile(value)
        let right = try compile(pattern)
        guard left.type == .text || left.type == .unknown, right.type == .text || right.type == .unknown
        else {
            throw noOperator(ignoringCase ? "~~*" : "~~", left, right, node)
        }
        let character: UInt32? = escape.map { $0.unicodeScalars.first?.value } ?? 0x5C
        let result = truth(
            .like(
                try coerced(left, to: .text, node),
                try coerced(right, to: .text, node),
                escape: character,
                ignoringCase: ignoringCase
            )
        )
        return negated ? truth(.not(result)) : result
    }

    mutating func nullIf(
        _ left: SQLExpression,
        _ right: SQLExpression,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        var first = try compile(left)
        let second = try compile(right)
        if first.type == .unknown {
            let (typed, _) = try met("=", first, second, node)
            first = typed
        }
        return try once(first) { (compiler, held) throws(ExpressionError) in
            let same = try compiler.binary(.equal, held, second, node)
            let null = TypedStep(type: held.type, step: .constant(.null))
            return TypedStep(type: held.type, step: .cases([(same, null)], otherwise: held))
        }
    }
}

extension SQLExpression {
    /// Whether `{col}` stands anywhere in it.
    var mentionsMaskedColumn: Bool {
        self == .macro(.column) || children.contains { $0.mentionsMaskedColumn }
    }
}
