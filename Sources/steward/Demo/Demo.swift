import CatalogModel
import Foundation
import Governance
import SampleCompany

/// The demo, step by step: nothing here can see a row but through the governed read.
struct Demo {
    let workspace: Workspace
    let folder: URL
    static let customers = "sales.customers"
    /// Who reads, and what they are to the table.
    static let readers: [(user: String, part: String)] = [
        ("bob", "owner"), ("alice", "analyst"), ("pia", "partner"),
    ]

    func run() throws {
        let started = ContinuousClock.now
        try prepare()
        try showSideBySide()
        try showRowFilter()
        try explain()
        try changeTag()
        try showAudit()
        let seconds =
            Double((ContinuousClock.now - started).components.seconds)
            + Double((ContinuousClock.now - started).components.attoseconds) / 1e18
        say("")
        say(Terminal.styled("All of this took \(String(format: "%.1f", seconds)) seconds.", .faint))
    }

    /// Writes the sample company's files, catalogues them and publishes its policies.
    private func prepare() throws {
        title("Northsea Outdoor, a shop for outdoor gear")
        let data = folder.appending(path: "data", directoryHint: .isDirectory)
        try SampleCompany().write(to: data.path)
        try workspace.addStandardServices()
        guard let text = EmbeddedFiles.text("SampleData/catalog.yaml") else {
            throw GovernanceError(.internalError, "the sample's manifest is missing from the program")
        }
        let manifest = try YAMLFile.decode(CatalogManifest.self, text: text, name: "catalog.yaml")
        try CatalogLoading(workspace: workspace) { _ in }.load(manifest, relativeTo: data)
        let tables = try workspace.cases.browsing.tables(for: workspace.caller)
        let tagged = tables.flatMap(\.tags).filter { !$0.isEmpty }.count
        let flowed = tables.flatMap(\.tags).filter { tags in
            tags.contains { if case .lineage = $0.origin { true } else { false } }
        }.count
        say(
            "\(tables.count) tables from \(manifest.sources.count) sources are catalogued (CSV, NDJSON, XML, SQLite); "
                + "\(tagged) columns"
        )
        say("carry tags, \(flowed) of them because they are made from tagged columns.")
        let files = try PolicyFiles(
            texts: EmbeddedFiles.names.filter { $0.hasPrefix("northsea/") }.sorted().map { name in
                (name, EmbeddedFiles.text(name) ?? "")
            }
        )
        _ = try workspace.cases.policies.apply(files.policies, tests: files.tests, by: workspace.caller)
        say("\(files.policies.count) policies are in force; the \(files.tests.count) tests beside them hold.")
    }

    /// The same customers as each reader sees them.
    private func showSideBySide() throws {
        title("One table, three readers")
        let views = try Self.readers.map { try view(of: Self.customers, for: $0.user, columns: nil) }
        let names = views[0].columns
        guard let country = names.firstIndex(of: "country") else { return }
        let inside = views[0].rows.first { ["DE", "AT"].contains($0[country] ?? "") }
        let outside = views[0].rows.first { !["DE", "AT"].contains($0[country] ?? "") }
        for row in [inside, outside].compactMap({ $0 }) {
            let id = row[0] ?? ""
            var table = TextTable(["customer \(id)"] + Self.readers.map { "\($0.user), \($0.part)" })
            let kept = [
                "full_name", "email", "phone", "birth_date", "national_id", "country", "city", "credit_limit",
            ]
            let hidden = views.map { view in !view.rows.contains { $0[0] == id } }
            for name in kept {
                table.add(
                    [TextTable.Cell(name)] + zip(views, hidden).map { $0.cell(name, of: id, rowIsHidden: $1) }
                )
            }
            for line in table.lines() { say(line) }
            say("")
        }
        say(
            Terminal.styled("green", .green) + " as it is, " + Terminal.styled("yellow", .yellow)
                + " masked, "
                + Terminal.styled("red", .red) + " not shown"
        )
    }

    /// How many rows each reader gets.
    private func showRowFilter() throws {
        title("The row filter")
        for (user, part) in Self.readers {
            let view = try view(of: Self.customers, for: user, columns: ["id", "country"], limit: nil)
            let countries = Set(view.rows.compactMap { $0[1] }).sorted().joined(separator: ", ")
            let name = "\(user), \(part):".padding(toLength: 16, withPad: " ", startingAt: 0)
            say("\(name) \(view.rows.count) rows from \(countries)")
        }
        for line in try explanation(of: "country", for: "pia").suffix(2) { say(line) }
    }

    private func explain() throws {
        title("Why is that masked?")
        for line in try explanation(of: "email", for: "alice") { say(line) }
        let copy = ("analytics.marketing_list", "email")
        for line in try explanation(of: copy.1, in: copy.0, for: "alice") { say(line) }
    }

    /// Tags a column and reads again.
    private func changeTag() throws {
        title("A tag is in force for the very next read")
        try show(city: "before")
        let column = ColumnReference(
            table: try TableName.argument(Self.customers),
            column: ColumnName("city")
        )
        try workspace.cases.editing.set([(.column(column), Tag(TagName("LOCATION")))], by: workspace.caller)
        say(Terminal.styled("$ steward tag set sales.customers.city LOCATION", .blue))
        try show(city: "after")
    }

    private func show(city moment: String) throws {
        let view = try view(of: Self.customers, for: "alice", columns: ["id", "city"], limit: 4)
        let cities = view.rows.map { $0[1] ?? "NULL" }.joined(separator: "  ")
        say("alice reads city, \(moment): ".padding(toLength: 28, withPad: " ", startingAt: 0) + cities)
    }

    private func showAudit() throws {
        title("And all of it stands in the audit log")
        for record in try workspace.cases.auditing.tail(6, user: nil, resource: nil, by: workspace.caller) {
            say(DisplayText.fit(AuditLine.text(record), to: 100))
        }
    }

    private func explanation(
        of column: String,
        in table: String = Demo.customers,
        for user: String
    ) throws -> [String] {
        let question = PolicyQuestion(
            user: UserName(user),
            table: try TableName.argument(table),
            columns: [ColumnName(column)]
        )
        let answers = try workspace.cases.questions.answer([question], act: .explain, for: workspace.caller)
        return try answers.flatMap { Explanation.lines(of: try $0.get()) }
    }

    private func title(_ text: String) {
        say("")
        say(Terminal.styled("▌ " + text, .strong))
        say("")
    }

    private func say(_ text: String) {
        for line in DisplayText.wrap(text, to: 100) { Terminal.line(line) }
    }
}
