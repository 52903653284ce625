import Catalog
import CatalogModel
import Governance

/// Reads what callers send for glossaries, terms and categories.
enum AtlasGlossaryReader {
    private static let texts = ["shortDescription", "longDescription", "language", "usage", "abbreviation"]

    static func input(_ value: JSONValue, isCategory: Bool = false) throws(CatalogError) -> GlossaryInput {
        guard let object = value.object else { throw CatalogError(.badRequest, "the body is no object") }
        var input = GlossaryInput()
        input.name = object.text("name")
        input.qualifiedName = object.text("qualifiedName").flatMap { $0.isEmpty ? nil : $0 }
        for name in texts { if let text = object.text(name) { input.attributes[name] = .string(text) } }
        if let examples = object["examples"]?.list { input.attributes["examples"] = .array(examples) }
        if let more = object["additionalAttributes"]?.object {
            input.attributes["additionalAttributes"] = .object(more)
        }
        input.anchor = object["anchor"]?.object?.text("glossaryGuid").map { EntityID($0) }
        input.parent = object["parentCategory"]?.object?.text("categoryGuid").map { EntityID($0) }
        for tag in object["classifications"]?.list ?? [] { input.tags.append(try AtlasReader.tag(tag)) }
        relations(object, isCategory, &input)
        return input
    }

    private static func relations(_ object: JSONObject, _ isCategory: Bool, _ input: inout GlossaryInput) {
        let names: [(name: String, key: String)] =
            isCategory
            ? [("terms", "termGuid"), ("childrenCategories", "categoryGuid")]
            : [("categories", "categoryGuid")]
                + GlossaryTypes.pairs.flatMap { [($0.one, "termGuid"), ($0.other, "termGuid")] }
        for (name, key) in names {
            guard let list = object[name]?.list else { continue }
            input.relations[name] = list.compactMap { value in
                guard let other = value.object, let guid = other.text(key) else { return nil }
                var attributes = JSONObject()
                for field in ["description", "expression", "status", "steward", "source"] {
                    if let value = other[field], !value.isNull { attributes[field] = value }
                }
                return (EntityID(guid), attributes)
            }
        }
    }
}

/// Glossaries.
enum AtlasGlossaryActs {
    @Sendable static func list(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let all = view.graph.entities(ofExactly: GlossaryTypes.glossary)
        let limit = try request.number("limit", else: -1)
        let isDescending = request.text("sort")?.uppercased() == "DESC"
        let sorted = all.sorted {
            let (one, other) = ($0.displayText ?? "", $1.displayText ?? "")
            return isDescending ? one > other : one < other
        }.dropFirst(max(0, try request.number("offset", else: 0)))
        return AtlasWriter.response(view) { writer in
            writer.list(limit < 0 ? sorted : sorted.prefix(limit)) { $0.glossary($1) }
        }
    }

    @Sendable static func detailed(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, glossary) = try AtlasGlossaryKind.glossary.found(request)
        return AtlasWriter.response(view) { $0.glossary(glossary, isDetailed: true) }
    }

    private static func members(_ request: AtlasRequest, _ type: String) throws(CatalogError) -> (
        CatalogView, [EntityGraph.Related]
    ) {
        let (view, glossary) = try AtlasGlossaryKind.glossary.found(request)
        let all = view.graph.related(glossary.id, type, from: 0)
        return (view, try request.page(all, in: view.graph))
    }

    @Sendable static func terms(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, terms) = try members(request, GlossaryTypes.termAnchor)
        return AtlasWriter.response(view) { $0.list(terms) { $0.term($1.entity) } }
    }

    @Sendable static func termHeaders(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, terms) = try members(request, GlossaryTypes.termAnchor)
        return AtlasWriter.response(view) { $0.list(terms) { $0.termHeader($1) } }
    }

    @Sendable static func categories(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, categories) = try members(request, GlossaryTypes.categoryAnchor)
        return AtlasWriter.response(view) { $0.list(categories) { $0.category($1.entity) } }
    }

    @Sendable static func categoryHeaders(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let (view, categories) = try members(request, GlossaryTypes.categoryAnchor)
        return AtlasWriter.response(view) { $0.list(categories) { $0.categoryHeader($1) } }
    }
}
