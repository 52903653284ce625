import ArgumentParser
import CatalogModel
import Governance

/// `steward tag`: say what a column is, so that policy applies to it.
struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Set, remove and list tags on tables and columns.",
        discussion: """
            A tag is in force for the next read, everywhere, and flows along lineage to columns made from this one.
            Example: steward tag set sales.customers.city PII
            """,
        subcommands: [Set.self, Remove.self, List.self]
    )

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Set a tag on a table or column.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The table or column.") var target: String
        @Argument(help: "The tag's type.") var tag: String
        @Option(name: .customLong("attribute"), help: "An attribute, as name=value; may be repeated.")
        var attributes: [String] = []
        @Option(help: "The first moment at which it holds, such as 2026-03-01.") var from: String?
        @Option(help: "The last moment at which it holds; a day alone counts whole.") var until: String?

        func run() throws {
            let workspace = try options.open()
            var values: [String: String] = [:]
            for attribute in attributes {
                guard let equals = attribute.firstIndex(of: "=") else {
                    throw GovernanceError(.invalidRequest, "`\(attribute)` is no attribute: write name=value")
                }
                values[String(attribute[..<equals])] = String(attribute[attribute.index(after: equals)...])
            }
            let tag = Tag(
                TagName(tag),
                attributes: values,
                validFrom: try CatalogLoading.instant(from),
                validUntil: try CatalogLoading.instant(until, isEnd: true)
            )
            let target = try TagTarget.argument(target, in: workspace)
            try workspace.cases.editing.set([(target, tag)], by: workspace.caller)
            let state = tag.holds(at: .now) ? "in force" : "not in force now: it has times in which it holds"
            Terminal.line("tag `\(tag.name)` is set on `\(target)` and \(state)")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a tag that was set there.")
        @OptionGroup var options: DataOptions
        @Argument(help: "The table or column.") var target: String
        @Argument(help: "The tag's type.") var tag: String

        func run() throws {
            let workspace = try options.open()
            let target = try TagTarget.argument(target, in: workspace)
            try workspace.cases.editing.remove(TagName(tag), from: target, by: workspace.caller)
            Terminal.line("tag `\(tag)` is removed from `\(target)`")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the tags in force on a table's columns, and where they come from."
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The table; without it all tables.") var table: String?

        func run() throws {
            let workspace = try options.open()
            let tables =
                try table.map {
                    [try workspace.cases.browsing.table(TableName.argument($0), for: workspace.caller)]
                }
                ?? workspace.cases.browsing.tables(for: workspace.caller)
            var output = TextTable(["column", "tag", "where it comes from"])
            output.width = 160
            for table in tables {
                for tag in table.tableTags {
                    output.add([table.definition.name.description, tag.tag.name.text, tag.origin.sentence])
                }
                for (column, tags) in zip(table.definition.columns, table.tags) {
                    for tag in tags {
                        let name = "\(table.definition.name).\(column.name)"
                        output.add([name, tag.tag.name.text, tag.origin.sentence])
                    }
                }
            }
            for line in output.lines() { Terminal.line(line) }
        }
    }
}

extension TagTarget {
    /// Reads a table or column as people type it: what is a table in the catalog is the table.
    static func argument(_ text: String, in workspace: Workspace) throws(GovernanceError) -> TagTarget {
        if let table = TableName(text),
            (try? workspace.cases.browsing.table(table, for: workspace.caller)) != nil
        {
            return .table(table)
        }
        if let column = ColumnReference(text) { return .column(column) }
        return .table(try TableName.argument(text))
    }
}
