import CatalogModel

/// Arithmetic with PostgreSQL's ranges and errors.
enum ScalarArithmetic {
    static func range(_ type: ScalarType) -> ClosedRange<Int64> {
        switch type {
        case .int2: Int64(Int16.min)...Int64(Int16.max)
        case .int4: Int64(Int32.min)...Int64(Int32.max)
        case .date: -719_162...2_932_896
        case .unknown, .boolean, .int8, .numeric, .float4, .float8, .text, .timestamp, .opaque:
            Int64.min...Int64.max
        }
    }

    static func negate(_ values: ScalarValues, _ type: ScalarType) throws(ExpressionError) -> ScalarValues {
        switch values {
        case .integers(let slots):
            let zeros = Slots([Int64](repeating: 0, count: slots.count))
            return try apply(.subtract, .integers(zeros), .integers(slots), type)
        case .exacts(var slots):
            for row in slots.values.indices { slots.values[row].mantissa.negate() }
            return .exacts(slots)
        case .doubles(var slots):
            for row in slots.values.indices { slots.values[row].negate() }
            return .doubles(slots)
        case .truths, .texts: preconditionFailure("a number")
        }
    }

    static func apply(
        _ symbol: SQLOperator,
        _ left: ScalarValues,
        _ right: ScalarValues,
        _ type: ScalarType
    ) throws(ExpressionError) -> ScalarValues {
        switch (left, right) {
        case (.integers(let first), .integers(let second)):
            let range = range(type)
            return .integers(
                try zip(first, second, missing: 0) { (one, other) throws(ExpressionError) in
                    try integer(symbol, one, other, range)
                }
            )
        case (.exacts(let first), .exacts(let second)):
            return .exacts(
                try zip(first, second, missing: ExactNumber(0, scale: 0)) {
                    (one, other) throws(ExpressionError) in
                    try exact(symbol, one, other)
                }
            )
        case (.doubles(let first), .doubles(let second)):
            return .doubles(
                try zip(first, second, missing: 0) { (one, other) throws(ExpressionError) in
                    try double(symbol, one, other, isSingle: type == .float4)
                }
            )
        case (.texts(let first), .texts(let second)): return .texts(ScalarFunctions.joined([first, second]))
        default: preconditionFailure("operands of one type")
        }
    }

    private static func zip<T>(
        _ left: Slots<T>,
        _ right: Slots<T>,
        missing: T,
        _ combine: (T, T) throws(ExpressionError) -> T
    ) throws(ExpressionError) -> Slots<T> {
        var result = Slots<T>([])
        result.values.reserveCapacity(left.count)
        if !left.nulls.isEmpty || !right.nulls.isEmpty {
            result.nulls = left.values.indices.map { left.isNull($0) || right.isNull($0) }
        }
        for row in left.values.indices {
            let isNull = result.isNull(row)
            result.values.append(isNull ? missing : try combine(left.values[row], right.values[row]))
        }
        return result
    }

    private static func integer(
        _ symbol: SQLOperator,
        _ left: Int64,
        _ right: Int64,
        _ range: ClosedRange<Int64>
    ) throws(ExpressionError) -> Int64 {
        let outcome: (partialValue: Int64, overflow: Bool)
        switch symbol {
        case .add: outcome = left.addingReportingOverflow(right)
        case .subtract: outcome = left.subtractingReportingOverflow(right)
        case .multiply: outcome = left.multipliedReportingOverflow(by: right)
        case .divide:
            guard right != 0 else { throw .divisionByZero }
            outcome = left.dividedReportingOverflow(by: right)
        case .remainder:
            guard right != 0 else { throw .divisionByZero }
            return right == -1 ? 0 : left % right
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .concatenate:
            preconditionFailure("an arithmetic operator")
        }
        guard !outcome.overflow, range.contains(outcome.partialValue) else { throw .outOfRange }
        return outcome.partialValue
    }

