/// A quick look that says yes for most texts that are canonical already, and no whenever it isn't sure.
///
/// Eight bytes at a time: `RecordBuffer.padding` bytes behind the text may be read.
protocol Shortcut {
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool
}

/// Any text.
struct AnyText: Shortcut {
    @inline(__always)
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool { true }
}

/// Nothing at all: every text is looked at closely.
struct Nothing: Shortcut {
    @inline(__always)
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool { false }
}

/// A whole number of so few digits that it fits its type.
struct ShortInteger: Shortcut {
    let digits: Int

    @inline(__always)
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let sign = text[0] == 45 ? 1 : 0
        let length = count &- sign
        guard length > 0, length <= digits, text[sign] != 48 || (length == 1 && sign == 0) else {
            return false
        }
        return Digits.areAll(text + sign, length)
    }
}

/// `true` or `false`.
struct PlainBoolean: Shortcut {
    @inline(__always)
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let word = UInt64(littleEndian: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self))
        return count == 4 && word & 0xFFFF_FFFF == 0x6575_7274
            || count == 5 && word & 0xFF_FFFF_FFFF == 0x65_736C_6166
    }
}

/// `YYYY-MM-DD HH:MM:SS`.
struct PlainTimestamp: Shortcut {
    @inline(__always)
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let bytes = UnsafeBufferPointer(start: text, count: 19)
        guard count == 19, DateForm.isDay(bytes), bytes[10] == 32, bytes[13] == 58, bytes[16] == 58,
            let hour = DateForm.pair(bytes, 11), let minute = DateForm.pair(bytes, 14),
            let second = DateForm.pair(bytes, 17)
        else { return false }
        return hour < 24 && minute < 60 && second < 60
    }
}

/// `YYYY-MM-DD`.
struct PlainDate: Shortcut {
    @inline(__always)
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count == 10 else { return false }
        return DateForm.isDay(UnsafeBufferPointer(start: text, count: 10))
    }
}

/// Digits, perhaps with a point and more digits, all within what the type has room for.
struct PlainDecimal: Shortcut {
    let whole: Int
    let scale: Int

    @inline(__always)
    func isCanonical(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count > 0, count <= 16 else { return false }
        let sign = text[0] == 45 ? 1 : 0
        var index = sign
        while index < count, text[index].isDigit { index &+= 1 }
        let wholeDigits = index &- sign
        guard wholeDigits > 0, wholeDigits <= whole, text[sign] != 48 || (wholeDigits == 1 && sign == 0)
        else {
            return false
        }
        if index == count { return true }
        guard text[index] == 46 else { return false }
        let fraction = count &- index &- 1
        return fraction > 0 && fraction <= scale && Digits.areAll(text + (index &+ 1), fraction)
    }
}

/// ASCII digits, eight at a time.
enum Digits {
    /// Whether the first `count` bytes, at most 24, are digits.
    @inline(__always)
    static func areAll(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            var word = UInt64(littleEndian: UnsafeRawPointer(text + index).loadUnaligned(as: UInt64.self))
            let rest = count &- index
            if rest < 8 {
                let kept = (UInt64(1) << UInt64(rest &* 8)) &- 1
                word = (word & kept) | (0x3030_3030_3030_3030 & ~kept)
            }
            let isDigits =
                (word & 0xF0F0_F0F0_F0F0_F0F0) == 0x3030_3030_3030_3030
                && ((word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) == 0x3030_3030_3030_3030
            guard isDigits else { return false }
            index &+= 8
        }
        return true
    }
}
