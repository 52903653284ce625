/// Rows as a source delivered them, before policy: only the masking room may turn them into something to show.
///
/// **Shape.** One vector for each column of the schema, in its order, all of the same length; may have no rows.
/// **Promise.** Prints redacted, whatever prints it.
package struct RawBatch: Sendable {
    /// The columns, in order.
    package let schema: TableSchema
    /// As many as the schema has, in its order.
    package let columns: [ColumnVector]
    /// The number of rows, also when there are no columns.
    package let rowCount: Int

    /// Joins columns to a batch.
    ///
    /// - Precondition: one vector for each column, each with `rowCount` rows.
    package init(schema: TableSchema, columns: [ColumnVector], rowCount: Int) {
        precondition(columns.count == schema.columns.count && columns.allSatisfy { $0.count == rowCount })
        self.schema = schema
        self.columns = columns
        self.rowCount = rowCount
    }
}

extension RawBatch: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of rows and columns; never a value.
    package var description: String { "\(rowCount) raw rows of \(columns.count) columns, redacted" }
    /// The number of rows and columns; never a value.
    package var debugDescription: String { description }
    /// No children: `dump` prints no value either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
