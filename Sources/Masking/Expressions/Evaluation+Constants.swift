import CatalogModel

extension Evaluation {
    /// A column compared to a constant, without a vector of either; nil when it is another comparison.
    ///
    /// Cost: for text some nanoseconds a row; most filters are of this form.
    mutating func comparedWithConstant(
        _ orders: OrderSet,
        _ left: TypedStep,
        _ right: TypedStep,
        _ rows: [Int32]
    ) throws(ExpressionError) -> [UInt8]? {
        guard case .column(let position) = left.step, case .constant(let constant) = right.step else {
            return nil
        }
        let column = batch.columns[position]
        switch constant {
        case .text(let wanted):
            return [UInt8](unsafeUninitializedCapacity: rows.count) { result, count in
                wanted.withUnsafeBufferPointer { wanted in
                    column.bytes.withUnsafeBufferPointer { bytes in
                        column.offsets.withUnsafeBufferPointer { offsets in
                            for (index, row) in rows.enumerated() {
                                let start = Int(offsets[Int(row)])
                                let end = Int(offsets[Int(row) + 1])
                                let order =
                                    orders.isEquality && end - start != wanted.count
                                    ? 1
                                    : ScalarOrder.order(
                                        UnsafeBufferPointer(rebasing: bytes[start..<end]),
                                        wanted
                                    )
                                result.initializeElement(at: index, to: orders.holds(order))
                            }
                        }
                    }
                }
                Evaluation.markNulls(of: column, rows, in: result)
                count = rows.count
            }
        case .integer(let wanted): return try compared(left, rows, with: wanted, orders)
        case .null, .truth, .exact, .double: return nil
        }
    }

    private mutating func compared(
        _ left: TypedStep,
        _ rows: [Int32],
        with wanted: Int64,
        _ orders: OrderSet
    ) throws(ExpressionError) -> [UInt8]? {
        guard case .integers(let slots) = try values(left, rows) else { return nil }
        return slots.values.indices.map { row in
            let value = slots.values[row]
            return slots.isNull(row) ? 2 : orders.holds((value > wanted ? 1 : 0) - (value < wanted ? 1 : 0))
        }
    }

    private static func markNulls(
        of column: ColumnVector,
        _ rows: [Int32],
        in result: UnsafeMutableBufferPointer<UInt8>
    ) {
        guard column.hasNulls else { return }
        for (index, row) in rows.enumerated() where column.isNull(Int(row)) { result[index] = 2 }
    }
}
