/// The masks of a service, and where they may be used.
package struct DataMaskDefinition: Hashable, Sendable {
    /// The masks.
    package var maskTypes: [MaskTypeDefinition] = []
    /// The access types that masks go with, by name.
    package var accessTypes: [AccessTypeDefinition] = []
    /// The levels that mask policies name, as changes to the main list.
    package var resources: [ResourceDefinition] = []

    /// Empty; members are set one by one.
    package init() {}
}

extension DataMaskDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case maskTypes
        case accessTypes
        case resources
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        maskTypes = try members.list(Name.maskTypes)
        accessTypes = try members.list(Name.accessTypes)
        resources = try members.list(Name.resources)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.maskTypes, maskTypes)
        try members.put(.accessTypes, accessTypes)
        try members.put(.resources, resources)
    }
}

/// One mask.
package struct MaskTypeDefinition: Hashable, Sendable {
    /// Its number within the definition.
    package var itemId: Int? = nil
    /// The name that policies use.
    package var name: String = ""
    /// What people see.
    package var label: String = ""
    /// What it is for.
    package var description: String = ""
    /// The expression that stands for it; `{col}` is the column.
    package var transformer: String = ""
    /// Its switches.
    package var dataMaskOptions: [String: String] = [:]
    /// A translation key; kept, never used.
    package var rbKeyLabel: String = ""
    /// A translation key; kept, never used.
    package var rbKeyDescription: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension MaskTypeDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case label
        case description
        case transformer
        case dataMaskOptions
        case rbKeyLabel
        case rbKeyDescription
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        label = try members.value(Name.label, default: "")
        description = try members.value(Name.description, default: "")
        transformer = try members.value(Name.transformer, default: "")
        dataMaskOptions = try members.options(Name.dataMaskOptions)
        rbKeyLabel = try members.value(Name.rbKeyLabel, default: "")
        rbKeyDescription = try members.value(Name.rbKeyDescription, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.label, label)
        try members.put(.description, description)
        try members.put(.transformer, transformer)
        try members.put(.dataMaskOptions, dataMaskOptions)
        try members.put(.rbKeyLabel, rbKeyLabel)
        try members.put(.rbKeyDescription, rbKeyDescription)
    }
}

/// Where row filters may be used.
package struct RowFilterDefinition: Hashable, Sendable {
    /// The access types that filters go with, by name.
    package var accessTypes: [AccessTypeDefinition] = []
    /// The levels that filter policies name, as changes to the main list.
    package var resources: [ResourceDefinition] = []

    /// Empty; members are set one by one.
    package init() {}
}

extension RowFilterDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case accessTypes
        case resources
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        accessTypes = try members.list(Name.accessTypes)
        resources = try members.list(Name.resources)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.accessTypes, accessTypes)
        try members.put(.resources, resources)
    }
}
