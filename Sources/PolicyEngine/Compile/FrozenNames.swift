/// Names as small numbers that never change: looked up without reference counting.
///
/// The owner frees it.
struct FrozenNames: Sendable, BitwiseCopyable {
    /// A name that is as short as a ``ShortText`` as such; of a longer one the hash, and where its bytes begin.
    struct Slot: Sendable, BitwiseCopyable {
        var first: UInt64 = 0
        var last: UInt64 = 0
        /// -1 for a free slot.
        var id: Int32 = -1
        /// The length in bytes, which tells short names from long ones.
        var count: Int32 = 0

        /// A free slot.
        init() {}

        /// A name whose bytes begin at a place.
        init(_ id: Int32, _ name: UnsafeBufferPointer<UInt8>, at start: Int) {
            let short = ShortText(name)
            first = short.isLong ? NameTable.hash(name) : short.first
            last = short.isLong ? UInt64(start) : short.last
            self.id = id
            count = Int32(name.count)
        }
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

    /// The number of a short name; -1 when it was never interned.
    @inline(__always)
    func find(_ name: ShortText) -> Int32 {
        let mask = slots.count - 1
        var position = Int(truncatingIfNeeded: name.hash) & mask
        while true {
            let slot = slots.base + position
            // One comparison, as most of the first places that are looked at hold the name.
            let differences =
                (slot.pointee.first ^ name.first) | (slot.pointee.last ^ name.last)
                | UInt64(UInt32(bitPattern: slot.pointee.count ^ Int32(truncatingIfNeeded: name.count)))
            if differences == 0 || slot.pointee.id < 0 { return slot.pointee.id }
            position = (position + 1) & mask
        }
    }

    /// The number of any name; -1 when it was never interned.
    @inline(never)
    func find(_ name: String) -> Int32 {
        if let id = name.utf8.withContiguousStorageIfAvailable({ find($0) }) { return id }
        var copy = name
        return copy.withUTF8 { find($0) }
    }

    private func find(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        let short = ShortText(name)
        guard short.isLong else { return find(short) }
        let mask = slots.count - 1
        let hash = NameTable.hash(name)
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[position]
            if slot.id < 0 || slot.first == hash && equals(slot, name) { return slot.id }
            position = (position + 1) & mask
        }
    }

    private func equals(_ slot: Slot, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard Int(slot.count) == name.count else { return false }
        let known = UnsafeBufferPointer(start: bytes.base + Int(slot.last), count: name.count)
        return ByteMatch.equals(known, name)
    }
}
