/// Comparisons, NULL where an operand is.
enum ScalarOrder {
    static func compare(_ orders: OrderSet, _ left: ScalarValues, _ right: ScalarValues) -> [UInt8] {
        switch (left, right) {
        case (.truths(let first), .truths(let second)):
            return first.indices.map { row in
                first[row] == 2 || second[row] == 2 ? 2 : orders.holds(Int(first[row]) - Int(second[row]))
            }
        case (.integers(let first), .integers(let second)):
            return compare(orders, first, second) { ($0 > $1 ? 1 : 0) - ($0 < $1 ? 1 : 0) }
        case (.exacts(let first), .exacts(let second)):
            return compare(orders, first, second) { ExactNumber.order($0, $1) }
        case (.doubles(let first), .doubles(let second)):
            return compare(orders, first, second) { order($0, $1) }
        case (.texts(let first), .texts(let second)): return texts(orders, first, second)
        default: preconditionFailure("operands of one type")
        }
    }

    /// NaN equals itself and comes after everything.
    @inline(__always)
    static func order(_ left: Double, _ right: Double) -> Int {
        if left.isNaN || right.isNaN { return (left.isNaN ? 1 : 0) - (right.isNaN ? 1 : 0) }
        return (left > right ? 1 : 0) - (left < right ? 1 : 0)
    }

    @inline(__always)
    private static func compare<T>(
        _ orders: OrderSet,
        _ left: Slots<T>,
        _ right: Slots<T>,
        _ order: (T, T) -> Int
    ) -> [UInt8] {
        let hasNulls = !left.nulls.isEmpty || !right.nulls.isEmpty
        return [UInt8](unsafeUninitializedCapacity: left.count) { result, count in
            left.values.withUnsafeBufferPointer { first in
                right.values.withUnsafeBufferPointer { second in
                    for row in 0..<first.count {
                        let value = orders.holds(order(first[row], second[row]))
                        result.initializeElement(at: row, to: value)
                    }
                    if hasNulls {
                        for row in 0..<first.count where left.isNull(row) || right.isNull(row) {
                            result[row] = 2
                        }
                    }
                }
            }
            count = left.count
        }
    }

    private static func texts(_ orders: OrderSet, _ left: TextSlots, _ right: TextSlots) -> [UInt8] {
        left.bytes.withUnsafeBufferPointer { first in
            right.bytes.withUnsafeBufferPointer { second in
                left.ranges.values.indices.map { row in
                    if left.isNull(row) || right.isNull(row) { return 2 }
                    let one = TextSlots.slice(first, left.ranges.values[row])
                    let other = TextSlots.slice(second, right.ranges.values[row])
                    if orders.isEquality, one.count != other.count { return orders.holds(1) }
                    return orders.holds(order(one, other))
                }
            }
        }
    }

    /// Byte by byte, the shorter first; eight at a time while they are the same.
    @inline(__always)
    static func order(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        let shared = min(left.count, right.count)
        var index = 0
        let first = UnsafeRawBufferPointer(left)
        let second = UnsafeRawBufferPointer(right)
        while index + 8 <= shared,
            first.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                == second.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        {
            index += 8
        }
        while index < shared {
            if left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
            index += 1
        }
        return (left.count > right.count ? 1 : 0) - (left.count < right.count ? 1 : 0)
    }
}
