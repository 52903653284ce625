package import CatalogModel

/// How many values an attribute or relationship end takes.
package enum Cardinality: String, Sendable, CaseIterable {
    /// One value.
    case single = "SINGLE"
    /// Values in order, which may be equal.
    case list = "LIST"
    /// Values of which no two are equal.
    case set = "SET"
}

/// One attribute of a type, in the shape of Atlas's attribute definitions.
package struct AttributeDefinition: Hashable, Sendable {
    /// Unique within its type and the types above it.
    package var name: String
    /// A type of values, such as `string`, `array<string>`, or the name of an enum, struct or entity type.
    package var typeName: String
    /// Whether an entity may lack it.
    package var isOptional = true
    /// Whether no two living entities of a type may have the same value.
    package var isUnique = false
    /// Whether searches for words look into it.
    package var isIndexable = false
    /// One value or several.
    package var cardinality = Cardinality.single
    /// The fewest values that a list or set takes.
    package var minimumCount: Int64 = 0
    /// The most values that a list or set takes.
    package var maximumCount: Int64 = 1
    /// Whether notifications tell it.
    package var includeInNotification = false
    /// The value of entities created without one, as text.
    package var defaultValue: String?
    /// What it means.
    package var summary: String?
    /// The name that people see.
    package var displayName: String?
    /// How much a match in it counts, 1 to 10; -1 when nothing was said.
    package var searchWeight: Int64 = -1
    /// `DEFAULT` or `STRING`.
    package var indexType: String?
    /// Constraints such as `ownedRef`, as they were given.
    package var constraints: [JSONValue] = []
    /// Further settings by name, such as `applicableEntityTypes`.
    package var options: [String: String] = [:]

    /// An attribute of a name and a type of values.
    package init(
        _ name: String,
        _ typeName: String = "string",
        isOptional: Bool = true,
        isUnique: Bool = false,
        isIndexable: Bool = false
    ) {
        self.name = name
        self.typeName = typeName
        self.isOptional = isOptional
        self.isUnique = isUnique
        self.isIndexable = isIndexable
        if typeName.hasPrefix("array<") {
            cardinality = .set
            maximumCount = Int64(Int32.max)
        }
    }
}

/// One value of an enumeration.
package struct EnumElement: Hashable, Sendable {
    /// The value.
    package var value: String
    /// Its place; nil when none was given.
    package var ordinal: Int64?
    /// What it means.
    package var summary: String?

    /// A value.
    package init(_ value: String, ordinal: Int64? = nil, summary: String? = nil) {
        self.value = value
        self.ordinal = ordinal
        self.summary = summary
    }
}

/// One end of a relationship type.
package struct RelationshipEnd: Hashable, Sendable {
    /// The entity type at this end.
    package var typeName: String
    /// The attribute by which entities at this end show the other end.
    package var attribute: String
    /// Whether entities at this end contain those at the other.
    package var isContainer = false
    /// How many of the other end an entity at this end may have.
    package var cardinality = Cardinality.single
    /// Whether reads show it among the plain attributes too.
    package var isLegacy = false
    /// What it means.
    package var summary: String?

    /// An end.
    package init(
        _ typeName: String,
        _ attribute: String,
        _ cardinality: Cardinality = .single,
        isContainer: Bool = false,
        isLegacy: Bool = false
    ) {
        self.typeName = typeName
        self.attribute = attribute
        self.cardinality = cardinality
        self.isContainer = isContainer
        self.isLegacy = isLegacy
    }
}

/// What the ends of a relationship type are to each other.
package enum RelationshipCategory: String, Sendable {
    /// They know each other.
    case association = "ASSOCIATION"
    /// One contains the other, which lives on without it.
    case aggregation = "AGGREGATION"
    /// One owns the other, which is deleted with it.
    case composition = "COMPOSITION"
}

/// Which way tags flow over relationships of a type.
package enum TagFlow: String, Sendable {
    /// Not at all.
    case none = "NONE"
    /// From end 1 to end 2.
    case oneToTwo = "ONE_TO_TWO"
    /// From end 2 to end 1.
    case twoToOne = "TWO_TO_ONE"
    /// Both ways.
    case both = "BOTH"
}
