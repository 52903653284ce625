import ArgumentParser
import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// `steward zone`: security zones, each with policies and administrators of its own.
struct ZoneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zone",
        abstract: "Publish, show and take away security zones.",
        discussion: """
            Files are JSON as Ranger Admin has security zones; see Docs/Policies.md.
            Example: steward zone apply zones.json
            """,
        subcommands: [Apply.self, List.self, Show.self, Export.self, Delete.self]
    )

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish zones from files: all or none; each replaces the one of its name."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "Files: one zone, a list of zones, or what `zone export` writes.") var files: [String]

        func run() throws {
            let zones = try RecordFile.read(SecurityZone.self, files)
            let workspace = try options.open()
            RecordFile.report(try workspace.cases.policies.apply(zones: zones, by: workspace.caller))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the zones.")
        @OptionGroup var options: DataOptions

        func run() throws {
            let workspace = try options.open()
            var table = TextTable(["id", "name", "services", "administrators"])
            for zone in try workspace.cases.policies.zones(by: workspace.caller) {
                let admins = zone.admins.users + zone.admins.groups + zone.admins.roles
                table.add([
                    zone.id.map(String.init) ?? "", zone.name,
                    zone.services.keys.sorted().joined(separator: ", "), admins.joined(separator: ", "),
                ])
            }
            for line in table.lines() { Terminal.line(line) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a zone as Ranger's JSON.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The zone's name.") var name: String

        func run() throws {
            let workspace = try options.open()
            let zones = try workspace.cases.policies.zones(by: workspace.caller)
            guard let zone = zones.first(where: { $0.name == name }) else {
                throw GovernanceError(.notFound, "there is no zone `\(name)`")
            }
            Terminal.write(RecordFile.bytes(of: zone.document))
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all zones as Ranger's JSON, for `zone apply`."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The file to write; without it standard output.") var file: String?

        func run() throws {
            let workspace = try options.open()
            let zones = try workspace.cases.policies.zones(by: workspace.caller)
            try RecordFile.write(SecurityZone.list(zones), to: file, "\(zones.count) zones")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a zone away; no policy may be in it any more."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The zone's name.") var name: String

        func run() throws {
            let workspace = try options.open()
            try workspace.cases.policies.delete(zone: name, by: workspace.caller)
            Terminal.line("zone `\(name)` is gone")
        }
    }
}
