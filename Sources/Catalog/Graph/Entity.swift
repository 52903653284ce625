package import CatalogModel

/// Whether something of the catalog is in use.
package enum EntityStatus: String, Sendable {
    /// In use.
    case active = "ACTIVE"
    /// Deleted, and kept for those who look back.
    case deleted = "DELETED"
}

/// Something that the catalog knows: a table, a column, a process, with the attributes of its type.
package struct Entity: Hashable, Sendable {
    /// Given once, never reused.
    package let id: EntityID
    /// An entity type's name.
    package let typeName: String
    /// Attribute values by name; absent and null are the same, and null isn't kept.
    package var attributes: JSONObject
    /// Whether it is in use.
    package var status = EntityStatus.active
    /// Who made it.
    package var createdBy = ""
    /// Who changed it last.
    package var updatedBy = ""
    /// When it was made, in milliseconds since 1970.
    package var createTime: Int64 = 0
    /// When it, or a relationship of it, was changed last, in milliseconds since 1970.
    package var updateTime: Int64 = 0
    /// 0 when made, one more for each change.
    package var version: Int64 = 0
    /// Whether it stands for something of which only the name is known.
    package var isIncomplete = false
    /// Free words; sorted, each once.
    package var labels: [String] = []
    /// Free texts by name.
    package var customAttributes: [String: String] = [:]
    /// Values of business metadata, by its name and its attribute's name.
    package var businessAttributes: [String: JSONObject] = [:]
    /// Where it came from, as its writer said: `homeId`, `provenanceType` and the like.
    package var origin = JSONObject()

    /// An entity.
    package init(id: EntityID, typeName: String, attributes: JSONObject) {
        self.id = id
        self.typeName = typeName
        self.attributes = attributes.withoutNulls
    }

    /// An entity whose attributes have no nulls.
    init(id: EntityID, typeName: String, unchecked attributes: JSONObject) {
        self.id = id
        self.typeName = typeName
        self.attributes = attributes
    }

    /// The value of `qualifiedName`, by which people and tools name it; nil when the type has none.
    package var qualifiedName: String? { attributes.text("qualifiedName") }

    /// The name that people see: a display name, name or qualified name, whichever there is.
    package var displayText: String? {
        attributes.text("name") ?? attributes.text("displayName") ?? attributes.text("qualifiedName")
    }

    /// Whether it is in use.
    package var isActive: Bool { status == .active }
}

/// That two entities belong together, in the way that a relationship type says.
package struct Relationship: Hashable, Sendable {
    /// Given once, never reused.
    package let id: EntityID
    /// A relationship type's name.
    package let typeName: String
    /// The entity at the first end.
    package let end1: EntityID
    /// The entity at the second end.
    package let end2: EntityID
    /// Attribute values by name; null isn't kept.
    package var attributes = JSONObject()
    /// Whether it is in use.
    package var status = EntityStatus.active
    /// Who made it.
    package var createdBy = ""
    /// Who changed it last.
    package var updatedBy = ""
    /// When it was made, in milliseconds since 1970.
    package var createTime: Int64 = 0
    /// When it was changed last, in milliseconds since 1970.
    package var updateTime: Int64 = 0
    /// 0 when made, one more for each change.
    package var version: Int64 = 0
    /// Tags that don't flow over it.
    package var blockedTags: [TagInstance] = []
    /// Whether no tags flow over it, whatever its type says.
    package var stopsTags = false
    /// The tags that had flowed over it when it was deleted, and stay where they are.
    package var carriedTags: [TagInstance] = []

    /// A relationship.
    package init(id: EntityID, typeName: String, end1: EntityID, end2: EntityID) {
        self.id = id
        self.typeName = typeName
        self.end1 = end1
        self.end2 = end2
    }

    /// The entity at an end, 0 or 1.
    package func end(_ index: Int) -> EntityID { index == 0 ? end1 : end2 }

    /// The entity at the other end than one of its two.
    package func other(than entity: EntityID) -> EntityID { end1 == entity ? end2 : end1 }

    /// Whether it is in use.
    package var isActive: Bool { status == .active }
}

/// A tag as it was set on one entity: what flows.
package struct TagInstance: Hashable, Sendable, Comparable {
    /// The tag's type.
    package let tag: TagName
    /// The entity that it was set on.
    package let source: EntityID

    /// A tag of an entity.
    package init(_ tag: TagName, on source: EntityID) {
        self.tag = tag
        self.source = source
    }

    /// Orders by tag, then by entity.
    package static func < (left: TagInstance, right: TagInstance) -> Bool {
        (left.tag.text, left.source) < (right.tag.text, right.source)
    }
}

/// What happened to an entity, for its history.
package struct EntityEvent: Hashable, Sendable {
    /// The kinds of happening; the raw values are Atlas's.
    package enum Action: String, Sendable, CaseIterable {
        /// The entity was made.
        case created = "ENTITY_CREATE"
        /// The entity was changed.
        case updated = "ENTITY_UPDATE"
        /// The entity was deleted.
        case deleted = "ENTITY_DELETE"
        /// The entity was taken out for good.
        case purged = "ENTITY_PURGE"
        /// The entity came in with an import.
        case importCreated = "ENTITY_IMPORT_CREATE"
        /// An import changed the entity.
        case importUpdated = "ENTITY_IMPORT_UPDATE"
        /// An import deleted the entity.
        case importDeleted = "ENTITY_IMPORT_DELETE"
        /// A tag was set.
        case tagAdded = "CLASSIFICATION_ADD"
        /// A tag's attributes were changed.
        case tagUpdated = "CLASSIFICATION_UPDATE"
        /// A tag was taken away.
        case tagDeleted = "CLASSIFICATION_DELETE"
        /// A tag flowed here.
        case flowedTagAdded = "PROPAGATED_CLASSIFICATION_ADD"
        /// A tag that flowed here was changed.
        case flowedTagUpdated = "PROPAGATED_CLASSIFICATION_UPDATE"
        /// A tag doesn't flow here any more.
        case flowedTagDeleted = "PROPAGATED_CLASSIFICATION_DELETE"
        /// A glossary term was assigned.
        case termAdded = "TERM_ADD"
        /// A glossary term was taken off.
        case termDeleted = "TERM_DELETE"
        /// Labels were added.
        case labelAdded = "LABEL_ADD"
        /// Labels were taken away.
        case labelDeleted = "LABEL_DELETE"
        /// Custom attributes were changed.
        case customUpdated = "CUSTOM_ATTRIBUTE_UPDATE"
        /// Business metadata was changed.
        case businessUpdated = "BUSINESS_ATTRIBUTE_UPDATE"
    }

    /// The kind.
    package let action: Action
    /// What exactly, in Atlas's words; nil when the entity as it was then says it.
    package let details: String?

    /// A happening.
    package init(_ action: Action, _ details: String? = nil) {
        self.action = action
        self.details = details
    }
}