    private static func exact(
        _ symbol: SQLOperator,
        _ left: ExactNumber,
        _ right: ExactNumber
    ) throws(ExpressionError) -> ExactNumber {
        if symbol == .multiply {
            let (product, overflow) = left.mantissa.multipliedReportingOverflow(by: right.mantissa)
            let result = ExactNumber(product, scale: left.scale + right.scale)
            guard !overflow, result.fits, result.scale <= 38 else { throw .outOfRange }
            return result
        }
        if symbol == .divide { return try ExactDivision.divide(left, by: right) }
        let scale = max(left.scale, right.scale)
        guard let first = left.rescaled(to: scale), let second = right.rescaled(to: scale) else {
            throw .outOfRange
        }
        if symbol == .remainder {
            guard second.mantissa != 0 else { throw .divisionByZero }
            return ExactNumber(first.mantissa % second.mantissa, scale: scale)
        }
        let (sum, overflow) =
            symbol == .add
            ? first.mantissa.addingReportingOverflow(second.mantissa)
            : first.mantissa.subtractingReportingOverflow(second.mantissa)
        let result = ExactNumber(sum, scale: scale)
        guard !overflow, result.fits else { throw .outOfRange }
        return result
    }

    private static func double(
        _ symbol: SQLOperator,
        _ left: Double,
        _ right: Double,
        isSingle: Bool
    ) throws(ExpressionError) -> Double {
        var result: Double
        switch symbol {
        case .add: result = left + right
        case .subtract: result = left - right
        case .multiply: result = left * right
        case .divide:
            guard right != 0 || left.isNaN else { throw .divisionByZero }
            result = left / right
        case .remainder, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .concatenate:
            preconditionFailure("an arithmetic operator")
        }
        if isSingle { result = Double(Float(result)) }
        if result.isInfinite, !left.isInfinite, !right.isInfinite { throw .outOfRange }
        let underflows = symbol == .multiply || symbol == .divide
        if result == 0, left != 0, underflows, symbol == .divide ? !right.isInfinite : right != 0 {
            throw .outOfRange
        }
        return result
    }
}

/// Division of exact decimals, with the number of digits that PostgreSQL gives.
package enum ExactDivision {
    /// At least 16 significant digits, never fewer after the point than either operand has.
    ///
    /// - Throws: `.divisionByZero`, `.outOfRange`.
    package static func divide(_ left: ExactNumber, by right: ExactNumber) throws(ExpressionError)
        -> ExactNumber
    {
        guard right.mantissa != 0 else { throw .divisionByZero }
        let (firstWeight, firstDigit) = leading(left)
        let (secondWeight, secondDigit) = leading(right)
        let weight = firstWeight - secondWeight - (firstDigit <= secondDigit ? 1 : 0)
        let scale = max(16 - weight * 4, left.scale, right.scale, 0)
        let shift = scale + right.scale - left.scale
        guard scale <= 38, shift >= 0, shift <= 38 else { throw .outOfRange }
        let (product, overflow) = left.mantissa.multipliedReportingOverflow(by: ExactNumber.powers[shift])
        guard !overflow else { throw .outOfRange }
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: right.mantissa)
        let isNegative = (left.mantissa < 0) != (right.mantissa < 0)
        let roundsUp = rest.magnitude >= right.mantissa.magnitude - rest.magnitude
        return ExactNumber(quotient + (roundsUp ? (isNegative ? -1 : 1) : 0), scale: scale)
    }

    /// The first digit to the base 10,000, and its place: 0 is the last one before the point.
    private static func leading(_ number: ExactNumber) -> (weight: Int, digit: Int) {
        guard number.mantissa != 0 else { return (0, 0) }
        let digits = Array(String(number.mantissa.magnitude).utf8)
        let exponent = digits.count - 1 - number.scale
        let weight = exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4)
        var digit = 0
        for index in 0...(exponent - weight * 4) {
            digit = digit * 10 + (index < digits.count ? Int(digits[index] - 48) : 0)
        }
        return (weight, digit)
    }
}
