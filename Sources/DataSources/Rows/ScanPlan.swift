import CatalogModel
import Governance

/// The planned columns of a scan, looked up in the table's definition.
struct ScanPlan: Sendable {
    let table: TableName
    let rule: RowRule
    let schema: TableSchema
    let columns: [ColumnDefinition]
    let forms: [CanonicalForm]

    /// - Throws: `.sourceChanged` when the catalogued table has no such column, or one is planned twice.
    init(_ scan: ScanRequest, rule: RowRule) throws(GovernanceError) {
        var columns: [ColumnDefinition] = []
        let known = Dictionary(scan.table.columns.map { ($0.name, $0) }) { first, _ in first }
        for name in scan.columns {
            guard let column = known[name] else {
                throw GovernanceError(.sourceChanged, "table `\(scan.table.name)` has no column `\(name)`")
            }
            columns.append(column)
        }
        try self.init(table: scan.table.name, rule: rule, columns: columns)
    }

    /// A plan for columns as they are.
    ///
    /// - Throws: `.sourceChanged` when a name repeats.
    init(table: TableName, rule: RowRule, columns: [ColumnDefinition]) throws(GovernanceError) {
        guard let schema = TableSchema(columns.map { ColumnSchema($0.name, $0.type) }) else {
            throw GovernanceError(.sourceChanged, "table `\(table)`: a column is planned twice")
        }
        self.table = table
        self.rule = rule
        self.schema = schema
        self.columns = columns
        forms = columns.map { CanonicalForm(type: $0.type) }
    }
}
