package import CatalogModel
import HashTreeCollections

/// All that the catalog holds at one version: types, entities, relationships, tags, and what follows from them.
///
/// **Shape.** A value whose copies share all that didn't change. Entities and relationships have small numbers
/// ("handles"), which hold as long as the process runs.
/// **Cost.** A look-up is one hash and two array steps; a change costs what it touches.
package struct EntityGraph: Sendable {
    /// The types in force.
    package internal(set) var types = TypeRegistry()
    var entities = ChunkedArray<EntityRow>()
    var relationships = ChunkedArray<RelationshipRow>()
    /// Relationships of each entity, by its handle.
    var adjacent = ChunkedArray<[UInt32]>()
    var entityHandles = HandleMap()
    var relationshipHandles = HandleMap()
    var unique = HandleMap()
    /// The packs that were made so far.
    var packSerial: Int64 = 0
    /// Entries of packs that changes since the last pack stand in for.
    var replaced: [PackPlace] = []
    /// Handles of the entities of each type, in the order they came; entities that are gone are still in it.
    var ofType: [String: ChunkedArray<UInt32>] = [:]
    /// Tags set on entities themselves, in the order they were set.
    private var directTags: TreeDictionary<UInt32, [Tag]> = [:]
    /// Handles of the entities that have a tag of a type set on them.
    private var tagged: [TagName: TreeSet<UInt32>] = [:]
    var flow = TagFlowIndex()
    var index = SearchIndex()
    var relationshipsOfType: [String: Int] = [:]

    /// A graph without entities.
    package init() {}

    // MARK: Looking up

    /// An entity by identity, in use or not; nil when there is none.
    package subscript(id: EntityID) -> Entity? { handle(id).flatMap { entities[Int($0)].entity } }

    /// The handle of an entity.
    func handle(_ id: EntityID) -> UInt32? {
        entityHandles.find(HandleMap.hash(id)) { entities[Int($0)].id == id }
    }

    /// An entity by handle; nil when it is gone.
    func entity(_ handle: UInt32) -> Entity? { entities[Int(handle)].entity }

    /// Where an entity is held.
    func row(_ handle: UInt32) -> EntityRow { entities[Int(handle)] }

    /// The type's name of an entity; nil when there is none.
    package func typeName(of id: EntityID) -> String? { handle(id).flatMap { entities[Int($0)].typeName } }

    /// What stands for the first change of an entity in the store; nil when there is no such entity.
    package func birth(of id: EntityID) -> Int64? { handle(id).map { entities[Int($0)].birth } }

    private func relationshipHandle(_ id: EntityID) -> UInt32? {
        relationshipHandles.find(HandleMap.hash(id)) { relationships[Int($0)].id == id }
    }

    /// A relationship by identity, in use or not; nil when there is none.
    package func relationship(_ id: EntityID) -> Relationship? {
        relationshipHandle(id).flatMap { relationships[Int($0)].relationship }
    }

    func relationship(at handle: UInt32) -> Relationship? { relationships[Int(handle)].relationship }

    /// The relationships of an entity, in use or not, in the order they came.
    package func relationships(of id: EntityID) -> [Relationship] {
        guard let handle = handle(id) else { return [] }
        return adjacent[Int(handle)].compactMap { relationships[Int($0)].relationship }
    }

    /// The shape of an entity's type; nil when either is unknown.
    package func shape(of id: EntityID) -> EntityShape? {
        typeName(of: id).flatMap { types.entityTypes[$0] }
    }

    /// The entity in use of exactly a type that has a value of a unique attribute.
    package func entity(ofExactly type: String, _ attribute: String, _ value: String) -> Entity? {
        uniqueHandle(type, attribute, value).flatMap { entities[Int($0)].entity }
    }

    private func uniqueHandle(_ type: String, _ attribute: String, _ value: String) -> UInt32? {
        uniqueHandle(type, attribute, value, HandleMap.hash(types.ordinal(of: type), attribute, value))
    }

    private func uniqueHandle(
        _ type: String,
        _ attribute: String,
        _ value: String,
        _ hash: UInt32
    ) -> UInt32? {
        unique.find(hash) { handle in
            let row = entities[Int(handle)]
            guard let held = row.attribute(attribute), held.text ?? held.json == value else { return false }
            return row.typeName == type
        }
    }

    /// The entity in use of a type or one below it that has a value of a unique attribute.
    package func entity(of type: String, _ attribute: String, _ value: String) -> Entity? {
        if let entity = entity(ofExactly: type, attribute, value) { return entity }
        guard let shape = types.entityTypes[type] else { return nil }
        for below in shape.selfAndBelow where below != type {
            if let entity = entity(ofExactly: below, attribute, value) { return entity }
        }
        return nil
    }

    /// Tags set on an entity itself, in the order they were set.
    package func tags(setOn id: EntityID) -> [Tag] { handle(id).flatMap { directTags[$0] } ?? [] }

    /// Whether any entity has a tag.
    var hasTags: Bool { !directTags.isEmpty || !flow.received.isEmpty }

    func tags(setOn handle: UInt32) -> [Tag] { directTags[handle] ?? [] }

    /// Handles of entities on which tags of a type are set.
    func handles(tagged tag: TagName) -> TreeSet<UInt32> { tagged[tag] ?? [] }

    /// Whether tags of a type are set on anything.
    package func isSet(_ tag: TagName) -> Bool { tagged[tag]?.isEmpty == false }

    /// Handles of entities of exactly a type; of entities that are gone too.
    func handles(ofExactly type: String) -> ChunkedArray<UInt32> { ofType[type] ?? ChunkedArray() }

    /// The names of all tag types that are set somewhere.
    package var tagNames: [TagName] {
        tagged.filter { !$0.value.isEmpty }.map(\.key).sorted { $0.text < $1.text }
    }

    /// How many relationships of a type there are, in use or not.
    func relationshipCount(ofType type: String) -> Int { relationshipsOfType[type] ?? 0 }

    /// Whether there is an entity of exactly a type, in use or not.
    package func hasEntity(ofExactly type: String) -> Bool {
        handles(ofExactly: type).contains { !entities[Int($0)].isGone }
    }

    /// The entities of exactly a type, in use or not, in the order they came.
    package func entities(ofExactly type: String) -> [Entity] {
        handles(ofExactly: type).compactMap { entities[Int($0)].entity }
    }

    /// How many handles there are, of entities that are gone too.
    var handleCount: Int { entities.count }

    // MARK: Changing

    /// Adds or replaces an entity.
    ///
    /// Its unique values are its own as long as it is in use; what was there first keeps them.
    package mutating func put(_ entity: Entity) {
        let hash = HandleMap.hash(entity.id)
        let known = entityHandles.find(hash) { entities[Int($0)].id == entity.id }
        if let known {
            let old = entities[Int(known)]
            release(old, known)
            replace(old)
            entities[Int(known)] = .loose(LooseEntity(entity, birth: old.birth))
            claim(entity, known)
            index.touch(known)
        } else {
            let handle = add(.loose(LooseEntity(entity, birth: 0)), hash, entity.typeName)
            claim(entity, handle)
            index.touch(handle)
        }
    }

    /// Adds a row for an entity that isn't there.
    mutating func add(_ row: EntityRow, _ hash: UInt32, _ typeName: String) -> UInt32 {
        let handle = UInt32(entities.count)
        entities.append(row)
        adjacent.append([])
        entityHandles.insert(hash, handle)
        ofType[typeName, default: ChunkedArray()].append(handle)
        return handle
    }

    /// Notes that an entry of a pack doesn't count any more.
    private mutating func replace(_ row: EntityRow) {
        guard case .packed(let pack, let index) = row else { return }
        replaced.append(PackPlace(serial: pack.serial, index: Int(index)))
    }

    private mutating func replace(_ row: RelationshipRow) {
        guard case .packed(let pack, let index) = row else { return }
        replaced.append(PackPlace(serial: pack.serial, index: Int(index)))
    }

    /// Takes an entity out with its relationships and tags.
    package mutating func remove(_ id: EntityID) {
        guard let handle = handle(id) else { return }
        for relationship in adjacent[Int(handle)] {
            if let id = relationships[Int(relationship)].id { removeRelationship(id) }
        }
        for tag in tags(setOn: handle) { removeTag(tag.name, from: id) }
        let row = entities[Int(handle)]
        release(row, handle)
        replace(row)
        entityHandles.remove(HandleMap.hash(id), handle)
        entities[Int(handle)] = .gone
        flow.forget(handle)
        index.touch(handle)
    }

    /// Adds or replaces a relationship; nothing happens when an end isn't there.
    package mutating func put(_ relationship: Relationship) {
        guard let one = handle(relationship.end1), let other = handle(relationship.end2) else { return }
        let hash = HandleMap.hash(relationship.id)
        if let known = relationshipHandles.find(hash, { relationships[Int($0)].id == relationship.id }) {
            let old = relationships[Int(known)]
            if let old = old.relationship { touchFlow(over: old) }
            replace(old)
            relationships[Int(known)] = .loose(LooseRelationship(relationship, birth: old.birth))
        } else {
            add(.loose(LooseRelationship(relationship, birth: 0)), hash, one, other, relationship.typeName)
        }
        touchFlow(over: relationship)
    }

    mutating func add(
        _ row: RelationshipRow,
        _ hash: UInt32,
        _ one: UInt32,
        _ other: UInt32,
        _ typeName: String
    ) {
        let handle = UInt32(relationships.count)
        relationships.append(row)
        relationshipHandles.insert(hash, handle)
        adjacent[Int(one)].append(handle)
        if other != one { adjacent[Int(other)].append(handle) }
        relationshipsOfType[typeName, default: 0] += 1
    }

    /// Takes a relationship out.
    package mutating func removeRelationship(_ id: EntityID) {
        guard let handle = relationshipHandle(id),
            let relationship = relationships[Int(handle)].relationship
        else { return }
        touchFlow(over: relationship)
        for end in [relationship.end1, relationship.end2] {
            guard let entity = self.handle(end) else { continue }
            adjacent[Int(entity)].removeAll { $0 == handle }
        }
        replace(relationships[Int(handle)])
        relationshipHandles.remove(HandleMap.hash(id), handle)
        relationships[Int(handle)] = .gone
        relationshipsOfType[relationship.typeName, default: 1] -= 1
    }

    /// Sets a tag on an entity; one of the same type is replaced.
    package mutating func set(_ tag: Tag, on id: EntityID) {
        guard let handle = handle(id) else { return }
        var held = directTags[handle] ?? []
        if let position = held.firstIndex(where: { $0.name == tag.name }) {
            held[position] = tag
        } else {
            held.append(tag)
        }
        directTags[handle] = held
        tagged[tag.name, default: []].insert(handle)
        flow.touch(TagInstance(tag.name, on: id))
        index.touch(handle)
    }

    /// Takes a tag away that was set on an entity itself.
    package mutating func removeTag(_ name: TagName, from id: EntityID) {
        guard let handle = handle(id), var held = directTags[handle] else { return }
        held.removeAll { $0.name == name }
        directTags[handle] = held.isEmpty ? nil : held
        tagged[name]?.remove(handle)
        flow.touch(TagInstance(name, on: id))
        index.touch(handle)
    }

    /// Brings what follows from entities, relationships and tags up to them; to be called after changes.
    ///
    /// Cost: the ways of the tags that the changes touch, and the words of the entities that they touch.
    package mutating func settle() {
        settleFlow()
        settleIndex()
    }

    private mutating func claim(_ entity: Entity, _ handle: UInt32) {
        guard entity.isActive, let shape = types.entityTypes[entity.typeName] else { return }
        for attribute in shape.uniqueAttributes {
            guard let value = entity.attributes[attribute], !value.isNull else { continue }
            claim(entity.typeName, attribute, value.text ?? value.json, handle)
        }
    }

    mutating func claim(_ type: String, _ attribute: String, _ value: String, _ handle: UInt32) {
        let hash = HandleMap.hash(types.ordinal(of: type), attribute, value)
        guard uniqueHandle(type, attribute, value, hash) == nil else { return }
        unique.insert(hash, handle)
    }

    mutating func release(_ row: EntityRow, _ handle: UInt32) {
        guard row.isActive, let type = row.typeName, let shape = types.entityTypes[type] else { return }
        for attribute in shape.uniqueAttributes {
            guard let value = row.attribute(attribute), !value.isNull else { continue }
            let text = value.text ?? value.json
            let hash = HandleMap.hash(types.ordinal(of: type), attribute, text)
            if uniqueHandle(type, attribute, text, hash) == handle { unique.remove(hash, handle) }
        }
    }
}

// MARK: Packs

extension EntityGraph {
    /// Puts entries of a pack in place of what they are about, or of what is held loose.
    mutating func hold(_ row: EntityRow, _ handle: UInt32) { entities[Int(handle)] = row }

    /// Puts an entry of a pack in place of a loose relationship.
    mutating func hold(_ row: RelationshipRow, of id: EntityID) {
        if let handle = relationshipHandle(id) { relationships[Int(handle)] = row }
    }

    /// What stands for the first change of a relationship in the store; 0 for none yet.
    func birth(ofRelationship id: EntityID) -> Int64 {
        relationshipHandle(id).map { relationships[Int($0)].birth } ?? 0
    }

    /// Makes room for so many entities and relationships.
    mutating func reserve(entities: Int, relationships: Int) {
        entityHandles.reserve(entities)
        unique.reserve(entities)
        relationshipHandles.reserve(relationships)
    }

    /// Puts handles that came at once where copies share them.
    mutating func settleHandles() {
        entityHandles.settle()
        unique.settle()
        relationshipHandles.settle()
    }
}
