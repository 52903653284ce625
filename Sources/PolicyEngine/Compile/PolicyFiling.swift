/// The policies of one type filed by the values that they name, while an index is built.
struct PolicyFiling {
    /// Sets of levels that requests may name, as bits.
    let prefixes: [UInt64]
    /// Levels whose values are compared folded, as bits.
    let folded: UInt64
    /// The shapes that exist for each set.
    private(set) var shapes: [[UInt64]]
    /// Positions of policies by what they are filed under, ascending.
    private(set) var buckets: [UInt64: ContiguousArray<Int32>] = [:]

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
        var shape: UInt64 = 0
        var count = 1
        var rest = map.keys & prefixes[prefix]
        while rest != 0 {
            let level = rest.trailingZeroBitCount
            rest &= rest - 1
            let matcher = builder.pool.matchers[Int(builder.rows[Int(map.row) + level])]
            guard matcher.namesWholeValues, count * matcher.patterns.count <= PolicyFiling.mostCombinations
            else { continue }
            shape |= 1 << UInt64(level)
            count *= matcher.patterns.count
        }
        let number = shapes[prefix].firstIndex(of: shape) ?? shapes[prefix].count
        if number == shapes[prefix].count { shapes[prefix].append(shape) }
        file(position, map, builder, shape, from: PolicyIndex.seed(prefix: prefix, shape: number))
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
