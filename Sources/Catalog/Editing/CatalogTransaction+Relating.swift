import CatalogModel

/// What of a relationship attribute one reference says.
private struct Wanted {
    let id: EntityID
    let end: EndShape
    let attributes: JSONObject?
}

extension CatalogTransaction {
    /// Brings an entity's relationships to what a request says of them.
    mutating func relate(
        _ draft: EntityDraft,
        _ options: WriteOptions,
        _ references: inout References
    ) throws(CatalogError) {
        for pair in draft.input.relationships.pairs {
            guard let candidates = draft.shape.ends[pair.name] else { continue }
            var wanted: [Wanted] = []
            for value in References.list(pair.value) {
                guard let id = references.target(of: value) else { continue }
                let end = choose(candidates, value, from: draft.id, to: id)
                try checkType(of: id, end, pair.name, references)
                let extra = value.object?["relationshipAttributes"]?.object
                var attributes: JSONObject?
                if let given = extra?["attributes"]?.object ?? extra {
                    attributes = try checkedAttributes(given, end.relationshipType)
                }
                wanted.append(Wanted(id: id, end: end, attributes: attributes))
            }
            let appends =
                options.isPartial
                && (draft.shape.definition.options["appendRelationshipsOnPartialUpdate"] ?? "")
                    .contains("\"\(pair.name)\"")
            try replace(candidates, of: draft.id, by: wanted, isAppending: appends, draft)
        }
    }

    private func choose(
        _ candidates: [EndShape],
        _ value: JSONValue,
        from id: EntityID,
        to other: EntityID
    ) -> EndShape {
        if let name = value.object?.text("relationshipType"),
            let end = candidates.first(where: { $0.relationshipType == name })
        {
            return end
        }
        if candidates.count > 1 {
            for relationship in graph.relationships(of: id)
            where relationship.isActive && relationship.other(than: id) == other {
                if let end = candidates.first(where: { $0.relationshipType == relationship.typeName }) {
                    return end
                }
            }
            if let shape = graph.shape(of: other),
                let end = candidates.first(where: { shape.isA($0.other.typeName) })
            {
                return end
            }
        }
        return candidates[0]
    }

    private func checkType(
        of id: EntityID,
        _ end: EndShape,
        _ attribute: String,
        _ references: References
    ) throws(CatalogError) {
        let shape = references.types[id] ?? graph.shape(of: id)
        guard let shape, shape.isA(end.other.typeName) else {
            throw CatalogError(
                .relationshipEndType,
                "Invalid entity-type for relationship attribute ‘\(attribute)‘: entity specified (guid=\(id)) is of "
                    + "type ‘\(shape?.name ?? "")‘, but expected type is ‘\(end.other.typeName)‘"
            )
        }
    }

    private mutating func replace(
        _ candidates: [EndShape],
        of id: EntityID,
        by wanted: [Wanted],
        isAppending: Bool,
        _ draft: EntityDraft
    ) throws(CatalogError) {
        guard draft.known != nil else {
            for target in wanted { try connect(target, from: id) }
            return
        }
        let names = Set(candidates.map(\.relationshipType))
        let index = Dictionary(
            candidates.map { ($0.relationshipType, $0.index) },
            uniquingKeysWith: { a, _ in a }
        )
        let isSymmetric = candidates.contains { $0.shape.end1.attribute == $0.shape.end2.attribute }
        if !isAppending {
            for relationship in graph.relationships(of: id)
            where relationship.isActive && names.contains(relationship.typeName) {
                let position = index[relationship.typeName] ?? 0
                guard relationship.end(position) == id || isSymmetric else { continue }
                let other = relationship.other(than: id)
                // A list that was read without what its reader may not see comes back without it.
                guard seen(other) != nil else { continue }
                if wanted.contains(where: {
                    $0.id == other && $0.end.relationshipType == relationship.typeName
                }) {
                    continue
                }
                try require(.entityUpdate, on: try held(id))
                try drop(relationship, from: id)
            }
        }
        for target in wanted { try connect(target, from: id) }
    }

    /// Ends a relationship that fell out of a list; what was owned over it is deleted.
    private mutating func drop(_ relationship: Relationship, from id: EntityID) throws(CatalogError) {
        let other = relationship.other(than: id)
        let shape = graph.types.definitions[relationship.typeName]?.relationship
        let position = relationship.end1 == id ? 0 : 1
        end(relationship)
        markUpdated(id)
        if let shape, shape.category == .composition, shape.end(position).isContainer {
            try deleteCascading([other])
        } else {
            markUpdated(other)
        }
    }

    private mutating func connect(_ wanted: Wanted, from id: EntityID) throws(CatalogError) {
        let ends = wanted.end.index == 0 ? (id, wanted.id) : (wanted.id, id)
        try connect(
            ends.0,
            ends.1,
            wanted.end.relationshipType,
            wanted.end.shape,
            attributes: wanted.attributes
        )
    }

