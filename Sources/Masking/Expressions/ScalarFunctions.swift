import CatalogModel
import Crypto

/// Functions of the subset.
///
/// Characters are code points.
enum ScalarFunctions {
    static func apply(
        _ function: SQLFunction,
        _ arguments: [ScalarValues],
        _ type: ScalarType
    ) throws(ExpressionError) -> ScalarValues {
        if case .texts(let first)? = arguments.first {
            if function == .concat {
                return .texts(joined(arguments.compactMap { $0.textSlots }, skippingNulls: true))
            }
            return try text(function, first, arguments)
        }
        return try numeric(function, arguments)
    }

    /// Each text turned into another.
    static func mapped(_ slots: TextSlots, _ transform: (UnsafeBufferPointer<UInt8>) -> [UInt8]) -> TextSlots
    {
        var result = TextSlots(bytes: [], ranges: Slots([], nulls: slots.ranges.nulls))
        result.ranges.values.reserveCapacity(slots.count)
        slots.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<slots.count {
                let start = Int32(result.bytes.count)
                if !slots.isNull(row) {
                    result.bytes.append(
                        contentsOf: transform(TextSlots.slice(bytes, slots.ranges.values[row]))
                    )
                }
                result.ranges.values.append(start..<Int32(result.bytes.count))
            }
        }
        return result
    }

    /// Texts one after another, row by row; NULL where any is, unless those are passed over.
    static func joined(_ parts: [TextSlots], skippingNulls: Bool = false) -> TextSlots {
        let count = parts.first?.count ?? 0
        var result = TextSlots(bytes: [], ranges: Slots([]))
        if !skippingNulls, parts.contains(where: { !$0.ranges.nulls.isEmpty }) {
            result.ranges.nulls = (0..<count).map { row in parts.contains { $0.isNull(row) } }
        }
        for row in 0..<count {
            let start = Int32(result.bytes.count)
            if !result.isNullMark(row) {
                for part in parts where !part.isNull(row) {
                    let range = part.ranges.values[row]
                    result.bytes.append(contentsOf: part.bytes[Int(range.lowerBound)..<Int(range.upperBound)])
                }
            }
            result.ranges.values.append(start..<Int32(result.bytes.count))
        }
        return result
    }

    static func lowered(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        if text.allSatisfy({ $0 < 128 }) { return text.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 } }
        return cased(text) { $0.properties.lowercaseMapping }
    }

    static func raised(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        if text.allSatisfy({ $0 < 128 }) { return text.map { $0 &- 97 < 26 ? $0 & 0xDF : $0 } }
        return cased(text) { $0.properties.uppercaseMapping }
    }

    /// One character for one: mappings to several are left out, as in C's `towupper`.
    private static func cased(
        _ text: UnsafeBufferPointer<UInt8>,
        _ mapping: (Unicode.Scalar) -> String
    ) -> [UInt8] {
        var result: [UInt8] = []
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            let mapped = mapping(scalar).unicodeScalars
            let chosen = mapped.count == 1 ? mapped[mapped.startIndex] : scalar
            result.append(contentsOf: Array(String(Character(chosen)).utf8))
        }
        return result
    }

    private static func text(
        _ function: SQLFunction,
        _ first: TextSlots,
        _ arguments: [ScalarValues]
    ) throws(ExpressionError) -> ScalarValues {
        switch function {
        case .lower: return .texts(mapped(first, lowered))
        case .upper: return .texts(mapped(first, raised))
        case .reverse:
            return .texts(
                mapped(first) { text in
                    var reversed = String.UnicodeScalarView()
                    reversed.append(
                        contentsOf: String(decoding: text, as: UTF8.self).unicodeScalars.reversed()
                    )
                    return Array(String(reversed).utf8)
                }
            )
        case .md5:
            return .texts(
                mapped(first) { text in
                    let digits = Array("0123456789abcdef".utf8)
                    return Insecure.MD5.hash(data: Array(text)).flatMap {
                        [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
                    }
                }
            )
        case .length: return try rows(first, arguments, .int4) { .integer(Int64(TextRow.length($0.text(0)))) }
        case .position: return try rows(first, arguments, .int4) { .integer(Int64(TextRow.position($0))) }
        case .startsWith:
            return try rows(first, arguments, .boolean) { .truth($0.text(0).starts(with: $0.text(1))) }
        case .substring, .left, .right, .lpad, .rpad, .repeatText, .replace, .trim, .trimStart, .trimEnd,
            .splitPart:
            return try rows(first, arguments) { (row) throws(ExpressionError) in
                .text(try TextRow.apply(function, row))
            }
        case .concat, .abs, .round, .floor, .ceil, .mod, .sign, .now, .currentDate:
            preconditionFailure("a function of text")
        }
    }

    /// One result for each row of which no argument is NULL.
    private static func rows(
        _ first: TextSlots,
        _ arguments: [ScalarValues],
        _ kind: ScalarType = .text,
        _ result: (TextRow) throws(ExpressionError) -> Constant
    ) throws(ExpressionError) -> ScalarValues {
        var nulls: [Bool] = []
        var truths: [UInt8] = []
        var integers: [Int64] = []
        var texts = TextSlots(bytes: [], ranges: Slots([]))
        for row in 0..<first.count {
            let isNull = arguments.contains { $0.isNull(row) }
            nulls.append(isNull)
            let start = Int32(texts.bytes.count)
            var truth: UInt8 = 2
            var integer: Int64 = 0
            if !isNull {
                switch try result(TextRow(arguments: arguments, row: row)) {
                case .truth(let value): truth = value ? 1 : 0
                case .integer(let value): integer = value
                case .text(let value): texts.bytes.append(contentsOf: value)
                case .null, .exact, .double: preconditionFailure("a truth, a number or a text")
                }
            }
            truths.append(truth)
            integers.append(integer)
            texts.ranges.values.append(start..<Int32(texts.bytes.count))
            guard texts.bytes.count < 1 << 30 else { throw .outOfRange }
        }
        let marks = nulls.contains(true) ? nulls : []
        texts.ranges.nulls = marks
        switch kind {
        case .boolean: return .truths(truths)
        case .int4: return .integers(Slots(integers, nulls: marks))
        case .unknown, .int2, .int8, .numeric, .float4, .float8, .text, .date, .timestamp, .opaque:
            return .texts(texts)
        }
    }

    private static func numeric(
        _ function: SQLFunction,
        _ arguments: [ScalarValues]
    ) throws(ExpressionError) -> ScalarValues {
        switch arguments[0] {
        case .integers(let slots):
            return .integers(
                try ScalarCast.mapped(slots, missing: 0) { (value) throws(ExpressionError) in
                    guard value != .min else { throw .outOfRange }
                    return value.magnitude <= UInt64(Int64.max) ? abs(value) : value
                }
            )
        case .doubles(let slots):
            return .doubles(
                try ScalarCast.mapped(slots, missing: 0) { (value) throws(ExpressionError) in
                    switch function {
                    case .abs: value.magnitude
                    case .round: value.rounded(.toNearestOrEven)
                    case .floor: value.rounded(.down)
                    case .ceil: value.rounded(.up)
                    case .sign, .lower, .upper, .length, .reverse, .replace, .concat, .left, .right, .lpad,
                        .rpad,
                        .md5, .repeatText, .substring, .trim, .trimStart, .trimEnd, .position, .startsWith,
                        .splitPart, .mod, .now, .currentDate:
                        value.isNaN ? value : (value > 0 ? 1 : (value < 0 ? -1 : 0))
                    }
                }
            )
        case .exacts(let slots):
            var digits = Slots([Int64](repeating: 0, count: slots.count))
            if arguments.count == 2, case .integers(let given) = arguments[1] { digits = given }
            var result = slots
            for row in slots.values.indices {
                if digits.isNull(row) {
                    result.setNull(row)
                } else if !slots.isNull(row) {
                    result.values[row] = try ExactFunctions.apply(
                        function,
                        slots.values[row],
                        Int(digits.values[row])
                    )
                }
            }
            return .exacts(result)
        case .truths, .texts: preconditionFailure("a number")
        }
    }
}

