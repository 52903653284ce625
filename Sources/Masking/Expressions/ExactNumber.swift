/// An exact decimal: `mantissa` divided by ten to the power of `scale`; at most 38 digits.
package struct ExactNumber: Sendable {
    /// The digits, with their sign.
    package var mantissa: Int128
    /// How many of the digits stand after the point; 0 to 38.
    package var scale: Int

    /// The powers of ten, from the zeroth to the 38th.
    package static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// A number by its digits.
    package init(_ mantissa: Int128, scale: Int) {
        self.mantissa = mantissa
        self.scale = scale
    }

    /// Reads digits with an optional sign, point and exponent; nil for anything else, and for more than 38 digits.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        let text = text.trimmingSpace
        var index = 0
        var negative = false
        if index < text.count, text[index] == 45 || text[index] == 43 {
            negative = text[index] == 45
            index += 1
        }
        var small: Int64 = 0
        var large: Int128 = 0
        var digits = 0
        var seen = false
        var fraction = 0
        var inFraction = false
        while index < text.count {
            let byte = text[index]
            if byte &- 48 <= 9 {
                seen = true
                if digits < 18 {
                    small = small &* 10 &+ Int64(byte &- 48)
                    if small != 0 { digits += 1 }
                } else {
                    if digits == 18 { large = Int128(small) }
                    guard digits < 38 else { return nil }
                    large = large * 10 + Int128(byte - 48)
                    digits += 1
                }
                if inFraction { fraction += 1 }
            } else if byte == 46, !inFraction {
                inFraction = true
            } else {
                break
            }
            index += 1
        }
        guard seen else { return nil }
        let magnitude = digits <= 18 ? Int128(small) : large
        mantissa = negative ? -magnitude : magnitude
        scale = fraction
        guard scale <= 38 || index < text.count else { return nil }
        guard index < text.count else { return }
        guard text[index] | 0x20 == 101, index + 1 < text.count,
            let exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)), abs(exponent) < 100
        else { return nil }
        scale -= exponent
        if scale < 0 {
            guard -scale <= 38 else { return nil }
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: ExactNumber.powers[-scale])
            guard !overflow else { return nil }
            mantissa = product
            scale = 0
        }
        guard scale <= 38 else { return nil }
    }

    /// The same number with another scale; rounds half away from zero; nil when it doesn't fit.
    package func rescaled(to newScale: Int) -> ExactNumber? {
        if newScale == scale { return self }
        if newScale > scale {
            guard newScale - scale <= 38 else { return nil }
            let (product, overflow) = mantissa.multipliedReportingOverflow(
                by: ExactNumber.powers[newScale - scale]
            )
            return overflow ? nil : ExactNumber(product, scale: newScale)
        }
        guard scale - newScale <= 38 else { return ExactNumber(0, scale: newScale) }
        let divisor = ExactNumber.powers[scale - newScale]
        let (quotient, rest) = mantissa.quotientAndRemainder(dividingBy: divisor)
        let roundsUp = rest.magnitude >= divisor.magnitude - rest.magnitude
        return ExactNumber(quotient + (roundsUp ? (mantissa < 0 ? -1 : 1) : 0), scale: newScale)
    }

    /// -1, 0 or 1.
    package static func order(_ left: ExactNumber, _ right: ExactNumber) -> Int {
        if left.scale == right.scale {
            return (left.mantissa > right.mantissa ? 1 : 0) - (left.mantissa < right.mantissa ? 1 : 0)
        }
        let scale = max(left.scale, right.scale)
        guard let first = left.rescaled(to: scale) else { return left.mantissa < 0 ? -1 : 1 }
        guard let second = right.rescaled(to: scale) else { return right.mantissa < 0 ? 1 : -1 }
        return order(first, second)
    }

    /// Whether the number has at most 38 digits.
    package var fits: Bool { mantissa.magnitude < ExactNumber.powers[38].magnitude }

    /// All digits, those after the point too.
    package var text: String {
        let digits = String(mantissa.magnitude)
        let sign = mantissa < 0 ? "-" : ""
        guard scale > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
    }

    /// The nearest double.
    package var double: Double { Double(text) ?? .nan }
}

extension UnsafeBufferPointer<UInt8> {
    /// Without the spaces, tabs and line ends around it.
    var trimmingSpace: UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = count
        while start < end, self[start] == 32 || self[start] &- 9 <= 4 { start += 1 }
        while end > start, self[end - 1] == 32 || self[end - 1] &- 9 <= 4 { end -= 1 }
        return UnsafeBufferPointer(rebasing: self[start..<end])
    }
}
