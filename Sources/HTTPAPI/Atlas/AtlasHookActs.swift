import Catalog
import CatalogModel
import Governance

/// What hooks of Hive, Spark and others report.
enum AtlasHookActs {
    @Sendable static func notify(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.notify)
        let topic = request.segment("topic")
        guard topic.uppercased() == "ATLAS_HOOK" else {
            throw CatalogError(.unknownTopic, "\(topic) is no topic that takes messages")
        }
        let body = try request.json()
        var messages: [JSONObject] = []
        for value in body.list ?? [body] {
            messages.append(try message(value))
        }
        _ = try request.change("take \(messages.count) messages of hooks") {
            transaction throws(CatalogError) in
            transaction.propagatesByDefault = false
            for message in messages { try apply(message, &transaction) }
        }
        return .done
    }

    /// A message, in the version wrapper or bare; hooks that post over HTTP send each as a text.
    private static func message(_ value: JSONValue) throws(CatalogError) -> JSONObject {
        let parsed = value.text.flatMap { try? CatalogModel.JSONReader.value(of: Array($0.utf8)) } ?? value
        guard let object = parsed.object else {
            throw CatalogError(.malformed, "a message is no JSON object")
        }
        return object["message"]?.object ?? object
    }

    private static func apply(
        _ message: JSONObject,
        _ transaction: inout CatalogTransaction
    ) throws(CatalogError) {
        let type = message.text("type") ?? ""
        switch type {
        case "ENTITY_CREATE_V2", "ENTITY_FULL_UPDATE_V2":
            let body = message["entities"]?.object ?? JSONObject()
            var inputs: [EntityInput] = []
            for value in body["entities"]?.list ?? [] { inputs.append(try AtlasReader.entity(value)) }
            try transaction.write(
                inputs,
                referred: try AtlasReader.referred(body["referredEntities"]),
                options: WriteOptions(makesShells: true)
            )
        case "ENTITY_PARTIAL_UPDATE_V2":
            let body = message["entity"]?.object ?? JSONObject()
            guard let value = body["entity"], let id = message["entityId"]?.object else {
                throw CatalogError(.badRequest, "\(type) needs entityId and entity")
            }
            let known = try entity(id, transaction.seen)
            var input = try AtlasReader.entity(value)
            input.typeName = known.typeName
            input.guid = known.id.text
            try transaction.write(
                [input],
                referred: try AtlasReader.referred(body["referredEntities"]),
                options: WriteOptions(isPartial: true, makesShells: true)
            )
        case "ENTITY_DELETE_V2":
            var ids: [EntityID] = []
            for value in message["entities"]?.list ?? [] {
                // What isn't there needn't be deleted.
                if let id = value.object, let known = try? entity(id, transaction.seen) {
                    ids.append(known.id)
                }
            }
            try transaction.delete(ids)
        default:
            throw CatalogError(
                .badRequest,
                "messages of type `\(type)` aren't taken: send those that end in _V2"
            )
        }
    }

    private static func entity(_ id: JSONObject, _ graph: VisibleGraph) throws(CatalogError) -> Entity {
        if let guid = id.text("guid"), !guid.hasPrefix("-"), let known = graph[EntityID(guid)] {
            return known
        }
        let unique = (id["uniqueAttributes"]?.object?.pairs ?? []).map {
            ($0.name, $0.value.text ?? $0.value.json)
        }
        return try AtlasRequest.entity(in: graph, type: id.text("typeName") ?? "", unique)
    }
}
