import Catalog
import CatalogModel
import Governance

/// What of the server's own state Atlas's clients ask for beside counts.
enum AtlasStateActs {
    /// Exports and imports, newest first.
    @Sendable static func transfers(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        let (user, operation) = (request.text("userName"), request.text("operation"))
        let found = try AtlasAuditActs.entries(request).reversed().filter { entry in
            let known = entry.text("operation")
            guard known == "EXPORT" || known == "IMPORT", operation == nil || operation == known else {
                return false
            }
            return user == nil || entry.text("userName") == user
        }
        return .value(
            .array(
                try page(found, request).map { entry in
                    .object([
                        "userName": entry["userName"] ?? "", "operation": entry["operation"] ?? "",
                        "operationParams": entry["params"] ?? "", "resultSummary": entry["result"] ?? "",
                        "sourceServerName": "", "targetServerName": "",
                        "startTime": entry["startTime"] ?? .null, "endTime": entry["endTime"] ?? .null,
                    ])
                }
            )
        )
    }

    /// The entities that something which was done to the server was about, as far as they are still there to read.
    @Sendable static func details(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        try view.require(.audits)
        let entry = try AtlasAuditActs.entries(request).first { $0.text("guid") == request.guid.text }
        guard let entry else { throw CatalogError.unknown(request.guid) }
        let entities = (entry.text("params") ?? "").split(separator: ",").compactMap {
            view.graph[EntityID(String($0))]
        }
        let page = try page(entities, request)
        return AtlasWriter.response(view) { writer in writer.list(page) { $0.header($1) } }
    }

    private static func page<Element>(
        _ list: [Element],
        _ request: AtlasRequest
    ) throws(CatalogError) -> [Element] {
        let limit = try request.number("limit", else: 100)
        let offset = try request.number("offset", else: 0)
        guard limit >= 0, offset >= 0 else {
            throw CatalogError(.badRequest, "limit and offset must not be negative")
        }
        return Array(list.dropFirst(offset).prefix(limit))
    }

    /// Whether entities are as their types want them: those of some identities, and of some types with those below.
    ///
    /// Nothing is put right: what isn't as its type wants it says so.
    @Sendable static func check(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let body = try request.object()
        let view = try request.view()
        try view.require(.audits)
        var entities = texts(body["entityGuids"]).compactMap { view.graph[EntityID($0)] }
        for name in texts(body["entityTypes"]) {
            guard let shape = view.graph.types.entityTypes[name] else {
                throw CatalogError(.unknownEntityType, "Type ENTITY with name \(name) does not exist")
            }
            for type in shape.selfAndBelow.sorted() { entities += view.graph.entities(ofExactly: type) }
        }
        var seen: Set<EntityID> = []
        var states = JSONObject()
        var scanned = 0
        for entity in entities where seen.insert(entity.id).inserted {
            scanned += 1
            guard !entity.isIncomplete, let issue = issue(entity, view) else { continue }
            states[entity.id.text] = [
                "guid": .string(entity.id.text), "typeName": .string(entity.typeName),
                "name": .string(view.graph.displayText(of: entity)),
                "status": .string(entity.status.rawValue),
                "state": "NOT_FIXED", "issues": .array([.string(issue)]),
            ]
        }
        return .value([
            "entitiesScanned": .integer(Int64(scanned)),
            "entitiesOk": .integer(Int64(scanned - states.count)), "entitiesFixed": .integer(0),
            "entitiesPartiallyFixed": .integer(0), "entitiesNotFixed": .integer(Int64(states.count)),
            "state": .string(states.isEmpty ? "OK" : "NOT_FIXED"), "entities": .object(states),
        ])
    }

    private static func texts(_ value: JSONValue?) -> [String] { (value?.list ?? []).compactMap(\.text) }

    private static func issue(_ entity: Entity, _ view: CatalogView) -> String? {
        do throws(CatalogError) {
            try view.graph.types.check(entity)
            return nil
        } catch {
            return error.message
        }
    }

    /// When the index of words was made last: whenever the server starts.
    @Sendable static func index(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        let started = Instant(microseconds: request.memory.started * 1000)
        return .value(["Latest start time": .string("\(started)")])
    }
}
