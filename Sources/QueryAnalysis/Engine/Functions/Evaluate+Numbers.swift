import Glibc
import Masking

/// What arithmetic and functions of numbers give, with PostgreSQL's ranges and errors.
enum NumberFunctions {
    static func apply(
        _ function: Builtin,
        _ a: [Datum],
        _ types: [EngineType]
    ) throws(EngineFault) -> Datum? {
        switch function {
        case .pi: return .double(.pi)
        case .toHexadecimal:
            let isShort = types.first?.kind == .int4
            let bits =
                isShort ? UInt64(UInt32(truncatingIfNeeded: a[0].integer)) : UInt64(bitPattern: a[0].integer)
            return .text(String(bits, radix: 16))
        default: break
        }
        switch a.first {
        case .integer(let left)?:
            return try integer(function, left, a.count > 1 ? a[1].integer : 0, types[0])
        case .exact(let left)?: return try exact(function, left.number, a.count > 1 ? a[1] : .null)
        case .double(let left)?:
            return try double(
                function,
                left,
                a.count > 1 ? a[1].double : 0,
                isSingle: types[0].kind == .float4
            )
        case .null?, .truth?, .bytes?, .list?, nil: return nil
        }
    }

    private static func integer(
        _ function: Builtin,
        _ left: Int64,
        _ right: Int64,
        _ type: EngineType
    ) throws(EngineFault) -> Datum? {
        let outcome: (partialValue: Int64, overflow: Bool)
        switch function {
        case .add: outcome = left.addingReportingOverflow(right)
        case .subtract: outcome = left.subtractingReportingOverflow(right)
        case .multiply: outcome = left.multipliedReportingOverflow(by: right)
        case .divide:
            guard right != 0 else { throw .divisionByZero }
            outcome = left.dividedReportingOverflow(by: right)
        case .remainder, .mod:
            guard right != 0 else { throw .divisionByZero }
            return .integer(right == -1 ? 0 : left % right)
        case .negate: outcome = Int64(0).subtractingReportingOverflow(left)
        case .absolute: outcome = left < 0 ? Int64(0).subtractingReportingOverflow(left) : (left, false)
        case .bitAnd: return .integer(left & right)
        case .bitOr: return .integer(left | right)
        case .bitXor: return .integer(left ^ right)
        case .bitNot: return .integer(~left)
        case .shiftLeft, .shiftRight: return .integer(shifted(function, left, right, type))
        case .gcd: outcome = (try divisor(left, right), false)
        case .lcm:
            guard left != 0, right != 0 else { return .integer(0) }
            outcome = (left / (try divisor(left, right))).multipliedReportingOverflow(by: right)
            guard !outcome.overflow, outcome.partialValue != .min else { throw .outOfRange }
            return .integer(try Casting.inRange(abs(outcome.partialValue), type))
        case .addDays, .subtractDays: return try days(function, left, right)
        case .daysBetween: return .integer(left - right)
        default: return nil
        }
        guard !outcome.overflow else { throw .outOfRange }
        return .integer(try Casting.inRange(outcome.partialValue, type))
    }

    private static func days(
        _ function: Builtin,
        _ date: Int64,
        _ days: Int64
    ) throws(EngineFault) -> Datum {
        let result = function == .addDays ? date + days : date - days
        // Years 1 to 9999, as files and texts have them.
        guard Casting.days.contains(result) else { throw .missing("dates outside of the years 1 to 9999") }
        return .integer(result)
    }

    private static func shifted(
        _ function: Builtin,
        _ value: Int64,
        _ count: Int64,
        _ type: EngineType
    ) -> Int64 {
        switch type.kind {
        case .int8:
            let places = count & 63
            return function == .shiftLeft ? value << places : value >> places
        default:
            let places = Int32(truncatingIfNeeded: count) & 31
            let whole = Int32(truncatingIfNeeded: value)
            let result = function == .shiftLeft ? whole << places : whole >> places
            return type.kind == .int2 ? Int64(Int16(truncatingIfNeeded: result)) : Int64(result)
        }
    }

    private static func divisor(_ left: Int64, _ right: Int64) throws(EngineFault) -> Int64 {
        var (one, other) = (left.magnitude, right.magnitude)
        while other != 0 { (one, other) = (other, one % other) }
        guard let result = Int64(exactly: one) else { throw .outOfRange }
        return result
    }

