package import CatalogModel

/// The six categories of types.
package enum TypeCategory: String, Sendable, CaseIterable {
    /// Values from a list.
    case enumeration = "ENUM"
    /// Values of several fields.
    case structure = "STRUCT"
    /// What things are tagged with.
    case tag = "CLASSIFICATION"
    /// Things of the catalog.
    case entity = "ENTITY"
    /// How two things belong together.
    case relationship = "RELATIONSHIP"
    /// Attributes that are attached to things of chosen types.
    case businessMetadata = "BUSINESS_METADATA"
}

/// A relationship type's own part.
package struct RelationshipShape: Hashable, Sendable {
    /// What the ends are to each other.
    package var category: RelationshipCategory
    /// Which way tags flow.
    package var tagFlow: TagFlow
    /// A label for people; nil when none was given.
    package var label: String?
    /// The first end.
    package var end1: RelationshipEnd
    /// The second end.
    package var end2: RelationshipEnd

    /// A shape.
    package init(
        _ category: RelationshipCategory,
        _ end1: RelationshipEnd,
        _ end2: RelationshipEnd,
        tagFlow: TagFlow = .none,
        label: String? = nil
    ) {
        self.category = category
        self.tagFlow = tagFlow
        self.label = label
        self.end1 = end1
        self.end2 = end2
    }

    /// The end of an index, 0 or 1.
    func end(_ index: Int) -> RelationshipEnd { index == 0 ? end1 : end2 }

    /// Whether tags flow from an end to the other.
    func carriesTags(from index: Int) -> Bool {
        switch tagFlow {
        case .none: false
        case .both: true
        case .oneToTwo: index == 0
        case .twoToOne: index == 1
        }
    }
}

/// A definition of a type of any category.
package struct TypeDefinition: Hashable, Sendable {
    /// What it is a type of.
    package var category: TypeCategory
    /// Unique among all types.
    package var name: String
    /// Given once.
    package var id: EntityID
    /// What it stands for.
    package var summary: String?
    /// The version that its writer gave it, such as `1.0`.
    package var typeVersion: String?
    /// The kind of service that it belongs to.
    package var serviceType: String?
    /// Further settings by name.
    package var options: [String: String] = [:]
    /// Who made it; nil for those that come with Steward.
    package var createdBy: String?
    /// Who changed it last.
    package var updatedBy: String?
    /// When it was made, in milliseconds since 1970.
    package var createTime: Int64 = 0
    /// When it was changed last, in milliseconds since 1970.
    package var updateTime: Int64 = 0
    /// 1 when made, one more for each change.
    package var version: Int64 = 1
    /// The attributes that it adds to those of the types above.
    package var attributes: [AttributeDefinition] = []
    /// The types above it; for tag and entity types.
    package var superTypes: [String] = []
    /// The entity types that a tag may be set on; none for all.
    package var entityTypes: [String] = []
    /// The values of an enumeration.
    package var elements: [EnumElement] = []
    /// The default value of an enumeration.
    package var defaultValue: String?
    /// A relationship type's own part; nil for the other categories.
    package var relationship: RelationshipShape?

    /// A definition whose identity follows from its name.
    package init(
        _ category: TypeCategory,
        _ name: String,
        superTypes: [String] = [],
        attributes: [AttributeDefinition] = [],
        summary: String? = nil,
        relationship: RelationshipShape? = nil
    ) {
        self.category = category
        self.name = name
        self.superTypes = superTypes
        self.attributes = attributes
        self.summary = summary
        self.relationship = relationship
        // Two passes of FNV-1a over the name: the same type has the same identity in every catalog.
        var (high, low): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x8422_2325_cbf2_9ce4)
        for byte in name.utf8 {
            high = (high ^ UInt64(byte)) &* 0x100_0000_01b3
            low = (low ^ UInt64(byte) ^ high) &* 0x100_0000_01b3
        }
        id = EntityID(bits: high, low)
    }

    /// A tag type whose attributes are optional texts.
    package init(
        tag name: TagName,
        superTypes: [TagName] = [],
        attributes: [String] = [],
        summary: String = ""
    ) {
        self.init(
            .tag,
            name.text,
            superTypes: superTypes.map(\.text),
            attributes: attributes.map { AttributeDefinition($0, isIndexable: true) },
            summary: summary
        )
    }
}
