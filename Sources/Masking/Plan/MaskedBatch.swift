package import CatalogModel

/// Rows that policy has dealt with: filtered and masked, safe to show to the subject of the decision.
///
/// **Shape.** One vector for each column of the schema, in its order, all of `rowCount` rows; may have no rows.
/// **Promise.** Only ``MaskPlan/apply(to:)`` makes one, so whoever holds it need not ask policy again.
package struct MaskedBatch: Sendable {
    /// The columns with their types after masks, in the requested order.
    package let schema: TableSchema
    /// As many as the schema has, in its order.
    package let columns: [ColumnVector]
    /// The number of rows, also when there are no columns.
    package let rowCount: Int
}

extension MaskedBatch {
    /// The first rows; all of them when there are fewer.
    package func prefix(_ rows: Int) -> MaskedBatch {
        guard rows < rowCount else { return self }
        let selection = Array(0..<Int32(max(0, rows)))
        return MaskedBatch(
            schema: schema,
            columns: columns.map { $0.rows(at: selection) },
            rowCount: selection.count
        )
    }
}
