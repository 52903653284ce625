package import CatalogModel

/// How things of the catalog are written in the store: JSON objects whose absent members have their defaults.
extension Entity {
    /// The entity as the store keeps it.
    package var stored: JSONObject {
        var object: JSONObject = [
            "id": .string(id.text), "typeName": .string(typeName), "attributes": .object(attributes),
            "createdBy": .string(createdBy), "updatedBy": .string(updatedBy),
            "createTime": .integer(createTime),
            "updateTime": .integer(updateTime),
        ]
        if status != .active { object["status"] = .string(status.rawValue) }
        if version != 0 { object["version"] = .integer(version) }
        if isIncomplete { object["isIncomplete"] = .bool(true) }
        if !labels.isEmpty { object["labels"] = .array(labels.map { .string($0) }) }
        if !customAttributes.isEmpty {
            object["customAttributes"] = .object(JSONObject(customAttributes.mapValues { .string($0) }))
        }
        if !businessAttributes.isEmpty {
            object["businessAttributes"] = .object(JSONObject(businessAttributes.mapValues { .object($0) }))
        }
        if !origin.isEmpty { object["origin"] = .object(origin) }
        return object
    }

    /// Reads the stored form; nil when it is none.
    package init?(stored: JSONObject) {
        guard let id = stored.text("id"), let typeName = stored.text("typeName"),
            let attributes = stored["attributes"]?.object
        else { return nil }
        self.init(id: EntityID(id), typeName: typeName, attributes: attributes)
        createdBy = stored.text("createdBy") ?? ""
        updatedBy = stored.text("updatedBy") ?? ""
        createTime = stored["createTime"]?.integer ?? 0
        updateTime = stored["updateTime"]?.integer ?? 0
        version = stored["version"]?.integer ?? 0
        status = stored.text("status").flatMap { EntityStatus(rawValue: $0) } ?? .active
        isIncomplete = stored["isIncomplete"]?.bool ?? false
        labels = (stored["labels"]?.list ?? []).compactMap(\.text)
        for pair in stored["customAttributes"]?.object?.pairs ?? [] {
            customAttributes[pair.name] = pair.value.text
        }
        for pair in stored["businessAttributes"]?.object?.pairs ?? [] {
            businessAttributes[pair.name] = pair.value.object
        }
        origin = stored["origin"]?.object ?? JSONObject()
    }
}

extension TagInstance {
    fileprivate var stored: JSONValue {
        .object(["tag": .string(tag.text), "source": .string(source.text)])
    }

    fileprivate init?(stored: JSONValue) {
        guard let object = stored.object, let tag = object.text("tag"), let source = object.text("source")
        else {
            return nil
        }
        self.init(TagName(tag), on: EntityID(source))
    }
}

extension Relationship {
    /// The relationship as the store keeps it.
    package var stored: JSONObject {
        var object: JSONObject = [
            "id": .string(id.text), "typeName": .string(typeName), "end1": .string(end1.text),
            "end2": .string(end2.text), "createdBy": .string(createdBy), "updatedBy": .string(updatedBy),
            "createTime": .integer(createTime), "updateTime": .integer(updateTime),
        ]
        if !attributes.isEmpty { object["attributes"] = .object(attributes) }
        if status != .active { object["status"] = .string(status.rawValue) }
        if version != 0 { object["version"] = .integer(version) }
        if stopsTags { object["stopsTags"] = .bool(true) }
        if !blockedTags.isEmpty { object["blockedTags"] = .array(blockedTags.map(\.stored)) }
        if !carriedTags.isEmpty { object["carriedTags"] = .array(carriedTags.map(\.stored)) }
        return object
    }

    /// Reads the stored form; nil when it is none.
    package init?(stored: JSONObject) {
        guard let id = stored.text("id"), let typeName = stored.text("typeName"),
            let end1 = stored.text("end1"),
            let end2 = stored.text("end2")
        else { return nil }
        self.init(id: EntityID(id), typeName: typeName, end1: EntityID(end1), end2: EntityID(end2))
        attributes = stored["attributes"]?.object ?? JSONObject()
        createdBy = stored.text("createdBy") ?? ""
        updatedBy = stored.text("updatedBy") ?? ""
        createTime = stored["createTime"]?.integer ?? 0
        updateTime = stored["updateTime"]?.integer ?? 0
        version = stored["version"]?.integer ?? 0
        status = stored.text("status").flatMap { EntityStatus(rawValue: $0) } ?? .active
        stopsTags = stored["stopsTags"]?.bool ?? false
        blockedTags = (stored["blockedTags"]?.list ?? []).compactMap { TagInstance(stored: $0) }
        carriedTags = (stored["carriedTags"]?.list ?? []).compactMap { TagInstance(stored: $0) }
    }
}

extension EntityEvent {
    /// Happenings as the store keeps them.
    package static func stored(_ events: [EntityEvent]) -> JSONValue {
        .array(
            events.map { event in
                var object: JSONObject = ["action": .string(event.action.rawValue)]
                if let details = event.details { object["details"] = .string(details) }
                return .object(object)
            }
        )
    }

    /// Reads the stored form; what is none is left out.
    package static func read(_ stored: JSONValue) -> [EntityEvent] {
        (stored.list ?? []).compactMap { value in
            guard let action = value.object?.text("action").flatMap({ Action(rawValue: $0) }) else {
                return nil
            }
            return EntityEvent(action, value.object?.text("details"))
        }
    }
}
