import CatalogModel

/// Gives each part of an expression its type, by PostgreSQL's rules, and refuses what has none.
struct ExpressionCompiler {
    let schema: TableSchema
    let user: String
    let now: Instant
    let maskedColumn: ColumnName?
    /// Positions of the columns that were met.
    private(set) var used: Set<Int> = []
    private var nodes = 0
    private var slots = 0

    init(schema: TableSchema, user: String, now: Instant, maskedColumn: ColumnName?) {
        self.schema = schema
        self.user = user
        self.now = now
        self.maskedColumn = maskedColumn
    }

    /// The typed form of an expression.
    mutating func compile(_ expression: SQLExpression) throws(ExpressionError) -> TypedStep {
        let node = nodes
        nodes += 1
        switch expression {
        case .literal(let literal): return try constant(literal, node)
        case .column(let name): return try column(name, node)
        case .macro(.user): return TypedStep(type: .text, step: .constant(.text(Array(user.utf8))))
        case .macro(.column):
            guard let maskedColumn else {
                throw .refused("macro `{col}` has a meaning in custom masks only", node: node)
            }
            return try column(maskedColumn, node)
        case .unary(let sign, let part): return try unary(sign, part, node)
        case .binary(let symbol, let left, let right):
            return try binary(symbol, try compile(left), try compile(right), node)
        case .and(let parts): return truth(.and(try conditions(parts, node)))
        case .or(let parts): return truth(.or(try conditions(parts, node)))
        case .not(let part): return truth(.not(try condition(part, node)))
        case .isNull(let part, let negated): return truth(.isNull(try compile(part), negated: negated))
        case .isTruth(let part, let wanted, let negated):
            let code: UInt8 = wanted == .isTrue ? 1 : (wanted == .isFalse ? 0 : 2)
            return truth(.isTruth(try condition(part, node), code, negated: negated))
        case .isDistinct(let left, let right, let negated):
            let (first, second) = try met("=", try compile(left), try compile(right), node)
            return truth(.isDistinct(first, second, negated: negated))
        case .isIn(let value, let items, let negated): return try isIn(value, items, negated, node)
        case .between: return try between(expression, node)
        case .like: return try like(expression, node)
        case .cases(let operand, let branches, let otherwise):
            return try cases(operand, branches, otherwise, node)
        case .coalesce(let parts):
            let (type, steps) = try common("COALESCE", parts, node)
            return TypedStep(type: type, step: .coalesce(steps))
        case .nullIf(let left, let right): return try nullIf(left, right, node)
        case .extreme(let extreme, let parts):
            let (type, steps) = try common(extreme.rawValue.uppercased(), parts, node)
            return TypedStep(type: type, step: .extreme(extreme, steps))
        case .call(let function, let arguments): return try call(function, arguments, node)
        case .extract(let field, let part): return try extract(field, part, node)
        case .truncateDate(let field, let part):
            let value = try coerced(try compile(part), to: .timestamp, node)
            return TypedStep(type: .timestamp, step: .truncateDate(field, value))
        case .cast(let part, let target): return try cast(try compile(part), target, node)
        }
    }

    /// A step that is true, false or unknown.
    func truth(_ step: Step) -> TypedStep { TypedStep(type: .boolean, step: step) }

    private func constant(_ literal: SQLLiteral, _ node: Int) throws(ExpressionError) -> TypedStep {
        switch literal {
        case .null: return TypedStep(type: .unknown, step: .constant(.null))
        case .boolean(let value): return truth(.constant(.truth(value)))
        case .integer(let value):
            return TypedStep(
                type: Int32(exactly: value) == nil ? .int8 : .int4,
                step: .constant(.integer(value))
            )
        case .numeric(let digits):
            guard let value = Array(digits.utf8).withUnsafeBufferPointer({ ExactNumber($0) }) else {
                throw .refused("a number has more than 38 digits", node: node)
            }
            return TypedStep(type: .numeric, step: .constant(.exact(value)))
        case .text(let text): return TypedStep(type: .unknown, step: .constant(.text(Array(text.utf8))))
        }
    }

