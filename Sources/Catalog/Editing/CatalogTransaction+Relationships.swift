package import CatalogModel

/// A relationship as a caller wants it.
package struct RelationshipInput: Sendable {
    /// The relationship type's name.
    package var typeName: String
    /// Its identity; nil for a new one.
    package var id: EntityID?
    /// References to the ends; nil when none was given.
    package var end1: JSONObject?
    /// See `end1`.
    package var end2: JSONObject?
    /// Attribute values; nil leaves what is there.
    package var attributes: JSONObject?
    /// Which way tags flow; nil for the type's way.
    package var tagFlow: TagFlow?
    /// The tags that don't flow over it; nil leaves what is there.
    package var blocked: [TagInstance]?

    /// A relationship.
    package init(typeName: String) { self.typeName = typeName }
}

extension CatalogTransaction {
    /// Relates two entities.
    ///
    /// - Throws: `.unknownRelationshipType`, `.unknownEnd`, `.unsuitableEndType`, `.relationshipExists`,
    ///   `.invalidRelationship`, `.unsuitableTagFlow`.
    /// - Source: `AtlasRelationshipStoreV2.create`.
    package mutating func createRelationship(_ input: RelationshipInput) throws(CatalogError) -> EntityID {
        guard let shape = graph.types.definition(input.typeName, .relationship)?.relationship else {
            throw CatalogError(
                .unknownRelationshipType,
                "invalid value: unknown relationship type '\(input.typeName)'"
            )
        }
        var one = try end(input.end1, shape.end1)
        var other = try end(input.end2, shape.end2)
        let isStraight = try fits(one, shape.end1, other, shape.end2)
        let isSwapped = try fits(one, shape.end2, other, shape.end1)
        if !isStraight, isSwapped { (one, other) = (other, one) }
        guard isStraight || isSwapped else {
            throw CatalogError(
                .unsuitableEndType,
                "invalid relationshipDef: \(input.typeName): end type 1: \(try entity(one).typeName), end type 2: "
                    + (try entity(other).typeName)
            )
        }
        guard relationship(input.typeName, between: one, other, shape) == nil else {
            throw CatalogError(
                .relationshipExists,
                "relationship \(input.typeName) already exists between entities \(one) and \(other)"
            )
        }
        if let flow = input.tagFlow { try checkFlow(flow, shape) }
        let attributes = try checkedAttributes(input.attributes ?? JSONObject(), input.typeName)
        var made = try connect(one, other, input.typeName, shape, attributes: attributes)
        if input.tagFlow == TagFlow.none, shape.tagFlow != .none {
            made.stopsTags = true
            store(made)
        }
        return made.id
    }

    private func checkFlow(_ flow: TagFlow, _ shape: RelationshipShape) throws(CatalogError) {
        guard flow == .none || flow == shape.tagFlow else {
            throw CatalogError(
                .unsuitableTagFlow,
                "propagateTags: \(flow.rawValue) is not allowed, the type has \(shape.tagFlow.rawValue)"
            )
        }
    }

    private func fits(
        _ one: EntityID,
        _ end1: RelationshipEnd,
        _ other: EntityID,
        _ end2: RelationshipEnd
    ) throws(CatalogError) -> Bool {
        let shapes = (try shape(of: try entity(one)), try shape(of: try entity(other)))
        return shapes.0.isA(end1.typeName) && shapes.1.isA(end2.typeName)
    }

    private func end(_ reference: JSONObject?, _ end: RelationshipEnd) throws(CatalogError) -> EntityID {
        let missing = CatalogError(
            .unknownEnd,
            "Relationship end is invalid. Expected \(reference?.text("typeName") ?? end.typeName) but is NULL"
        )
        guard let reference else { throw missing }
        if let guid = References.guid(reference) {
            guard let entity = seen(EntityID(guid)) else { throw missing }
            return entity.id
        }
        let type = reference.text("typeName") ?? end.typeName
        for pair in reference["uniqueAttributes"]?.object?.pairs ?? [] {
            let found = graph.entity(of: type, pair.name, pair.value.text ?? pair.value.json)
            if let entity = found, isSeen(entity) {
                return entity.id
            }
        }
        throw missing
    }

