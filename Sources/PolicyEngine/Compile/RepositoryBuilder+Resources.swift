extension RepositoryBuilder {
    /// Compiles the combinations of levels and values that a policy is about.
    mutating func add(
        resourcesOf policy: Policy,
        at place: PolicyPlace,
        _ traits: inout CompiledPolicy.Traits
    ) throws(PolicyError) -> Stretch {
        var maps: ContiguousArray<CompiledMap> = []
        let type = policy.policyType
        try add(policy.resources, of: type, at: place.member("resources"), &maps, &traits)
        for (index, resources) in policy.additionalResources.enumerated() {
            let place = place.member("additionalResources[\(index)]")
            try add(resources, of: type, at: place, &maps, &traits)
        }
        return arena.append(maps)
    }

    private mutating func add(
        _ resources: [String: PolicyResource],
        of type: PolicyType,
        at place: @autoclosure () -> PolicyPlace,
        _ maps: inout ContiguousArray<CompiledMap>,
        _ traits: inout CompiledPolicy.Traits
    ) throws(PolicyError) {
        var keys: UInt64 = 0
        for name in resources.keys {
            guard let level = frame.levels[name], frame.rules[type.rawValue][level] >= 0 else {
                if frame.isLenient { return }
                throw unknown(resources, type, at: place())
            }
            keys |= 1 << UInt64(level)
        }
        let fitting = frame.hierarchies[type.rawValue].fitting(keys)
        guard let first = fitting.first else {
            if frame.isLenient { return }
            let names = resources.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw PolicyError(.contradiction("no hierarchy has exactly the levels \(names)"), at: place())
        }
        var matchers: ContiguousArray<ElementMatcher> = []
        for (level, resource) in frame.inOrder(resources) {
            matchers.append(add(resource, frame.rules[type.rawValue][level], &traits))
        }
        maps.append(
            CompiledMap(
                keys: keys,
                hierarchy: fitting.count == 1 ? Int32(first) : -1,
                matchers: arena.append(matchers).startIndex
            )
        )
    }

    private func unknown(
        _ resources: [String: PolicyResource],
        _ type: PolicyType,
        at place: PolicyPlace
    ) -> PolicyError {
        let name = resources.keys.sorted().first { name in
            guard let level = frame.levels[name] else { return true }
            return frame.rules[type.rawValue][level] < 0
        }
        let known = frame.definition.resources(for: type).map(\.name)
        return PolicyError(.unknown(kind: "resource", name: name ?? "", known: known), at: place)
    }

    /// Compiles the values of one level.
    private mutating func add(
        _ resource: PolicyResource,
        _ ruleNumber: Int32,
        _ traits: inout CompiledPolicy.Traits
    ) -> ElementMatcher {
        let rules = frame.rulePool[Int(ruleNumber)]
        let isRecursive = rules.family != .plain && resource.isRecursive
        var patterns: ContiguousArray<Pattern> = []
        let isAny =
            resource.values.allSatisfy(\.isEmpty)
            || resource.values.contains { !$0.isEmpty && PatternReading.isAny($0, rules) }
        if !isAny {
            for value in resource.values where !value.isEmpty {
                var (kind, text) =
                    Template.isTemplate(value, rules)
                    ? (.template, value) : PatternReading.kind(of: value, rules, isRecursive: isRecursive)
                if kind == .template { traits.insert(.asksFacts) }
                let pattern = text.withUTF8 { text in
                    let hash = UInt32(truncatingIfNeeded: NameTable.hash(text))
                    return Pattern(kind: kind, hash: hash, text: arena.append(text))
                }
                patterns.append(pattern)
            }
        }
        var matcher: ElementMatcher.Traits = []
        if !isAny, !resource.isExcludes, !(rules.ignoresCase && rules.isQuotedCaseSensitive) {
            if patterns.allSatisfy({ $0.kind == .equals }) { matcher.insert(.namesWholeValues) }
            if patterns.allSatisfy({ $0.kind == .prefix }) { matcher.insert(.namesBeginnings) }
        }
        if isAny { matcher.insert(.matchesAny) }
        if resource.isExcludes { matcher.insert(.isExcludes) }
        if isRecursive { matcher.insert(.isRecursive) }
        if rules.ignoresCase { matcher.insert(.ignoresCase) }
        return ElementMatcher(
            patterns: arena.append(patterns),
            rules: UInt8(ruleNumber),
            traits: matcher,
            caseQuote: rules.ignoresCase && rules.isQuotedCaseSensitive ? rules.quote : 0,
            separator: rules.separator
        )
    }
}

extension RepositoryFrame {
    /// Resources by their levels, from the lowest on; those of unknown names left out.
    fileprivate func inOrder(_ resources: [String: PolicyResource]) -> [(
        level: Int, resource: PolicyResource
    )] {
        resources.compactMap { name, resource in levels[name].map { (level: $0, resource: resource) } }
            .sorted { $0.level < $1.level }
    }
}
