package import CatalogModel
import HashTreeCollections

/// Where tags have flowed: for each tag that was set, the entities it reaches, and the reverse.
struct TagFlowIndex: Sendable {
    /// Tags that flowed to an entity, by its handle; in no order.
    private(set) var received: TreeDictionary<UInt32, [TagInstance]> = [:]
    private var reach: TreeDictionary<TagInstance, [UInt32]> = [:]
    private(set) var dirty: Set<TagInstance> = []
    /// What changed since somebody looked last.
    private(set) var news: [(tag: TagInstance, entity: UInt32, isGained: Bool)] = []

    mutating func touch(_ tag: TagInstance) { dirty.insert(tag) }

    mutating func touch(_ tags: [TagInstance]) { dirty.formUnion(tags) }

    /// Forgets what flowed to an entity that is gone.
    mutating func forget(_ entity: UInt32) { received[entity] = nil }

    mutating func takeDirty() -> [TagInstance] {
        defer { dirty = [] }
        return dirty.sorted()
    }

    mutating func takeNews() -> [(tag: TagInstance, entity: UInt32, isGained: Bool)] {
        defer { news = [] }
        return news
    }

    /// Puts in force that a tag reaches these entities; gives those that it newly reaches or leaves.
    mutating func set(_ tag: TagInstance, reaching entities: [UInt32]) -> [UInt32] {
        let before = reach[tag] ?? []
        guard before != entities else { return [] }
        let (old, new) = (Set(before), Set(entities))
        var changed: [UInt32] = []
        for entity in before where !new.contains(entity) {
            received[entity]?.removeAll { $0 == tag }
            if received[entity]?.isEmpty == true { received[entity] = nil }
            news.append((tag, entity, false))
            changed.append(entity)
        }
        for entity in entities where !old.contains(entity) {
            received[entity, default: []].append(tag)
            news.append((tag, entity, true))
            changed.append(entity)
        }
        reach[tag] = entities.isEmpty ? nil : entities
        return changed
    }

    /// The entities that a tag reaches.
    func reached(by tag: TagInstance) -> [UInt32] { reach[tag] ?? [] }
}

extension EntityGraph {
    /// Tags that flowed to an entity from others; sorted.
    package func tags(flowedTo id: EntityID) -> [TagInstance] {
        (handle(id).flatMap { flow.received[$0] } ?? []).sorted()
    }

    /// The tag that an instance stands for, as it is set now; nil when it isn't any more.
    package func tag(_ instance: TagInstance) -> Tag? {
        tags(setOn: instance.source).first { $0.name == instance.tag }
    }

    /// The entities that a tag reaches, nearest first, without its own.
    package func entities(reachedBy instance: TagInstance) -> [EntityID] {
        flow.reached(by: instance).compactMap { entity($0)?.id }
    }

    /// The entities that tags newly reach or leave since this was asked last.
    package mutating func takeFlowNews() -> [EntityID] {
        flow.takeNews().compactMap { entity($0.entity)?.id }
    }

    /// The names of the tags on an entity, those that flowed there after its own; each once.
    package func tagNames(on id: EntityID) -> [TagName] {
        var names = tags(setOn: id).map(\.name)
        for instance in tags(flowedTo: id) where !names.contains(instance.tag) { names.append(instance.tag) }
        return names
    }

    /// As ``tagNames(on:)``, of an entity by its handle.
    func tagNames(on handle: UInt32, _ id: EntityID) -> [TagName] {
        let own = tags(setOn: handle)
        guard !own.isEmpty || flow.received[handle] != nil else { return [] }
        return tagNames(on: id)
    }

    /// Marks the tags whose way may lead over a relationship.
    mutating func touchFlow(over relationship: Relationship) {
        guard let shape = types.definitions[relationship.typeName]?.relationship, shape.tagFlow != .none
        else {
            return
        }
        for index in 0..<2 where shape.carriesTags(from: index) {
            flow.touch(tagsToFlow(from: relationship.end(index)))
        }
    }

    /// The tags that may flow on from an entity: its own that propagate, and those that flowed there.
    private func tagsToFlow(from id: EntityID) -> [TagInstance] {
        guard let handle = handle(id) else { return [] }
        return tags(setOn: handle).filter(\.propagates).map { TagInstance($0.name, on: id) }
            + (flow.received[handle] ?? [])
    }

    /// The tags that flow over a relationship now; sorted.
    package func tagsFlowing(over relationship: Relationship) -> [TagInstance] {
        guard let shape = types.definitions[relationship.typeName]?.relationship else { return [] }
        var found: Set<TagInstance> = []
        for index in 0..<2 {
            for tag in tagsToFlow(from: relationship.end(index))
            where carries(relationship, shape, tag, from: index) { found.insert(tag) }
        }
        return found.sorted()
    }

    private func carries(
        _ relationship: Relationship,
        _ shape: RelationshipShape,
        _ tag: TagInstance,
        from index: Int
    ) -> Bool {
        guard shape.carriesTags(from: index) else { return false }
        guard relationship.isActive else { return relationship.carriedTags.contains(tag) }
        return !relationship.stopsTags && !relationship.blockedTags.contains(tag)
    }

    mutating func settleFlow() {
        for instance in flow.takeDirty() {
            for entity in flow.set(instance, reaching: walk(instance)) { index.touch(entity) }
        }
    }

    /// The entities that a tag reaches, nearest first, without its own.
    ///
    /// Source: `EntityGraphRetriever.traverseImpactedVertices` and `DeleteHandlerV1.addTagPropagation`: the walk goes
    /// on through entities that the tag may not mark. Beside Atlas, it ends at what anonymises.
    private func walk(_ instance: TagInstance) -> [UInt32] {
        guard let tag = tag(instance), tag.propagates, let source = self[instance.source],
            source.isActive || tag.outlivesSource, let start = handle(instance.source)
        else { return [] }
        let tagShape = types.tagTypes[tag.name.text]
        var queue = [start]
        var seen: Set = [start]
        var landed: [UInt32] = []
        var next = 0
        while next < queue.count {
            let here = queue[next]
            next += 1
            guard let entity = entity(here), !entity.stopsTags else { continue }
            for number in adjacent[Int(here)] {
                guard let relationship = relationship(at: number),
                    let shape = types.definitions[relationship.typeName]?.relationship,
                    let far = farEnd(of: relationship, from: entity.id, shape, instance),
                    let there = handle(far), seen.insert(there).inserted,
                    let reached = self.entity(there)
                else { continue }
                queue.append(there)
                if let entityShape = types.entityTypes[reached.typeName], tagShape?.fits(entityShape) != false
                {
                    landed.append(there)
                }
            }
        }
        return landed
    }

    private func farEnd(
        of relationship: Relationship,
        from id: EntityID,
        _ shape: RelationshipShape,
        _ tag: TagInstance
    ) -> EntityID? {
        for index in 0..<2 where relationship.end(index) == id {
            if carries(relationship, shape, tag, from: index) { return relationship.end(1 - index) }
        }
        return nil
    }
}

extension Entity {
    /// Whether tags end here: what it makes tells nothing of the person behind its input.
    fileprivate var stopsTags: Bool {
        typeName == BaseTypes.columnLineage && attributes["anonymises"] == .bool(true)
    }
}
