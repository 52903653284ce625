package import CatalogModel

/// A glossary, term or category as a caller wants it.
package struct GlossaryInput: Sendable {
    /// The name; nil when none was given.
    package var name: String?
    /// A name of the caller's own making; nil for the derived one.
    package var qualifiedName: String?
    /// The other attributes by name; what isn't there is cleared.
    package var attributes = JSONObject()
    /// The glossary that it belongs to.
    package var anchor: EntityID?
    /// The category above a category.
    package var parent: EntityID?
    /// References to other terms and categories, by relationship attribute: identity, and attributes of the relation.
    package var relations: [String: [(id: EntityID, attributes: JSONObject)]] = [:]
    /// Tags.
    package var tags: [TagInput] = []

    /// Something without a name yet.
    package init() {}
}

extension CatalogTransaction {
    /// Makes a glossary.
    ///
    /// - Throws: `.missingGlossaryName`, `.invalidName`, `.glossaryExists`.
    package mutating func createGlossary(_ input: GlossaryInput) throws(CatalogError) -> EntityID {
        let name = try name(of: input, .missingGlossaryName, "Glossary")
        let qualified = input.qualifiedName ?? name
        try refuse(
            GlossaryTypes.glossary,
            qualified,
            .glossaryExists,
            "Glossary with qualifiedName \(qualified) already exists"
        )
        return try make(GlossaryTypes.glossary, name, qualified, input, relationships: JSONObject())
    }

    /// Makes a term.
    ///
    /// - Throws: `.missingAnchor`, `.missingTermName`, `.invalidName`, `.termExists`, `.relatedToItself`.
    package mutating func createTerm(_ input: GlossaryInput) throws(CatalogError) -> EntityID {
        let glossary = try anchor(of: input)
        let name = try name(of: input, .missingTermName, "Glossary term")
        let qualified = "\(name)@\(glossary.qualifiedName ?? "")"
        try refuse(
            GlossaryTypes.term,
            qualified,
            .termExists,
            "Glossary term with qualifiedName \(qualified) already exists"
        )
        var relationships = references(input)
        relationships["anchor"] = reference(glossary.id, GlossaryTypes.glossary)
        return try make(GlossaryTypes.term, name, qualified, input, relationships: relationships)
    }

    /// Makes a category.
    ///
    /// - Throws: `.missingAnchor`, `.missingCategoryName`, `.invalidName`, `.categoryExists`.
    package mutating func createCategory(_ input: GlossaryInput) throws(CatalogError) -> EntityID {
        let glossary = try anchor(of: input)
        let name = try name(of: input, .missingCategoryName, "Glossary category")
        if let parent = input.parent { try checkParent(parent, in: glossary.id) }
        try checkChildren(of: nil, input, in: glossary.id)
        let qualified = try categoryName(name, below: input.parent, in: glossary)
        try refuse(
            GlossaryTypes.category,
            qualified,
            .categoryExists,
            "Glossary category with qualifiedName \(qualified) already exists"
        )
        var relationships = references(input)
        relationships["anchor"] = reference(glossary.id, GlossaryTypes.glossary)
        if let parent = input.parent {
            relationships["parentCategory"] = reference(parent, GlossaryTypes.category)
        }
        return try make(GlossaryTypes.category, name, qualified, input, relationships: relationships)
    }

    /// Changes a glossary, term or category to what a caller wants; the qualified name stays, but for categories that
    /// move.
    ///
    /// - Throws: `.unknownEntity`, `.otherType`; otherwise as making one.
    package mutating func update(_ id: EntityID, _ type: String, _ input: GlossaryInput) throws(CatalogError)
    {
        let known = try glossaryEntity(id, type)
        guard let shape = graph.types.entityTypes[type] else { return }
        var attributes = JSONObject()
        for attribute in shape.attributes {
            let name = attribute.definition.name
            attributes[name] = input.attributes[name] ?? .null
        }
        attributes["name"] = .string(try name(of: input, .missingTermName, type))
        attributes["qualifiedName"] = known.attributes["qualifiedName"]
        var changed = EntityInput(typeName: type, guid: id.text, attributes: attributes)
        if type != GlossaryTypes.glossary {
            let anchor = try self.anchor(of: input).id
            if let parent = input.parent { try checkParent(parent, in: anchor, above: id) }
            try checkChildren(of: id, input, in: anchor)
            changed.relationships = references(input)
            for name in shape.ends.keys where isOwnRelation(name) && changed.relationships[name] == nil {
                changed.relationships[name] = .array([])
            }
            changed.relationships["anchor"] = reference(anchor, GlossaryTypes.glossary)
            if type == GlossaryTypes.category {
                changed.relationships["parentCategory"] =
                    input.parent.map { reference($0, GlossaryTypes.category) } ?? .null
            }
        }
        if input.relations.values.contains(where: { $0.contains { $0.id == id } }) {
            throw CatalogError(
                .relatedToItself,
                "Invalid Term relationship: Term can't have a relationship with self"
            )
        }
        let children = graph.related(id, GlossaryTypes.hierarchy, from: 0).map(\.entity.id)
        try write([changed])
        if type == GlossaryTypes.category {
            for moved in [id] + children { try renameCategories(below: moved) }
        }
    }

