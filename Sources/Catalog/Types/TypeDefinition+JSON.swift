package import CatalogModel

/// Definitions in the JSON form that Atlas's API and the store share.
///
/// Members that are null count as absent: clients send null for what they don't set.
extension TypeDefinition {
    /// The definition as JSON, without what follows from other definitions.
    package var json: JSONObject {
        var object: JSONObject = [
            "category": .string(category.rawValue), "guid": .string(id.text), "name": .string(name),
            "version": .integer(version), "createTime": .integer(createTime),
            "updateTime": .integer(updateTime),
            "options": .object(JSONObject(options.mapValues { .string($0) })),
        ]
        object["createdBy"] = createdBy.map { .string($0) }
        object["updatedBy"] = updatedBy.map { .string($0) }
        object["description"] = .string(summary ?? name)
        object["typeVersion"] = typeVersion.map { .string($0) }
        object["serviceType"] = serviceType.map { .string($0) }
        switch category {
        case .enumeration:
            object["elementDefs"] = .array(elements.map { .object($0.json) })
            object["defaultValue"] = defaultValue.map { .string($0) }
            return object
        case .structure, .businessMetadata, .relationship: break
        case .entity: object["superTypes"] = .array(superTypes.map { .string($0) })
        case .tag:
            object["superTypes"] = .array(superTypes.map { .string($0) })
            object["entityTypes"] = .array(entityTypes.map { .string($0) })
        }
        object["attributeDefs"] = .array(attributes.map { .object($0.json) })
        if let relationship {
            object["relationshipCategory"] = .string(relationship.category.rawValue)
            object["propagateTags"] = .string(relationship.tagFlow.rawValue)
            object["relationshipLabel"] = relationship.label.map { .string($0) }
            object["endDef1"] = .object(relationship.end1.json)
            object["endDef2"] = .object(relationship.end2.json)
        }
        return object
    }

    /// Reads a definition of a category.
    ///
    /// - Throws: `.badRequest` with the member that is missing or none.
    package init(_ category: TypeCategory, json: JSONObject) throws(CatalogError) {
        guard let name = json.text("name"), !name.isEmpty else {
            throw CatalogError(.badRequest, "a definition needs a name")
        }
        self.init(category, name)
        if let guid = json.text("guid"), !guid.isEmpty, !guid.hasPrefix("-") { id = EntityID(guid) }
        summary = json.text("description")
        typeVersion = json.text("typeVersion") ?? "1.0"
        serviceType = json.text("serviceType")
        options = json.texts("options")
        createdBy = json.text("createdBy")
        updatedBy = json.text("updatedBy")
        createTime = json["createTime"]?.integer ?? 0
        updateTime = json["updateTime"]?.integer ?? 0
        version = json["version"]?.integer ?? 1
        superTypes = json.list("superTypes").compactMap(\.text)
        entityTypes = json.list("entityTypes").compactMap(\.text)
        defaultValue = json.text("defaultValue")
        for (index, value) in json.list("attributeDefs").enumerated() {
            guard let object = value.object else {
                throw CatalogError(.badRequest, "\(name): attribute \(index) is no object")
            }
            attributes.append(try AttributeDefinition(json: object, in: name))
        }
        elements = try EnumElement.list(json.list("elementDefs"), in: name)
        if category == .relationship { relationship = try RelationshipShape(json: json, in: name) }
    }
}

extension JSONObject {
    fileprivate func list(_ name: String) -> [JSONValue] { self[name]?.list ?? [] }

    fileprivate func texts(_ name: String) -> [String: String] {
        var texts: [String: String] = [:]
        for pair in self[name]?.object?.pairs ?? [] {
            if !pair.value.isNull { texts[pair.name] = pair.value.text ?? pair.value.json }
        }
        return texts
    }

    fileprivate func bool(_ name: String) -> Bool? {
        self[name]?.bool ?? text(name).map { $0.lowercased() == "true" }
    }
}

extension EnumElement {
    fileprivate var json: JSONObject {
        var object: JSONObject = ["value": .string(value)]
        object["ordinal"] = ordinal.map { .integer($0) }
        object["description"] = summary.map { .string($0) }
        return object
    }

    fileprivate static func list(_ values: [JSONValue], in type: String) throws(CatalogError) -> [EnumElement]
    {
        var elements: [EnumElement] = []
        for value in values {
            guard let text = value.object?.text("value") else {
                throw CatalogError(.badRequest, "\(type): an element of an enum needs a value")
            }
            elements.append(
                EnumElement(
                    text,
                    ordinal: value.object?["ordinal"]?.integer,
                    summary: value.object?.text("description")
                )
            )
        }
        return elements
    }
}