    private static func exact(
        _ function: Builtin,
        _ left: ExactNumber,
        _ second: Datum
    ) throws(EngineFault) -> Datum? {
        switch function {
        case .add, .subtract, .multiply, .divide, .remainder, .mod, .div:
            return .exact(try Exact.apply(function, left, second.number))
        case .negate: return .exact(ExactNumber(-left.mantissa, scale: left.scale))
        case .absolute: return .exact(ExactNumber(abs(left.mantissa), scale: left.scale))
        case .sign: return .exact(ExactNumber(Int128(left.mantissa.signum()), scale: 0))
        case .round: return .exact(try Exact.rounded(left, 0))
        case .roundTo: return .exact(try Exact.rounded(left, Int(second.integer)))
        case .truncate: return .exact(try Exact.truncated(left, 0))
        case .truncateTo:
            return .exact(try Exact.truncated(left, Int(second.integer)))
        case .floor, .ceiling:
            let whole = try Exact.truncated(left, 0)
            let isWhole = ExactNumber.order(whole, left) == 0
            let step: Int128 =
                isWhole
                ? 0 : function == .floor ? (left.mantissa < 0 ? -1 : 0) : (left.mantissa > 0 ? 1 : 0)
            return .exact(ExactNumber(whole.mantissa + step, scale: 0))
        case .scaleOf: return .integer(Int64(left.scale))
        case .trimScale:
            var result = left
            while result.scale > 0, result.mantissa % 10 == 0 {
                result.mantissa /= 10
                result.scale -= 1
            }
            return .exact(result)
        default: return nil
        }
    }

    private static func double(
        _ function: Builtin,
        _ left: Double,
        _ right: Double,
        isSingle: Bool
    ) throws(EngineFault) -> Datum? {
        var result: Double
        switch function {
        case .add: result = left + right
        case .subtract: result = left - right
        case .multiply: result = left * right
        case .divide:
            guard right != 0 || left.isNaN else { throw .divisionByZero }
            result = left / right
        case .negate: return .double(-left)
        case .absolute: return .double(left.magnitude)
        case .round: return .double(left.rounded(.toNearestOrEven))
        case .truncate: return .double(left.rounded(.towardZero))
        case .floor: return .double(left.rounded(.down))
        case .ceiling: return .double(left.rounded(.up))
        case .sign: return .double(left > 0 ? 1 : left < 0 ? -1 : 0)
        case .squareRoot:
            guard !(left < 0) else {
                throw EngineFault("2201F", "cannot take square root of a negative number")
            }
            return .double(left.squareRoot())
        case .cubeRoot: return .double(Glibc.cbrt(left))
        case .power: return .double(try power(left, right))
        case .exponential: result = Glibc.exp(left)
        case .logarithm, .logarithm10:
            guard left > 0 || left.isNaN else {
                throw EngineFault("2201E", "cannot take logarithm of zero or a negative number")
            }
            return .double(function == .logarithm ? Glibc.log(left) : Glibc.log10(left))
        case .degrees: result = left / (.pi / 180)
        case .radians:
            let radians = left * (.pi / 180)
            guard radians != 0 || left == 0 else { throw .outOfRange }
            return .double(radians)
        case .sine: return .double(try finite(left, Glibc.sin))
        case .cosine: return .double(try finite(left, Glibc.cos))
        case .tangent: return .double(try finite(left, Glibc.tan))
        case .arcSine, .arcCosine:
            guard left.isNaN || (-1...1).contains(left) else {
                throw EngineFault("22003", "input is out of range")
            }
            return .double(function == .arcSine ? Glibc.asin(left) : Glibc.acos(left))
        case .arcTangent: return .double(Glibc.atan(left))
        case .arcTangent2: return .double(Glibc.atan2(left, right))
        default: return nil
        }
        if isSingle { result = Double(Float(result)) }
        if result.isInfinite, !left.isInfinite, !right.isInfinite { throw .outOfRange }
        let underflows = function == .multiply || function == .divide || function == .exponential
        if result == 0, underflows, left != 0, function != .exponential || !left.isInfinite,
            function == .divide ? !right.isInfinite : function == .exponential || right != 0
        {
            throw .outOfRange
        }
        return .double(result)
    }

