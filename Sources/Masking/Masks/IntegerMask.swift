import CatalogModel

/// Replaces digits of whole numbers and keeps the sign.
///
/// **Source.** Hive's transformers compute in the column's own width and wrap: so does this. Zero is one digit.
struct IntegerMask: Hashable, Sendable {
    /// The width of the column's type.
    enum Width: Sendable { case byte, short, int, long }

    let extent: MaskExtent
    let digit: Int
    let width: Width

    func apply(to vector: ColumnVector) throws(VectorFault) -> ColumnVector {
        switch width {
        case .byte: try apply(to: vector, as: Int8.self)
        case .short: try apply(to: vector, as: Int16.self)
        case .int: try apply(to: vector, as: Int32.self)
        case .long: try apply(to: vector, as: Int64.self)
        }
    }

    private func apply<Number: FixedWidthInteger & SignedInteger>(
        to vector: ColumnVector,
        as type: Number.Type
    ) throws(VectorFault) -> ColumnVector {
        var offsets = [Int32](repeating: 0, count: vector.count + 1)
        var fault: VectorFault?
        let bytes = [UInt8](unsafeUninitializedCapacity: vector.count * 20) { output, end in
            vector.bytes.withUnsafeBufferPointer { input in
                for row in 0..<vector.count {
                    if !vector.isNull(row) {
                        guard let value = Number(decimal: input, vector.range(row)), end < Int(Int32.max) - 20
                        else {
                            fault = end < Int(Int32.max) - 20 ? .malformedValue : .oversized
                            return
                        }
                        end += output.write(Int64(masked(value)), at: end)
                    }
                    offsets[row + 1] = Int32(truncatingIfNeeded: end)
                }
            }
        }
        if let fault { throw fault }
        return ColumnVector(bytes: bytes, offsets: offsets, nullBits: vector.nullBits)
    }

    @inline(__always)
    func masked<Number: FixedWidthInteger & SignedInteger>(_ value: Number) -> Number {
        let magnitude = value < 0 ? 0 &- value : value
        var length = 0
        var rest = magnitude
        repeat {
            rest /= 10
            length += 1
        } while rest != 0
        let hidden = extent.hidden(of: length)
        var result: Number = 0
        var place: Number = 1
        rest = magnitude
        for position in stride(from: length - 1, through: 0, by: -1) {
            let shown = rest % 10
            result &+= (hidden.contains(position) ? Number(truncatingIfNeeded: digit) : shown) &* place
            rest /= 10
            place &*= 10
        }
        return value < 0 ? 0 &- result : result
    }
}

extension FixedWidthInteger where Self: SignedInteger {
    /// Reads `-?[0-9]+` within the type's range; nil for anything else.
    @inline(__always)
    init?(decimal bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        var index = range.lowerBound
        let isNegative = index < range.upperBound && bytes[index] == 45
        if isNegative { index += 1 }
        guard index < range.upperBound else { return nil }
        var value: Self = 0
        while index < range.upperBound {
            let digit = bytes[index] &- 48
            guard digit < 10 else { return nil }
            let (scaled, scaleOverflow) = value.multipliedReportingOverflow(by: 10)
            let part = Self(truncatingIfNeeded: digit)
            let (sum, sumOverflow) =
                isNegative ? scaled.subtractingReportingOverflow(part) : scaled.addingReportingOverflow(part)
            guard !scaleOverflow, !sumOverflow else { return nil }
            value = sum
            index += 1
        }
        self = value
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes a number in decimal and returns its length.
    @inline(__always)
    func write(_ value: Int64, at start: Int) -> Int {
        var rest = value.magnitude
        var length = value < 0 ? 2 : 1
        var power: UInt64 = 10
        while rest >= power {
            length += 1
            let (next, overflow) = power.multipliedReportingOverflow(by: 10)
            if overflow { break }
            power = next
        }
        var index = start + length
        repeat {
            index -= 1
            self[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        } while rest != 0
        if value < 0 { self[start] = 45 }
        return length
    }
}
