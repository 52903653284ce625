import Catalog
import CatalogModel
import Governance

/// Writes things of the catalog as Atlas shows them, as one caller may see them.
struct AtlasWriter {
    let view: CatalogView
    var json = JSONWriter()

    var graph: VisibleGraph { view.graph }

    init(_ view: CatalogView) { self.view = view }

    /// A JSON document about a view.
    static func response(_ view: CatalogView, _ body: (inout AtlasWriter) -> Void) -> AtlasResponse {
        var writer = AtlasWriter(view)
        body(&writer)
        return .json(writer.json.bytes)
    }

    mutating func pair(_ name: String, _ value: JSONValue) { json.pair(name, value) }
    mutating func pair(_ name: String, _ text: String) { json.pair(name, .string(text)) }

    /// A name and an object that `body` fills.
    mutating func object(_ name: String, _ body: (inout AtlasWriter) -> Void) {
        json.name(name)
        object(body)
    }

    /// An object that `body` fills.
    mutating func object(_ body: (inout AtlasWriter) -> Void) {
        json.beginObject()
        body(&self)
        json.endObject()
    }

    /// A name and a list whose elements `body` writes.
    mutating func list<Element>(
        _ name: String,
        _ elements: some Sequence<Element>,
        _ body: (inout AtlasWriter, Element) -> Void
    ) {
        json.name(name)
        list(elements, body)
    }

    /// A list whose elements `body` writes.
    mutating func list<Element>(
        _ elements: some Sequence<Element>,
        _ body: (inout AtlasWriter, Element) -> Void
    ) {
        json.beginArray()
        for element in elements { body(&self, element) }
        json.endArray()
    }

    // MARK: Entities

    /// What of an entity is wanted.
    struct Extent {
        var hasRelationships = true
        /// Only the attributes of its header and schema that have values.
        var isShort = false
    }

    /// An entity.
    mutating func entity(_ entity: Entity, _ extent: Extent = Extent()) {
        object { writer in writer.entityMembers(entity, extent) }
    }

    private mutating func entityMembers(_ entity: Entity, _ extent: Extent) {
        let shape = graph.types.entityTypes[entity.typeName]
        pair("typeName", entity.typeName)
        attributes(entity, shape, extent)
        pair("guid", entity.id.text)
        pair("isIncomplete", .bool(entity.isIncomplete))
        pair("status", entity.status.rawValue)
        pair("createdBy", entity.createdBy)
        pair("updatedBy", entity.updatedBy)
        pair("createTime", .integer(entity.createTime))
        pair("updateTime", .integer(entity.updateTime))
        pair("version", .integer(entity.version))
        for pair in entity.origin.pairs { json.pair(pair.name, pair.value) }
        if extent.hasRelationships, !extent.isShort, let shape { relationships(entity, shape) }
        classifications(of: entity.id)
        meanings(of: entity.id)
        if !entity.customAttributes.isEmpty {
            pair("customAttributes", .object(JSONObject(entity.customAttributes.mapValues { .string($0) })))
        }
        if !entity.businessAttributes.isEmpty {
            let names = entity.businessAttributes.keys.sorted()
            object("businessAttributes") { writer in
                for name in names {
                    writer.pair(name, .object(entity.businessAttributes[name] ?? JSONObject()))
                }
            }
        }
        list("labels", entity.labels) { $0.json.string($1) }
    }

    private mutating func attributes(_ entity: Entity, _ shape: EntityShape?, _ extent: Extent) {
        let isShort = extent.isShort
        object("attributes") { writer in
            guard let shape else {
                for pair in entity.attributes.pairs { writer.json.pair(pair.name, pair.value) }
                return
            }
            let wanted = isShort ? Set(shape.headerAttributes + shape.schemaAttributes) : []
            for attribute in shape.attributes {
                let name = attribute.definition.name
                if isShort {
                    guard wanted.contains(name), let value = entity.attributes[name] else { continue }
                    writer.json.pair(name, value)
                } else {
                    writer.json.pair(name, entity.attributes[name] ?? .null)
                }
            }
            guard !isShort else { return }
            for (name, ends) in shape.ends.sorted(by: { $0.key < $1.key }) {
                guard let end = ends.first(where: \.end.isLegacy) else { continue }
                writer.legacy(name, end, ends, of: entity)
            }
        }
    }

    private mutating func legacy(_ name: String, _ end: EndShape, _ ends: [EndShape], of entity: Entity) {
        let related = graph.related(entity.id, ends).filter { $0.relationship.isActive || !entity.isActive }
        json.name(name)
        if end.end.cardinality == .single {
            guard let one = related.last else { return json.null() }
            reference(one.entity)
        } else {
            list(related) { $0.reference($1.entity) }
        }
    }

    /// A reference to an entity.
    mutating func reference(_ entity: Entity) {
        object { writer in
            writer.pair("guid", entity.id.text)
            writer.pair("typeName", entity.typeName)
            if let name = entity.qualifiedName {
                writer.object("uniqueAttributes") { $0.pair("qualifiedName", name) }
            }
        }
    }

