import CatalogModel

/// Conversions between types.
enum ScalarCast {
    static func cast(
        _ values: ScalarValues,
        from: ScalarType,
        to target: SQLCastType
    ) throws(ExpressionError) -> ScalarValues {
        if case .text(let limit) = target { return .texts(text(values, from, limit)) }
        let type = ScalarType(target)
        switch values {
        case .texts(let slots): return try parse(slots, target)
        case .truths(let truths):
            if type == .boolean { return values }
            return .integers(Slots(truths.map { $0 == 1 ? 1 : 0 }, nulls: truths.map { $0 == 2 }))
        case .integers(let slots): return try cast(slots, from, target)
        case .exacts(let slots): return try cast(slots, target)
        case .doubles(let slots): return try cast(slots, isSingle: from == .float4, target)
        }
    }

    /// The values that are known, turned into something else.
    static func mapped<T, U>(
        _ slots: Slots<T>,
        missing: U,
        _ transform: (T) throws(ExpressionError) -> U
    ) throws(ExpressionError) -> Slots<U> {
        var values: [U] = []
        values.reserveCapacity(slots.count)
        for row in slots.values.indices {
            values.append(slots.isNull(row) ? missing : try transform(slots.values[row]))
        }
        return Slots(values, nulls: slots.nulls)
    }

    private static func limited(_ value: ExactNumber, _ target: SQLCastType) throws(ExpressionError)
        -> ExactNumber
    {
        guard case .numeric(let precision?, let scale) = target else { return value }
        guard let rounded = value.rescaled(to: scale),
            rounded.mantissa.magnitude < ExactNumber.powers[precision].magnitude
        else { throw .outOfRange }
        return rounded
    }

    private static func cast(
        _ slots: Slots<Int64>,
        _ from: ScalarType,
        _ target: SQLCastType
    ) throws(ExpressionError) -> ScalarValues {
        switch target {
        case .boolean:
            return .truths(
                slots.values.indices.map { slots.isNull($0) ? 2 : (slots.values[$0] == 0 ? 0 : 1) }
            )
        case .smallint, .integer, .bigint:
            let range = ScalarArithmetic.range(ScalarType(target))
            return .integers(
                try mapped(slots, missing: 0) { (value) throws(ExpressionError) in
                    guard range.contains(value) else { throw .outOfRange }
                    return value
                }
            )
        case .numeric:
            return .exacts(
                try mapped(slots, missing: ExactNumber(0, scale: 0)) { (value) throws(ExpressionError) in
                    try limited(ExactNumber(Int128(value), scale: 0), target)
                }
            )
        case .real: return .doubles(try mapped(slots, missing: 0) { Double(Float($0)) })
        case .double: return .doubles(try mapped(slots, missing: 0) { Double($0) })
        case .date:
            return from == .date
                ? .integers(slots)
                : .integers(try mapped(slots, missing: 0) { $0.flooredDivision(by: 86_400_000_000) })
        case .timestamp:
            return from == .timestamp
                ? .integers(slots) : .integers(try mapped(slots, missing: 0) { $0 * 86_400_000_000 })
        case .text: preconditionFailure("text was handled before")
        }
    }

    private static func cast(_ slots: Slots<ExactNumber>, _ target: SQLCastType) throws(ExpressionError)
        -> ScalarValues
    {
        switch target {
        case .smallint, .integer, .bigint:
            let range = ScalarArithmetic.range(ScalarType(target))
            return .integers(
                try mapped(slots, missing: 0) { (value) throws(ExpressionError) in
                    guard let whole = value.rescaled(to: 0).flatMap({ Int64(exactly: $0.mantissa) }),
                        range.contains(whole)
                    else { throw .outOfRange }
                    return whole
                }
            )
        case .numeric:
            return .exacts(
                try mapped(slots, missing: ExactNumber(0, scale: 0)) { (value) throws(ExpressionError) in
                    try limited(value, target)
                }
            )
        case .real: return .doubles(try mapped(slots, missing: 0) { Double(Float($0.text) ?? .nan) })
        case .double: return .doubles(try mapped(slots, missing: 0) { $0.double })
        case .boolean, .text, .date, .timestamp: preconditionFailure("a cast that the compiler allows")
        }
    }

