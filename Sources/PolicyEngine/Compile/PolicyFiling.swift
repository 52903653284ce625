/// The policies of one type filed by the values that they name, while an index is built.
struct PolicyFiling {
    /// Sets of levels that requests may name, as bits.
    let prefixes: [UInt64]
    /// Levels whose values are compared folded, as bits.
    let folded: UInt64
    /// The shapes that exist for each set.
    private(set) var shapes: [[PolicyIndex.Shape]]
    /// Positions of policies by what they are filed under, ascending.
    private(set) var buckets: [UInt64: ContiguousArray<Int32>] = [:]

    /// Beyond this many shapes of a set, beginnings of values are no more told apart.
    private static let mostShapes = 24
    /// Values beyond this many combinations are filed by fewer levels.
    private static let mostCombinations = 256

    init(_ builder: RepositoryBuilder, type: PolicyType) {
        let rules = builder.rules[type.rawValue]
        folded = rules.enumerated().reduce(0) { bits, rule in
            rule.element?.ignoresCase == true ? bits | 1 << UInt64(rule.offset) : bits
        }
        let hierarchies = builder.hierarchies[type.rawValue]
        prefixes = PolicyFiling.prefixes(of: hierarchies)
        shapes = prefixes.map { _ in [] }
        for (position, policy) in builder.policies[type.rawValue].enumerated() {
            for map in policy.maps {
                let map = builder.maps[Int(map)]
                for (number, prefix) in prefixes.enumerated()
                where hierarchies.keys.contains(where: { $0 & (prefix | map.keys) == prefix | map.keys }) {
                    add(map, builder, Int32(position), prefix: number)
                }
            }
        }
    }

    private static func prefixes(of hierarchies: Hierarchies) -> [UInt64] {
        var found: [UInt64] = []
        for path in hierarchies.paths {
            var prefix: UInt64 = 0
            for level in path {
                prefix |= 1 << UInt64(level)
                found.addOnce(prefix)
            }
        }
        return found
    }

    private mutating func add(
        _ map: CompiledMap,
        _ builder: RepositoryBuilder,
        _ position: Int32,
        prefix: Int
    ) {
        var whole: UInt64 = 0
        var begun = -1
        var count = 1
        var rest = map.keys & prefixes[prefix]
        while rest != 0 {
            let level = rest.trailingZeroBitCount
            rest &= rest - 1
            let matcher = builder.pool.matchers[Int(builder.rows[Int(map.row) + level])]
            if begun < 0, matcher.namesBeginnings { begun = level }
            guard matcher.namesWholeValues, count * matcher.patterns.count <= PolicyFiling.mostCombinations
            else { continue }
            whole |= 1 << UInt64(level)
            count *= matcher.patterns.count
        }
        guard begun >= 0, hasRoom(for: map, builder, begun, count, prefix) else {
            let shape = number(of: PolicyIndex.Shape(whole: whole, begun: -1, length: 0), prefix)
            file(position, map, builder, whole, from: PolicyIndex.seed(prefix: prefix, shape: shape))
            return
        }
        for pattern in builder.pool.matchers[Int(builder.rows[Int(map.row) + begun])].patterns {
            let pattern = builder.pool.patterns[Int(pattern)]
            let length = pattern.end - pattern.start
            let shape = number(
                of: PolicyIndex.Shape(whole: whole, begun: Int32(begun), length: length),
                prefix
            )
            let seed = PolicyIndex.seed(prefix: prefix, shape: shape)
            file(position, map, builder, whole, from: PolicyIndex.mix(seed, pattern.id))
        }
    }

    private func hasRoom(
        for map: CompiledMap,
        _ builder: RepositoryBuilder,
        _ level: Int,
        _ count: Int,
        _ prefix: Int
    ) -> Bool {
        let patterns = builder.pool.matchers[Int(builder.rows[Int(map.row) + level])].patterns
        return count * patterns.count <= PolicyFiling.mostCombinations
            && shapes[prefix].count + patterns.count <= PolicyFiling.mostShapes
    }

    private mutating func number(of shape: PolicyIndex.Shape, _ prefix: Int) -> Int {
        if let known = shapes[prefix].firstIndex(of: shape) { return known }
        shapes[prefix].append(shape)
        return shapes[prefix].count - 1
    }

    /// Files under each combination of the values of the levels that are left.
    private mutating func file(
        _ position: Int32,
        _ map: CompiledMap,
        _ builder: RepositoryBuilder,
        _ levels: UInt64,
        from hash: UInt64
    ) {
        guard levels != 0 else {
            if buckets[hash]?.last != position { buckets[hash, default: []].append(position) }
            return
        }
        let matcher = builder.pool.matchers[Int(builder.rows[Int(map.row) + levels.trailingZeroBitCount])]
        for pattern in matcher.patterns {
            let next = PolicyIndex.mix(hash, builder.pool.patterns[Int(pattern)].id)
            file(position, map, builder, levels & (levels - 1), from: next)
        }
    }
}
