import ArgumentParser
import CatalogModel
import Foundation
import Governance
import PolicyEngine

extension PolicyCommand {
    /// `steward policy export`: the policies in force as Ranger Admin exports them.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the policies in force as Ranger Admin exports them.",
            discussion: """
                The file has everything: ids, guids, versions, labels, validity, options, disabled policies too.
                Ranger Admin imports it, and so does `steward policy import`. Without FILE it goes to standard output.
                Example: steward policy export northsea.json --service northsea
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The file to write; an existing one is replaced.") var file: String?
        @Option(name: .long, help: "Only policies of this service; may be given several times.")
        var service: [String] = []

        func run() throws {
            let workspace = try options.open()
            let all = try workspace.cases.policies.policies(by: workspace.caller)
            let known = Set(try workspace.cases.browsing.services(for: workspace.caller).map(\.name.text))
            if let unknown = service.first(where: { !known.contains($0) }) {
                throw GovernanceError(
                    .notFound,
                    "there is no service `\(unknown)`: there are \(known.sorted().joined(separator: ", "))"
                )
            }
            let chosen = all.filter { service.isEmpty || service.contains($0.service) }
            let bytes = try RangerPolicyFile.bytes(
                of: chosen,
                by: workspace.caller.user.text,
                at: Date()
            )
            guard let file else {
                Terminal.write(bytes)
                return
            }
            do { try Data(bytes).write(to: URL(filePath: file), options: .atomic) } catch {
                throw GovernanceError(.invalidRequest, "file `\(file)` can't be written")
            }
            Terminal.line("\(chosen.count) \(chosen.count == 1 ? "policy" : "policies") in \(file)")
        }
    }

    /// `steward policy import`: takes over what Ranger Admin exported.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take over policies that Ranger Admin or `steward policy export` wrote: all or none.",
            discussion: """
                Policies stay as they are, with ids, guids, versions, labels, validity and options; each replaces the
                policy of its service and name. A member that Steward doesn't know is an error with its path, and
                nothing is imported then. `policy apply` is for files that people write; it counts versions itself.
                Example: steward policy import ranger-export.json --map cl1_hive=northsea
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "Files as Ranger Admin exports them.") var files: [String]
        @Option(
            name: .long,
            help: "OLD=NEW: policies of service OLD become NEW's; may be given several times."
        )
        var map: [String] = []
        @Flag(name: .long, help: "Give policies new ids where another policy has theirs.") var renumber =
            false

        func run() throws {
            let services = try mapping()
            var policies: [Policy] = []
            for file in files {
                policies += try RangerPolicyFile.read(file).map { policy in
                    var policy = policy
                    policy.service = services[policy.service] ?? policy.service
                    return policy
                }
            }
            let workspace = try options.open()
            let done = try workspace.cases.policies.takeOver(
                policies,
                renumbering: renumber,
                by: workspace.caller
            )
            for name in done.created { Terminal.line("created   \(name)") }
            for name in done.updated { Terminal.line("updated   \(name)") }
            Terminal.line(
                "\(done.created.count) created, \(done.updated.count) updated, \(done.unchanged.count) unchanged; "
                    + "in force from version \(done.version)"
            )
        }

        private func mapping() throws -> [String: String] {
            var services: [String: String] = [:]
            for pair in map {
                let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                    throw ValidationError("`--map \(pair)`: write OLD=NEW, such as cl1_hive=northsea")
                }
                services[parts[0]] = parts[1]
            }
            return services
        }
    }
}
