/// Where a policy's resource lies relative to a request's.
enum MatchType: UInt8, Sendable {
    /// The same.
    case same
    /// The same, and all that lies below it.
    case sameAndAllBelow
    /// The policy stops above the request.
    case ancestor
    /// The policy goes deeper than the request.
    case descendant
    /// Elsewhere.
    case none
}

extension Repository {
    /// Compares one resource map of a policy with a request's resource.
    func match(
        _ map: CompiledMap,
        _ elements: RequestElements,
        type: PolicyType,
        tokens: [String: String]
    ) -> MatchType {
        let hierarchies = hierarchies[type.rawValue]
        guard let path = path(for: map, elements.keys, hierarchies) else { return .none }
        if map.keys == 0, elements.keys == 0 { return .same }
        var isMatch = elements.keys == 0
        var lastNonAny = -1
        for (position, level) in path.enumerated() {
            let index = rows[Int(map.row) + level]
            guard index >= 0 else { break }
            if !matchers[Int(index)].matchesAny { lastNonAny = position }
        }
        for level in path {
            let index = rows[Int(map.row) + level]
            let isNamed = elements.keys & (1 << UInt64(level)) != 0
            guard index >= 0 else {
                if isNamed { return .ancestor }
                break
            }
            let matcher = matchers[Int(index)]
            guard isNamed || matcher.matchesAny else { continue }
            isMatch = matcher.matchesAny && !matcher.isExcludes || accepts(matcher, elements, level, tokens)
            if !isMatch { return .none }
        }
        guard isMatch else { return .none }
        let requested = elements.keys.nonzeroBitCount
        guard requested < map.keys.nonzeroBitCount else { return .same }
        return requested > lastNonAny ? .sameAndAllBelow : .descendant
    }

    private func path(for map: CompiledMap, _ requested: UInt64, _ hierarchies: Hierarchies) -> [Int]? {
        var index = Int(map.hierarchy)
        if index >= 0 {
            guard hierarchies.keys[index] & requested == requested else { return nil }
        } else {
            guard map.keys & requested == requested || map.keys & requested == map.keys else { return nil }
            index = hierarchies.shortest(holding: map.keys | requested)
            guard index >= 0 else { return nil }
        }
        guard !hierarchies.hasGap(index, requested == 0 ? map.keys : requested) else { return nil }
        return hierarchies.paths[index]
    }

    /// Whether a level's matcher accepts the request's value there.
    func accepts(
        _ matcher: ElementMatcher,
        _ elements: RequestElements,
        _ level: Int,
        _ tokens: [String: String]
    ) -> Bool {
        if matcher.matchesAny { return !matcher.isExcludes }
        if elements.isAll(level) { return false }
        var folded = matcher.level.ignoresCase
        if folded, matcher.level.isQuotedCaseSensitive {
            folded = elements.withBytes(of: level, folded: false) { $0.first != matcher.level.quote }
        }
        let id = elements.id(of: level, folded: folded)
        let isMatch = elements.withBytes(of: level, folded: folded) { text in
            for index in matcher.patterns {
                let pattern = patterns[Int(index)]
                if pattern.kind == .equals {
                    if pattern.id == id { return true }
                } else if accepts(pattern, text, matcher.level, tokens) {
                    return true
                }
            }
            return false
        }
        return isMatch != matcher.isExcludes
    }

    private func accepts(
        _ pattern: Pattern,
        _ text: UnsafeBufferPointer<UInt8>,
        _ rules: LevelRules,
        _ tokens: [String: String]
    ) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            let value = UnsafeBufferPointer(rebasing: bytes[Int(pattern.start)..<Int(pattern.end)])
            switch pattern.kind {
            case .equals: return ByteMatch.equals(text, value)
            case .prefix: return ByteMatch.hasPrefix(text, value)
            case .suffix: return ByteMatch.hasSuffix(text, value)
            case .glob: return ByteMatch.glob(text, value)
            case .below: return ByteMatch.below(text, value, separator: rules.separator)
            case .globBelow: return ByteMatch.globBelow(text, value, separator: rules.separator)
            case .urlBelow:
                let scheme = ByteMatch.schemeLength(text)
                guard scheme > 0 else { return false }
                return ByteMatch.globBelow(text, value, separator: rules.separator, from: scheme)
            case .template: return acceptsTemplate(value, text, rules, tokens)
            }
        }
    }

    /// Builds the value for this request; the one case that allocates.
    private func acceptsTemplate(
        _ value: UnsafeBufferPointer<UInt8>,
        _ text: UnsafeBufferPointer<UInt8>,
        _ rules: LevelRules,
        _ tokens: [String: String]
    ) -> Bool {
        var filled = Template.filled(String(decoding: value, as: UTF8.self), tokens: tokens)
        if rules.ignoresCase { filled = Folding.fold(filled) }
        var (kind, core) = PatternPool.plainKind(filled, rules)
        return core.withUTF8 { core in
            switch kind {
            case .prefix: ByteMatch.hasPrefix(text, core)
            case .suffix: ByteMatch.hasSuffix(text, core)
            case .glob: ByteMatch.glob(text, core)
            case .equals, .below, .globBelow, .urlBelow, .template: ByteMatch.equals(text, core)
            }
        }
    }
}
