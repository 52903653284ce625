/// A script of a policy, compiled where it stays within the part of JavaScript that policies really use.
struct Script: Sendable {
    enum Body: Sendable {
        case compiled([ScriptStatement])
        /// Left to the general engine.
        case general(String)
        /// Not JavaScript: it fails whenever it is run.
        case broken
    }

    let body: Body

    /// The script after its double brackets were written out.
    init(_ text: String) {
        let text = Script.withoutDoubleBrackets(text)
        do {
            body = .compiled(try ScriptParser.statements(of: text))
        } catch {
            switch error {
            case .beyond: body = .general(text)
            case .syntax, .failed, .limit: body = .broken
            }
        }
    }

    /// Whether it stays within the compiled part of the language.
    var isCompiled: Bool {
        if case .compiled = body { true } else { false }
    }

    /// Runs it; the result is the value of its last statement.
    func run(_ facts: RequestFacts) throws(ScriptError) -> ScriptValue {
        facts.scriptResult = .bool(false)
        switch body {
        case .compiled(let statements):
            var interpreter = ScriptInterpreter(facts: facts)
            return try interpreter.run(statements)
        case .general(let text):
            guard let engine = facts.scripts else { throw .beyond("no engine") }
            return try engine.run(text, ScriptHost(facts: facts))
        case .broken: throw .syntax("not JavaScript")
        }
    }

    /// Whether it holds as a condition: its value, or else what it assigned to `ctx.result`; nil when it failed.
    func holds(_ facts: RequestFacts) -> Bool? {
        guard let value = try? run(facts) else { return nil }
        switch value {
        case .bool(let flag): return flag
        case .undefined, .null:
            if case .bool(true) = facts.scriptResult { return true }
            return false
        case .number, .string, .array, .object, .function, .builtin, .context, .tag, .tagAttributes, .opaque:
            return false
        }
    }

    /// Writes out `[[E]]` as `E.split(",")` and `[[E,'|']]` as `E.split("|")`, innermost ones too.
    static func withoutDoubleBrackets(_ text: String) -> String {
        guard let open = text.range(of: "[[") else { return text }
        var depth = 0
        var end = open.upperBound
        while end < text.endIndex {
            if text[end] == "[" { depth += 1 }
            if text[end] == "]" {
                if depth == 0 { break }
                depth -= 1
            }
            end = text.index(after: end)
        }
        guard end < text.endIndex, text[text.index(after: end)...].first == "]" else { return text }
        var inner = String(text[open.upperBound..<end])
        var separator = "\",\""
        if let comma = inner.lastIndex(of: ",") {
            let tail = inner[inner.index(after: comma)...].trimmed
            if tail.count >= 2, let quote = tail.first, quote == "'" || quote == "\"", tail.last == quote {
                separator = "\"" + tail.dropFirst().dropLast() + "\""
                inner = String(inner[..<comma])
            }
        }
        let rest = text[text.index(end, offsetBy: 2)...]
        return String(text[..<open.lowerBound]) + "\(withoutDoubleBrackets(inner)).split(\(separator))"
            + withoutDoubleBrackets(String(rest))
    }
}

extension String {
    /// The first place where a text stands.
    func range(of other: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) {
                return start..<index(start, offsetBy: other.count)
            }
            start = index(after: start)
        }
        return nil
    }
}

/// A general JavaScript engine, for scripts beyond the compiled part of the language.
///
/// Must hold its own limits on time, memory and depth, and give scripts no I/O.
package protocol ScriptEngine: Sendable {
    /// Runs a script against a host and gives the value of its last statement as JSON; nil for no value.
    ///
    /// - Throws: whatever went wrong; the script then counts as failed.
    func evaluate(_ script: String, calling host: @escaping (String, [JSONNode]) -> JSONNode) throws
        -> JSONNode?
}

extension ScriptEngine {
    func run(_ text: String, _ host: ScriptHost) throws(ScriptError) -> ScriptValue {
        do {
            let value = try evaluate(text) { name, arguments in
                let answer: ScriptValue?
                if name.hasPrefix("$") {
                    answer = try? host.value(named: String(name.dropFirst()))
                } else {
                    answer = try? host.call(name, arguments.map(ScriptValue.init))
                }
                guard let result = answer else { return .null }
                return (try? JSONReader.read(result.json ?? "null")) ?? .null
            }
            return value.map(ScriptValue.init) ?? .undefined
        } catch {
            throw .failed("the general engine gave up")
        }
    }
}

extension ScriptValue {
    init(_ node: JSONNode) {
        switch node {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .number(Double(number))
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let list): self = .array(list.map(ScriptValue.init))
        case .object(let members):
            self = .object(
                Dictionary(
                    zip(members.names, members.values.map(ScriptValue.init)),
                    uniquingKeysWith: { _, last in last }
                )
            )
        }
    }
}
