/// Names as small numbers, looked up by their bytes: open addressing, no String hashing, no canonical equivalence.
struct NameTable: Sendable {
    private var slots: ContiguousArray<Int32> = ContiguousArray(repeating: -1, count: 16)
    private var bytes: ContiguousArray<UInt8> = []
    private var ends: ContiguousArray<Int32> = []

    var count: Int { ends.count }

    /// So many have room for most to lie where they are looked for first.
    private static let fewNames = 1 << 14

    /// The number of a name, given out on first sight.
    mutating func intern(_ name: String) -> Int32 {
        var name = name
        return name.withUTF8 { intern($0) }
    }

    mutating func intern(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        if ends.count * (ends.count < NameTable.fewNames ? 4 : 2) >= slots.count { grow() }
        let slot = slot(of: name)
        if slots[slot] >= 0 { return slots[slot] }
        let id = Int32(ends.count)
        bytes.append(contentsOf: name)
        ends.append(Int32(bytes.count))
        slots[slot] = id
        return id
    }

    /// The number of a name; -1 when it was never interned.
    func find(_ name: String) -> Int32 {
        if let id = name.utf8.withContiguousStorageIfAvailable({ find($0) }) { return id }
        var copy = name
        return copy.withUTF8 { find($0) }
    }

    func find(_ name: UnsafeBufferPointer<UInt8>) -> Int32 { slots[slot(of: name)] }

    /// The same names for looking up only.
    func frozen() -> FrozenNames {
        let slots = slots.map { id in
            guard id >= 0 else { return FrozenNames.Slot() }
            let start = id == 0 ? 0 : ends[Int(id) - 1]
            let end = ends[Int(id)]
            return bytes.withUnsafeBufferPointer {
                let name = UnsafeBufferPointer(rebasing: $0[Int(start)..<Int(end)])
                return FrozenNames.Slot(id, name, at: Int(start))
            }
        }
        return FrozenNames(slots: slots, bytes: bytes)
    }

    private func slot(of name: UnsafeBufferPointer<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: NameTable.hash(name)) & mask
        while slots[slot] >= 0, !equals(slots[slot], name) { slot = (slot + 1) & mask }
        return slot
    }

    private func equals(_ id: Int32, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = id == 0 ? 0 : Int(ends[Int(id) - 1])
        guard Int(ends[Int(id)]) - start == name.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            ByteMatch.equals(UnsafeBufferPointer(rebasing: bytes[start..<start + name.count]), name)
        }
    }

    private mutating func grow() {
        let old = self
        slots = ContiguousArray(repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for id in 0..<Int32(old.ends.count) {
            let start = id == 0 ? 0 : Int(old.ends[Int(id) - 1])
            let hash = old.bytes.withUnsafeBufferPointer {
                NameTable.hash(UnsafeBufferPointer(rebasing: $0[start..<Int(old.ends[Int(id)])]))
            }
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = id
        }
    }

    @inline(__always)
    static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let short = ShortText(name)
        guard short.isLong else { return hash(short) }
        guard let base = name.baseAddress else { return 0 }
        return longHash(UnsafeRawPointer(base), name.count)
    }

    /// The same for a short text.
    @inline(__always)
    static func hash(_ name: ShortText) -> UInt64 { mix(seed ^ UInt64(name.count) ^ name.first, name.last) }

    private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func longHash(_ text: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var hash = seed ^ UInt64(count)
        var index = 0
        while index + 16 < count {
            hash = mix(hash ^ ByteMatch.word(text + index), ByteMatch.word(text + index + 8))
            index += 16
        }
        return mix(hash ^ ByteMatch.word(text + count - 16), ByteMatch.word(text + count - 8))
    }

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ 0x2D35_8DCC_AA6C_78A5)
            .multipliedFullWidth(by: right ^ 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
