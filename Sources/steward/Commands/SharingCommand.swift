import ArgumentParser
import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// `steward sharing`: datasets, projects and what is in them.
struct SharingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sharing",
        abstract: "Publish, show and take away datasets, projects, data shares and shared resources.",
        discussion: """
            Files are JSON as Ranger has governed data sharing; who may use a dataset or project is said by policies of
            the service `_gds`; see Docs/Policies.md.
            Example: steward sharing apply shares.json
            """,
        subcommands: [Apply.self, List.self, Export.self, Delete.self]
    )

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish records from files: all or none; each replaces the one of its kind and number."
        )
        @OptionGroup var options: DataOptions
        @Argument(
            help: "Files: objects with `datasets`, `projects`, `dataShares`, `resources`, `dshids`, `dips`."
        )
        var files: [String]

        func run() throws {
            var records: [SharedRecord] = []
            for path in files {
                let file = URL(filePath: path)
                let text = try YAMLFile.text(of: file, limit: RecordFile.byteLimit)
                do throws(PolicyError) {
                    records += try SharedRecord.read(Array(text.utf8), name: file.lastPathComponent)
                } catch {
                    throw GovernanceError(.invalidPolicy, "\(error)")
                }
            }
            let workspace = try options.open()
            RecordFile.report(try workspace.cases.policies.apply(shared: records, by: workspace.caller))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the records.")
        @OptionGroup var options: DataOptions

        func run() throws {
            let workspace = try options.open()
            var table = TextTable(["record", "name", "refers to"])
            for record in try workspace.cases.policies.shared(by: workspace.caller) {
                table.add([
                    record.key.text, record.name, record.references.map(\.text).joined(separator: ", "),
                ])
            }
            for line in table.lines() { Terminal.line(line) }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all records as Ranger's JSON, for `sharing apply`."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The file to write; without it standard output.") var file: String?

        func run() throws {
            let workspace = try options.open()
            let records = try workspace.cases.policies.shared(by: workspace.caller)
            try RecordFile.write(SharedRecord.document(of: records), to: file, "\(records.count) records")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a record away; nothing may refer to it any more."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The record, such as dataset/3.") var record: String

        func run() throws {
            guard let key = SharedRecord.Key(record) else {
                throw ValidationError(
                    "`\(record)` isn't KIND/ID, such as dataset/3 (see `steward sharing list`)"
                )
            }
            let workspace = try options.open()
            try workspace.cases.policies.delete(shared: key, by: workspace.caller)
            Terminal.line("\(record) is gone")
        }
    }
}
