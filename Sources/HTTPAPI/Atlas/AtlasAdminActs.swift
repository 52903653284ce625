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
        let counts = view.graph.counts()
        func object(_ counts: [String: Int]) -> JSONValue {
            .object(JSONObject(counts.mapValues { .integer(Int64($0)) }))
        }
        return .value([
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
        ])
    }

    @Sendable static func purge(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let ids = try request.list().compactMap(\.text).map { EntityID($0) }
        guard ids.count <= 1000 else {
            throw CatalogError(.badRequest, "at most 1000 entities can be purged at once")
        }
        let (_, transaction) = try request.change("purge \(ids.count) entities") {
            transaction throws(CatalogError) in
            try transaction.purge(ids)
        }
        return AtlasEntityActs.mutation(transaction, request)
    }

    /// Nothing is done in the background here, so there are never tasks that wait.
    @Sendable static func none(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        return .value(.array([]))
    }
}
