import ArgumentParser
import CatalogModel
import Foundation
import Governance

extension PolicyCommand {
    /// `steward policy who`: who may see what of a table.
    struct Who: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who may see what of a table or column: users, groups and roles.",
            discussion: """
                Each user, group and role of the catalog and of the policies is tried; who sees nothing isn't listed. A
                group stands for somebody who is in it and in no other, a role for somebody who holds that one only.
                Example: steward policy who sales.customers.email --purpose campaign
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "database.table, or database.table.column.") var resource: String
        @Option(help: "What the rows would be wanted for.") var purpose: String?
        @Option(help: "The moment, such as 2026-03-01T12:00 (default: now).") var at: String?
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let moment = try at.map { text in
                guard let moment = Instant(text) else {
                    throw ValidationError("`--at \(text)`: write a moment such as 2026-03-01T12:00")
                }
                return moment
            }
            let column = resource.split(separator: ".").count == 3 ? ColumnReference(resource) : nil
            guard let table = column?.table ?? TableName(resource) else {
                throw ValidationError("`\(resource)`: write database.table or database.table.column")
            }
            let workspace = try options.open()
            let found = try workspace.cases.policies.access(
                to: table,
                columns: column.map { [$0.column] },
                purpose: purpose,
                at: moment,
                by: workspace.caller
            )
            if json {
                try Terminal.json(["access": found.map(Entry.init)])
                return
            }
            var lines = TextTable(["who", "clear", "masked", "rows"])
            for one in found {
                let entry = Entry(one)
                lines.add([
                    one.principal.title, entry.columns.filter { $0.treatment == "clear" }.map(\.name).text,
                    entry.columns.filter { !["clear", "denied"].contains($0.treatment) }
                        .map { "\($0.name) (\($0.treatment))" }.text,
                    one.rowFilter ?? "all",
                ])
            }
            for line in lines.lines() { Terminal.line(line) }
        }

        private struct Entry: Encodable {
            struct Column: Encodable {
                let name: String
                let treatment: String
            }

            let kind: String
            let name: String
            let columns: [Column]
            let rowFilter: String?

            init(_ access: TableAccess) {
                kind = access.principal.kind.rawValue
                name = access.principal.name
                columns = access.columns.map { Column(name: $0.name.text, treatment: $0.treatment.label) }
                rowFilter = access.rowFilter
            }
        }
    }
}

extension [String] {
    /// As one text, or a dash for none.
    fileprivate var text: String { isEmpty ? "–" : joined(separator: ", ") }
}
