/// Which policies of one type may match a request, found by the values that they name.
///
/// Requests differ by the levels that they name: always the first few of a hierarchy. For each such set of levels,
/// each combination of values of a policy has a *shape*: those of the levels at which it names whole values only.
/// Policies are filed under set, shape and those values; a request looks once into each shape of its set.
struct PolicyIndex: Sendable {
    /// Sets of levels that requests may name, as bits.
    private let prefixes: [UInt64]
    /// The shapes that exist for each of them.
    private(set) var shapes: ContiguousArray<ContiguousArray<UInt64>> = []
    private var buckets: [Key: ContiguousArray<Int32>] = [:]
    private let rules: [LevelRules?]

    private struct Key: Hashable {
        let prefix: Int32
        let shape: Int32
        let hash: UInt64
    }

    /// Values beyond this many combinations are filed by fewer levels.
    private static let mostCombinations = 256

    init(_ builder: RepositoryBuilder, type: PolicyType) {
        rules = builder.rules[type.rawValue]
        let hierarchies = builder.hierarchies[type.rawValue]
        prefixes = PolicyIndex.prefixes(of: hierarchies)
        shapes = ContiguousArray(repeating: [], count: prefixes.count)
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
        var combinations: [UInt64] = [0]
        for level in rules.indices where map.keys & prefixes[prefix] & (1 << UInt64(level)) != 0 {
            let matcher = builder.pool.matchers[Int(builder.rows[Int(map.row) + level])]
            let patterns = matcher.patterns.map { builder.pool.patterns[Int($0)] }
            let isWhole = patterns.allSatisfy { $0.kind == .equals } && !matcher.level.isQuotedCaseSensitive
            guard !matcher.matchesAny, !matcher.isExcludes, isWhole,
                combinations.count * patterns.count <= PolicyIndex.mostCombinations
            else { continue }
            shape |= 1 << UInt64(level)
            combinations = combinations.flatMap { hash in
                patterns.map { PolicyIndex.mix(hash, $0.id) }
            }
        }
        let number = shapes[prefix].firstIndex(of: shape) ?? shapes[prefix].count
        if number == shapes[prefix].count { shapes[prefix].append(shape) }
        for hash in Set(combinations) {
            let key = Key(prefix: Int32(prefix), shape: Int32(number), hash: hash)
            if buckets[key]?.last != position { buckets[key, default: []].append(position) }
        }
    }

    static func mix(_ hash: UInt64, _ id: Int32) -> UInt64 {
        let value = (hash ^ UInt64(UInt32(bitPattern: id))) &+ 0x9E37_79B9_7F4A_7C15
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    /// Puts the positions of policies that may match into `found`, ascending and without repeats.
    ///
    /// When the index can't help the result is false, and every policy must be looked at: for a request of no resource,
    /// of several values at a level, or that matches children or beginnings.
    func collect(_ elements: RequestElements, into found: inout ContiguousArray<Int32>) -> Bool {
        found.removeAll(keepingCapacity: true)
        if elements.needsScan || elements.keys == 0 { return false }
        guard let prefix = prefixes.firstIndex(of: elements.keys) else { return true }
        for (number, shape) in shapes[prefix].enumerated() {
            var hash: UInt64 = 0
            var rest = shape
            while rest != 0 {
                let level = rest.trailingZeroBitCount
                rest &= rest - 1
                let ignoresCase = rules[level]?.ignoresCase ?? false
                hash = PolicyIndex.mix(hash, elements.id(of: level, folded: ignoresCase))
            }
            if let bucket = buckets[Key(prefix: Int32(prefix), shape: Int32(number), hash: hash)] {
                found.append(contentsOf: bucket)
            }
        }
        guard shapes[prefix].count > 1, found.count > 1 else { return true }
        found.sort()
        var kept = 1
        for index in 1..<found.count where found[index] != found[kept - 1] {
            found[kept] = found[index]
            kept += 1
        }
        found.removeSubrange(kept...)
        return true
    }
}
