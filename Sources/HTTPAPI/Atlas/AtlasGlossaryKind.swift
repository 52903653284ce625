import Catalog
import CatalogModel
import Governance
import HTTPTypes

/// One kind of thing that glossaries are made of, with the acts that all kinds share.
struct AtlasGlossaryKind: Sendable {
    /// Its entity type.
    let type: String
    /// What people call one, and several.
    private let name: (one: String, many: String)
    private let make: @Sendable (inout CatalogTransaction, GlossaryInput) throws(CatalogError) -> EntityID
    private let write: @Sendable (inout AtlasWriter, Entity) -> Void

    static let glossary = AtlasGlossaryKind(
        type: GlossaryTypes.glossary,
        name: ("glossary", "glossaries"),
        make: { transaction, input throws(CatalogError) in try transaction.createGlossary(input) },
        write: { $0.glossary($1) }
    )
    static let term = AtlasGlossaryKind(
        type: GlossaryTypes.term,
        name: ("term", "terms"),
        make: { transaction, input throws(CatalogError) in try transaction.createTerm(input) },
        write: { $0.term($1) }
    )
    static let category = AtlasGlossaryKind(
        type: GlossaryTypes.category,
        name: ("category", "categories"),
        make: { transaction, input throws(CatalogError) in try transaction.createCategory(input) },
        write: { $0.category($1) }
    )

    /// The routes of one of a kind, `path` being what follows `v2/`.
    func routes(below path: String) -> [AtlasRoute] {
        [
            AtlasRoute(.get, "v2/\(path)/{guid}", "Show a \(name.one).", read),
            AtlasRoute(.put, "v2/\(path)/{guid}", "Change a \(name.one).", update),
            AtlasRoute(.put, "v2/\(path)/{guid}/partial", "Change part of a \(name.one).", updatePart),
            AtlasRoute(.delete, "v2/\(path)/{guid}", "Delete a \(name.one).", delete),
        ]
    }

    // MARK: Acts

    @Sendable func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (ids, view) = try created(request, [try request.json()])
        return shown(ids, view)
    }

    @Sendable func createMany(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (ids, view) = try created(request, try request.list())
        return AtlasWriter.response(view) { writer in
            writer.list(ids.compactMap { view.graph[$0] }) { write(&$0, $1) }
        }
    }

    private func created(
        _ request: AtlasRequest,
        _ values: [JSONValue]
    ) throws(CatalogError) -> ([EntityID], CatalogView) {
        var inputs: [GlossaryInput] = []
        for value in values { inputs.append(try input(value)) }
        let (ids, transaction) = try request.change("make \(inputs.count) \(name.many)") {
            transaction throws(CatalogError) in
            var ids: [EntityID] = []
            for input in inputs { ids.append(try make(&transaction, input)) }
            return ids
        }
        return (ids, CatalogView(transaction))
    }

    private func input(_ value: JSONValue) throws(CatalogError) -> GlossaryInput {
        try AtlasGlossaryReader.input(value, isCategory: type == GlossaryTypes.category)
    }

    /// The one that the path names.
    func found(_ request: AtlasRequest) throws(CatalogError) -> (CatalogView, Entity) {
        let view = try request.view()
        return (view, try view.graph.glossaryEntity(request.guid, type))
    }

    @Sendable private func read(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, entity) = try found(request)
        return shown([entity.id], view)
    }

    private func shown(_ ids: [EntityID], _ view: CatalogView) -> AtlasResponse {
        AtlasWriter.response(view) { writer in
            // Who may write what they may not read is told no more than that it is done.
            guard let entity = ids.first.flatMap({ view.graph[$0] }) else { return writer.object { _ in } }
            write(&writer, entity)
        }
    }

    @Sendable private func update(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let input = try input(try request.json())
        return try changed(request, "change a \(name.one)") { transaction, id throws(CatalogError) in
            try transaction.update(id, type, input)
        }
    }

    @Sendable private func updatePart(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let parts = try request.parts()
        return try changed(request, "change part of a \(name.one)") { transaction, id throws(CatalogError) in
            try transaction.update(id, type, parts: parts)
        }
    }

    private func changed(
        _ request: AtlasRequest,
        _ act: String,
        _ steps: (inout CatalogTransaction, EntityID) throws(CatalogError) -> Void
    ) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        let (_, transaction) = try request.change(act) { transaction throws(CatalogError) in
            try steps(&transaction, id)
        }
        return shown([id], CatalogView(transaction))
    }

    @Sendable private func delete(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        _ = try request.change("delete a \(name.one)") { transaction throws(CatalogError) in
            try transaction.deleteGlossaryPart(id, type)
        }
        return .done
    }
}

extension AtlasRequest {
    /// The body, or where a client put them there the query, as names with values.
    fileprivate func parts() throws(CatalogError) -> [(name: String, value: JSONValue)] {
        body.isEmpty
            ? query.map { ($0.name, JSONValue.string($0.value)) }
            : try object().pairs.map { ($0.name, $0.value) }
    }
}
