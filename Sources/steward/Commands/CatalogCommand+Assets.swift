import ArgumentParser
import Catalog
import CatalogModel
import Foundation
import Governance
import HTTPAPI

extension CatalogCommand {
    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find tables, columns, processes, terms by words, type, tag and owner.",
            discussion: "Example: steward catalog search customer mail --tag PII --as alice"
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "Words, all of which must be found; `*` at the end of one stands for any ending.")
        var words: [String] = []
        @Option(help: "Only entities of this type or one below it.") var type: String?
        @Option(help: "Only what has this tag, or one below it.") var tag: String?
        @Option(help: "Only what belongs to this user.") var owner: String?
        @Option(name: .customLong("as"), help: "Only what this user may see.") var user: String?
        @Option(help: "The most results.") var limit = 20
        @Flag(help: "Deleted entities too.") var deleted = false
        @Flag(help: "As JSON.") var json = false

        func run() throws {
            let workspace = try options.open()
            var question = SearchQuestion()
            question.words = words.joined(separator: " ")
            question.types = [type ?? SearchQuestion.allTypes]
            question.tags = tag.map { [$0] } ?? []
            question.excludesDeleted = !deleted
            question.limit = SearchQuestion.effectiveLimit(limit)
            if let owner {
                question.types = [type ?? "Asset"]
                question.filter = .leaf(attribute: "owner", operation: "=", value: owner)
            }
            let caller = user.map { Caller(user: UserName($0), request: workspace.caller.request) }
            let view = try workspace.view(for: caller ?? workspace.caller)
            let finding = try inGovernance { () throws(CatalogError) in
                try view.graph.search(question, now: view.now)
            }
            let lines = try EntityLines(workspace)
            if json { return lines.list(finding.entities) }
            lines.table(finding.entities)
            Terminal.line("\(finding.entities.count) of \(finding.count)")
        }
    }

    struct TagEntity: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tag",
            abstract: "Set a tag on anything of the catalog, or take it off.",
            discussion: "Example: steward catalog tag sales.customers.city PII"
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The guid or qualified name.") var name: String
        @Argument(help: "The tag's type.") var tag: String
        @Option(name: .customLong("attribute"), help: "An attribute, as name=value; may be repeated.")
        var attributes: [String] = []
        @Flag(help: "Take it off.") var remove = false

        func run() throws {
            let workspace = try options.open()
            let entity = try EntityLines(workspace).find(name)
            var values = JSONObject()
            for attribute in attributes {
                guard let equals = attribute.firstIndex(of: "=") else {
                    throw GovernanceError(.invalidRequest, "`\(attribute)` is no attribute: write name=value")
                }
                let value = String(attribute[attribute.index(after: equals)...])
                values[String(attribute[..<equals])] = .string(value)
            }
            let input = TagInput(typeName: tag, attributes: values)
            _ = try inGovernance { () throws(CatalogError) in
                try workspace.cases.assets.change(by: workspace.caller, "tag \(entity.id)") {
                    transaction throws(CatalogError) in
                    if remove {
                        try transaction.removeTag(tag, of: entity.id)
                    } else {
                        try transaction.addTags([input], to: [entity.id])
                    }
                }
            }
            let name = entity.qualifiedName ?? entity.id.text
            Terminal.line(
                remove ? "tag `\(tag)` is off `\(name)`" : "tag `\(tag)` is on `\(name)` and in force"
            )
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all types, entities and glossaries to a ZIP file in Atlas's form.",
            discussion: "Example: steward catalog export catalog.zip"
        )
        @OptionGroup var options: DataOptions
        @Argument(help: "The file to write.") var file: String

        func run() throws {
            let workspace = try options.open()
            let view = try workspace.view(for: workspace.caller)
            // What is kept for users and of the server's own state stays here.
            let glossary = [GlossaryTypes.glossary, GlossaryTypes.category, GlossaryTypes.term]
            let types =
                glossary
                + view.graph.types.entityTypes.values.filter { !$0.isInternal }.map(\.name).sorted()
            let entities = types.flatMap { view.graph.entities(ofExactly: $0) }.filter(\.isActive)
            let bytes = AtlasFiles.archive(of: entities, JSONObject(), view)
            do { try Data(bytes).write(to: URL(filePath: file), options: .atomic) } catch {
                throw GovernanceError(.invalidRequest, "`\(file)` can't be written")
            }
            Terminal.line("\(entities.count) entities in `\(file)`")
        }
    }
}

/// A file in Atlas's form that is to be loaded.
struct AtlasLoading {
    private let bytes: [UInt8]
    private let isArchive: Bool

