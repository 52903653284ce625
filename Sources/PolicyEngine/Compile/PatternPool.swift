/// Collects patterns and matchers while a repository is built.
struct PatternPool {
    var names = NameTable()
    var bytes: ContiguousArray<UInt8> = []
    var patterns: ContiguousArray<Pattern> = []
    var matchers: ContiguousArray<ElementMatcher> = []
    var rules: ContiguousArray<LevelRules> = []

    /// Compiles the values of one level; the result is its position.
    mutating func add(_ resource: PolicyResource, rules: LevelRules) -> Int32 {
        let values = resource.values.filter { !$0.isEmpty }
        let isRecursive = rules.family != .plain && resource.isRecursive
        let start = Int32(patterns.count)
        let isAny = values.isEmpty || values.contains { PatternPool.isAny($0, rules) }
        if !isAny {
            for value in values {
                let (kind, text) =
                    Template.isTemplate(value, rules)
                    ? (.template, value) : PatternPool.kind(of: value, rules, isRecursive: isRecursive)
                let from = Int32(bytes.count)
                bytes.append(contentsOf: text.utf8)
                let id = names.intern(text)
                patterns.append(Pattern(kind: kind, start: from, end: Int32(bytes.count), id: id))
            }
        }
        let isIndexable =
            !isAny && !resource.isExcludes && !(rules.ignoresCase && rules.isQuotedCaseSensitive)
        matchers.append(
            ElementMatcher(
                patterns: start..<Int32(patterns.count),
                namesWholeValues: isIndexable && patterns[Int(start)...].allSatisfy { $0.kind == .equals },
                namesBeginnings: isIndexable && patterns[Int(start)...].allSatisfy { $0.kind == .prefix },
                matchesAny: isAny,
                isExcludes: resource.isExcludes,
                isRecursive: isRecursive,
                ignoresCase: rules.ignoresCase,
                caseQuote: rules.ignoresCase && rules.isQuotedCaseSensitive ? rules.quote : 0,
                separator: rules.separator,
                rules: position(of: rules)
            )
        )
        return Int32(matchers.count - 1)
    }

    private mutating func position(of wanted: LevelRules) -> Int32 {
        if let known = rules.firstIndex(of: wanted) { return Int32(known) }
        rules.append(wanted)
        return Int32(rules.count - 1)
    }

    private static func isAny(_ value: String, _ rules: LevelRules) -> Bool {
        value == "*" || rules.hasWildcards && value.utf8.allSatisfy { $0 == 42 }
    }

    /// What a value asks for, and the part of it that is compared.
    static func kind(of value: String, _ rules: LevelRules, isRecursive: Bool) -> (Pattern.Kind, String) {
        var value = rules.ignoresCase ? Folding.fold(value) : value
        guard isRecursive else { return plainKind(value, rules) }
        let separator = String(Unicode.Scalar(rules.separator))
        if rules.hasWildcards, value.hasSuffix(separator) { value += "*" }
        guard rules.hasWildcards, value.contains(where: { $0 == "*" || $0 == "?" }) else {
            return (.below, value)
        }
        return (rules.family == .url ? .urlBelow : .globBelow, value)
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
