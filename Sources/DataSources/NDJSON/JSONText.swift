/// What JSON strings mean.
enum JSONText {
    /// The UTF-16 unit that an escape of four hexadecimal digits at a position stands for; nil when there is none.
    static func unit(_ text: Bytes, at position: Int) -> UInt32? {
        guard position + 6 <= text.count, text[position] == UInt8(ascii: "\\"),
            text[position + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for index in 2..<6 {
            let byte = text[position + index]
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 65...70: digit = byte - 55
            case 97...102: digit = byte - 87
            default: return nil
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// Adds what the inside of a checked string stands for.
    static func decode(_ inside: Bytes, to result: inout [UInt8]) {
        var index = 0
        while index < inside.count {
            guard inside[index] == UInt8(ascii: "\\") else {
                result.append(inside[index])
                index += 1
                continue
            }
            guard inside[index + 1] == UInt8(ascii: "u") else {
                result.append(short(inside[index + 1]))
                index += 2
                continue
            }
            var value = unit(inside, at: index) ?? 0xFFFD
            index += 6
            if value & 0xFC00 == 0xD800, let low = unit(inside, at: index) {
                value = 0x10000 + ((value & 0x3FF) << 10 | (low & 0x3FF))
                index += 6
            }
            if let scalar = Unicode.Scalar(value) {
                result.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
    }

    private static func short(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: letter
        }
    }
}

/// Keeps the keys of the objects that are open, and tells when one repeats.
///
/// Cost: a comparison of hashes for each pair in small objects; large ones are sorted, so that no choice of
/// keys makes it slow.
struct KeyLedger {
    private var open: [Key] = []

    private struct Key {
        let value: JSONScanner.Value
        let hash: UInt64
    }

    /// A mark for the object that begins.
    func begin() -> Int { open.count }

    /// Takes a key in.
    mutating func add(_ key: JSONScanner.Value, in text: Bytes) {
        open.append(Key(value: key, hash: KeyLedger.hash(key, text)))
    }

    /// Lets the keys since the mark go; whether one of them was there twice.
    mutating func end(_ mark: Int, in text: Bytes) -> Bool {
        defer { open.removeSubrange(mark...) }
        let count = open.count - mark
        guard count > 1 else { return false }
        guard count <= 32 else { return KeyLedger.repeats(open[mark...], in: text) }
        for later in (mark + 1)..<open.count {
            for earlier in mark..<later where open[earlier].hash == open[later].hash {
                if KeyLedger.decoded(open[earlier].value, text) == KeyLedger.decoded(open[later].value, text)
                {
                    return true
                }
            }
        }
        return false
    }

    private static func repeats(_ keys: ArraySlice<Key>, in text: Bytes) -> Bool {
        let sorted = keys.map { decoded($0.value, text) }.sorted { $0.lexicographicallyPrecedes($1) }
        return zip(sorted, sorted.dropFirst()).contains { $0 == $1 }
    }

    /// The key's bytes without quotes and escapes.
    static func decoded(_ key: JSONScanner.Value, _ text: Bytes) -> [UInt8] {
        let inside = Bytes(rebasing: text[(key.range.lowerBound + 1)..<(key.range.upperBound - 1)])
        guard key.isEscaped else { return Array(inside) }
        var result: [UInt8] = []
        JSONText.decode(inside, to: &result)
        return result
    }

    private static func hash(_ key: JSONScanner.Value, _ text: Bytes) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        if key.isEscaped {
            for byte in decoded(key, text) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        } else {
            for index in (key.range.lowerBound + 1)..<(key.range.upperBound - 1) {
                hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3
            }
        }
        return hash
    }
}
