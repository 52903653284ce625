package import CatalogModel

/// A row filter or custom mask made ready for the columns of one table, one subject and one moment.
///
/// **Promises.** Types were checked: a batch of the same schema can only fail by its values. Parts are evaluated
/// left to right and only for the rows whose outcome they can still change.
/// **Source.** The meaning is PostgreSQL 15's; `Docs/Expressions.md` names what differs.
package struct CompiledExpression: Sendable {
    /// The columns that it reads, each once, in the schema's order.
    package let referencedColumns: [ColumnName]
    /// The type of its values; of numeric ones each value has its own scale.
    package let type: DataType
    private let root: TypedStep
    private let schema: TableSchema

    /// Checks and prepares an expression; `maskedColumn` is what `{col}` stands for.
    ///
    /// - Throws: `.refused` when a column is unknown or types don't agree.
    package init(
        _ expression: SQLExpression,
        schema: TableSchema,
        subject: Subject,
        now: Instant,
        maskedColumn: ColumnName?
    ) throws(ExpressionError) {
        var compiler = ExpressionCompiler(
            schema: schema,
            user: subject.user.text,
            now: now,
            maskedColumn: maskedColumn
        )
        var root = try compiler.compile(expression)
        if root.type == .unknown { root = try compiler.coerced(root, to: .text, 0) }
        referencedColumns = compiler.used.sorted().map { schema.columns[$0].name }
        if case .column(let position) = root.step {
            type = schema.columns[position].type
        } else {
            type = root.type.dataType
        }
        self.root = root
        self.schema = schema
    }

    /// Whether it is true, false or unknown, as a row filter must be.
    package var isCondition: Bool { root.type == .boolean }

    /// The positions of the rows for which it is true (not false, not NULL), ascending.
    ///
    /// Cost: no allocation for a row.
    /// - Throws: `.otherColumns`; an error of the values; `.refused` when it is no condition.
    package func selection(over batch: RawBatch) throws(ExpressionError) -> [Int32] {
        guard batch.schema == schema else { throw .otherColumns }
        guard isCondition else {
            throw .refused("a row filter must be true or false, this is \(type)", node: 0)
        }
        var evaluation = Evaluation(batch: batch)
        let truths = try evaluation.truths(root, CompiledExpression.allRows(of: batch))
        return [Int32](unsafeUninitializedCapacity: truths.count) { result, count in
            for row in truths.indices {
                result.initializeElement(at: count, to: Int32(truncatingIfNeeded: row))
                count += truths[row] == 1 ? 1 : 0
            }
        }
    }

    /// Its value for every row, as canonical text of its type.
    ///
    /// - Throws: `.otherColumns`; an error of the values.
    package func column(over batch: RawBatch) throws(ExpressionError) -> ColumnVector {
        guard batch.schema == schema else { throw .otherColumns }
        if case .column(let position) = root.step { return batch.columns[position] }
        var evaluation = Evaluation(batch: batch)
        let values = try evaluation.values(root, CompiledExpression.allRows(of: batch))
        let texts = ScalarCast.text(values, root.type, nil)
        var result = ColumnVector(rowCapacity: texts.count, byteCapacity: texts.bytes.count)
        texts.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<texts.count {
                if texts.isNull(row) {
                    result.appendNull()
                } else {
                    result.append(TextSlots.slice(bytes, texts.ranges.values[row]))
                }
            }
        }
        return result
    }

    private static func allRows(of batch: RawBatch) -> [Int32] { Array(0..<Int32(batch.rowCount)) }
}
