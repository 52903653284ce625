/// A column's name and type, in a table's or a batch's order.
package struct ColumnSchema: Hashable, Sendable, Codable {
    /// Unique within its table.
    package let name: ColumnName
    /// How its values are read.
    package let type: DataType

    /// Joins a name and a type.
    package init(_ name: ColumnName, _ type: DataType) {
        self.name = name
        self.type = type
    }
}

/// The columns of a table or batch, in order, with names that don't repeat.
package struct TableSchema: Hashable, Sendable {
    /// In order; may be empty.
    package let columns: [ColumnSchema]
    private let positions: [ColumnName: Int]

    /// Nil when two columns have the same name.
    package init?(_ columns: [ColumnSchema]) {
        var positions: [ColumnName: Int] = [:]
        for (index, column) in columns.enumerated() {
            guard positions.updateValue(index, forKey: column.name) == nil else { return nil }
        }
        self.columns = columns
        self.positions = positions
    }

    /// The position of a column; nil when there is none.
    ///
    /// Costs one hash of the name: not for row loops.
    package func position(of column: ColumnName) -> Int? { positions[column] }

    /// The type of a column; nil when there is none.
    package func type(of column: ColumnName) -> DataType? { positions[column].map { columns[$0].type } }
}
