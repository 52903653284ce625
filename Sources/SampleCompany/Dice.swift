/// Repeatable chance: SplitMix64, so that a seed gives the same company on every machine.
struct Dice {
    private var state: UInt64

    /// A stream of its own for each topic: changing one table's draws leaves the others as they were.
    init(seed: UInt64, topic: String) {
        // FNV-1a of the topic.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in topic.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = seed ^ hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number of the range; the tiny bias of the remainder doesn't matter for a sample.
    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        let width = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int(next() % width)
    }

    mutating func chance(percent: Int) -> Bool { roll(1...100) <= percent }

    /// One of the items, of which there is at least one.
    mutating func pick<Item>(_ items: [Item]) -> Item { items[roll(0...items.count - 1)] }

    /// One of the items, as often as its weight says.
    mutating func pick<Item>(_ items: [Item], weight: (Item) -> Int) -> Item {
        var left = roll(1...items.reduce(0) { $0 + weight($1) })
        for item in items {
            left -= weight(item)
            if left <= 0 { return item }
        }
        return items[items.count - 1]
    }

    /// Decimal digits, leading zeros included.
    mutating func digits(_ count: Int) -> String {
        String((0..<count).map { _ in Character(String(roll(0...9))) })
    }

    mutating func shuffle<Item>(_ items: inout [Item]) {
        for index in stride(from: items.count - 1, to: 0, by: -1) {
            items.swapAt(index, roll(0...index))
        }
    }
}