    private mutating func relationships(_ entity: Entity, _ shape: EntityShape) {
        object("relationshipAttributes") { writer in
            for (name, ends) in shape.ends.sorted(by: { $0.key < $1.key }) {
                let related = writer.graph.related(entity.id, ends)
                writer.json.name(name)
                if ends.allSatisfy({ $0.end.cardinality == .single }) {
                    let one = related.last { $0.relationship.isActive } ?? related.last
                    guard let one else {
                        writer.json.null()
                        continue
                    }
                    writer.related(one)
                } else {
                    writer.list(related) { $0.related($1) }
                }
            }
        }
    }

    /// An entity at the other end of a relationship.
    mutating func related(_ related: EntityGraph.Related) {
        let (entity, relationship) = (related.entity, related.relationship)
        object { writer in
            writer.pair("guid", entity.id.text)
            writer.pair("typeName", entity.typeName)
            writer.pair("entityStatus", entity.status.rawValue)
            writer.pair("displayText", writer.graph.displayText(of: entity))
            if let name = entity.qualifiedName { writer.pair("qualifiedName", name) }
            writer.pair("relationshipType", relationship.typeName)
            writer.pair("relationshipGuid", relationship.id.text)
            writer.pair("relationshipStatus", relationship.status.rawValue)
            writer.object("relationshipAttributes") { writer in
                writer.pair("typeName", relationship.typeName)
                if !relationship.attributes.isEmpty {
                    writer.pair("attributes", .object(relationship.attributes))
                }
            }
        }
    }

    // MARK: Headers

    /// The header of an entity, with further attributes that were asked for.
    mutating func header(_ entity: Entity, adding extra: [String] = [], withTags: Bool = true) {
        let graph = graph
        let shape = graph.types.entityTypes[entity.typeName]
        object { writer in
            writer.pair("typeName", entity.typeName)
            writer.object("attributes") { writer in
                let names = shape?.headerAttributes ?? []
                for name in names { writer.json.pair(name, entity.attributes[name] ?? .string("")) }
                for name in extra where !names.contains(name) { writer.extra(name, of: entity, shape) }
            }
            writer.pair("guid", entity.id.text)
            writer.pair("status", entity.status.rawValue)
            writer.pair("displayText", graph.displayText(of: entity))
            writer.list("classificationNames", graph.tagNames(on: entity.id)) { $0.json.string($1.text) }
            if withTags { writer.classifications(of: entity.id) }
            writer.meanings(of: entity.id)
            writer.pair("isIncomplete", .bool(entity.isIncomplete))
            writer.list("labels", entity.labels) { $0.json.string($1) }
        }
    }

    private mutating func extra(_ name: String, of entity: Entity, _ shape: EntityShape?) {
        if let value = graph.systemAttribute(name, of: entity) { return json.pair(name, value) }
        if let ends = shape?.ends[name] {
            let related = graph.related(entity.id, ends).filter(\.relationship.isActive)
            json.name(name)
            if ends.allSatisfy({ $0.end.cardinality == .single }) {
                guard let one = related.last else { return json.null() }
                return reference(one.entity)
            }
            return list(related) { $0.reference($1.entity) }
        }
        if shape?.attribute(name) != nil { return json.pair(name, entity.attributes[name] ?? .null) }
        if let value = entity.businessAttribute(name) { json.pair(name, value) }
    }

    // MARK: Tags and terms

    /// What stands for an entity that isn't to be told, as in Atlas.
    static let hiddenGUID = "-1"

    mutating func classifications(of id: EntityID) {
        json.name("classifications")
        classificationList(of: id)
    }

    /// The tags on an entity, its own before those that flowed there.
    mutating func classificationList(of id: EntityID) {
        list(graph.tags(on: id)) { $0.classification($1) }
    }

    mutating func classification(_ placed: VisibleGraph.PlacedTag) {
        let tag = placed.tag
        object { writer in
            writer.pair("typeName", tag.name.text)
            writer.pair("attributes", .object(writer.graph.types.attributes(of: tag)))
            writer.pair("entityGuid", placed.source?.text ?? AtlasWriter.hiddenGUID)
            let status = placed.isSourceActive ? EntityStatus.active : .deleted
            writer.pair("entityStatus", status.rawValue)
            writer.pair("propagate", .bool(tag.propagates))
            writer.list("validityPeriods", tag.periods) { writer, period in
                writer.object { writer in
                    writer.pair("startTime", period.startTime.map { .string($0) } ?? .null)
                    writer.pair("endTime", period.endTime.map { .string($0) } ?? .null)
                    writer.pair("timeZone", period.timeZone.map { .string($0) } ?? .null)
                }
            }
            writer.pair("removePropagationsOnEntityDelete", .bool(!tag.outlivesSource))
        }
    }

    private mutating func meanings(of id: EntityID) {
        let terms = graph.terms(of: id)
        list("meaningNames", terms) { writer, term in
            writer.json.string(writer.graph.displayText(of: term.entity))
        }
        list("meanings", terms) { writer, term in
            writer.object { writer in
                writer.pair("termGuid", term.entity.id.text)
                writer.pair("relationGuid", term.relationship.id.text)
                writer.pair("displayText", writer.graph.displayText(of: term.entity))
                if let name = term.entity.qualifiedName { writer.pair("qualifiedName", name) }
                for pair in term.relationship.attributes.pairs { writer.json.pair(pair.name, pair.value) }
            }
        }
    }
}
