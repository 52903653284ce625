/// Candidates by hash; a change makes a few groups of them anew, and versions share the others.
///
/// Most hashes that a question has are filed nowhere. So each bucket has marks of its hashes, and of most others it is
/// known without a look at the groups that they aren't there.
final class GroupTable: Sendable {
    struct Bucket: Sendable, BitwiseCopyable {
        /// The number of the line that its first group begins with.
        var start: UInt32 = 0
        /// How many lines its groups take, as far as that can be said.
        var lines: UInt16 = 0
        /// A bit for each hash in it.
        var marks: UInt16 = 0

        /// The bit of a hash; other bits of it choose the bucket.
        @inline(__always)
        static func mark(of hash: UInt64) -> UInt16 { 1 &<< UInt16(truncatingIfNeeded: hash &>> 60) }
    }

    /// What finding takes; its owner keeps the table.
    // INVARIANT: used only while the table lives.
    struct View: @unchecked Sendable, BitwiseCopyable {
        fileprivate let buckets: Frozen<Bucket>
        fileprivate let mask: UInt64
        fileprivate let lines: UnsafePointer<CandidateGroup.Line>

        /// Asks for the place where a hash would be, so that it is at hand when it is looked for.
        @inline(__always)
        func fetch(_ hash: UInt64) { MemoryHints.fetch(bucket(hash)) }

        /// The groups that one of a hash may be among, which are asked for; nil when there is none.
        @inline(__always)
        func groups(of hash: UInt64) -> CandidateGroup? {
            let bucket = bucket(hash).pointee
            guard bucket.marks & Bucket.mark(of: hash) != 0 else { return nil }
            let first = lines + Int(bucket.start)
            // Of a long one what begins it; a line twice costs less than guessing how many there are.
            let last = Int(bucket.lines) &- 1
            MemoryHints.fetch(first)
            MemoryHints.fetch(first + min(last, 1))
            MemoryHints.fetch(first + min(last, 2))
            MemoryHints.fetch(first + min(last, 3))
            return CandidateGroup(at: first)
        }

        @inline(__always)
        private func bucket(_ hash: UInt64) -> UnsafePointer<Bucket> {
            buckets.base + Int(truncatingIfNeeded: hash & mask)
        }
    }

    let view: View
    private let lines: Pool<CandidateGroup.Line>
    /// How many lines there were when all groups were made.
    private let linesAtFirst: Int
    /// How many hashes have candidates.
    private let groupCount: Int

    /// A table of these entries, in any order; one that is there twice counts once.
    init(_ entries: ContiguousArray<PolicyIndex.Entry>) {
        let size = GroupTable.bucketCount(entries)
        let mask = UInt64(size - 1)
        var lines = Pool<CandidateGroup.Line>(capacity: entries.count + entries.count / 2 + 16)
        var buckets = ContiguousArray(repeating: Bucket(), count: size)
        var groupCount = 0
        GroupTable.eachBucket(of: entries, mask) { bucket, entries in
            buckets[bucket] = GroupTable.add(entries, to: &lines)
            groupCount += GroupTable.hashCount(entries)
        }
        linesAtFirst = lines.count
        self.groupCount = groupCount
        self.lines = lines
        view = View(buckets: Frozen(buckets), mask: mask, lines: lines.base)
    }

    private init(
        _ buckets: Frozen<Bucket>,
        _ lines: Pool<CandidateGroup.Line>,
        linesAtFirst: Int,
        groupCount: Int
    ) {
        self.lines = lines
        self.linesAtFirst = linesAtFirst
        self.groupCount = groupCount
        view = View(buckets: buckets, mask: UInt64(buckets.count - 1), lines: lines.base)
    }

    deinit { view.buckets.free() }

    /// The candidates that are filed under a hash.
    func find(_ hash: UInt64) -> PolicyIndex.Run? { view.groups(of: hash)?.find(hash) }

