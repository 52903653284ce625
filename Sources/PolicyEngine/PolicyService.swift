package import CatalogModel

/// A service whose policies are compiled: its name, what can be governed in it, and its tag service.
package struct PolicyService: Hashable, Sendable {
    /// The name that policies use.
    package let name: ServiceName
    /// Its resources, accesses, masks.
    package let definition: ServiceDefinition
    /// The service of the tag policies that count here too; nil for none.
    package let tagService: ServiceName?

    /// A service.
    package init(name: ServiceName, definition: ServiceDefinition, tagService: ServiceName? = nil) {
        self.name = name
        self.definition = definition
        self.tagService = tagService
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

extension PolicyService: Codable {}
