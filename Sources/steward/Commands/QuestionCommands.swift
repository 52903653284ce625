import ArgumentParser
import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// What `explain` and `check` ask.
struct QuestionOptions: ParsableArguments {
    @OptionGroup var data: DataOptions
    @Argument(help: "A table, such as sales.customers, or a column, such as sales.customers.email.")
    var resource: String
    @Option(name: .customLong("as"), help: "The user whose rights are asked about.") var user: String
    @Option(help: "Columns, separated by commas; without it all of the table's.") var columns: String?
    @Option(help: "What the rows would be wanted for.") var purpose: String?

    /// Asks; `resource` may be a table or one of its columns.
    func answer(_ act: AuditAct) throws -> PolicyAnswer {
        let workspace = try data.open()
        let asWorkspaceSees = try? workspace.cases.browsing.table(
            TableName.argument(resource),
            for: workspace.caller
        )
        let column = asWorkspaceSees == nil ? ColumnReference(resource) : nil
        let question = PolicyQuestion(
            user: UserName(user),
            table: try column?.table ?? TableName.argument(resource),
            columns: column.map { [$0.column] }
                ?? columns?.split(separator: ",").map { ColumnName(String($0)) },
            purpose: purpose,
            wantsWays: act == .explain
        )
        guard
            let answer = try workspace.cases.questions.answer([question], act: act, for: workspace.caller)
                .first
        else { throw GovernanceError(.internalError, "a question without an answer") }
        return try answer.get()
    }
}

/// `steward explain`: why somebody sees a column as they do.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why somebody sees a table or column as they do.",
        discussion: """
            For what is denied or masked it also says the smallest changes that would show more: a group to join, a
            role to hold, a purpose to name, columns to leave out. Each was tried on a copy before it is shown. It is
            no advice to make them: who may grant them decides.
            Example: steward explain sales.customers.email --as alice
            """
    )

    @OptionGroup var question: QuestionOptions

    func run() throws {
        let answer = try question.answer(.explain)
        for line in Explanation.lines(of: answer) { Terminal.line(line) }
    }
}

/// `steward check`: whether somebody may read columns, and how each is treated.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether somebody may read columns, and how each is treated.",
        discussion: """
            The exit status is 0 when all of them may be read, clear or masked, and 3 when not.
            Example: steward check sales.customers --as alice --columns id,email
            """
    )

    @OptionGroup var question: QuestionOptions

    func run() throws {
        let answer = try question.answer(.check)
        var table = TextTable(["column", "type", "treatment"])
        for column in answer.columns {
            table.add([
                TextTable.Cell(column.name.text), TextTable.Cell(column.type.description),
                TextTable.Cell(column.treatment.label, Explanation.style(of: column.treatment)),
            ])
        }
        for line in table.lines() { Terminal.line(line) }
        Terminal.line(answer.rowFilter == nil ? "all rows" : "filtered rows: ask `steward explain` why")
        if !answer.isAllowed { throw ExitCode(3) }
    }
}

/// Answers in words for a terminal.
enum Explanation {
    static func lines(of answer: PolicyAnswer) -> [String] {
        var lines: [String] = []
        for (index, column) in answer.columns.enumerated() {
            let name = Terminal.styled("\(answer.table).\(column.name)", .strong)
            let treatment = Terminal.styled(column.treatment.label, style(of: column.treatment))
            lines.append("\(name) is \(treatment) for \(answer.user)")
            lines += column.why.map { "  because \($0)" }
            if column.treatment != .clear, let ways = answer.ways {
                lines += Self.lines(of: ways, forColumnAt: index)
            }
        }
        if let filter = answer.rowFilter {
            let shown = filter.expression.map { ": \($0)" } ?? ""
            lines.append("\(Terminal.styled("rows", .strong)) are filtered\(shown)")
            lines += filter.why.map { "  because \($0)" }
        }
        if let without = answer.ways?.withoutColumns {
            let names = without.map(\.text).joined(separator: ", ")
            lines.append("the rest may be read: leave out \(names)")
        }
        if let untried = answer.ways?.untried, untried > 0 {
            lines.append(
                "\(untried) more changes of groups, roles and purpose were not tried: ask about fewer columns"
            )
        }
        return lines
    }

    /// The most changes that are shown for a column.
    private static let mostChanges = 5

    private static func lines(of ways: WaysToSeeMore, forColumnAt index: Int) -> [String] {
        guard ways.mayKnowChanges else {
            return ["  to see more ask \(ways.owner.map { "the owner \($0)" } ?? "an administrator")"]
        }
        let changes = ways.changes[index]
        guard !changes.isEmpty else {
            return [
                ways.untried == 0
                    ? "  no group, role or purpose would show more of it"
                    : "  none of the changes that were tried would show more of it"
            ]
        }
        let more = changes.count - mostChanges
        return changes.prefix(mostChanges).map { "  to make it \($0.treatment.label): \($0.sentence)" }
            + (more > 0 ? ["  and \(more) more such changes"] : [])
    }

    static func style(of treatment: Treatment) -> Terminal.Style {
        switch treatment {
        case .clear: .green
        case .masked: .yellow
        case .denied: .red
        }
    }
}
