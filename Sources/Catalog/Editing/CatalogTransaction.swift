package import CatalogModel

/// What somebody does to the catalog in one go: all of it comes into force, or nothing.
///
/// A value: whoever drops it has changed nothing. The rules are Atlas's.
package struct CatalogTransaction {
    /// The catalog as it is with what was done so far.
    package internal(set) var graph: EntityGraph
    /// What came of it, for the answer.
    package internal(set) var mutation = Mutation()
    /// Who does it.
    package let user: String
    /// When, in milliseconds since 1970.
    package let now: Int64
    /// Whether a tag that doesn't say flows; true but for what hooks send.
    package var propagatesByDefault = true
    /// Whether entities come from an import, for their history.
    package var isImport = false
    /// What they may.
    package let gate: any CatalogGate
    let makeID: () -> EntityID
    let clock: TagPeriod.LocalClock

    private var order: [EntityID] = []
    private var touched: Set<EntityID> = []
    private var events: [EntityID: [EntityEvent]] = [:]
    private var notedOnly: Set<EntityID> = []
    private var relationshipOrder: [EntityID] = []
    private var touchedRelationships: Set<EntityID> = []
    private var tagChanges: [(EntityID, TagName)] = []
    private var typeChanges: [GraphChange] = []
    /// The packs of a plan.
    var bulkChanges: [GraphChange] = []
    /// The first entries about entities that are gone.
    private var goneBirths: [EntityID: Int64] = [:]

    /// What was done to which entities.
    package struct Mutation: Sendable {
        /// Made, in order.
        package internal(set) var created: [EntityID] = []
        /// Changed, those that were made left out.
        package internal(set) var updated: [EntityID] = []
        /// Deleted.
        package internal(set) var deleted: [EntityID] = []
        /// Taken out for good.
        package internal(set) var purged: [EntityID] = []
        /// Identities by the placeholders that stood for them, in the order given.
        package internal(set) var assignments: [(placeholder: String, id: EntityID)] = []
        /// How many types were made or changed.
        package internal(set) var types = 0
        /// Whether only parts of entities were given.
        package internal(set) var isPartial = false
        /// Entities that aren't in the graph any more, as they were, with their tags.
        package internal(set) var gone: [EntityID: Entity] = [:]
    }

    /// Begins on a graph.
    package init(
        _ graph: EntityGraph,
        user: String,
        now: Int64,
        gate: any CatalogGate = OpenGate(),
        clock: @escaping TagPeriod.LocalClock = { _, _ in nil },
        makeID: @escaping () -> EntityID
    ) {
        self.graph = graph
        self.user = user
        self.now = now
        self.gate = gate
        self.makeID = makeID
        self.clock = clock
    }

    /// The changes that were made, in an order in which they can be made again; empty when there were none.
    ///
    /// Afterwards ``graph`` is settled, with the changes in it.
    package mutating func finish() -> [GraphChange] {
        graph.settleFlow()
        noteFlow()
        let entries = order.map { id in
            EntityEntry(
                id: id,
                events: events[id] ?? [],
                isNote: notedOnly.contains(id),
                goneBirth: goneBirths[id] ?? 0
            )
        }
        var changes = typeChanges + bulkChanges
        changes += graph.seal(entries, relationshipOrder).map { .pack($0) }
        graph.settleIndex()
        var seen: Set<TagInstance> = []
        for (id, name) in tagChanges where seen.insert(TagInstance(name, on: id)).inserted {
            guard graph[id] != nil else { continue }
            let tag = graph.tag(TagInstance(name, on: id))
            changes.append(tag.map { .setTag(id, $0) } ?? .removeTag(id, name))
        }
        return changes
    }

    /// Tells the history of entities which tags flowed to them or away.
    private mutating func noteFlow() {
        for news in graph.flow.takeNews() {
            guard let entity = graph.entity(news.entity) else { continue }
            if news.isGained, let tag = graph.tag(news.tag) {
                let text = graph.types.json(of: tag, on: news.tag.source)
                note(entity.id, EntityEvent(.flowedTagAdded, "Added propagated classification: \(text)"))
            } else if !news.isGained {
                let text = "Deleted propagated classification: \(news.tag.tag)"
                note(entity.id, EntityEvent(.flowedTagDeleted, text))
            }
        }
    }

    // MARK: Steps that other parts are made of

    /// Adds or replaces an entity.
    mutating func store(_ entity: Entity, _ event: EntityEvent? = nil) {
        graph.put(entity)
        touch(entity.id)
        if let event { add(event, to: entity.id) }
    }

    /// Takes an entity out for good.
    mutating func erase(_ entity: Entity, _ event: EntityEvent) {
        for relationship in graph.relationships(of: entity.id) { touchRelationship(relationship.id) }
        goneBirths[entity.id] = graph.birth(of: entity.id)
        // Its tags go with it: whether the caller may know of it is to be asked before.
        if isSeen(entity) { mutation.gone[entity.id] = entity }
        graph.remove(entity.id)
        touch(entity.id)
        add(event, to: entity.id)
    }

    /// Adds or replaces a relationship.
    mutating func store(_ relationship: Relationship) {
        graph.put(relationship)
        touchRelationship(relationship.id)
    }

    /// Takes a relationship out for good.
    mutating func erase(_ relationship: Relationship) {
        graph.removeRelationship(relationship.id)
        touchRelationship(relationship.id)
    }

    mutating func set(_ tag: Tag, on id: EntityID) {
        graph.set(tag, on: id)
        tagChanges.append((id, tag.name))
    }

    mutating func removeTag(_ name: TagName, from id: EntityID) {
        graph.removeTag(name, from: id)
        tagChanges.append((id, name))
    }

    mutating func change(_ types: [GraphChange]) { typeChanges += types }

    /// Whether nothing was done yet.
    var isUntouched: Bool {
        order.isEmpty && relationshipOrder.isEmpty && tagChanges.isEmpty && typeChanges.isEmpty
            && bulkChanges.isEmpty
    }

    /// Counts an entity as changed: its time, its version, its history.
    mutating func markUpdated(_ id: EntityID) {
        guard !createdIDs.contains(id), !updatedIDs.contains(id), var entity = graph[id] else { return }
        updatedIDs.insert(id)
        entity.updateTime = now
        entity.updatedBy = user
        entity.version += 1
        store(entity, EntityEvent(isImport ? .importUpdated : .updated))
        mutation.updated.append(id)
    }

    /// Identities of what was made, for quick look-ups.
    var createdIDs: Set<EntityID> = []
    var updatedIDs: Set<EntityID> = []

    /// Adds to the history of an entity that is as it was.
    mutating func note(_ id: EntityID, _ event: EntityEvent) {
        if touched.insert(id).inserted {
            order.append(id)
            notedOnly.insert(id)
        }
        add(event, to: id)
    }

    mutating func add(_ event: EntityEvent, to id: EntityID) { events[id, default: []].append(event) }

    private mutating func touch(_ id: EntityID) {
        if !notedOnly.isEmpty { notedOnly.remove(id) }
        if touched.insert(id).inserted { order.append(id) }
    }

    private mutating func touchRelationship(_ id: EntityID) {
        if touchedRelationships.insert(id).inserted { relationshipOrder.append(id) }
    }

    // MARK: Rights

    func require(_ privilege: CatalogPrivilege, on entity: Entity, _ detail: String? = nil)
        throws(CatalogError)
    {
        guard !gate.isOpen, !gate.permits(privilege, on: graph.facts(of: entity), detail: detail) else {
            return
        }
        throw forbidden(privilege, entity, detail)
    }

    func forbidden(_ privilege: CatalogPrivilege, _ entity: Entity, _ detail: String? = nil) -> CatalogError {
        // An identity that was made up for this request tells nobody anything.
        let which = graph[entity.id] == nil ? "" : ", guid=\(entity.id)"
        let what = detail.map { ", \($0)" } ?? ""
        return CatalogError(
            .forbidden,
            "\(user) is not authorized to perform \(privilege.rawValue): type=\(entity.typeName)\(which)\(what)"
        )
    }

    func require(_ privilege: CatalogPrivilege) throws(CatalogError) {
        guard !gate.isOpen, !gate.permits(privilege) else { return }
        throw CatalogError(.forbidden, "\(user) is not authorized to perform \(privilege.rawValue)")
    }

    /// The shape of an entity's type.
    func shape(of entity: Entity) throws(CatalogError) -> EntityShape {
        guard let shape = graph.types.entityTypes[entity.typeName] else {
            throw CatalogError(.unknownEntityType, "Type ENTITY with name \(entity.typeName) does not exist")
        }
        return shape
    }
}
