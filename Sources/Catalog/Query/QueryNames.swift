import CatalogModel

/// What a path of a query leads to.
indirect enum QueryTarget: Sendable {
    /// An attribute of the entity itself.
    case attribute(String, AttributeType)
    /// One of the catalog's own attributes.
    case system(String, ComparedKind)
    /// An attribute of a tag on the entity.
    case tagAttribute(Set<String>, String, AttributeType)
    /// The entities at the other end of a relationship.
    case related([EndShape])
    /// What lies beyond a relationship.
    case beyond([EndShape], QueryTarget)
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

    func target(_ path: QuerySyntax.Path) throws(CatalogError) -> QueryTarget {
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
            if let attribute = shape?.attribute(name) { return .attribute(name, attribute.type) }
            if let ends = shape?.ends[name] { return .related(ends) }
            if let tagShape, let attribute = tagShape.attributes.first(where: { $0.definition.name == name })
            {
                return .tagAttribute(tagShape.selfAndBelow, name, attribute.type)
            }
            throw unknown(name, shape?.name ?? tagShape?.definition.name ?? source)
        }
        if let ends = shape?.ends[name] {
            let other = graph.types.entityTypes[ends[0].other.typeName]
            return .beyond(ends, try target(rest, other, nil))
        }
        if let tag = graph.types.tagTypes[name], rest.count == 1, let last = rest.first {
            guard let attribute = tag.attributes.first(where: { $0.definition.name == last }) else {
                throw unknown(last, name)
            }
            return .tagAttribute(tag.selfAndBelow, last, attribute.type)
        }
        throw unknown(name, shape?.name ?? source)
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
        case .related(let ends):
            return reachable(entity.id, ends, gate).map { .string($0.id.text) }
        case .beyond(let ends, let target):
            return reachable(entity.id, ends, gate).flatMap { values(target, of: $0, gate) }
        case .itself: return [.string(entity.id.text)]
        }
    }

    private func reachable(_ id: EntityID, _ ends: [EndShape], _ gate: any CatalogGate) -> [Entity] {
        related(id, ends).compactMap { related in
            guard related.relationship.isActive, mayRead(related.entity, gate) else { return nil }
            return shown(related.entity, gate)
        }
    }
}