    private mutating func column(_ name: ColumnName, _ node: Int) throws(ExpressionError) -> TypedStep {
        guard let position = schema.position(of: name) else {
            throw .refused("the table has no column `\(name)`", node: node)
        }
        used.insert(position)
        return TypedStep(type: ScalarType(schema.columns[position].type), step: .column(position))
    }

    /// A slot for a value that is computed once.
    mutating func newSlot() -> Int {
        slots += 1
        return slots - 1
    }

    /// Computes a value once for several uses, unless it costs nothing.
    mutating func once(
        _ value: TypedStep,
        _ body: (inout ExpressionCompiler, TypedStep) throws(ExpressionError) -> TypedStep
    ) throws(ExpressionError) -> TypedStep {
        switch value.step {
        case .constant, .column, .held: return try body(&self, value)
        default: break
        }
        let slot = newSlot()
        let made = try body(&self, TypedStep(type: value.type, step: .held(slot)))
        return TypedStep(type: made.type, step: .bind(value, slot: slot, body: made))
    }

    mutating func condition(_ part: SQLExpression, _ node: Int) throws(ExpressionError) -> TypedStep {
        try coerced(try compile(part), to: .boolean, node)
    }

    private mutating func conditions(
        _ parts: [SQLExpression],
        _ node: Int
    ) throws(ExpressionError) -> [TypedStep] {
        var steps: [TypedStep] = []
        for part in parts { steps.append(try condition(part, node)) }
        return steps
    }

    private mutating func common(
        _ what: String,
        _ parts: [SQLExpression],
        _ node: Int
    ) throws(ExpressionError) -> (ScalarType, [TypedStep]) {
        var steps: [TypedStep] = []
        for part in parts { steps.append(try compile(part)) }
        guard let type = ScalarType.common(steps.map(\.type)) else {
            throw .refused("the parts of \(what) have types that can't be matched", node: node)
        }
        var result: [TypedStep] = []
        for step in steps { result.append(try coerced(step, to: type, node)) }
        return (type, result)
    }

    private mutating func unary(
        _ sign: SQLSign,
        _ part: SQLExpression,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        var value = try compile(part)
        if value.type == .unknown { value = try coerced(value, to: .float8, node) }
        guard value.type.isNumber else {
            throw .refused("operator `\(sign.rawValue)` does not exist for \(value.type.name)", node: node)
        }
        return sign == .plus ? value : TypedStep(type: value.type, step: .negate(value))
    }

    private mutating func cases(
        _ operand: SQLExpression?,
        _ branches: [SQLBranch],
        _ otherwise: SQLExpression?,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        guard let operand else { return try searched(nil, branches, otherwise, node) }
        var value = try compile(operand)
        if value.type == .unknown { value = try coerced(value, to: .text, node) }
        return try once(value) { (compiler, held) throws(ExpressionError) in
            try compiler.searched(held, branches, otherwise, node)
        }
    }

    private mutating func searched(
        _ held: TypedStep?,
        _ branches: [SQLBranch],
        _ otherwise: SQLExpression?,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        var conditions: [TypedStep] = []
        var results: [TypedStep] = []
        for branch in branches {
            if let held {
                conditions.append(try binary(.equal, held, try compile(branch.condition), node))
            } else {
                conditions.append(try condition(branch.condition, node))
            }
            results.append(try compile(branch.result))
        }
        var last = TypedStep(type: .unknown, step: .constant(.null))
        if let otherwise { last = try compile(otherwise) }
        // PostgreSQL looks at ELSE first when it chooses the type.
        guard let type = ScalarType.common([last.type] + results.map(\.type)) else {
            throw .refused("the results of CASE have types that can't be matched", node: node)
        }
        var pairs: [(when: TypedStep, then: TypedStep)] = []
        for (condition, result) in zip(conditions, results) {
            pairs.append((condition, try coerced(result, to: type, node)))
        }
        return TypedStep(type: type, step: .cases(pairs, otherwise: try coerced(last, to: type, node)))
    }
}
