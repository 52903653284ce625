extension Repository {
    /// Whether a level's matcher accepts the request's value there, or one of its values.
    func accepts(
        _ matcher: ElementMatcher,
        _ elements: RequestElements,
        _ level: Int,
        _ facts: RequestFacts
    ) -> Bool {
        if matcher.matchesAny { return !matcher.isExcludes }
        if !elements.needsScan {
            if elements.isAll(level) { return false }
            if matcher.namesWholeValues {
                let folded = matcher.ignoresCase
                let hash = UInt32(truncatingIfNeeded: elements.hash(of: level, folded: folded))
                for index in matcher.patterns {
                    let pattern = patterns[Int(index)]
                    guard pattern.hash == hash else { continue }
                    let isSame = elements.withBytes(of: level, folded: folded) {
                        ByteMatch.equals($0, text(of: pattern))
                    }
                    if isSame { return true }
                }
                return false
            }
            return acceptsOne(matcher, elements, level, .own, facts) != matcher.isExcludes
        }
        let scope = elements.scopes[level] ?? .own
        if elements.isAll(level), scope != .ownOrPrefix { return false }
        var isMatch = acceptsOne(matcher, elements, level, scope, facts)
        if !isMatch, let further = elements.further[level] {
            isMatch = further.contains { acceptsOne(matcher, $0, level, scope, facts) }
        }
        if elements.isAll(level) { return isMatch }
        return isMatch != matcher.isExcludes
    }

    /// Whether case doesn't count for the requested value.
    private func isFolded(_ matcher: ElementMatcher, _ elements: RequestElements, _ level: Int) -> Bool {
        guard matcher.caseQuote != 0 else { return matcher.ignoresCase }
        return elements.withBytes(of: level, folded: false) { $0.first != matcher.caseQuote }
    }

    private func acceptsOne(
        _ matcher: ElementMatcher,
        _ elements: RequestElements,
        _ level: Int,
        _ scope: ElementScope,
        _ facts: RequestFacts
    ) -> Bool {
        let folded = isFolded(matcher, elements, level)
        return elements.withBytes(of: level, folded: folded) { text in
            for index in matcher.patterns {
                let pattern = patterns[Int(index)]
                if accepts(pattern, matcher, text, facts) { return true }
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
        let value = self.text(of: pattern)
        guard pattern.kind == .template else {
            return ByteMatch.accepts(pattern.kind, value, text, separator: matcher.separator)
        }
        var (kind, core) = filled(value, matcher, facts)
        return core.withUTF8 { ByteMatch.accepts(kind, $0, text, separator: matcher.separator) }
    }

    private func text(of pattern: Pattern) -> ByteMatch.Bytes {
        bytes.buffer(pattern.text)
    }

    /// Builds the value for this request; the one case that allocates.
    private func filled(_ value: ByteMatch.Bytes, _ matcher: ElementMatcher, _ facts: RequestFacts)
        -> (Pattern.Kind, String)
    {
        let rules = frame.rulePool[Int(matcher.rules)]
        let text = Template.filled(String(decoding: value, as: UTF8.self), rules, facts)
        return PatternReading.kind(of: text, rules, isRecursive: matcher.isRecursive)
    }

    /// Matches that count only when the request asks for children or beginnings.
    private func acceptsBeyond(
        _ pattern: Pattern,
        _ matcher: ElementMatcher,
        _ text: ByteMatch.Bytes,
        _ scope: ElementScope,
        _ facts: RequestFacts
    ) -> Bool {
        let value = self.text(of: pattern)
        var (kind, core) =
            pattern.kind == .template
            ? filled(value, matcher, facts) : (pattern.kind, String(decoding: value, as: UTF8.self))
        return core.withUTF8 { value in
            scope == .ownOrPrefix
                ? ByteMatch.mayBegin(kind, value, text)
                : ByteMatch.isParent(kind, value, text, frame.rulePool[Int(matcher.rules)])
        }
    }
}

extension Repository {
    /// Whether Ranger would look at a policy at all, whether or not its resource then matches.
    ///
    /// Ranger finds policies by the fixed beginnings of their values; once something is allowed, the first policy
    /// without denials that it looks at settles the access, even when that policy turns out not to match.
    func isLikely(_ policy: CompiledPolicy, _ elements: RequestElements, _ type: PolicyType) -> Bool {
        for index in policy.maps where isLikely(maps[Int(index)], elements, type) { return true }
        return false
    }

    private func isLikely(_ map: CompiledMap, _ elements: RequestElements, _ type: PolicyType) -> Bool {
        guard !elements.hasUnknownLevel, paths[type.rawValue].holds(map.keys | elements.keys) else {
            return false
        }
        var rest = map.keys & elements.keys
        while rest != 0 {
            let level = rest.trailingZeroBitCount
            rest &= rest - 1
            let matcher = matchers[Int(map.matcher(at: level))]
            if !matcher.matchesAny, !matcher.isExcludes, !begins(matcher, elements, level) { return false }
        }
        return true
    }

    private func begins(_ matcher: ElementMatcher, _ elements: RequestElements, _ level: Int) -> Bool {
        let needsScan = elements.needsScan
        if needsScan, elements.further[level] != nil { return true }
        let isScoped = needsScan && elements.scopes[level] != nil
        return elements.withBytes(of: level, folded: isFolded(matcher, elements, level)) { text in
            for index in matcher.patterns {
                let pattern = patterns[Int(index)]
                let value = self.text(of: pattern)
                if isScoped, ByteMatch.hasPrefix(value, text) { return true }
                if begins(pattern.kind, value, text, separator: matcher.separator) { return true }
            }
            return false
        }
    }

    private func begins(
        _ kind: Pattern.Kind,
        _ value: ByteMatch.Bytes,
        _ text: ByteMatch.Bytes,
        separator: UInt8
    ) -> Bool {
        switch kind {
        case .equals: return ByteMatch.equals(text, value)
        case .suffix: return true
        case .prefix: return ByteMatch.hasPrefix(text, value)
        case .below:
            let isOpen = value.last == separator
            return ByteMatch.hasPrefix(text, isOpen ? ByteMatch.Bytes(rebasing: value.dropLast()) : value)
        case .glob, .globBelow, .urlBelow, .template:
            let fixed = value.prefix { $0 != 42 && $0 != 63 && $0 != 36 && $0 != 123 }
            return ByteMatch.hasPrefix(text, ByteMatch.Bytes(rebasing: fixed))
        }
    }
}

extension ByteMatch {
    /// Whether a pattern accepts a text.
    static func accepts(_ kind: Pattern.Kind, _ value: Bytes, _ text: Bytes, separator: UInt8) -> Bool {
        switch kind {
        case .equals, .template: return equals(text, value)
        case .prefix: return hasPrefix(text, value)
        case .suffix: return hasSuffix(text, value)
        case .glob: return glob(text, value)
        case .below: return below(text, value, separator: separator)
        case .globBelow: return globBelow(text, value, separator: separator)
        case .urlBelow:
            let scheme = schemeLength(text)
            guard scheme > 0 else { return false }
            return globBelow(text, value, separator: separator, from: scheme)
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
