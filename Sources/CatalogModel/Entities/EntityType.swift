/// One attribute of an entity type or tag type.
package struct AttributeDefinition: Hashable, Sendable, Codable {
    /// Unique within its type and the types above it.
    package let name: String
    /// `string`, `int`, `long`, `boolean`, `date`, `double`, `map<string,string>`, or `array<…>` of one of them.
    package let typeName: String
    /// Whether an entity may lack it.
    package let isOptional: Bool
    /// Whether no two entities of the type may have the same value.
    package let isUnique: Bool

    /// An attribute.
    package init(
        _ name: String,
        _ typeName: String = "string",
        isOptional: Bool = true,
        isUnique: Bool = false
    ) {
        self.name = name
        self.typeName = typeName
        self.isOptional = isOptional
        self.isUnique = isUnique
    }
}

/// A type of entity, in the shape of Atlas's entity definitions.
package struct EntityType: Hashable, Sendable, Codable {
    /// Unique among types.
    package let name: String
    /// Types whose attributes it has too; in order.
    package let superTypes: [String]
    /// The attributes that it adds.
    package let attributes: [AttributeDefinition]
    /// What it stands for.
    package let summary: String

    /// A type.
    package init(
        _ name: String,
        superTypes: [String] = [],
        attributes: [AttributeDefinition] = [],
        summary: String = ""
    ) {
        self.name = name
        self.superTypes = superTypes
        self.attributes = attributes
        self.summary = summary
    }
}

/// A type of tag, in the shape of Atlas's classification definitions.
package struct TagType: Hashable, Sendable, Codable {
    /// Unique among tag types.
    package let name: TagName
    /// Tag types that a tag of this type also counts as; what policies on them say applies too.
    package let superTypes: [TagName]
    /// Names of the attributes that its tags may have.
    package let attributes: [String]
    /// What it means.
    package let summary: String

    /// A tag type.
    package init(_ name: TagName, superTypes: [TagName] = [], attributes: [String] = [], summary: String = "")
    {
        self.name = name
        self.superTypes = superTypes
        self.attributes = attributes
        self.summary = summary
    }
}
