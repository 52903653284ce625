package import CatalogModel

/// What stands before the attributes of an entity in a pack.
struct PackedHead {
    let id: EntityID
    let typeName: String
    let isActive: Bool
    fileprivate let flags: UInt64
    /// See ``GraphPack/birth(_:)``; 0 for an entry that is the entity's first.
    let birth: Int64
    let createdBy: String
    let updatedBy: String
    let createTime: Int64
    let updateTime: Int64
    let version: Int64

    init(_ reader: inout PackReader) {
        _ = reader.byte()
        id = reader.id()
        typeName = reader.name()
        flags = reader.number()
        isActive = flags & PackedFlags.deleted == 0
        birth = Int64(bitPattern: reader.number())
        createdBy = reader.name()
        updatedBy = reader.name()
        createTime = reader.signed()
        updateTime = createTime &+ reader.signed()
        version = reader.signed()
    }

    var isIncomplete: Bool { flags & PackedFlags.incomplete != 0 }
    var hasExtras: Bool { flags & PackedFlags.extras != 0 }
}

enum PackedFlags {
    static let deleted: UInt64 = 1
    static let incomplete: UInt64 = 2
    static let extras: UInt64 = 4
    static let events: UInt64 = 8
}

/// What stands before the attributes of an entity in a pack, as far as indexes ask for it.
struct PackedMarks {
    /// The number of the type's name.
    let type: Int
    /// The number of its maker's name.
    let createdBy: Int
    private let flags: UInt64

    init(_ reader: inout PackReader) {
        _ = reader.byte()
        reader.skipID()
        type = Int(truncatingIfNeeded: reader.number())
        flags = reader.number()
        _ = reader.number()
        createdBy = Int(truncatingIfNeeded: reader.number())
        _ = (reader.number(), reader.number(), reader.number(), reader.number())
    }

    var isActive: Bool { flags & PackedFlags.deleted == 0 }
    var hasExtras: Bool { flags & PackedFlags.extras != 0 }
}

extension PackWriter {
    /// An entity that is new or changed, with why.
    mutating func entity(_ entity: Entity, birth: Int64, because events: [EntityEvent]) {
        let extras = entity.extras
        var flags: UInt64 = 0
        if !entity.isActive { flags |= PackedFlags.deleted }
        if entity.isIncomplete { flags |= PackedFlags.incomplete }
        if !extras.isEmpty { flags |= PackedFlags.extras }
        if !events.isEmpty { flags |= PackedFlags.events }
        byte(GraphPack.Kind.entity.rawValue)
        id(entity.id)
        name(entity.typeName)
        number(flags)
        number(UInt64(bitPattern: birth))
        name(entity.createdBy)
        name(entity.updatedBy)
        signed(entity.createTime)
        signed(entity.updateTime &- entity.createTime)
        signed(entity.version)
        object(entity.attributes)
        if !extras.isEmpty { object(extras) }
        if !events.isEmpty { self.events(events) }
    }

    /// An entity that is gone for good.
    mutating func entityGone(_ id: EntityID, birth: Int64, because events: [EntityEvent]) {
        byte(GraphPack.Kind.entityGone.rawValue)
        self.id(id)
        number(UInt64(bitPattern: birth))
        self.events(events)
    }

    /// Something that happened to an entity that is as it was.
    mutating func note(_ id: EntityID, _ events: [EntityEvent]) {
        byte(GraphPack.Kind.note.rawValue)
        self.id(id)
        number(0 as UInt64)
        self.events(events)
    }

    private mutating func events(_ events: [EntityEvent]) {
        number(events.count)
        for event in events {
            name(event.action.rawValue)
            value(event.details.map { .string($0) } ?? .null)
        }
    }

    /// A relationship that is new or changed.
    mutating func relationship(_ relationship: Relationship, birth: Int64) {
        let extras = relationship.extras
        byte(GraphPack.Kind.relationship.rawValue)
        id(relationship.id)
        name(relationship.typeName)
        id(relationship.end1)
        id(relationship.end2)
        number(
            (relationship.isActive ? 0 : PackedFlags.deleted) | (extras.isEmpty ? 0 : PackedFlags.extras)
        )
        number(UInt64(bitPattern: birth))
        name(relationship.createdBy)
        name(relationship.updatedBy)
        signed(relationship.createTime)
        signed(relationship.updateTime &- relationship.createTime)
        signed(relationship.version)
        if !extras.isEmpty { object(extras) }
    }

    /// A relationship that is gone for good.
    mutating func relationshipGone(_ id: EntityID) {
        byte(GraphPack.Kind.relationshipGone.rawValue)
        self.id(id)
    }
}

extension GraphPack {
    func head(_ index: Int) -> PackedHead { reading(index) { PackedHead(&$0) } }

