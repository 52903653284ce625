import CatalogModel

/// What of an entity counts when somebody's rights to it are looked at.
package struct EntityFacts: Sendable {
    /// Its type and the types above it.
    package let types: [String]
    /// Its qualified name, or its identity when it has none.
    package let name: String
    /// Its owner; empty when it has none.
    package let owner: String
    /// For each tag on it, the tag's type and the types above that.
    package let tags: [[String]]

    /// Facts of an entity that needn't be in the catalog yet.
    package init(types: [String], name: String, owner: String, tags: [[String]]) {
        self.types = types
        self.name = name
        self.owner = owner
        self.tags = tags
    }
}

/// What somebody may want to do with the catalog; the raw values are Atlas's privileges.
package enum CatalogPrivilege: String, Sendable, CaseIterable {
    /// On types.
    case typeCreate = "type-create"
    /// See ``typeCreate``.
    case typeUpdate = "type-update"
    /// See ``typeCreate``.
    case typeDelete = "type-delete"
    /// See ``typeCreate``.
    case typeRead = "type-read"
    /// On entities.
    case entityRead = "entity-read"
    /// See ``entityRead``.
    case entityCreate = "entity-create"
    /// See ``entityRead``.
    case entityUpdate = "entity-update"
    /// See ``entityRead``.
    case entityDelete = "entity-delete"
    /// On tags of entities; the tag is the detail.
    case tagRead = "entity-read-classification"
    /// See ``tagRead``.
    case tagAdd = "entity-add-classification"
    /// See ``tagRead``.
    case tagUpdate = "entity-update-classification"
    /// See ``tagRead``.
    case tagRemove = "entity-remove-classification"
    /// On labels of entities; the label is the detail.
    case labelAdd = "entity-add-label"
    /// See ``labelAdd``.
    case labelRemove = "entity-remove-label"
    /// On business metadata of entities; its name is the detail.
    case businessUpdate = "entity-update-business-metadata"
    /// On relationships.
    case relationshipAdd = "add-relationship"
    /// See ``relationshipAdd``.
    case relationshipUpdate = "update-relationship"
    /// See ``relationshipAdd``.
    case relationshipRemove = "remove-relationship"
    /// On the whole catalog.
    case export = "admin-export"
    /// See ``export``.
    case importing = "admin-import"
    /// See ``export``.
    case purge = "admin-purge"
    /// See ``export``.
    case audits = "admin-audits"
    /// See ``export``.
    case notify = "service-notification-post"
}

/// Whether somebody may do something; answered by policy.
package protocol CatalogGate: Sendable {
    /// Whether everything is permitted, so that nothing needs asking.
    var isOpen: Bool { get }

    /// Whether a privilege on a type is permitted.
    func permits(_ privilege: CatalogPrivilege, type: String, category: TypeCategory) -> Bool

    /// Whether a privilege on an entity is permitted; `detail` is the tag, label or business metadata concerned.
    func permits(_ privilege: CatalogPrivilege, on entity: EntityFacts, detail: String?) -> Bool

    /// Whether a privilege on a relationship is permitted.
    func permits(
        _ privilege: CatalogPrivilege,
        relationship: String,
        _ end1: EntityFacts,
        _ end2: EntityFacts
    )
        -> Bool

    /// Whether a privilege on the whole catalog is permitted.
    func permits(_ privilege: CatalogPrivilege) -> Bool

    /// An entity that may be read, without the attributes that aren't for these eyes.
    func shown(_ entity: Entity) -> Entity
}

/// Permits everything; for those who administer.
package struct OpenGate: CatalogGate {
    /// The gate.
    package init() {}
    /// Always.
    package var isOpen: Bool { true }
    /// Always.
    package func permits(_ privilege: CatalogPrivilege, type: String, category: TypeCategory) -> Bool { true }
    /// Always.
    package func permits(_ privilege: CatalogPrivilege, on entity: EntityFacts, detail: String?) -> Bool {
        true
    }
    /// Always.
    package func permits(
        _ privilege: CatalogPrivilege,
        relationship: String,
        _ end1: EntityFacts,
        _ end2: EntityFacts
    ) -> Bool { true }
    /// Always.
    package func permits(_ privilege: CatalogPrivilege) -> Bool { true }
    /// The whole entity.
    package func shown(_ entity: Entity) -> Entity { entity }
}

extension EntityGraph {
    /// What of an entity counts for rights.
    package func facts(of entity: Entity) -> EntityFacts {
        let shape = types.entityTypes[entity.typeName]
        return EntityFacts(
            types: [entity.typeName] + (shape?.above ?? []),
            name: entity.qualifiedName ?? entity.id.text,
            owner: entity.attributes.text("owner") ?? "",
            tags: tagNames(on: entity.id).map { types.selfAndAbove($0).map(\.text) }
        )
    }

    /// Whether somebody may read an entity.
    package func mayRead(_ entity: Entity, _ gate: any CatalogGate) -> Bool {
        gate.isOpen || gate.permits(.entityRead, on: facts(of: entity), detail: nil)
    }
}
