import CatalogModel
import HashTreeCollections

/// How much there is in the catalog.
package struct CatalogCounts: Sendable {
    /// Entities in use.
    package var entities = 0
    /// Types of all categories.
    package var types = 0
    /// Tag types.
    package var tagTypes = 0
    /// Entity types of which there is no entity.
    package var unusedTypes = 0
    /// Entities in use by type.
    package var active: [String: Int] = [:]
    /// Entities in use by type, those of types below it counted too.
    package var activeWithSubTypes: [String: Int] = [:]
    /// Deleted entities by type.
    package var deleted: [String: Int] = [:]
    /// Entities of which only the name is known, by type.
    package var shells: [String: Int] = [:]
    /// Entities that have a tag, by the tag's type.
    package var tagged: [String: Int] = [:]
}

extension EntityGraph {
    /// Counts all that somebody may read.
    ///
    /// Cost: a look at each entity.
    package func counts(_ gate: any CatalogGate) -> CatalogCounts {
        var counts = CatalogCounts()
        counts.types = types.definitions.count
        counts.tagTypes = types.tagTypes.count
        for name in types.entityTypes.keys {
            var isUsed = false
            for handle in handles(ofExactly: name) {
                guard let entity = entity(handle), mayRead(entity, gate) else { continue }
                isUsed = true
                if entity.isIncomplete { counts.shells[name, default: 0] += 1 }
                if entity.isActive {
                    counts.active[name, default: 0] += 1
                } else {
                    counts.deleted[name, default: 0] += 1
                }
            }
            if !isUsed { counts.unusedTypes += 1 }
        }
        counts.entities = counts.active.values.reduce(0, +)
        for (name, count) in counts.active {
            for type in [name] + (types.entityTypes[name]?.above ?? []) {
                counts.activeWithSubTypes[type, default: 0] += count
            }
        }
        for name in tagNames {
            var reached: Set<UInt32> = []
            for handle in handles(tagged: name) {
                reached.insert(handle)
                guard let entity = entity(handle) else { continue }
                reached.formUnion(flow.reached(by: TagInstance(name, on: entity.id)))
            }
            let count = reached.count { handle in entity(handle).map { mayRead($0, gate) } ?? false }
            if count > 0 || gate.isOpen { counts.tagged[name.text] = count }
        }
        return counts
    }
}
