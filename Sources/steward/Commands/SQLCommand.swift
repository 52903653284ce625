import ArgumentParser
import CatalogModel
import DataSources
import Foundation
import Governance
import QueryAnalysis

/// `steward sql`: a statement as somebody may have it answered.
struct SQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Ask a source in SQL, as somebody may see it.",
        discussion: """
            Examples:
              steward sql "SELECT region, count(*) FROM customers GROUP BY region" --as alice
              steward sql "SELECT email FROM customers" --as alice --explain
            """
    )

    @OptionGroup var options: DataOptions
    @Argument(help: "The statement.") var statement: String
    @Option(name: .customLong("as"), help: "The user whose view is wanted.") var user: String
    @Option(help: "The source or its database; may be left out when there is one.") var source: String?
    @Flag(help: "Show the governed statement and the reason for each column instead of rows.") var explain =
        false

    func run() throws {
        let workspace = try options.open()
        let definition = try Self.source(named: source, in: workspace)
        let database = definition.kind == .postgres ? PostgreSQLDatabase(definition) : nil
        let governance =
            if let database {
                try workspace.cases.statements.governance(
                    of: definition.name,
                    upstream: database,
                    // Rows that are asked for once aren't worth a view: they come by the fence in place.
                    views: explain ? database.views.map { ViewUse($0, mayMake: false) } : nil
                )
            } else {
                try workspace.cases.statements.governance(ofFiles: definition)
            }
        let session = try governance.session(for: workspace.caller, as: UserName(user))
        guard let threads = ParserThreads(count: 1) else {
            throw GovernanceError(.limitExceeded, "the parser's thread can not be started")
        }
        let text = statement
        if explain {
            let explained = threads.run {
                Result { () throws(StatementFailure) in try session.explain(text) }
            }
            for statement in try Self.get(explained) { Self.show(statement) }
            return
        }
        let rewritten = threads.run {
            Result { () throws(StatementFailure) in try session.rewrite(text) }
        }
        // The line of a refusal waits in memory: it is written whatever happens next.
        try governance.flush()
        let statements = try Self.get(rewritten)
        guard let database else {
            let answers = threads.run { FileStatements.answers(to: statements, in: session) }
            for answer in try answers.get() { Self.show(answer) }
            return
        }
        for statement in statements { Self.show(try database.rows(of: statement)) }
    }

    /// The source of a name, or the only one; files that share a database's name count as one.
    static func source(named name: String?, in workspace: Workspace) throws(GovernanceError)
        -> SourceDefinition
    {
        let statements = workspace.cases.statements
        let sources = try statements.sources() + statements.fileSources()
        if let name, let found = sources.first(where: { $0.name.text == name || $0.database == name }) {
            return found
        }
        guard name == nil, sources.count == 1 else {
            let names = sources.map(\.database).joined(separator: ", ")
            throw GovernanceError(
                .notFound,
                "name one of the databases with --source: \(names.isEmpty ? "there are none" : names)"
            )
        }
        return sources[0]
    }

    private static func get<Value>(_ result: Result<Value, StatementFailure>) throws(GovernanceError) -> Value
    {
        switch result {
        case .success(let value): return value
        case .failure(.failed(let error)): throw error
        case .failure(.refused(let error)):
            let place = error.position.map { " (at character \($0))" } ?? ""
            throw GovernanceError(.denied, "\(error.message)\(place)")
        }
    }

    private static func show(_ statement: StatementExplanation) {
        Terminal.line(statement.text)
        var table = TextTable(["column", "treatment", "why"])
        for column in statement.columns {
            let place = column.isLate ? " on the way back" : ""
            table.add([
                column.column.description, column.treatment + place, column.why.joined(separator: "; "),
            ])
        }
        for line in table.lines() { Terminal.line(line) }
        for fence in statement.fences {
            Terminal.line("row filter of \(fence.table): \(fence.how)")
            if let query = fence.query { Terminal.line("  \(query)") }
        }
    }

    private static func show(_ answer: (columns: [String], rows: [[String?]])) {
        guard !answer.columns.isEmpty else { return }
        var table = TextTable(answer.columns)
        for row in answer.rows {
            table.add(row.map { $0.map { TextTable.Cell($0) } ?? TextTable.Cell("NULL", .faint) })
        }
        for line in table.lines() { Terminal.line(line) }
    }
}