    /// The entity of an entry that says how one is.
    package func entity(_ index: Int) -> Entity {
        reading(index) { reader in
            let head = PackedHead(&reader)
            var entity = Entity(id: head.id, typeName: head.typeName, unchecked: reader.object())
            entity.status = head.isActive ? .active : .deleted
            entity.isIncomplete = head.isIncomplete
            (entity.createdBy, entity.updatedBy) = (head.createdBy, head.updatedBy)
            (entity.createTime, entity.updateTime, entity.version) = (
                head.createTime, head.updateTime, head.version
            )
            if head.hasExtras { entity.take(reader.object()) }
            return entity
        }
    }

    /// The attribute of an entity; nil when it has none.
    func attribute(_ name: String, of index: Int) -> JSONValue? {
        guard let number = names.firstIndex(of: name) else { return nil }
        return reading(index) { reader in
            _ = PackedHead(&reader)
            for _ in 0..<reader.count() {
                if reader.number() == number { return reader.value() }
                reader.skipValue()
            }
            return nil
        }
    }

    /// Lets somebody see the text that an attribute of an entity has; nil when it has none.
    func withText<Value>(
        of name: String,
        of index: Int,
        _ body: (UnsafeBufferPointer<UInt8>) -> Value
    ) -> Value? {
        guard let number = names.firstIndex(of: name) else { return nil }
        return reading(index) { reader in
            _ = PackedMarks(&reader)
            for _ in 0..<reader.count() {
                if reader.number() == number { return reader.byte() == 5 ? body(reader.slice()) : nil }
                reader.skipValue()
            }
            return nil
        }
    }

    /// What happened, for the history of the entity of an entry; nil for entries that have none.
    package func events(_ index: Int) -> [EntityEvent]? {
        reading(index) { reader in
            switch Kind(rawValue: bytes[reader.position]) {
            case .entity?:
                let head = PackedHead(&reader)
                reader.skipObject()
                if head.hasExtras { reader.skipObject() }
                return head.flags & PackedFlags.events != 0 ? reader.events() : []
            case .entityGone?, .note?:
                _ = reader.byte()
                _ = reader.id()
                _ = reader.number()
                return reader.events()
            case .relationship?, .relationshipGone?, nil: return nil
            }
        }
    }

    /// Gives, for each entry about an entity, what happened to it and how it is then, nil where that isn't said.
    package func history(of id: EntityID) -> [(events: [EntityEvent], entity: Entity?)] {
        (0..<count).compactMap { index in
            guard self.id(index) == id, let events = events(index), !events.isEmpty else { return nil }
            return (events, kind(index) == .entity ? entity(index) : nil)
        }
    }

    /// Whether an entry tells that an entity is gone.
    package func isEnd(_ index: Int, of id: EntityID) -> Bool {
        kind(index) == .entityGone && self.id(index) == id
    }

    /// What a relationship relates.
    func ends(_ index: Int) -> (id: EntityID, typeName: String, end1: EntityID, end2: EntityID) {
        reading(index) { reader in
            _ = reader.byte()
            return (reader.id(), reader.name(), reader.id(), reader.id())
        }
    }

    func relationship(_ index: Int) -> Relationship {
        reading(index) { reader in
            _ = reader.byte()
            let (id, typeName, end1, end2) = (reader.id(), reader.name(), reader.id(), reader.id())
            var relationship = Relationship(id: id, typeName: typeName, end1: end1, end2: end2)
            let flags = reader.number()
            _ = reader.number()
            relationship.status = flags & PackedFlags.deleted == 0 ? .active : .deleted
            (relationship.createdBy, relationship.updatedBy) = (reader.name(), reader.name())
            relationship.createTime = reader.signed()
            relationship.updateTime = relationship.createTime &+ reader.signed()
            relationship.version = reader.signed()
            if flags & PackedFlags.extras != 0 { relationship.take(reader.object()) }
            return relationship
        }
    }

    /// The entry that first told of what an entry is about.
    package func firstBirth(_ index: Int) -> Int64 {
        let said: Int64 = reading(index) { reader in
            switch Kind(rawValue: bytes[reader.position]) {
            case .entity?:
                _ = reader.byte()
                reader.skipID()
                _ = (reader.number(), reader.number())
                return Int64(bitPattern: reader.number())
            case .relationship?:
                _ = reader.byte()
                reader.skipID()
                _ = reader.number()
                reader.skipID()
                reader.skipID()
                _ = reader.number()
                return Int64(bitPattern: reader.number())
            case .entityGone?:
                _ = reader.byte()
                _ = reader.id()
                return Int64(bitPattern: reader.number())
            case .note?, .relationshipGone?, nil: return 0
            }
        }
        return said == 0 ? birth(index) : said
    }
}

extension PackReader {
    mutating func skipObject() {
        for _ in 0..<count() {
            _ = number()
            skipValue()
        }
    }

    fileprivate mutating func events() -> [EntityEvent] {
        var events: [EntityEvent] = []
        for _ in 0..<count() {
            let action = EntityEvent.Action(rawValue: name())
            let details = value().text
            if let action { events.append(EntityEvent(action, details)) }
        }
        return events
    }
}
