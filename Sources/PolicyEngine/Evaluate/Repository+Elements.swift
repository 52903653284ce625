extension Repository {
    /// Whether a level's matcher accepts the request's value there, or one of its values.
    func accepts(
        _ matcher: ElementMatcher,
        _ elements: RequestElements,
        _ level: Int,
        _ facts: RequestFacts
    ) -> Bool {
        if matcher.matchesAny { return !matcher.isExcludes }
        let scope = elements.scopes[level] ?? .own
        if elements.isAll(level), scope != .ownOrPrefix { return false }
        var isMatch = acceptsOne(matcher, elements, level, scope, facts)
        if !isMatch, let further = elements.further[level] {
            isMatch = further.contains { acceptsOne(matcher, $0, level, scope, facts) }
        }
        if elements.isAll(level) { return isMatch }
        return isMatch != matcher.isExcludes
    }

    private func acceptsOne(
        _ matcher: ElementMatcher,
        _ elements: RequestElements,
        _ level: Int,
        _ scope: ElementScope,
        _ facts: RequestFacts
    ) -> Bool {
        var folded = matcher.level.ignoresCase
        if folded, matcher.level.isQuotedCaseSensitive {
            folded = elements.withBytes(of: level, folded: false) { $0.first != matcher.level.quote }
        }
        let id = elements.id(of: level, folded: folded)
        return elements.withBytes(of: level, folded: folded) { text in
            for index in matcher.patterns {
                let pattern = patterns[Int(index)]
                if pattern.kind == .equals, folded == matcher.level.ignoresCase {
                    if pattern.id == id { return true }
                } else if accepts(pattern, matcher, text, facts) {
                    return true
                }
                if scope != .own, acceptsBeyond(pattern, matcher, text, scope, facts) { return true }
            }
            return false
        }
    }

    private func accepts(
        _ pattern: Pattern,
        _ matcher: ElementMatcher,
        _ text: ByteMatch.Bytes,
        _ facts: RequestFacts
    ) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            let value = ByteMatch.Bytes(rebasing: bytes[Int(pattern.start)..<Int(pattern.end)])
            guard pattern.kind == .template else {
                return ByteMatch.accepts(pattern.kind, value, text, matcher.level)
            }
            var (kind, core) = filled(value, matcher, facts)
            return core.withUTF8 { ByteMatch.accepts(kind, $0, text, matcher.level) }
        }
    }

    /// Builds the value for this request; the one case that allocates.
    private func filled(_ value: ByteMatch.Bytes, _ matcher: ElementMatcher, _ facts: RequestFacts)
        -> (Pattern.Kind, String)
    {
        let text = Template.filled(String(decoding: value, as: UTF8.self), matcher.level, facts)
        return PatternPool.kind(of: text, matcher.level, isRecursive: matcher.isRecursive)
    }

    /// Matches that count only when the request asks for children or beginnings.
    private func acceptsBeyond(
        _ pattern: Pattern,
        _ matcher: ElementMatcher,
        _ text: ByteMatch.Bytes,
        _ scope: ElementScope,
        _ facts: RequestFacts
    ) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            let value = ByteMatch.Bytes(rebasing: bytes[Int(pattern.start)..<Int(pattern.end)])
            var (kind, core) =
                pattern.kind == .template
                ? filled(value, matcher, facts) : (pattern.kind, String(decoding: value, as: UTF8.self))
            return core.withUTF8 { value in
                scope == .ownOrPrefix
                    ? ByteMatch.mayBegin(kind, value, text)
                    : ByteMatch.isParent(kind, value, text, matcher.level)
            }
        }
    }
}

extension Repository {
    /// Whether Ranger would look at a policy at all, whether or not its resource then matches.
    ///
    /// Ranger finds policies by the fixed beginnings of their values; once something is allowed, the first policy
    /// without denials that it looks at settles the access, even when that policy turns out not to match.
    func isLikely(_ policy: CompiledPolicy, _ elements: RequestElements, _ type: PolicyType) -> Bool {
        policy.maps.contains { index in
            let map = maps[Int(index)]
            let keys = map.keys | elements.keys
            guard !elements.hasUnknownLevel,
                hierarchies[type.rawValue].keys.contains(where: { $0 & keys == keys })
            else { return false }
            var rest = map.keys & elements.keys
            while rest != 0 {
                let level = rest.trailingZeroBitCount
                rest &= rest - 1
                let matcher = matchers[Int(rows[Int(map.row) + level])]
                if !matcher.matchesAny, !matcher.isExcludes, !begins(matcher, elements, level) {
                    return false
                }
            }
            return true
        }
    }

