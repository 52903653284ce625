/// What can be governed in one kind of service: its resources, accesses, masks and conditions, in Ranger's shape.
package struct ServiceDefinition: Hashable, Sendable {
    /// The number that audits and reasons cite.
    package var id: Int64? = nil
    /// The id that survives export and import.
    package var guid: String = ""
    /// Whether it counts at all.
    package var isEnabled: Bool = true
    /// Who made it.
    package var createdBy: String = ""
    /// Who changed it last.
    package var updatedBy: String = ""
    /// When it was made, in epoch milliseconds.
    package var createTime: Int64? = nil
    /// When it was changed last, in epoch milliseconds.
    package var updateTime: Int64? = nil
    /// Counts changes.
    package var version: Int64? = nil
    /// The component, such as `hive`.
    package var name: String = ""
    /// What people see.
    package var displayName: String = ""
    /// Ranger's own class; kept, never used.
    package var implClass: String = ""
    /// What people see.
    package var label: String = ""
    /// What it is for.
    package var description: String = ""
    /// A translation key; kept, never used.
    package var rbKeyLabel: String = ""
    /// A translation key; kept, never used.
    package var rbKeyDescription: String = ""
    /// Switches such as `enableDenyAndExceptionsInPolicies`.
    package var options: [String: String] = [:]
    /// Connection settings; kept, never used.
    package var configs: [ConfigDefinition] = []
    /// The levels that policies name.
    package var resources: [ResourceDefinition] = []
    /// What may be done.
    package var accessTypes: [AccessTypeDefinition] = []
    /// Conditions that policies may use.
    package var policyConditions: [ConditionDefinition] = []
    /// Ranger's enrichers; kept, never used.
    package var contextEnrichers: [EnricherDefinition] = []
    /// Ranger's enumerations; kept, never used.
    package var enums: [EnumDefinition] = []
    /// Masks, and where they may be used.
    package var dataMaskDef: DataMaskDefinition? = nil
    /// Where row filters may be used.
    package var rowFilterDef: RowFilterDefinition? = nil
    /// Computed by Ranger's server; read, never used.
    package var markerAccessTypes: [AccessTypeDefinition] = []

    /// Empty; members are set one by one.
    package init() {}
}

extension ServiceDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case id
        case guid
        case isEnabled
        case createdBy
        case updatedBy
        case createTime
        case updateTime
        case version
        case name
        case displayName
        case implClass
        case label
        case description
        case rbKeyLabel
        case rbKeyDescription
        case options
        case configs
        case resources
        case accessTypes
        case policyConditions
        case contextEnrichers
        case enums
        case dataMaskDef
        case rowFilterDef
        case markerAccessTypes
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.optional(Name.id)
        guid = try members.value(Name.guid, default: "")
        isEnabled = try members.flag(Name.isEnabled, default: true)
        createdBy = try members.value(Name.createdBy, default: "")
        updatedBy = try members.value(Name.updatedBy, default: "")
        createTime = try members.optional(Name.createTime, RangerTime.self)?.milliseconds
        updateTime = try members.optional(Name.updateTime, RangerTime.self)?.milliseconds
        version = try members.optional(Name.version)
        name = try members.value(Name.name, default: "")
        displayName = try members.value(Name.displayName, default: "")
        implClass = try members.value(Name.implClass, default: "")
        label = try members.value(Name.label, default: "")
        description = try members.value(Name.description, default: "")
        rbKeyLabel = try members.value(Name.rbKeyLabel, default: "")
        rbKeyDescription = try members.value(Name.rbKeyDescription, default: "")
        options = try members.options(Name.options)
        configs = try members.list(Name.configs)
        resources = try members.list(Name.resources)
        accessTypes = try members.list(Name.accessTypes)
        policyConditions = try members.list(Name.policyConditions)
        contextEnrichers = try members.list(Name.contextEnrichers)
        enums = try members.list(Name.enums)
        dataMaskDef = try members.optional(Name.dataMaskDef)
        rowFilterDef = try members.optional(Name.rowFilterDef)
        markerAccessTypes = try members.list(Name.markerAccessTypes)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.id, id)
        try members.put(.guid, guid)
        try members.put(.isEnabled, isEnabled)
        try members.put(.createdBy, createdBy)
        try members.put(.updatedBy, updatedBy)
        try members.put(.createTime, createTime)
        try members.put(.updateTime, updateTime)
        try members.put(.version, version)
        try members.put(.name, name)
        try members.put(.displayName, displayName)
        try members.put(.implClass, implClass)
        try members.put(.label, label)
        try members.put(.description, description)
        try members.put(.rbKeyLabel, rbKeyLabel)
        try members.put(.rbKeyDescription, rbKeyDescription)
        try members.put(.options, options)
        try members.put(.configs, configs)
        try members.put(.resources, resources)
        try members.put(.accessTypes, accessTypes)
        try members.put(.policyConditions, policyConditions)
        try members.put(.contextEnrichers, contextEnrichers)
        try members.put(.enums, enums)
        try members.put(.dataMaskDef, dataMaskDef)
        try members.put(.rowFilterDef, rowFilterDef)
        try members.put(.markerAccessTypes, markerAccessTypes)
    }
}
