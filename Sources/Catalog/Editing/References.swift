import CatalogModel

/// What references in a request lead to.
struct References {
    /// Identities by what stands for them in the request.
    var placeholders: [String: EntityID] = [:]
    /// Types of the entities of the request.
    var types: [EntityID: EntityShape] = [:]
    let makesShells: Bool
    /// References that were looked up, by their text.
    private var found: [JSONObject: EntityID] = [:]
    /// Entities of the request by type, unique attribute and value.
    var drafted: [String: EntityID] = [:]

    init(makesShells: Bool) { self.makesShells = makesShells }

    /// What is to be kept of a reference among the attributes; nil when it leads to nothing.
    var kept: (JSONObject) -> JSONValue? {
        let (found, types) = (found, types)
        return { reference in
            guard let id = found[reference] else { return nil }
            let type = types[id]?.name ?? reference.text("typeName") ?? ""
            return .object(["guid": .string(id.text), "typeName": .string(type)])
        }
    }

    /// The entity of the request that one of some keys stands for.
    func drafted(_ keys: [String]) -> EntityID? { keys.lazy.compactMap { drafted[$0] }.first }

    /// The identity that a reference leads to; it was resolved before.
    func target(of reference: JSONValue) -> EntityID? {
        References.object(reference).flatMap { found[$0] }
    }

