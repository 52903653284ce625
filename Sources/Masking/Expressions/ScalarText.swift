import CatalogModel

/// Reading and writing values as text, in PostgreSQL's forms.
package enum ScalarText {
    /// A truth value in any spelling; nil for anything else.
    package static func truth(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
        let word = String(decoding: text.trimmingSpace, as: UTF8.self).lowercased()
        switch word {
        case "t", "tr", "tru", "true", "y", "ye", "yes", "on", "1": return true
        case "f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0": return false
        default: return nil
        }
    }

    /// A whole number of 64 bits; nil for anything else.
    @inline(__always)
    package static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var index = 0
        var negative = false
        guard let first = text.first else { return nil }
        if first == 32 || first &- 9 <= 4 || text[text.count - 1] <= 32 {
            let trimmed = text.trimmingSpace
            return trimmed.count == text.count ? nil : integer(trimmed)
        }
        if first == 45 || first == 43 {
            negative = first == 45
            index = 1
        }
        guard index < text.count else { return nil }
        var value: Int64 = 0
        while index < text.count {
            let digit = text[index] &- 48
            guard digit <= 9 else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (next, overflow) = product.subtractingReportingOverflow(Int64(digit))
            guard !tooLarge, !overflow else { return nil }
            value = next
            index += 1
        }
        if negative { return value }
        return value == .min ? nil : -value
    }

    /// Powers of ten that a double holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
        1e19,
        1e20, 1e21, 1e22,
    ]

    /// A double in any spelling; nil for anything else, and for one that has no double.
    package static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        if let fast = shortDouble(text) { return fast }
        let word = String(decoding: text.trimmingSpace, as: UTF8.self)
        switch word.lowercased() {
        case "nan": return .nan
        case "infinity", "+infinity", "inf", "+inf": return .infinity
        case "-infinity", "-inf": return -.infinity
        default:
            guard word.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || [43, 45, 46, 69, 101].contains($0) }),
                let value = Double(word), value.isFinite
            else { return nil }
            if value == 0,
                word.utf8.prefix(while: { $0 | 32 != 101 }).contains(where: { $0 >= 49 && $0 <= 57 })
            {
                return nil
            }
            return value
        }
    }

    /// Up to 15 digits and a point, where one division is exactly rounded.
    @inline(__always)
    private static func shortDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard text.count <= 16, let first = text.first else { return nil }
        var index = first == 45 ? 1 : 0
        var mantissa: Int64 = 0
        var digits = 0
        var point = -1
        while index < text.count {
            let byte = text[index]
            if byte &- 48 <= 9 {
                mantissa = mantissa &* 10 &+ Int64(byte &- 48)
                digits += 1
            } else if byte == 46, point < 0 {
                point = digits
            } else {
                return nil
            }
            index += 1
        }
        guard digits > 0, digits <= 15 else { return nil }
        let value = point < 0 ? Double(mantissa) : Double(mantissa) / powers[digits - point]
        return first == 45 ? -value : value
    }

    /// Days since 1970 of `YYYY-MM-DD`, years 1 to 9999.
    package static func date(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        let text = text.trimmingSpace
        guard text.count == 10, text[4] == 45, text[7] == 45, let year = number(text, 0, 4),
            let month = number(text, 5, 7), let day = number(text, 8, 10), year >= 1
        else { return nil }
        return CivilDate(year: year, month: month, day: day).map { Int64($0.daysSinceEpoch) }
    }

    /// Microseconds since 1970 of `YYYY-MM-DD[ HH:MM[:SS[.fraction]]]`; a `T` may stand for the space.
    package static func timestamp(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        let text = text.trimmingSpace
        guard text.count >= 10, let day = date(UnsafeBufferPointer(rebasing: text[..<10])) else { return nil }
        if text.count == 10 { return day * 86_400_000_000 }
        guard text.count >= 16, text[10] == 32 || text[10] == 84, text[13] == 58,
            let hour = number(text, 11, 13),
            let minute = number(text, 14, 16), hour < 24, minute < 60
        else { return nil }
        var micros: Int64 = 0
        if text.count > 16 {
            guard text.count >= 19, text[16] == 58, let second = number(text, 17, 19), second < 60 else {
                return nil
            }
            micros = Int64(second) * 1_000_000
            if text.count > 19 {
                guard text[19] == 46, text.count > 20, text.count <= 26,
                    let fraction = number(text, 20, text.count)
                else { return nil }
                var scaled = Int64(fraction)
                for _ in text.count..<26 { scaled *= 10 }
                micros += scaled
            }
        }
        return day * 86_400_000_000 + (Int64(hour) * 3600 + Int64(minute) * 60) * 1_000_000 + micros
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var value = 0
        for index in start..<end {
            let digit = text[index] &- 48
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// The text of a number of days.
    package static func text(date days: Int64) -> String { CivilDate(daysSinceEpoch: Int(days)).description }

    /// The text of a moment, without trailing zeros after the second.
    package static func text(timestamp micros: Int64) -> String {
        let instant = Instant(microseconds: micros)
        let second = instant.microsecondsOfDay / 1_000_000
        let fraction = instant.microsecondsOfDay % 1_000_000
        func pad(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        var result =
            "\(instant.date) \(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        if fraction != 0 {
            result += "." + pad(fraction, 6)
            while result.hasSuffix("0") { result.removeLast() }
        }
        return result
    }

    /// The shortest text that reads back to the same number, in PostgreSQL's notation.
    package static func text(double value: Double, isSingle: Bool) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let shortest = isSingle ? Float(value.magnitude).description : value.magnitude.description
        let parts = shortest.split(separator: "e")
        let whole = parts[0].split(separator: ".")
        var digits = String(whole[0]) + (whole.count > 1 && whole[1] != "0" ? String(whole[1]) : "")
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole[0].count - 1
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= (isSingle ? 6 : 15) {
            let magnitude = String(abs(exponent))
            let shown = (exponent < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" : "") + magnitude
            return sign + digits.prefix(1) + (digits.count > 1 ? "." : "") + digits.dropFirst() + "e" + shown
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }
}
