package import CatalogModel

extension EntityShape {
    /// The attributes that describe it as an element of a schema.
    package var schemaAttributes: [String] {
        guard let text = definition.options["schemaAttributes"],
            let value = try? JSONReader.value(of: Array(text.utf8))
        else { return [] }
        return (value.list ?? []).compactMap(\.text)
    }
}

extension EntityGraph {
    /// An entity and the relationship over which it was reached.
    package struct Related: Sendable {
        /// The relationship.
        package let relationship: Relationship
        /// The entity at the other end.
        package let entity: Entity
    }

    /// The entities at the other end of relationships of some ends, in use or not, in the order they came.
    package func related(_ id: EntityID, _ ends: [EndShape]) -> [Related] {
        relationships(of: id).compactMap { relationship in
            let fits = ends.contains { end in
                guard end.relationshipType == relationship.typeName else { return false }
                let isSymmetric =
                    end.shape.end1.typeName == end.shape.end2.typeName
                    && end.shape.end1.attribute == end.shape.end2.attribute
                return isSymmetric || relationship.end(end.index) == id
            }
            guard fits, let other = self[relationship.other(than: id)] else { return nil }
            return Related(relationship: relationship, entity: other)
        }
    }

    /// The entities in use at the other end of relationships in use of a type.
    package func related(_ id: EntityID, _ type: String, from index: Int) -> [Related] {
        relationships(of: id).compactMap { relationship in
            guard relationship.isActive, relationship.typeName == type, relationship.end(index) == id,
                let other = self[relationship.end(1 - index)]
            else { return nil }
            return Related(relationship: relationship, entity: other)
        }
    }

    /// The glossary terms that are assigned to an entity.
    package func terms(of id: EntityID) -> [Related] { related(id, BaseTypes.termAssignment, from: 1) }

    /// The entities that an entity owns, those in turn own, and so on, in use or not, without itself.
    package func owned(by id: EntityID) -> [Entity] {
        var found: [Entity] = []
        var seen: Set = [id]
        var queue = [id]
        var next = 0
        while next < queue.count {
            let here = queue[next]
            next += 1
            for relationship in relationships(of: here) {
                guard let shape = types.definitions[relationship.typeName]?.relationship,
                    shape.category == .composition, shape.end(relationship.end1 == here ? 0 : 1).isContainer
                else { continue }
                let other = relationship.other(than: here)
                guard seen.insert(other).inserted, let entity = self[other] else { continue }
                if !relationship.isActive, self[here]?.isActive == true, entity.isActive { continue }
                found.append(entity)
                queue.append(other)
            }
            for entity in ownedByReference(here) where seen.insert(entity.id).inserted {
                found.append(entity)
                queue.append(entity.id)
            }
        }
        return found
    }

    /// The entities that attributes of an entity refer to as its own; none for most types.
    func ownedByReference(_ id: EntityID) -> [Entity] {
        guard let names = shape(of: id)?.owningAttributes, !names.isEmpty, let entity = self[id] else {
            return []
        }
        return names.flatMap { referred(by: entity.attributes[$0] ?? .null) }
    }

    /// The name that people see: what the type's options say, else name, display name or qualified name.
    package func displayText(of entity: Entity) -> String {
        if let name = types.entityTypes[entity.typeName]?.definition.options["displayTextAttribute"],
            let text = entity.attributes.text(name)
        {
            return text
        }
        return entity.displayText ?? entity.id.text
    }

    /// As ``systemAttribute(_:of:)``, but with the members of what is a list in truth, so that conditions are on them.
    func comparedAttribute(_ name: String, of entity: Entity) -> JSONValue? {
        let members: [String]
        switch name {
        case "__labels": members = entity.labels
        case "__customAttributes": members = entity.customAttributes.map { "\($0.key)=\($0.value)" }
        case "__classificationNames": members = tags(setOn: entity.id).map(\.name.text)
        case "__propagatedClassificationNames": members = tags(flowedTo: entity.id).map(\.tag.text)
        default: return systemAttribute(name, of: entity)
        }
        return members.isEmpty ? .null : .array(members.sorted().map { .string($0) })
    }

    /// An attribute that the catalog itself keeps of every entity, by Atlas's name; nil for other names.
    package func systemAttribute(_ name: String, of entity: Entity) -> JSONValue? {
        guard name.hasPrefix("__") else { return nil }
        switch name {
        case "__guid", "__historicalGuids": return .string(entity.id.text)
        case "__typeName": return .string(entity.typeName)
        case "__state", "__entityStatus": return .string(entity.status.rawValue)
        case "__timestamp": return .integer(entity.createTime)
        case "__modificationTimestamp": return .integer(entity.updateTime)
        case "__createdBy": return .string(entity.createdBy)
        case "__modifiedBy": return .string(entity.updatedBy)
        case "__isIncomplete": return .bool(entity.isIncomplete)
        case "__labels": return .string(entity.labels.joined(separator: "|"))
        case "__customAttributes":
            return .string(
                entity.customAttributes.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(
                    separator: "|"
                )
            )
        case "__classificationNames":
            return .string(tags(setOn: entity.id).map(\.name.text).joined(separator: "|"))
        case "__propagatedClassificationNames":
            return .string(Set(tags(flowedTo: entity.id).map(\.tag.text)).sorted().joined(separator: "|"))
        case "__classificationsText":
            return .string(tagNames(on: entity.id).map(\.text).joined(separator: " "))
        case "__pendingTasks": return .string("")
        default: return nil
        }
    }
}
