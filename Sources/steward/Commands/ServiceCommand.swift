import ArgumentParser
import CatalogModel
import Governance
import PolicyEngine

/// `steward service`: the services whose data policies govern, and their settings.
struct ServiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "List services and change their settings.",
        subcommands: [List.self, Set.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the services with their settings.")
        @OptionGroup var options: DataOptions

        func run() throws {
            let workspace = try options.open()
            var table = TextTable(["service", "type", "tag service", "settings"])
            for service in try workspace.cases.browsing.services(for: workspace.caller) {
                let settings = service.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                table.add([
                    service.name.text, service.definition.name, service.tagService?.text ?? "",
                    settings.joined(separator: " "),
                ])
            }
            for line in table.lines() { Terminal.line(line) }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change settings of a service.",
            discussion: """
                Users of `ranger.plugin.super.users` and members of groups of `ranger.plugin.super.groups`, both
                separated by commas, see everything of the service as it is, whatever policies say; nobody does unless
                it is set. NAME= takes a setting away.
                Example: steward service set files ranger.plugin.super.groups=operators
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The service.") var service: String
        @Argument(help: "NAME=VALUE; may be repeated.") var settings: [String]

        func run() throws {
            var changes: [String: String] = [:]
            for setting in settings {
                let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else {
                    throw ValidationError("`\(setting)` isn't NAME=VALUE")
                }
                changes[String(parts[0])] = String(parts[1])
            }
            let workspace = try options.open()
            try workspace.cases.policies.change(
                settings: changes,
                of: ServiceName(service),
                by: workspace.caller
            )
            Terminal.line("the settings of service `\(service)` are in force")
        }
    }
}
