import ArgumentParser
import CatalogModel
import Foundation
import Governance

extension PolicyCommand {
    /// `steward policy diff`: who gains and who loses what between two sets of policies.
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say who gains and who loses what between two sets of policies.",
            discussion: """
                A and B are files, folders, or `live` for the policies in force. Each is taken as all policies that
                there are; with --onto-live files are put among those in force, as `policy apply` would do.
                Both are tried on every user, group and role, on every table of the catalog, without a purpose and for
                each purpose that a policy names. The exit status is 0 when all see the same, and 1 when not.
                Example: steward policy diff live new-policies --onto-live
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "A file, a folder, or `live`.") var before: String
        @Argument(help: "A file, a folder, or `live`.") var after: String
        @Flag(name: .long, help: "Put the files' policies among those in force.") var ontoLive = false
        @Option(help: "The moment, such as 2026-03-01T12:00, for policies with validity (default: now).")
        var at: String?
        @Flag(help: "As JSON, a difference for each principal and column.") var json = false

        func run() throws {
            let moment = try at.map { text in
                guard let moment = Instant(text) else {
                    throw ValidationError("`--at \(text)`: write a moment such as 2026-03-01T12:00")
                }
                return moment
            }
            let sides = (try Self.policies(before), try Self.policies(after))
            let workspace = try options.open()
            let found = try workspace.cases.policies.differences(
                from: sides.0,
                to: sides.1,
                ontoLive: ontoLive,
                at: moment,
                by: workspace.caller
            )
            if json {
                try Terminal.json(DiffReport(found))
            } else {
                for line in DiffReport.lines(of: found) { Terminal.line(line) }
            }
            if !found.isEmpty { throw ExitCode(1) }
        }

        private static func policies(_ argument: String) throws(GovernanceError) -> ComparedPolicies {
            argument == "live" ? .live : .given(try PolicyFiles(paths: [argument]).policies)
        }
    }
}

extension Terminal {
    /// Writes a value as JSON for programs.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        write(Array(try encoder.encode(value)) + [10])
    }
}

/// Differences as programs and people read them.
private struct DiffReport: Encodable {
    let differences: [Entry]
    let gains: Int
    let losses: Int
    let changes: Int

    struct Entry: Encodable {
        let kind: String
        let principal: String
        let purpose: String?
        let table: String
        let column: String?
        let effect: String
        let before: String
        let after: String
    }

    init(_ found: [PolicyDifference]) {
        differences = found.map { one in
            Entry(
                kind: one.principal.kind.rawValue,
                principal: one.principal.name,
                purpose: one.purpose,
                table: one.table.description,
                column: one.column?.text,
                effect: one.effect.rawValue,
                before: one.before,
                after: one.after
            )
        }
        gains = found.count { $0.effect == .gains }
        losses = found.count { $0.effect == .loses }
        changes = found.count { $0.effect == .changes }
    }

    /// A sentence for each principal, table and kind of difference, and the sums.
    static func lines(of found: [PolicyDifference]) -> [String] {
        guard !found.isEmpty else { return ["no difference: everybody sees the same"] }
        var order: [[String]] = []
        var columns: [[String]: [String]] = [:]
        var first: [[String]: PolicyDifference] = [:]
        for one in found {
            let key = [
                one.principal.title, one.purpose ?? "", one.table.description, one.effect.rawValue,
                one.before,
                one.after, one.column == nil ? "rows" : "",
            ]
            if first[key] == nil {
                first[key] = one
                order.append(key)
            }
            if let column = one.column { columns[key, default: []].append(column.text) }
        }
        let sentences = order.compactMap { key in
            first[key].map { sentence($0, columns: columns[key] ?? []) }
        }
        let report = DiffReport(found)
        return sentences + ["\(report.gains) gains, \(report.losses) losses, \(report.changes) other changes"]
    }

    private static func sentence(_ one: PolicyDifference, columns: [String]) -> String {
        let style: Terminal.Style =
            switch one.effect {
            case .gains: .yellow
            case .loses: .blue
            case .changes: .strong
            }
        let what =
            columns.isEmpty ? "rows of \(one.table)" : "\(one.table) (\(columns.joined(separator: ", ")))"
        let purpose = one.purpose.map { " for purpose \($0)" } ?? ""
        let verb = Terminal.styled(one.effect.rawValue, style)
        return "\(one.principal.title) \(verb) \(what)\(purpose): \(one.before) → \(one.after)"
    }
}
