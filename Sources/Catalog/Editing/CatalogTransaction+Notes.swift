package import CatalogModel

/// What is done with words given for labels.
package enum LabelChange: Sendable {
    /// They replace what is there.
    case set
    /// They are added.
    case add
    /// They are taken away.
    case remove
}

extension CatalogTransaction {
    /// Changes the labels of an entity.
    ///
    /// - Throws: `.unknownEntity`; `.invalidParameters` for adding or removing none; `.labelTooLong`,
    ///   `.labelCharacters`.
    package mutating func changeLabels(
        _ words: [String],
        _ change: LabelChange,
        on id: EntityID
    ) throws(CatalogError) {
        var entity = try entity(id)
        let before = entity.labels
        switch change {
        case .set: entity.labels = try checkedLabels(words)
        case .add, .remove:
            guard !words.isEmpty else {
                throw CatalogError(.invalidParameters, "invalid parameters: labels is null/empty")
            }
            let words = try checkedLabels(words)
            entity.labels =
                change == .add
                ? Array(Set(before).union(words)).sorted() : before.filter { !words.contains($0) }
        }
        let added = entity.labels.filter { !before.contains($0) }
        let removed = before.filter { !entity.labels.contains($0) }
        for label in added { try require(.labelAdd, on: entity, label) }
        for label in removed { try require(.labelRemove, on: entity, label) }
        guard !added.isEmpty || !removed.isEmpty else { return }
        (entity.updateTime, entity.updatedBy, entity.version) = (now, user, entity.version + 1)
        store(entity)
        if !added.isEmpty {
            add(EntityEvent(.labelAdded, "Added labels: \(added.joined(separator: " "))"), to: id)
        }
        if !removed.isEmpty {
            add(EntityEvent(.labelDeleted, "Deleted labels: \(removed.joined(separator: " "))"), to: id)
        }
    }

    func checkedLabels(_ words: [String]) throws(CatalogError) -> [String] {
        for word in words {
            guard word.utf8.count <= 50 else {
                throw CatalogError(
                    .labelTooLong,
                    "Invalid label: \(word.prefix(50))…, label size should not be more than 50"
                )
            }
            guard !word.isEmpty, word.utf8.allSatisfy(Self.isWordByte) else {
                throw CatalogError(
                    .labelCharacters,
                    "Invalid label: \(word), label should contain alphanumeric characters, '_' or '-'"
                )
            }
        }
        return Array(Set(words)).sorted()
    }

    func checkedCustom(_ values: [String: String]) throws(CatalogError) -> [String: String] {
        for key in values.keys {
            guard key.utf8.count <= 50 else {
                throw CatalogError(
                    .customKeyTooLong,
                    "Invalid key: \(key.prefix(50))… in custom attribute, key size should not be greater than 50"
                )
            }
            guard !key.isEmpty, key.utf8.allSatisfy(Self.isWordByte) else {
                throw CatalogError(
                    .customKeyCharacters,
                    "Invalid key: \(key) in custom attribute, key should only contain alphanumeric characters, '_' or '-'"
                )
            }
        }
        return values
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// Attaches values of business metadata to an entity.
    ///
    /// - Parameters:
    ///   - values: Values by the business metadata's name and the attribute's name; null takes a value away.
    ///   - id: The entity.
    ///   - isOverwrite: Whether all that isn't given goes.
    /// - Throws: `.unknownEntity`; `.invalidParameters` for none; `.invalidEntity` for what doesn't fit or apply.
    package mutating func putBusinessAttributes(
        _ values: [String: JSONObject],
        on id: EntityID,
        isOverwrite: Bool
    ) throws(CatalogError) {
        var entity = try entity(id)
        guard !values.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: businessMetadata can't be empty/null")
        }
        let checked = try checkedBusiness(values, for: entity)
        for name in checked.keys.sorted() { try require(.businessUpdate, on: entity, name) }
        let before = entity.businessAttributes
        if isOverwrite { entity.businessAttributes = [:] }
        for (name, attributes) in checked {
            var held = entity.businessAttributes[name] ?? JSONObject()
            for pair in attributes.pairs { held[pair.name] = pair.value.isNull ? nil : pair.value }
            entity.businessAttributes[name] = held.isEmpty ? nil : held
        }
        storeBusiness(entity, before)
    }

