import CatalogModel
import Foundation
import Governance
import Masking
import PolicyEngine

/// What one reader gets of a table, as text.
struct DemoView {
    let columns: [String]
    let treatments: [Treatment]
    let rows: [[String?]]

    /// A cell of the side-by-side table.
    func cell(_ column: String, of id: String, rowIsHidden: Bool) -> TextTable.Cell {
        if rowIsHidden { return TextTable.Cell("(row hidden)", .red) }
        guard let index = columns.firstIndex(of: column), let row = rows.first(where: { $0[0] == id }) else {
            return TextTable.Cell("(denied)", .red)
        }
        return TextTable.Cell(row[index] ?? "NULL", Explanation.style(of: treatments[index]))
    }
}

extension Demo {
    /// Reads as a user, through the governed read like everybody.
    func view(of table: String, for user: String, columns: [String]?, limit: Int? = 200) throws -> DemoView {
        let read = TableRead(
            table: try TableName.argument(table),
            columns: columns?.map { ColumnName($0) },
            limit: limit
        )
        let rows = try workspace.cases.read.open(read, for: workspace.caller, as: UserName(user))
        var texts: [[String?]] = []
        while let batch = try rows.next() {
            for row in 0..<batch.rowCount { texts.append(batch.columns.map { $0.unmaskedText(row) }) }
        }
        let treatments = Dictionary(
            uniqueKeysWithValues: rows.decision.columns.map { ($0.column, $0.treatment) }
        )
        return DemoView(
            columns: rows.schema.columns.map(\.name.text),
            treatments: rows.schema.columns.map { treatments[$0.name] ?? .denied },
            rows: texts
        )
    }

    /// How to go on after a demo that doesn't serve.
    func printNext(kept: String?) {
        let data = kept.map { " --data \($0)/catalog" } ?? ""
        Terminal.line("")
        Terminal.line(Terminal.styled("Try next", .strong))
        if kept == nil {
            Terminal.line("  swift run steward demo --keep demo      the same, and the folder stays")
            Terminal.line(
                "  swift run steward demo --serve          the same, and over HTTP until interrupted"
            )
        } else {
            Terminal.line("  swift run steward read sales.customers --as pia --limit 5\(data)")
            Terminal.line("  swift run steward explain hr.staff.salary --as alice\(data)")
            Terminal.line("  swift run steward tag set sales.customers.loyalty_points TRADE_SECRET\(data)")
        }
        Terminal.line(
            "  swift run steward source add mine ./my-csv-files    your own data: Docs/YourOwnData.md"
        )
    }

    /// Tokens of the three readers, and what to type with them.
    func printAccess(port: Int) throws {
        Terminal.line("")
        Terminal.line(Terminal.styled("Over HTTP, with a token for each reader", .strong))
        for (user, _) in Demo.readers {
            let token = try workspace.cases.authentication.makeToken(
                for: UserName(user),
                expires: nil,
                by: workspace.caller
            )
            Terminal.line("  \(user): \(token.secret)")
        }
        let address = port == 0 ? "ADDRESS" : "http://127.0.0.1:\(port)"
        Terminal.line(
            "  curl -H 'Authorization: Bearer TOKEN' '\(address)/api/v1/tables/sales.customers/rows?limit=3'"
        )
        Terminal.line("")
    }
}