extension AttributeDefinition {
    /// The attribute as JSON.
    package var json: JSONObject {
        var object: JSONObject = [
            "name": .string(name), "typeName": .string(typeName), "isOptional": .bool(isOptional),
            "cardinality": .string(cardinality.rawValue), "valuesMinCount": .integer(minimumCount),
            "valuesMaxCount": .integer(maximumCount), "isUnique": .bool(isUnique),
            "isIndexable": .bool(isIndexable), "includeInNotification": .bool(includeInNotification),
            "searchWeight": .integer(searchWeight),
        ]
        object["defaultValue"] = defaultValue.map { .string($0) }
        object["description"] = summary.map { .string($0) }
        object["displayName"] = displayName.map { .string($0) }
        object["indexType"] = indexType.map { .string($0) }
        if !constraints.isEmpty { object["constraints"] = .array(constraints) }
        if !options.isEmpty { object["options"] = .object(JSONObject(options.mapValues { .string($0) })) }
        return object
    }

    fileprivate init(json: JSONObject, in type: String) throws(CatalogError) {
        guard let name = json.text("name"), let typeName = json.text("typeName") else {
            throw CatalogError(.badRequest, "\(type): an attribute needs a name and a typeName")
        }
        self.init(name, typeName)
        isOptional = json.bool("isOptional") ?? true
        isUnique = json.bool("isUnique") ?? false
        isIndexable = json.bool("isIndexable") ?? false
        includeInNotification = json.bool("includeInNotification") ?? json.bool("isInNotification") ?? false
        if let text = json.text("cardinality") {
            guard let known = Cardinality(rawValue: text) else {
                throw CatalogError(.badRequest, "\(type).\(name): unknown cardinality \(text)")
            }
            cardinality = known
        } else {
            cardinality = .single
        }
        minimumCount = json["valuesMinCount"]?.integer ?? (isOptional ? 0 : 1)
        let most = json["valuesMaxCount"]?.integer
        maximumCount = most ?? (cardinality == .single ? 1 : Int64(Int32.max))
        if case .string(let text)? = json["defaultValue"] { defaultValue = text }
        if let value = json["defaultValue"], !value.isNull, value.text == nil { defaultValue = value.json }
        summary = json.text("description")
        displayName = json.text("displayName")
        searchWeight = json["searchWeight"]?.integer ?? -1
        guard searchWeight == -1 || (1...10).contains(searchWeight) else {
            throw CatalogError(.badRequest, "\(type).\(name): searchWeight must be -1, or 1 to 10")
        }
        indexType = json.text("indexType")
        constraints = json.list("constraints")
        options = json.texts("options")
    }
}

extension RelationshipEnd {
    fileprivate var json: JSONObject {
        var object: JSONObject = [
            "type": .string(typeName), "name": .string(attribute), "isContainer": .bool(isContainer),
            "cardinality": .string(cardinality.rawValue), "isLegacyAttribute": .bool(isLegacy),
        ]
        object["description"] = summary.map { .string($0) }
        return object
    }

    fileprivate init(json: JSONObject?, in type: String) throws(CatalogError) {
        guard let json, let typeName = json.text("type"), let name = json.text("name") else {
            throw CatalogError(.missingEnds, "relationshipDef \(type) creation attempted without 2 ends")
        }
        self.init(typeName, name)
        isContainer = json.bool("isContainer") ?? false
        isLegacy = json.bool("isLegacyAttribute") ?? false
        cardinality = json.text("cardinality").flatMap { Cardinality(rawValue: $0) } ?? .single
        summary = json.text("description")
    }
}

extension RelationshipShape {
    fileprivate init(json: JSONObject, in type: String) throws(CatalogError) {
        let category = json.text("relationshipCategory") ?? RelationshipCategory.association.rawValue
        let flow = json.text("propagateTags") ?? TagFlow.none.rawValue
        guard let category = RelationshipCategory(rawValue: category), let flow = TagFlow(rawValue: flow)
        else {
            throw CatalogError(.badRequest, "Invalid relationshipDef: \(type)")
        }
        self.init(
            category,
            try RelationshipEnd(json: json["endDef1"]?.object, in: type),
            try RelationshipEnd(json: json["endDef2"]?.object, in: type),
            tagFlow: flow,
            label: json.text("relationshipLabel")
        )
    }
}
