package import CatalogModel

/// An entity on its way into the graph.
final class EntityDraft {
    var input: EntityInput
    let shape: EntityShape
    var id: EntityID
    /// The entity that is there already.
    var known: Entity?
    /// Whether one of its names belongs to an entity that the caller doesn't know of.
    var isBarred = false
    /// Attribute values as they will be kept; nulls clear.
    var values = JSONObject()

    init(input: EntityInput, shape: EntityShape, id: EntityID) {
        (self.input, self.shape, self.id) = (input, shape, id)
    }
}

extension CatalogTransaction {
    /// Makes or changes entities, and those they refer to among `referred`.
    ///
    /// - Parameters:
    ///   - inputs: The entities; not empty.
    ///   - referred: Further ones by identity or placeholder, taken where one of the others refers to them.
    ///   - options: How they are written.
    /// - Throws: the first rule that is broken; the transaction is useless then.
    /// - Source: `AtlasEntityStoreV2.createOrUpdate`, `EntityGraphMapper`.
    package mutating func write(
        _ inputs: [EntityInput],
        referred: [String: EntityInput] = [:],
        options: WriteOptions = WriteOptions()
    ) throws(CatalogError) {
        guard !inputs.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: no entities to create/update.")
        }
        mutation.isPartial = options.isPartial
        let drafts = try discover(inputs, referred)
        var references = References(makesShells: options.makesShells)
        try identify(drafts, &references, options)
        try check(drafts, options, &references)
        for index in drafts.indices where drafts[index].known == nil { try create(drafts[index]) }
        for draft in drafts { try applyValues(draft, options) }
        for draft in drafts { try relate(draft, options, &references) }
        for draft in drafts where draft.known == nil { try decorate(draft) }
    }

    // MARK: Steps

    /// The entities with their types, and those that they refer to.
    private func discover(
        _ inputs: [EntityInput],
        _ referred: [String: EntityInput]
    ) throws(CatalogError) -> [EntityDraft] {
        var drafts: [EntityDraft] = []
        var seen = Set(inputs.compactMap(\.guid))
        var queue = inputs
        var next = 0
        while next < queue.count {
            var input = queue[next]
            next += 1
            guard let shape = graph.types.entityTypes[input.typeName] else {
                throw CatalogError(
                    .unknownEntityType,
                    "Type ENTITY with name \(input.typeName) does not exist"
                )
            }
            moveRelationships(&input, shape)
            if !referred.isEmpty {
                for guid in References.guids(in: input, shape) where !seen.contains(guid) {
                    guard let other = referred[guid] else { continue }
                    seen.insert(guid)
                    queue.append(other)
                }
            }
            drafts.append(EntityDraft(input: input, shape: shape, id: EntityID("")))
        }
        return drafts
    }

    /// Takes relationships that were given among the attributes for what they are.
    private func moveRelationships(_ input: inout EntityInput, _ shape: EntityShape) {
        for pair in input.attributes.pairs where shape.ends[pair.name] != nil {
            if input.relationships[pair.name]?.isNull ?? true { input.relationships[pair.name] = pair.value }
            input.attributes[pair.name] = nil
        }
    }

    /// Finds out which entities are there already, and gives the others identities.
    private mutating func identify(
        _ drafts: [EntityDraft],
        _ references: inout References,
        _ options: WriteOptions
    ) throws(CatalogError) {
        for index in drafts.indices {
            let input = drafts[index].input
            let isPlaceholder = input.guid.map { $0.isEmpty || $0.hasPrefix("-") } ?? true
            var isFree = true
            if let guid = input.guid, !isPlaceholder {
                let held = graph[EntityID(guid)]
                // An import brings identities along; instead of one that something hidden has it gets another.
                isFree = held == nil
                var known = held.flatMap { isSeen($0) ? $0 : nil }
                // An import meets what was deleted meanwhile: the entity in use that has the name now goes first.
                if options.keepsIdentities, known?.isActive != true {
                    known = find(input, drafts[index]) ?? known
                }
                guard known != nil || options.keepsIdentities else {
                    throw CatalogError(.unknownReference, "Referenced entity \(guid) is not found")
                }
                if let known, graph.types.entityTypes[known.typeName]?.isA(input.typeName) != true {
                    throw CatalogError(
                        .otherType,
                        "expected type \(input.typeName); found \(known.typeName)"
                    )
                }
                drafts[index].known = known
            } else {
                drafts[index].known = find(input, drafts[index])
            }
            if let known = drafts[index].known { try require(.entityUpdate, on: known) }
            let keys = nameKeys(input, drafts[index].shape)
            let id =
                drafts[index].known?.id ?? references.drafted(keys)
                ?? (isPlaceholder || !isFree ? makeID() : EntityID(input.guid ?? ""))
            drafts[index].id = id
            for key in keys { references.drafted[key] = id }
            if let guid = input.guid, !guid.isEmpty {
                references.placeholders[guid] = id
                if isPlaceholder { mutation.assignments.append((guid, id)) }
            }
            references.types[id] = drafts[index].shape
        }
    }

    /// The entity in use that has one of the unique values given.
    private func find(_ input: EntityInput, _ draft: EntityDraft) -> Entity? {
        for attribute in draft.shape.uniqueAttributes {
            guard let value = input.attributes[attribute], !value.isNull else { continue }
            let known = graph.entity(of: draft.shape.name, attribute, value.text ?? value.json)
            guard let known else { continue }
            if isSeen(known) { return known }
            draft.isBarred = true
        }
        return nil
    }

    /// What stands for an entity of the request that isn't there yet: its type, a unique attribute and the value.
    private func nameKeys(_ input: EntityInput, _ shape: EntityShape) -> [References.NameKey] {
        shape.uniqueAttributes.compactMap { attribute in
            guard let value = input.attributes[attribute], !value.isNull else { return nil }
            return References.NameKey(type: shape.name, attribute: attribute, value: value.text ?? value.json)
        }
    }

    /// Brings values into the form in which they are kept.
    private mutating func check(
        _ drafts: [EntityDraft],
        _ options: WriteOptions,
        _ references: inout References
    ) throws(CatalogError) {
        for index in drafts.indices {
            try references.resolve(drafts[index], in: &self)
        }
        let kept = references.kept
        for index in drafts.indices {
            let draft = drafts[index]
            let isShell = draft.input.isIncomplete
            var problems: [String] = []
            var checking = ValueChecking(types: graph.types, reference: kept)
            var values = JSONObject()
            values.reserve(draft.input.attributes.count)
            for pair in draft.input.attributes.pairs {
                guard let attribute = draft.shape.attribute(pair.name) else { continue }
                if attribute.keepsAsIs(pair.value) {
                    values.append(new: pair.name, pair.value)
                    continue
                }
                values.append(
                    new: pair.name,
                    checking.value(pair.value, of: attribute, at: "\(draft.shape.name).\(pair.name)")
                )
            }
            if options.isPartial {
                problems += cleared(draft)
            } else if !isShell {
                problems += missing(draft)
            }
            problems += checking.problems
            if let problem = problems.first {
                throw CatalogError(
                    .invalidEntity,
                    "Invalid instance creation/updation parameters passed : \(problem)"
                )
            }
            drafts[index].values = values
        }
    }

    /// What a whole entity lacks.
    private func missing(_ draft: EntityDraft) -> [String] {
        let names =
            draft.shape.mandatoryAttributes.filter { draft.input.attributes[$0]?.isNull ?? true }
            + draft.shape.mandatoryEnds.filter { draft.input.relationships[$0]?.isNull ?? true }
        return names.map { missing($0, draft.shape.name) }
    }

    /// What a part of an entity would take from it although it needs it.
    private func cleared(_ draft: EntityDraft) -> [String] {
        draft.shape.mandatoryAttributes.filter { draft.input.attributes[$0]?.isNull == true }
            .map { missing($0, draft.shape.name) }
    }

    private func missing(_ name: String, _ type: String) -> String {
        "\(type).\(name): mandatory attribute value missing in type \(type)"
    }

    private mutating func create(_ draft: EntityDraft) throws(CatalogError) {
        // Two inputs of one name are one entity.
        guard !createdIDs.contains(draft.id) else { return }
        var values = JSONObject()
        values.reserve(draft.shape.attributes.count)
        for attribute in draft.shape.attributes {
            let name = attribute.definition.name
            if let given = draft.values[name] {
                if !given.isNull {
                    values.append(new: name, given)
                    continue
                }
            }
            if let value = ValueChecking.initialValue(of: attribute, graph.types) {
                values.append(new: name, value)
            }
        }
        var entity = Entity(id: draft.id, typeName: draft.shape.name, unchecked: values)
        (entity.createdBy, entity.updatedBy, entity.createTime, entity.updateTime) = (user, user, now, now)
        entity.isIncomplete = draft.input.isIncomplete
        entity.origin = draft.input.origin
        entity.customAttributes = try checkedCustom(draft.input.customAttributes ?? [:])
        // A name that is taken by what they may not read is refused like one that they may not use.
        guard !draft.isBarred else { throw forbidden(.entityCreate, entity) }
        try require(.entityCreate, on: entity)
        createdIDs.insert(draft.id)
        mutation.created.append(draft.id)
        store(entity, EntityEvent(isImport ? .importCreated : .created))
    }

    /// Changes the values of an entity that was there before.
    private mutating func applyValues(_ draft: EntityDraft, _ options: WriteOptions) throws(CatalogError) {
        guard draft.known != nil, var entity = graph[draft.id] else { return }
        let before = entity
        if options.keepsIdentities, !entity.isActive {
            entity.status = .active
            for tag in graph.tags(setOn: entity.id) { graph.flow.touch(TagInstance(tag.name, on: entity.id)) }
        }
        for pair in draft.values.pairs {
            guard let attribute = draft.shape.attribute(pair.name) else { continue }
            var value = pair.value
            if value.isNull { value = ValueChecking.initialValue(of: attribute, graph.types) ?? .null }
            if mutation.isPartial, attribute.definition.options["isAppendOnPartialUpdate"] == "true" {
                value = grown(entity.attributes[pair.name], value)
            }
            if entity.attributes[pair.name] ?? .null != value {
                if attribute.definition.isUnique { try checkFree(value, pair.name, for: before) }
                entity.attributes[pair.name] = value.isNull ? nil : value
            }
        }
        let onlyValues = entity != before
        if let custom = draft.input.customAttributes { entity.customAttributes = try checkedCustom(custom) }
        if entity.isIncomplete, !draft.input.isIncomplete { entity.isIncomplete = false }
        guard entity != before else { return }
        try require(.entityUpdate, on: before)
        graph.put(entity)
        if onlyValues || entity.customAttributes == before.customAttributes {
            markUpdated(entity.id)
        } else {
            markCustomChanged(entity.id)
        }
    }

    /// Whether a unique value that an entity is to have is nobody else's.
    private func checkFree(_ value: JSONValue, _ attribute: String, for entity: Entity) throws(CatalogError) {
        guard !value.isNull,
            let holder = graph.entity(of: entity.typeName, attribute, value.text ?? value.json),
            holder.id != entity.id
        else { return }
        // A name that is taken by what they may not read is refused like one that they may not use.
        guard isSeen(holder) else { throw forbidden(.entityUpdate, entity) }
        throw CatalogError(
            .nameTaken,
            "failed to update entity: \(attribute) of \(entity.id) is that of \(holder.id) already"
        )
    }

    private func grown(_ old: JSONValue?, _ new: JSONValue) -> JSONValue {
        switch (old, new) {
        case (.array(let before)?, .array(let more)):
            return .array(before + more.filter { !before.contains($0) })
        case (.object(var before)?, .object(let more)):
            for pair in more.pairs { before[pair.name] = pair.value }
            return .object(before)
        case (_, .null): return old ?? .null
        default: return new
        }
    }

    private mutating func markCustomChanged(_ id: EntityID) {
        guard !updatedIDs.contains(id), var entity = graph[id] else { return }
        updatedIDs.insert(id)
        (entity.updateTime, entity.updatedBy, entity.version) = (now, user, entity.version + 1)
        let custom = JSONObject(entity.customAttributes.mapValues { .string($0) })
        let text = "Updated custom attribute: \(JSONValue.object(custom).json)"
        store(entity, EntityEvent(.customUpdated, text))
        mutation.updated.append(id)
    }

    /// Sets what a new entity came with beside its attributes.
    private mutating func decorate(_ draft: EntityDraft) throws(CatalogError) {
        if !draft.input.labels.isEmpty, var entity = graph[draft.id] {
            entity.labels = try checkedLabels(draft.input.labels)
            store(entity)
        }
        if !draft.input.businessAttributes.isEmpty {
            try putBusinessAttributes(draft.input.businessAttributes, on: draft.id, isOverwrite: false)
        }
        if !draft.input.tags.isEmpty { try addTags(draft.input.tags, to: [draft.id]) }
    }
}

