import ArgumentParser
import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// `steward policy`: publish, test, compare, check and show policies.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Publish, test, compare, check and show policies.",
        discussion: """
            Policies are YAML in the author's form, or JSON as Ranger Admin exports it; see Docs/Policies.md.
            Example: steward policy apply Policies/northsea
            """,
        subcommands: [
            Apply.self, Test.self, Verify.self, Show.self, Delete.self, Export.self, Import.self, Diff.self,
            Lint.self, Who.self,
        ]
    )

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish policies from files and folders: all or none, after their tests."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "Files and folders.") var paths: [String]

        func run() throws {
            let files = try PolicyFiles(paths: paths)
            let workspace = try options.open()
            let done = try workspace.cases.policies.apply(
                files.policies,
                tests: files.tests,
                by: workspace.caller
            )
            for warning in done.warnings { Terminal.error("warning: \(warning)") }
            for name in done.created { Terminal.line("created   \(name)") }
            for name in done.updated { Terminal.line("updated   \(name)") }
            Terminal.line(
                "\(done.created.count) created, \(done.updated.count) updated, \(done.unchanged.count) unchanged; "
                    + "\(files.tests.count) tests passed; in force from version \(done.version)"
            )
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run the tests beside policies against the catalog, without publishing anything."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "Files and folders.") var paths: [String]

        func run() throws {
            let files = try PolicyFiles(paths: paths)
            let workspace = try options.open()
            let results = try workspace.cases.policies.test(
                files.tests,
                with: files.policies,
                by: workspace.caller
            )
            let failed = results.filter { $0.failure != nil }
            for result in failed { Terminal.line("✗ \(result.sentence)\n    \(result.failure ?? "")") }
            Terminal.line("\(results.count - failed.count) passed, \(failed.count) failed")
            if !failed.isEmpty { throw ExitCode(1) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the policies in force.")
        @OptionGroup var options: DataOptions
        @Argument(help: "A policy's id or name; without it all of them, a line each.") var policy: String?
        @Flag(help: "As Ranger's JSON.") var json = false

        func run() throws {
            let workspace = try options.open()
            let all = try workspace.cases.policies.policies(by: workspace.caller)
            let shown = all.filter { policy == nil || $0.name == policy || $0.id.map(String.init) == policy }
            if let policy, shown.isEmpty {
                throw GovernanceError(.notFound, "there is no policy `\(policy)`")
            }
            if json || policy != nil {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                Terminal.write(Array(try encoder.encode(["policies": shown])) + [10])
                return
            }
            var table = TextTable(["id", "service", "kind", "name", "enabled"])
            for policy in shown {
                table.add([
                    policy.id.map(String.init) ?? "", policy.service, Self.word(policy.policyType),
                    policy.name,
                    policy.isEnabled ? "yes" : "no",
                ])
            }
            for line in table.lines() { Terminal.line(line) }
        }

        private static func word(_ type: PolicyType) -> String {
            switch type {
            case .access: "access"
            case .dataMask: "mask"
            case .rowFilter: "row filter"
            }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a policy away.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The policy's id.") var id: Int64

        func run() throws {
            let workspace = try options.open()
            try workspace.cases.policies.delete(id, by: workspace.caller)
            Terminal.line("policy \(id) is gone")
        }
    }
}
