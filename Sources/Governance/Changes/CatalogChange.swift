package import CatalogModel
package import PolicyEngine

/// One change of the catalog's records: the new body of one thing, or that it is gone.
///
/// What the change log keeps, what stores write and what snapshots apply.
package enum CatalogChange: Sendable {
    /// A tag type is new or changed.
    case putTagType(TagType)
    /// An entity type is new or changed.
    case putEntityType(EntityType)
    /// An entity is new or changed.
    case putEntity(Entity)
    /// An entity is gone, and its tags with it.
    case deleteEntity(EntityID)
    /// An entity has a tag, or the tag's attributes changed.
    case setTag(EntityID, Tag)
    /// An entity lost a tag.
    case removeTag(EntityID, TagName)
    /// A user is new or changed.
    case putUser(User)
    /// A user is gone.
    case deleteUser(UserName)
    /// A group is new or changed.
    case putGroup(Group)
    /// A role is new or changed.
    case putRole(Role)
    /// A source is new or changed.
    case putSource(SourceDefinition)
    /// A source is gone; its tables go by changes of their own.
    case deleteSource(SourceName)
    /// A Ranger service is new or changed, definition included.
    case putService(PolicyService)
    /// A policy is new or changed.
    case putPolicy(Policy)
    /// A policy is gone.
    case deletePolicy(Int64)

    /// The kind of thing, as the change log names it.
    package var kind: ChangeKind {
        switch self {
        case .putTagType: .tagType
        case .putEntityType: .entityType
        case .putEntity, .deleteEntity: .entity
        case .setTag, .removeTag: .tag
        case .putUser, .deleteUser: .user
        case .putGroup: .group
        case .putRole: .role
        case .putSource, .deleteSource: .source
        case .putService: .service
        case .putPolicy, .deletePolicy: .policy
        }
    }

    /// The identity of the thing within its kind.
    package var id: String {
        switch self {
        case .putTagType(let type): type.name.text
        case .putEntityType(let type): type.name
        case .putEntity(let entity): entity.id.text
        case .deleteEntity(let id): id.text
        case .setTag(let id, let tag): "\(id)/\(tag.name)"
        case .removeTag(let id, let name): "\(id)/\(name)"
        case .putUser(let user): user.name.text
        case .deleteUser(let name): name.text
        case .putGroup(let group): group.name.text
        case .putRole(let role): role.name.text
        case .putSource(let source): source.name.text
        case .deleteSource(let name): name.text
        case .putService(let service): service.name.text
        case .putPolicy(let policy): String(policy.id ?? -1)
        case .deletePolicy(let id): String(id)
        }
    }

    /// Whether the thing is gone.
    package var isDeletion: Bool {
        switch self {
        case .deleteEntity, .removeTag, .deleteUser, .deleteSource, .deletePolicy: true
        case .putTagType, .putEntityType, .putEntity, .setTag, .putUser, .putGroup, .putRole, .putSource,
            .putService, .putPolicy:
            false
        }
    }
}

/// The kinds of thing that the change log knows; the raw values are what stores write.
package enum ChangeKind: String, Sendable, CaseIterable, Codable {
    /// See ``CatalogChange``.
    case tagType, entityType, entity, tag, user, group, role, source, service, policy
}

/// A row of the change log.
package struct ChangeRecord: Sendable {
    /// The version that the change made; ascending without gaps in time, one for each change.
    package let version: Int64
    /// When it was committed, by the writer's clock.
    package let time: Instant
    /// Who made it.
    package let actor: UserName
    /// The change.
    package let change: CatalogChange

    /// A row.
    package init(version: Int64, time: Instant, actor: UserName, change: CatalogChange) {
        self.version = version
        self.time = time
        self.actor = actor
        self.change = change
    }
}
