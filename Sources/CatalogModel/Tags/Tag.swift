/// A tag on a table or column: its type, its attributes, and when it holds.
package struct Tag: Hashable, Sendable, Codable {
    /// The tag's type.
    package let name: TagName
    /// Attribute values by name; what policy conditions and reasons may use.
    ///
    /// Never customer data.
    package let attributes: [String: String]
    /// The first moment at which it holds; nil for always.
    package let validFrom: Instant?
    /// The last moment at which it holds; nil for ever.
    package let validUntil: Instant?

    /// A tag that holds between two moments, both included.
    package init(
        _ name: TagName,
        attributes: [String: String] = [:],
        validFrom: Instant? = nil,
        validUntil: Instant? = nil
    ) {
        self.name = name
        self.attributes = attributes
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    /// Whether it holds at a moment.
    package func holds(at now: Instant) -> Bool {
        if let validFrom, now < validFrom { return false }
        if let validUntil, now > validUntil { return false }
        return true
    }
}

/// How a tag came to be on a column: what reasons say of it.
package enum TagOrigin: Hashable, Sendable {
    /// Set on the column itself.
    case column
    /// Set on the column's table.
    case table
    /// Flowed along lineage; the path runs from the tagged column to this one, both included.
    case lineage(path: [ColumnReference])
}

/// A tag in force on a table or column, with the way it came there.
package struct EffectiveTag: Hashable, Sendable {
    /// The tag.
    package let tag: Tag
    /// The way it came.
    package let origin: TagOrigin

    /// Joins a tag and its origin.
    package init(_ tag: Tag, origin: TagOrigin) {
        self.tag = tag
        self.origin = origin
    }
}
