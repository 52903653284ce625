import CatalogModel

extension EntityGraph {
    /// Whether a plan's types are in force and its unique values are nobody's.
    func isFree(for plan: BulkPlan) -> Bool {
        guard plan.shapes.allSatisfy({ types.entityTypes[$0.shape.name] === $0.shape }) else { return false }
        // Types that have no entities needn't be asked.
        let asked = plan.shapes.map { shape in
            shape.unique.map { unique in
                ([(shape.shape.name, unique.seed)] + unique.below).filter {
                    !handles(ofExactly: $0.0).isEmpty
                }
            }
        }
        return plan.withBytes { bytes in
            for name in plan.names {
                let shape = Int(plan.drafts[Int(name.draft)].shape)
                for (type, seed) in asked[shape][Int(name.unique)] {
                    let text = bytes[plan.text(of: name)]
                    let hash = type == plan.shapes[shape].shape.name ? name.hash : HandleMap.hash(seed, text)
                    if isTaken(type, plan.shapes[shape].unique[Int(name.unique)].name, text, hash) {
                        return false
                    }
                }
            }
            return true
        }
    }

    private func isTaken(
        _ type: String,
        _ attribute: String,
        _ value: UnsafeBufferPointer<UInt8>,
        _ hash: UInt32
    ) -> Bool {
        unique.find(hash) { _ in true } != nil
            && entity(ofExactly: type, attribute, String(decoding: value, as: UTF8.self)) != nil
    }

    /// Adds the entities and relationships of a plan, which are free, as entries of packs.
    mutating func add(
        _ plan: BulkPlan,
        _ ids: [EntityID],
        _ relationshipIDs: [EntityID],
        _ parts: [BulkPacker.Part]
    ) {
        let first = UInt32(entities.count)
        let firstRelationship = UInt32(relationships.count)
        var lists = plan.shapes.map { ofType.removeValue(forKey: $0.shape.name) ?? ChunkedArray<UInt32>() }
        var counts = [Int](repeating: 0, count: plan.relationshipTypes.types.count)
        for part in parts {
            for (entry, index) in part.entities.enumerated() {
                let (draft, handle) = (plan.drafts[index], first + UInt32(index))
                entities.append(.packed(part.pack, UInt32(entry)))
                adjacent.append(
                    plan.relationships(of: index, from: draft.lastRelationship, firstRelationship)
                )
                entityHandles.insert(HandleMap.hash(ids[index]), handle)
                lists[Int(draft.shape)].append(handle)
                self.index.touch(handle)
            }
            for (entry, index) in part.relationships.enumerated() {
                relationships.append(.packed(part.pack, UInt32(part.entities.count + entry)))
                relationshipHandles.insert(
                    HandleMap.hash(relationshipIDs[index]),
                    firstRelationship + UInt32(index)
                )
                counts[Int(plan.relationships[index].type)] += 1
            }
        }
        for name in plan.names { unique.insert(name.hash, first + UInt32(name.draft)) }
        for (shape, list) in zip(plan.shapes, lists) { ofType[shape.shape.name] = list }
        for (type, count) in zip(plan.relationshipTypes.types, counts) where count > 0 {
            relationshipsOfType[type.name, default: 0] += count
        }
        packSerial += Int64(parts.count)
    }
}

extension BulkPlan {
    /// The relationships of a draft, the first one first.
    fileprivate func relationships(of draft: Int, from last: Int32, _ first: UInt32) -> [UInt32] {
        guard last >= 0 else { return [] }
        var count = 0
        forEachPlace(of: draft, from: last) { _ in count += 1 }
        return [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            var place = count
            forEachPlace(of: draft, from: last) { number in
                place -= 1
                buffer[place] = first + UInt32(number)
            }
            filled = count
        }
    }

    @inline(__always)
    private func forEachPlace(of draft: Int, from last: Int32, _ body: (Int32) -> Void) {
        var next = last
        while next >= 0 {
            body(next)
            let relationship = relationships[Int(next)]
            next = relationship.end1 == draft ? relationship.before1 : relationship.before2
        }
    }
}
