import CatalogModel
import Masking

/// Conversions between types, with PostgreSQL's results and errors.
enum Casting {
    /// How far a conversion may go without being asked for.
    enum Strength: Int, Comparable {
        case implicit, assignment, explicit
        static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
    }

    /// What it takes to convert; nil when there is no way.
    static func strength(_ from: EngineType, _ to: EngineType) -> Strength? {
        if from.kind == to.kind || from.kind == .unknown { return .implicit }
        if let first = from.numberRank, let second = to.numberRank {
            return first < second ? .implicit : .assignment
        }
        if from.isText, to.isText { return .implicit }
        if let first = from.momentRank, let second = to.momentRank {
            return first < second ? .implicit : .assignment
        }
        if from.kind == .timestamp || from.kind == .timestamptz, to.kind == .time { return .assignment }
        if to.isText { return .assignment }
        if from.isText { return to.isRecord ? nil : .explicit }
        switch (from.kind, to.kind) {
        case (.bool, .int4), (.int4, .bool): return .explicit
        case (.array(let first), .array(let second)):
            return strength(EngineType(first), EngineType(second))
        default: return nil
        }
    }

    /// The value as a value of another type; ``strength(_:_:)`` must know a way.
    static func cast(
        _ value: Datum,
        _ from: EngineType,
        _ to: EngineType
    ) throws(EngineFault) -> Datum {
        if value.isNull { return .null }
        if to.isText { return .bytes(try text(value, from, to)) }
        switch (value, to.kind) {
        case (.bytes(let bytes), _):
            if from.kind == to.kind { return value }
            return try TextInput.datum(bytes, to)
        case (.integer(let number), .bool): return .truth(number != 0)
        case (.truth(let truth), .int4): return .integer(truth ? 1 : 0)
        case (.integer(let number), _): return try integer(number, from, to)
        case (.double(let number), _): return try double(number, from, to)
        case (.exact(let packed), _): return try exact(packed.number, to)
        case (.list(let parts), .array(let element)):
            guard case .array(let own) = from.kind else { return value }
            var result: [Datum] = []
            for part in parts { result.append(try cast(part, EngineType(own), EngineType(element))) }
            return .list(result)
        case (.null, _), (.truth, _), (.list, _): return value
        }
    }

    private static func text(
        _ value: Datum,
        _ from: EngineType,
        _ to: EngineType
    ) throws(EngineFault) -> [UInt8] {
        let bytes: [UInt8]
        if case .truth(let truth) = value {
            let isName = to.kind == .name
            bytes = Array((truth ? isName ? "t" : "true" : isName ? "f" : "false").utf8)
        } else if from.kind == .bpchar {
            bytes = value.bytes
        } else {
            bytes = DatumText.bytes(value, from)
        }
        if to.kind == .name { return Array(bytes.prefix(63)) }
        return try cut(bytes, to, isExplicit: true)
    }

    /// A text within the length of its type.
    static func cut(_ text: [UInt8], _ type: EngineType, isExplicit: Bool) throws(EngineFault) -> [UInt8] {
        var result = text[...]
        if let length = type.length {
            var count = 0
            var end = text.count
            for index in text.indices where text[index] & 0xC0 != 0x80 {
                count += 1
                if count > length {
                    end = index
                    break
                }
            }
            guard isExplicit || text[end...].allSatisfy({ $0 == 32 }) else { throw .tooLong }
            result = text[..<end]
        }
        if type.kind == .bpchar {
            while result.last == 32 { result = result.dropLast() }
        }
        return Array(result)
    }

    private static func integer(
        _ number: Int64,
        _ from: EngineType,
        _ to: EngineType
    ) throws(EngineFault) -> Datum {
        switch to.kind {
        case .numeric: return .exact(try limited(ExactNumber(Int128(number), scale: 0), to))
        case .float4: return .double(Double(Float(number)))
        case .float8: return .double(Double(number))
        case .date:
            return from.kind == .date ? .integer(number) : .integer(number.flooredDivision(by: day))
        case .time:
            guard from.momentRank != nil else { return .integer(number) }
            return .integer(number - number.flooredDivision(by: day) * day)
        case .timestamp, .timestamptz: return .integer(from.kind == .date ? number * day : number)
        default: return .integer(try inRange(number, to))
        }
    }

    static let day: Int64 = 86_400_000_000

    /// The days since 1970 of the years 1 to 9999, which are all that files' dates have.
    static let days: Range<Int64> = -719_162..<2_932_897

