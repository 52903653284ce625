/// Collects patterns and matchers while a repository is built.
struct PatternPool {
    var names = NameTable()
    var bytes: ContiguousArray<UInt8> = []
    var patterns: ContiguousArray<Pattern> = []
    var matchers: ContiguousArray<ElementMatcher> = []

    /// Compiles the values of one level; the result is its position.
    mutating func add(_ resource: PolicyResource, rules: LevelRules) -> Int32 {
        var values = resource.values.filter { !$0.isEmpty }
        if rules.ignoresCase { values = values.map { Folding.fold($0) } }
        if rules.family == .plain || !resource.isRecursive {
            return append(resource, rules, values) { PatternPool.plainKind($0, rules) }
        }
        let separator = String(Unicode.Scalar(rules.separator))
        values = values.map { rules.hasWildcards && $0.hasSuffix(separator) ? $0 + "*" : $0 }
        return append(resource, rules, values) { value in
            guard rules.hasWildcards, value.contains(where: { $0 == "*" || $0 == "?" }) else {
                return (.below, value)
            }
            return (rules.family == .url ? .urlBelow : .globBelow, value)
        }
    }

    private mutating func append(
        _ resource: PolicyResource,
        _ rules: LevelRules,
        _ values: [String],
        kind: (String) -> (Pattern.Kind, String)
    ) -> Int32 {
        let start = Int32(patterns.count)
        let isAny = values.isEmpty || values.contains { PatternPool.isAny($0, rules) }
        if !isAny {
            for value in values {
                let (kind, text) =
                    rules.replacesTokens && Template.isTemplate(value) ? (.template, value) : kind(value)
                let from = Int32(bytes.count)
                bytes.append(contentsOf: text.utf8)
                let id = names.intern(text)
                patterns.append(Pattern(kind: kind, start: from, end: Int32(bytes.count), id: id))
            }
        }
        matchers.append(
            ElementMatcher(
                patterns: start..<Int32(patterns.count),
                matchesAny: isAny,
                isExcludes: resource.isExcludes,
                level: rules
            )
        )
        return Int32(matchers.count - 1)
    }

    private static func isAny(_ value: String, _ rules: LevelRules) -> Bool {
        rules.hasWildcards && value.utf8.allSatisfy { $0 == 42 }
    }

    /// What a value without recursion asks for, and the part of it that is compared.
    static func plainKind(_ value: String, _ rules: LevelRules) -> (Pattern.Kind, String) {
        guard rules.hasWildcards, value.contains(where: { $0 == "*" || $0 == "?" }) else {
            return (.equals, value)
        }
        if value.contains("?") { return (.glob, value) }
        let core = value.drop { $0 == "*" }
        if !core.contains("*") { return (.suffix, String(core)) }
        guard core.startIndex == value.startIndex, let star = value.firstIndex(of: "*") else {
            return (.glob, value)
        }
        if value[star...].allSatisfy({ $0 == "*" }) { return (.prefix, String(value[..<star])) }
        return (.glob, value)
    }
}

/// Case as Ranger ignores it.
enum Folding {
    static func fold(_ text: String) -> String { text.lowercased() }
}

/// A policy value with `{USER}` or `{OWNER}` in it.
enum Template {
    static func isTemplate(_ value: String) -> Bool {
        guard let open = value.firstIndex(of: "{") else { return false }
        return value[open...].contains("}")
    }

    /// The value for one request; names that aren't known stay as they are, `\{` is a brace.
    static func filled(_ value: String, tokens: [String: String]) -> String {
        var result = ""
        var rest = Substring(value)
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.first, next == "{" || next == "}" {
                result.append(next)
                rest.removeFirst()
            } else if character == "{", let close = rest.firstIndex(of: "}") {
                let name = String(rest[..<close])
                result += tokens[name.uppercased()] ?? "{\(name)}"
                rest = rest[rest.index(after: close)...]
            } else {
                result.append(character)
            }
        }
        return result
    }
}
