import CatalogModel

/// The parts of things that few have, as one object that only those have in a pack.
extension Entity {
    var extras: JSONObject {
        var object = JSONObject()
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

    mutating func take(_ extras: JSONObject) {
        labels = (extras["labels"]?.list ?? []).compactMap(\.text)
        for pair in extras["customAttributes"]?.object?.pairs ?? [] {
            customAttributes[pair.name] = pair.value.text
        }
        for pair in extras["businessAttributes"]?.object?.pairs ?? [] {
            businessAttributes[pair.name] = pair.value.object
        }
        origin = extras["origin"]?.object ?? JSONObject()
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
    var extras: JSONObject {
        var object = JSONObject()
        if !attributes.isEmpty { object["attributes"] = .object(attributes) }
        if stopsTags { object["stopsTags"] = .bool(true) }
        if !blockedTags.isEmpty { object["blockedTags"] = .array(blockedTags.map(\.stored)) }
        if !carriedTags.isEmpty { object["carriedTags"] = .array(carriedTags.map(\.stored)) }
        return object
    }

    mutating func take(_ extras: JSONObject) {
        attributes = extras["attributes"]?.object ?? JSONObject()
        stopsTags = extras["stopsTags"]?.bool ?? false
        blockedTags = (extras["blockedTags"]?.list ?? []).compactMap { TagInstance(stored: $0) }
        carriedTags = (extras["carriedTags"]?.list ?? []).compactMap { TagInstance(stored: $0) }
    }
}
