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

    /// There is no work in the background to take away.
    @Sendable static func takeTasks(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        return .done
    }

    /// A search is done before anybody can ask to stop it.
    @Sendable static func stopSearch(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        return .value(.bool(false))
    }

    /// The store's layout is brought up to date when it is opened: no patches are kept.
    @Sendable static func patches(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        return .value(["patches": .array([])])
    }

    /// Nothing is done in the background here, so there are never tasks that wait.
    @Sendable static func none(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.audits)
        return .value(.array([]))
    }
}
