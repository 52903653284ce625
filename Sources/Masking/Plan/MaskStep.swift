import CatalogModel

/// What a plan does for one column of its output.
struct MaskStep: Sendable {
    let column: ColumnName
    let work: Work

    enum Work: Sendable {
        /// NULL in every row; nothing is read.
        case hidden
        /// The source's column at a position, through a mask.
        case masked(MaskFunction, position: Int)
        /// A custom mask over the whole row.
        case computed(CompiledExpression)
    }

    func apply(to batch: RawBatch) throws(MaskError) -> ColumnVector {
        switch work {
        case .hidden:
            return .nulls(batch.rowCount)
        case .masked(let function, let position):
            return try function.apply(to: batch.columns[position], of: column)
        case .computed(let expression):
            let result: ColumnVector
            do { result = try expression.column(over: batch) } catch { throw .failedExpression(column) }
            guard result.count == batch.rowCount else { throw .failedExpression(column) }
            return result
        }
    }
}

extension ColumnVector {
    /// A vector that only holds NULL.
    static func nulls(_ count: Int) -> ColumnVector {
        var bits = [UInt64](repeating: ~0, count: (count + 63) / 64)
        if count & 63 != 0 { bits[bits.count - 1] = (1 << UInt64(count & 63)) - 1 }
        return ColumnVector(bytes: [], offsets: [Int32](repeating: 0, count: count + 1), nullBits: bits)
    }
}
