/// What Ranger hands an engine: the policies of one service, its definition, and those of its tag service.
package struct PolicyDownload: Hashable, Sendable {
    /// The service.
    package var serviceName = ""
    /// Its number.
    package var serviceId: Int64?
    /// Counts changes.
    package var policyVersion: Int64?
    /// When, in epoch milliseconds.
    package var policyUpdateTime: Int64?
    /// The policies outside of zones; nil when only changes are sent.
    package var policies: [Policy]?
    /// What can be governed.
    package var serviceDefinition: ServiceDefinition?
    /// `audit-all`, `audit-none`, `audit-default`; empty for the last.
    package var auditMode = ""
    /// The tag service's policies.
    package var tagPolicies: TagPolicies?
    /// The security zones by name.
    package var securityZones: [String: ZonePolicies] = [:]
    /// Changes; empty when the policies themselves are sent.
    package var policyDeltas: [PolicyDelta] = []
    /// Settings such as `ranger.plugin.super.users`.
    package var serviceConfig: [String: String] = [:]

    /// Empty; members are set one by one.
    package init() {}
}

extension PolicyDownload: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case serviceName, serviceId, policyVersion, policyUpdateTime, policies, serviceDef, auditMode,
            tagPolicies
        case securityZones, policyDeltas, serviceConfig
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        serviceName = try members.value(Name.serviceName, default: "")
        serviceId = try members.optional(Name.serviceId)
        policyVersion = try members.optional(Name.policyVersion)
        policyUpdateTime = try members.optional(Name.policyUpdateTime, RangerTime.self)?.milliseconds
        policies = try members.optional(Name.policies)
        serviceDefinition = try members.optional(Name.serviceDef)
        auditMode = try members.value(Name.auditMode, default: "")
        tagPolicies = try members.optional(Name.tagPolicies)
        securityZones = try members.value(Name.securityZones, default: [:])
        policyDeltas = try members.list(Name.policyDeltas)
        serviceConfig = try members.options(Name.serviceConfig)
    }
}

/// The policies of a tag service.
package struct TagPolicies: Hashable, Sendable {
    /// The tag service.
    package var serviceName = ""
    /// Its number.
    package var serviceId: Int64?
    /// Counts changes.
    package var policyVersion: Int64?
    /// When, in epoch milliseconds.
    package var policyUpdateTime: Int64?
    /// The policies.
    package var policies: [Policy] = []
    /// What can be governed: tags.
    package var serviceDefinition: ServiceDefinition?
    /// `audit-all`, `audit-none`, `audit-default`.
    package var auditMode = ""
    /// Settings such as `ranger.plugin.audit.filters`.
    package var serviceConfig: [String: String] = [:]

    /// Empty; members are set one by one.
    package init() {}
}

extension TagPolicies: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case serviceName, serviceId, policyVersion, policyUpdateTime, policies, tagPolicies, serviceDef,
            auditMode
        case serviceConfig
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        serviceName = try members.value(Name.serviceName, default: "")
        serviceId = try members.optional(Name.serviceId)
        policyVersion = try members.optional(Name.policyVersion)
        policyUpdateTime = try members.optional(Name.policyUpdateTime, RangerTime.self)?.milliseconds
        policies = try members.list(Name.policies) + members.list(Name.tagPolicies)
        serviceDefinition = try members.optional(Name.serviceDef)
        auditMode = try members.value(Name.auditMode, default: "")
        serviceConfig = try members.options(Name.serviceConfig)
    }
}

/// A security zone as one service sees it.
package struct ZonePolicies: Hashable, Sendable {
    /// The zone.
    package var zoneName = ""
    /// The resources in it, each a combination of levels and values.
    package var resources: [[String: [String]]] = []
    /// Its policies.
    package var policies: [Policy] = []
    /// Changes; empty when the policies themselves are sent.
    package var policyDeltas: [PolicyDelta] = []
    /// Whether tag policies of the zone count, rather than those of no zone.
    package var containsAssociatedTagService = false

    /// Empty; members are set one by one.
    package init() {}
}

extension ZonePolicies: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case zoneName, resources, policies, policyDeltas, containsAssociatedTagService
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        zoneName = try members.value(Name.zoneName, default: "")
        resources = try members.list(Name.resources)
        policies = try members.list(Name.policies)
        policyDeltas = try members.list(Name.policyDeltas)
        containsAssociatedTagService = try members.flag(Name.containsAssociatedTagService, default: false)
    }
}

/// A change of one policy.
package struct PolicyDelta: Hashable, Sendable {
    /// Its number.
    package var id: Int64?
    /// 0 created, 1 updated, 2 deleted; others ask for everything anew.
    package var changeType: Int = 0
    /// The version that it leads to.
    package var policiesVersion: Int64?
    /// The policy; of a deleted one only id and kinds.
    package var policy: Policy?

    /// Empty; members are set one by one.
    package init() {}
}

extension PolicyDelta: Decodable {
    private enum Name: String, CodingKey, CaseIterable { case id, changeType, policiesVersion, policy }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.optional(Name.id)
        changeType = try members.value(Name.changeType, default: 0)
        policiesVersion = try members.optional(Name.policiesVersion)
        policy = try members.optional(Name.policy)
    }
}