/// Functions of one exact decimal.
enum ExactFunctions {
    static func apply(
        _ function: SQLFunction,
        _ value: ExactNumber,
        _ digits: Int
    ) throws(ExpressionError) -> ExactNumber {
        switch function {
        case .abs:
            return ExactNumber(value.mantissa < 0 ? -value.mantissa : value.mantissa, scale: value.scale)
        case .sign: return ExactNumber(Int128(value.mantissa.signum()), scale: 0)
        case .round:
            if digits >= 0 {
                guard let rounded = value.rescaled(to: digits), rounded.fits else { throw .outOfRange }
                return rounded
            }
            guard digits > -38 else { return ExactNumber(0, scale: 0) }
            let unit = ExactNumber.powers[-digits]
            guard let coarse = ExactNumber(value.mantissa, scale: value.scale - digits).rescaledOrZero else {
                throw .outOfRange
            }
            let (product, overflow) = coarse.multipliedReportingOverflow(by: unit)
            guard !overflow else { throw .outOfRange }
            return ExactNumber(product, scale: 0)
        case .floor, .ceil:
            let divisor = ExactNumber.powers[value.scale]
            let (quotient, rest) = value.mantissa.quotientAndRemainder(dividingBy: divisor)
            let step: Int128 = rest == 0 ? 0 : (function == .floor ? (rest < 0 ? -1 : 0) : (rest > 0 ? 1 : 0))
            return ExactNumber(quotient + step, scale: 0)
        case .lower, .upper, .length, .reverse, .replace, .concat, .left, .right, .lpad, .rpad, .md5,
            .repeatText,
            .substring, .trim, .trimStart, .trimEnd, .position, .startsWith, .splitPart, .mod, .now,
            .currentDate:
            preconditionFailure("a function of numbers")
        }
    }
}

extension ExactNumber {
    /// The whole part, rounded, also of numbers with more than 38 digits after the point.
    var rescaledOrZero: Int128? { scale > 38 ? 0 : rescaled(to: 0)?.mantissa }
}

extension ScalarValues {
    /// The texts, if it is texts.
    var textSlots: TextSlots? {
        guard case .texts(let slots) = self else { return nil }
        return slots
    }
}

extension TextSlots {
    /// Whether a row that is being built was marked NULL.
    func isNullMark(_ row: Int) -> Bool { !ranges.nulls.isEmpty && ranges.nulls[row] }
}
