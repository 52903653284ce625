import CatalogModel

/// A vector under construction, row by row, that refuses to pass 2 GiB.
struct VectorBuilder {
    var bytes: [UInt8] = []
    private var offsets: [Int32] = [0]

    init(rows: Int, bytes count: Int) {
        bytes.reserveCapacity(count)
        offsets.reserveCapacity(rows + 1)
    }

    mutating func endRow() throws(VectorFault) {
        guard let end = Int32(exactly: bytes.count) else { throw .oversized }
        offsets.append(end)
    }

    /// The vector, with the NULLs of the one it was made from; a NULL row must have been ended without bytes.
    consuming func finish(nullsOf source: ColumnVector) -> ColumnVector {
        ColumnVector(bytes: bytes, offsets: offsets, nullBits: source.nullBits)
    }
}

extension Collection<UInt8> {
    /// Whether no byte has its high bit set.
    var isASCII: Bool {
        withContiguousStorageIfAvailable { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var seen: UInt64 = 0
            var index = 0
            while index + 8 <= raw.count {
                seen |= raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < raw.count {
                seen |= UInt64(raw[index])
                index += 1
            }
            return seen & 0x8080_8080_8080_8080 == 0
        } ?? allSatisfy { $0 < 0x80 }
    }
}
