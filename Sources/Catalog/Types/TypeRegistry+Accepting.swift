package import CatalogModel

extension TypeRegistry {
    /// Adds or replaces definitions that need not keep to what may change, after checking their rules.
    ///
    /// - Throws: the first rule that one of them breaks; nothing is changed then.
    package mutating func replace(_ types: [TypeDefinition]) throws(CatalogError) {
        var next = self
        next.put(types)
        for type in types { try next.check(type) }
        self = next
    }

    /// Checks an entity against its type.
    ///
    /// - Throws: `.unknownEntityType`, `.unknownAttribute`; `.invalidEntity` for a missing or unsuitable value.
    package func check(_ entity: Entity) throws(CatalogError) {
        guard let shape = entityTypes[entity.typeName] else {
            throw CatalogError(.unknownEntityType, "Type ENTITY with name \(entity.typeName) does not exist")
        }
        var checking = ValueChecking(types: self)
        for pair in entity.attributes.pairs {
            guard let attribute = shape.attribute(pair.name) else {
                throw CatalogError(
                    .unknownAttribute,
                    "Attribute \(pair.name) not found for type \(entity.typeName)"
                )
            }
            _ = checking.value(pair.value, of: attribute, at: "\(entity.typeName).\(pair.name)")
        }
        let missing = shape.attributes.first {
            !$0.definition.isOptional && entity.attributes[$0.definition.name] == nil
        }
        if let missing, !entity.isIncomplete {
            throw CatalogError(
                .invalidEntity,
                "\(entity.typeName).\(missing.definition.name): mandatory attribute value missing in type "
                    + entity.typeName
            )
        }
        if let problem = checking.problems.first { throw CatalogError(.invalidEntity, problem) }
    }

    /// Checks a tag against its type.
    ///
    /// - Throws: `.unknownTag`, `.unknownAttribute`.
    package func check(_ tag: Tag) throws(CatalogError) {
        guard let shape = tagTypes[tag.name.text] else {
            throw CatalogError(.unknownTag, "tag type `\(tag.name)` is not known")
        }
        let known = Set(shape.attributes.map(\.definition.name))
        for attribute in tag.attributes.keys.sorted() where !known.contains(attribute) {
            throw CatalogError(.unknownAttribute, "tag type `\(tag.name)` has no attribute `\(attribute)`")
        }
    }
}

extension CatalogTransaction {
    /// Sets a tag on an entity, in place of one of the same type.
    ///
    /// - Throws: `.unknownEntity`, `.unknownTag`, `.unknownAttribute`.
    package mutating func put(_ tag: Tag, on id: EntityID) throws(CatalogError) {
        _ = try entity(id)
        try graph.types.check(tag)
        let old = graph.tags(setOn: id).first { $0.name == tag.name }
        guard old != tag else { return }
        set(tag, on: id)
        let text = graph.types.json(of: tag, on: id)
        note(
            id,
            old == nil
                ? EntityEvent(.tagAdded, "Added classification: \(text)")
                : EntityEvent(.tagUpdated, "Updated classification: \(text)")
        )
        if old != nil { noteFlowedUpdate(tag, on: id) }
    }
}
