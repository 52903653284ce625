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

        /// Asks for the place where a hash would be, so that it is at hand when it is looked for.
        @inline(__always)
        func fetch(_ hash: UInt64) {
            let shard = views[ShardTable.position(hash, shift)]
            MemoryHints.fetch(shard.slots + (Int(truncatingIfNeeded: hash) & shard.mask))
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
        let memory = ShardMemory(bytes: ShardMemory.bytes(forEntries: entries.count, shards: 1 << bits))
        let shards = (0..<1 << bits).map { position in
            IndexShard(
                ContiguousArray(sorted[starts[position]..<starts[position + 1]].map { entries[Int($0)] }),
                in: memory
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
            let bytes = ShardMemory.bytes(forEntries: entries.count, shards: 1)
            shards[position] = IndexShard(entries, in: ShardMemory(bytes: bytes))
        }
        return ShardTable(shards, shift)
    }
}

/// Memory of parts of a table, side by side.
// INVARIANT: parts are written by whoever makes them, before anybody else sees them, and never again.
final class ShardMemory: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private var used = 0

    /// A line of memory: parts begin on one.
    private static let line = 64

    init(bytes: Int) {
        capacity = bytes
        base = .allocate(byteCount: bytes, alignment: MemoryHints.alignment(ofBytes: bytes))
        MemoryHints.spread(base, bytes: bytes)
    }

    deinit { base.deallocate() }

    /// Enough for so many entries in so many parts.
    static func bytes(forEntries count: Int, shards: Int) -> Int {
        let slots = 4 * count + 8 * shards
        return slots * MemoryLayout<IndexShard.Slot>.stride
            + count * MemoryLayout<PolicyIndex.Candidate>.stride + 3 * line * (shards + 1)
    }

    /// Takes room for so many elements, not yet initialised.
    func take<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element>
    {
        let start = (used + ShardMemory.line - 1) / ShardMemory.line * ShardMemory.line
        used = start + count * MemoryLayout<Element>.stride
        precondition(used <= capacity, "parts of a table take no more than was reckoned")
        return (base + start).bindMemory(to: Element.self, capacity: max(1, count))
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

    let view: View
    private let memory: ShardMemory

    /// A part of these entries, in any order; one that is there twice counts once.
    init(_ entries: ContiguousArray<PolicyIndex.Entry>, in memory: ShardMemory) {
        var size = 4
        let distinct = Set(entries.map(\.hash)).count
        while size < distinct + distinct / 2 + 1 { size *= 2 }
        let slots = memory.take(size, of: Slot.self)
        slots.initialize(repeating: Slot(), count: size)
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
        for position in 0..<size where slots[position].count != 0 {
            slots[position].start = start
            start += slots[position].count
            slots[position].count = 0
        }
        let candidates = memory.take(entries.count, of: PolicyIndex.Candidate.self)
        candidates.initialize(repeating: PolicyIndex.Candidate.none, count: entries.count)
        for (index, entry) in entries.enumerated() {
            let slot = slots + Int(positions[index])
            let first = Int(slot.pointee.start)
            var next = first + Int(slot.pointee.count)
            while next > first, candidates[next - 1].order > entry.candidate.order { next -= 1 }
            if next > first, candidates[next - 1].number == entry.candidate.number { continue }
            var last = first + Int(slot.pointee.count)
            while last > next {
                candidates[last] = candidates[last - 1]
                last -= 1
            }
            candidates[next] = entry.candidate
            slot.pointee.count += 1
        }
        self.memory = memory
        view = View(slots: slots, mask: size - 1, candidates: candidates)
    }

    /// What it was made of.
    var entries: ContiguousArray<PolicyIndex.Entry> {
        var found: ContiguousArray<PolicyIndex.Entry> = []
        for position in 0...view.mask {
            let slot = view.slots[position]
            for place in Int(slot.start)..<Int(slot.start + slot.count) {
                found.append(PolicyIndex.Entry(hash: slot.hash, candidate: view.candidates[place]))
            }
        }
        return found
    }
}
