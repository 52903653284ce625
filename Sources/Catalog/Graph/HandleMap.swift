import CatalogModel
import HashTreeCollections

/// Handles by the hashes of keys that lie elsewhere, so that a key costs some twelve bytes.
///
/// **Shape.** Tables that copies share and nobody changes, each newer one smaller, and one of what came last. Four tables
/// of about one size become one. Whoever looks up compares the keys.
/// **Cost.** A look-up asks each table; a change after a copy costs the table of what came last.
struct HandleMap: Sendable {
    /// Tables that don't change any more, the largest first.
    private var settled: [HandleTable] = []
    private var recent = HandleTable(capacity: HandleMap.most)
    /// Entries of settled tables that don't count.
    private var removed: TreeSet<UInt64> = []
    /// How many entries `recent` takes.
    private var limit = HandleMap.most

    private static let most = 1024
    private static let fan = 4

    /// The hash of an identity, never the same in two processes.
    @inline(__always)
    static func hash(_ id: EntityID) -> UInt32 {
        if let (high, low) = id.bits {
            return UInt32(truncatingIfNeeded: ByteHash.mix(high ^ ByteHash.seed, low ^ ByteHash.other))
        }
        var text = id.text
        return UInt32(truncatingIfNeeded: text.withUTF8 { ByteHash.hash($0, ByteHash.seed) })
    }

    /// The hash of a value of an attribute of a type, never the same in two processes.
    static func hash(_ type: UInt32, _ attribute: String, _ value: String) -> UInt32 {
        let seed = seed(type, attribute)
        var value = value
        return value.withUTF8 { hash(seed, $0) }
    }

    /// What all hashes of values of an attribute of a type begin with.
    static func seed(_ type: UInt32, _ attribute: String) -> UInt64 {
        var attribute = attribute
        return attribute.withUTF8 { ByteHash.hash($0, ByteHash.seed ^ UInt64(type)) }
    }

    /// The hash of a value of what a seed was made for.
    @inline(__always)
    static func hash(_ seed: UInt64, _ value: UnsafeBufferPointer<UInt8>) -> UInt32 {
        UInt32(truncatingIfNeeded: ByteHash.hash(value, seed))
    }

    /// The handle whose key has a hash and is the one that `isKey` knows.
    @inline(__always)
    func find(_ hash: UInt32, _ isKey: (UInt32) -> Bool) -> UInt32? {
        if let handle = recent.find(hash, where: isKey) { return handle }
        for table in settled {
            let handle = table.find(hash) { handle in
                isKey(handle) && (removed.isEmpty || !removed.contains(HandleTable.entry(hash, handle)))
            }
            if let handle { return handle }
        }
        return nil
    }

    /// Adds a handle whose key isn't there.
    mutating func insert(_ hash: UInt32, _ handle: UInt32) {
        let entry = HandleTable.entry(hash, handle)
        if !removed.isEmpty, removed.remove(entry) != nil { return }
        recent.insert(entry)
        if recent.count == limit { settle() }
    }

    /// Takes a handle out.
    mutating func remove(_ hash: UInt32, _ handle: UInt32) {
        let entry = HandleTable.entry(hash, handle)
        if recent.remove(entry) { return }
        if settled.contains(where: { $0.slot(of: entry) != nil }) { removed.insert(entry) }
    }

    /// Makes room for so many that come at once; ``settle()`` must follow them.
    mutating func reserve(_ wanted: Int) {
        guard wanted > HandleMap.most else { return }
        settle()
        limit = wanted + 1
        recent = HandleTable(capacity: limit)
    }

    /// Puts what came last with the rest, so that copies share it.
    mutating func settle() {
        if recent.count > 0 { settled.append(recent) }
        limit = HandleMap.most
        recent = HandleTable(capacity: limit)
        while let size = mergeable() {
            let last = settled.suffix(size)
            var merged = HandleTable(capacity: last.reduce(0) { $0 + $1.count })
            for table in last {
                for entry in table.entries where removed.isEmpty || removed.remove(entry) == nil {
                    merged.insert(entry)
                }
            }
            settled.removeLast(size)
            if merged.count > 0 { settled.append(merged) }
        }
    }

    /// How many of the newest tables are to be one; nil when there are few of their size.
    private func mergeable() -> Int? {
        guard let last = settled.last else { return nil }
        let size = HandleMap.size(last)
        let count = settled.reversed().prefix { HandleMap.size($0) <= size }.count
        return count >= HandleMap.fan ? count : nil
    }

    /// A number that is the same for tables of about one size.
    private static func size(_ table: HandleTable) -> Int {
        var (size, count) = (0, table.count / HandleMap.most)
        while count > 0 {
            count /= fan
            size += 1
        }
        return size
    }
}

/// Entries of a hash and a handle, found by the hash.
///
/// In the order of their hashes but for collisions, so that tables are joined without jumps through memory.
private struct HandleTable: Sendable {
    /// 0 where there never was an entry.
    private var slots: [UInt64]
    /// How many slots were ever taken.
    private(set) var count = 0
    private let shift: UInt32

    /// What stands where an entry was.
    private static let dead = UInt64.max

    init(capacity: Int) {
        var bits: UInt32 = 4
        while 1 << Int(bits) < capacity + capacity / 2 { bits += 1 }
        slots = [UInt64](repeating: 0, count: 1 << Int(bits))
        shift = 32 - bits
    }

    /// Never 0 nor all bits.
    @inline(__always)
    static func entry(_ hash: UInt32, _ handle: UInt32) -> UInt64 { UInt64(hash) << 32 | UInt64(handle) + 1 }

    @inline(__always)
    mutating func insert(_ entry: UInt64) {
        let mask = slots.count - 1
        slots.withUnsafeMutableBufferPointer { slots in
            var slot = Int(UInt32(truncatingIfNeeded: entry >> 32) >> shift)
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
        count += 1
    }

    /// Takes an entry out; false when it isn't there.
    mutating func remove(_ entry: UInt64) -> Bool {
        guard let slot = slot(of: entry) else { return false }
        slots[slot] = HandleTable.dead
        return true
    }

    func slot(of entry: UInt64) -> Int? {
        var slot = Int(UInt32(truncatingIfNeeded: entry >> 32) >> shift)
        while slots[slot] != 0 {
            if slots[slot] == entry { return slot }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(__always)
    func find(_ hash: UInt32, where isKey: (UInt32) -> Bool) -> UInt32? {
        slots.withUnsafeBufferPointer { slots in
            var slot = Int(hash >> shift)
            while slots[slot] != 0 {
                let entry = slots[slot]
                if UInt32(truncatingIfNeeded: entry >> 32) == hash, entry != HandleTable.dead {
                    let handle = UInt32(truncatingIfNeeded: entry) - 1
                    if isKey(handle) { return handle }
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// All of them, in the order in which they lie.
    var entries: [UInt64] { slots.filter { $0 != 0 && $0 != HandleTable.dead } }
}
