/// Names as small numbers that never change: looked up without reference counting.
///
/// The owner frees it.
struct FrozenNames: Sendable, BitwiseCopyable {
    /// A name with part of its hash, so that most others are told apart without their bytes.
    struct Slot: Sendable, BitwiseCopyable {
        var hash: UInt32 = 0
        /// -1 for a free slot.
        var id: Int32 = -1
        var start: Int32 = 0
        var count: Int32 = 0
    }

    private let slots: Frozen<Slot>
    private let bytes: Frozen<UInt8>

    init(slots: [Slot], bytes: ContiguousArray<UInt8>) {
        self.slots = Frozen(slots)
        self.bytes = Frozen(bytes)
    }

    func free() {
        slots.free()
        bytes.free()
    }

    /// The number of a name; -1 when it was never interned.
    func find(_ name: String) -> Int32 {
        if let id = name.utf8.withContiguousStorageIfAvailable({ find($0) }) { return id }
        var copy = name
        return copy.withUTF8 { find($0) }
    }

    func find(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        let mask = slots.count - 1
        let hash = NameTable.hash(name)
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[position]
            if slot.id < 0 || slot.hash == tag && equals(slot, name) { return slot.id }
            position = (position + 1) & mask
        }
    }

    private func equals(_ slot: Slot, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard Int(slot.count) == name.count else { return false }
        return ByteMatch.equals(
            UnsafeBufferPointer(start: bytes.base + Int(slot.start), count: name.count),
            name
        )
    }
}