    private static func finite(_ value: Double, _ function: (Double) -> Double) throws(EngineFault) -> Double
    {
        guard !value.isInfinite else { throw EngineFault("22003", "input is out of range") }
        return function(value)
    }

    private static func power(_ base: Double, _ exponent: Double) throws(EngineFault) -> Double {
        if base.isNaN { return exponent == 0 ? 1 : base }
        if exponent.isNaN { return base == 1 ? 1 : exponent }
        if base == 0, exponent < 0 {
            throw EngineFault("2201F", "zero raised to a negative power is undefined")
        }
        if base < 0, exponent.rounded() != exponent {
            throw EngineFault(
                "2201F",
                "a negative number raised to a non-integer power yields a complex result"
            )
        }
        let result = Glibc.pow(base, exponent)
        if base.isFinite, exponent.isFinite {
            guard result.isFinite, result != 0 || base == 0 else { throw .outOfRange }
        }
        return result
    }
}

/// Arithmetic of exact decimals.
enum Exact {
    static func apply(
        _ function: Builtin,
        _ left: ExactNumber,
        _ right: ExactNumber
    ) throws(EngineFault) -> ExactNumber {
        switch function {
        case .multiply:
            let (product, overflow) = left.mantissa.multipliedReportingOverflow(by: right.mantissa)
            let result = ExactNumber(product, scale: left.scale + right.scale)
            guard !overflow, result.fits, result.scale <= 38 else { throw .tooWide }
            return result
        case .divide: return try divided(left, right)
        case .div:
            let scale = max(left.scale, right.scale)
            guard right.mantissa != 0 else { throw .divisionByZero }
            guard let first = left.rescaled(to: scale), let second = right.rescaled(to: scale) else {
                throw .tooWide
            }
            return ExactNumber(first.mantissa / second.mantissa, scale: 0)
        default: break
        }
        let scale = max(left.scale, right.scale)
        guard let first = left.rescaled(to: scale), let second = right.rescaled(to: scale) else {
            throw .tooWide
        }
        if function == .remainder || function == .mod {
            guard second.mantissa != 0 else { throw .divisionByZero }
            return ExactNumber(first.mantissa % second.mantissa, scale: scale)
        }
        let (sum, overflow) =
            function == .add
            ? first.mantissa.addingReportingOverflow(second.mantissa)
            : first.mantissa.subtractingReportingOverflow(second.mantissa)
        let result = ExactNumber(sum, scale: scale)
        guard !overflow, result.fits else { throw .tooWide }
        return result
    }

    static func divided(_ left: ExactNumber, _ right: ExactNumber) throws(EngineFault) -> ExactNumber {
        do throws(ExpressionError) { return try ExactDivision.divide(left, by: right) } catch {
            if case .divisionByZero = error { throw .divisionByZero }
            throw .tooWide
        }
    }

    static func rounded(_ value: ExactNumber, _ digits: Int) throws(EngineFault) -> ExactNumber {
        if digits >= 0 {
            guard let result = value.rescaled(to: digits), result.fits else { throw .tooWide }
            return result
        }
        guard digits > -38 else { return ExactNumber(0, scale: 0) }
        let scale = value.scale - digits
        guard scale <= 76 else { return ExactNumber(0, scale: 0) }
        let coarse = ExactNumber(value.mantissa, scale: scale)
        guard let whole = scale > 38 ? ExactNumber(0, scale: 0) : coarse.rescaled(to: 0) else {
            throw .tooWide
        }
        let (product, overflow) = whole.mantissa.multipliedReportingOverflow(by: ExactNumber.powers[-digits])
        guard !overflow else { throw .tooWide }
        return ExactNumber(product, scale: 0)
    }

    static func truncated(_ value: ExactNumber, _ digits: Int) throws(EngineFault) -> ExactNumber {
        if digits >= value.scale {
            guard digits <= 38, let result = value.rescaled(to: digits), result.fits else { throw .tooWide }
            return result
        }
        let drop = value.scale - digits
        guard drop <= 38 else { return ExactNumber(0, scale: max(0, digits)) }
        let kept = value.mantissa / ExactNumber.powers[drop]
        guard digits < 0 else { return ExactNumber(kept, scale: digits) }
        return ExactNumber(kept * ExactNumber.powers[-digits], scale: 0)
    }
}
