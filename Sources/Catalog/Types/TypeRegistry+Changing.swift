package import CatalogModel

extension TypeRegistry {
    /// Adds definitions, which may refer to each other; all or none.
    ///
    /// - Parameters:
    ///   - types: The definitions; identities, times and versions are put in here.
    ///   - user: Who adds them.
    ///   - now: Milliseconds since 1970.
    ///   - makeID: Makes a fresh identity.
    /// - Returns: The definitions as they are now.
    /// - Throws: `.typeExists`, or the first rule that one of them breaks.
    package mutating func add(
        _ types: [TypeDefinition],
        by user: String,
        at now: Int64,
        makeID: () -> EntityID
    ) throws(CatalogError) -> [TypeDefinition] {
        var added: [TypeDefinition] = []
        var seen: Set<String> = []
        for var type in types {
            try checkName(of: type)
            guard definitions[type.name] == nil, seen.insert(type.name).inserted else {
                throw CatalogError(.typeExists, "Given type \(type.name) already exists")
            }
            type.id = makeID()
            (type.createdBy, type.updatedBy, type.createTime, type.updateTime) = (user, user, now, now)
            type.version = 1
            added.append(type)
        }
        try accept(added)
        return added
    }

    /// Replaces definitions by ones that change only what may change; all or none.
    ///
    /// - Throws: `.unknownTypeName`, or the first rule that one of them breaks.
    package mutating func update(
        _ types: [TypeDefinition],
        by user: String,
        at now: Int64
    ) throws(CatalogError) -> [TypeDefinition] {
        var updated: [TypeDefinition] = []
        for var type in types {
            let old = definitions[type.name] ?? definition(type.id)
            guard let old, old.category == type.category else {
                throw CatalogError(.unknownTypeName, "Given typename \(type.name) was invalid")
            }
            guard old.name == type.name else {
                throw CatalogError(.badRequest, "type \(old.name) can't be renamed to \(type.name)")
            }
            try checkChange(from: old, to: &type)
            type.id = old.id
            (type.createdBy, type.createTime) = (old.createdBy, old.createTime)
            (type.updatedBy, type.updateTime, type.version) = (user, now, old.version + 1)
            updated.append(type)
        }
        try accept(updated)
        return updated
    }

    /// Checks that definitions may go as far as other definitions are concerned, and takes them away.
    ///
    /// - Throws: `.typeInUse` for a type with types below it or attributes of it, `.typeReferred` for one that a
    ///   relationship type names.
    package mutating func delete(_ names: [String]) throws(CatalogError) {
        let leaving = Set(names)
        for name in names {
            guard definitions[name] != nil else {
                throw CatalogError(.unknownTypeName, "Given typename \(name) was invalid")
            }
            let others = definitions.values.filter { !leaving.contains($0.name) }
            let isEnd = others.contains {
                $0.relationship.map { [$0.end1.typeName, $0.end2.typeName] }?.contains(name) ?? false
            }
            guard !isEnd else {
                throw CatalogError(.typeReferred, "Given type \(name) has associated relationshipDefs")
            }
            let isUsed = others.contains { other in
                (other.superTypes + other.entityTypes
                    + other.attributes.flatMap { AttributeType($0.typeName)?.names ?? [] }).contains(name)
            }
            guard !isUsed else { throw CatalogError(.typeInUse, "Given type \(name) has references") }
        }
        remove(names)
    }

    private mutating func accept(_ types: [TypeDefinition]) throws(CatalogError) {
        var next = self
        next.put(types)
        for type in types { try next.check(type) }
        self = next
    }

    private func checkChange(from old: TypeDefinition, to new: inout TypeDefinition) throws(CatalogError) {
        let mayOmit = new.category == .businessMetadata
        for attribute in old.attributes {
            guard let kept = new.attributes.first(where: { $0.name == attribute.name }) else {
                throw CatalogError(
                    .attributeRemoved,
                    "\(old.name).\(attribute.name) : attribute delete not supported"
                )
            }
            guard kept.typeName == attribute.typeName else {
                throw CatalogError(
                    .badRequest,
                    "\(old.name).\(attribute.name): type \(attribute.typeName) can't become \(kept.typeName)"
                )
            }
            let removed = Set(attribute.applicableEntityTypes).subtracting(kept.applicableEntityTypes)
            if mayOmit, let type = removed.sorted().first {
                throw CatalogError(
                    .applicableTypeRemoved,
                    "applicableEntityTypes \(type) can't be removed from \(old.name).\(attribute.name)"
                )
            }
        }
        for attribute in new.attributes where !old.attributes.contains(where: { $0.name == attribute.name }) {
            guard attribute.isOptional else {
                throw CatalogError(
                    .mandatoryAttributeAdded,
                    "\(old.name).\(attribute.name) : can not add mandatory attribute"
                )
            }
        }
        guard Set(old.superTypes).isSubset(of: new.superTypes) else {
            throw CatalogError(.superTypeRemoved, "superType remove not supported")
        }
        if new.category == .tag {
            let removed = Set(old.entityTypes).subtracting(new.entityTypes)
            guard removed.isEmpty || old.entityTypes.isEmpty else {
                throw CatalogError(
                    .entityTypeRemoved,
                    "EntityTypes cannot be removed from ClassificationDef \(old.name)"
                )
            }
        }
        let values = Set(new.elements.map(\.value))
        for element in old.elements where !values.contains(element.value) { new.elements.append(element) }
        try checkRelationshipChange(from: old, to: new)
    }

    private func checkRelationshipChange(
        from old: TypeDefinition,
        to new: TypeDefinition
    ) throws(CatalogError) {
        guard let before = old.relationship, let after = new.relationship else { return }
        func differ(_ one: RelationshipEnd, _ other: RelationshipEnd) -> Bool {
            one.typeName != other.typeName || one.attribute != other.attribute
                || one.cardinality != other.cardinality || one.isContainer != other.isContainer
        }
        if differ(before.end1, after.end1) {
            throw CatalogError(
                .end1Changed,
                "invalid update for relationshipDef \(old.name): new end1 \(after.end1.typeName), "
                    + "existing end1 \(before.end1.typeName)"
            )
        }
        if differ(before.end2, after.end2) {
            throw CatalogError(
                .end2Changed,
                "invalid update for relationshipDef \(old.name): new end2 \(after.end2.typeName), "
                    + "existing end2 \(before.end2.typeName)"
            )
        }
        if before.category != after.category {
            throw CatalogError(
                .categoryChanged,
                "invalid update for relationship \(old.name): new relationshipDef category "
                    + "\(after.category.rawValue), existing relationshipDef category \(before.category.rawValue)"
            )
        }
    }
}
