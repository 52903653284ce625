/// Runs compiled scripts.
///
/// Bounded: so many steps, so much text, so deep; beyond it the script fails.
struct ScriptInterpreter {
    private let host: ScriptHost
    private var variables: [String: ScriptValue] = [:]
    private var steps = 0
    private var depth = 0

    private static let mostSteps = 100_000
    private static let deepest = 200
    private static let longestText = 1 << 20

    init(facts: RequestFacts) { host = ScriptHost(facts: facts) }

    mutating func run(_ statements: [ScriptStatement]) throws(ScriptError) -> ScriptValue {
        var last = ScriptValue.undefined
        for statement in statements {
            if let value = try run(statement) { last = value }
        }
        return last
    }

    /// The completion value; nil for a statement that has none.
    private mutating func run(_ statement: ScriptStatement) throws(ScriptError) -> ScriptValue? {
        switch statement {
        case .empty: return nil
        case .expression(let expression): return try value(expression)
        case .declare(let name, let initial):
            if let initial { variables[name] = try value(initial) } else { variables[name] = .undefined }
            return nil
        case .branch(let condition, let first, let second):
            if try value(condition).isTrue { return try run(first) ?? .undefined }
            guard let second else { return .undefined }
            return try run(second) ?? .undefined
        case .block(let statements): return try run(statements)
        }
    }

    private mutating func value(_ expression: ScriptExpression) throws(ScriptError) -> ScriptValue {
        steps += 1
        depth += 1
        defer { depth -= 1 }
        guard steps <= ScriptInterpreter.mostSteps, depth <= ScriptInterpreter.deepest else { throw .limit }
        switch expression {
        case .literal(let literal): return ScriptValue(literal)
        case .array(let list): return .array(try values(list))
        case .object(let properties):
            var members: [String: ScriptValue] = [:]
            for property in properties { members[property.name] = try value(property.value) }
            return .object(members)
        case .name(let name):
            if let variable = variables[name] { return variable }
            return try host.value(named: name)
        case .member(let base, let name, let isOptional):
            let base = try value(base)
            if isOptional, base.isNullish { return .undefined }
            return try host.member(name, of: base)
        case .index(let base, let index):
            let base = try value(base)
            return try host.member(try value(index), of: base)
        case .call(let callee, let arguments): return try call(callee, arguments)
        case .unary(let mark, let operand): return try unary(mark, operand)
        case .binary(let mark, let left, let right): return try binary(mark, left, right)
        case .conditional(let condition, let first, let second):
            return try value(condition).isTrue ? try value(first) : try value(second)
        case .assign(let target, let source): return try assign(target, try value(source))
        case .function(let names, let body): return .function(names, body)
        }
    }

    /// What a method of a value costs: long texts and lists count for more.
    private static func cost(of base: ScriptValue) -> Int {
        switch base {
        case .string(let text): text.utf8.count / 16
        case .array(let list): list.count
        case .undefined, .null, .bool, .number, .object, .function, .builtin, .context, .tag, .tagAttributes,
            .opaque:
            0
        }
    }

    private mutating func values(_ list: [ScriptExpression]) throws(ScriptError) -> [ScriptValue] {
        var values: [ScriptValue] = []
        for expression in list { values.append(try value(expression)) }
        return values
    }

    private mutating func assign(_ target: ScriptExpression, _ new: ScriptValue) throws(ScriptError)
        -> ScriptValue
    {
        switch target {
        case .name(let name): variables[name] = new
        case .member(let base, let name, _):
            guard case .context = try value(base), name == "result" else {
                throw .failed("a member to assign")
            }
            host.facts.scriptResult = new
        case .literal, .array, .object, .index, .call, .unary, .binary, .conditional, .assign, .function:
            throw .failed("a member to assign")
        }
        return new
    }

    private mutating func unary(_ mark: String, _ operand: ScriptExpression) throws(ScriptError)
        -> ScriptValue
    {
        switch mark {
        case "!": return .bool(try !value(operand).isTrue)
        case "-": return .number(-(try value(operand).number))
        case "+": return .number(try value(operand).number)
        default:
            if case .name(let name) = operand, variables[name] == nil,
                (try? host.value(named: name)) == nil
            {
                return .string("undefined")
            }
            return .string(try value(operand).typeName)
        }
    }

