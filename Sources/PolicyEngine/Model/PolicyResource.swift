/// The values of one level that a policy is about.
package struct PolicyResource: Hashable, Sendable {
    /// Names or patterns.
    package var values: [String] = []
    /// Whether it is about all but these.
    package var isExcludes: Bool = false
    /// Whether what lies below counts, for paths.
    package var isRecursive: Bool = false

    /// Empty; members are set one by one.
    package init() {}
}

extension PolicyResource: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case values
        case isExcludes
        case isRecursive
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        values = try members.list(Name.values)
        isExcludes = try members.flag(Name.isExcludes, default: false)
        isRecursive = try members.flag(Name.isRecursive, default: false)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.values, values)
        try members.put(.isExcludes, isExcludes)
        try members.put(.isRecursive, isRecursive)
    }
}

/// A condition of a policy or an item.
package struct PolicyCondition: Hashable, Sendable {
    /// The name in the service definition.
    package var type: String = ""
    /// What it asks for.
    package var values: [String] = []

    /// Empty; members are set one by one.
    package init() {}
}

extension PolicyCondition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case type
        case values
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        type = try members.value(Name.type, default: "")
        values = try members.list(Name.values)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.type, type)
        try members.put(.values, values)
    }
}
