import CatalogModel

/// What a path of a query leads to.
indirect enum QueryTarget: Sendable {
    /// An attribute of the entity itself.
    case attribute(String, AttributeType)
    /// One of the catalog's own attributes.
    case system(String, ComparedKind)
    /// An attribute of a tag on the entity.
    case tagAttribute(Set<String>, String, AttributeType)
    /// The entities at the other end of a relationship, or those that an attribute refers to.
    case related(QueryWay)
    /// What lies beyond these.
    case beyond(QueryWay, QueryTarget)
    /// The entity itself.
    case itself

    var kind: ComparedKind? {
        switch self {
        case .attribute(_, let type), .tagAttribute(_, _, let type): type.comparedKind
        case .system(_, let kind): kind
        case .beyond(_, let target): target.kind
        case .related, .itself: nil
        }
    }

    /// Whether it leads over a relationship.
    var isFar: Bool {
        switch self {
        case .beyond, .related: true
        case .attribute, .system, .tagAttribute, .itself: false
        }
    }

    /// Whether it is one plain value.
    var isPlain: Bool {
        switch self {
        case .attribute(_, let type), .tagAttribute(_, _, let type):
            switch type {
            case .array, .map: false
            case .boolean, .byte, .short, .int, .long, .float, .double, .bigInteger, .bigDecimal, .string,
                .date,
                .named:
                true
            }
        case .system: true
        case .beyond, .related, .itself: false
        }
    }
}

/// How a query gets from one entity to others.
enum QueryWay: Sendable {
    /// Over a relationship, standing at one of some ends.
    case relationship([EndShape])
    /// By an attribute whose value is a reference, or a list of them.
    case reference(String)
}

/// Finds out what the names of a query mean.
struct QueryNames {
    let graph: EntityGraph
    let text: String
    /// The source when it is an entity type.
    let shape: EntityShape?
    /// The source when it is a tag type.
    let tagShape: TagShape?
    let alias: String?
    let source: String

    /// How many steps from entity to entity a path may have.
    static let mostSteps = 4

    func target(_ path: QuerySyntax.Path) throws(CatalogError) -> QueryTarget {
        guard path.count <= Self.mostSteps + 2 else {
            throw QueryFailure.invalid(
                text,
                "a path has at most \(Self.mostSteps) steps from entity to entity"
            )
        }
        var rest = path[...]
        if rest.count > 1, rest.first == alias || rest.first == source { rest = rest.dropFirst() }
        if rest.count == 1, rest.first == alias { return .itself }
        return try target(rest, shape, tagShape)
    }

    private func target(
        _ path: ArraySlice<String>,
        _ shape: EntityShape?,
        _ tagShape: TagShape?
    ) throws(CatalogError) -> QueryTarget {
        guard let name = path.first else { return .itself }
        let rest = path.dropFirst()
        if rest.isEmpty {
            if let kind = EntityGraph.systemKinds[name] { return .system(name, kind) }
            if let (way, _) = way(name, shape) { return .related(way) }
            if let attribute = shape?.attribute(name) { return .attribute(name, attribute.type) }
            if let tagShape, let attribute = tagShape.attributes.first(where: { $0.definition.name == name })
            {
                return .tagAttribute(tagShape.selfAndBelow, name, attribute.type)
            }
            throw unknown(name, shape?.name ?? tagShape?.definition.name ?? source)
        }
        if let (way, type) = way(name, shape) {
            return .beyond(way, try target(rest, graph.types.entityTypes[type], nil))
        }
        if let tag = graph.types.tagTypes[name], rest.count == 1, let last = rest.first {
            guard let attribute = tag.attributes.first(where: { $0.definition.name == last }) else {
                throw unknown(last, name)
            }
            return .tagAttribute(tag.selfAndBelow, last, attribute.type)
        }
        throw unknown(name, shape?.name ?? source)
    }

    /// The way to other entities that an attribute is, with their type; nil for an attribute with values of its own.
    private func way(_ name: String, _ shape: EntityShape?) -> (QueryWay, type: String)? {
        if let ends = shape?.ends[name] { return (.relationship(ends), ends[0].other.typeName) }
        var type = shape?.attribute(name)?.type
        if case .array(let element)? = type { type = element }
        guard case .named(let entity)? = type, graph.types.entityTypes[entity] != nil else { return nil }
        return (.reference(name), entity)
    }

    func unknown(_ name: String, _ type: String) -> CatalogError {
        QueryFailure.invalid(text, "DSL Semantic Error - \(name) attribute not found for type \(type)")
    }
}

extension EntityGraph {
    /// The values that a target has for an entity; for entities, their identities as text.
    ///
    /// What somebody may not read beyond a relationship isn't there for them.
    func values(_ target: QueryTarget, of entity: Entity, _ gate: any CatalogGate) -> [JSONValue] {
        switch target {
        case .attribute(let name, _): return [entity.attributes[name] ?? .null]
        case .system(let name, _): return [systemAttribute(name, of: entity) ?? .null]
        case .tagAttribute(let names, let attribute, _):
            var values: [JSONValue] = []
            for tag in tags(setOn: entity.id) where names.contains(tag.name.text) {
                values.append(types.attributes(of: tag)[attribute] ?? .null)
            }
            for instance in tags(flowedTo: entity.id) where names.contains(instance.tag.text) {
                if let tag = tag(instance) { values.append(types.attributes(of: tag)[attribute] ?? .null) }
            }
            return values
        case .related(let way):
            return reachable(entity, way, gate).map { .string($0.id.text) }
        case .beyond: return values(target, ofAll: [entity], gate)
        case .itself: return [.string(entity.id.text)]
        }
    }

    /// The values of several entities; one that is reached several ways counts once, so that ways don't multiply.
    private func values(
        _ target: QueryTarget,
        ofAll entities: [Entity],
        _ gate: any CatalogGate
    ) -> [JSONValue] {
        guard case .beyond(let way, let rest) = target else {
            return entities.flatMap { values(target, of: $0, gate) }
        }
        var seen: Set<EntityID> = []
        var others: [Entity] = []
        for entity in entities {
            others += reachable(entity, way, gate).filter { seen.insert($0.id).inserted }
        }
        return values(rest, ofAll: others, gate)
    }

    private func reachable(_ entity: Entity, _ way: QueryWay, _ gate: any CatalogGate) -> [Entity] {
        let others: [Entity]
        switch way {
        case .relationship(let ends):
            others = related(entity.id, ends).filter(\.relationship.isActive).map(\.entity)
        case .reference(let name):
            others = referred(by: entity.attributes[name] ?? .null)
        }
        return others.filter { mayRead($0, gate) }.map { shown($0, gate) }
    }

    /// The entities that the value of an attribute refers to: one reference, or a list of them.
    func referred(by value: JSONValue) -> [Entity] {
        (value.list ?? [value]).compactMap { $0.object?.text("guid").flatMap { self[EntityID($0)] } }
    }
}