    /// Changes a relationship's attributes, or which tags flow over it.
    ///
    /// - Throws: `.unknownRelationship`, `.relationshipDeleted`, `.otherRelationshipType`, `.otherRelationshipEnd`,
    ///   `.tagNotFlowing`, `.unsuitableTagFlow`, `.badRequest` for blocking and a change of flow at once.
    package mutating func updateRelationship(_ input: RelationshipInput) throws(CatalogError) {
        guard let id = input.id else {
            throw CatalogError(.unknownRelationship, "Given relationship guid null is invalid/not found")
        }
        var changed = try relationship(id)
        let old = changed
        guard old.isActive else { throw deleted(id) }
        guard input.typeName.isEmpty || input.typeName == old.typeName else {
            throw CatalogError(
                .otherRelationshipType,
                "change of relationship type is not permitted. relationship-guid=\(id), current-type="
                    + "\(old.typeName), new-type=\(input.typeName)"
            )
        }
        for (index, reference) in [input.end1, input.end2].enumerated() {
            guard let reference, let guid = References.guid(reference), guid != old.end(index).text else {
                continue
            }
            throw CatalogError(
                .otherRelationshipEnd,
                "change of relationship end is not permitted. relationship-type=\(old.typeName), "
                    + "relationship-guid=\(id), end-guid=\(old.end(index)), updated-end-guid=\(guid)"
            )
        }
        try requireRelationship(.relationshipUpdate, old)
        guard let shape = graph.types.definition(old.typeName, .relationship)?.relationship else { return }
        if let given = input.attributes {
            var merged = old.attributes
            for pair in given.pairs { merged[pair.name] = pair.value }
            changed.attributes = try checkedAttributes(merged, old.typeName)
        }
        let flow = input.tagFlow ?? (old.stopsTags ? .none : shape.tagFlow)
        try checkFlow(flow, shape)
        changed.stopsTags = flow == .none && shape.tagFlow != .none
        if let blocked = input.blocked, blocked != old.blockedTags {
            guard changed.stopsTags == old.stopsTags else {
                throw CatalogError(
                    .badRequest,
                    "blocking and a change of propagateTags need requests of their own"
                )
            }
            let flowing = graph.tagsFlowing(over: old)
            for tag in blocked where !flowing.contains(tag) && !old.blockedTags.contains(tag) {
                throw CatalogError(
                    .tagNotFlowing,
                    "Invalid propagated classification: \(tag.tag) with entityGuid: \(tag.source) added to blocked "
                        + "propagated classifications."
                )
            }
            changed.blockedTags = blocked
        }
        guard changed != old else { return }
        (changed.updatedBy, changed.updateTime, changed.version) = (user, now, old.version + 1)
        store(changed)
        markUpdated(old.end1)
        markUpdated(old.end2)
        for tag in Set(old.blockedTags).union(changed.blockedTags) { graph.flow.touch(tag) }
    }

    /// Deletes a relationship.
    ///
    /// - Throws: `.unknownRelationship`, `.relationshipDeleted`.
    package mutating func deleteRelationship(_ id: EntityID) throws(CatalogError) {
        let known = try relationship(id)
        guard known.isActive else { throw deleted(id) }
        try requireRelationship(.relationshipRemove, known)
        end(known)
        markUpdated(known.end1)
        markUpdated(known.end2)
    }

    private func deleted(_ id: EntityID) -> CatalogError {
        CatalogError(
            .relationshipDeleted,
            "Attempting to delete a relationship which is already deleted : \(id)"
        )
    }

    private func requireRelationship(
        _ privilege: CatalogPrivilege,
        _ relationship: Relationship
    ) throws(CatalogError) {
        guard !gate.isOpen else { return }
        let one = graph.facts(of: try held(relationship.end1))
        let other = graph.facts(of: try held(relationship.end2))
        guard gate.permits(privilege, relationship: relationship.typeName, one, other) else {
            throw CatalogError(
                .forbidden,
                "\(user) is not authorized to perform \(privilege.rawValue): type=\(relationship.typeName)"
            )
        }
    }
}
