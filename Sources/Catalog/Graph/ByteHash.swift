/// Quick hashes of bytes; with seeds of the process, so that nobody outside can make them collide on purpose.
enum ByteHash {
    static let seed = UInt64(bitPattern: Int64(Hasher().finalize()))
    static let other: UInt64 = {
        var hasher = Hasher()
        hasher.combine(seed)
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1
    }()

    /// Both numbers in one.
    @inline(__always)
    static func mix(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (high, low) = one.multipliedFullWidth(by: other)
        return high ^ low
    }

    /// Eight bytes at a time.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ seed: UInt64) -> UInt64 {
        var hash = seed ^ UInt64(bytes.count)
        let other = other
        guard let base = bytes.baseAddress.map({ UnsafeRawPointer($0) }) else { return mix(hash, other) }
        var index = 0
        while index + 8 <= bytes.count {
            hash = mix(hash ^ base.loadUnaligned(fromByteOffset: index, as: UInt64.self), other)
            index += 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        return mix(hash ^ rest, other ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// Whether bytes are the same.
    @inline(__always)
    static func isSame(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.count == other.count, let left = one.baseAddress.map({ UnsafeRawPointer($0) }),
            let right = other.baseAddress.map({ UnsafeRawPointer($0) })
        else { return one.count == other.count }
        var index = 0
        while index + 8 <= one.count {
            if left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                != right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            {
                return false
            }
            index += 8
        }
        while index < one.count {
            if one[index] != other[index] { return false }
            index += 1
        }
        return true
    }
}