extension CatalogTransaction {
    /// Changes one attribute of an entity: a number, text, truth value, or a reference.
    ///
    /// - Throws: `.unknownEntity`, `.unknownAttribute`, `.unsuitablePartialUpdate`; otherwise as
    ///   ``write(_:referred:options:)``.
    package mutating func writeAttribute(
        _ name: String,
        _ value: JSONValue,
        of id: EntityID
    ) throws(CatalogError) {
        let entity = try entity(id)
        let shape = try shape(of: entity)
        var input = EntityInput(typeName: entity.typeName, guid: id.text, attributes: JSONObject())
        if let ends = shape.ends[name] {
            guard ends.allSatisfy({ $0.end.cardinality == .single }) else { throw unsuitable(entity, name) }
            input.relationships[name] = value
        } else if let attribute = shape.attribute(name) {
            switch attribute.type {
            case .array, .map: throw unsuitable(entity, name)
            case .named(let type) where graph.types.definition(type, .entity) == nil:
                throw unsuitable(entity, name)
            case .boolean, .byte, .short, .int, .long, .float, .double, .bigInteger, .bigDecimal, .string,
                .date,
                .named:
                input.attributes[name] = value
            }
        } else {
            throw CatalogError(.unknownAttribute, "Attribute \(name) not found for type \(entity.typeName)")
        }
        try write([input], options: WriteOptions(isPartial: true))
    }

    private func unsuitable(_ entity: Entity, _ name: String) -> CatalogError {
        CatalogError(.unsuitablePartialUpdate, "\(entity.typeName).\(name) : attribute update not supported")
    }
}
