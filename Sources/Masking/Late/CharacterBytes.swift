/// A ``CharacterMask`` on the bytes of one value, without memory of its own.
///
/// Only for masks whose replacements are ASCII.
struct CharacterBytes: Hashable, Sendable {
    private let extent: MaskExtent
    private let upper: Replacement
    private let lower: Replacement
    private let digit: Replacement
    private let other: Replacement
    private let keepsOthers: Bool

    /// What a class of bytes becomes: those of `kept` bits stay, `set` ones are put in.
    private struct Replacement: Hashable {
        let kept: UInt8
        let set: UInt8

        init(_ code: UInt32?) {
            kept = code == nil ? 0xFF : 0
            set = UInt8(truncatingIfNeeded: code ?? 0)
        }

        @inline(__always)
        func of(_ byte: UInt8) -> UInt8 { byte & kept | set }
    }

    init?(_ mask: CharacterMask) {
        guard mask.classes.isASCII else { return nil }
        extent = mask.extent
        upper = Replacement(mask.classes.upper)
        lower = Replacement(mask.classes.lower)
        digit = Replacement(mask.classes.digit)
        other = Replacement(mask.classes.other)
        keepsOthers = mask.classes.other == nil
    }

    /// Writes the masked value, which is never longer, and returns its length; nil when the value isn't UTF-8.
    @inline(__always)
    func write(_ value: UnsafeBufferPointer<UInt8>, to output: UnsafeMutablePointer<UInt8>) -> Int? {
        guard value.isASCII else { return writeUnits(of: value, to: output) }
        let hidden = extent.hidden(of: value.count)
        guard let start = value.baseAddress else { return 0 }
        output.update(from: start, count: value.count)
        for index in hidden { output[index] = replacement(ofASCII: output[index]) }
        return value.count
    }

    @inline(__always)
    private func replacement(ofASCII byte: UInt8) -> UInt8 {
        var result = other.of(byte)
        result = byte &- 65 < 26 ? upper.of(byte) : result
        result = byte &- 97 < 26 ? lower.of(byte) : result
        return byte &- 48 < 10 ? digit.of(byte) : result
    }

    /// Counts UTF-16 units, as Hive does: a character beyond the basic plane is two, and half of one is a `?`.
    private func writeUnits(
        of value: UnsafeBufferPointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        let hidden = extent.hidden(of: value.unitCount)
        var unit = 0
        var index = 0
        var end = 0
        while index < value.count {
            guard let (scalar, length) = value.scalar(at: index) else { return nil }
            if length < 4 {
                if hidden.contains(unit), let replacement = replacement(of: scalar) {
                    output[end] = replacement
                    end += 1
                } else {
                    end += value.copy(index..<index + length, to: output, at: end)
                }
                unit += 1
            } else {
                let halves = (hidden.contains(unit), hidden.contains(unit + 1))
                if keepsOthers || !halves.0 && !halves.1 {
                    end += value.copy(index..<index + length, to: output, at: end)
                } else {
                    output[end] = halves.0 ? other.set : UInt8(ascii: "?")
                    output[end + 1] = halves.1 ? other.set : UInt8(ascii: "?")
                    end += 2
                }
                unit += 2
            }
            index += length
        }
        return end
    }

    /// What takes the place of a character of the basic plane; nil when it stays.
    private func replacement(of scalar: UInt32) -> UInt8? {
        if scalar < 0x80 { return replacement(ofASCII: UInt8(truncatingIfNeeded: scalar)) }
        let replacement: Replacement =
            switch CharacterClass(of: scalar) {
            case .upper: upper
            case .lower: lower
            case .digit: digit
            case .other: other
            }
        return replacement.kept == 0 ? replacement.set : nil
    }
}
