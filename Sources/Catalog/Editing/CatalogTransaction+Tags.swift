package import CatalogModel

extension CatalogTransaction {
    /// Sets tags on entities that don't have them yet.
    ///
    /// - Throws: `.unknownEntity`, `.unknownTag`, `.tagNotAllowed`; `.invalidParameters` for none, one that is set
    ///   already, or values that don't fit.
    /// - Source: `AtlasEntityStoreV2.addClassifications`, `validateEntityAssociations`.
    package mutating func addTags(_ tags: [TagInput], to ids: [EntityID]) throws(CatalogError) {
        guard !tags.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: classifications(s) not specified")
        }
        guard !ids.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: empty guid list")
        }
        for id in ids {
            let entity = try entity(id)
            let shape = try shape(of: entity)
            for input in tags {
                let tag = try checked(input)
                guard !graph.tags(setOn: id).contains(where: { $0.name == tag.name }) else {
                    throw CatalogError(
                        .invalidParameters,
                        "invalid parameters: entity: \(id), already associated with classification: \(tag.name)"
                    )
                }
                if let tagShape = graph.types.tagTypes[tag.name.text], !tagShape.fits(shape) {
                    throw CatalogError(
                        .tagNotAllowed,
                        "Entity (guid=‘\(id)‘,typename=‘\(entity.typeName)‘) cannot be classified by Classification "
                            + "‘\(tag.name)‘, because ‘\(entity.typeName)‘ is not in the ClassificationDef's "
                            + "restrictions."
                    )
                }
                try require(.tagAdd, on: entity, tag.name.text)
                set(tag, on: id)
                let text = "Added classification: \(graph.types.json(of: tag, on: id))"
                note(id, EntityEvent(.tagAdded, text))
            }
        }
    }

    /// Changes tags that are set on an entity itself: the attributes given, when it holds, whether it flows.
    ///
    /// - Throws: `.tagNotAttached`, `.tagOfOtherEntity`; otherwise as ``addTags(_:to:)``.
    package mutating func updateTags(_ tags: [TagInput], on id: EntityID) throws(CatalogError) {
        guard !tags.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: classifications(s) not specified")
        }
        let entity = try entity(id)
        for input in tags {
            guard graph.types.tagTypes[input.typeName] != nil else {
                throw CatalogError(.unknownTag, "Given classification \(input.typeName) was invalid")
            }
            if let other = input.entity, other != id {
                throw CatalogError(
                    .tagOfOtherEntity,
                    "Update to classification \(input.typeName) is not allowed from propagated entity"
                )
            }
            guard let old = graph.tags(setOn: id).first(where: { $0.name.text == input.typeName }) else {
                throw notAttached(input.typeName)
            }
            try require(.tagUpdate, on: entity, input.typeName)
            var merged = try checked(input, isPartial: true)
            merged.attributes = old.attributes.merging(merged.attributes) { _, new in new }
            for pair in input.attributes.pairs where pair.value.isNull {
                merged.attributes[pair.name] = initialText(of: pair.name, input.typeName)
            }
            if input.periods == nil { merged.periods = old.periods }
            merged.propagates = input.propagates ?? old.propagates
            merged.outlivesSource = input.leavesWithSource.map { !$0 } ?? old.outlivesSource
            guard merged != old else { continue }
            let tag = Tag(
                old.name,
                attributes: merged.attributes,
                validFrom: old.validFrom,
                validUntil: old.validUntil,
                periods: merged.periods,
                propagates: merged.propagates,
                outlivesSource: merged.outlivesSource
            )
            set(tag, on: id)
            let text = "Updated classification: \(graph.types.json(of: tag, on: id))"
            note(id, EntityEvent(.tagUpdated, text))
            noteFlowedUpdate(tag, on: id)
        }
    }

    mutating func noteFlowedUpdate(_ tag: Tag, on id: EntityID) {
        let text = "Updated propagated classification: \(graph.types.json(of: tag, on: id))"
        for handle in graph.flow.reached(by: TagInstance(tag.name, on: id)) {
            if let entity = graph.entity(handle) { note(entity.id, EntityEvent(.flowedTagUpdated, text)) }
        }
    }

    /// Takes a tag away that is set on an entity itself, and with it where it flowed.
    ///
    /// - Parameters:
    ///   - name: The tag's type.
    ///   - id: The entity.
    ///   - source: The deleted entity from which a tag flowed that stayed behind; nil for the entity's own.
    /// - Throws: `.unknownEntity`, `.noTags`, `.tagNotAttached`, `.tagSourceAlive`.
    package mutating func removeTag(
        _ name: String,
        of id: EntityID,
        flowedFrom source: EntityID? = nil
    ) throws(CatalogError) {
        let entity = try entity(id)
        guard graph.types.tagTypes[name] != nil else {
            throw CatalogError(.unknownTag, "Given classification \(name) was invalid")
        }
        if let source, source != id {
            let instance = TagInstance(TagName(name), on: source)
            guard seen(source) != nil, graph.tags(flowedTo: id).contains(instance) else {
                throw notAttached(name)
            }
            guard graph[source]?.isActive != true else {
                throw CatalogError(
                    .tagSourceAlive,
                    "Removal of classification \(name), which is propagated from entity \(source), is not supported"
                )
            }
            try require(.tagRemove, on: entity, name)
            try stop(instance, at: id)
            return
        }
        let held = graph.tags(setOn: id)
        guard !held.isEmpty else {
            throw CatalogError(.noTags, "No classifications associated with entity: \(id)")
        }
        guard held.contains(where: { $0.name.text == name }) else { throw notAttached(name) }
        try require(.tagRemove, on: entity, name)
        removeTag(TagName(name), from: id)
        note(id, EntityEvent(.tagDeleted, "Deleted classification: \(name)"))
    }

    /// Keeps a tag that stayed behind from an entity, by taking it off the deleted relationships that lead there.
    private mutating func stop(_ tag: TagInstance, at id: EntityID) throws(CatalogError) {
        for var relationship in graph.relationships(of: id) where relationship.carriedTags.contains(tag) {
            relationship.carriedTags.removeAll { $0 == tag }
            store(relationship)
            graph.flow.touch(tag)
        }
        for var relationship in graph.relationships(of: id)
        where relationship.isActive && graph.tagsFlowing(over: relationship).contains(tag) {
            relationship.blockedTags.append(tag)
            store(relationship)
            graph.flow.touch(tag)
        }
    }

    private func notAttached(_ name: String) -> CatalogError {
        CatalogError(.tagNotAttached, "Classification \(name) is not associated with entity")
    }

    private func checkedPeriods(of input: TagInput) throws(CatalogError) -> [TagPeriod] {
        var periods: [TagPeriod] = []
        for given in input.periods ?? [] {
            let period = TagPeriod(
                startTime: given.startTime,
                endTime: given.endTime,
                timeZone: given.timeZone,
                clock: clock
            )
            guard let period else {
                throw CatalogError(
                    .invalidParameters,
                    "invalid parameters: \(input.typeName): a validity period has times `yyyy/MM/dd HH:mm:ss`, of which "
                        + "the end isn't before the start, and a timeZone such as UTC, GMT+02:00 or Europe/Berlin"
                )
            }
            periods.append(period)
        }
        return periods
    }

    /// What a tag's attribute is kept as where it has no value; nil for nothing.
    private func initialText(of name: String, _ type: String) -> String? {
        graph.types.tagTypes[type]?.attributes.first { $0.definition.name == name }
            .flatMap { ValueChecking.initialValue(of: $0, graph.types) }.map { $0.text ?? $0.json }
    }

    /// A tag in the form in which it is kept.
    private func checked(_ input: TagInput, isPartial: Bool = false) throws(CatalogError) -> Tag {
        guard let shape = graph.types.tagTypes[input.typeName] else {
            throw CatalogError(.unknownTag, "Given classification \(input.typeName) was invalid")
        }
        var checking = ValueChecking(types: graph.types)
        var attributes: [String: String] = [:]
        for attribute in shape.attributes {
            let name = attribute.definition.name
            let given = input.attributes[name] ?? .null
            var value = checking.value(given, of: attribute, at: "\(input.typeName).\(name)")
            if value.isNull, !isPartial, checking.problems.isEmpty {
                guard attribute.definition.isOptional || attribute.definition.defaultValue != nil else {
                    throw CatalogError(
                        .invalidParameters,
                        "invalid parameters: \(input.typeName).\(name): mandatory attribute value missing in type "
                            + input.typeName
                    )
                }
                value = ValueChecking.initialValue(of: attribute, graph.types) ?? .null
            }
            if !value.isNull { attributes[name] = value.text ?? value.json }
        }
        if let problem = checking.problems.first {
            throw CatalogError(.invalidParameters, "invalid parameters: \(problem)")
        }
        return Tag(
            TagName(input.typeName),
            attributes: attributes,
            periods: try checkedPeriods(of: input),
            propagates: input.propagates ?? propagatesByDefault,
            outlivesSource: !(input.leavesWithSource ?? false)
        )
    }
}

extension TypeRegistry {
    /// The attribute values of a tag as its type says, with null for those that it lacks.
    package func attributes(of tag: Tag) -> JSONObject {
        var values = JSONObject()
        for attribute in tagTypes[tag.name.text]?.attributes ?? [] {
            let name = attribute.definition.name
            guard let text = tag.attributes[name] else {
                values.append(new: name, .null)
                continue
            }
            switch attribute.type {
            case .string, .bigDecimal: values.append(new: name, .string(text))
            case .named(let type) where self.values(of: type) != nil: values.append(new: name, .string(text))
            case .array, .map, .named, .boolean, .byte, .short, .int, .long, .float, .double, .bigInteger,
                .date:
                values.append(new: name, (try? JSONReader.value(of: Array(text.utf8))) ?? .string(text))
            }
        }
        return values
    }

    /// A tag of an entity as its history tells it.
    func json(of tag: Tag, on id: EntityID) -> String {
        JSONValue.object([
            "typeName": .string(tag.name.text), "attributes": .object(attributes(of: tag)),
            "entityGuid": .string(id.text), "entityStatus": "ACTIVE", "propagate": .bool(tag.propagates),
            "removePropagationsOnEntityDelete": .bool(!tag.outlivesSource),
        ]).json
    }
}
