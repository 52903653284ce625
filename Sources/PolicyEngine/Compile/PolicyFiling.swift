/// Where policies of one type are filed: under the values that they name, for each set of levels of requests.
struct PolicyFiling: Sendable {
    /// Sets of levels that requests may name, as bits.
    let prefixes: [UInt64]
    /// Levels whose values are compared folded, as bits.
    let folded: UInt64
    /// The shapes that exist for each set.
    private(set) var shapes: [[PolicyIndex.Shape]]
    /// The sets of levels that go together, as bits.
    private let paths: [UInt64]

    /// Beyond this many shapes of a set, beginnings of values are no more told apart.
    private static let mostShapes = 24
    /// Values beyond this many combinations are filed by fewer levels.
    private static let mostCombinations = 256

    init(_ frame: RepositoryFrame, _ type: PolicyType) {
        folded = frame.folded(type)
        let hierarchies = frame.hierarchies[type.rawValue]
        var found: [UInt64] = []
        for path in hierarchies.paths {
            var prefix: UInt64 = 0
            for level in path {
                prefix |= 1 << UInt64(level)
                found.addOnce(prefix)
            }
        }
        prefixes = found
        paths = hierarchies.keys
        shapes = found.map { _ in [] }
    }

    /// Finds the hashes that a policy is filed under, with what stands in the index of it; adds shapes it needs.
    mutating func file(
        _ number: Int32,
        _ parts: PolicyParts,
        _ entries: inout ContiguousArray<PolicyIndex.Entry>
    ) {
        let policy = parts.policies[Int(number)]
        let candidate = PolicyIndex.Candidate(number, policy, parts)
        for map in policy.maps {
            let map = parts.maps[Int(map)]
            for prefix in prefixes.indices where goesTogether(prefixes[prefix] | map.keys) {
                let plan = plan(map, parts, prefix)
                let isBegun = plan.begun >= 0 && hasRoom(for: map, parts, plan, prefix)
                let isSure = policy.maps.count == 1 && saysAll(map, parts, plan, prefix, isBegun)
                let filed = isSure ? PolicyIndex.Candidate(sure: candidate) : candidate
                file(filed, map, parts, prefix, plan, isBegun, &entries)
            }
        }
    }

    /// The hashes that a policy may have been filed under, whichever shapes there were then.
    mutating func traces(of number: Int32, _ parts: PolicyParts) -> Set<UInt64> {
        let policy = parts.policies[Int(number)]
        let candidate = PolicyIndex.Candidate(number, policy, parts)
        var entries: ContiguousArray<PolicyIndex.Entry> = []
        for map in policy.maps {
            let map = parts.maps[Int(map)]
            for prefix in prefixes.indices where goesTogether(prefixes[prefix] | map.keys) {
                let plan = plan(map, parts, prefix)
                file(candidate, map, parts, prefix, plan, false, &entries)
                if plan.begun >= 0 { file(candidate, map, parts, prefix, plan, true, &entries) }
            }
        }
        return Set(entries.map(\.hash))
    }

    /// Whether a request that is found where a combination is filed has its resource.
    private func saysAll(
        _ map: CompiledMap,
        _ parts: PolicyParts,
        _ plan: Plan,
        _ prefix: Int,
        _ isBegun: Bool
    ) -> Bool {
        guard map.keys == prefixes[prefix], map.hierarchy >= 0 else { return false }
        var rest = map.keys & ~plan.whole
        if isBegun { rest &= ~(1 << UInt64(plan.begun)) }
        while rest != 0 {
            let matcher = parts.matcher(map, rest.trailingZeroBitCount)
            rest &= rest - 1
            guard matcher.matchesAny, !matcher.isExcludes else { return false }
        }
        return true
    }

    private func goesTogether(_ levels: UInt64) -> Bool { paths.contains { $0 & levels == levels } }

    /// By which levels a combination is filed.
    private struct Plan {
        var whole: UInt64 = 0
        var begun = -1
        var count = 1
    }

    private func plan(_ map: CompiledMap, _ parts: PolicyParts, _ prefix: Int) -> Plan {
        var plan = Plan()
        var rest = map.keys & prefixes[prefix]
        while rest != 0 {
            let level = rest.trailingZeroBitCount
            rest &= rest - 1
            let matcher = parts.matcher(map, level)
            if plan.begun < 0, matcher.namesBeginnings { plan.begun = level }
            guard matcher.namesWholeValues,
                plan.count * matcher.patterns.count <= PolicyFiling.mostCombinations
            else { continue }
            plan.whole |= 1 << UInt64(level)
            plan.count *= matcher.patterns.count
        }
        return plan
    }

    private func hasRoom(for map: CompiledMap, _ parts: PolicyParts, _ plan: Plan, _ prefix: Int) -> Bool {
        let patterns = parts.matcher(map, plan.begun).patterns
        guard plan.count * patterns.count <= PolicyFiling.mostCombinations else { return false }
        var missing: [PolicyIndex.Shape] = []
        for pattern in patterns {
            let length = Int32(parts.patterns[Int(pattern)].text.count)
            let shape = PolicyIndex.Shape(whole: plan.whole, begun: Int32(plan.begun), length: length)
            if !shapes[prefix].contains(shape) { missing.addOnce(shape) }
        }
        return missing.isEmpty || shapes[prefix].count + missing.count <= PolicyFiling.mostShapes
    }

    private mutating func file(
        _ candidate: PolicyIndex.Candidate,
        _ map: CompiledMap,
        _ parts: PolicyParts,
        _ prefix: Int,
        _ plan: Plan,
        _ isBegun: Bool,
        _ entries: inout ContiguousArray<PolicyIndex.Entry>
    ) {
        guard isBegun else {
            let shape = number(of: PolicyIndex.Shape(whole: plan.whole, begun: -1, length: 0), prefix)
            let seed = PolicyIndex.seed(prefix: prefix, shape: shape)
            return file(candidate, map, parts, plan.whole, from: seed, &entries)
        }
        for pattern in parts.matcher(map, plan.begun).patterns {
            let pattern = parts.patterns[Int(pattern)]
            let length = Int32(pattern.text.count)
            let shape = number(
                of: PolicyIndex.Shape(whole: plan.whole, begun: Int32(plan.begun), length: length),
                prefix
            )
            let seed = PolicyIndex.seed(prefix: prefix, shape: shape)
            let hash = PolicyIndex.join(seed, parts.hash(of: pattern), at: plan.begun)
            file(candidate, map, parts, plan.whole, from: hash, &entries)
        }
    }

    private mutating func number(of shape: PolicyIndex.Shape, _ prefix: Int) -> Int {
        if let known = shapes[prefix].firstIndex(of: shape) { return known }
        shapes[prefix].append(shape)
        return shapes[prefix].count - 1
    }

    /// Files under each combination of the values of the levels that are left.
    private func file(
        _ candidate: PolicyIndex.Candidate,
        _ map: CompiledMap,
        _ parts: PolicyParts,
        _ levels: UInt64,
        from hash: UInt64,
        _ entries: inout ContiguousArray<PolicyIndex.Entry>
    ) {
        guard levels != 0 else {
            entries.append(PolicyIndex.Entry(hash: hash, candidate: candidate))
            return
        }
        let level = levels.trailingZeroBitCount
        for pattern in parts.matcher(map, level).patterns {
            let next = PolicyIndex.join(hash, parts.hash(of: parts.patterns[Int(pattern)]), at: level)
            file(candidate, map, parts, levels & (levels - 1), from: next, &entries)
        }
    }
}
