import CatalogModel

/// Whole numbers: `-?(0|[1-9][0-9]*)` within a range.
enum IntegerForm {
    static func fit(_ text: Bytes, _ range: ClosedRange<Int64>, _ scratch: inout [UInt8]) -> Fit {
        guard let parts = NumberParts(text), parts.fraction.isEmpty, !parts.hasPoint, parts.exponent == nil
        else {
            return .misfit
        }
        guard let value = value(parts), range.contains(value) else { return .misfit }
        return parts.isPlain && !(value == 0 && parts.isNegative) ? .asIs : rewrite(String(value), &scratch)
    }

    private static func value(_ parts: NumberParts) -> Int64? {
        var value: Int64 = 0
        for digit in parts.whole {
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (next, overflow) = tens.subtractingReportingOverflow(Int64(digit &- 48))
            guard !tooLarge, !overflow else { return nil }
            value = next
        }
        guard !parts.isNegative else { return value }
        return value == .min ? nil : -value
    }
}

/// IEEE 754 numbers: digits as written, with a digit on both sides of a point; `NaN`, `Infinity`,
/// `-Infinity`.
enum FloatForm {
    static func fit(_ text: Bytes, isSingle: Bool, _ scratch: inout [UInt8]) -> Fit {
        guard let parts = NumberParts(text) else { return fitWord(text, &scratch) }
        if parts.exponent != nil || text.count > 30 {
            guard isFinite(text, isSingle: isSingle, parts) else { return .misfit }
        }
        if parts.isPlain, parts.hasPoint == !parts.fraction.isEmpty { return .asIs }
        scratch.removeAll(keepingCapacity: true)
        if parts.isNegative { scratch.append(45) }
        parts.appendWhole(to: &scratch)
        if !parts.fraction.isEmpty {
            scratch.append(46)
            scratch.append(contentsOf: parts.fraction)
        }
        if parts.exponent != nil { scratch.append(contentsOf: parts.exponentText) }
        return .rewritten
    }

    private static func isFinite(_ text: Bytes, isSingle: Bool, _ parts: NumberParts) -> Bool {
        let word = String(decoding: text, as: UTF8.self)
        let isZero = parts.whole.allSatisfy { $0 == 48 } && parts.fraction.allSatisfy { $0 == 48 }
        if isSingle {
            guard let value = Float(word) else { return false }
            return value.isFinite && (value != 0 || isZero)
        }
        guard let value = Double(word) else { return false }
        return value.isFinite && (value != 0 || isZero)
    }

    private static func fitWord(_ text: Bytes, _ scratch: inout [UInt8]) -> Fit {
        guard text.count <= 9 else { return .misfit }
        let word = String(decoding: text, as: UTF8.self)
        switch word.lowercased() {
        case "nan": return word == "NaN" ? .asIs : rewrite("NaN", &scratch)
        case "infinity", "inf", "+infinity", "+inf":
            return word == "Infinity" ? .asIs : rewrite("Infinity", &scratch)
        case "-infinity", "-inf": return word == "-Infinity" ? .asIs : rewrite("-Infinity", &scratch)
        default: return .misfit
        }
    }
}

/// Exact decimals: digits as written, as many as precision and scale leave room for; exponents are written
/// out.
enum DecimalForm {
    static func fit(_ text: Bytes, _ precision: Int, _ scale: Int, _ scratch: inout [UInt8]) -> Fit {
        guard let parts = NumberParts(text) else { return .misfit }
        if let exponent = parts.exponent {
            guard abs(exponent) <= 100, text.count <= 200 else { return .misfit }
            return fit(writtenOut(parts, exponent), precision, scale, &scratch)
        }
        let fraction = parts.fraction
        var digits = fraction.count
        while digits > scale, fraction[digits - 1] == 48 { digits -= 1 }
        let wholeDigits = parts.significantWhole.count
        guard digits <= scale, wholeDigits <= precision - scale else { return .misfit }
        let isZero = wholeDigits == 0 && fraction.allSatisfy { $0 == 48 }
        if parts.isPlain, digits == fraction.count, parts.hasPoint == !fraction.isEmpty,
            !(isZero && parts.isNegative)
        {
            return .asIs
        }
        scratch.removeAll(keepingCapacity: true)
        if parts.isNegative, !isZero { scratch.append(45) }
        parts.appendWhole(to: &scratch)
        if digits > 0 {
            scratch.append(46)
            scratch.append(contentsOf: fraction[..<digits])
        }
        return .rewritten
    }

