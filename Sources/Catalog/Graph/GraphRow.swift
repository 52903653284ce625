import CatalogModel

/// Where an entity is held: as an entry of a pack, or as it is while somebody changes it.
enum EntityRow: Sendable {
    case gone
    case loose(LooseEntity)
    case packed(GraphPack, UInt32)

    var isGone: Bool { if case .gone = self { true } else { false } }

    var entity: Entity? {
        switch self {
        case .gone: nil
        case .loose(let loose): loose.entity
        case .packed(let pack, let index): pack.entity(Int(index))
        }
    }

    var id: EntityID? {
        switch self {
        case .gone: nil
        case .loose(let loose): loose.entity.id
        case .packed(let pack, let index): pack.id(Int(index))
        }
    }

    var typeName: String? {
        switch self {
        case .gone: nil
        case .loose(let loose): loose.entity.typeName
        case .packed(let pack, let index): pack.head(Int(index)).typeName
        }
    }

    var isActive: Bool {
        switch self {
        case .gone: false
        case .loose(let loose): loose.entity.isActive
        case .packed(let pack, let index): pack.head(Int(index)).isActive
        }
    }

    var isIncomplete: Bool {
        switch self {
        case .gone: false
        case .loose(let loose): loose.entity.isIncomplete
        case .packed(let pack, let index): pack.head(Int(index)).isIncomplete
        }
    }

    func attribute(_ name: String) -> JSONValue? {
        switch self {
        case .gone: nil
        case .loose(let loose): loose.entity.attributes[name]
        case .packed(let pack, let index): pack.attribute(name, of: Int(index))
        }
    }

    /// The entry that first told of it; 0 for one that isn't packed yet.
    var birth: Int64 {
        switch self {
        case .gone: 0
        case .loose(let loose): loose.birth
        case .packed(let pack, let index): pack.firstBirth(Int(index))
        }
    }
}

/// An entity that isn't in a pack yet.
final class LooseEntity: Sendable {
    let entity: Entity
    let birth: Int64

    init(_ entity: Entity, birth: Int64) {
        self.entity = entity
        self.birth = birth
    }
}

/// Where a relationship is held.
enum RelationshipRow: Sendable {
    case gone
    case loose(LooseRelationship)
    case packed(GraphPack, UInt32)

    var relationship: Relationship? {
        switch self {
        case .gone: nil
        case .loose(let loose): loose.relationship
        case .packed(let pack, let index): pack.relationship(Int(index))
        }
    }

    var id: EntityID? {
        switch self {
        case .gone: nil
        case .loose(let loose): loose.relationship.id
        case .packed(let pack, let index): pack.id(Int(index))
        }
    }

    var birth: Int64 {
        switch self {
        case .gone: 0
        case .loose(let loose): loose.birth
        case .packed(let pack, let index): pack.firstBirth(Int(index))
        }
    }
}

/// A relationship that isn't in a pack yet.
final class LooseRelationship: Sendable {
    let relationship: Relationship
    let birth: Int64

    init(_ relationship: Relationship, birth: Int64) {
        self.relationship = relationship
        self.birth = birth
    }
}
