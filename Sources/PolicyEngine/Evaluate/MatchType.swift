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
        facts: RequestFacts
    ) -> MatchType {
        guard !elements.hasUnknownLevel else { return .none }
        let hierarchies = hierarchies[type.rawValue]
        guard let path = path(for: map, elements.keys, hierarchies) else { return .none }
        if map.keys == 0 { return elements.keys == 0 ? .same : .none }
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
            isMatch = accepts(matcher, elements, level, facts)
            if !isMatch { return .none }
        }
        guard isMatch else { return .none }
        let requested = elements.keys.nonzeroBitCount
        guard requested < map.keys.nonzeroBitCount else { return .same }
        return requested > lastNonAny ? .sameAndAllBelow : .descendant
    }

    /// The hierarchy in which a policy's map and a request are compared; nil when they don't go together.
    func path(for map: CompiledMap, _ requested: UInt64, _ hierarchies: Hierarchies) -> [Int]? {
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
}
