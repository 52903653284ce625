import CatalogModel

/// Reads the text of a column's values as their type.
enum ColumnReading {
    static func read(
        _ column: ColumnVector,
        _ type: ScalarType,
        _ name: ColumnName,
        _ rows: [Int32]
    ) throws(ExpressionError) -> ScalarValues {
        switch type {
        case .text, .opaque, .unknown:
            var ranges = Slots<Range<Int32>>([])
            ranges.values = column.offsets.withUnsafeBufferPointer { offsets in
                rows.map { offsets[Int($0)]..<offsets[Int($0) + 1] }
            }
            if column.hasNulls { ranges.nulls = rows.map { column.isNull(Int($0)) } }
            return .texts(TextSlots(bytes: column.bytes, ranges: ranges))
        case .boolean:
            let slots = try parsed(column, name, rows, missing: false) { ScalarText.truth($0) }
            return .truths(slots.values.indices.map { slots.isNull($0) ? 2 : (slots.values[$0] ? 1 : 0) })
        case .int2, .int4, .int8:
            let range = ScalarArithmetic.range(type)
            return .integers(
                try parsed(column, name, rows, missing: 0) {
                    guard let value = ScalarText.integer($0), range.contains(value) else { return nil }
                    return value
                }
            )
        case .numeric:
            return .exacts(
                try parsed(column, name, rows, missing: ExactNumber(0, scale: 0)) { ExactNumber($0) }
            )
        case .float4:
            return .doubles(
                try parsed(column, name, rows, missing: 0) { ScalarText.double($0).map { Double(Float($0)) } }
            )
        case .float8: return .doubles(try parsed(column, name, rows, missing: 0) { ScalarText.double($0) })
        case .date: return .integers(try parsed(column, name, rows, missing: 0) { ScalarText.date($0) })
        case .timestamp:
            return .integers(try parsed(column, name, rows, missing: 0) { ScalarText.timestamp($0) })
        }
    }

    @inline(__always)
    private static func parsed<Element>(
        _ column: ColumnVector,
        _ name: ColumnName,
        _ rows: [Int32],
        missing: Element,
        _ parse: (UnsafeBufferPointer<UInt8>) -> Element?
    ) throws(ExpressionError) -> Slots<Element> {
        var values: [Element] = []
        values.reserveCapacity(rows.count)
        var isMalformed = false
        let hasNulls = column.hasNulls
        column.bytes.withUnsafeBufferPointer { bytes in
            column.offsets.withUnsafeBufferPointer { offsets in
                for row in rows {
                    if hasNulls, column.isNull(Int(row)) {
                        values.append(missing)
                        continue
                    }
                    let range = Int(offsets[Int(row)])..<Int(offsets[Int(row) + 1])
                    guard let value = parse(UnsafeBufferPointer(rebasing: bytes[range])) else {
                        isMalformed = true
                        return
                    }
                    values.append(value)
                }
            }
        }
        guard !isMalformed else { throw .malformedValue(name.text) }
        return Slots(values, nulls: hasNulls ? rows.map { column.isNull(Int($0)) } : [])
    }
}