    /// Takes values of business metadata away from an entity; all of one when no attribute is named.
    ///
    /// - Throws: as ``putBusinessAttributes(_:on:isOverwrite:)``.
    package mutating func removeBusinessAttributes(
        _ values: [String: [String]],
        of id: EntityID
    ) throws(CatalogError) {
        var entity = try entity(id)
        guard !values.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: businessMetadata can't be empty/null")
        }
        let before = entity.businessAttributes
        for (name, attributes) in values.sorted(by: { $0.key < $1.key }) {
            try require(.businessUpdate, on: entity, name)
            _ = try businessAttributes(name, of: entity)
            guard !attributes.isEmpty else {
                entity.businessAttributes[name] = nil
                continue
            }
            var held = entity.businessAttributes[name] ?? JSONObject()
            for attribute in attributes { held[attribute] = nil }
            entity.businessAttributes[name] = held.isEmpty ? nil : held
        }
        storeBusiness(entity, before)
    }

    private mutating func storeBusiness(_ entity: Entity, _ before: [String: JSONObject]) {
        guard entity.businessAttributes != before else { return }
        var changed = entity
        (changed.updateTime, changed.updatedBy, changed.version) = (now, user, entity.version + 1)
        store(changed)
        for name in Set(before.keys).union(entity.businessAttributes.keys).sorted()
        where before[name] != entity.businessAttributes[name] {
            let text = JSONValue.object([
                "typeName": .string(name),
                "attributes": .object(entity.businessAttributes[name] ?? JSONObject()),
            ]).json
            add(EntityEvent(.businessUpdated, "Updated business attributes: \(text)"), to: entity.id)
        }
    }

    private func invalid(_ problem: String) -> CatalogError {
        CatalogError(.invalidEntity, "Invalid instance creation/updation parameters passed : \(problem)")
    }

    private func businessAttributes(
        _ name: String,
        of entity: Entity
    ) throws(CatalogError) -> [AttributeDefinition] {
        guard graph.types.definition(name, .businessMetadata) != nil else {
            throw invalid("\(name): no business metadata of that name")
        }
        guard let attributes = try shape(of: entity).business[name] else {
            throw invalid("\(name): business metadata doesn't apply to entities of type \(entity.typeName)")
        }
        return attributes
    }

    private func checkedBusiness(
        _ values: [String: JSONObject],
        for entity: Entity
    ) throws(CatalogError) -> [String: JSONObject] {
        var result: [String: JSONObject] = [:]
        for (name, given) in values.sorted(by: { $0.key < $1.key }) {
            let known = try businessAttributes(name, of: entity)
            var checking = ValueChecking(types: graph.types)
            var kept = JSONObject()
            for pair in given.pairs {
                guard let definition = known.first(where: { $0.name == pair.name }) else {
                    throw invalid(
                        "\(name).\(pair.name): no such attribute for entities of type \(entity.typeName)"
                    )
                }
                let shape = AttributeShape(
                    definition: definition,
                    definedBy: name,
                    type: AttributeType(definition.typeName) ?? .string
                )
                let value = checking.value(pair.value, of: shape, at: "\(name).\(pair.name)")
                try checkLength(value, definition, "\(name).\(pair.name)")
                kept.append(new: pair.name, value)
            }
            if let problem = checking.problems.first { throw invalid(problem) }
            result[name] = kept
        }
        return result
    }

    private func checkLength(
        _ value: JSONValue,
        _ definition: AttributeDefinition,
        _ place: String
    ) throws(CatalogError) {
        guard let limit = definition.options["maxStrLength"].flatMap({ Int($0) }) else { return }
        let texts = value.text.map { [$0] } ?? (value.list ?? []).compactMap(\.text)
        guard texts.allSatisfy({ $0.unicodeScalars.count <= limit }) else {
            throw invalid("\(place): longer than \(limit) characters")
        }
    }
}
