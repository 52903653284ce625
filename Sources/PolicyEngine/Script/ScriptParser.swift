/// Builds the tree of a script; what lies beyond the compiled part of the language is said to be so.
struct ScriptParser {
    private let tokens: [ScriptToken]
    private var at = 0
    private var depth = 0
    private static let deepest = 100

    private static let reserved: Set<String> = [
        "for", "while", "do", "switch", "function", "return", "new", "try", "throw", "class", "delete", "in",
        "instanceof", "void", "this", "async", "await", "yield", "import", "export", "with", "break",
        "continue",
    ]

    /// - Throws: `.beyond`, `.syntax`, `.limit`.
    static func statements(of text: String) throws(ScriptError) -> [ScriptStatement] {
        var parser = ScriptParser(tokens: try ScriptLexer.tokens(of: text))
        var statements: [ScriptStatement] = []
        while parser.tokens[parser.at] != .end { statements.append(try parser.statement()) }
        return statements
    }

    private init(tokens: [ScriptToken]) { self.tokens = tokens }

    private var token: ScriptToken { tokens[at] }

    private mutating func skip(_ mark: String) -> Bool {
        guard token == .mark(mark) else { return false }
        at += 1
        return true
    }

    private mutating func expect(_ mark: String) throws(ScriptError) {
        guard skip(mark) else { throw .syntax("`\(mark)` expected") }
    }

    private mutating func deeper() throws(ScriptError) {
        depth += 1
        guard depth <= ScriptParser.deepest else { throw .limit }
    }

    private mutating func statement() throws(ScriptError) -> ScriptStatement {
        try deeper()
        defer { depth -= 1 }
        if skip(";") { return .empty }
        if skip("{") {
            var statements: [ScriptStatement] = []
            while !skip("}") {
                guard token != .end else { throw .syntax("`}` expected") }
                statements.append(try statement())
            }
            return .block(statements)
        }
        if case .name(let word) = token {
            if word == "if" { return try branch() }
            if ["var", "let", "const"].contains(word) { return try declaration() }
            if ScriptParser.reserved.contains(word) { throw .beyond("`\(word)`") }
        }
        let value = try expression()
        endStatement()
        return .expression(value)
    }

    private mutating func endStatement() { _ = skip(";") }

    private mutating func branch() throws(ScriptError) -> ScriptStatement {
        at += 1
        try expect("(")
        let condition = try expression()
        try expect(")")
        let body = try statement()
        guard token == .name("else") else { return .branch(condition, body, nil) }
        at += 1
        return .branch(condition, body, try statement())
    }

    private mutating func declaration() throws(ScriptError) -> ScriptStatement {
        at += 1
        var declared: [ScriptStatement] = []
        repeat {
            guard case .name(let name) = token else { throw .beyond("declaration") }
            at += 1
            declared.append(.declare(name, skip("=") ? try assignment() : nil))
        } while skip(",")
        endStatement()
        return declared.count == 1 ? declared[0] : .block(declared)
    }

    private mutating func expression() throws(ScriptError) -> ScriptExpression {
        let value = try assignment()
        guard token != .mark(",") else { throw .beyond("`,`") }
        return value
    }

    private mutating func assignment() throws(ScriptError) -> ScriptExpression {
        try deeper()
        defer { depth -= 1 }
        if let function = try arrow() { return function }
        let left = try conditional()
        if skip("=") {
            switch left {
            case .name, .member, .index: return .assign(left, try assignment())
            case .literal, .array, .object, .call, .unary, .binary, .conditional, .assign, .function:
                throw .syntax("something that can't be assigned to")
            }
        }
        if case .mark(let mark) = token, ["+=", "-=", "++", "--", "=>"].contains(mark) {
            throw .beyond("`\(mark)`")
        }
        return left
    }

    /// `x => …` and `(x, y) => …` with an expression as the body.
    private mutating func arrow() throws(ScriptError) -> ScriptExpression? {
        var names: [String] = []
        var next = at
        if case .name(let name) = token {
            names = [name]
            next += 1
        } else if token == .mark("(") {
            next += 1
            while case .name(let name) = tokens[next] {
                names.append(name)
                next += 1
                if tokens[next] == .mark(",") { next += 1 }
            }
            guard tokens[next] == .mark(")") else { return nil }
            next += 1
        }
        guard next > at, tokens[next] == .mark("=>") else { return nil }
        at = next + 1
        guard token != .mark("{") else { throw .beyond("function") }
        return .function(names, try assignment())
    }

