package import CatalogModel

/// An entity as a caller wants it.
package struct EntityInput: Sendable {
    /// The type's name.
    package var typeName: String
    /// An identity, or a placeholder that begins with `-`; nil for none.
    package var guid: String?
    /// Attribute values; nulls clear.
    package var attributes: JSONObject
    /// References to other entities; nulls clear.
    package var relationships = JSONObject()
    /// Tags to set on a new entity.
    package var tags: [TagInput] = []
    /// Labels of a new entity.
    package var labels: [String] = []
    /// Free texts; nil leaves what is there.
    package var customAttributes: [String: String]?
    /// Business metadata of a new entity.
    package var businessAttributes: [String: JSONObject] = [:]
    /// Whether only the name is known.
    package var isIncomplete = false
    /// `homeId`, `provenanceType` and the like.
    package var origin = JSONObject()

    /// An entity.
    package init(typeName: String, guid: String?, attributes: JSONObject) {
        self.typeName = typeName
        self.guid = guid
        self.attributes = attributes
    }
}

/// A tag as a caller wants it.
package struct TagInput: Sendable {
    /// The tag type's name.
    package var typeName: String
    /// Attribute values.
    package var attributes: JSONObject
    /// Whether it flows; nil for the default, or for what it did before.
    package var propagates: Bool?
    /// Whether it leaves what it flowed to when its entity is deleted; as `propagates`.
    package var leavesWithSource: Bool?
    /// When it holds; nil for what was said before.
    package var periods: [PeriodInput]?
    /// The entity that it is on, where the caller said so.
    package var entity: EntityID?

    /// A tag.
    package init(typeName: String, attributes: JSONObject = JSONObject()) {
        self.typeName = typeName
        self.attributes = attributes
    }
}

/// A time in which a tag is to hold, as a caller wrote it.
package struct PeriodInput: Sendable {
    /// `yyyy/MM/dd HH:mm:ss`, or nil for no bound.
    package let startTime: String?
    /// As `startTime`.
    package let endTime: String?
    /// The zone whose clocks show these times; nil for UTC.
    package let timeZone: String?

    /// A period.
    package init(startTime: String?, endTime: String?, timeZone: String?) {
        (self.startTime, self.endTime, self.timeZone) = (startTime, endTime, timeZone)
    }
}

/// How entities are written.
package struct WriteOptions: Sendable {
    /// Whether mandatory attributes may be left out.
    package var isPartial = false
    /// Whether references to things that aren't there make shells of them.
    package var makesShells = false
    /// Whether identities that aren't known are taken for those of new entities.
    package var keepsIdentities = false

    /// As a caller of the API wants it.
    package init(isPartial: Bool = false, makesShells: Bool = false, keepsIdentities: Bool = false) {
        self.isPartial = isPartial
        self.makesShells = makesShells
        self.keepsIdentities = keepsIdentities
    }
}
