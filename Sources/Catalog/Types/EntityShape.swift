import CatalogModel

/// An attribute with its type understood.
package final class AttributeShape: Sendable {
    /// The definition.
    package let definition: AttributeDefinition
    /// The type that defines it.
    package let definedBy: String
    let type: AttributeType
    /// Whether values may refer to entities.
    let mayRefer: Bool

    init(definition: AttributeDefinition, definedBy: String, type: AttributeType) {
        (self.definition, self.definedBy, self.type) = (definition, definedBy, type)
        mayRefer = !type.names.isEmpty
    }

    /// Whether a value is kept as it is given, whatever else there is.
    func keepsAsIs(_ value: JSONValue) -> Bool {
        switch (type, value) {
        case (.string, .string), (.boolean, .bool), (.date, .integer), (.long, .integer): true
        default: false
        }
    }
}

/// A relationship attribute of an entity type: which relationship, and at which end the entity stands.
package struct EndShape: Sendable {
    /// The relationship type's name.
    package let relationshipType: String
    /// The relationship type's own part.
    package let shape: RelationshipShape
    /// The end at which entities of the type stand, 0 or 1.
    package let index: Int
    /// The type that the relationship type names at this end.
    package let definedBy: String

    /// The end at which entities of the type stand.
    package var end: RelationshipEnd { shape.end(index) }
    /// The other end.
    package var other: RelationshipEnd { shape.end(1 - index) }
    /// Whether an entity here is owned by the other end, and so needs one.
    package var isMandatory: Bool { shape.category == .composition && other.isContainer }
    /// Whether an entity here owns those at the other end.
    var owns: Bool { shape.category == .composition && end.isContainer }
}

/// An entity type with all that it inherits.
package final class EntityShape: Sendable {
    /// The definition.
    package let definition: TypeDefinition
    /// The types above it, nearest first, without itself.
    package let above: [String]
    /// The types directly below it, sorted.
    package let directSubTypes: [String]
    /// The types below it and itself.
    package let selfAndBelow: Set<String>
    /// Attributes that aren't relationships, those of types above first.
    package let attributes: [AttributeShape]
    /// Relationship attributes by name; several relationship types may use one name, sorted by type name.
    package let ends: [String: [EndShape]]
    /// Business metadata that may be attached: its attributes by its name.
    package let business: [String: [AttributeDefinition]]
    /// Names of unique attributes.
    package let uniqueAttributes: [String]
    /// Whether it is one of the types that are hidden and deleted for good.
    package let isInternal: Bool
    /// Names of attributes whose values may refer to entities.
    let referringAttributes: [String]
    /// Names of attributes whose values refer to entities that go along with one of this type.
    let owningAttributes: [String]
    private let attributesByName: [String: AttributeShape]
    /// Names of attributes that an entity must have a value for, and that have no default.
    let mandatoryAttributes: [String]
    /// Names of relationship attributes that an entity must have, sorted.
    let mandatoryEnds: [String]
    /// The attributes that headers show: unique ones, then `name`, `description`, `owner`, `createTime`.
    package let headerAttributes: [String]
    /// How much words of the attributes that are searched count, by name.
    let searchWeights: [String: UInt8]
    let selfAndAbove: Set<String>

    init(
        _ definition: TypeDefinition,
        above: [String],
        directSubTypes: [String],
        below: Set<String>,
        attributes: [AttributeShape],
        ends: [String: [EndShape]],
        business: [String: [AttributeDefinition]]
    ) {
        self.definition = definition
        self.above = above
        self.directSubTypes = directSubTypes
        selfAndBelow = below.union([definition.name])
        self.attributes = attributes
        self.ends = ends
        self.business = business
        attributesByName = Dictionary(
            attributes.map { ($0.definition.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        mandatoryAttributes = attributes.map(\.definition).filter { !$0.isOptional && $0.defaultValue == nil }
            .map(\.name)
        mandatoryEnds = ends.filter { $0.value.contains(where: \.isMandatory) }.map(\.key).sorted()
        searchWeights = Dictionary(
            attributes.map(\.definition).filter {
                $0.isIndexable || SearchWords.alwaysIndexed.contains($0.name)
            }.map { ($0.name, SearchWords.weight(of: $0)) },
            uniquingKeysWith: { first, _ in first }
        )
        selfAndAbove = Set(above).union([definition.name])
        let unique = attributes.filter(\.definition.isUnique).map(\.definition.name)
        uniqueAttributes = unique
        let known = attributesByName
        headerAttributes =
            unique
            + ["name", "description", "owner", "createTime"].filter {
                known[$0] != nil && !unique.contains($0)
            }
        referringAttributes = attributes.filter(\.mayRefer).map(\.definition.name)
        owningAttributes = attributes.map(\.definition).filter { definition in
            definition.constraints.contains { $0.object?.text("type") == "ownedRef" }
        }.map(\.name)
        isInternal = selfAndAbove.contains(BaseTypes.internalType)
    }

    /// The type's name.
    package var name: String { definition.name }

    /// An attribute by name; nil when there is none, or it is a relationship.
    package func attribute(_ name: String) -> AttributeShape? { attributesByName[name] }

    /// Whether the type is, or is below, another.
    package func isA(_ type: String) -> Bool { selfAndAbove.contains(type) }
}

/// A tag type with all that it inherits.
package final class TagShape: Sendable {
    /// The definition.
    package let definition: TypeDefinition
    /// The types above it, nearest first, without itself.
    package let above: [String]
    /// The types directly below it, sorted.
    package let directSubTypes: [String]
    /// The types below it and itself.
    package let selfAndBelow: Set<String>
    /// All attributes, those of types above first.
    package let attributes: [AttributeShape]
    /// The entity types that it may be set on, inherited ones included; none for all.
    package let entityTypes: Set<String>

    init(
        _ definition: TypeDefinition,
        above: [String],
        directSubTypes: [String],
        below: Set<String>,
        attributes: [AttributeShape],
        entityTypes: Set<String>
    ) {
        self.definition = definition
        self.above = above
        self.directSubTypes = directSubTypes
        selfAndBelow = below.union([definition.name])
        self.attributes = attributes
        self.entityTypes = entityTypes
    }

    /// Whether it may be set on, or land on, entities of a type.
    package func fits(_ entity: EntityShape) -> Bool {
        entityTypes.isEmpty || !entityTypes.isDisjoint(with: entity.selfAndAbove)
    }
}
