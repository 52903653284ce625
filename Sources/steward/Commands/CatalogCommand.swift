import ArgumentParser
import CatalogModel
import Foundation
import Governance

/// `steward catalog`: load and show the catalog.
struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract: "Search, show, tag, load and export the catalog.",
        subcommands: [Search.self, Show.self, TagEntity.self, Load.self, Export.self]
    )

    struct Load: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the catalog up to a manifest, or to a file in Atlas's form.",
            discussion: """
                A manifest (YAML) says principals, sources, tags and lineage. A JSON
                file holds Atlas's type definitions or entities; a ZIP file is an export.
                Example: steward catalog load SampleData/catalog.yaml
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "A YAML, JSON or ZIP file; paths in a manifest count from its folder.") var file:
            String

        func run() throws {
            let url = URL(filePath: file).standardizedFileURL
            if let load = try AtlasLoading(url) {
                let workspace = try Workspace(folder: options.folder)
                try workspace.addStandardServices()
                return try load.run(in: workspace)
            }
            let manifest = try YAMLFile.decode(CatalogManifest.self, from: url)
            let workspace = try Workspace(folder: options.folder)
            try workspace.addStandardServices()
            try CatalogLoading(workspace: workspace) { Terminal.line($0) }
                .load(manifest, relativeTo: url.deletingLastPathComponent())
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the tables, one table's columns, or anything else of the catalog."
        )
        @OptionGroup var options: DataOptions
        @Argument(
            help: "A table, or the guid or qualified name of anything; without it all tables, a line each."
        )
        var table: String?
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let workspace = try options.open()
            if let table, json || TableName(table).flatMap({ workspace.hasTable($0) }) != true {
                return try EntityLines(workspace).show(table, asJSON: json)
            }
            guard let table else {
                var output = TextTable(["table", "columns", "owner", "what it is"])
                for table in try workspace.cases.browsing.tables(for: workspace.caller) {
                    output.add([
                        table.definition.name.description, String(table.definition.columns.count),
                        table.definition.owner?.text ?? "", table.definition.summary,
                    ])
                }
                for line in output.lines() { Terminal.line(line) }
                return
            }
            let shown = try workspace.cases.browsing.table(TableName.argument(table), for: workspace.caller)
            var output = TextTable(["column", "type", "tags", "what it means"])
            for (column, tags) in zip(shown.definition.columns, shown.tags) {
                output.add([
                    column.name.text, column.type.description,
                    tags.map(\.tag.name.text).joined(separator: ", "),
                    column.summary,
                ])
            }
            for line in output.lines() { Terminal.line(line) }
        }
    }
}

/// `steward audit`: who saw what.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "See who saw what.",
        subcommands: [Tail.self]
    )

    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The newest lines of the audit log.")
        @OptionGroup var options: DataOptions
        @Option(help: "How many.") var count = 20
        @Option(help: "Only this user's.") var user: String?
        @Option(help: "Only this table's.") var table: String?
        @Flag(help: "As one JSON object a line.") var json = false

        func run() throws {
            let workspace = try options.open()
            let records = try workspace.cases.auditing.tail(
                count,
                user: user.map { UserName($0) },
                resource: table,
                by: workspace.caller
            )
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            for record in records {
                Terminal.line(
                    json
                        ? String(decoding: try encoder.encode(record), as: UTF8.self) : AuditLine.text(record)
                )
            }
        }
    }
}

/// An audit line for people.
enum AuditLine {
    static func text(_ record: AuditRecord) -> String {
        var parts = [record.time.description, record.user.text]
        if let actor = record.actor { parts.append("(by \(actor))") }
        parts += [record.act.rawValue, record.resource, record.outcome.rawValue]
        if let code = record.errorCode { parts.append("[\(code)]") }
        if let rows = record.rows { parts.append("\(rows) rows") }
        let masked = record.columns.filter { !$0.hasSuffix(": clear") }
        if !masked.isEmpty { parts.append("{\(masked.joined(separator: ", "))}") }
        if let version = record.version { parts.append("v\(version)") }
        return DisplayText.printable(parts.joined(separator: " "))
    }
}