    private mutating func binary(_ mark: String, _ left: ScriptExpression, _ right: ScriptExpression)
        throws(ScriptError) -> ScriptValue
    {
        let first = try value(left)
        switch mark {
        case "&&": return first.isTrue ? try value(right) : first
        case "||": return first.isTrue ? first : try value(right)
        case "??": return first.isNullish ? try value(right) : first
        default: break
        }
        let second = try value(right)
        switch mark {
        case "==": return .bool(first.isEqual(to: second))
        case "!=": return .bool(!first.isEqual(to: second))
        case "===": return .bool(first.isSame(as: second))
        case "!==": return .bool(!first.isSame(as: second))
        case "<", ">", "<=", ">=": return .bool(ScriptInterpreter.compare(mark, first, second))
        case "+": return try add(first, second)
        case "-": return .number(first.number - second.number)
        case "*": return .number(first.number * second.number)
        case "/": return .number(first.number / second.number)
        default: return .number(first.number.truncatingRemainder(dividingBy: second.number))
        }
    }

    private static func compare(_ mark: String, _ left: ScriptValue, _ right: ScriptValue) -> Bool {
        if case .string(let left) = left, case .string(let right) = right {
            let left = Array(left.utf16)
            let right = Array(right.utf16)
            switch mark {
            case "<": return left.lexicographicallyPrecedes(right)
            case ">": return right.lexicographicallyPrecedes(left)
            case "<=": return !right.lexicographicallyPrecedes(left)
            default: return !left.lexicographicallyPrecedes(right)
            }
        }
        switch mark {
        case "<": return left.number < right.number
        case ">": return left.number > right.number
        case "<=": return left.number <= right.number
        default: return left.number >= right.number
        }
    }

    private mutating func add(_ left: ScriptValue, _ right: ScriptValue) throws(ScriptError) -> ScriptValue {
        let isText = [left, right].contains {
            switch $0 {
            case .string, .array, .object, .function, .builtin, .context, .tag, .tagAttributes, .opaque: true
            case .undefined, .null, .bool, .number: false
            }
        }
        guard isText else { return .number(left.number + right.number) }
        let text = left.text + right.text
        steps += text.utf8.count / 64
        guard text.utf8.count <= ScriptInterpreter.longestText else { throw .limit }
        return .string(text)
    }

    private mutating func call(_ callee: ScriptExpression, _ list: [ScriptExpression]) throws(ScriptError)
        -> ScriptValue
    {
        if case .member(let base, let name, let isOptional) = callee {
            let base = try value(base)
            if isOptional, base.isNullish { return .undefined }
            let arguments = try values(list)
            steps += ScriptInterpreter.cost(of: base)
            if case .array(let elements) = base, case .function(let names, let body)? = arguments.first {
                return try each(name, elements, names, body)
            }
            return try host.call(name, on: base, arguments)
        }
        let function = try value(callee)
        let arguments = try values(list)
        switch function {
        case .builtin(let name): return try host.call(name, arguments)
        case .function(let names, let body): return try apply(names, body, arguments)
        case .undefined, .null, .bool, .number, .string, .array, .object, .context, .tag, .tagAttributes,
            .opaque:
            throw .failed("a call of something that is no function")
        }
    }

    private mutating func apply(_ names: [String], _ body: ScriptExpression, _ arguments: [ScriptValue])
        throws(ScriptError) -> ScriptValue
    {
        let outer = variables
        defer { variables = outer }
        for (index, name) in names.enumerated() {
            variables[name] = index < arguments.count ? arguments[index] : .undefined
        }
        return try value(body)
    }

    private mutating func each(
        _ method: String,
        _ elements: [ScriptValue],
        _ names: [String],
        _ body: ScriptExpression
    ) throws(ScriptError) -> ScriptValue {
        var results: [ScriptValue] = []
        for (index, element) in elements.enumerated() {
            results.append(try apply(names, body, [element, .number(Double(index))]))
        }
        switch method {
        case "some": return .bool(results.contains(where: \.isTrue))
        case "every": return .bool(results.allSatisfy(\.isTrue))
        case "map": return .array(results)
        case "filter": return .array(zip(elements, results).filter { $0.1.isTrue }.map(\.0))
        case "find": return zip(elements, results).first { $0.1.isTrue }?.0 ?? .undefined
        case "findIndex": return .number(Double(results.firstIndex(where: \.isTrue) ?? -1))
        case "forEach": return .undefined
        default: throw .failed("a method that doesn't exist")
        }
    }
}

extension ScriptValue {
    init(_ literal: ScriptLiteral) {
        switch literal {
        case .undefined: self = .undefined
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        }
    }
}
