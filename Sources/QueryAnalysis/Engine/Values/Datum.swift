import Masking

/// A value while a statement runs; its type stands in the plan, not here.
package enum Datum: Sendable {
    /// NULL.
    case null
    /// A truth value.
    case truth(Bool)
    /// A whole number, the days of a date, or the microseconds of a moment or a time of day.
    case integer(Int64)
    /// A `float4` or `float8`.
    case double(Double)
    /// A `numeric`.
    case exact(PackedNumber)
    /// A text in UTF-8, bytes, or a JSON document; `char(n)` without the spaces at its end.
    case bytes([UInt8])
    /// The elements of an array, or the fields of a row.
    case list([Datum])

    /// A number.
    static func exact(_ number: ExactNumber) -> Datum { .exact(PackedNumber(number)) }

    /// A text.
    static func text(_ text: String) -> Datum { .bytes(Array(text.utf8)) }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Whether it is true, and not false or NULL.
    var isTrue: Bool {
        if case .truth(true) = self { true } else { false }
    }

    var integer: Int64 {
        if case .integer(let value) = self { value } else { 0 }
    }

    var double: Double {
        if case .double(let value) = self { value } else { 0 }
    }

    var truth: Bool { isTrue }

    var number: ExactNumber {
        if case .exact(let value) = self { value.number } else { ExactNumber(0, scale: 0) }
    }

    var bytes: [UInt8] {
        if case .bytes(let value) = self { value } else { [] }
    }

    var list: [Datum] {
        if case .list(let value) = self { value } else { [] }
    }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// About how much memory it takes.
    var footprint: Int {
        switch self {
        case .null, .truth, .integer, .double, .exact: 24
        case .bytes(let bytes): 56 + bytes.count
        case .list(let parts): parts.reduce(56) { $0 + $1.footprint }
        }
    }
}

/// An exact decimal in 17 bytes, so that other values needn't take more room because of it.
package struct PackedNumber: Sendable {
    private let high: Int64
    private let low: UInt64
    private let scale: UInt8

    init(_ number: ExactNumber) {
        high = Int64(truncatingIfNeeded: number.mantissa >> 64)
        low = UInt64(truncatingIfNeeded: number.mantissa)
        scale = UInt8(truncatingIfNeeded: number.scale)
    }

    var number: ExactNumber { ExactNumber(Int128(high) << 64 | Int128(low), scale: Int(scale)) }
}

/// Values as keys of groups, joins and sets: NULL equals NULL, and numbers count whatever their scale.
struct DatumKey: Hashable {
    let values: [Datum]

    static func == (left: DatumKey, right: DatumKey) -> Bool {
        for index in left.values.indices where Order.compare(left.values[index], right.values[index]) != 0 {
            return false
        }
        return true
    }

    func hash(into hasher: inout Hasher) {
        for value in values { DatumKey.hash(value, into: &hasher) }
    }

    private static func hash(_ value: Datum, into hasher: inout Hasher) {
        switch value {
        case .null: hasher.combine(0)
        case .truth(let truth): hasher.combine(truth)
        case .integer(let number): hasher.combine(number)
        case .double(let number): hasher.combine(number == 0 ? 0 : number)
        case .exact(let packed):
            var number = packed.number
            while number.scale > 0, number.mantissa % 10 == 0 {
                number.mantissa /= 10
                number.scale -= 1
            }
            hasher.combine(number.mantissa)
        case .bytes(let bytes): bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        case .list(let parts): for part in parts { hash(part, into: &hasher) }
        }
    }
}

/// The order of values of one type; texts by their bytes, as PostgreSQL's collation `C` has them.
enum Order {
    /// Negative, 0 or positive; NULL is after everything and equal to itself.
    static func compare(_ left: Datum, _ right: Datum) -> Int {
        switch (left, right) {
        case (.integer(let first), .integer(let second)): first < second ? -1 : first > second ? 1 : 0
        case (.bytes(let first), .bytes(let second)): compare(first, second)
        case (.null, .null): 0
        case (.null, _): 1
        case (_, .null): -1
        case (.truth(let first), .truth(let second)): (first ? 1 : 0) - (second ? 1 : 0)
        case (.double(let first), .double(let second)): compare(first, second)
        case (.exact(let first), .exact(let second)): ExactNumber.order(first.number, second.number)
        case (.list(let first), .list(let second)): compare(first, second)
        // Plans compare values of one type alone.
        case (.truth, _), (.integer, _), (.double, _), (.exact, _), (.bytes, _), (.list, _): 0
        }
    }

    static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left.withUnsafeBufferPointer { first in
            right.withUnsafeBufferPointer { second in
                let count = min(first.count, second.count)
                for index in 0..<count where first[index] != second[index] {
                    return Int(first[index]) - Int(second[index])
                }
                return first.count - second.count
            }
        }
    }

    /// `NaN` is the greatest and equal to itself.
    private static func compare(_ left: Double, _ right: Double) -> Int {
        if left.isNaN || right.isNaN { return (left.isNaN ? 1 : 0) - (right.isNaN ? 1 : 0) }
        return left < right ? -1 : left > right ? 1 : 0
    }

    private static func compare(_ left: [Datum], _ right: [Datum]) -> Int {
        for index in 0..<min(left.count, right.count) {
            let order = compare(left[index], right[index])
            if order != 0 { return order }
        }
        return left.count - right.count
    }
}

extension Datum: Equatable {
    /// Whether both are the same, NULL included.
    package static func == (left: Datum, right: Datum) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.truth(let first), .truth(let second)): first == second
        case (.integer(let first), .integer(let second)): first == second
        case (.double(let first), .double(let second)): first.bitPattern == second.bitPattern
        case (.exact(let first), .exact(let second)):
            first.number.mantissa == second.number.mantissa && first.number.scale == second.number.scale
        case (.bytes(let first), .bytes(let second)): first == second
        case (.list(let first), .list(let second)): first == second
        default: false
        }
    }
}
