import Catalog
import CatalogModel
import Governance

/// What entities a term stands for, and its relations to other terms.
enum AtlasTermActs {
    @Sendable static func assigned(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, term) = try AtlasGlossaryKind.term.found(request)
        let all = view.graph.related(term.id, BaseTypes.termAssignment, from: 0)
        let page = try request.page(all, in: view.graph)
        return AtlasWriter.response(view) { $0.list(page) { $0.related($1) } }
    }

    @Sendable static func assign(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        let view = try request.view()
        var entities: [(id: EntityID, attributes: JSONObject)] = []
        for value in try request.list() {
            let given = value.object?["relationshipAttributes"]?.object
            let target = try entity(value.object ?? JSONObject(), in: view.graph)
            entities.append((target, given?["attributes"]?.object ?? JSONObject()))
        }
        _ = try request.change("assign a term to \(entities.count) entities") {
            transaction throws(CatalogError) in
            try transaction.assign(id, to: entities)
        }
        return .done
    }

    /// The entity that a reference by identity or by unique attributes leads to.
    private static func entity(
        _ reference: JSONObject,
        in graph: VisibleGraph
    ) throws(CatalogError) -> EntityID {
        if let guid = reference.text("guid") { return EntityID(guid) }
        guard let type = reference.text("typeName"), let unique = reference["uniqueAttributes"]?.object else {
            throw CatalogError(
                .incompleteReference,
                "ObjectId is not valid: it needs a guid, or a typeName with uniqueAttributes"
            )
        }
        let attributes = unique.pairs.map { ($0.name, $0.value.text ?? $0.value.json) }
        return try AtlasRequest.entity(in: graph, type: type, attributes).id
    }

    @Sendable static func takeOff(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        let entities = try request.list().compactMap { value -> (id: EntityID, relationship: EntityID?)? in
            guard let object = value.object, let guid = object.text("guid") else { return nil }
            return (EntityID(guid), object.text("relationshipGuid").map { EntityID($0) })
        }
        _ = try request.change("take a term off \(entities.count) entities") {
            transaction throws(CatalogError) in
            try transaction.takeOff(id, from: entities)
        }
        return .done
    }

    @Sendable static func related(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, term) = try AtlasGlossaryKind.term.found(request)
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                for (name, terms) in view.graph.relatedTerms(of: term) {
                    // seeAlso → SEE_ALSO
                    let key = name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
                    writer.list(key, terms) { $0.termHeader($1) }
                }
            }
        }
    }
}

/// What a category holds, and what is around it.
enum AtlasCategoryActs {
    @Sendable static func terms(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, category) = try AtlasGlossaryKind.category.found(request)
        let all = view.graph.related(category.id, GlossaryTypes.categorization, from: 0)
        let page = try request.page(all, in: view.graph)
        return AtlasWriter.response(view) { $0.list(page) { $0.termHeader($1) } }
    }

    @Sendable static func related(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, category) = try AtlasGlossaryKind.category.found(request)
        let parents = view.graph.related(category.id, GlossaryTypes.hierarchy, from: 1)
        let children = try request.page(
            view.graph.related(category.id, GlossaryTypes.hierarchy, from: 0),
            in: view.graph
        )
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                if !parents.isEmpty { writer.list("parent", parents) { $0.categoryHeader($1) } }
                if !children.isEmpty { writer.list("children", children) { $0.categoryHeader($1) } }
            }
        }
    }
}
