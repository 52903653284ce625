/// A person or service account, as policies name it; compared exactly, case included.
package struct UserName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written; any length, may hold any character.
    package let text: String

    /// Takes the name as it is; rims that limit length or characters do so before.
    package init(_ text: String) { self.text = text }

    /// The name itself: names are no secrets.
    package var description: String { text }

    /// Orders names by their Unicode scalars.
    package static func < (left: UserName, right: UserName) -> Bool { left.text < right.text }
}

extension UserName: Codable {
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

/// A group of users, as policies name it; compared exactly, case included.
package struct GroupName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written; any length, may hold any character.
    package let text: String

    /// Takes the name as it is; rims that limit length or characters do so before.
    package init(_ text: String) { self.text = text }

    /// The name itself: names are no secrets.
    package var description: String { text }

    /// Orders names by their Unicode scalars.
    package static func < (left: GroupName, right: GroupName) -> Bool { left.text < right.text }
}

extension GroupName: Codable {
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

/// A role that users, groups and other roles can hold; compared exactly.
package struct RoleName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written; any length, may hold any character.
    package let text: String

    /// Takes the name as it is; rims that limit length or characters do so before.
    package init(_ text: String) { self.text = text }

    /// The name itself: names are no secrets.
    package var description: String { text }

    /// Orders names by their Unicode scalars.
    package static func < (left: RoleName, right: RoleName) -> Bool { left.text < right.text }
}

extension RoleName: Codable {
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

/// A Ranger service: the set of policies that governs one kind of data somewhere.
package struct ServiceName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written; any length, may hold any character.
    package let text: String

    /// Takes the name as it is; rims that limit length or characters do so before.
    package init(_ text: String) { self.text = text }

    /// The name itself: names are no secrets.
    package var description: String { text }

    /// Orders names by their Unicode scalars.
    package static func < (left: ServiceName, right: ServiceName) -> Bool { left.text < right.text }
}

extension ServiceName: Codable {
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

/// The type of a tag, such as `PII`; compared exactly.
package struct TagName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written; any length, may hold any character.
    package let text: String

    /// Takes the name as it is; rims that limit length or characters do so before.
    package init(_ text: String) { self.text = text }

    /// The name itself: names are no secrets.
    package var description: String { text }

    /// Orders names by their Unicode scalars.
    package static func < (left: TagName, right: TagName) -> Bool { left.text < right.text }
}

extension TagName: Codable {
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

/// A column of one table, without its table; compared exactly.
package struct ColumnName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written; any length, may hold any character.
    package let text: String

    /// Takes the name as it is; rims that limit length or characters do so before.
    package init(_ text: String) { self.text = text }

    /// The name itself: names are no secrets.
    package var description: String { text }

    /// Orders names by their Unicode scalars.
    package static func < (left: ColumnName, right: ColumnName) -> Bool { left.text < right.text }
}

extension ColumnName: Codable {
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

/// Where tables come from: one folder, file or database that was added to the catalog.
package struct SourceName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as written; any length, may hold any character.
    package let text: String

    /// Takes the name as it is; rims that limit length or characters do so before.
    package init(_ text: String) { self.text = text }

    /// The name itself: names are no secrets.
    package var description: String { text }

    /// Orders names by their Unicode scalars.
    package static func < (left: SourceName, right: SourceName) -> Bool { left.text < right.text }
}

extension SourceName: Codable {
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
