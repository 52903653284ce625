/// Where a policy's resource lies relative to a request's.
enum MatchType: UInt8, Sendable, BitwiseCopyable {
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
        let paths = paths[type.rawValue]
        let path = path(for: map, elements.keys, paths)
        guard path >= 0 else { return .none }
        if map.keys == 0 { return elements.keys == 0 ? .same : .none }
        var isMatch = elements.keys == 0
        let range = paths.range(of: path)
        for position in range {
            let level = paths.level(at: position)
            let index = map.matcher(at: level)
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
        return requested > lastSelective(map, range, paths) ? .sameAndAllBelow : .descendant
    }

    /// The place on a path of the last level that doesn't match everything, from 0; -1 when all do.
    private func lastSelective(_ map: CompiledMap, _ range: Range<Int>, _ paths: HierarchyTable) -> Int {
        var last = -1
        for position in range {
            let index = map.matcher(at: paths.level(at: position))
            guard index >= 0 else { break }
            if !matchers[Int(index)].matchesAny { last = position - range.lowerBound }
        }
        return last
    }

    /// The hierarchy in which a policy's map and a request are compared; -1 when they don't go together.
    func path(for map: CompiledMap, _ requested: UInt64, _ paths: HierarchyTable) -> Int {
        var index = Int(map.hierarchy)
        if index >= 0 {
            guard paths.keys[index] & requested == requested else { return -1 }
        } else {
            guard map.keys & requested == requested || map.keys & requested == map.keys else { return -1 }
            index = paths.shortest(holding: map.keys | requested)
            guard index >= 0 else { return -1 }
        }
        return paths.hasGap(index, requested == 0 ? map.keys : requested) ? -1 : index
    }
}
