package import CatalogModel
import HashTreeCollections

/// The catalog as somebody sees it: what they may not read isn't there, for no question.
///
/// Whoever answers a caller asks this and not the graph behind it, so that an entity that is hidden and one that
/// never was answer alike.
/// **Shape.** A relationship is there when both of its ends are; references to what isn't there are left out.
/// **Cost.** That of the graph, and for those who don't administer a look at policy for each entity.
package struct VisibleGraph: Sendable {
    let graph: EntityGraph
    let gate: any CatalogGate

    /// A graph through somebody's eyes.
    package init(_ graph: EntityGraph, _ gate: any CatalogGate) {
        self.graph = graph
        self.gate = gate
    }

    /// The types in force; they name no data.
    package var types: TypeRegistry { graph.types }

    /// An entity by identity, in use or not.
    package subscript(id: EntityID) -> Entity? { graph[id].flatMap(seen) }

    /// An entity as its reader may see it; nil when they may not.
    private func seen(_ entity: Entity) -> Entity? {
        graph.mayRead(entity, gate) ? graph.shown(entity, gate) : nil
    }

    /// An entity that the caller may know of, as it was once, without what isn't for their eyes.
    package func shown(_ entity: Entity) -> Entity { graph.shown(entity, gate) }

    private func seen(_ related: EntityGraph.Related) -> EntityGraph.Related? {
        seen(related.entity).map { EntityGraph.Related(relationship: related.relationship, entity: $0) }
    }

    /// The entity of an identity.
    ///
    /// - Throws: `.unknownEntity`.
    package func entity(_ id: EntityID) throws(CatalogError) -> Entity {
        guard let entity = self[id] else { throw CatalogError.unknown(id) }
        return entity
    }

    /// The entity in use of exactly a type that has a value of a unique attribute.
    package func entity(ofExactly type: String, _ attribute: String, _ value: String) -> Entity? {
        graph.entity(ofExactly: type, attribute, value).flatMap(seen)
    }

    /// The entity in use of a type or one below it that has a value of a unique attribute.
    package func entity(of type: String, _ attribute: String, _ value: String) -> Entity? {
        graph.entity(of: type, attribute, value).flatMap(seen)
    }

    /// The entities of exactly a type, in use or not, in the order they came.
    package func entities(ofExactly type: String) -> [Entity] {
        graph.entities(ofExactly: type).compactMap(seen)
    }

    /// The glossary, term or category of an identity.
    ///
    /// - Throws: `.unknownEntity`, `.otherType`.
    package func glossaryEntity(_ id: EntityID, _ type: String) throws(CatalogError) -> Entity {
        let entity = try entity(id)
        guard entity.typeName == type else {
            throw CatalogError(.otherType, "expected type \(type); found \(entity.typeName)")
        }
        return entity
    }

    /// The searches that a user saved: their own business, of which policy has no say.
    package func savedSearches(of owner: String) -> [Entity] {
        graph.entities(ofExactly: BaseTypes.savedSearch).filter { $0.attributes.text("ownerName") == owner }
    }

    // MARK: Relationships

    /// A relationship by identity, in use or not.
    package func relationship(_ id: EntityID) -> Relationship? {
        graph.relationship(id).flatMap { self[$0.end1] != nil && self[$0.end2] != nil ? $0 : nil }
    }

    /// The relationships of an entity, in use or not, in the order they came.
    package func relationships(of id: EntityID) -> [Relationship] {
        guard self[id] != nil else { return [] }
        let all = graph.relationships(of: id)
        return gate.isOpen ? all : all.filter { self[$0.other(than: id)] != nil }
    }

    /// The entities at the other end of relationships of some ends, in use or not, in the order they came.
    package func related(_ id: EntityID, _ ends: [EndShape]) -> [EntityGraph.Related] {
        graph.related(id, ends).compactMap(seen)
    }

    /// The entities in use at the other end of relationships in use of a type.
    package func related(_ id: EntityID, _ type: String, from index: Int) -> [EntityGraph.Related] {
        graph.related(id, type, from: index).compactMap(seen)
    }

    /// The glossary terms that are assigned to an entity.
    package func terms(of id: EntityID) -> [EntityGraph.Related] { graph.terms(of: id).compactMap(seen) }

    /// The entities that an entity owns, those in turn own, and so on, in use or not, without itself.
    package func owned(by id: EntityID) -> [Entity] { graph.owned(by: id).compactMap(seen) }

    /// Lineage around an entity; what isn't seen ends it.
    ///
    /// - Throws: `.unknownEntity`; `.unsuitableLineageType` for what is neither data set nor process.
    package func lineage(of id: EntityID, _ question: LineageQuestion) throws(CatalogError) -> LineageAnswer {
        try graph.lineage(of: try entity(id).id, question, gate)
    }

    // MARK: Tags

    /// A tag and where it was set.
    package struct PlacedTag: Hashable, Sendable {
        /// The tag.
        package let tag: Tag
        /// The entity on which it was set; nil for one that isn't seen.
        package let source: EntityID?
        /// Whether that entity is in use.
        package let isSourceActive: Bool
    }

    /// The tags on an entity, its own before those that flowed there.
    package func tags(on id: EntityID) -> [PlacedTag] {
        tags(setOn: id).map { placed($0, TagInstance($0.name, on: id)) }
            + placed(graph.tags(flowedTo: id))
    }

    /// Tags set on an entity itself, in the order they were set.
    package func tags(setOn id: EntityID) -> [Tag] { graph.tags(setOn: id) }

    /// The entities that have tags, their own or such as flowed there; each once, in the order they came.
    package func tagged() -> [Entity] {
        var handles: Set<UInt32> = []
        for name in graph.tagNames {
            for handle in graph.handles(tagged: name) {
                handles.insert(handle)
                guard let entity = graph.entity(handle) else { continue }
                handles.formUnion(graph.flow.reached(by: TagInstance(name, on: entity.id)))
            }
        }
        return handles.sorted().compactMap { graph.entity($0).flatMap(seen) }
    }

    /// The names of the tags on an entity, those that flowed there after its own; each once.
    package func tagNames(on id: EntityID) -> [TagName] { graph.tagNames(on: id) }

    /// The tags that flow over a relationship now.
    package func tagsFlowing(over relationship: Relationship) -> [PlacedTag] {
        placed(graph.tagsFlowing(over: relationship))
    }

    /// The tags that are kept from flowing over a relationship.
    package func tagsBlocked(at relationship: Relationship) -> [PlacedTag] {
        placed(relationship.blockedTags)
    }

    /// Tags of entities that aren't seen are told once each: how many there are is nobody's business.
    private func placed(_ instances: [TagInstance]) -> [PlacedTag] {
        var seen: Set<PlacedTag> = []
        return instances.compactMap { instance in
            guard let tag = graph.tag(instance) else { return nil }
            let placed = placed(tag, instance)
            return placed.source != nil || seen.insert(placed).inserted ? placed : nil
        }
    }

    private func placed(_ tag: Tag, _ instance: TagInstance) -> PlacedTag {
        guard let source = self[instance.source] else {
            return PlacedTag(
                tag: tag,
                source: gate.isOpen ? instance.source : nil,
                isSourceActive: !gate.isOpen
            )
        }
        return PlacedTag(tag: tag, source: source.id, isSourceActive: source.isActive)
    }

    // MARK: Searching and counting

    /// The name that people see.
    package func displayText(of entity: Entity) -> String { graph.displayText(of: entity) }

    /// An attribute that the catalog itself keeps of every entity, by Atlas's name; nil for other names.
    package func systemAttribute(_ name: String, of entity: Entity) -> JSONValue? {
        graph.systemAttribute(name, of: entity)
    }

    /// The entities that a question asks for; see ``EntityGraph/search(_:_:now:)``.
    package func search(_ question: SearchQuestion, now: Int64) throws(CatalogError) -> SearchFinding {
        try graph.search(question, gate, now: now)
    }

    /// The same with counts of values; see ``EntityGraph/searchWithFacets(_:_:_:now:)``.
    package func searchWithFacets(
        _ question: SearchQuestion,
        _ facets: [String],
        now: Int64
    ) throws(CatalogError) -> (SearchFinding, [(facet: String, counts: [(value: String, count: Int)])]) {
        try graph.searchWithFacets(question, facets, gate, now: now)
    }

    /// Words that start with a prefix; see ``EntityGraph/suggestions(for:_:limit:)``.
    package func suggestions(for prefix: String) -> [String] { graph.suggestions(for: prefix, gate) }

    /// Runs a query in Atlas's language.
    ///
    /// - Throws: `.queryTooLong`, `.invalidQuery`.
    package func ask(
        _ text: String,
        limit: Int,
        offset: Int,
        now: Int64
    ) throws(CatalogError) -> QueryAnswer {
        try CatalogQuery(text, in: graph, limit: limit, offset: offset, now: now).run(gate)
    }

    /// How much there is.
    package func counts() -> CatalogCounts { graph.counts(gate) }
}

extension CatalogError {
    /// What answers an identity that there is none of, or that one may not read.
    package static func unknown(_ id: EntityID) -> CatalogError {
        CatalogError(.unknownEntity, "Given instance guid \(id) is invalid/not found")
    }
}
