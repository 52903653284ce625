package import CatalogModel

extension CatalogTransaction {
    /// Deletes entities with all that they own; those that aren't there or are deleted already are passed over.
    ///
    /// Kept for those who look back, but for entities of internal types, which go for good.
    /// - Source: `SoftDeleteHandlerV1`, `DeleteHandlerV1.getOwnedVertices`; processes go with their only output since
    ///   2.5.0.
    package mutating func delete(_ ids: [EntityID]) throws(CatalogError) {
        for id in ids {
            guard let entity = seen(id), entity.isActive else { continue }
            try require(.entityDelete, on: entity)
        }
        try requireReferred(by: ids)
        try deleteCascading(ids.filter { seen($0) != nil })
    }

    /// Whether the caller may delete what goes along because attributes refer to it.
    ///
    /// To refer to an entity takes no right on it: an attribute alone must not make it theirs to delete.
    private func requireReferred(by ids: [EntityID]) throws(CatalogError) {
        guard !gate.isOpen else { return }
        for id in owned(by: ids.filter { seen($0) != nil }) {
            for other in graph.ownedByReference(id) where other.isActive {
                guard !gate.permits(.entityDelete, on: graph.facts(of: other), detail: nil) else { continue }
                throw forbidden(.entityDelete, try held(id))
            }
        }
    }

    mutating func deleteCascading(_ ids: [EntityID]) throws(CatalogError) {
        let doomed = owned(by: ids)
        let set = Set(doomed)
        for id in doomed {
            guard let entity = graph[id], entity.isActive else { continue }
            for relationship in graph.relationships(of: id) where relationship.isActive {
                end(relationship)
                let other = relationship.other(than: id)
                if !set.contains(other), graph[other]?.isActive == true { markUpdated(other) }
            }
            graph.settleFlow()
            guard var entity = graph[id] else { continue }
            mutation.deleted.append(id)
            let event = EntityEvent(isImport ? .importDeleted : .deleted, "Deleted entity")
            if graph.shape(of: id)?.isInternal ?? true {
                erase(entity, event)
                continue
            }
            (entity.status, entity.updateTime, entity.updatedBy) = (.deleted, now, user)
            entity.version += 1
            store(entity, event)
            for tag in graph.tags(setOn: id) { graph.flow.touch(TagInstance(tag.name, on: id)) }
        }
        mutation.updated.removeAll { set.contains($0) }
    }

    /// The entities in use that go when some go, those included, owners before what they own.
    private func owned(by ids: [EntityID]) -> [EntityID] {
        var found: [EntityID] = []
        var seen: Set<EntityID> = []
        for id in ids where graph[id]?.isActive == true && seen.insert(id).inserted { found.append(id) }
        var next = 0
        while next < found.count {
            let id = found[next]
            next += 1
            guard let shape = graph.shape(of: id) else { continue }
            for relationship in graph.relationships(of: id) where relationship.isActive {
                guard let kind = graph.types.definitions[relationship.typeName]?.relationship else {
                    continue
                }
                let position = relationship.end1 == id ? 0 : 1
                let other = relationship.other(than: id)
                guard graph[other]?.isActive == true, !seen.contains(other) else { continue }
                let isOwned = kind.category == .composition && kind.end(position).isContainer
                let isWriter =
                    relationship.typeName == BaseTypes.processOutputs && relationship.end2 == id
                    && shape.definition.superTypes.contains(BaseTypes.dataSet)
                    && hasNoOutput(other, beside: seen)
                if isOwned || isWriter {
                    seen.insert(other)
                    found.append(other)
                }
            }
            for other in graph.ownedByReference(id) where other.isActive && seen.insert(other.id).inserted {
                found.append(other.id)
            }
        }
        return found
    }

    private func hasNoOutput(_ process: EntityID, beside doomed: Set<EntityID>) -> Bool {
        !graph.relationships(of: process).contains {
            $0.isActive && $0.typeName == BaseTypes.processOutputs && $0.end1 == process
                && !doomed.contains($0.end2) && graph[$0.end2]?.isActive == true
        }
    }

    /// Takes deleted entities out for good, with what they own; those in use are passed over.
    ///
    /// - Returns: The identities that were passed over because they are in use or not there.
    @discardableResult
    package mutating func purge(_ ids: [EntityID]) throws(CatalogError) -> [EntityID] {
        try require(.purge)
        guard !ids.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: Guid(s) not specified")
        }
        var passed: [EntityID] = []
        var doomed: [EntityID] = []
        var seen: Set<EntityID> = []
        for id in ids {
            guard let entity = self.seen(id), !entity.isActive else {
                passed.append(id)
                continue
            }
            if seen.insert(id).inserted { doomed.append(id) }
        }
        var next = 0
        while next < doomed.count {
            let id = doomed[next]
            next += 1
            for relationship in graph.relationships(of: id) {
                guard let kind = graph.types.definitions[relationship.typeName]?.relationship,
                    kind.category == .composition, kind.end(relationship.end1 == id ? 0 : 1).isContainer
                else { continue }
                let other = relationship.other(than: id)
                guard graph[other]?.isActive == false, seen.insert(other).inserted else { continue }
                doomed.append(other)
            }
            for other in graph.ownedByReference(id) where !other.isActive && seen.insert(other.id).inserted {
                doomed.append(other.id)
            }
        }
        for id in doomed {
            guard let entity = graph[id] else { continue }
            mutation.purged.append(id)
            erase(entity, EntityEvent(.purged, "Purged: \(JSONValue.object(headText(of: entity)).json)"))
        }
        return passed
    }

    private func headText(of entity: Entity) -> JSONObject {
        [
            "typeName": .string(entity.typeName), "guid": .string(entity.id.text),
            "attributes": .object(entity.attributes), "status": "PURGED",
        ]
    }
}
