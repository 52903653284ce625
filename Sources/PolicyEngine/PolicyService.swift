package import CatalogModel

/// A service whose policies are compiled: its name, what can be governed in it, and its tag service.
package struct PolicyService: Hashable, Sendable {
    /// The name that policies use.
    package let name: ServiceName
    /// Its resources, accesses, masks.
    package let definition: ServiceDefinition
    /// The service of the tag policies that count here too; nil for none.
    package let tagService: ServiceName?
    /// Settings of Ranger's that mean something here, such as `ranger.plugin.super.users`; empty for none.
    package let settings: [String: String]

    /// A service.
    package init(
        name: ServiceName,
        definition: ServiceDefinition,
        tagService: ServiceName? = nil,
        settings: [String: String] = [:]
    ) {
        self.name = name
        self.definition = definition
        self.tagService = tagService
        self.settings = settings
    }

    /// The service with other settings.
    package func setting(_ settings: [String: String]) -> PolicyService {
        PolicyService(name: name, definition: definition, tagService: tagService, settings: settings)
    }
}

/// What a person wants to read: columns of one table, with the tags in force on them.
package struct ReadRequest: Sendable {
    /// Who asks.
    package var subject: Subject
    /// The service whose policies govern the table.
    package var service: ServiceName
    /// The table.
    package var table: TableName
    /// Whom `{OWNER}` means; nil for nobody.
    package var owner: UserName?
    /// The columns.
    package var columns: [ColumnName]
    /// The tags of the table.
    package var tableTags: [EffectiveTag]
    /// The tags of each column, parallel to `columns`.
    package var columnTags: [[EffectiveTag]]
    /// The access type; nil for the one that reading is in the service's definition.
    package var accessType: String?
    /// What the rows are wanted for; nil when the caller doesn't say.
    package var purpose: String?
    /// The moment that validity periods are compared with.
    package var now: Instant
    /// The version of catalog and policies that the decision carries; nil for the policies' own.
    package var version: Int64?

    /// A request; without tags for a column when `columnTags` is empty.
    package init(
        subject: Subject,
        service: ServiceName,
        table: TableName,
        owner: UserName? = nil,
        columns: [ColumnName],
        tableTags: [EffectiveTag] = [],
        columnTags: [[EffectiveTag]] = [],
        accessType: String? = nil,
        purpose: String? = nil,
        now: Instant,
        version: Int64? = nil
    ) {
        self.subject = subject
        self.service = service
        self.table = table
        self.owner = owner
        self.columns = columns
        self.tableTags = tableTags
        self.columnTags = columnTags.isEmpty ? columns.map { _ in [] } : columnTags
        self.accessType = accessType
        self.purpose = purpose
        self.now = now
        self.version = version
    }
}

extension PolicyService: Codable {
    private enum Name: String, CodingKey { case name, definition, tagService, settings }

    /// Reads what ``encode(to:)`` writes; settings may be missing.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Name.self)
        name = try members.decode(ServiceName.self, forKey: .name)
        definition = try members.decode(ServiceDefinition.self, forKey: .definition)
        tagService = try members.decodeIfPresent(ServiceName.self, forKey: .tagService)
        settings = try members.decodeIfPresent([String: String].self, forKey: .settings) ?? [:]
    }

    /// Writes all members but empty settings.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Name.self)
        try members.encode(name, forKey: .name)
        try members.encode(definition, forKey: .definition)
        try members.encodeIfPresent(tagService, forKey: .tagService)
        if !settings.isEmpty { try members.encode(settings, forKey: .settings) }
    }
}
