/// The members of a record of governed sharing.
protocol SharedMembers: Decodable {
    var base: SharedBase { get }
    var name: String { get }
    var part: SharedRecord.Part { get }
}

/// What all records of governed sharing have.
struct SharedBase {
    let id: Int64?
    let isEnabled: Bool

    /// Reads them and makes sure of the types of those that are only kept.
    init(_ members: MemberReader) throws {
        let key = { (name: String) in MemberName(name) }
        id = try members.optional(key("id"))
        isEnabled = try members.flag(key("isEnabled"), default: true)
        for text in ["guid", "createdBy", "updatedBy", "description", "additionalInfo"] {
            _ = try members.optional(key(text), String.self)
        }
        for time in ["createTime", "updateTime"] { _ = try members.optional(key(time), RangerTime.self) }
        _ = try members.optional(key("version"), Int64.self)
        _ = try members.options(key("options"))
    }
}

/// Who may do what with a record itself; kept, for those who administer shares.
struct SharedRights: Decodable {
    private enum Name: String, CodingKey, CaseIterable { case users, groups, roles }
    private enum Right: String, Decodable {
        case none = "NONE"
        case list = "LIST"
        case view = "VIEW"
        case audit = "AUDIT"
        case policyAdmin = "POLICY_ADMIN"
        case admin = "ADMIN"
    }

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        for name in Name.allCases { _ = try members.optional(name, [String: Right].self) }
    }
}

struct DatasetMembers: SharedMembers {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version, description, options
        case additionalInfo
        case name, acl, termsOfUse, keywords, labels, validitySchedule
    }

    let base: SharedBase
    let name: String
    let part: SharedRecord.Part

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        base = try SharedBase(members)
        name = try members.value(Name.name, default: "")
        _ = try members.optional(Name.acl, SharedRights.self)
        _ = try members.optional(Name.termsOfUse, String.self)
        _ = try members.list(Name.keywords, String.self)
        _ = try members.list(Name.labels, String.self)
        var collection = SharingDownload.Collection()
        collection.id = base.id ?? -1
        collection.name = name
        collection.validitySchedule = try members.optional(Name.validitySchedule)
        part = .collection(collection)
    }
}

struct ProjectMembers: SharedMembers {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version, description, options
        case additionalInfo
        case name, acl, termsOfUse, validitySchedule
    }

    let base: SharedBase
    let name: String
    let part: SharedRecord.Part

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        base = try SharedBase(members)
        name = try members.value(Name.name, default: "")
        _ = try members.optional(Name.acl, SharedRights.self)
        _ = try members.optional(Name.termsOfUse, String.self)
        var collection = SharingDownload.Collection()
        collection.id = base.id ?? -1
        collection.name = name
        collection.validitySchedule = try members.optional(Name.validitySchedule)
        part = .collection(collection)
    }
}

struct DataShareMembers: SharedMembers {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version, description, options
        case additionalInfo
        case name, acl, service, zone, conditionExpr, defaultAccessTypes, defaultTagMasks, termsOfUse
    }

    let base: SharedBase
    let name: String
    let part: SharedRecord.Part

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        base = try SharedBase(members)
        name = try members.value(Name.name, default: "")
        _ = try members.optional(Name.acl, SharedRights.self)
        _ = try members.optional(Name.termsOfUse, String.self)
        var share = SharingDownload.DataShare()
        share.id = base.id ?? -1
        share.name = name
        share.zoneName = try members.value(Name.zone, default: "")
        share.condition = try members.value(Name.conditionExpr, default: "")
        share.accessTypes = try members.list(Name.defaultAccessTypes)
        share.tagMasks = try members.list(Name.defaultTagMasks)
        part = .dataShare(share, service: try members.value(Name.service, default: ""))
    }
}

struct SharedResourceMembers: SharedMembers {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version, description, options
        case additionalInfo
        case name, dataShareId, resource, subResource, subResourceType, conditionExpr, accessTypes, rowFilter
        case subResourceMasks, profiles
    }

    let base: SharedBase
    let name: String
    let part: SharedRecord.Part

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        base = try SharedBase(members)
        name = try members.value(Name.name, default: "")
        _ = try members.list(Name.profiles, String.self)
        var resource = SharingDownload.Resource()
        resource.id = base.id ?? -1
        resource.name = name
        resource.dataShareId = try members.value(Name.dataShareId, default: -1)
        resource.resource = try members.value(Name.resource, default: [:])
        resource.subResource = try members.optional(Name.subResource)
        resource.subResourceType = try members.value(Name.subResourceType, default: "")
        resource.condition = try members.value(Name.conditionExpr, default: "")
        resource.accessTypes = try members.list(Name.accessTypes)
        resource.rowFilter = try members.optional(Name.rowFilter, RowFilterInfo.self)?.filterExpr ?? ""
        resource.masks = try members.list(Name.subResourceMasks)
        part = .resource(resource)
    }
}

struct ShareLinkMembers: SharedMembers {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version, description, options
        case additionalInfo
        case dataShareId, datasetId, status, validitySchedule, profiles, approver
    }

    let base: SharedBase
    let name = ""
    let part: SharedRecord.Part

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        base = try SharedBase(members)
        _ = try members.list(Name.profiles, String.self)
        _ = try members.optional(Name.approver, String.self)
        var link = SharingDownload.Link()
        link.inner = try members.value(Name.dataShareId, default: -1)
        link.outer = try members.value(Name.datasetId, default: -1)
        link.status = try members.value(Name.status, default: "NONE")
        link.validitySchedule = try members.optional(Name.validitySchedule)
        part = .link(link)
    }
}

struct DatasetLinkMembers: SharedMembers {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, isEnabled, createdBy, updatedBy, createTime, updateTime, version, description, options
        case additionalInfo
        case datasetId, projectId, status, validitySchedule, profiles, approver
    }

    let base: SharedBase
    let name = ""
    let part: SharedRecord.Part

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        base = try SharedBase(members)
        _ = try members.list(Name.profiles, String.self)
        _ = try members.optional(Name.approver, String.self)
        var link = SharingDownload.Link()
        link.inner = try members.value(Name.datasetId, default: -1)
        link.outer = try members.value(Name.projectId, default: -1)
        link.status = try members.value(Name.status, default: "NONE")
        link.validitySchedule = try members.optional(Name.validitySchedule)
        part = .link(link)
    }
}
