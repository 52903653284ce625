package import CatalogModel

/// Plans for several tables whose columns stand side by side in the same rows, as in the result of a join.
package struct JointMaskPlan: Sendable {
    /// A column of the joint rows.
    package struct Output: Sendable {
        /// What it is called there.
        package let label: ColumnName
        /// The position of its table's plan.
        package let plan: Int
        /// Its name in the table.
        package let column: ColumnName

        /// A column.
        package init(label: ColumnName, plan: Int, column: ColumnName) {
            self.label = label
            self.plan = plan
            self.column = column
        }
    }

    private let plans: [MaskPlan]
    private let schema: TableSchema
    private let places: [(plan: Int, column: Int)]

    /// Joins plans.
    ///
    /// - Throws: `.unknownColumn` for an output that no plan has; `.repeatedColumn` for a label given twice.
    package init(_ plans: [MaskPlan], outputs: [Output]) throws(MaskError) {
        var columns: [ColumnSchema] = []
        var places: [(plan: Int, column: Int)] = []
        for output in outputs {
            guard plans.indices.contains(output.plan),
                let position = plans[output.plan].outputSchema.position(of: output.column)
            else { throw .unknownColumn(output.column) }
            columns.append(ColumnSchema(output.label, plans[output.plan].outputSchema.columns[position].type))
            places.append((output.plan, position))
        }
        guard let schema = TableSchema(columns) else {
            let labels = outputs.map(\.label)
            let repeated = labels.indices.first { labels[..<$0].contains(labels[$0]) }
            throw .repeatedColumn(repeated.map { labels[$0] } ?? ColumnName(""))
        }
        self.plans = plans
        self.schema = schema
        self.places = places
    }

    /// Keeps the rows that all tables' filters accept, and masks each column by its table's plan.
    ///
    /// - Parameter raws: For each plan the columns it wants, all with the same rows.
    /// - Returns: The rows that may be seen.
    /// - Throws: what ``MaskPlan/apply(to:)`` throws; no row is shown then.
    package func apply(to raws: [RawBatch]) throws(MaskError) -> MaskedBatch {
        let rowCount = raws.first?.rowCount ?? 0
        guard raws.count == plans.count, raws.allSatisfy({ $0.rowCount == rowCount }) else {
            throw .unexpectedColumns
        }
        var visible: [Int32]?
        for (plan, raw) in zip(plans, raws) {
            guard let selection = try plan.selection(of: raw) else { continue }
            let accepted = Set(selection)
            visible = visible.map { $0.filter(accepted.contains) } ?? selection
        }
        var masked: [[ColumnVector]] = []
        for (plan, raw) in zip(plans, raws) {
            masked.append(try plan.mask(visible.map { raw.rows(at: $0) } ?? raw))
        }
        return MaskedBatch(
            schema: schema,
            columns: places.map { masked[$0.plan][$0.column] },
            rowCount: visible?.count ?? rowCount
        )
    }
}
