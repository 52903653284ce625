/// Something that can be done to a resource, such as `select`.
package struct AccessTypeDefinition: Hashable, Sendable {
    /// Its number within the definition.
    package var itemId: Int? = nil
    /// The name that policies use.
    package var name: String = ""
    /// What people see.
    package var label: String = ""
    /// A translation key; kept, never used.
    package var rbKeyLabel: String = ""
    /// What it brings along; one round only.
    package var impliedGrants: [String] = []
    /// `CREATE`, `READ`, `UPDATE`, `DELETE` or `MANAGE`; may be empty.
    package var category: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension AccessTypeDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case label
        case rbKeyLabel
        case impliedGrants
        case category
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        label = try members.value(Name.label, default: "")
        rbKeyLabel = try members.value(Name.rbKeyLabel, default: "")
        impliedGrants = try members.list(Name.impliedGrants)
        category = try members.value(Name.category, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.label, label)
        try members.put(.rbKeyLabel, rbKeyLabel)
        try members.put(.impliedGrants, impliedGrants)
        try members.put(.category, category)
    }
}
