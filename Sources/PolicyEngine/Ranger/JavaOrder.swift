/// The order in which Java's hash tables walk names: Ranger's verdicts depend on it in a few places.
enum JavaOrder {
    static func positions(_ names: [String]) -> [Int] {
        var capacity: UInt32 = 16
        while UInt32(names.count) * 4 > capacity * 3 { capacity *= 2 }
        let buckets = names.map { name in
            let hash = name.utf16.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
            return (hash ^ hash >> 16) & (capacity - 1)
        }
        return names.indices.sorted { (buckets[$0], $0) < (buckets[$1], $1) }
    }

    static func sorted(_ names: some Sequence<String>) -> [String] {
        var unique: [String] = []
        for name in names where !unique.contains(name) { unique.append(name) }
        return positions(unique).map { unique[$0] }
    }
}
