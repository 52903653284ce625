package import CatalogModel
package import PolicyEngine

/// A decision made ready to run: what to ask of the source, which rows to keep, and how to mask each column.
///
/// Compiled once for a read and used for all its batches, from any thread.
package struct MaskPlan: Sendable {
    /// The decision that it carries out.
    package let decision: Decision
    /// What the source must deliver, in this order: the requested columns that aren't hidden whole, then those
    /// that only the row filter or an expression looks at, in the table's order; may be empty.
    package let sourceColumns: [ColumnSchema]
    /// The requested columns in their order, with their types after masks.
    package let outputSchema: TableSchema
    /// The row filter, for sources that can leave rows out early; nil when all rows may be seen.
    ///
    /// ``apply(to:)`` filters again, whatever the source did.
    package let prefilter: SQLExpression?

    private let rowFilter: CompiledExpression?
    private let steps: [MaskStep]

    /// Compiles a decision for a table as it is catalogued.
    ///
    /// - Throws: any ``MaskError`` of a plan; a decision that can't be carried out whole isn't carried out at all.
    package init(
        decision: Decision,
        schema: TableSchema,
        expressions: ExpressionLibrary
    ) throws(MaskError) {
        let draft = try PlanDraft(decision: decision, schema: schema, expressions: expressions)
        self.decision = decision
        sourceColumns = draft.source.columns
        outputSchema = draft.output
        prefilter = draft.filterExpression
        rowFilter = draft.rowFilter
        steps = draft.steps
    }

    /// Filters and masks a batch of the planned columns.
    ///
    /// The row filter sees raw values; masks see only the rows that it lets through, in their order.
    /// - Throws: `.unexpectedColumns`, `.failedExpression`, `.malformedValue`, `.impossibleDate`,
    ///   `.oversizedBatch`; no row of the batch is shown then.
    package func apply(to raw: RawBatch) throws(MaskError) -> MaskedBatch {
        let visible = try selection(of: raw).map { raw.rows(at: $0) } ?? raw
        return MaskedBatch(schema: outputSchema, columns: try mask(visible), rowCount: visible.rowCount)
    }

    /// The positions of the rows that may be seen; nil for all of them.
    func selection(of raw: RawBatch) throws(MaskError) -> [Int32]? {
        guard raw.schema.columns == sourceColumns else { throw .unexpectedColumns }
        guard let rowFilter else { return nil }
        let selection: [Int32]
        do { selection = try rowFilter.selection(over: raw) } catch { throw .failedExpression(nil) }
        return selection.count == raw.rowCount ? nil : selection
    }

    /// The output columns of rows that may be seen.
    func mask(_ visible: RawBatch) throws(MaskError) -> [ColumnVector] {
        var columns: [ColumnVector] = []
        columns.reserveCapacity(steps.count)
        for step in steps { columns.append(try step.apply(to: visible)) }
        return columns
    }
}

extension RawBatch {
    /// The rows at these positions, in their order.
    func rows(at selection: [Int32]) -> RawBatch {
        RawBatch(schema: schema, columns: columns.map { $0.rows(at: selection) }, rowCount: selection.count)
    }
}