    private func isOwnRelation(_ name: String) -> Bool {
        name == "categories" || GlossaryTypes.pairs.contains { $0.one == name || $0.other == name }
    }

    /// Changes some texts of a glossary, term or category.
    ///
    /// - Throws: `.badRequest` for none, `.unknownPartialField`.
    package mutating func update(
        _ id: EntityID,
        _ type: String,
        parts: [(name: String, value: JSONValue)]
    ) throws(CatalogError) {
        _ = try glossaryEntity(id, type)
        guard !parts.isEmpty else { throw CatalogError(.badRequest, "nothing to change was given") }
        var attributes = JSONObject()
        for (name, value) in parts {
            guard name != "qualifiedName", graph.types.entityTypes[type]?.attribute(name) != nil else {
                throw CatalogError(
                    .unknownPartialField,
                    "Invalid attribute \(name) for partial update of \(type)"
                )
            }
            attributes[name] = value
        }
        if let name = attributes.text("name") { try checkName(name) }
        try write(
            [EntityInput(typeName: type, guid: id.text, attributes: attributes)],
            options: WriteOptions(isPartial: true)
        )
    }

    /// Deletes a glossary with its terms and categories, a term, or a category, whose terms and categories below stay.
    ///
    /// - Throws: `.unknownEntity`, `.otherType`, `.termAssigned`.
    package mutating func deleteGlossaryPart(_ id: EntityID, _ type: String) throws(CatalogError) {
        _ = try glossaryEntity(id, type)
        let terms =
            type == GlossaryTypes.glossary
            ? graph.related(id, GlossaryTypes.termAnchor, from: 0).map(\.entity.id) : [id]
        for term in terms {
            let assigned = graph.related(term, BaseTypes.termAssignment, from: 0)
            guard assigned.isEmpty else {
                let count = assigned.count { isSeen($0.entity) }
                throw CatalogError(
                    .termAssigned,
                    "Term (guid=\(term)) can't be deleted as it has been assigned to \(count) entities."
                )
            }
        }
        let children = graph.related(id, GlossaryTypes.hierarchy, from: 0).map(\.entity.id)
        try delete([id])
        for child in children where graph[child] != nil { try renameCategories(below: child) }
    }

    /// Assigns a term to entities.
    ///
    /// - Throws: `.unknownEntity`, `.otherType`; `.invalidParameters` for none.
    package mutating func assign(
        _ term: EntityID,
        to entities: [(id: EntityID, attributes: JSONObject)]
    ) throws(CatalogError) {
        _ = try glossaryEntity(term, GlossaryTypes.term)
        guard let shape = graph.types.definition(BaseTypes.termAssignment, .relationship)?.relationship else {
            return
        }
        for (id, attributes) in entities {
            let entity = try entity(id)
            guard try self.shape(of: entity).isA(BaseTypes.referenceable) else {
                throw CatalogError(
                    .otherType,
                    "expected type \(BaseTypes.referenceable); found \(entity.typeName)"
                )
            }
            let values = try checkedAttributes(attributes, BaseTypes.termAssignment)
            try connect(term, id, BaseTypes.termAssignment, shape, attributes: values)
        }
    }

    /// Takes a term off entities.
    ///
    /// - Throws: `.missingRelationshipID`, `.otherRelationshipID`.
    package mutating func takeOff(
        _ term: EntityID,
        from entities: [(id: EntityID, relationship: EntityID?)]
    ) throws(CatalogError) {
        _ = try glossaryEntity(term, GlossaryTypes.term)
        for (id, relationship) in entities {
            guard let relationship else {
                throw CatalogError(
                    .missingRelationshipID,
                    "Missing mandatory attribute, TermAssignment relationship guid"
                )
            }
            guard let known = graph.relationship(relationship), known.isActive, known.end1 == term,
                known.end2 == id, seen(id) != nil
            else {
                throw CatalogError(
                    .otherRelationshipID,
                    "Given relationshipGuid(\(relationship)) is invalid for term (guid=\(term)) and entity(guid=\(id))"
                )
            }
            try deleteRelationship(relationship)
        }
    }

    // MARK: Steps

    private mutating func make(
        _ type: String,
        _ name: String,
        _ qualified: String,
        _ input: GlossaryInput,
        relationships: JSONObject
    ) throws(CatalogError) -> EntityID {
        var attributes = input.attributes
        attributes["name"] = .string(name)
        attributes["qualifiedName"] = .string(qualified)
        var entity = EntityInput(typeName: type, guid: "-g", attributes: attributes)
        entity.relationships = relationships
        entity.tags = input.tags
        try write([entity])
        guard let made = graph.entity(ofExactly: type, "qualifiedName", qualified) else {
            throw CatalogError(.unavailable, "\(type) wasn't made")
        }
        return made.id
    }

