import CatalogModel

/// What a transaction did to one entity.
struct EntityEntry {
    let id: EntityID
    let events: [EntityEvent]
    /// Whether the entity is as it was.
    let isNote: Bool
    /// The first entry about an entity that is gone; 0 for others.
    let goneBirth: Int64
}

extension EntityGraph {
    /// Writes what changed into packs, and holds it from there.
    ///
    /// Cost: one pass over what changed.
    mutating func seal(_ entities: [EntityEntry], _ relationships: [EntityID]) -> [GraphPackChange] {
        var changes: [GraphPackChange] = []
        var (entity, relationship) = (0, 0)
        while entity < entities.count || relationship < relationships.count {
            let entityEnd = min(entities.count, entity + GraphPack.mostEntries)
            let room = GraphPack.mostEntries - (entityEnd - entity)
            let relationshipEnd =
                entityEnd == entities.count ? min(relationships.count, relationship + room) : relationship
            changes.append(
                pack(entities[entity..<entityEnd], relationships[relationship..<relationshipEnd])
            )
            (entity, relationship) = (entityEnd, relationshipEnd)
        }
        return changes
    }

    private mutating func pack(
        _ entities: ArraySlice<EntityEntry>,
        _ relationships: ArraySlice<EntityID>
    ) -> GraphPackChange {
        packSerial += 1
        var writer = PackWriter(capacity: 256 * entities.count + 96 * relationships.count)
        var starts: [UInt32] = []
        starts.reserveCapacity(entities.count + relationships.count)
        var (changed, gone): ([EntityID], [EntityID]) = ([], [])
        var live = 0
        var handles: [UInt32?] = []
        handles.reserveCapacity(entities.count)
        for entry in entities {
            starts.append(UInt32(writer.count))
            let handle = handle(entry.id)
            if let handle, !entry.isNote, let entity = entity(handle) {
                let birth = row(handle).birth
                if birth != 0 { changed.append(entry.id) }
                writer.entity(entity, birth: birth, because: entry.events)
                handles.append(handle)
                live += 1
                continue
            }
            handles.append(nil)
            changed.append(entry.id)
            if entry.isNote {
                writer.note(entry.id, entry.events)
            } else {
                writer.entityGone(entry.id, birth: entry.goneBirth, because: entry.events)
                gone.append(entry.id)
            }
        }
        for id in relationships {
            starts.append(UInt32(writer.count))
            if let relationship = relationship(id) {
                writer.relationship(relationship, birth: birth(ofRelationship: id))
                live += 1
            } else {
                writer.relationshipGone(id)
            }
        }
        let pack = GraphPack(serial: packSerial, entries: writer, starts: starts)
        for (index, handle) in handles.enumerated() {
            if let handle { hold(.packed(pack, UInt32(index)), handle) }
        }
        for (index, id) in relationships.enumerated() {
            hold(.packed(pack, UInt32(entities.count + index)), of: id)
        }
        defer { replaced = [] }
        return GraphPackChange(pack, replaced: replaced, changed: changed, gone: gone, live: live)
    }

    /// Takes in a pack that somebody else made.
    mutating func take(_ pack: GraphPack) {
        var guess: (UInt32, UInt32) = (0, 0)
        for index in 0..<pack.count {
            switch pack.kind(index) {
            case .entity?: take(entityAt: index, of: pack)
            case .entityGone?: remove(pack.id(index))
            case .relationship?: take(relationshipAt: index, of: pack, near: &guess)
            case .relationshipGone?: removeRelationship(pack.id(index))
            case .note?, nil: break
            }
        }
        packSerial = max(packSerial, pack.serial)
        replaced = []
    }

    /// Takes in all packs of a store: what each thing is now, in the order in which things first came.
    mutating func take(_ packs: [LivePack], lastSerial: Int64) {
        var entities: [Born] = []
        var relationships: [Born] = []
        for (number, live) in packs.enumerated() {
            for index in 0..<live.pack.count where live.isLive(index) {
                switch live.pack.kind(index) {
                case .entity?: entities.append(Born(live.pack, number, index))
                case .relationship?: relationships.append(Born(live.pack, number, index))
                case .entityGone?, .note?, .relationshipGone?, nil: break
                }
            }
        }
        reserve(entities: entities.count, relationships: relationships.count)
        for place in Born.sorted(entities) { take(entityAt: Int(place.index), of: packs[place.pack].pack) }
        var guess: (UInt32, UInt32) = (0, 0)
        for place in Born.sorted(relationships) {
            take(relationshipAt: Int(place.index), of: packs[place.pack].pack, near: &guess)
        }
        settleHandles()
        packSerial = max(packSerial, lastSerial)
    }

    private struct Born {
        let birth: Int64
        let pack: Int
        let index: Int32

        init(_ pack: GraphPack, _ number: Int, _ index: Int) {
            birth = pack.firstBirth(index)
            self.pack = number
            self.index = Int32(index)
        }

        static func sorted(_ all: [Born]) -> [Born] {
            for index in all.indices.dropFirst() where all[index].birth < all[index - 1].birth {
                return all.sorted { $0.birth < $1.birth }
            }
            return all
        }
    }
}
