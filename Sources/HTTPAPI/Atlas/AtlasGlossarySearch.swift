import Catalog
import CatalogModel
import Governance

/// Which terms and categories of glossaries somebody asks for.
///
/// - Source: Atlas 3.0, `GlossarySearchParameters`, `GlossarySearchBuilder`.
struct AtlasGlossarySearch {
    /// A term or category, with the glossary that it belongs to.
    struct Row {
        let entity: Entity
        let glossary: Entity
        let isTerm: Bool

        /// What people set as the state of their work on it; nil where they didn't.
        var status: String? { entity.attributes["additionalAttributes"]?.object?.text("status") }
    }

    private let hasTerms: Bool
    private let hasCategories: Bool
    private let glossaryID: String?
    private let glossaryName: String?
    private let status: String?
    private let tag: String?
    private let words: String?
    private let sortBy: String
    private let isDescending: Bool
    private let offset: Int
    private let limit: Int

    /// Reads Atlas's form.
    ///
    /// - Throws: `.badRequest` for a kind or order that there is none of.
    init(_ parameters: JSONObject) throws(CatalogError) {
        func text(_ object: JSONObject?, _ name: String) -> String? {
            object?.text(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        let kind = text(parameters, "glossaryType") ?? text(parameters, "recordType") ?? "ALL"
        guard ["ALL", "TERM", "CATEGORY"].contains(kind) else {
            throw CatalogError(.badRequest, "glossaryType is ALL, TERM or CATEGORY")
        }
        (hasTerms, hasCategories) = (kind != "CATEGORY", kind != "TERM")
        let glossary = parameters["glossary"]?.object
        glossaryID = text(glossary, "guid") ?? text(parameters, "glossaryGuid")
        glossaryName = text(glossary, "name")?.lowercased()
        status = (text(parameters, "status") ?? text(parameters, "statusContains"))?.lowercased()
        tag = text(parameters, "classificationContains")?.lowercased()
        words = text(parameters, "searchQuery")?.lowercased()
        sortBy = (text(parameters, "sortBy") ?? "name").lowercased()
        let order = text(parameters, "sortOrder") ?? "ASCENDING"
        guard order == "ASCENDING" || order == "DESCENDING" else {
            throw CatalogError(.badRequest, "sortOrder is ASCENDING or DESCENDING")
        }
        isDescending = order == "DESCENDING"
        offset = max(0, Int(clamping: parameters["offset"]?.integer ?? 0))
        let wanted = Int(clamping: parameters["limit"]?.integer ?? 25)
        limit = wanted > 0 ? min(wanted, SearchQuestion.maximumLimit) : SearchQuestion.maximumLimit
    }

    /// All that fits, of what one may read, in order.
    func rows(_ graph: VisibleGraph) -> [Row] {
        var rows: [Row] = []
        for glossary in graph.entities(ofExactly: GlossaryTypes.glossary) {
            if let glossaryID, glossary.id.text != glossaryID { continue }
            let name = graph.displayText(of: glossary).lowercased()
            if let glossaryName, !name.contains(glossaryName) { continue }
            for (type, isTerm) in [
                (GlossaryTypes.termAnchor, true), (GlossaryTypes.categoryAnchor, false),
            ]
            where isTerm ? hasTerms : hasCategories {
                for related in graph.related(glossary.id, type, from: 0) {
                    let row = Row(entity: related.entity, glossary: glossary, isTerm: isTerm)
                    if fits(row, graph) { rows.append(row) }
                }
            }
        }
        let keyed = rows.map { (key: key(of: $0, graph), row: $0) }
        return keyed.sorted { isDescending ? $1.key < $0.key : $0.key < $1.key }.map(\.row)
    }

    /// The part of some rows that was asked for.
    func page(of rows: [Row]) -> ArraySlice<Row> { rows.dropFirst(offset).prefix(limit) }

    private func fits(_ row: Row, _ graph: VisibleGraph) -> Bool {
        if let status, row.status?.lowercased().contains(status) != true { return false }
        if let tag {
            let names = graph.tagNames(on: row.entity.id)
            guard names.contains(where: { $0.text.lowercased().contains(tag) }) else { return false }
        }
        guard let words else { return true }
        return ["name", "qualifiedName", "shortDescription", "longDescription"].contains {
            row.entity.attributes.text($0)?.lowercased().contains(words) ?? false
        }
    }

    private func key(of row: Row, _ graph: VisibleGraph) -> String {
        let text =
            switch sortBy {
            case "glossaryname", "glossary": graph.displayText(of: row.glossary)
            case "status": row.status ?? ""
            case "qualifiedname": row.entity.qualifiedName ?? ""
            case "recordtype", "type", "glossarytype": row.isTerm ? "TERM" : "CATEGORY"
            default: graph.displayText(of: row.entity)
            }
        return text.lowercased()
    }
}

/// Searching in glossaries.
enum AtlasGlossarySearchActs {
    @Sendable static func search(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let search = try AtlasGlossarySearch(try request.object())
        let view = try request.view()
        let rows = search.rows(view.graph)
        var order: [EntityID] = []
        var found: [EntityID: [AtlasGlossarySearch.Row]] = [:]
        for row in search.page(of: rows) {
            if found[row.glossary.id] == nil { order.append(row.glossary.id) }
            found[row.glossary.id, default: []].append(row)
        }
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.list("glossary", order.compactMap { found[$0] }) { $0.glossary(found: $1) }
                writer.pair("approximateCount", .integer(Int64(rows.count)))
            }
        }
    }
}

extension AtlasWriter {
    /// A glossary with what was found in it.
    fileprivate mutating func glossary(found rows: [AtlasGlossarySearch.Row]) {
        object { writer in
            if let glossary = rows.first?.glossary { writer.heading(glossary) }
            writer.list("terms", rows.filter(\.isTerm)) { $0.found($1) }
            writer.list("categories", rows.filter { !$0.isTerm }) { $0.found($1) }
        }
    }

    private mutating func found(_ row: AtlasGlossarySearch.Row) {
        object { writer in
            writer.heading(row.entity)
            if let name = row.entity.qualifiedName { writer.pair("qualifiedName", name) }
            writer.classifications(of: row.entity.id)
            if let more = row.entity.attributes["additionalAttributes"] {
                writer.pair("customAttributes", more)
            }
        }
    }

    private mutating func heading(_ entity: Entity) {
        pair("name", graph.displayText(of: entity))
        pair("guid", entity.id.text)
        for name in ["shortDescription", "longDescription"] {
            if let text = entity.attributes.text(name) { pair(name, text) }
        }
        let status = entity.attributes["additionalAttributes"]?.object?.text("status")
        if let status { pair("status", status) }
    }
}
