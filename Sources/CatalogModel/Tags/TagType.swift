/// A type of tag in its simplest form: optional texts for attributes.
package struct TagType: Hashable, Sendable {
    /// Unique among types.
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
