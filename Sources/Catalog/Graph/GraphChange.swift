package import CatalogModel
import HashTreeCollections

/// One change of the graph: the new body of one thing, or that it is gone.
package enum GraphChange: Sendable {
    /// A type is new or changed.
    case putType(TypeDefinition)
    /// A type is gone.
    case removeType(String)
    /// Entities and relationships are new, changed or gone.
    case pack(GraphPackChange)
    /// All entities and relationships of a store, and the serial of its last pack.
    case load([LivePack], lastSerial: Int64)
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
        case .pack(let change): take(change.pack)
        case .load(let packs, let lastSerial): take(packs, lastSerial: lastSerial)
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