    private func refuse(
        _ type: String,
        _ qualified: String,
        _ code: CatalogErrorCode,
        _ message: String
    ) throws(CatalogError) {
        // One that they don't know of is refused when it comes to be written, like a name that they may not use.
        if let known = graph.entity(ofExactly: type, "qualifiedName", qualified), isSeen(known) {
            throw CatalogError(code, message)
        }
    }

    private func name(
        of input: GlossaryInput,
        _ code: CatalogErrorCode,
        _ what: String
    ) throws(CatalogError) -> String {
        guard let name = input.name, !name.isEmpty else {
            throw CatalogError(
                code,
                "Attributes qualifiedName and name are missing. Failed to derive a unique name for \(what)"
            )
        }
        try checkName(name)
        return name
    }

    private func checkName(_ name: String) throws(CatalogError) {
        guard !name.contains(where: { "@.<>".contains($0) }) else {
            throw CatalogError(
                .invalidName,
                "name cannot contain following special chars ('@', '.', '<', '>')"
            )
        }
    }

    private func anchor(of input: GlossaryInput) throws(CatalogError) -> Entity {
        guard let anchor = input.anchor else {
            throw CatalogError(.missingAnchor, "Mandatory anchor attribute is missing")
        }
        return try glossaryEntity(anchor, GlossaryTypes.glossary)
    }

    /// Whether a category may be put below another: one of the same glossary that isn't below it itself.
    private func checkParent(
        _ parent: EntityID,
        in glossary: EntityID,
        above child: EntityID? = nil
    ) throws(CatalogError) {
        let above = try glossaryEntity(parent, GlossaryTypes.category)
        guard try home(of: above) == glossary else {
            throw CatalogError(
                .categoryOfOtherGlossary,
                "Invalid child category relationship: Child category (guid = \(child?.text ?? "")) belongs to different "
                    + "glossary"
            )
        }
        var seen: Set<EntityID> = []
        var here: EntityID? = parent
        while let id = here, seen.insert(id).inserted {
            guard id != child else {
                throw CatalogError(.badRequest, "category \(parent) is below \(id): it can't be above it too")
            }
            here = graph.related(id, GlossaryTypes.hierarchy, from: 1).first?.entity.id
        }
    }

    /// Whether categories may be put below one.
    private func checkChildren(
        of category: EntityID?,
        _ input: GlossaryInput,
        in glossary: EntityID
    ) throws(CatalogError) {
        for (child, _) in input.relations["childrenCategories"] ?? [] {
            guard child != category else {
                throw CatalogError(.badRequest, "category \(child) can't be below itself")
            }
            try checkParent(child, in: glossary)
            if let parent = input.parent { try checkParent(parent, in: glossary, above: child) }
        }
    }

    private func home(of entity: Entity) throws(CatalogError) -> EntityID {
        let type =
            entity.typeName == GlossaryTypes.term ? GlossaryTypes.termAnchor : GlossaryTypes.categoryAnchor
        guard let home = graph.related(entity.id, type, from: 1).first else {
            throw CatalogError(.missingAnchor, "Mandatory anchor attribute is missing")
        }
        return home.entity.id
    }

    private func reference(_ id: EntityID, _ type: String) -> JSONValue {
        ["guid": .string(id.text), "typeName": .string(type)]
    }

    private func references(_ input: GlossaryInput) -> JSONObject {
        var relationships = JSONObject()
        for (name, targets) in input.relations {
            relationships[name] = .array(
                targets.map { target in
                    [
                        "guid": .string(target.id.text),
                        "relationshipAttributes": ["attributes": .object(target.attributes)],
                    ]
                }
            )
        }
        return relationships
    }

    private func categoryName(
        _ name: String,
        below parent: EntityID?,
        in glossary: Entity
    ) throws(CatalogError) -> String {
        guard let parent else { return "\(name)@\(glossary.qualifiedName ?? "")" }
        let above = try held(parent)
        return "\(name).\(above.qualifiedName ?? "")"
    }

    /// Gives a category and those below it the names that follow from where they are.
    private mutating func renameCategories(below id: EntityID) throws(CatalogError) {
        var queue = [id]
        var seen: Set<EntityID> = []
        var next = 0
        while next < queue.count {
            let here = queue[next]
            next += 1
            guard seen.insert(here).inserted, var entity = graph[here] else { continue }
            let glossary = try held(home(of: entity))
            let parent = graph.related(here, GlossaryTypes.hierarchy, from: 1).first?.entity.id
            let qualified = try categoryName(
                entity.attributes.text("name") ?? "",
                below: parent,
                in: glossary
            )
            if qualified != entity.qualifiedName {
                let message = "Glossary category with qualifiedName \(qualified) already exists"
                try refuse(GlossaryTypes.category, qualified, .categoryExists, message)
                entity.attributes["qualifiedName"] = .string(qualified)
                store(entity)
                markUpdated(here)
            }
            queue += graph.related(here, GlossaryTypes.hierarchy, from: 0).map(\.entity.id)
        }
    }
}
