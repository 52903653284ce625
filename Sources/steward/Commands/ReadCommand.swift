import ArgumentParser
import CatalogModel
import Foundation
import Governance
import Masking

/// `steward read`: rows of a table as somebody may see them.
struct ReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Read a table as somebody may see it.",
        discussion: """
            Examples:
              steward read sales.customers --as alice --limit 10
              steward read sales.customers --as alice --columns id,email --format csv > customers.csv
            """
    )

    @OptionGroup var options: DataOptions
    @Argument(help: "The table, such as sales.customers.") var table: String
    @Option(name: .customLong("as"), help: "The user whose view is wanted.") var user: String
    @Option(help: "Columns, separated by commas; without it all that the user may read.") var columns: String?
    @Option(help: "The most rows to read.") var limit: Int?
    @Option(help: "What the rows are wanted for; policy may ask.") var purpose: String?
    @Option(help: "table, csv, ndjson or json; without it a table on a terminal, else csv.") var format:
        Format?

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, csv, ndjson, json
    }

    func run() throws {
        let workspace = try options.open()
        let read = TableRead(
            table: try TableName.argument(table),
            columns: columns?.split(separator: ",").map {
                ColumnName($0.trimmingCharacters(in: .whitespaces))
            },
            limit: limit,
            purpose: purpose
        )
        let rows = try workspace.cases.read.open(read, for: workspace.caller, as: UserName(user))
        switch format ?? (isatty(STDOUT_FILENO) == 1 ? .table : .csv) {
        case .table: try Self.printTable(rows)
        case .csv: try Self.write(rows, as: .csv)
        case .ndjson: try Self.write(rows, as: .ndjson)
        case .json: try Self.write(rows, as: .json)
        }
        if rows.skippedRows > 0 {
            Terminal.error(
                "steward: \(rows.skippedRows) malformed rows were left out, as the source's rule says"
            )
        }
    }

    private static func write(_ rows: GovernedRows, as format: ResultFormat) throws {
        var encoder = ResultEncoder(format, schema: rows.schema)
        Terminal.write(encoder.start())
        while let batch = try rows.next() {
            var bytes: [UInt8] = []
            encoder.append(batch, to: &bytes)
            Terminal.write(bytes)
        }
        Terminal.write(encoder.end())
    }

    private static func printTable(_ rows: GovernedRows) throws {
        var table = TextTable(rows.schema.columns.map(\.name.text))
        var count = 0
        while let batch = try rows.next(), count < 1000 {
            for row in 0..<batch.rowCount where count < 1000 {
                count += 1
                table.add(
                    batch.columns.map { column in
                        column.isNull(row)
                            ? TextTable.Cell("NULL", .faint) : TextTable.Cell(column.unmaskedText(row) ?? "")
                    }
                )
            }
        }
        for line in table.lines() { Terminal.line(line) }
        if count == 1000 {
            Terminal.error("steward: only the first 1,000 rows are shown: use --limit or --format")
        }
    }
}

extension TableName {
    /// Reads a table's name as people type it.
    static func argument(_ text: String) throws(GovernanceError) -> TableName {
        guard let name = TableName(text) else {
            throw GovernanceError(.invalidRequest, "`\(text)` is no table name: write `database.table`")
        }
        return name
    }
}
