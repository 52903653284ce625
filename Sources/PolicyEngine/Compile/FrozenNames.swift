/// Names as small numbers that never change: looked up without reference counting.
///
/// The owner frees it.
struct FrozenNames: Sendable {
    fileprivate let slots: Frozen<Int32>
    fileprivate let bytes: Frozen<UInt8>
    fileprivate let ends: Frozen<Int32>

    init(slots: Frozen<Int32>, bytes: Frozen<UInt8>, ends: Frozen<Int32>) {
        self.slots = slots
        self.bytes = bytes
        self.ends = ends
    }

    func free() {
        slots.free()
        bytes.free()
        ends.free()
    }

    /// The number of a name; -1 when it was never interned.
    func find(_ name: String) -> Int32 {
        if let id = name.utf8.withContiguousStorageIfAvailable({ find($0) }) { return id }
        var copy = name
        return copy.withUTF8 { find($0) }
    }

    func find(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: NameTable.hash(name)) & mask
        while slots[slot] >= 0, !equals(Int(slots[slot]), name) { slot = (slot + 1) & mask }
        return slots[slot]
    }

    private func equals(_ id: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = id == 0 ? 0 : Int(ends[id - 1])
        guard Int(ends[id]) - start == name.count else { return false }
        for index in 0..<name.count where bytes[start + index] != name[index] { return false }
        return true
    }
}
