/// One policy, in Ranger's shape.
package struct Policy: Hashable, Sendable {
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
    /// The service that it belongs to.
    package var service: String = ""
    /// Unique within its service.
    package var name: String = ""
    /// 0 access, 1 mask, 2 row filter.
    package var policyType: PolicyType = .access
    /// 0 normal, 1 override.
    package var policyPriority: Int = 0
    /// Why it exists.
    package var description: String = ""
    /// Ranger's hash of its resources; kept.
    package var resourceSignature: String = ""
    /// Whether reads that it matches are audited.
    package var isAuditEnabled: Bool = true
    /// What it is about, by level.
    package var resources: [String: PolicyResource] = [:]
    /// More of what it is about; any may match.
    package var additionalResources: [[String: PolicyResource]] = []
    /// All must hold.
    package var conditions: [PolicyCondition] = []
    /// Who may.
    package var policyItems: [PolicyItem] = []
    /// Who may not.
    package var denyPolicyItems: [PolicyItem] = []
    /// Who is left out of those who may.
    package var allowExceptions: [PolicyItem] = []
    /// Who is left out of those who may not.
    package var denyExceptions: [PolicyItem] = []
    /// Who sees which mask; the first that fits counts.
    package var dataMaskPolicyItems: [PolicyItem] = []
    /// Who sees which rows; the first that fits counts.
    package var rowFilterPolicyItems: [PolicyItem] = []
    /// The component of the service; kept.
    package var serviceType: String = ""
    /// Switches of clients; kept.
    package var options: [String: String] = [:]
    /// When it counts; empty for always.
    package var validitySchedules: [ValiditySchedule] = []
    /// Words to find it by.
    package var policyLabels: [String] = []
    /// The security zone; empty for none.
    package var zoneName: String = ""
    /// Whether everyone whom no item lets in is denied.
    package var isDenyAllElse: Bool = false

    /// Empty; members are set one by one.
    package init() {}
}

extension Policy: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case id
        case guid
        case isEnabled
        case createdBy
        case updatedBy
        case createTime
        case updateTime
        case version
        case service
        case name
        case policyType
        case policyPriority
        case description
        case resourceSignature
        case isAuditEnabled
        case resources
        case additionalResources
        case conditions
        case policyItems
        case denyPolicyItems
        case allowExceptions
        case denyExceptions
        case dataMaskPolicyItems
        case rowFilterPolicyItems
        case serviceType
        case options
        case validitySchedules
        case policyLabels
        case zoneName
        case isDenyAllElse
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
        service = try members.value(Name.service, default: "")
        name = try members.value(Name.name, default: "")
        policyType = try members.value(Name.policyType, default: .access)
        policyPriority = try members.value(Name.policyPriority, default: 0)
        description = try members.value(Name.description, default: "")
        resourceSignature = try members.value(Name.resourceSignature, default: "")
        isAuditEnabled = try members.flag(Name.isAuditEnabled, default: true)
        resources = try members.value(Name.resources, default: [:])
        additionalResources = try members.value(Name.additionalResources, default: [])
        conditions = try members.list(Name.conditions)
        policyItems = try members.list(Name.policyItems)
        denyPolicyItems = try members.list(Name.denyPolicyItems)
        allowExceptions = try members.list(Name.allowExceptions)
        denyExceptions = try members.list(Name.denyExceptions)
        dataMaskPolicyItems = try members.list(Name.dataMaskPolicyItems)
        rowFilterPolicyItems = try members.list(Name.rowFilterPolicyItems)
        serviceType = try members.value(Name.serviceType, default: "")
        options = try members.options(Name.options)
        validitySchedules = try members.list(Name.validitySchedules)
        policyLabels = try members.list(Name.policyLabels)
        zoneName = try members.value(Name.zoneName, default: "")
        isDenyAllElse = try members.flag(Name.isDenyAllElse, default: false)
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
        try members.put(.service, service)
        try members.put(.name, name)
        try members.put(.policyType, policyType)
        try members.put(.policyPriority, policyPriority)
        try members.put(.description, description)
        try members.put(.resourceSignature, resourceSignature)
        try members.put(.isAuditEnabled, isAuditEnabled)
        try members.put(.resources, resources)
        try members.put(.additionalResources, additionalResources)
        try members.put(.conditions, conditions)
        try members.put(.policyItems, policyItems)
        try members.put(.denyPolicyItems, denyPolicyItems)
        try members.put(.allowExceptions, allowExceptions)
        try members.put(.denyExceptions, denyExceptions)
        try members.put(.dataMaskPolicyItems, dataMaskPolicyItems)
        try members.put(.rowFilterPolicyItems, rowFilterPolicyItems)
        try members.put(.serviceType, serviceType)
        try members.put(.options, options)
        try members.put(.validitySchedules, validitySchedules)
        try members.put(.policyLabels, policyLabels)
        try members.put(.zoneName, zoneName)
        try members.put(.isDenyAllElse, isDenyAllElse)
    }
}

/// What a policy decides.
package enum PolicyType: Int, Hashable, Sendable, Codable, CaseIterable {
    /// Who may do what.
    case access = 0
    /// Who sees which mask.
    case dataMask = 1
    /// Who sees which rows.
    case rowFilter = 2
}