    private static func fit(_ plain: [UInt8], _ precision: Int, _ scale: Int, _ scratch: inout [UInt8]) -> Fit
    {
        plain.withUnsafeBufferPointer { text in
            let inner = fit(text, precision, scale, &scratch)
            guard inner == .asIs else { return inner }
            scratch.removeAll(keepingCapacity: true)
            scratch.append(contentsOf: text)
            return .rewritten
        }
    }

    /// The digits with the point where the exponent says.
    private static func writtenOut(_ parts: NumberParts, _ exponent: Int) -> [UInt8] {
        var digits = Array(parts.whole) + Array(parts.fraction)
        var point = parts.whole.count + exponent
        if point <= 0 {
            digits.insert(contentsOf: [UInt8](repeating: 48, count: 1 - point), at: 0)
            point = 1
        }
        if point > digits.count { digits += [UInt8](repeating: 48, count: point - digits.count) }
        var text: [UInt8] = parts.isNegative ? [45] : []
        text += digits[..<point]
        while digits.count > point, digits[digits.count - 1] == 48 { digits.removeLast() }
        if digits.count > point { text += [46] + digits[point...] }
        return text
    }
}

/// The parts of a decimal number's text.
struct NumberParts {
    let isNegative: Bool
    let hasPlus: Bool
    let whole: Bytes
    let hasPoint: Bool
    let fraction: Bytes
    let exponent: Int?
    let exponentText: Bytes

    /// Nil unless the text is `[+-]digits[.digits][e[+-]digits]` with a digit before or after the point.
    init?(_ text: Bytes) {
        var index = 0
        let sign = text.first
        isNegative = sign == 45
        hasPlus = sign == 43
        if isNegative || hasPlus { index = 1 }
        whole = Self.digits(text, &index)
        hasPoint = index < text.count && text[index] == 46
        if hasPoint { index += 1 }
        fraction = hasPoint ? Self.digits(text, &index) : Bytes(start: nil, count: 0)
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        exponentText = Bytes(rebasing: text[index...])
        guard index < text.count else {
            exponent = nil
            return
        }
        guard text[index] | 32 == 101 else { return nil }
        index += 1
        guard index < text.count else { return nil }
        let isDown = text[index] == 45
        if isDown || text[index] == 43 { index += 1 }
        let digits = Self.digits(text, &index)
        guard !digits.isEmpty, index == text.count else { return nil }
        var value = 0
        for digit in digits { value = min(value * 10 + Int(digit &- 48), 1_000_000) }
        exponent = isDown ? -value : value
    }

    /// Whether the whole part is written as it should be: no plus sign, no leading zeros, at least one digit.
    var isPlain: Bool { !hasPlus && !whole.isEmpty && (whole.count == 1 || whole[0] != 48) }

    /// The whole part without leading zeros; empty for zero.
    var significantWhole: Bytes {
        guard let first = whole.firstIndex(where: { $0 != 48 }) else { return Bytes(start: nil, count: 0) }
        return Bytes(rebasing: whole[first...])
    }

    /// Adds the whole part as it should be written.
    func appendWhole(to text: inout [UInt8]) {
        let digits = significantWhole
        if digits.isEmpty { text.append(48) } else { text.append(contentsOf: digits) }
    }

    private static func digits(_ text: Bytes, _ index: inout Int) -> Bytes {
        let start = index
        while index < text.count, text[index].isDigit { index += 1 }
        return Bytes(rebasing: text[start..<index])
    }
}

/// Puts a text into the scratch bytes.
func rewrite(_ text: String, _ scratch: inout [UInt8]) -> Fit {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: text.utf8)
    return .rewritten
}
