/// A connection setting of a service; kept, never used.
package struct ConfigDefinition: Hashable, Sendable {
    /// Its number within the definition.
    package var itemId: Int? = nil
    /// Its name.
    package var name: String = ""
    /// Its kind.
    package var type: String = ""
    /// More of its kind.
    package var subType: String = ""
    /// Whether it must be set.
    package var mandatory: Bool = false
    /// Its value when not set.
    package var defaultValue: String = ""
    /// What values must look like.
    package var validationRegEx: String = ""
    /// What to say when they do not.
    package var validationMessage: String = ""
    /// How a page shows it.
    package var uiHint: String = ""
    /// What people see.
    package var label: String = ""
    /// What it is for.
    package var description: String = ""
    /// A translation key; kept, never used.
    package var rbKeyLabel: String = ""
    /// A translation key; kept, never used.
    package var rbKeyDescription: String = ""
    /// A translation key.
    package var rbKeyValidationMessage: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension ConfigDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case type
        case subType
        case mandatory
        case defaultValue
        case validationRegEx
        case validationMessage
        case uiHint
        case label
        case description
        case rbKeyLabel
        case rbKeyDescription
        case rbKeyValidationMessage
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        type = try members.value(Name.type, default: "")
        subType = try members.value(Name.subType, default: "")
        mandatory = try members.flag(Name.mandatory, default: false)
        defaultValue = try members.value(Name.defaultValue, default: "")
        validationRegEx = try members.value(Name.validationRegEx, default: "")
        validationMessage = try members.value(Name.validationMessage, default: "")
        uiHint = try members.value(Name.uiHint, default: "")
        label = try members.value(Name.label, default: "")
        description = try members.value(Name.description, default: "")
        rbKeyLabel = try members.value(Name.rbKeyLabel, default: "")
        rbKeyDescription = try members.value(Name.rbKeyDescription, default: "")
        rbKeyValidationMessage = try members.value(Name.rbKeyValidationMessage, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.type, type)
        try members.put(.subType, subType)
        try members.put(.mandatory, mandatory)
        try members.put(.defaultValue, defaultValue)
        try members.put(.validationRegEx, validationRegEx)
        try members.put(.validationMessage, validationMessage)
        try members.put(.uiHint, uiHint)
        try members.put(.label, label)
        try members.put(.description, description)
        try members.put(.rbKeyLabel, rbKeyLabel)
        try members.put(.rbKeyDescription, rbKeyDescription)
        try members.put(.rbKeyValidationMessage, rbKeyValidationMessage)
    }
}

/// A context enricher of Ranger's; kept, never used.
package struct EnricherDefinition: Hashable, Sendable {
    /// Its number within the definition.
    package var itemId: Int? = nil
    /// Its name.
    package var name: String = ""
    /// Its class.
    package var enricher: String = ""
    /// Its switches.
    package var enricherOptions: [String: String] = [:]

    /// Empty; members are set one by one.
    package init() {}
}

extension EnricherDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case enricher
        case enricherOptions
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        enricher = try members.value(Name.enricher, default: "")
        enricherOptions = try members.options(Name.enricherOptions)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.enricher, enricher)
        try members.put(.enricherOptions, enricherOptions)
    }
}

/// An enumeration of Ranger's; kept, never used.
package struct EnumDefinition: Hashable, Sendable {
    /// Its number within the definition.
    package var itemId: Int? = nil
    /// Its name.
    package var name: String = ""
    /// Its values.
    package var elements: [EnumElementDefinition] = []
    /// Its default.
    package var defaultIndex: Int = 0

    /// Empty; members are set one by one.
    package init() {}
}

extension EnumDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case elements
        case defaultIndex
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        elements = try members.list(Name.elements)
        defaultIndex = try members.value(Name.defaultIndex, default: 0)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.elements, elements)
        try members.put(.defaultIndex, defaultIndex)
    }
}

/// A value of an enumeration of Ranger's; kept, never used.
package struct EnumElementDefinition: Hashable, Sendable {
    /// Its number within the enumeration.
    package var itemId: Int? = nil
    /// Its name.
    package var name: String = ""
    /// What people see.
    package var label: String = ""
    /// A translation key; kept, never used.
    package var rbKeyLabel: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension EnumElementDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case label
        case rbKeyLabel
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        label = try members.value(Name.label, default: "")
        rbKeyLabel = try members.value(Name.rbKeyLabel, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.label, label)
        try members.put(.rbKeyLabel, rbKeyLabel)
    }
}
