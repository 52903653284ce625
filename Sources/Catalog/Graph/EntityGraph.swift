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
    private(set) var entities = ChunkedArray<Entity?>()
    private(set) var relationships = ChunkedArray<Relationship?>()
    /// Relationships of each entity, by its handle.
    private(set) var adjacent = ChunkedArray<[UInt32]>()
    private var entityHandles: TreeDictionary<EntityID, UInt32> = [:]
    private var relationshipHandles: TreeDictionary<EntityID, UInt32> = [:]
    private var unique: TreeDictionary<UniqueKey, UInt32> = [:]
    /// Handles of the entities of each type, in the order they came; entities that are gone are still in it.
    private var ofType: [String: ChunkedArray<UInt32>] = [:]
    /// Tags set on entities themselves, in the order they were set.
    private var directTags: TreeDictionary<UInt32, [Tag]> = [:]
    /// Handles of the entities that have a tag of a type set on them.
    private var tagged: [TagName: TreeSet<UInt32>] = [:]
    var flow = TagFlowIndex()
    var index = SearchIndex()
    private var relationshipsOfType: [String: Int] = [:]

    /// A graph without entities.
    package init() {}

    private struct UniqueKey: Hashable, Sendable {
        let type: UInt32
        let attribute: String
        let value: String
    }

    // MARK: Looking up

    /// An entity by identity, in use or not; nil when there is none.
    package subscript(id: EntityID) -> Entity? { entityHandles[id].flatMap { entities[Int($0)] } }

    /// The handle of an entity.
    func handle(_ id: EntityID) -> UInt32? { entityHandles[id] }

    /// An entity by handle; nil when it is gone.
    func entity(_ handle: UInt32) -> Entity? { entities[Int(handle)] }

    /// A relationship by identity, in use or not; nil when there is none.
    package func relationship(_ id: EntityID) -> Relationship? {
        relationshipHandles[id].flatMap { relationships[Int($0)] }
    }

    /// The relationships of an entity, in use or not, in the order they came.
    package func relationships(of id: EntityID) -> [Relationship] {
        guard let handle = entityHandles[id] else { return [] }
        return adjacent[Int(handle)].compactMap { relationships[Int($0)] }
    }

    /// The shape of an entity's type; nil when either is unknown.
    package func shape(of id: EntityID) -> EntityShape? {
        self[id].flatMap { types.entityTypes[$0.typeName] }
    }

    /// The entity in use of exactly a type that has a value of a unique attribute.
    package func entity(ofExactly type: String, _ attribute: String, _ value: String) -> Entity? {
        unique[UniqueKey(type: types.ordinal(of: type), attribute: attribute, value: value)]
            .flatMap { entities[Int($0)] }
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
    package func tags(setOn id: EntityID) -> [Tag] { entityHandles[id].flatMap { directTags[$0] } ?? [] }

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
        handles(ofExactly: type).contains { entities[Int($0)] != nil }
    }

    /// The entities of exactly a type, in use or not, in the order they came.
    package func entities(ofExactly type: String) -> [Entity] {
        handles(ofExactly: type).compactMap { entities[Int($0)] }
    }

    /// How many handles there are, of entities that are gone too.
    var handleCount: Int { entities.count }

    // MARK: Changing

    /// Adds or replaces an entity.
    ///
    /// Its unique values are its own as long as it is in use; what was there first keeps them.
    package mutating func put(_ entity: Entity) {
        let handle: UInt32
        if let known = entityHandles[entity.id], let old = entities[Int(known)] {
            handle = known
            release(old, handle)
            entities[Int(handle)] = entity
        } else {
            handle = UInt32(entities.count)
            entities.append(entity)
            adjacent.append([])
            entityHandles[entity.id] = handle
            ofType[entity.typeName, default: ChunkedArray()].append(handle)
        }
        claim(entity, handle)
        index.touch(handle)
    }

    /// Takes an entity out with its relationships and tags.
    package mutating func remove(_ id: EntityID) {
        guard let handle = entityHandles[id], let entity = entities[Int(handle)] else { return }
        for relationship in relationships(of: id) { removeRelationship(relationship.id) }
        for tag in tags(setOn: handle) { removeTag(tag.name, from: id) }
        release(entity, handle)
        entities[Int(handle)] = nil
        entityHandles[id] = nil
        flow.forget(handle)
        index.touch(handle)
    }

    /// Adds or replaces a relationship; nothing happens when an end isn't there.
    package mutating func put(_ relationship: Relationship) {
        guard let one = entityHandles[relationship.end1], let other = entityHandles[relationship.end2] else {
            return
        }
        if let handle = relationshipHandles[relationship.id] {
            if let old = relationships[Int(handle)] { touchFlow(over: old) }
            relationships[Int(handle)] = relationship
        } else {
            let handle = UInt32(relationships.count)
            relationships.append(relationship)
            relationshipHandles[relationship.id] = handle
            adjacent[Int(one)].append(handle)
            if other != one { adjacent[Int(other)].append(handle) }
            relationshipsOfType[relationship.typeName, default: 0] += 1
        }
        touchFlow(over: relationship)
    }

    /// Takes a relationship out.
    package mutating func removeRelationship(_ id: EntityID) {
        guard let handle = relationshipHandles[id], let relationship = relationships[Int(handle)] else {
            return
        }
        touchFlow(over: relationship)
        for end in [relationship.end1, relationship.end2] {
            guard let entity = entityHandles[end] else { continue }
            adjacent[Int(entity)].removeAll { $0 == handle }
        }
        relationships[Int(handle)] = nil
        relationshipHandles[id] = nil
        relationshipsOfType[relationship.typeName, default: 1] -= 1
    }

    /// Sets a tag on an entity; one of the same type is replaced.
    package mutating func set(_ tag: Tag, on id: EntityID) {
        guard let handle = entityHandles[id] else { return }
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
        guard let handle = entityHandles[id], var held = directTags[handle] else { return }
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
            guard let key = key(entity, attribute), unique[key] == nil else { continue }
            unique[key] = handle
        }
    }

    private mutating func release(_ entity: Entity, _ handle: UInt32) {
        guard entity.isActive, let shape = types.entityTypes[entity.typeName] else { return }
        for attribute in shape.uniqueAttributes {
            guard let key = key(entity, attribute), unique[key] == handle else { continue }
            unique[key] = nil
        }
    }

    private func key(_ entity: Entity, _ attribute: String) -> UniqueKey? {
        guard let value = entity.attributes[attribute], !value.isNull else { return nil }
        return UniqueKey(
            type: types.ordinal(of: entity.typeName),
            attribute: attribute,
            value: value.text ?? value.json
        )
    }
}
