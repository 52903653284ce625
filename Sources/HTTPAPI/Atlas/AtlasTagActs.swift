import Catalog
import CatalogModel
import Governance

/// Tags ("classifications"), labels, business metadata and history of entities.
enum AtlasTagActs {
    // MARK: Tags

    @Sendable static func list(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let entity = try view.entity(request.guid)
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.json.name("list")
                writer.classificationList(of: entity.id)
                let count = view.graph.tags(on: entity.id).count
                writer.pair("startIndex", .integer(0))
                writer.pair("pageSize", .integer(Int64(count)))
                writer.pair("totalCount", .integer(Int64(count)))
                writer.pair("sortType", "NONE")
            }
        }
    }

    /// The headers of entities whose tags changed since a moment: what Ranger's tag synchronisation asks for.
    @Sendable static func changed(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let text = request.text("tagUpdateStartTime") ?? "0"
        guard let since = Int64(text) else {
            throw CatalogError(.badRequest, "tagUpdateStartTime is no time in milliseconds since 1970")
        }
        let (view, entities) = try request.catalog.tagged(since: since, for: request.caller)
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.object("guidHeaderMap") { writer in
                    for entity in entities {
                        writer.json.name(entity.id.text)
                        writer.header(entity)
                    }
                }
            }
        }
    }

    @Sendable static func one(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let entity = try view.entity(request.guid)
        let name = request.segment("tag")
        guard let placed = view.graph.tags(on: entity.id).first(where: { $0.tag.name.text == name }) else {
            throw CatalogError(.unknownTag, "Given classification \(name) was invalid")
        }
        return AtlasWriter.response(view) { $0.classification(placed) }
    }

    @Sendable static func add(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try add(request, to: request.guid)
    }

    @Sendable static func addByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try add(request, to: try request.entity(in: try request.view().graph).id)
    }

    private static func add(_ request: AtlasRequest, to id: EntityID) throws(CatalogError) -> AtlasResponse {
        let tags = try AtlasReader.tags(try request.list())
        _ = try request.change("tag \(id)") { transaction throws(CatalogError) in
            try transaction.addTags(tags, to: [id])
        }
        return .done
    }

    @Sendable static func update(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try update(request, on: request.guid)
    }

    @Sendable static func updateByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try update(request, on: try request.entity(in: try request.view().graph).id)
    }

    private static func update(_ request: AtlasRequest, on id: EntityID) throws(CatalogError) -> AtlasResponse
    {
        let tags = try AtlasReader.tags(try request.list())
        _ = try request.change("change tags of \(id)") { transaction throws(CatalogError) in
            try transaction.updateTags(tags, on: id)
        }
        return .done
    }

    @Sendable static func remove(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try remove(request, from: request.guid)
    }

    @Sendable static func removeByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try remove(request, from: try request.entity(in: try request.view().graph).id)
    }

    private static func remove(_ request: AtlasRequest, from id: EntityID) throws(CatalogError)
        -> AtlasResponse
    {
        let name = request.segment("tag")
        let source = request.text("associatedEntityGuid").map { EntityID($0) }
        _ = try request.change("no tag \(name) on \(id)") { transaction throws(CatalogError) in
            try transaction.removeTag(name, of: id, flowedFrom: source)
        }
        return .done
    }

    @Sendable static func addToMany(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let body = try request.object()
        guard let value = body["classification"], !value.isNull else {
            throw CatalogError(.invalidParameters, "invalid parameters: no classification")
        }
        let tag = try AtlasReader.tag(value)
        var ids = (body["entityGuids"]?.list ?? []).compactMap(\.text).map { EntityID($0) }
        if let type = body.text("entityTypeName") {
            let graph = try request.view().graph
            for value in body["entitiesUniqueAttributes"]?.list ?? [] {
                let attributes = (value.object?.pairs ?? []).map { ($0.name, $0.value.text ?? $0.value.json) }
                ids.append(try AtlasRequest.entity(in: graph, type: type, attributes).id)
            }
        }
        let skips = request.flag("skipFailedEntities")
        _ = try request.change("tag \(ids.count) entities") { transaction throws(CatalogError) in
            guard skips else { return try transaction.addTags([tag], to: ids) }
            for id in ids {
                var attempt = transaction
                do throws(CatalogError) {
                    try attempt.addTags([tag], to: [id])
                    transaction = attempt
                } catch { continue }
            }
        }
        return .done
    }

    @Sendable static func set(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let headers = try request.object()["guidHeaderMap"]?.object?.pairs ?? []
        var wanted: [(EntityID, [TagInput])] = []
        for pair in headers {
            let tags = try AtlasReader.tags(pair.value.object?["classifications"]?.list ?? [])
            wanted.append(
                (EntityID(pair.name), tags.filter { $0.entity == nil || $0.entity?.text == pair.name })
            )
        }
        _ = try request.change("set tags of \(wanted.count) entities") { transaction throws(CatalogError) in
            for (id, tags) in wanted {
                let held = transaction.graph.tags(setOn: try transaction.entity(id).id).map(\.name.text)
                for name in held where !tags.contains(where: { $0.typeName == name }) {
                    try transaction.removeTag(name, of: id)
                }
                let changed = tags.filter { held.contains($0.typeName) }
                let added = tags.filter { !held.contains($0.typeName) }
                if !changed.isEmpty { try transaction.updateTags(changed, on: id) }
                if !added.isEmpty { try transaction.addTags(added, to: [id]) }
            }
        }
        return .value(.string(wanted.map { "\($0.0): SUCCESS" }.joined(separator: ", ")))
    }

    // MARK: Labels

    @Sendable static func setLabels(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try labels(request, .set)
    }

    @Sendable static func addLabels(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try labels(request, .add)
    }

    @Sendable static func removeLabels(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try labels(request, .remove)
    }

    private static func labels(_ request: AtlasRequest, _ change: LabelChange) throws(CatalogError)
        -> AtlasResponse
    {
        let words = try request.list().compactMap(\.text)
        let id: EntityID
        if request.path["guid"] != nil {
            id = request.guid
        } else {
            id = try request.entity(in: try request.view().graph).id
        }
        _ = try request.change("labels of \(id)") { transaction throws(CatalogError) in
            try transaction.changeLabels(words, change, on: id)
        }
        return .done
    }

    // MARK: Business metadata

    @Sendable static func putBusiness(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let values = try AtlasReader.business(try request.object())
        let isOverwrite = request.flag("isOverwrite")
        _ = try request.change("business metadata of \(request.guid)") { transaction throws(CatalogError) in
            try transaction.putBusinessAttributes(values, on: request.guid, isOverwrite: isOverwrite)
        }
        return .done
    }

    @Sendable static func putOneBusiness(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let values = [request.segment("bm"): try request.object()]
        _ = try request.change("business metadata of \(request.guid)") { transaction throws(CatalogError) in
            try transaction.putBusinessAttributes(values, on: request.guid, isOverwrite: false)
        }
        return .done
    }

    @Sendable static func removeBusiness(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let values = try AtlasReader.business(try request.object()).mapValues(\.names)
        _ = try request.change("business metadata of \(request.guid)") { transaction throws(CatalogError) in
            try transaction.removeBusinessAttributes(values, of: request.guid)
        }
        return .done
    }

    @Sendable static func removeOneBusiness(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let values = [request.segment("bm"): try request.object().names]
        _ = try request.change("business metadata of \(request.guid)") { transaction throws(CatalogError) in
            try transaction.removeBusinessAttributes(values, of: request.guid)
        }
        return .done
    }
}
