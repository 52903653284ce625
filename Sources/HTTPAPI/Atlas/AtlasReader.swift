import Catalog
import CatalogModel

/// Reads things that callers send in Atlas's form.
enum AtlasReader {
    /// An entity.
    static func entity(_ value: JSONValue) throws(CatalogError) -> EntityInput {
        guard let object = value.object, let type = object.text("typeName") else {
            throw CatalogError(.invalidParameters, "invalid parameters: an entity needs a typeName")
        }
        var input = EntityInput(
            typeName: type,
            guid: identity(object["guid"]),
            attributes: object["attributes"]?.object ?? JSONObject()
        )
        input.relationships = object["relationshipAttributes"]?.object ?? JSONObject()
        for value in object["classifications"]?.list ?? [] { input.tags.append(try tag(value)) }
        input.labels = (object["labels"]?.list ?? []).compactMap(\.text)
        if let custom = object["customAttributes"]?.object {
            input.customAttributes = Dictionary(
                custom.pairs.filter { !$0.value.isNull }.map { ($0.name, $0.value.text ?? $0.value.json) },
                uniquingKeysWith: { _, last in last }
            )
        }
        for pair in object["businessAttributes"]?.object?.pairs ?? [] {
            if let values = pair.value.object { input.businessAttributes[pair.name] = values }
        }
        input.isIncomplete = object["isIncomplete"]?.bool ?? false
        for name in ["homeId", "provenanceType", "proxy"] {
            if let value = object[name], !value.isNull { input.origin[name] = value }
        }
        return input
    }

    /// An identity or placeholder; some clients send numbers.
    static func identity(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text)?: text.isEmpty ? nil : text
        case .integer(let number)?: String(number)
        case .null?, .bool?, .number?, .array?, .object?, nil: nil
        }
    }

    /// The entities that others refer to, by identity.
    static func referred(_ value: JSONValue?) throws(CatalogError) -> [String: EntityInput] {
        var referred: [String: EntityInput] = [:]
        for pair in value?.object?.pairs ?? [] where !pair.value.isNull {
            var input = try entity(pair.value)
            if input.guid == nil { input.guid = pair.name }
            referred[pair.name] = input
        }
        return referred
    }

    /// A tag.
    static func tag(_ value: JSONValue) throws(CatalogError) -> TagInput {
        guard let object = value.object, let type = object.text("typeName") else {
            throw CatalogError(.invalidParameters, "invalid parameters: a classification needs a typeName")
        }
        var input = TagInput(typeName: type, attributes: object["attributes"]?.object ?? JSONObject())
        input.propagates = object["propagate"]?.bool
        input.leavesWithSource = object["removePropagationsOnEntityDelete"]?.bool
        input.entity = object.text("entityGuid").map { EntityID($0) }
        if let list = object["validityPeriods"]?.list {
            input.periods = list.map { value in
                PeriodInput(
                    startTime: value.object?.text("startTime"),
                    endTime: value.object?.text("endTime"),
                    timeZone: value.object?.text("timeZone")
                )
            }
        }
        return input
    }

    /// Tags in a list.
    static func tags(_ list: [JSONValue]) throws(CatalogError) -> [TagInput] {
        var tags: [TagInput] = []
        for value in list { tags.append(try tag(value)) }
        return tags
    }

    /// Names of tags that are to be blocked, or that flow.
    private static func instances(_ value: JSONValue?) -> [TagInstance]? {
        value?.list?.compactMap { value in
            guard let object = value.object, let type = object.text("typeName"),
                let source = object.text("entityGuid")
            else { return nil }
            return TagInstance(TagName(type), on: EntityID(source))
        }
    }

    /// A relationship.
    static func relationship(_ object: JSONObject) throws(CatalogError) -> RelationshipInput {
        var input = RelationshipInput(typeName: object.text("typeName") ?? "")
        input.id = identity(object["guid"]).flatMap { $0.hasPrefix("-") ? nil : EntityID($0) }
        input.end1 = object["end1"]?.object
        input.end2 = object["end2"]?.object
        input.attributes = object["attributes"]?.object
        if let text = object.text("propagateTags") {
            guard let flow = TagFlow(rawValue: text) else {
                throw CatalogError(.badRequest, "unknown propagateTags \(text)")
            }
            input.tagFlow = flow
        }
        input.blocked = instances(object["blockedPropagatedClassifications"])
        return input
    }

    /// Business metadata: values by its name and its attribute's name.
    static func business(_ object: JSONObject) throws(CatalogError) -> [String: JSONObject] {
        var values: [String: JSONObject] = [:]
        for pair in object.pairs { values[pair.name] = pair.value.object ?? JSONObject() }
        return values
    }

    private static let lists: [(name: String, category: TypeCategory)] = [
        ("enumDefs", .enumeration), ("structDefs", .structure), ("classificationDefs", .tag),
        ("entityDefs", .entity), ("relationshipDefs", .relationship),
        ("businessMetadataDefs", .businessMetadata),
    ]

    /// Definitions of all categories.
    static func types(_ object: JSONObject) throws(CatalogError) -> [TypeDefinition] {
        var types: [TypeDefinition] = []
        for (name, category) in lists {
            for value in object[name]?.list ?? [] {
                guard let definition = value.object else {
                    throw CatalogError(.badRequest, "\(name): a definition is no object")
                }
                let isMisplaced = category == .entity && definition["endDef1"]?.object != nil
                types.append(try TypeDefinition(isMisplaced ? .relationship : category, json: definition))
            }
        }
        return types
    }

    /// The names of definitions of all categories; what else is said of them doesn't matter.
    static func typeNames(_ object: JSONObject) throws(CatalogError) -> [String] {
        var names: [String] = []
        for (list, _) in lists {
            for value in object[list]?.list ?? [] {
                guard let name = value.object?.text("name"), !name.isEmpty else {
                    throw CatalogError(.badRequest, "\(list): a definition needs a name")
                }
                names.append(name)
            }
        }
        return names
    }

    /// The name of the list that holds definitions of a category.
    static func list(of category: TypeCategory) -> String {
        switch category {
        case .enumeration: "enumDefs"
        case .structure: "structDefs"
        case .tag: "classificationDefs"
        case .entity: "entityDefs"
        case .relationship: "relationshipDefs"
        case .businessMetadata: "businessMetadataDefs"
        }
    }
}
