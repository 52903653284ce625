import Catalog
import CatalogModel
import Governance

/// What happened to entities.
enum AtlasHistoryActs {
    private struct Event {
        var key = ""
        let time: Int64
        let user: String
        let action: String
        let details: String
    }

    @Sendable static func list(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        let count = try request.number("count", else: 100)
        let offset = try request.number("offset", else: -1)
        guard count >= 0 else { throw CatalogError(.badRequest, "count must not be negative") }
        let view = try request.view()
        var events: [Event] = []
        for change in try request.catalog.history(of: id, for: request.caller) {
            for event in change.events.reversed() {
                guard let details = details(of: event, change, view) else { continue }
                events.append(
                    Event(
                        time: change.time.microseconds / 1000,
                        user: change.actor.text,
                        action: event.action.rawValue,
                        details: details
                    )
                )
            }
        }
        // The oldest has number 0, so that a key stays what it is.
        for (index, number) in zip(events.indices, events.indices.reversed()) {
            events[index].key = "\(id):\(events[index].time):\(number)"
        }
        if let action = request.text("auditAction") { events = events.filter { $0.action == action } }
        if offset >= 0 || request.text("sortBy") != nil {
            sort(&events, request)
            events = Array(events.dropFirst(max(0, offset)))
        } else if let start = request.text("startKey") {
            events = events.firstIndex { $0.key == start }.map { Array(events[$0...]) } ?? []
        }
        return .writing { writer in
            writer.beginArray()
            for event in events.prefix(count) {
                writer.beginObject()
                writer.pair("entityId", .string(id.text))
                writer.pair("timestamp", .integer(event.time))
                writer.pair("user", .string(event.user))
                writer.pair("action", .string(event.action))
                writer.pair("details", .string(event.details))
                writer.pair("eventKey", .string(event.key))
                writer.pair("entity", .null)
                writer.pair("type", "ENTITY_AUDIT_V2")
                writer.endObject()
            }
            writer.endArray()
        }
    }

    private static func sort(_ events: inout [Event], _ request: AtlasRequest) {
        let isAscending = request.text("sortOrder")?.lowercased().hasPrefix("asc") ?? false
        // The list is newest first; equal keys keep that order, or its reverse.
        var sorted = Array(events.reversed().enumerated())
        func isBefore(_ one: (offset: Int, element: Event), _ other: (offset: Int, element: Event)) -> Bool {
            switch request.text("sortBy")?.lowercased() {
            case "user": (one.element.user, one.offset) < (other.element.user, other.offset)
            case "action": (one.element.action, one.offset) < (other.element.action, other.offset)
            default: (one.element.time, one.offset) < (other.element.time, other.offset)
            }
        }
        sorted.sort { isAscending ? isBefore($0, $1) : isBefore($1, $0) }
        events = sorted.map(\.element)
    }

    /// What is told of an event; nil for one that is about something that the caller may not read.
    private static func details(
        of event: EntityEvent,
        _ change: EntityHistory,
        _ view: CatalogView
    ) -> String? {
        if let details = event.details { return view.gate.isOpen ? details : trimmed(details, event, view) }
        guard let entity = change.entity.map({ view.graph.shown($0) }) else { return event.action.rawValue }
        var writer = AtlasWriter(view)
        writer.object { writer in
            writer.pair("typeName", entity.typeName)
            writer.pair("attributes", .object(entity.attributes))
            writer.pair("guid", entity.id.text)
            writer.pair("isIncomplete", .bool(entity.isIncomplete))
            writer.pair("status", entity.status.rawValue)
            writer.pair("createdBy", entity.createdBy)
            writer.pair("updatedBy", entity.updatedBy)
            writer.pair("createTime", .integer(entity.createTime))
            writer.pair("updateTime", .integer(entity.updateTime))
            writer.pair("version", .integer(entity.version))
            writer.list("labels", entity.labels) { $0.json.string($1) }
        }
        let prefix =
            switch event.action {
            case .created: "Created: "
            case .importCreated: "Created by import: "
            case .importUpdated: "Updated by import: "
            case .updated, .deleted, .purged, .importDeleted, .tagAdded, .tagUpdated, .tagDeleted,
                .flowedTagAdded,
                .flowedTagUpdated, .flowedTagDeleted, .termAdded, .termDeleted, .labelAdded, .labelDeleted,
                .customUpdated, .businessUpdated:
                "Updated: "
            }
        return prefix + writer.json.text
    }

    private static func trimmed(_ details: String, _ event: EntityEvent, _ view: CatalogView) -> String? {
        guard let start = details.firstIndex(of: "{"),
            var object = (try? CatalogModel.JSONReader.value(of: Array(details[start...].utf8)))?.object
        else { return details }
        switch event.action {
        case .termAdded, .termDeleted:
            return object.text("guid").flatMap { view.graph[EntityID($0)] } == nil ? nil : details
        case .flowedTagAdded, .flowedTagUpdated:
            guard let source = object.text("entityGuid"), view.graph[EntityID(source)] == nil else {
                return details
            }
            object["entityGuid"] = .string(AtlasWriter.hiddenGUID)
            return details[..<start] + JSONValue.object(object).json
        case .created, .importCreated, .importUpdated, .updated, .deleted, .purged, .importDeleted, .tagAdded,
            .tagUpdated, .tagDeleted, .flowedTagDeleted, .labelAdded, .labelDeleted, .customUpdated,
            .businessUpdated:
            return details
        }
    }
}
