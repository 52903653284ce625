/// What the values of policies ask for.
enum PatternReading {
    static func isAny(_ value: String, _ rules: LevelRules) -> Bool {
        value == "*" || rules.hasWildcards && value.utf8.allSatisfy { $0 == 42 }
    }

    /// What a value asks for, and the part of it that is compared.
    static func kind(of value: String, _ rules: LevelRules, isRecursive: Bool) -> (Pattern.Kind, String) {
        var value = rules.ignoresCase && !rules.keepsCase(of: value) ? Folding.fold(value) : value
        guard isRecursive || hasWildcard(value) else { return (.equals, value) }
        guard isRecursive else { return plainKind(value, rules) }
        let separator = String(Unicode.Scalar(rules.separator))
        if rules.hasWildcards, value.hasSuffix(separator) { value += "*" }
        guard rules.hasWildcards, hasWildcard(value) else {
            return (.below, value)
        }
        return (rules.family == .url ? .urlBelow : .globBelow, value)
    }

    private static func hasWildcard(_ value: String) -> Bool {
        value.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    /// What a value without recursion asks for, and the part of it that is compared.
    static func plainKind(_ value: String, _ rules: LevelRules) -> (Pattern.Kind, String) {
        guard rules.hasWildcards, hasWildcard(value) else {
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

extension LevelRules {
    /// Whether case counts for a value although the level ignores it: it is in quotes that say so.
    ///
    /// Only a request that begins with the quote can be such a value, and for those case counts, too.
    fileprivate func keepsCase(of value: String) -> Bool {
        isQuotedCaseSensitive && value.utf8.first == quote
    }
}

/// Case as Ranger ignores it.
enum Folding {
    static func fold(_ text: String) -> String {
        text.utf8.contains { mayChange($0) } ? text.lowercased() : text
    }

    /// Whether a text with this byte may look otherwise in lower case.
    static func mayChange(_ byte: UInt8) -> Bool { byte >= 0x80 || byte >= 65 && byte <= 90 }
}
