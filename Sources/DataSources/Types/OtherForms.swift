import CatalogModel

/// `true` and `false`; `t`, `yes`, `y`, `1` and their opposites in any case are rewritten.
enum BooleanForm {
    static func fit(_ text: Bytes, _ scratch: inout [UInt8]) -> Fit {
        guard text.count <= 5 else { return .misfit }
        let word = String(decoding: text, as: UTF8.self)
        switch word.lowercased() {
        case "true", "t", "yes", "y", "1": return word == "true" ? .asIs : rewrite("true", &scratch)
        case "false", "f", "no", "n", "0": return word == "false" ? .asIs : rewrite("false", &scratch)
        default: return .misfit
        }
    }
}

/// `YYYY-MM-DD`, a real day from year 1 on.
enum DateForm {
    static func fit(_ text: Bytes) -> Fit { text.count == 10 && isDay(text) ? .asIs : .misfit }

    /// Whether the first ten bytes are a day.
    @inline(__always)
    static func isDay(_ text: Bytes) -> Bool {
        guard text[4] == 45, text[7] == 45, let century = pair(text, 0), let years = pair(text, 2),
            let month = pair(text, 5), let day = pair(text, 8)
        else { return false }
        let year = century * 100 + years
        guard year >= 1, month >= 1, month <= 12, day >= 1 else { return false }
        return day <= 28 || day <= CivilDate.days(inMonth: month, of: year)
    }

    /// The number that two digits are.
    @inline(__always)
    static func pair(_ text: Bytes, _ index: Int) -> Int? {
        let (tens, ones) = (text[index] &- 48, text[index + 1] &- 48)
        return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : nil
    }
}

/// `YYYY-MM-DD HH:MM:SS[.fraction]`, up to nine digits of fraction, without a time zone.
///
/// A `T`, missing seconds or a missing time of day are rewritten, and so is a `Z` taken off.
enum TimestampForm {
    static func fit(_ text: Bytes, _ scratch: inout [UInt8]) -> Fit {
        guard text.count >= 10, text.count <= 30, DateForm.isDay(text) else { return .misfit }
        if text.count == 10 { return rewrite(text, text[10...], " 00:00:00", &scratch) }
        let hasZone = text[text.count - 1] | 32 == 122
        let end = hasZone ? text.count - 1 : text.count
        guard end >= 16, text[10] == 32 || text[10] | 32 == 116, text[13] == 58,
            let hour = DateForm.pair(text, 11), hour < 24, let minute = DateForm.pair(text, 14), minute < 60
        else { return .misfit }
        if end == 16 { return rewrite(text, text[11..<16], ":00", &scratch) }
        guard end >= 19, text[16] == 58, let second = DateForm.pair(text, 17), second < 60 else {
            return .misfit
        }
        if end > 19 {
            guard text[19] == 46, end > 20, end <= 29, text[20..<end].allSatisfy(\.isDigit) else {
                return .misfit
            }
        }
        if !hasZone, text[10] == 32 { return .asIs }
        return rewrite(text, text[11..<end], "", &scratch)
    }

    private static func rewrite(
        _ text: Bytes,
        _ time: Slice<Bytes>,
        _ rest: StaticString,
        _ scratch: inout [UInt8]
    ) -> Fit {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: text[..<10])
        if !time.isEmpty {
            scratch.append(32)
            scratch.append(contentsOf: time)
        }
        rest.withUTF8Buffer { scratch.append(contentsOf: $0) }
        return .rewritten
    }
}

/// Bytes as pairs of hexadecimal digits; capital ones are rewritten.
enum BinaryForm {
    static func fit(_ text: Bytes, _ scratch: inout [UInt8]) -> Fit {
        guard text.count % 2 == 0 else { return .misfit }
        var hasCapitals = false
        for byte in text {
            if byte.isDigit || (byte >= 97 && byte <= 102) { continue }
            guard byte >= 65, byte <= 70 else { return .misfit }
            hasCapitals = true
        }
        guard hasCapitals else { return .asIs }
        scratch.removeAll(keepingCapacity: true)
        for byte in text { scratch.append(byte >= 65 && byte <= 70 ? byte + 32 : byte) }
        return .rewritten
    }

    /// Adds bytes as hexadecimal digits.
    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
}

/// Text of a declared length, counted in code points as Hive counts them.
///
/// - Source: Hive `HiveVarchar` and `HiveChar`, `HiveBaseChar.enforceMaxLength`: longer text is cut, `char`
///   is padded.
enum TextForm {
    static func cut(_ text: Bytes, to length: Int, _ scratch: inout [UInt8]) -> Fit {
        guard text.count > length else { return .asIs }
        let (end, _) = prefix(text, length)
        guard end < text.count else { return .asIs }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: text[..<end])
        return .rewritten
    }

    static func pad(_ text: Bytes, to length: Int, _ scratch: inout [UInt8]) -> Fit {
        let (end, count) = prefix(text, length)
        guard end < text.count || count < length else { return .asIs }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: text[..<end])
        scratch.append(contentsOf: repeatElement(32, count: length - count))
        return .rewritten
    }

    /// Where the first `length` code points end, and how many there are.
    private static func prefix(_ text: Bytes, _ length: Int) -> (end: Int, count: Int) {
        var count = 0
        for index in text.indices where text[index] & 0xC0 != 0x80 {
            guard count < length else { return (index, count) }
            count += 1
        }
        return (text.count, count)
    }
}