    /// The references of a relationship's value: one, a list, or none.
    static func list(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .null: []
        case .array(let list): list.filter { !$0.isNull }
        case .object, .string, .integer, .number, .bool: [value]
        }
    }

    /// A reference as an object; a bare text is an identity.
    static func object(_ value: JSONValue) -> JSONObject? {
        switch value {
        case .object(let object): object
        case .string(let text): ["guid": .string(text)]
        case .integer(let number): ["guid": .string(String(number))]
        case .null, .bool, .number, .array: nil
        }
    }

    /// The identities and placeholders that an entity refers to.
    static func guids(in input: EntityInput, _ shape: EntityShape) -> [String] {
        var guids: [String] = []
        for pair in input.relationships.pairs {
            guids += list(pair.value).compactMap { object($0).flatMap(guid) }
        }
        for pair in input.attributes.pairs where shape.attribute(pair.name)?.mayRefer == true {
            collect(pair.value, into: &guids)
        }
        return guids
    }

    private static func collect(_ value: JSONValue, into guids: inout [String]) {
        switch value {
        case .array(let list): for element in list { collect(element, into: &guids) }
        case .object(let object):
            if let guid = guid(object) { guids.append(guid) }
            for pair in object.pairs { collect(pair.value, into: &guids) }
        case .null, .bool, .integer, .number, .string: break
        }
    }

    static func guid(_ reference: JSONObject) -> String? {
        switch reference["guid"] {
        case .string(let text)?: text.isEmpty ? nil : text
        case .integer(let number)?: String(number)
        case .null?, .bool?, .number?, .array?, .object?, nil: nil
        }
    }

    /// Looks up all that an entity refers to.
    mutating func resolve(
        _ draft: EntityDraft,
        in transaction: inout CatalogTransaction
    ) throws(CatalogError) {
        for pair in draft.input.relationships.pairs {
            guard draft.shape.ends[pair.name] != nil else { continue }
            for value in References.list(pair.value) {
                guard let reference = References.object(value) else {
                    throw CatalogError(.incompleteReference, "ObjectId is not valid \(pair.name)")
                }
                if reference.text("relationshipStatus") == EntityStatus.deleted.rawValue { continue }
                _ = try lookUp(reference, at: pair.name, in: &transaction)
            }
        }
        for pair in draft.input.attributes.pairs {
            guard let attribute = draft.shape.attribute(pair.name), attribute.mayRefer else { continue }
            try lookUp(in: pair.value, attribute.type, at: pair.name, &transaction)
        }
    }

    private mutating func lookUp(
        in value: JSONValue,
        _ type: AttributeType,
        at place: String,
        _ transaction: inout CatalogTransaction
    ) throws(CatalogError) {
        switch (type, value) {
        case (.array(let element), .array(let list)):
            for value in list { try lookUp(in: value, element, at: place, &transaction) }
        case (.map(_, let element), .object(let object)):
            for pair in object.pairs { try lookUp(in: pair.value, element, at: place, &transaction) }
        case (.named(let name), .object(let object)):
            guard let definition = transaction.graph.types.definitions[name] else { return }
            if definition.category == .entity {
                _ = try lookUp(object, at: place, in: &transaction)
            } else if definition.category == .structure {
                let given = object["attributes"]?.object ?? object
                for attribute in definition.attributes {
                    guard let value = given[attribute.name], let type = AttributeType(attribute.typeName)
                    else {
                        continue
                    }
                    try lookUp(in: value, type, at: "\(place).\(attribute.name)", &transaction)
                }
            }
        default: return
        }
    }

    private mutating func lookUp(
        _ reference: JSONObject,
        at place: String,
        in transaction: inout CatalogTransaction
    ) throws(CatalogError) -> EntityID {
        if let known = found[reference] { return known }
        let id = try find(reference, at: place, in: &transaction)
        found[reference] = id
        return id
    }

    private mutating func find(
        _ reference: JSONObject,
        at place: String,
        in transaction: inout CatalogTransaction
    ) throws(CatalogError) -> EntityID {
        let unique = reference["uniqueAttributes"]?.object
        if let guid = References.guid(reference) {
            if let id = placeholders[guid] { return id }
            let id = EntityID(guid)
            if !guid.hasPrefix("-"), transaction.seen(id) != nil { return id }
            guard guid.hasPrefix("-"), unique != nil else {
                throw CatalogError(.unknownReference, "Referenced entity \(guid) is not found")
            }
        }
        guard let unique, !unique.isEmpty, let type = reference.text("typeName") else {
            throw CatalogError(
                .incompleteReference,
                "ObjectId is not valid: \(place) needs a guid, or a typeName with uniqueAttributes"
            )
        }
        guard let shape = transaction.graph.types.entityTypes[type] else {
            throw CatalogError(.unknownEntityType, "Type ENTITY with name \(type) does not exist")
        }
        for pair in unique.pairs where shape.uniqueAttributes.contains(pair.name) {
            let value = pair.value.text ?? pair.value.json
            // Hooks report for the whole company: what they refer to is linked whether they may read it or not.
            if let entity = transaction.graph.entity(of: type, pair.name, value),
                makesShells || transaction.isSeen(entity)
            {
                return entity.id
            }
            // The entity may come with this request.
            for below in shape.selfAndBelow {
                if let id = drafted["\(below) \(pair.name) \(value)"] { return id }
            }
        }
        if makesShells { return transaction.makeShell(shape, unique) }
        let text = JSONValue.object(unique).json
        throw CatalogError(.unknownReference, "Referenced entity \(type) \(text) is not found")
    }
}

extension AttributeShape {
    /// Whether values may refer to entities.
    var mayRefer: Bool { !type.names.isEmpty }
}

extension CatalogTransaction {
    /// Makes an entity of which only the name is known.
    fileprivate mutating func makeShell(_ shape: EntityShape, _ unique: JSONObject) -> EntityID {
        var values = JSONObject()
        for pair in unique.pairs where shape.attribute(pair.name) != nil { values[pair.name] = pair.value }
        if shape.attribute("name") != nil, values["name"] == nil { values["name"] = values["qualifiedName"] }
        var entity = Entity(id: makeID(), typeName: shape.name, attributes: values)
        (entity.createdBy, entity.updatedBy, entity.createTime, entity.updateTime) = (user, user, now, now)
        entity.isIncomplete = true
        createdIDs.insert(entity.id)
        mutation.created.append(entity.id)
        store(entity, EntityEvent(.created))
        return entity.id
    }
}
