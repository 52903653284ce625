import ArgumentParser
import Foundation
import Governance
import PolicyEngine

extension PolicyCommand {
    /// `steward policy lint`: what about policies probably isn't meant.
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find policies that do nothing, and masks that leak.",
            discussion: """
                Judges the policies in force, or those of files and folders as if they were published, over the tables,
                tags, lineage and people of the catalog. Rules:

                \(PolicyRule.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

                The exit status is 1 when there is an error, and 0 when there are at most warnings.
                Example: steward policy lint my-policies --sarif lint.sarif --junit lint.xml
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "Files and folders; without them the policies in force.") var paths: [String] = []
        @Option(name: .long, help: "Write the findings to this file as SARIF 2.1.0.") var sarif: String?
        @Option(name: .long, help: "Write the findings to this file as JUnit XML.") var junit: String?
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let files = paths.isEmpty ? nil : try PolicyFiles(paths: paths)
            let workspace = try options.open()
            let found = try workspace.cases.policies.findings(in: files?.policies, by: workspace.caller)
            let report = LintReport(findings: found, files: files)
            if let sarif { try Self.write(try report.sarif(), to: sarif) }
            if let junit { try Self.write(Array(report.junit.utf8), to: junit) }
            if json {
                try Terminal.json(report.summary)
            } else {
                for line in report.lines { Terminal.line(line) }
            }
            if report.errors > 0 { throw ExitCode(1) }
        }

        private static func write(_ bytes: [UInt8], to path: String) throws(GovernanceError) {
            do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch {
                throw GovernanceError(.invalidRequest, "file `\(path)` can't be written")
            }
        }
    }
}
