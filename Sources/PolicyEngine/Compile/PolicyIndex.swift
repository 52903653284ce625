/// Which policies of one type may match a request, found by the values that they name.
///
/// Each combination of values has a *shape*: the levels at which it names whole values only. Policies are filed
/// under their shape and those values; a request looks once into each shape that exists.
struct PolicyIndex: Sendable {
    /// Levels of each shape, as bits.
    private(set) var shapes: ContiguousArray<UInt64> = []
    private var buckets: [Key: ContiguousArray<Int32>] = [:]
    private let rules: [LevelRules?]

    private struct Key: Hashable {
        let shape: Int32
        let hash: UInt64
    }

    /// Values beyond this many combinations are filed by fewer levels.
    private static let mostCombinations = 256

    init(_ builder: RepositoryBuilder, type: PolicyType) {
        rules = builder.rules[type.rawValue]
        for (position, policy) in builder.policies[type.rawValue].enumerated() {
            for map in policy.maps { add(builder.maps[Int(map)], builder, Int32(position)) }
        }
    }

    private mutating func add(_ map: CompiledMap, _ builder: RepositoryBuilder, _ position: Int32) {
        var shape: UInt64 = 0
        var combinations: [UInt64] = [0]
        for level in rules.indices where map.keys & (1 << UInt64(level)) != 0 {
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
        let number = shapes.firstIndex(of: shape) ?? shapes.count
        if number == shapes.count { shapes.append(shape) }
        for hash in Set(combinations) {
            let key = Key(shape: Int32(number), hash: hash)
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
    /// Policies that name whole values at levels below the request's can only match as descendants: they are left
    /// out. When descendants count, the index can't help: the result is false, and every policy must be looked at.
    func collect(
        _ elements: RequestElements,
        withDescendants: Bool,
        into found: inout ContiguousArray<Int32>
    ) -> Bool {
        found.removeAll(keepingCapacity: true)
        if withDescendants { return false }
        for (number, shape) in shapes.enumerated() where shape & elements.keys == shape {
            var hash: UInt64 = 0
            var rest = shape
            while rest != 0 {
                let level = rest.trailingZeroBitCount
                rest &= rest - 1
                let ignoresCase = rules[level]?.ignoresCase ?? false
                hash = PolicyIndex.mix(hash, elements.id(of: level, folded: ignoresCase))
            }
            if let bucket = buckets[Key(shape: Int32(number), hash: hash)] {
                found.append(contentsOf: bucket)
            }
        }
        guard shapes.count > 1, found.count > 1 else { return true }
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