    private static func cast(
        _ slots: Slots<Double>,
        isSingle: Bool,
        _ target: SQLCastType
    ) throws(ExpressionError) -> ScalarValues {
        switch target {
        case .smallint, .integer, .bigint:
            let range = ScalarArithmetic.range(ScalarType(target))
            return .integers(
                try mapped(slots, missing: 0) { (value) throws(ExpressionError) in
                    guard let whole = Int64(exactly: value.rounded(.toNearestOrEven)), range.contains(whole)
                    else {
                        throw .outOfRange
                    }
                    return whole
                }
            )
        case .real:
            return .doubles(
                try mapped(slots, missing: 0) { (value) throws(ExpressionError) in
                    let single = Double(Float(value))
                    guard single.isInfinite == value.isInfinite, single != 0 || value == 0 else {
                        throw .outOfRange
                    }
                    return single
                }
            )
        case .double: return .doubles(slots)
        case .numeric: throw .outOfRange
        case .boolean, .text, .date, .timestamp: preconditionFailure("a cast that the compiler allows")
        }
    }

    private static func parse(_ slots: TextSlots, _ target: SQLCastType) throws(ExpressionError)
        -> ScalarValues
    {
        let type = ScalarType(target)
        func read<T>(_ missing: T, _ parse: (UnsafeBufferPointer<UInt8>) -> T?) throws(ExpressionError)
            -> Slots<T>
        {
            var values: [T] = []
            values.reserveCapacity(slots.count)
            slots.bytes.withUnsafeBufferPointer { bytes in
                for row in 0..<slots.count {
                    if slots.isNull(row) {
                        values.append(missing)
                    } else if let value = parse(TextSlots.slice(bytes, slots.ranges.values[row])) {
                        values.append(value)
                    } else {
                        return
                    }
                }
            }
            guard values.count == slots.count else { throw .invalidText(for: type.name) }
            return Slots(values, nulls: slots.ranges.nulls)
        }
        switch target {
        case .boolean:
            let truths = try read(false) { ScalarText.truth($0) }
            return .truths(truths.values.indices.map { truths.isNull($0) ? 2 : (truths.values[$0] ? 1 : 0) })
        case .smallint, .integer, .bigint:
            let range = ScalarArithmetic.range(type)
            return .integers(
                try read(0) { text in ScalarText.integer(text).flatMap { range.contains($0) ? $0 : nil } }
            )
        case .numeric:
            return try cast(try read(ExactNumber(0, scale: 0)) { ExactNumber($0) }, target)
        case .real:
            return .doubles(
                try read(0) { text in
                    guard let double = ScalarText.double(text) else { return nil }
                    let word = String(decoding: text.trimmingSpace, as: UTF8.self)
                    let single = Double(Float(word) ?? Float(double))
                    return single.isInfinite == double.isInfinite && (single != 0 || double == 0)
                        ? single : nil
                }
            )
        case .double: return .doubles(try read(0) { ScalarText.double($0) })
        case .date: return .integers(try read(0) { ScalarText.date($0) })
        case .timestamp: return .integers(try read(0) { ScalarText.timestamp($0) })
        case .text: return .texts(slots)
        }
    }

    /// Any values as texts, cut to a number of characters.
    static func text(_ values: ScalarValues, _ from: ScalarType, _ limit: Int?) -> TextSlots {
        if case .texts(let slots) = values {
            guard let limit else { return slots }
            return ScalarFunctions.mapped(slots) { text in
                var end = 0
                for _ in 0..<limit where end < text.count { end = LikePattern.next(text, end) }
                return Array(text[..<end])
            }
        }
        var bytes: [UInt8] = []
        var ranges = Slots<Range<Int32>>([])
        var nulls: [Bool] = []
        for row in 0..<values.count {
            let start = Int32(bytes.count)
            let isNull = values.isNull(row)
            nulls.append(isNull)
            if !isNull { bytes.append(contentsOf: text(values, from, row).utf8) }
            ranges.values.append(start..<Int32(bytes.count))
        }
        ranges.nulls = nulls.contains(true) ? nulls : []
        return TextSlots(bytes: bytes, ranges: ranges)
    }

    private static func text(_ values: ScalarValues, _ from: ScalarType, _ row: Int) -> String {
        switch values {
        case .truths(let truths): return truths[row] == 1 ? "true" : "false"
        case .integers(let slots):
            let value = slots.values[row]
            if from == .date { return ScalarText.text(date: value) }
            return from == .timestamp ? ScalarText.text(timestamp: value) : String(value)
        case .exacts(let slots): return slots.values[row].text
        case .doubles(let slots): return ScalarText.text(double: slots.values[row], isSingle: from == .float4)
        case .texts: return ""
        }
    }
}
