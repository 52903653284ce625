/// A part of the data with policies of its own, administered by people of its own, in Ranger's JSON.
///
/// For what lies in it only its policies count.
/// - Source: Ranger's `RangerSecurityZone`.
package struct SecurityZone: KeptRecord {
    /// Users, groups and roles.
    package struct People: Hashable, Sendable {
        /// Users.
        package var users: [String] = []
        /// Groups whose members are meant.
        package var groups: [String] = []
        /// Roles whose holders are.
        package var roles: [String] = []
    }

    /// The number; nil before it was published.
    package let id: Int64?
    /// Counts changes; nil before it was published.
    package let version: Int64?
    /// The name, which policies give as their `zoneName`.
    package let name: String
    /// By service: the resources in the zone, each a combination of levels and values.
    package let services: [String: [[String: [String]]]]
    /// The tag services whose policies of this zone count in it, rather than those of no zone.
    package let tagServices: [String]
    /// Who may publish its policies.
    package let admins: People
    /// Who may look at them.
    package let auditors: People
    /// The whole record.
    package let document: JSONNode

    /// What one is called.
    package static let kind = "zone"
    /// Where lists have them.
    package static let listName = "securityZones"

    /// Reads Ranger's members; unknown ones are refused.
    package init(document: JSONNode) throws {
        let members = try JSONNodeDecoder.decode(ZoneMembers.self, from: document, isStrict: true)
        self.document = document
        id = members.id
        version = members.version
        name = members.name
        services = members.services
        tagServices = members.tagServices
        admins = members.admins
        auditors = members.auditors
    }

    /// The zone with a number and a version, as published.
    ///
    /// - Throws: never for a record that was read.
    package func numbered(_ id: Int64, version: Int64, guid: String) throws -> SecurityZone {
        try setting(["id": .integer(id), "version": .integer(version), "guid": .string(guid)])
    }

    /// The guid; empty before it was published.
    package var guid: String { document["guid"]?.text ?? "" }
}

/// The members of a zone.
private struct ZoneMembers: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version, name, description
        case services, tagServices
        case adminUsers, adminUserGroups, adminRoles, auditUsers, auditUserGroups, auditRoles
    }

    let id: Int64?
    let version: Int64?
    let name: String
    let services: [String: [[String: [String]]]]
    let tagServices: [String]
    let admins: SecurityZone.People
    let auditors: SecurityZone.People

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.optional(Name.id)
        version = try members.optional(Name.version)
        name = try members.value(Name.name, default: "")
        for text in [Name.guid, .createdBy, .updatedBy, .description] {
            _ = try members.optional(text, String.self)
        }
        for time in [Name.createTime, .updateTime] { _ = try members.optional(time, RangerTime.self) }
        _ = try members.optional(Name.isEnabled, Bool.self)
        services = try members.value(Name.services, default: [String: ZoneService]())
            .mapValues(\.resources)
        tagServices = try members.list(Name.tagServices)
        admins = SecurityZone.People(
            users: try members.list(Name.adminUsers),
            groups: try members.list(Name.adminUserGroups),
            roles: try members.list(Name.adminRoles)
        )
        auditors = SecurityZone.People(
            users: try members.list(Name.auditUsers),
            groups: try members.list(Name.auditUserGroups),
            roles: try members.list(Name.auditRoles)
        )
    }
}

/// What of one service lies in a zone.
private struct ZoneService: Decodable {
    private enum Name: String, CodingKey, CaseIterable { case resources, resourcesBaseInfo }
    /// Who wrote a resource down, and when; kept in the document.
    private struct Writing: Decodable {
        private enum Name: String, CodingKey, CaseIterable {
            case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version
        }

        init(from decoder: any Decoder) throws { _ = try MemberReader(decoder, names: Name.self) }
    }

    let resources: [[String: [String]]]

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        resources = try members.list(Name.resources)
        _ = try members.list(Name.resourcesBaseInfo, Writing.self)
    }
}
