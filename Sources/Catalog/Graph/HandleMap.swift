import CatalogModel

/// Handles by the hashes of keys that lie elsewhere, so that a key costs eight bytes.
///
/// **Shape.** Buckets of about sixteen entries, each a hash and a handle; copies share the buckets that didn't change.
/// Whoever looks up compares the keys.
struct HandleMap: Sendable {
    private var buckets = ChunkedArray<[UInt64]>()
    private(set) var count = 0
    private var mask = 15

    init() { for _ in 0...mask { buckets.append([]) } }

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
        var (attribute, value) = (attribute, value)
        let first = attribute.withUTF8 { ByteHash.hash($0, ByteHash.seed ^ UInt64(type)) }
        return UInt32(truncatingIfNeeded: value.withUTF8 { ByteHash.hash($0, first) })
    }

    /// The handle whose key has a hash and is the one that `isKey` knows.
    @inline(__always)
    func find(_ hash: UInt32, _ isKey: (UInt32) -> Bool) -> UInt32? {
        for entry in buckets[Int(hash) & mask] where UInt32(truncatingIfNeeded: entry >> 32) == hash {
            let handle = UInt32(truncatingIfNeeded: entry)
            if isKey(handle) { return handle }
        }
        return nil
    }

    /// Adds a handle whose key isn't there.
    mutating func insert(_ hash: UInt32, _ handle: UInt32) {
        if count >= 24 * (mask + 1) { grow() }
        buckets[Int(hash) & mask].append(UInt64(hash) << 32 | UInt64(handle))
        count += 1
    }

    /// Takes a handle out.
    mutating func remove(_ hash: UInt32, _ handle: UInt32) {
        let entry = UInt64(hash) << 32 | UInt64(handle)
        guard let place = buckets[Int(hash) & mask].firstIndex(of: entry) else { return }
        buckets[Int(hash) & mask].remove(at: place)
        count -= 1
    }

    /// Makes room for so many at once.
    mutating func reserve(_ wanted: Int) { while wanted >= 24 * (mask + 1) { grow() } }

    private mutating func grow() {
        let old = buckets
        mask = mask << 2 | 3
        var next = ChunkedArray<[UInt64]>()
        for _ in 0...mask { next.append([]) }
        for bucket in old {
            for entry in bucket { next[Int(entry >> 32) & mask].append(entry) }
        }
        buckets = next
    }
}
