import CatalogModel

/// A copy of a batch's columns in memory that stays where it is, so that rows can be written without touching arrays.
///
/// Cost: one copy of the values, next to nothing beside writing them.
final class ColumnViews {
    /// In the batch's order; valid as long as this object lives.
    private(set) var all = ContiguousArray<View>()
    private var blocks: [UnsafeMutableRawBufferPointer] = []

    /// Where the values of one column lie.
    struct View {
        let kind: ResultEncoder.Kind
        /// What stands before each value.
        let prefix: UnsafeBufferPointer<UInt8>
        fileprivate let bytes: UnsafeBufferPointer<UInt8>
        fileprivate let offsets: UnsafeBufferPointer<Int32>
        fileprivate let nullBits: UnsafeBufferPointer<UInt64>

        /// A row's bytes; nil for NULL.
        @inline(__always)
        func value(_ row: Int) -> UnsafeBufferPointer<UInt8>? {
            guard nullBits.isEmpty || nullBits[row >> 6] & (1 << UInt64(row & 63)) == 0 else { return nil }
            return UnsafeBufferPointer(rebasing: bytes[Int(offsets[row])..<Int(offsets[row + 1])])
        }
    }

    init(_ columns: [ColumnVector], kinds: [ResultEncoder.Kind], prefixes: [[UInt8]]) {
        all.reserveCapacity(columns.count)
        for index in columns.indices {
            all.append(
                View(
                    kind: kinds[index],
                    prefix: pinned(prefixes[index]),
                    bytes: pinned(columns[index].bytes),
                    offsets: pinned(columns[index].offsets),
                    nullBits: pinned(columns[index].nullBits)
                )
            )
        }
    }

    deinit { for block in blocks { block.deallocate() } }

    private func pinned<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: elements.count * MemoryLayout<Element>.stride,
            alignment: MemoryLayout<Element>.alignment
        )
        blocks.append(block)
        let typed = block.bindMemory(to: Element.self)
        _ = typed.initialize(from: elements)
        return UnsafeBufferPointer(typed)
    }
}
