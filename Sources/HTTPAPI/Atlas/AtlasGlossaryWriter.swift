import Catalog
import CatalogModel

/// Glossaries, terms and categories as Atlas shows them.
extension AtlasWriter {
    private mutating func texts(_ entity: Entity) {
        pair("guid", entity.id.text)
        for pair in entity.attributes.pairs { json.pair(pair.name, pair.value) }
        classifications(of: entity.id)
    }

    /// A glossary.
    mutating func glossary(_ entity: Entity, isDetailed: Bool = false) {
        let graph = graph
        let terms = graph.related(entity.id, GlossaryTypes.termAnchor, from: 0)
        let categories = graph.related(entity.id, GlossaryTypes.categoryAnchor, from: 0)
        object { writer in
            writer.texts(entity)
            writer.list("terms", terms) { $0.termHeader($1) }
            writer.list("categories", categories) { $0.categoryHeader($1) }
            guard isDetailed else { return }
            writer.object("termInfo") { writer in
                for term in terms {
                    writer.json.name(term.entity.id.text)
                    writer.term(term.entity)
                }
            }
            writer.object("categoryInfo") { writer in
                for category in categories {
                    writer.json.name(category.entity.id.text)
                    writer.category(category.entity)
                }
            }
        }
    }

    /// A term.
    mutating func term(_ entity: Entity) {
        let graph = graph
        object { writer in
            writer.texts(entity)
            writer.anchor(graph.related(entity.id, GlossaryTypes.termAnchor, from: 1).first)
            let assigned = graph.related(entity.id, BaseTypes.termAssignment, from: 0)
            if !assigned.isEmpty { writer.list("assignedEntities", assigned) { $0.related($1) } }
            let categories = graph.related(entity.id, GlossaryTypes.categorization, from: 1)
            if !categories.isEmpty { writer.list("categories", categories) { $0.categoryHeader($1) } }
            for (name, related) in graph.relatedTerms(of: entity) {
                writer.list(name, related) { $0.termHeader($1) }
            }
        }
    }

    /// A category.
    mutating func category(_ entity: Entity) {
        let graph = graph
        object { writer in
            writer.texts(entity)
            writer.anchor(graph.related(entity.id, GlossaryTypes.categoryAnchor, from: 1).first)
            if let parent = graph.related(entity.id, GlossaryTypes.hierarchy, from: 1).first {
                writer.json.name("parentCategory")
                writer.categoryHeader(parent)
            }
            let children = graph.related(entity.id, GlossaryTypes.hierarchy, from: 0)
            if !children.isEmpty { writer.list("childrenCategories", children) { $0.categoryHeader($1) } }
            let terms = graph.related(entity.id, GlossaryTypes.categorization, from: 0)
            if !terms.isEmpty { writer.list("terms", terms) { $0.termHeader($1) } }
        }
    }

    private mutating func anchor(_ glossary: EntityGraph.Related?) {
        guard let glossary else { return }
        object("anchor") { writer in
            writer.pair("glossaryGuid", glossary.entity.id.text)
            writer.pair("relationGuid", glossary.relationship.id.text)
            writer.pair("displayText", writer.graph.displayText(of: glossary.entity))
        }
    }

    /// A term at the other end of a relation.
    mutating func termHeader(_ related: EntityGraph.Related) {
        object { writer in
            writer.pair("termGuid", related.entity.id.text)
            writer.relation(related)
        }
    }

    /// A category at the other end of a relation.
    mutating func categoryHeader(_ related: EntityGraph.Related) {
        let parent = graph.related(related.entity.id, GlossaryTypes.hierarchy, from: 1).first
        object { writer in
            writer.pair("categoryGuid", related.entity.id.text)
            if let parent { writer.pair("parentCategoryGuid", parent.entity.id.text) }
            writer.relation(related)
        }
    }

    private mutating func relation(_ related: EntityGraph.Related) {
        pair("relationGuid", related.relationship.id.text)
        pair("displayText", graph.displayText(of: related.entity))
        if let name = related.entity.qualifiedName { pair("qualifiedName", name) }
        for pair in related.relationship.attributes.pairs { json.pair(pair.name, pair.value) }
    }
}

extension VisibleGraph {
    /// The terms that a term is related to, by relationship attribute; only attributes that have some.
    func relatedTerms(of term: Entity) -> [(attribute: String, terms: [EntityGraph.Related])] {
        guard let shape = types.entityTypes[GlossaryTypes.term] else { return [] }
        let names = Set(GlossaryTypes.pairs.flatMap { [$0.one, $0.other] }).sorted()
        return names.compactMap { name in
            let found = related(term.id, shape.ends[name] ?? []).filter(\.relationship.isActive)
            return found.isEmpty ? nil : (name, found)
        }
    }
}

extension AtlasRequest {
    /// The part of a list that the query asks for, sorted by the name that people see.
    func page(_ related: [EntityGraph.Related], in graph: VisibleGraph) throws(CatalogError) -> [EntityGraph
        .Related]
    {
        let limit = try number("limit", else: -1)
        let offset = try number("offset", else: 0)
        let isDescending = text("sort")?.uppercased() == "DESC"
        let keyed = related.map { (key: graph.displayText(of: $0.entity).lowercased(), related: $0) }
        let sorted = keyed.sorted { isDescending ? $0.key > $1.key : $0.key < $1.key }.map(\.related)
        let rest = sorted.dropFirst(max(0, offset))
        return Array(limit < 0 ? rest : rest.prefix(limit))
    }
}
