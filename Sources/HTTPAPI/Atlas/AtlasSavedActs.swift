import Catalog
import CatalogModel
import Governance

/// Searches that users keep for themselves.
enum AtlasSavedActs {
    @Sendable static func list(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let own = try saved(request, view)
        return .writing { writer in
            writer.beginArray()
            for entity in own { writer.object(shown(entity)) }
            writer.endArray()
        }
    }

    /// The searches of whom the query names, who must be the caller or be asked for by an administrator.
    private static func saved(_ request: AtlasRequest, _ view: CatalogView) throws(CatalogError) -> [Entity] {
        let owner = request.text("user") ?? view.user
        guard owner == view.user || request.isAdmin else {
            throw CatalogError(.badRequest, "saved searches of \(owner) are their own")
        }
        return view.graph.savedSearches(of: owner)
            .sorted { ($0.attributes.text("name") ?? "") < ($1.attributes.text("name") ?? "") }
    }

    private static func shown(_ entity: Entity) -> JSONObject {
        func parsed(_ name: String) -> JSONValue {
            entity.attributes.text(name).flatMap { try? CatalogModel.JSONReader.value(of: Array($0.utf8)) }
                ?? .null
        }
        var object: JSONObject = [
            "guid": .string(entity.id.text), "ownerName": entity.attributes["ownerName"] ?? .null,
            "name": entity.attributes["name"] ?? .null,
            "searchType": entity.attributes["searchType"] ?? .null,
            "searchParameters": parsed("searchParameters"),
        ]
        if let text = entity.attributes["uiParameters"] { object["uiParameters"] = text }
        return object
    }

    private static func input(
        _ body: JSONObject,
        _ request: AtlasRequest,
        guid: String?
    ) throws(CatalogError) -> EntityInput {
        let owner = body.text("ownerName") ?? request.caller.user.text
        guard owner == request.caller.user.text else {
            throw CatalogError(.badRequest, "a search can't be saved for another user")
        }
        guard let name = body.text("name"), !name.isEmpty else {
            throw CatalogError(.badRequest, "a saved search needs a name")
        }
        var attributes: JSONObject = [
            "name": .string(name), "ownerName": .string(owner),
            "searchType": .string(body.text("searchType") ?? "BASIC"),
            "uniqueName": .string("\(owner):\(name):\(BaseTypes.savedSearch)"),
            "searchParameters": .string((body["searchParameters"] ?? [:]).json),
        ]
        attributes["uiParameters"] = body["uiParameters"].flatMap {
            $0.isNull ? nil : .string($0.text ?? $0.json)
        }
        var input = EntityInput(typeName: BaseTypes.savedSearch, guid: guid, attributes: attributes)
        input.relationships = ["userProfile": ["guid": .string(profileGUID)]]
        return input
    }

    private static let profileGUID = "-profile"

    /// What the catalog keeps for the caller, to which saved searches belong.
    private static func profile(_ request: AtlasRequest) -> EntityInput {
        EntityInput(
            typeName: "__AtlasUserProfile",
            guid: profileGUID,
            attributes: ["name": .string(request.caller.user.text)]
        )
    }

    @Sendable static func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let body = try request.object()
        if let guid = body.text("guid"), !guid.isEmpty {
            throw CatalogError.unknown(EntityID(guid))
        }
        let input = try input(body, request, guid: "-1")
        let (id, transaction) = try request.change("save a search", isOwn: true) {
            transaction throws(CatalogError) in
            let unique = input.attributes.text("uniqueName") ?? ""
            guard transaction.graph.entity(ofExactly: BaseTypes.savedSearch, "uniqueName", unique) == nil
            else {
                throw CatalogError(
                    .savedSearchExists,
                    "search named \(input.attributes.text("name") ?? "") already exists for user "
                        + request.caller.user.text
                )
            }
            try transaction.write([profile(request), input])
            return transaction.graph.entity(ofExactly: BaseTypes.savedSearch, "uniqueName", unique)?.id
        }
        return .value(id.flatMap { transaction.graph[$0] }.map { .object(shown($0)) } ?? .null)
    }

    @Sendable static func update(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let body = try request.object()
        guard let guid = body.text("guid"), !guid.isEmpty else {
            throw CatalogError(
                .incompleteReference,
                "ObjectId is not valid: a saved search is known by its guid"
            )
        }
        let known = try own(EntityID(guid), request)
        let input = try input(body, request, guid: known.id.text)
        let (_, transaction) = try request.change("change a saved search", isOwn: true) {
            transaction throws(CatalogError) in
            try transaction.write([profile(request), input])
        }
        return .value(transaction.graph[known.id].map { .object(shown($0)) } ?? .null)
    }

    private static func own(_ id: EntityID, _ request: AtlasRequest) throws(CatalogError) -> Entity {
        let view = try request.view()
        guard let entity = view.graph.savedSearches(of: view.user).first(where: { $0.id == id }) else {
            throw CatalogError.unknown(id)
        }
        return entity
    }

    private static func named(_ request: AtlasRequest) throws(CatalogError) -> Entity {
        let name = request.segment("name")
        let found = try saved(request, try request.view()).first { $0.attributes.text("name") == name }
        guard let found else {
            throw CatalogError(
                .unknownUniqueValue,
                "Instance \(BaseTypes.savedSearch) with unique attribute {name=\(name)} does not exist"
            )
        }
        return found
    }

    @Sendable static func read(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        .value(.object(shown(try named(request))))
    }

    @Sendable static func delete(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let known = try own(request.guid, request)
        _ = try request.change("delete a saved search", isOwn: true) { transaction throws(CatalogError) in
            try transaction.delete([known.id])
        }
        return .done
    }

    @Sendable static func run(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try run(try own(request.guid, request), request)
    }

    @Sendable static func runByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try run(try named(request), request)
    }

    private static func run(_ entity: Entity, _ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let parameters = shown(entity)["searchParameters"]?.object ?? JSONObject()
        guard entity.attributes.text("searchType") == "ADVANCED" else {
            return try AtlasSearch(parameters).run(try request.view())
        }
        return try AtlasSearchActs.dsl(
            AtlasSearchActs.query(
                parameters.text("query"),
                type: parameters.text("typeName"),
                tag: parameters.text("classification")
            ),
            limit: Int(clamping: parameters["limit"]?.integer ?? 0),
            offset: Int(clamping: parameters["offset"]?.integer ?? 0),
            try request.view()
        )
    }
}