    /// Reads a file; nil when it is neither JSON nor ZIP by its name.
    init?(_ url: URL) throws(GovernanceError) {
        let kind = url.pathExtension.lowercased()
        guard kind == "json" || kind == "zip" else { return nil }
        guard let data = try? Data(contentsOf: url) else {
            throw GovernanceError(.notFound, "`\(url.path)` can't be read")
        }
        bytes = Array(data)
        isArchive = kind == "zip"
    }

    func run(in workspace: Workspace) throws(GovernanceError) {
        let mutation = try inGovernance { () throws(CatalogError) in
            let archive = isArchive ? try AtlasFiles.Archive(bytes) : nil
            return try workspace.cases.assets.change(by: workspace.caller, "load a file") {
                transaction throws(CatalogError) in
                if let archive {
                    try archive.load(into: &transaction)
                } else {
                    try AtlasFiles.load(json: bytes, into: &transaction)
                }
            }.transaction.mutation
        }
        let types = mutation.types == 0 ? "" : "\(mutation.types) types made or changed, "
        Terminal.line("\(types)\(mutation.created.count) entities made, \(mutation.updated.count) changed")
    }
}

/// Runs something of the catalog and tells its refusals as the command line does.
func inGovernance<Value>(_ body: () throws(CatalogError) -> Value) throws(GovernanceError) -> Value {
    do throws(CatalogError) { return try body() } catch {
        throw GovernanceError(error.code == .forbidden ? .forbidden : .invalidRequest, error.message)
    }
}

extension Workspace {
    /// The catalog as somebody sees it.
    func view(for caller: Caller) throws(GovernanceError) -> CatalogView {
        try inGovernance { () throws(CatalogError) in try cases.assets.view(for: caller) }
    }

    /// Whether there is a governed table of a name.
    func hasTable(_ name: TableName) -> Bool { (try? cases.browsing.table(name, for: caller)) != nil }
}

/// Entities as lines for people, or as JSON.
struct EntityLines {
    private let view: CatalogView

    init(_ workspace: Workspace) throws(GovernanceError) { view = try workspace.view(for: workspace.caller) }

    /// The entity of a guid or qualified name.
    func find(_ name: String) throws(GovernanceError) -> Entity {
        if let entity = view.graph[EntityID(name)] { return entity }
        for type in [
            BaseTypes.referenceable, GlossaryTypes.term, GlossaryTypes.category, GlossaryTypes.glossary,
        ] {
            if let entity = view.graph.entity(of: type, "qualifiedName", name) { return entity }
        }
        throw GovernanceError(.notFound, "nothing in the catalog is called `\(name)`")
    }

    func table(_ entities: [Entity]) {
        var output = TextTable(["name", "type", "tags", "owner", "qualified name"])
        for entity in entities {
            output.add([
                view.graph.displayText(of: entity), entity.typeName, tags(of: entity),
                entity.attributes.text("owner") ?? "", entity.qualifiedName ?? "",
            ])
        }
        for line in output.lines() { Terminal.line(line) }
    }

    func list(_ entities: [Entity]) {
        var writer = JSONWriter()
        writer.beginArray()
        for entity in entities { writer.object(object(entity)) }
        writer.endArray()
        Terminal.line(writer.text)
    }

    func show(_ name: String, asJSON: Bool) throws(GovernanceError) {
        let entity = try find(name)
        if asJSON { return Terminal.line(JSONValue.object(object(entity)).json) }
        var output = TextTable(["attribute", "value"])
        output.add(["guid", entity.id.text])
        output.add(["type", entity.typeName])
        if !entity.isActive { output.add(["status", entity.status.rawValue]) }
        for pair in entity.attributes.pairs { output.add([pair.name, pair.value.text ?? pair.value.json]) }
        if !tags(of: entity).isEmpty { output.add(["tags", tags(of: entity)]) }
        let ends = view.graph.types.entityTypes[entity.typeName]?.ends ?? [:]
        for (attribute, candidates) in ends.sorted(by: { $0.key < $1.key }) {
            let related = view.graph.related(entity.id, candidates).filter(\.relationship.isActive)
            guard !related.isEmpty else { continue }
            output.add([
                attribute, related.map { view.graph.displayText(of: $0.entity) }.joined(separator: ", "),
            ])
        }
        for line in output.lines() { Terminal.line(line) }
    }

    private func tags(of entity: Entity) -> String {
        view.graph.tagNames(on: entity.id).map(\.text).joined(separator: ", ")
    }

    private func object(_ entity: Entity) -> JSONObject {
        [
            "guid": .string(entity.id.text), "typeName": .string(entity.typeName),
            "status": .string(entity.status.rawValue), "attributes": .object(entity.attributes),
            "tags": .array(view.graph.tagNames(on: entity.id).map { .string($0.text) }),
        ]
    }
}
