import CatalogModel
import HashTreeCollections

/// Which tags an entity must have to be found.
struct TagCriterion {
    private enum Wanted {
        /// Any tag.
        case any
        /// No tag.
        case none
        /// One of these.
        case names(Set<String>)
    }

    private let wanted: Wanted
    private let filter: CompiledFilter?

    /// Nil when the question asks for none.
    ///
    /// - Throws: `.unknownSearchTag`, `.unknownAttribute`.
    init?(_ question: SearchQuestion, _ types: TypeRegistry, now: Int64) throws(CatalogError) {
        guard !question.tags.isEmpty else { return nil }
        var names: Set<String> = []
        var wanted: Wanted?
        for name in question.tags {
            switch name {
            case "_CLASSIFIED", "*", "_ALL_CLASSIFICATION_TYPES": wanted = .any
            case "_NOT_CLASSIFIED": wanted = Wanted.none
            default:
                if name.contains("*") {
                    let pattern = WildcardPattern(name)
                    names.formUnion(types.tagTypes.keys.filter { pattern.matches($0) })
                    continue
                }
                guard let shape = types.tagTypes[name] else {
                    throw CatalogError(.unknownSearchTag, "\(name): Unknown/invalid classification")
                }
                if question.includesSubTags {
                    names.formUnion(shape.selfAndBelow)
                } else {
                    names.insert(name)
                }
            }
        }
        self.wanted = wanted ?? .names(names)
        let shapes = question.tags.compactMap { types.tagTypes[$0] }
        let isOpen = shapes.isEmpty
        filter = try question.tagFilter.map { filter throws(CatalogError) in
            try CompiledFilter(filter, now: now, owner: question.tags.joined(separator: ",")) { name in
                if let kind = EntityGraph.systemKinds[name] { return kind }
                for shape in isOpen ? Array(types.tagTypes.values) : shapes {
                    if let attribute = shape.attributes.first(where: { $0.definition.name == name }) {
                        return attribute.type.comparedKind
                    }
                }
                return nil
            }
        }
    }

    /// Handles of the entities that may hold; nil when it is quicker to ask all.
    func handles(in graph: EntityGraph) -> [UInt32]? {
        switch wanted {
        case .any, .none: return nil
        case .names(let names):
            var found: Set<UInt32> = []
            for name in names {
                for handle in graph.handles(tagged: TagName(name)) {
                    found.insert(handle)
                    guard let entity = graph.entity(handle) else { continue }
                    found.formUnion(graph.flow.reached(by: TagInstance(TagName(name), on: entity.id)))
                }
            }
            return found.sorted()
        }
    }

    func holds(for entity: Entity, in graph: EntityGraph, _ gate: any CatalogGate) -> Bool {
        let own = graph.tags(setOn: entity.id).map { (tag: $0, source: entity.id) }
        let flowed = graph.tags(flowedTo: entity.id).compactMap { instance in
            graph.tag(instance).map { (tag: $0, source: instance.source) }
        }
        let tags = own + flowed
        switch wanted {
        case .none: return tags.isEmpty
        case .any: return tags.contains { fits($0.tag, $0.source, in: graph, gate) }
        case .names(let names):
            return tags.contains {
                names.contains($0.tag.name.text) && fits($0.tag, $0.source, in: graph, gate)
            }
        }
    }

    private func fits(
        _ tag: Tag,
        _ source: EntityID,
        in graph: EntityGraph,
        _ gate: any CatalogGate
    ) -> Bool {
        guard let filter else { return true }
        let values = graph.types.attributes(of: tag)
        return filter.holds { name in
            if let value = values[name] { return value }
            if name == "__typeName" { return .string(tag.name.text) }
            guard let entity = graph[source], graph.mayRead(entity, gate) else { return nil }
            return graph.systemAttribute(name, of: entity)
        }
    }
}
