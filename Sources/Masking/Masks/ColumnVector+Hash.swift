import CatalogModel
import Crypto

extension ColumnVector {
    /// The lower-case hexadecimal SHA-256 of each value's bytes.
    func hashed() throws(VectorFault) -> ColumnVector {
        var offsets = [Int32](repeating: 0, count: count + 1)
        guard count < Int(Int32.max) / 64 else { throw .oversized }
        let digits = Array("0123456789abcdef".utf8)
        let text = [UInt8](unsafeUninitializedCapacity: count * 64) { output, end in
            bytes.withUnsafeBytes { input in
                for row in 0..<count {
                    if !isNull(row) {
                        var hash = SHA256()
                        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: input[range(row)]))
                        hash.finalize().withUnsafeBytes { digest in
                            for (index, byte) in digest.enumerated() {
                                output[end + 2 * index] = digits[Int(byte >> 4)]
                                output[end + 2 * index + 1] = digits[Int(byte & 15)]
                            }
                        }
                        end += 64
                    }
                    offsets[row + 1] = Int32(truncatingIfNeeded: end)
                }
            }
        }
        return ColumnVector(bytes: text, offsets: offsets, nullBits: nullBits)
    }
}
