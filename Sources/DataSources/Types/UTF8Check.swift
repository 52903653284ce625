/// Whether bytes are well-formed UTF-8 (RFC 3629: nothing overlong, no surrogates, nothing past U+10FFFF).
enum UTF8Check {
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let count = bytes.count
        var index = 0
        while index < count {
            let byte = base[index]
            if byte < 0x80 {
                index += 1
                while index + 8 <= count {
                    let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
                    guard word & 0x8080_8080_8080_8080 == 0 else { break }
                    index += 8
                }
                continue
            }
            let length = sequenceLength(base + index, count - index)
            guard length > 0 else { return false }
            index += length
        }
        return true
    }

    /// The length of the sequence of two to four bytes that begins here; 0 when there is none.
    private static func sequenceLength(_ base: UnsafePointer<UInt8>, _ available: Int) -> Int {
        let first = base[0]
        switch first {
        case 0xC2...0xDF:
            return available >= 2 && isContinuation(base[1]) ? 2 : 0
        case 0xE0...0xEF:
            guard available >= 3, isContinuation(base[1]), isContinuation(base[2]) else { return 0 }
            if first == 0xE0, base[1] < 0xA0 { return 0 }
            if first == 0xED, base[1] > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard available >= 4, isContinuation(base[1]), isContinuation(base[2]), isContinuation(base[3])
            else { return 0 }
            if first == 0xF0, base[1] < 0x90 { return 0 }
            if first == 0xF4, base[1] > 0x8F { return 0 }
            return 4
        default: return 0
        }
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
