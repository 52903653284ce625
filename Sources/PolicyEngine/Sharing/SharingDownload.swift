/// Shares as Ranger hands them out: datasets and projects, the data shares in them, the resources in those.
package struct SharingDownload: Hashable, Sendable {
    /// Resources under a name and condition, of one zone.
    package struct DataShare: Hashable, Sendable {
        /// Its number.
        package var id: Int64 = -1
        /// Its name.
        package var name = ""
        /// Its zone; empty for none.
        package var zoneName = ""
        /// Must hold; empty for always.
        package var condition = ""
        /// What its resources allow when they don't say.
        package var accessTypes: [String] = []
        /// Masks by tag; Ranger's engine doesn't carry them out.
        package var tagMasks: [Mask] = []
    }

    /// A resource in a data share.
    package struct Resource: Hashable, Sendable {
        /// Its number.
        package var id: Int64 = -1
        /// Its name; empty for none.
        package var name = ""
        /// Its data share.
        package var dataShareId: Int64 = -1
        /// Its levels and values.
        package var resource: [String: PolicyResource] = [:]
        /// The level below, such as `column`; empty for none.
        package var subResourceType = ""
        /// The values there.
        package var subResource: PolicyResource?
        /// Must hold; empty for always.
        package var condition = ""
        /// What it allows; empty for the share's.
        package var accessTypes: [String] = []
        /// Which rows; empty for all.
        package var rowFilter = ""
        /// Masks of values of the level below.
        package var masks: [Mask] = []
    }

    /// A mask of some values of the level below a shared resource.
    package struct Mask: Hashable, Sendable {
        /// The values, with wildcards.
        package var values: [String] = []
        /// The mask.
        package var mask: DataMaskInfo?
    }

    /// A dataset or project: who may use it.
    package struct Collection: Hashable, Sendable {
        /// Its number.
        package var id: Int64 = -1
        /// Its name.
        package var name = ""
        /// When it counts; nil for always.
        package var validitySchedule: ValiditySchedule?
        /// Who may do what.
        package var policies: [Policy] = []
    }

    /// That a data share is in a dataset, or a dataset in a project.
    package struct Link: Hashable, Sendable {
        /// The data share or dataset.
        package var inner: Int64 = -1
        /// The dataset or project.
        package var outer: Int64 = -1
        /// `ACTIVE` counts.
        package var status = ""
        /// When it counts; nil for always.
        package var validitySchedule: ValiditySchedule?
    }

    /// The service whose resources are shared.
    package var serviceName = ""
    /// Counts changes.
    package var version: Int64?
    /// The data shares.
    package var dataShares: [DataShare] = []
    /// Their resources.
    package var resources: [Resource] = []
    /// The datasets.
    package var datasets: [Collection] = []
    /// The projects.
    package var projects: [Collection] = []
    /// Which data share is in which dataset.
    package var sharesInDatasets: [Link] = []
    /// Which dataset is in which project.
    package var datasetsInProjects: [Link] = []
    /// How their policies are written; nil for Ranger's own definition.
    package var definition: ServiceDefinition?

    /// Empty; members are set one by one.
    package init() {}
}

extension SharingDownload: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case serviceName, dataShares, resources, datasets, projects, dshids, dips, isDelta, deltaLogs
        case gdsServiceDef, gdsLastUpdateTime, gdsVersion
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        serviceName = try members.value(Name.serviceName, default: "")
        version = try members.optional(Name.gdsVersion)
        dataShares = try members.list(Name.dataShares)
        resources = try members.list(Name.resources)
        datasets = try members.list(Name.datasets)
        projects = try members.list(Name.projects)
        sharesInDatasets = try members.list(Name.dshids)
        datasetsInProjects = try members.list(Name.dips)
        definition = try members.optional(Name.gdsServiceDef)
    }
}

extension SharingDownload.DataShare: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case id, name, zoneName, conditionExpr, defaultAccessTypes, defaultTagMasks
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.value(Name.id, default: -1)
        name = try members.value(Name.name, default: "")
        zoneName = try members.value(Name.zoneName, default: "")
        condition = try members.value(Name.conditionExpr, default: "")
        accessTypes = try members.list(Name.defaultAccessTypes)
        tagMasks = try members.list(Name.defaultTagMasks)
    }
}

extension SharingDownload.Resource: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case id, name, dataShareId, resource, subResource, subResourceType, conditionExpr, accessTypes,
            rowFilter
        case subResourceMasks, profiles
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.value(Name.id, default: -1)
        name = try members.value(Name.name, default: "")
        dataShareId = try members.value(Name.dataShareId, default: -1)
        resource = try members.value(Name.resource, default: [:])
        subResource = try members.optional(Name.subResource)
        subResourceType = try members.value(Name.subResourceType, default: "")
        condition = try members.value(Name.conditionExpr, default: "")
        accessTypes = try members.list(Name.accessTypes)
        rowFilter = try members.optional(Name.rowFilter, RowFilterInfo.self)?.filterExpr ?? ""
        masks = try members.list(Name.subResourceMasks)
    }
}

extension SharingDownload.Mask: Decodable {
    private enum Name: String, CodingKey, CaseIterable { case values, maskInfo }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        values = try members.list(Name.values)
        mask = try members.optional(Name.maskInfo)
    }
}

extension SharingDownload.Collection: Decodable {
    private enum Name: String, CodingKey, CaseIterable { case id, name, validitySchedule, policies }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.value(Name.id, default: -1)
        name = try members.value(Name.name, default: "")
        validitySchedule = try members.optional(Name.validitySchedule)
        policies = try members.list(Name.policies)
    }
}

extension SharingDownload.Link: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case dataShareId, datasetId, projectId, status, validitySchedule, profiles
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        let share: Int64? = try members.optional(Name.dataShareId)
        let dataset: Int64? = try members.optional(Name.datasetId)
        let project: Int64? = try members.optional(Name.projectId)
        inner = share ?? dataset ?? -1
        outer = project ?? dataset ?? -1
        status = try members.value(Name.status, default: "")
        validitySchedule = try members.optional(Name.validitySchedule)
    }
}