    private static func double(
        _ number: Double,
        _ from: EngineType,
        _ to: EngineType
    ) throws(EngineFault) -> Datum {
        switch to.kind {
        case .float8: return .double(number)
        case .float4: return try single(number)
        case .numeric:
            guard number.isFinite else { throw .missing("numeric without a finite value") }
            // PostgreSQL takes 15 significant digits of a double, 6 of a single.
            let text = rounded(number, digits: from.kind == .float4 ? 6 : 15)
            guard let exact = Array(text.utf8).withUnsafeBufferPointer({ ExactNumber($0) }) else {
                throw .tooWide
            }
            return .exact(try limited(exact, to))
        default:
            guard let whole = Int64(exactly: number.rounded(.toNearestOrEven)) else { throw .outOfRange }
            return .integer(try inRange(whole, to))
        }
    }

    /// A double's first digits, correctly rounded, without zeros at the end.
    static func rounded(_ value: Double, digits: Int) -> String {
        guard value != 0 else { return "0" }
        let parts = DecimalDigits(value.magnitude).rounded(to: digits)
        var text = parts.digits
        var exponent = parts.exponent
        while text.hasSuffix("0"), text.count > 1 { text.removeLast() }
        let sign = value < 0 ? "-" : ""
        exponent -= text.count - 1
        if exponent >= 0 { return sign + text + String(repeating: "0", count: exponent) }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
        return sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent)
    }

    static func single(_ number: Double) throws(EngineFault) -> Datum {
        let single = Double(Float(number))
        guard single.isInfinite == number.isInfinite, single != 0 || number == 0 else { throw .outOfRange }
        return .double(single)
    }

    private static func exact(_ number: ExactNumber, _ to: EngineType) throws(EngineFault) -> Datum {
        switch to.kind {
        case .numeric: return .exact(try limited(number, to))
        case .float8: return .double(number.double)
        case .float4: return try single(number.double)
        default:
            guard let whole = number.rescaled(to: 0).flatMap({ Int64(exactly: $0.mantissa) }) else {
                throw .outOfRange
            }
            return .integer(try inRange(whole, to))
        }
    }

    static func inRange(_ number: Int64, _ type: EngineType) throws(EngineFault) -> Int64 {
        let fits =
            switch type.kind {
            case .int2: Int16(exactly: number) != nil
            case .int4: Int32(exactly: number) != nil
            default: true
            }
        guard fits else { throw .outOfRange }
        return number
    }

    /// A number with the digits of its type.
    static func limited(_ number: ExactNumber, _ type: EngineType) throws(EngineFault) -> ExactNumber {
        guard let (precision, scale) = type.digits else { return number }
        guard precision <= 38, scale <= precision else { throw .tooWide }
        guard let rounded = number.rescaled(to: scale),
            rounded.mantissa.magnitude < ExactNumber.powers[precision].magnitude
        else { throw .outOfRange }
        return rounded
    }
}

/// The exact decimal expansion of a double, for rounding as C's `printf` does.
private struct DecimalDigits {
    /// The digits, most significant first.
    private var digits: [UInt8]
    /// The power of ten of the first digit.
    private var exponent: Int

    init(_ value: Double) {
        // value = significand · 2^power, as a whole number or one with that many halvings.
        let bits = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let power = (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        var whole: [UInt8] = String(bits).utf8.reversed().map { $0 - 48 }
        var point = 0
        for _ in 0..<abs(power) {
            // Halving is multiplying by five and moving the point.
            var carry = 0
            let factor = power > 0 ? 2 : 5
            for index in whole.indices {
                let product = Int(whole[index]) * factor + carry
                whole[index] = UInt8(product % 10)
                carry = product / 10
            }
            if carry > 0 { whole.append(UInt8(carry)) }
            if power < 0 { point += 1 }
        }
        while whole.count > 1, whole.last == 0 { whole.removeLast() }
        digits = whole.reversed()
        exponent = whole.count - 1 - point
    }

    /// Half to even, as exact ties go.
    func rounded(to count: Int) -> (digits: String, exponent: Int) {
        var kept = Array(digits.prefix(count))
        var exponent = exponent
        if digits.count > count {
            let next = digits[count]
            let isTie = next == 5 && digits[(count + 1)...].allSatisfy { $0 == 0 }
            if next > 5 || next == 5 && (!isTie || kept[count - 1] % 2 == 1) {
                var index = count - 1
                while index >= 0, kept[index] == 9 {
                    kept[index] = 0
                    index -= 1
                }
                if index >= 0 {
                    kept[index] += 1
                } else {
                    kept.insert(1, at: 0)
                    kept.removeLast()
                    exponent += 1
                }
            }
        }
        return (String(decoding: kept.map { $0 + 48 }, as: UTF8.self), exponent)
    }
}
