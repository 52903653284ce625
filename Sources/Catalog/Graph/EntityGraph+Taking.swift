import CatalogModel

extension EntityGraph {
    /// Takes in an entity from a pack.
    mutating func take(entityAt index: Int, of pack: GraphPack) {
        let id = pack.id(index)
        let hash = HandleMap.hash(id)
        let marks = pack.reading(index) { PackedMarks(&$0) }
        let typeName = pack.name(marks.type)
        let row = EntityRow.packed(pack, UInt32(index))
        let handle: UInt32
        if let known = entityHandles.find(hash, { entities[Int($0)].id == id }) {
            release(entities[Int(known)], known)
            entities[Int(known)] = row
            handle = known
        } else {
            handle = add(row, hash, typeName)
        }
        self.index.touch(handle)
        guard marks.isActive, let shape = types.entityTypes[typeName] else { return }
        for attribute in shape.uniqueAttributes { claim(attribute, typeName, handle, pack, index) }
    }

    /// As for an entity that isn't packed, but that its value is decoded only when somebody has one of its hash.
    private mutating func claim(
        _ attribute: String,
        _ typeName: String,
        _ handle: UInt32,
        _ pack: GraphPack,
        _ index: Int
    ) {
        let seed = HandleMap.seed(types.ordinal(of: typeName), attribute)
        if let hash = pack.withText(of: attribute, of: index, { HandleMap.hash(seed, $0) }),
            unique.find(hash, { _ in true }) == nil
        {
            return unique.insert(hash, handle)
        }
        guard let value = pack.attribute(attribute, of: index), !value.isNull else { return }
        claim(typeName, attribute, value.text ?? value.json, handle)
    }

    /// Takes in a relationship from a pack; `guess` has the handles of the ends of the one before.
    ///
    /// Neighbours mostly have the same ends, or the next.
    mutating func take(relationshipAt index: Int, of pack: GraphPack, near guess: inout (UInt32, UInt32)) {
        let ends = pack.ends(index)
        guard let one = handle(ends.end1, near: guess.0), let other = handle(ends.end2, near: guess.1) else {
            return
        }
        guess = (one, other)
        let hash = HandleMap.hash(ends.id)
        let row = RelationshipRow.packed(pack, UInt32(index))
        if let known = relationshipHandles.find(hash, { relationships[Int($0)].id == ends.id }) {
            if let old = relationships[Int(known)].relationship { touchFlow(over: old) }
            relationships[Int(known)] = row
        } else {
            add(row, hash, one, other, ends.typeName)
        }
        // Without tags nothing flows.
        if hasTags { touchFlow(over: pack.relationship(index)) }
    }

    private func handle(_ id: EntityID, near guess: UInt32) -> UInt32? {
        for handle in guess..<min(guess + 2, UInt32(entities.count)) where entities[Int(handle)].id == id {
            return handle
        }
        return handle(id)
    }
}
