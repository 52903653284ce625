import Catalog
import CatalogModel
import Governance

/// The server itself: status, version, counts, purging.
enum AtlasAdminActs {
    @Sendable static func version(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        .value([
            "Description": "Data catalog and column-level governance, speaking Atlas's API",
            "Revision": .string(request.server.version), "Version": .string(request.server.version),
            "Name": "steward",
        ])
    }

    @Sendable static func session(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        return .value([
            "userName": .string(view.user), "groups": .array(view.groups.map { .string($0) }),
            "atlas.entity.create.allowed": .bool(true), "atlas.entity.update.allowed": .bool(true),
            "atlas.ui.editable.entity.types": "*", "atlas.lineage.on.demand.enabled": .bool(true),
            "atlas.relationship.search.enabled": .bool(true), "atlas.tasks.enabled": .bool(false),
        ])
    }

    @Sendable static func metrics(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        // Counts tell of what one may not read.
        try view.require(.audits)
        return .value(metrics(view, request))
    }

    private static func metrics(_ view: CatalogView, _ request: AtlasRequest) -> JSONValue {
        let counts = view.graph.counts()
        func object(_ counts: [String: Int]) -> JSONValue {
            .object(JSONObject(counts.mapValues { .integer(Int64($0)) }))
        }
        return [
            "data": [
                "general": [
                    "collectionTime": .integer(view.now), "stats": [:],
                    "entityCount": .integer(Int64(counts.entities)),
                    "typeCount": .integer(Int64(counts.types)),
                    "tagCount": .integer(Int64(counts.tagTypes)),
                    "typeUnusedCount": .integer(Int64(counts.unusedTypes)),
                ],
                "entity": [
                    "entityActive": object(counts.active), "entityDeleted": object(counts.deleted),
                    "entityShell": object(counts.shells),
                    "entityActive-typeAndSubTypes": object(counts.activeWithSubTypes),
                    "entityDeleted-typeAndSubTypes": [:], "entityShell-typeAndSubTypes": [:],
                ],
                "tag": ["tagEntities": object(counts.tagged)],
                "system": [
                    "memory": [:], "os": [:],
                    "runtime": ["name": "steward", "version": .string(request.server.version)],
                ],
            ]
        ]
    }

    @Sendable static func purge(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let ids = try request.list().compactMap(\.text).map { EntityID($0) }
        guard ids.count <= 1000 else {
            throw CatalogError(.badRequest, "at most 1000 entities can be purged at once")
        }
        let (_, transaction) = try request.change("purge \(ids.map(\.text).joined(separator: ","))") {
            transaction throws(CatalogError) in
            try transaction.purge(ids)
        }
        return AtlasEntityActs.mutation(transaction, request)
    }

    /// The counts as a list of one: they are made when somebody asks, and no older ones are kept.
    @Sendable static func metricsList(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        try view.require(.audits)
        let from = try moment("startTime", request) ?? .min
        let until = try moment("endTime", request) ?? .max
        guard from <= until else { throw CatalogError(.badRequest, "endTime is before startTime") }
        guard (from...until).contains(view.now) else { return .value(.array([])) }
        return .value(.array([.object(sample(view, request))]))
    }

    private static func moment(_ name: String, _ request: AtlasRequest) throws(CatalogError) -> Int64? {
        guard let text = request.text(name) else { return nil }
        guard let moment = Int64(text) else {
            throw CatalogError(.badRequest, "\(name) is no time in milliseconds since 1970")
        }
        return moment
    }

    /// The counts of one moment, of which there are none but now's.
    @Sendable static func metricsAt(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        throw CatalogError(
            .badRequest,
            "no counts were kept at \(request.segment("time").prefix(40)): admin/metrics has those of now"
        )
    }

    private static func sample(_ view: CatalogView, _ request: AtlasRequest) -> JSONObject {
        [
            "metricsId": .string("\(view.now)@atlas.metrics.stat"), "collectionTime": .integer(view.now),
            "timeToLiveMillis": .integer(0), "metrics": metrics(view, request),
        ]
    }

    /// Nothing is done in the background here, so there are never tasks that wait.
    @Sendable static func none(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        return .value(.array([]))
    }
}
