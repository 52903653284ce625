import ArgumentParser
import CatalogModel
import DataSources
import Foundation
import Governance

/// `steward source`: where tables come from.
struct SourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source",
        abstract: "Add, list and scan sources of tables.",
        discussion: """
            Example: steward source add flights ./flights --database flights
            """,
        subcommands: [Add.self, List.self, Scan.self, Release.self, Remove.self]
    )

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a file or folder as a source, and catalogue its tables.",
            discussion:
                "Files keep lying where they are; nothing is copied. See Docs/Sources.md for what is read."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The source's name.") var name: String
        @Argument(
            help: "A file, a folder of files of one kind, or a database's URI: postgresql://user@host/name."
        )
        var path: String
        @Option(help: "The first part of its tables' names; without it the source's name.") var database:
            String?
        @Option(help: "The service whose policies govern its tables; without it `files`, or `postgres`.")
        var service: String?
        @Option(help: "csv, ndjson, xml, sqlite or postgres; without it as the files' names say.") var kind:
            SourceKind?
        @Option(help: "What a malformed row does: fail, or skip and count.") var rowRule = RowRule.fail
        @Option(help: "CSV: the character between fields.") var delimiter: String?
        @Flag(help: "CSV: the first record is a row, not the columns' names.") var noHeader = false
        @Option(help: "CSV: the unquoted text that stands for NULL.") var nullText: String?
        @Option(help: "XML: the path of the element that is a row, such as /staff/employee.") var rowElement:
            String?
        @Option(
            help: ArgumentHelp(
                "PostgreSQL: a schema that the service account owns, for views that carry row filters out.",
                discussion: "The database's owner makes it: CREATE SCHEMA governed AUTHORIZATION reader."
            )
        )
        var viewSchema: String?
        @Flag(help: "Replace the source of that name, if there is one.") var replace = false
        @Flag(help: "Only add it; scan later.") var noScan = false

        func run() throws {
            let workspace = try Workspace(folder: options.folder)
            try workspace.addStandardServices()
            let (kind, place) = try place()
            let service = service ?? (kind == .postgres ? StandardServices.postgres : StandardServices.files)
            let source = SourceDefinition(
                name: SourceName(name),
                kind: kind,
                path: place,
                service: ServiceName(service),
                database: database ?? name,
                rowRule: rowRule,
                options: SourceOptions(
                    delimiter: delimiter,
                    header: noHeader ? false : nil,
                    nullText: nullText,
                    rowElement: rowElement,
                    viewSchema: viewSchema
                )
            )
            if noScan {
                try workspace.cases.editing.put(source, by: workspace.caller)
                Terminal.line("source `\(name)` is added; scan it with `steward source scan \(name)`")
                return
            }
            if isatty(STDERR_FILENO) == 1 { Terminal.error("looking at what `\(name)` has …") }
            let report = try workspace.cases.editing.add(source, replacing: replace, by: workspace.caller)
            Terminal.line("source `\(name)` is added")
            SourceCommand.show(report)
        }

        /// What kind of source it is and where: a database's URI, or an absolute path.
        private func place() throws -> (SourceKind, String) {
            guard kind == .postgres || path.hasPrefix("postgresql://") || path.hasPrefix("postgres://") else {
                let url = URL(filePath: path).standardizedFileURL
                return (try kind ?? SourceKind.guessed(at: url), url.path)
            }
            return (.postgres, path)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the sources.")
        @OptionGroup var options: DataOptions

        func run() throws {
            let workspace = try options.open()
            var table = TextTable(["name", "kind", "database", "service", "malformed rows", "path"])
            for source in try workspace.cases.editing.allSources(by: workspace.caller) {
                table.add([
                    source.name.text, source.kind.rawValue, source.database, source.service.text,
                    source.rowRule.rawValue, source.path,
                ])
            }
            for line in table.lines() { Terminal.line(line) }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a source out of the catalog, with its tables.",
            discussion: "The files stay as they are; tags, descriptions and lineage of the tables go."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The source's name.") var name: String

        func run() throws {
            let workspace = try options.open()
            try workspace.cases.editing.remove(SourceName(name), by: workspace.caller)
            Terminal.line("source `\(name)` is removed")
        }
    }

    struct Scan: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look at what a source has and bring the catalog up to it.",
            discussion: "What people decided (types, descriptions, owners, tags) is never overwritten."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The source's name.") var name: String

        func run() throws { try SourceCommand.scan(SourceName(name), in: try options.open()) }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Drop the views that carry a source's row filters out, so that its tables can be changed.",
            discussion: """
                PostgreSQL lets nobody drop or change a column that a view shows. Until the minutes are over row filters \
                are carried out in place, which hides the same and may be slower.

                Example: steward source release shop --minutes 30
                """
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The source's name.") var name: String
        @Option(help: "Minutes in which none is made again, 0 to 1440.") var minutes = 10

        func validate() throws {
            guard (0...1440).contains(minutes) else { throw ValidationError("--minutes takes 0 to 1440") }
        }

        func run() throws {
            let workspace = try options.open()
            let sources = try workspace.cases.editing.allSources(by: workspace.caller)
            guard let source = sources.first(where: { $0.name.text == name }) else {
                throw GovernanceError(.notFound, "there is no source `\(name)`")
            }
            guard source.kind == .postgres, let views = PostgreSQLDatabase(source).views else {
                throw GovernanceError(.invalidRequest, "source `\(name)` has no schema for views")
            }
            let count = try workspace.cases.statements.release(
                source.name,
                views,
                minutes: minutes,
                by: workspace.caller
            )
            Terminal.line(
                "\(count) views of schema `\(views.schema)` are dropped; none is made for \(minutes) minutes"
            )
        }
    }

    private static func scan(_ name: SourceName, in workspace: Workspace) throws {
        show(try workspace.cases.editing.scan(name, by: workspace.caller))
    }

    private static func show(_ report: ScanReport) {
        for table in report.added { Terminal.line("new        \(table)") }
        for table in report.changed { Terminal.line("changed    \(table)") }
        for table in report.missing { Terminal.line("missing    \(table): the source no longer has it") }
        Terminal.line(
            "\(report.added.count) new, \(report.changed.count) changed, \(report.unchanged.count) as they were, "
                + "\(report.missing.count) missing"
        )
    }
}

extension SourceKind: ExpressibleByArgument {}
extension RowRule: ExpressibleByArgument {}

extension SourceKind {
    /// The kind that the names of the files say.
    fileprivate static func guessed(at url: URL) throws(GovernanceError) -> SourceKind {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw GovernanceError(.sourceUnavailable, "there is nothing at `\(url.path)`")
        }
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [url.lastPathComponent]
        let kinds = Set(
            names.compactMap { name -> SourceKind? in
                let bare = name.lowercased().hasSuffix(".gz") ? String(name.dropLast(3)) : name
                return switch URL(filePath: bare).pathExtension.lowercased() {
                case "csv", "tsv": .csv
                case "ndjson", "jsonl": .ndjson
                case "xml": .xml
                case "sqlite", "db", "sqlite3": .sqlite
                default: nil
                }
            }
        )
        guard kinds.count == 1, let kind = kinds.first else {
            throw GovernanceError(
                .invalidRequest,
                "the names of the files in `\(url.path)` don't say one kind: use --kind csv, ndjson, xml or sqlite"
            )
        }
        return kind
    }
}
