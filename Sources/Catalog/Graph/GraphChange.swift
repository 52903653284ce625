package import CatalogModel
import HashTreeCollections

/// One change of the graph: the new body of one thing, or that it is gone.
package enum GraphChange: Hashable, Sendable {
    /// A type is new or changed.
    case putType(TypeDefinition)
    /// A type is gone.
    case removeType(String)
    /// An entity is new or changed, and why.
    case putEntity(Entity, because: [EntityEvent])
    /// An entity is gone for good, with its tags and relationships, and why.
    case removeEntity(EntityID, because: [EntityEvent])
    /// Something happened to an entity that is as it was.
    case note(EntityID, [EntityEvent])
    /// A relationship is new or changed.
    case putRelationship(Relationship)
    /// A relationship is gone for good.
    case removeRelationship(EntityID)
    /// An entity has a tag, or the tag changed.
    case setTag(EntityID, Tag)
    /// An entity lost a tag.
    case removeTag(EntityID, TagName)
}

extension EntityGraph {
    /// Applies changes that were accepted before, in order.
    ///
    /// Cost: as ``settle()``, which it calls at the end.
    package mutating func apply(_ changes: [GraphChange]) {
        var types: [TypeDefinition] = []
        var wasTypes = false
        for change in changes {
            if case .putType(let type) = change {
                types.append(type)
                continue
            }
            if !types.isEmpty {
                self.types.put(types)
                types = []
                wasTypes = true
            }
            apply(change)
        }
        if !types.isEmpty {
            self.types.put(types)
            wasTypes = true
        }
        if wasTypes { touchAllFlow() }
        settle()
    }

    private mutating func apply(_ change: GraphChange) {
        switch change {
        case .putType(let type): types.put([type])
        case .removeType(let name): types.remove([name])
        case .putEntity(let entity, because: _): put(entity)
        case .removeEntity(let id, because: _): remove(id)
        case .note: break
        case .putRelationship(let relationship): put(relationship)
        case .removeRelationship(let id): removeRelationship(id)
        case .setTag(let id, let tag): set(tag, on: id)
        case .removeTag(let id, let name): removeTag(name, from: id)
        }
    }

    /// Looks at the ways of all tags again; for when types changed, which say where tags flow and land.
    mutating func touchAllFlow() {
        for name in tagNames {
            for handle in handles(tagged: name) {
                if let entity = entity(handle) { flow.touch(TagInstance(name, on: entity.id)) }
            }
        }
    }
}
