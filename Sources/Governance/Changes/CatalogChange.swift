package import Catalog
package import CatalogModel
package import PolicyEngine

/// One change of the catalog's records: the new body of one thing, or that it is gone.
///
/// What the change log keeps, what stores write and what snapshots apply.
package enum CatalogChange: Sendable {
    /// A type, a tag, or a pack of entities and relationships is new, changed or gone.
    case graph(GraphChange)
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
    /// A security zone is new or changed.
    case putZone(SecurityZone)
    /// A security zone is gone.
    case deleteZone(String)
    /// A record of governed sharing is new or changed.
    case putShared(SharedRecord)
    /// A record of governed sharing is gone.
    case deleteShared(SharedRecord.Key)

    /// A tag type is new or changed.
    package static func putTagType(_ type: TypeDefinition) -> CatalogChange { .graph(.putType(type)) }

    /// An entity has a tag, or the tag changed.
    package static func setTag(_ id: EntityID, _ tag: Tag) -> CatalogChange { .graph(.setTag(id, tag)) }

    /// The kind of thing, as the change log names it.
    package var kind: ChangeKind {
        switch self {
        case .graph(let change): change.kind
        case .putUser, .deleteUser: .user
        case .putGroup: .group
        case .putRole: .role
        case .putSource, .deleteSource: .source
        case .putService: .service
        case .putPolicy, .deletePolicy: .policy
        case .putZone, .deleteZone: .zone
        case .putShared, .deleteShared: .shared
        }
    }

    /// The identity of the thing within its kind.
    package var id: String {
        switch self {
        case .graph(let change): change.id
        case .putUser(let user): user.name.text
        case .deleteUser(let name): name.text
        case .putGroup(let group): group.name.text
        case .putRole(let role): role.name.text
        case .putSource(let source): source.name.text
        case .deleteSource(let name): name.text
        case .putService(let service): service.name.text
        case .putPolicy(let policy): String(policy.id ?? -1)
        case .deletePolicy(let id): String(id)
        case .putZone(let zone): zone.name
        case .deleteZone(let name): name
        case .putShared(let record): record.key.text
        case .deleteShared(let key): key.text
        }
    }
}

extension GraphChange {
    fileprivate var kind: ChangeKind {
        switch self {
        case .putType, .removeType: .type
        case .pack, .load: .pack
        case .setTag, .removeTag: .tag
        }
    }

    fileprivate var id: String {
        switch self {
        case .putType(let type): type.name
        case .removeType(let name): name
        case .pack(let change): String(change.pack.serial)
        case .load(_, let lastSerial): String(lastSerial)
        case .setTag(let id, let tag): "\(id)/\(tag.name)"
        case .removeTag(let id, let name): "\(id)/\(name)"
        }
    }
}

extension TypeDefinition {
    /// The definition of a tag type.
    package init(_ type: TagType) {
        self.init(
            tag: type.name,
            superTypes: type.superTypes,
            attributes: type.attributes,
            summary: type.summary
        )
    }
}

extension CatalogChange {
    /// A tag type is new or changed.
    package static func putTagType(_ type: TagType) -> CatalogChange { .putTagType(TypeDefinition(type)) }
}

/// The kinds of thing that the change log knows; the raw values are what stores write.
package enum ChangeKind: String, Sendable, CaseIterable, Codable {
    /// See ``CatalogChange``.
    case type, pack, tag, user, group, role, source, service, policy, zone, shared
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

/// What happened to an entity in one change.
package struct EntityHistory: Sendable {
    /// The version that the change made.
    package let version: Int64
    /// When.
    package let time: Instant
    /// Who.
    package let actor: UserName
    /// What; in the order it happened.
    package let events: [EntityEvent]
    /// The entity as it was then; nil when it wasn't written, or is gone.
    package let entity: Entity?

    /// A change's part in the history of an entity.
    package init(version: Int64, time: Instant, actor: UserName, events: [EntityEvent], entity: Entity?) {
        self.version = version
        self.time = time
        self.actor = actor
        self.events = events
        self.entity = entity
    }
}

extension CatalogChange {
    /// The change as policies see it; nil for one of anything else.
    var policyChange: PolicyChange? {
        switch self {
        case .putPolicy(let policy): .put(policy)
        case .deletePolicy(let id): .delete(id)
        case .graph, .putUser, .deleteUser, .putGroup, .putRole, .putSource, .deleteSource, .putService,
            .putZone, .deleteZone, .putShared, .deleteShared:
            nil
        }
    }
}