    /// Makes sure that two entities are related; gives the relationship.
    @discardableResult
    mutating func connect(
        _ end1: EntityID,
        _ end2: EntityID,
        _ type: String,
        _ shape: RelationshipShape,
        attributes: JSONObject?
    ) throws(CatalogError) -> Relationship {
        if var known = relationship(type, between: end1, end2, shape) {
            if let attributes, attributes != known.attributes {
                known.attributes = attributes
                (known.updatedBy, known.updateTime, known.version) = (user, now, known.version + 1)
                store(known)
                markUpdated(end1)
                markUpdated(end2)
            }
            return known
        }
        if !gate.isOpen {
            let facts = (graph.facts(of: try held(end1)), graph.facts(of: try held(end2)))
            guard gate.permits(.relationshipAdd, relationship: type, facts.0, facts.1) else {
                throw CatalogError(
                    .forbidden,
                    "\(user) is not authorized to perform add-relationship: type=\(type)"
                )
            }
        }
        for (index, id) in [end1, end2].enumerated() where shape.end(index).cardinality == .single {
            for other in graph.relationships(of: id)
            where other.typeName == type && other.isActive && other.end(index) == id {
                end(other)
                markUpdated(other.other(than: id))
            }
        }
        var made = Relationship(id: makeID(), typeName: type, end1: end1, end2: end2)
        (made.createdBy, made.updatedBy, made.createTime, made.updateTime) = (user, user, now, now)
        made.attributes = (attributes ?? JSONObject()).withoutNulls
        store(made)
        markUpdated(end1)
        markUpdated(end2)
        if type == BaseTypes.termAssignment { noteTerm(made, .termAdded, "Added term: ") }
        return made
    }

    /// The relationship in use between two entities; nil when there is none.
    func relationship(
        _ type: String,
        between end1: EntityID,
        _ end2: EntityID,
        _ shape: RelationshipShape
    ) -> Relationship? {
        // The end with fewer relationships is the quicker one to ask.
        let isSymmetric =
            shape.end1.typeName == shape.end2.typeName && shape.end1.attribute == shape.end2.attribute
        let asked = shape.end1.cardinality == .single ? end1 : end2
        return graph.relationships(of: asked).first { relationship in
            relationship.isActive && relationship.typeName == type
                && ((relationship.end1 == end1 && relationship.end2 == end2)
                    || (isSymmetric && relationship.end1 == end2 && relationship.end2 == end1))
        }
    }

    func noteText(of relationship: Relationship) -> String {
        let term = graph[relationship.end1]
        return JSONValue.object([
            "guid": .string(relationship.end1.text), "typeName": .string(GlossaryTypes.term),
            "uniqueAttributes": .object(["qualifiedName": .string(term?.qualifiedName ?? "")]),
            "displayText": .string(term?.displayText ?? ""),
        ]).json
    }

    mutating func noteTerm(_ relationship: Relationship, _ action: EntityEvent.Action, _ prefix: String) {
        note(relationship.end2, EntityEvent(action, prefix + noteText(of: relationship)))
    }

    /// Ends a relationship: marks it, or takes it out when one of its ends is deleted for good too.
    mutating func end(_ relationship: Relationship) {
        guard let known = graph.relationship(relationship.id), known.isActive else { return }
        let isHard = [known.end1, known.end2].contains { graph.shape(of: $0)?.isInternal ?? true }
        if known.typeName == BaseTypes.termAssignment { noteTerm(known, .termDeleted, "Deleted term: ") }
        if isHard {
            erase(known)
            return
        }
        var ended = known
        graph.settleFlow()
        ended.carriedTags = graph.tagsFlowing(over: known)
        (ended.status, ended.updatedBy, ended.updateTime, ended.version) = (
            .deleted, user, now, known.version + 1
        )
        store(ended)
    }

    /// Attribute values of a relationship in the form in which they are kept.
    ///
    /// - Throws: `.invalidRelationship`.
    func checkedAttributes(_ given: JSONObject, _ type: String) throws(CatalogError) -> JSONObject {
        guard let definition = graph.types.definition(type, .relationship) else { return given }
        var checking = ValueChecking(types: graph.types)
        var values = JSONObject()
        for attribute in definition.attributes {
            let shape = AttributeShape(
                definition: attribute,
                definedBy: type,
                type: AttributeType(attribute.typeName) ?? .string
            )
            let value = checking.value(
                given[attribute.name] ?? .null,
                of: shape,
                at: "\(type).\(attribute.name)"
            )
            if value.isNull, !attribute.isOptional, checking.problems.isEmpty {
                throw CatalogError(
                    .invalidRelationship,
                    "Invalid relationship creation/updation parameters passed : \(type).\(attribute.name): mandatory "
                        + "attribute value missing in type \(type)"
                )
            }
            if !value.isNull { values.append(new: attribute.name, value) }
        }
        if let problem = checking.problems.first {
            throw CatalogError(
                .invalidRelationship,
                "Invalid relationship creation/updation parameters passed : \(problem)"
            )
        }
        return values
    }
}
