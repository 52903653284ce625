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

        /// The run that a hash may be in, with others beside it: ``PolicyIndex/Run/narrow(to:)``.
        @inline(__always)
        func find(_ hash: UInt64) -> PolicyIndex.Run? { views[ShardTable.position(hash, shift)].find(hash) }

        /// Asks for the place where a hash would be, so that it is at hand when it is looked for.
        @inline(__always)
        func fetch(_ hash: UInt64) {
            let shard = views[ShardTable.position(hash, shift)]
            MemoryHints.fetch(shard.buckets + (Int(truncatingIfNeeded: hash) & shard.mask))
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

    /// The candidates that are filed under a hash.
    func find(_ hash: UInt64) -> PolicyIndex.Run? {
        guard var run = view.find(hash) else { return nil }
        run.narrow(to: hash)
        return run
    }

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
        count * MemoryLayout<PolicyIndex.Candidate>.stride
            + (count + 2 * shards) * MemoryLayout<IndexShard.Bucket>.stride + 2 * line * (shards + 1)
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

/// One part of a table of candidates: in buckets by hash, side by side.
///
/// Most hashes that a question has are filed nowhere. So each bucket has marks of its hashes, and of most others it is
/// known without a look at the candidates that they aren't there.
final class IndexShard: Sendable {
    struct Bucket: Sendable, BitwiseCopyable {
        /// The position of its first candidate; the next bucket's are those after its last.
        var start: UInt32 = 0
        /// A bit for each hash in it.
        var marks: UInt32 = 0

        /// The bit of a hash; other bits of it choose the bucket.
        @inline(__always)
        static func mark(of hash: UInt64) -> UInt32 { 1 << UInt32(truncatingIfNeeded: hash >> 15 & 31) }
    }

    /// What finding takes.
    // INVARIANT: used only while the shard lives.
    struct View: @unchecked Sendable, BitwiseCopyable {
        /// One more than there are, for the end of the last.
        let buckets: UnsafePointer<Bucket>
        let mask: Int
        let candidates: UnsafePointer<PolicyIndex.Candidate>

        /// The bucket of a hash; nil when it isn't there.
        @inline(__always)
        func find(_ hash: UInt64) -> PolicyIndex.Run? {
            let bucket = buckets + (Int(truncatingIfNeeded: hash) & mask)
            guard bucket.pointee.marks & Bucket.mark(of: hash) != 0 else { return nil }
            let first = candidates + Int(bucket.pointee.start)
            let end = candidates + Int((bucket + 1).pointee.start)
            return PolicyIndex.Run(first: first, next: first, end: end)
        }
    }

    let view: View
    private let count: Int
    private let memory: ShardMemory

    /// A part of these entries, in any order; one that is there twice counts once.
    init(_ given: ContiguousArray<PolicyIndex.Entry>, in memory: ShardMemory) {
        let size = IndexShard.bucketCount(given)
        let entries = IndexShard.sorted(given, size)
        let buckets = memory.take(size + 1, of: Bucket.self)
        buckets.initialize(repeating: Bucket(), count: size + 1)
        let candidates = memory.take(entries.count, of: PolicyIndex.Candidate.self)
        for (index, entry) in entries.enumerated() {
            let bucket = Int(truncatingIfNeeded: entry.hash) & (size - 1)
            buckets[bucket + 1].start = UInt32(index + 1)
            buckets[bucket].marks |= Bucket.mark(of: entry.hash)
            (candidates + index).initialize(
                to: PolicyIndex.Candidate(entry.candidate, filedUnder: entry.hash)
            )
        }
        // A bucket without candidates begins where the one before it does.
        for bucket in 1...size where buckets[bucket].start == 0 {
            buckets[bucket].start = buckets[bucket - 1].start
        }
        count = entries.count
        self.memory = memory
        view = View(buckets: buckets, mask: size - 1, candidates: candidates)
    }

    /// What it was made of.
    var entries: ContiguousArray<PolicyIndex.Entry> {
        ContiguousArray(
            (0..<count).map {
                PolicyIndex.Entry(hash: view.candidates[$0].hash, candidate: view.candidates[$0])
            }
        )
    }

    /// A power of two, so that most buckets have one or two hashes.
    private static func bucketCount(_ entries: ContiguousArray<PolicyIndex.Entry>) -> Int {
        var size = 1
        while size < entries.count { size *= 2 }
        // Many entries may have one hash.
        var isUsed = [Bool](repeating: false, count: size)
        for entry in entries { isUsed[Int(truncatingIfNeeded: entry.hash) & (size - 1)] = true }
        let used = isUsed.count { $0 }
        while size > 1, size > used { size /= 2 }
        return size
    }

    /// Bucket by bucket, and in each hash by hash in the order of evaluation.
    private static func sorted(_ entries: ContiguousArray<PolicyIndex.Entry>, _ size: Int)
        -> ContiguousArray<PolicyIndex.Entry>
    {
        // Bits that don't choose the bucket follow those that do.
        let bits = UInt64(size.trailingZeroBitCount)
        var keys = ContiguousArray<SortKey>()
        keys.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            let place = bits == 0 ? entry.hash : entry.hash << (64 - bits) | entry.hash >> bits
            keys.append(SortKey(place: place, order: entry.candidate.order, index: Int32(index)))
        }
        keys.sort { $0.place == $1.place ? $0.order < $1.order : $0.place < $1.place }
        var result = ContiguousArray<PolicyIndex.Entry>()
        result.reserveCapacity(entries.count)
        for key in keys {
            let entry = entries[Int(key.index)]
            if let last = result.last, last.hash == entry.hash,
                last.candidate.number == entry.candidate.number
            {
                continue
            }
            result.append(entry)
        }
        return result
    }

    private struct SortKey: BitwiseCopyable {
        let place: UInt64
        let order: UInt64
        let index: Int32
    }
}
