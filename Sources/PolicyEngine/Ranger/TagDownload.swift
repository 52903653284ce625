/// What Ranger hands an engine of tags: tags, resources, and which resource has which.
package struct TagDownload: Hashable, Sendable {
    /// The service whose resources are tagged.
    package var serviceName = ""
    /// Counts changes.
    package var tagVersion: Int64?
    /// The tags by number.
    package var tags: [String: TagRecord] = [:]
    /// The resources.
    package var resources: [TaggedResource] = []
    /// Numbers of tags by number of resource.
    package var tagsOfResource: [String: [Int64]] = [:]

    /// Empty; members are set one by one.
    package init() {}
}

extension TagDownload: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case op, tagModel, serviceName, tagVersion, tagUpdateTime, tagDefinitions, tags, serviceResources
        case resourceToTagIds, isDelta, tagsChangeExtent, isTagsDeduped, cachedTags
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        serviceName = try members.value(Name.serviceName, default: "")
        tagVersion = try members.optional(Name.tagVersion)
        tags = try members.value(Name.tags, default: [:])
        resources = try members.list(Name.serviceResources)
        tagsOfResource = try members.value(Name.resourceToTagIds, default: [String: [OptionText]]())
            .mapValues { $0.compactMap { $0.text.flatMap { Int64($0) } } }
    }
}

/// A tag as Ranger records it.
package struct TagRecord: Hashable, Sendable {
    /// Its number.
    package var id: Int64?
    /// Its type.
    package var type = ""
    /// Its attributes.
    package var attributes: [String: String] = [:]
    /// Its switches.
    package var options: [String: String] = [:]
    /// When it counts; empty for always.
    package var validityPeriods: [ValiditySchedule] = []
    /// Where it was set, in requests that bring their tags along.
    package var matchType: String?

    /// Empty; members are set one by one.
    package init() {}

    /// As it lies on a resource.
    package func attached(_ match: TagMatch) -> AttachedTag {
        AttachedTag(
            type: type,
            attributes: attributes,
            validityPeriods: validityPeriods,
            match: match,
            options: options
        )
    }
}

extension TagRecord: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, type, owner, attributes, options, validityPeriods, matchType, isEnabled, createdBy,
            updatedBy
        case createTime, updateTime, version
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.optional(Name.id)
        type = try members.value(Name.type, default: "")
        attributes = try members.options(Name.attributes)
        options = try members.options(Name.options)
        validityPeriods = try members.list(Name.validityPeriods)
        matchType = try members.optional(Name.matchType)
    }
}

/// A resource that has tags.
package struct TaggedResource: Hashable, Sendable {
    /// Its number.
    package var id: Int64?
    /// Its levels and values.
    package var elements: [String: PolicyResource] = [:]
    /// Its owner.
    package var owner: String?

    /// Empty; members are set one by one.
    package init() {}
}

extension TaggedResource: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, serviceName, resourceElements, resourceSpec, ownerUser, resourceSignature,
            additionalInfo
        case isEnabled, createdBy, updatedBy, createTime, updateTime, version
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        id = try members.optional(Name.id)
        elements =
            try members.optional(Name.resourceElements) ?? members.value(Name.resourceSpec, default: [:])
        owner = try members.optional(Name.ownerUser)
    }
}

/// Roles as Ranger hands them out.
package struct RoleDownload: Hashable, Sendable {
    /// Counts changes.
    package var version: Int64?
    /// The roles.
    package var roles: [RoleRecord] = []

    /// Empty; members are set one by one.
    package init() {}
}

extension RoleDownload: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case serviceName, roleVersion, roleUpdateTime, rangerRoles
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        version = try members.optional(Name.roleVersion)
        roles = try members.list(Name.rangerRoles)
    }
}

/// A role and its members, some of whom may pass it on.
package struct RoleRecord: Hashable, Sendable {
    /// Its name.
    package var name = ""
    /// Users who hold it.
    package var users: [String] = []
    /// Groups whose members hold it.
    package var groups: [String] = []
    /// Roles whose holders hold it.
    package var roles: [String] = []

    /// Empty; members are set one by one.
    package init() {}
}

extension RoleRecord: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case id, guid, name, description, options, users, groups, roles, createdByUser, isEnabled, createdBy
        case updatedBy, createTime, updateTime, version
    }

    private struct Member: Decodable {
        private enum Name: String, CodingKey, CaseIterable { case name, isAdmin }
        let name: String

        init(from decoder: any Decoder) throws {
            name = try MemberReader(decoder, names: Name.self).value(Name.name, default: "")
        }
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        name = try members.value(Name.name, default: "")
        users = try members.list(Name.users, Member.self).map(\.name)
        groups = try members.list(Name.groups, Member.self).map(\.name)
        roles = try members.list(Name.roles, Member.self).map(\.name)
    }
}

extension UserStore: Decodable {
    private enum Name: String, CodingKey, CaseIterable {
        case serviceName, userStoreVersion, userStoreUpdateTime, userAttrMapping, groupAttrMapping,
            userGroupMapping
        case userCloudIdMapping, groupCloudIdMapping
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        let attributes = { (name: Name) throws in
            try members.value(name, default: [String: [String: OptionText]?]())
                .mapValues { ($0 ?? [:]).compactMapValues(\.text) }
        }
        self.init(users: try attributes(.userAttrMapping), groups: try attributes(.groupAttrMapping))
    }
}
