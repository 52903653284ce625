/// Candidates by hash, in small parts, so that a change makes few of them anew; versions share the others.
final class ShardTable: Sendable {
    /// About so many entries to a part.
    private static let entriesPerShard = 512
    private static let mostBits = 12

    private let shards: [IndexShard]
    /// The same, without reference counting.
    let view: View

    /// What finding takes; its owner keeps the table.
    struct View: Sendable, BitwiseCopyable {
        fileprivate let views: Frozen<IndexShard.View>
        fileprivate let shift: UInt64

        @inline(__always)
        func find(_ hash: UInt64) -> PolicyIndex.Run? { views[ShardTable.position(hash, shift)].find(hash) }

        /// Looks where a hash would be, so that it is at hand when it is looked for.
        @inline(__always)
        func touch(_ hash: UInt64) -> UInt64 {
            let shard = views[ShardTable.position(hash, shift)]
            return shard.slots[Int(truncatingIfNeeded: hash) & shard.mask].hash
        }
    }

    convenience init(_ entries: ContiguousArray<PolicyIndex.Entry>) {
        var bits = 0
        while bits < ShardTable.mostBits, entries.count >> bits > ShardTable.entriesPerShard { bits += 1 }
        let shift = UInt64(64 - bits)
        // Sorted by part, keeping the order within each.
        var starts = [Int](repeating: 0, count: (1 << bits) + 1)
        for entry in entries { starts[ShardTable.position(entry.hash, shift) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var nexts = starts
        var sorted = ContiguousArray<Int32>(repeating: 0, count: entries.count)
        for (index, entry) in entries.enumerated() {
            let position = ShardTable.position(entry.hash, shift)
            sorted[nexts[position]] = Int32(index)
            nexts[position] += 1
        }
        let shards = (0..<1 << bits).map { position in
            IndexShard(
                ContiguousArray(sorted[starts[position]..<starts[position + 1]].map { entries[Int($0)] })
            )
        }
        self.init(shards, shift)
    }

    private init(_ shards: [IndexShard], _ shift: UInt64) {
        self.shards = shards
        view = View(views: Frozen(shards.map(\.view)), shift: shift)
    }

    deinit { view.views.free() }

    fileprivate static func position(_ hash: UInt64, _ shift: UInt64) -> Int { Int(hash >> shift) }

    func find(_ hash: UInt64) -> PolicyIndex.Run? { view.find(hash) }

    /// The table without policies filed under some hashes, and with others.
    func changed(
        removing removed: [Int32: Set<UInt64>],
        adding added: ContiguousArray<PolicyIndex.Entry>
    ) -> ShardTable {
        let shift = view.shift
        var additions: [Int: ContiguousArray<PolicyIndex.Entry>] = [:]
        for entry in added { additions[ShardTable.position(entry.hash, shift), default: []].append(entry) }
        var touched = Set(additions.keys)
        for hashes in removed.values {
            for hash in hashes { touched.insert(ShardTable.position(hash, shift)) }
        }
        var shards = shards
        for position in touched {
            var entries = shards[position].entries
            entries.removeAll { removed[$0.candidate.number]?.contains($0.hash) ?? false }
            entries.append(contentsOf: additions[position] ?? [])
            shards[position] = IndexShard(entries)
        }
        return ShardTable(shards, shift)
    }
}

/// One part of a table of candidates: open addressing by hash.
final class IndexShard: Sendable {
    struct Slot: Sendable, BitwiseCopyable {
        var hash: UInt64 = 0
        var start: UInt32 = 0
        /// 0 for a free slot.
        var count: UInt32 = 0
    }

    /// What finding takes.
    // INVARIANT: used only while the shard lives.
    struct View: @unchecked Sendable, BitwiseCopyable {
        let slots: UnsafePointer<Slot>
        let mask: Int
        let candidates: UnsafePointer<PolicyIndex.Candidate>

        @inline(__always)
        func find(_ hash: UInt64) -> PolicyIndex.Run? {
            var position = Int(truncatingIfNeeded: hash) & mask
            while true {
                let slot = slots[position]
                if slot.count == 0 { return nil }
                if slot.hash == hash {
                    let first = candidates + Int(slot.start)
                    return PolicyIndex.Run(first: first, next: first, end: first + Int(slot.count))
                }
                position = (position + 1) & mask
            }
        }
    }

    private let slots: Frozen<Slot>
    private let candidates: Frozen<PolicyIndex.Candidate>

    /// A part of these entries, in any order; one that is there twice counts once.
    init(_ entries: ContiguousArray<PolicyIndex.Entry>) {
        var size = 4
        let distinct = Set(entries.map(\.hash)).count
        while size < distinct + distinct / 2 + 1 { size *= 2 }
        var slots = ContiguousArray(repeating: Slot(), count: size)
        var positions = ContiguousArray<Int32>(repeating: 0, count: entries.count)
        for (index, entry) in entries.enumerated() {
            var position = Int(truncatingIfNeeded: entry.hash) & (size - 1)
            while slots[position].count != 0, slots[position].hash != entry.hash {
                position = (position + 1) & (size - 1)
            }
            slots[position].hash = entry.hash
            slots[position].count += 1
            positions[index] = Int32(position)
        }
        var start: UInt32 = 0
        for position in slots.indices where slots[position].count != 0 {
            slots[position].start = start
            start += slots[position].count
            slots[position].count = 0
        }
        let free = PolicyIndex.Candidate.none
        var candidates = ContiguousArray(repeating: free, count: entries.count)
        for (index, entry) in entries.enumerated() {
            let position = Int(positions[index])
            let first = Int(slots[position].start)
            var next = first + Int(slots[position].count)
            while next > first, candidates[next - 1].order > entry.candidate.order { next -= 1 }
            if next > first, candidates[next - 1].number == entry.candidate.number { continue }
            var last = first + Int(slots[position].count)
            while last > next {
                candidates[last] = candidates[last - 1]
                last -= 1
            }
            candidates[next] = entry.candidate
            slots[position].count += 1
        }
        self.slots = Frozen(slots)
        self.candidates = Frozen(candidates)
    }

    deinit {
        slots.free()
        candidates.free()
    }

    var view: View {
        View(slots: slots.base, mask: slots.count - 1, candidates: candidates.base)
    }

    /// What it was made of.
    var entries: ContiguousArray<PolicyIndex.Entry> {
        var found: ContiguousArray<PolicyIndex.Entry> = []
        found.reserveCapacity(candidates.count + 4)
        for slot in slots {
            for position in slot.start..<slot.start + slot.count {
                found.append(PolicyIndex.Entry(hash: slot.hash, candidate: candidates[Int(position)]))
            }
        }
        return found
    }
}
