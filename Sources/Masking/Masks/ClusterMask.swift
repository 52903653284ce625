import CatalogModel

/// Shows the first or last characters as people count them and hides every other behind one `*`.
///
/// Never more than half of a value is shown: one with fewer than twice as many characters is hidden whole.
struct ClusterMask: Hashable, Sendable {
    let shown: Int
    let atEnd: Bool

    func apply(to vector: ColumnVector) throws(VectorFault) -> ColumnVector {
        let isPlain = vector.bytes.isASCII && !vector.bytes.contains(13)
        if isPlain { return applyToPlain(vector) }
        var result = VectorBuilder(rows: vector.count, bytes: vector.bytes.count)
        for row in 0..<vector.count {
            append(vector.bytes[vector.range(row)], to: &result.bytes)
            try result.endRow()
        }
        return result.finish(nullsOf: vector)
    }

    /// Every byte is a character: a carriage return may join a line feed and isn't plain.
    private func applyToPlain(_ vector: ColumnVector) -> ColumnVector {
        let count = vector.bytes.count
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            output.initialize(repeating: UInt8(ascii: "*"))
            initialized = count
            vector.bytes.withUnsafeBufferPointer { input in
                vector.offsets.withUnsafeBufferPointer { offsets in
                    var start = 0
                    for row in 1..<max(1, offsets.count) {
                        let end = Int(offsets[row])
                        if (end - start) / 2 >= shown {
                            let kept = atEnd ? end - shown..<end : start..<start + shown
                            for index in kept { output[index] = input[index] }
                        }
                        start = end
                    }
                }
            }
        }
        return ColumnVector(bytes: bytes, offsets: vector.offsets, nullBits: vector.nullBits)
    }

    private func append(_ value: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let text = String(decoding: value, as: UTF8.self)
        let count = text.count
        let kept = count / 2 >= shown ? shown : 0
        let hidden = count - kept
        if !atEnd { output.append(contentsOf: text.prefix(kept).utf8) }
        output.append(contentsOf: repeatElement(UInt8(ascii: "*"), count: hidden))
        if atEnd { output.append(contentsOf: text.suffix(kept).utf8) }
    }
}