    private func begins(_ matcher: ElementMatcher, _ elements: RequestElements, _ level: Int) -> Bool {
        guard elements.further[level] == nil else { return true }
        let isScoped = elements.scopes[level] != nil
        return elements.withBytes(of: level, folded: matcher.level.ignoresCase) { text in
            bytes.withUnsafeBufferPointer { bytes in
                matcher.patterns.contains { index in
                    let pattern = patterns[Int(index)]
                    var value = ByteMatch.Bytes(rebasing: bytes[Int(pattern.start)..<Int(pattern.end)])
                    if isScoped, ByteMatch.hasPrefix(value, text) { return true }
                    switch pattern.kind {
                    case .equals: return ByteMatch.equals(text, value)
                    case .suffix: return true
                    case .prefix: return ByteMatch.hasPrefix(text, value)
                    case .below:
                        if value.last == matcher.level.separator {
                            value = ByteMatch.Bytes(rebasing: value.dropLast())
                        }
                        return ByteMatch.hasPrefix(text, value)
                    case .glob, .globBelow, .urlBelow, .template:
                        let fixed = value.prefix { ![42, 63, 36].contains($0) && $0 != 123 }
                        return ByteMatch.hasPrefix(text, ByteMatch.Bytes(rebasing: fixed))
                    }
                }
            }
        }
    }
}

extension ByteMatch {
    /// Whether a pattern accepts a text.
    static func accepts(_ kind: Pattern.Kind, _ value: Bytes, _ text: Bytes, _ rules: LevelRules) -> Bool {
        switch kind {
        case .equals, .template: return equals(text, value)
        case .prefix: return hasPrefix(text, value)
        case .suffix: return hasSuffix(text, value)
        case .glob: return glob(text, value)
        case .below: return below(text, value, separator: rules.separator)
        case .globBelow: return globBelow(text, value, separator: rules.separator)
        case .urlBelow:
            let scheme = schemeLength(text)
            guard scheme > 0 else { return false }
            return globBelow(text, value, separator: rules.separator, from: scheme)
        }
    }

    /// Whether the text is the beginning of something that a pattern accepts.
    static func mayBegin(_ kind: Pattern.Kind, _ value: Bytes, _ text: Bytes) -> Bool {
        switch kind {
        case .equals, .template, .below: return hasPrefix(value, text)
        case .prefix: return hasPrefix(value, text) || hasPrefix(text, value)
        case .suffix: return true
        case .glob, .globBelow, .urlBelow: return globMayBegin(text, value)
        }
    }

    /// Whether some text that begins so is covered by a pattern with wildcards.
    private static func globMayBegin(_ text: Bytes, _ pattern: Bytes) -> Bool {
        var index = 0
        while index < text.count {
            guard index < pattern.count else { return false }
            if pattern[index] == 42 { return true }
            guard pattern[index] == 63 || pattern[index] == text[index] else { return false }
            index += 1
        }
        return true
    }

    /// Whether a path's pattern without its last component accepts the text.
    static func isParent(_ kind: Pattern.Kind, _ value: Bytes, _ text: Bytes, _ rules: LevelRules) -> Bool {
        guard rules.family == .path else { return false }
        let parent: Bytes
        if kind == .prefix, value.last == rules.separator {
            parent = Bytes(rebasing: value.dropLast())
        } else {
            guard let cut = value.lastIndex(of: rules.separator) else { return false }
            parent = Bytes(rebasing: value[..<cut])
        }
        let text = text.last == rules.separator ? Bytes(rebasing: text.dropLast()) : text
        return parent.contains(42) || parent.contains(63) ? glob(text, parent) : equals(text, parent)
    }
}
