/// A policy value that is filled in for each request: `{NAME}`, `${{expression}}`.
enum Template {
    static func isTemplate(_ value: String, _ rules: LevelRules) -> Bool {
        let opening = rules.tokens.start.utf8.first
        guard value.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == opening }) else { return false }
        if rules.resolvesExpressions, value.range(of: "${{") != nil { return true }
        guard rules.replacesTokens, let open = value.range(of: rules.tokens.start) else { return false }
        return value[open.upperBound...].contains(Character(rules.tokens.end))
    }

    /// The value for one request; names that aren't known stay as they are, an escaped brace is a brace.
    static func filled(_ value: String, _ rules: LevelRules, _ facts: RequestFacts) -> String {
        var value = value
        if facts.standsForAnyone {
            if rules.resolvesExpressions { value = ExpressionText.replaced(value) { _ in "*" } }
        } else if rules.resolvesExpressions, facts.request.resolvesExpressions {
            value = ExpressionText.resolved(value, facts)
        }
        return rules.replacesTokens ? replaced(value, rules.tokens, facts) : value
    }

    private static func replaced(_ value: String, _ marks: TokenMarks, _ facts: RequestFacts) -> String {
        var result = ""
        var rest = Substring(value)
        while let character = rest.popFirst() {
            if String(character) == marks.escape, let next = rest.first,
                String(next) == marks.start || String(next) == marks.end
            {
                result.append(next)
                rest.removeFirst()
            } else if String(character) == marks.start, let close = rest.firstIndex(of: Character(marks.end))
            {
                let name = rest[..<close]
                let value =
                    name.hasPrefix(marks.prefix)
                    ? facts.token(String(name.dropFirst(marks.prefix.count))) : nil
                result += value ?? "\(character)\(rest[...close])"
                rest = rest[rest.index(after: close)...]
            } else {
                result.append(character)
            }
        }
        return result
    }
}

extension RequestFacts {
    /// What `{NAME}` means; nil for a name that isn't known.
    fileprivate func token(_ name: String) -> String? {
        if standsForAnyone { return "*" }
        if let value = request.tokens[name] { return value }
        switch name {
        case "USER": return request.user
        case "OWNER": return request.owner
        default: return nil
        }
    }
}

/// What marks names in policy values.
struct TokenMarks: Hashable, Sendable {
    var start = "{"
    var end = "}"
    var escape = "\\"
    var prefix = ""
}

/// Texts of policies with `${{expression}}` in them.
enum ExpressionText {
    /// The text with each expression replaced by its value; nothing, null and failures are empty.
    ///
    /// As Java's regular expressions have it, a backslash in a value vanishes and makes the next character literal.
    static func resolved(_ text: String, _ facts: RequestFacts) -> String {
        replaced(text) { unescaped(value(of: $0, facts)) }
    }

    /// The text with each expression replaced.
    static func replaced(_ text: String, _ replacement: (String) -> String) -> String {
        guard var open = text.range(of: "${{") else { return text }
        var result = ""
        var rest = text
        while true {
            guard let close = String(rest[open.upperBound...]).range(of: "}}") else { return result + rest }
            let tail = String(rest[open.upperBound...])
            let expression = String(tail[..<close.lowerBound])
            result += String(rest[..<open.lowerBound]) + replacement(expression)
            rest = String(tail[close.upperBound...])
            guard let next = rest.range(of: "${{") else { return result + rest }
            open = next
        }
    }

    private static func value(of expression: String, _ facts: RequestFacts) -> String {
        guard let value = try? Script(expression).run(facts), !value.isNullish else { return "" }
        return value.text
    }

    private static func unescaped(_ value: String) -> String {
        guard value.contains("\\") else { return value }
        var result = ""
        var isEscaped = false
        for character in value {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