    private mutating func conditional() throws(ScriptError) -> ScriptExpression {
        let condition = try binary(0)
        guard skip("?") else { return condition }
        let first = try assignment()
        try expect(":")
        return .conditional(condition, first, try assignment())
    }

    private static let levels: [[String]] = [
        ["??"], ["||"], ["&&"], ["==", "!=", "===", "!=="], ["<", ">", "<=", ">="], ["+", "-"],
        ["*", "/", "%"],
    ]

    private mutating func binary(_ level: Int) throws(ScriptError) -> ScriptExpression {
        guard level < ScriptParser.levels.count else { return try unary() }
        var left = try binary(level + 1)
        while case .mark(let mark) = token, ScriptParser.levels[level].contains(mark) {
            at += 1
            left = .binary(mark, left, try binary(level + 1))
        }
        if case .mark(let mark) = token, ["&", "|", "^", "<<", ">>", "**"].contains(mark) {
            throw .beyond("`\(mark)`")
        }
        if case .name(let word) = token, word == "in" || word == "instanceof" { throw .beyond("`\(word)`") }
        return left
    }

    private mutating func unary() throws(ScriptError) -> ScriptExpression {
        try deeper()
        defer { depth -= 1 }
        if case .mark(let mark) = token, ["!", "-", "+"].contains(mark) {
            at += 1
            return .unary(mark, try unary())
        }
        if token == .name("typeof") {
            at += 1
            return .unary("typeof", try unary())
        }
        return try postfix()
    }

    private mutating func postfix() throws(ScriptError) -> ScriptExpression {
        var value = try primary()
        while true {
            if skip(".") {
                value = .member(value, try memberName(), isOptional: false)
            } else if skip("?.") {
                guard token != .mark("("), token != .mark("[") else { throw .beyond("`?.`") }
                value = .member(value, try memberName(), isOptional: true)
            } else if skip("[") {
                value = .index(value, try expression())
                try expect("]")
            } else if skip("(") {
                value = .call(value, try list(until: ")"))
            } else {
                return value
            }
        }
    }

    private mutating func memberName() throws(ScriptError) -> String {
        guard case .name(let name) = token else { throw .syntax("a member's name expected") }
        at += 1
        return name
    }

    private mutating func list(until end: String) throws(ScriptError) -> [ScriptExpression] {
        var values: [ScriptExpression] = []
        while !skip(end) {
            guard token != .mark("...") else { throw .beyond("`...`") }
            values.append(try assignment())
            guard skip(",") || token == .mark(end) else { throw .syntax("`\(end)` expected") }
        }
        return values
    }

    private mutating func primary() throws(ScriptError) -> ScriptExpression {
        let first = token
        at += 1
        switch first {
        case .number(let number): return .literal(.number(number))
        case .string(let text): return .literal(.string(text))
        case .end:
            at -= 1
            throw .syntax("the script ends too early")
        case .mark("("):
            let value = try expression()
            try expect(")")
            return value
        case .mark("["): return .array(try list(until: "]"))
        case .mark("{"): return try object()
        case .mark(let mark): throw .syntax("`\(mark)` doesn't belong there")
        case .name(let name): return try word(name)
        }
    }

    private func word(_ name: String) throws(ScriptError) -> ScriptExpression {
        switch name {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        case "undefined": return .literal(.undefined)
        default:
            guard !ScriptParser.reserved.contains(name) else { throw .beyond("`\(name)`") }
            return .name(name)
        }
    }

    private mutating func object() throws(ScriptError) -> ScriptExpression {
        var properties: [ScriptProperty] = []
        while !skip("}") {
            let name: String
            switch token {
            case .name(let text), .string(let text): name = text
            case .number, .mark, .end: throw .beyond("object")
            }
            at += 1
            guard skip(":") else { throw .beyond("object") }
            properties.append(ScriptProperty(name: name, value: try assignment()))
            guard skip(",") || token == .mark("}") else { throw .syntax("`}` expected") }
        }
        return .object(properties)
    }
}
