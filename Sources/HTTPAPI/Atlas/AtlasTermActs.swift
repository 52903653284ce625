import Catalog
import CatalogModel
import Governance

/// Terms of glossaries.
enum AtlasTermActs {
    private static func shown(_ ids: [EntityID], _ view: CatalogView, isList: Bool) -> AtlasResponse {
        AtlasWriter.response(view) { writer in
            let terms = ids.compactMap { view.graph[$0] }
            if isList {
                writer.list(terms) { $0.term($1) }
            } else if let term = terms.first {
                writer.term(term)
            }
        }
    }

    @Sendable static func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try create(request, [try AtlasGlossaryReader.input(try request.json())], isList: false)
    }

    @Sendable static func createMany(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        var inputs: [GlossaryInput] = []
        for value in try request.list() { inputs.append(try AtlasGlossaryReader.input(value)) }
        return try create(request, inputs, isList: true)
    }

    private static func create(
        _ request: AtlasRequest,
        _ inputs: [GlossaryInput],
        isList: Bool
    ) throws(CatalogError) -> AtlasResponse {
        let (ids, transaction) = try request.change("make \(inputs.count) terms") {
            transaction throws(CatalogError) in
            var ids: [EntityID] = []
            for input in inputs { ids.append(try transaction.createTerm(input)) }
            return ids
        }
        return shown(ids, CatalogView(transaction), isList: isList)
    }

    private static func found(_ request: AtlasRequest) throws(CatalogError) -> (CatalogView, Entity) {
        let view = try request.view()
        _ = try view.graph.glossaryEntity(request.guid, GlossaryTypes.term)
        return (view, try view.entity(request.guid))
    }

    @Sendable static func read(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, term) = try found(request)
        return shown([term.id], view, isList: false)
    }

    @Sendable static func update(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let input = try AtlasGlossaryReader.input(try request.json())
        let id = request.guid
        let (_, transaction) = try request.change("change a term") { transaction throws(CatalogError) in
            try transaction.update(id, GlossaryTypes.term, input)
        }
        return shown([id], CatalogView(transaction), isList: false)
    }

    @Sendable static func updatePart(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let parts = try request.parts()
        let id = request.guid
        let (_, transaction) = try request.change("change part of a term") {
            transaction throws(CatalogError) in
            try transaction.update(id, GlossaryTypes.term, parts: parts)
        }
        return shown([id], CatalogView(transaction), isList: false)
    }

    @Sendable static func delete(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        _ = try request.change("delete a term") { transaction throws(CatalogError) in
            try transaction.deleteGlossaryPart(id, GlossaryTypes.term)
        }
        return .done
    }

    @Sendable static func assigned(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, term) = try found(request)
        let all = view.graph.related(term.id, BaseTypes.termAssignment, from: 0).filter {
            view.mayShow($0.entity)
        }
        let page = try request.page(all, in: view.graph)
        return AtlasWriter.response(view) { $0.list(page) { $0.related($1) } }
    }

    @Sendable static func assign(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        var entities: [(id: EntityID, attributes: JSONObject)] = []
        for value in try request.list() {
            guard let object = value.object, let guid = object.text("guid") else {
                throw CatalogError(.incompleteReference, "ObjectId is not valid: a guid is missing")
            }
            let given = object["relationshipAttributes"]?.object
            entities.append((EntityID(guid), given?["attributes"]?.object ?? JSONObject()))
        }
        _ = try request.change("assign a term to \(entities.count) entities") {
            transaction throws(CatalogError) in
            try transaction.assign(id, to: entities)
        }
        return .done
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
        let (view, term) = try found(request)
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

/// Categories of glossaries.
enum AtlasCategoryActs {
    private static func shown(_ ids: [EntityID], _ view: CatalogView, isList: Bool) -> AtlasResponse {
        AtlasWriter.response(view) { writer in
            let categories = ids.compactMap { view.graph[$0] }
            if isList {
                writer.list(categories) { $0.category($1) }
            } else if let category = categories.first {
                writer.category(category)
            }
        }
    }

    @Sendable static func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try create(
            request,
            [try AtlasGlossaryReader.input(try request.json(), isCategory: true)],
            isList: false
        )
    }

    @Sendable static func createMany(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        var inputs: [GlossaryInput] = []
        for value in try request.list() {
            inputs.append(try AtlasGlossaryReader.input(value, isCategory: true))
        }
        return try create(request, inputs, isList: true)
    }

    private static func create(
        _ request: AtlasRequest,
        _ inputs: [GlossaryInput],
        isList: Bool
    ) throws(CatalogError) -> AtlasResponse {
        let (ids, transaction) = try request.change("make \(inputs.count) categories") {
            transaction throws(CatalogError) in
            var ids: [EntityID] = []
            for input in inputs { ids.append(try transaction.createCategory(input)) }
            return ids
        }
        return shown(ids, CatalogView(transaction), isList: isList)
    }

    private static func found(_ request: AtlasRequest) throws(CatalogError) -> (CatalogView, Entity) {
        let view = try request.view()
        _ = try view.graph.glossaryEntity(request.guid, GlossaryTypes.category)
        return (view, try view.entity(request.guid))
    }

    @Sendable static func read(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, category) = try found(request)
        return shown([category.id], view, isList: false)
    }

    @Sendable static func update(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let input = try AtlasGlossaryReader.input(try request.json(), isCategory: true)
        let id = request.guid
        let (_, transaction) = try request.change("change a category") { transaction throws(CatalogError) in
            try transaction.update(id, GlossaryTypes.category, input)
        }
        return shown([id], CatalogView(transaction), isList: false)
    }

    @Sendable static func updatePart(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let parts = try request.parts()
        let id = request.guid
        let (_, transaction) = try request.change("change part of a category") {
            transaction throws(CatalogError) in
            try transaction.update(id, GlossaryTypes.category, parts: parts)
        }
        return shown([id], CatalogView(transaction), isList: false)
    }

    @Sendable static func delete(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        _ = try request.change("delete a category") { transaction throws(CatalogError) in
            try transaction.deleteGlossaryPart(id, GlossaryTypes.category)
        }
        return .done
    }

    @Sendable static func terms(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, category) = try found(request)
        let all = view.graph.related(category.id, GlossaryTypes.categorization, from: 0)
        let page = try request.page(all.filter { view.mayShow($0.entity) }, in: view.graph)
        return AtlasWriter.response(view) { $0.list(page) { $0.termHeader($1) } }
    }

    @Sendable static func related(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, category) = try found(request)
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
