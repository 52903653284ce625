/// The permanent identity of an entity: a UUID in lower case.
package struct EntityID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The UUID's text.
    package let text: String

    /// Takes the text as it is.
    package init(_ text: String) { self.text = text }

    /// The UUID's text.
    package var description: String { text }

    /// Orders by text.
    package static func < (left: EntityID, right: EntityID) -> Bool { left.text < right.text }
}

extension EntityID: Codable {
    /// Reads the bare string.
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the bare string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Something that the catalog knows: a table, a column, a process, with the attributes of its type.
package struct Entity: Hashable, Sendable, Codable {
    /// Given once, never reused.
    package let id: EntityID
    /// An entity type's name.
    package let typeName: String
    /// Attribute values by name; absent and null are the same.
    package let attributes: [String: JSONValue]

    /// An entity.
    package init(id: EntityID, typeName: String, attributes: [String: JSONValue]) {
        self.id = id
        self.typeName = typeName
        self.attributes = attributes.filter { $0.value != .null }
    }

    /// The value of `qualifiedName`, by which people and tools name it; nil when the type has none.
    package var qualifiedName: String? { attributes["qualifiedName"]?.text }
}