    /// The table without policies filed under some hashes, and with others.
    ///
    /// Cost: copying the buckets, eight bytes for each hash, and making the groups anew in those that change; all of
    /// them when the memory has doubled or buckets are crowded.
    func changed(
        removing removed: [Int32: Set<UInt64>],
        adding added: ContiguousArray<PolicyIndex.Entry>
    ) -> GroupTable {
        var additions: [Int: ContiguousArray<PolicyIndex.Entry>] = [:]
        for entry in added { additions[Int(entry.hash & view.mask), default: []].append(entry) }
        var touched = Set(additions.keys)
        for hashes in removed.values { for hash in hashes { touched.insert(Int(hash & view.mask)) } }
        var lines = lines
        var groupCount = groupCount
        let buckets = Frozen(copying: view.buckets) { buckets in
            for position in touched {
                var entries = entries(in: view.buckets[position])
                groupCount -= GroupTable.hashCount(entries)
                entries.removeAll { removed[$0.candidate.number]?.contains($0.hash) ?? false }
                entries.append(contentsOf: additions[position] ?? [])
                groupCount += GroupTable.hashCount(entries)
                buckets[position] = GroupTable.add(entries, to: &lines)
            }
        }
        let table = GroupTable(buckets, lines, linesAtFirst: linesAtFirst, groupCount: groupCount)
        let isCrowded = groupCount > 2 * buckets.count
        return isCrowded || lines.count > 2 * linesAtFirst + 1024 ? GroupTable(table.entries) : table
    }

    private var entries: ContiguousArray<PolicyIndex.Entry> {
        var all: ContiguousArray<PolicyIndex.Entry> = []
        for bucket in view.buckets { all.append(contentsOf: entries(in: bucket)) }
        return all
    }

    private func entries(in bucket: Bucket) -> ContiguousArray<PolicyIndex.Entry> {
        bucket.lines == 0 ? [] : CandidateGroup(at: lines.base + Int(bucket.start)).entries
    }

    private static func hashCount(_ entries: ContiguousArray<PolicyIndex.Entry>) -> Int {
        entries.count < 2 ? entries.count : Set(entries.map(\.hash)).count
    }

    /// Writes groups after those that are there.
    private static func add(
        _ entries: ContiguousArray<PolicyIndex.Entry>,
        to lines: inout Pool<CandidateGroup.Line>
    ) -> Bucket {
        guard !entries.isEmpty else { return Bucket() }
        var bucket = Bucket()
        bucket.start = UInt32(lines.count)
        for entry in entries { bucket.marks |= Bucket.mark(of: entry.hash) }
        let added = CandidateGroup.lines(of: entries)
        bucket.lines = UInt16(clamping: added.count)
        added.withUnsafeBufferPointer { lines.append($0) }
        return bucket
    }

    /// A power of two, so that most buckets have one hash.
    private static func bucketCount(_ entries: ContiguousArray<PolicyIndex.Entry>) -> Int {
        var size = 1
        while size < entries.count { size *= 2 }
        // Many entries may have one hash.
        var isUsed = [Bool](repeating: false, count: size)
        for entry in entries { isUsed[Int(truncatingIfNeeded: entry.hash) & (size - 1)] = true }
        let used = isUsed.count { $0 }
        while size > 1, size / 2 >= used { size /= 2 }
        return size
    }

    /// Gives out the entries bucket by bucket.
    private static func eachBucket(
        of entries: ContiguousArray<PolicyIndex.Entry>,
        _ mask: UInt64,
        _ give: (Int, ContiguousArray<PolicyIndex.Entry>) -> Void
    ) {
        var starts = ContiguousArray<Int32>(repeating: 0, count: Int(mask) + 2)
        for entry in entries { starts[Int(entry.hash & mask) + 1] += 1 }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var nexts = starts
        var sorted = ContiguousArray<Int32>(repeating: 0, count: entries.count)
        for (index, entry) in entries.enumerated() {
            let bucket = Int(entry.hash & mask)
            sorted[Int(nexts[bucket])] = Int32(index)
            nexts[bucket] += 1
        }
        for bucket in 0..<Int(mask) + 1 where starts[bucket] < starts[bucket + 1] {
            let range = Int(starts[bucket])..<Int(starts[bucket + 1])
            give(bucket, ContiguousArray(sorted[range].map { entries[Int($0)] }))
        }
    }
}
