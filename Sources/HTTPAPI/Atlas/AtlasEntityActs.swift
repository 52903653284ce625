import Catalog
import CatalogModel
import Governance

/// Reading and writing entities.
enum AtlasEntityActs {
    // MARK: Writing

    @Sendable static func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let body = try request.object()
        guard let entity = body["entity"], !entity.isNull else {
            // A client of Atlas's own sends lists of entities here too.
            if body["entities"]?.list?.isEmpty == false { return try createMany(request) }
            throw CatalogError(.invalidParameters, "invalid parameters: no entities to create/update.")
        }
        let inputs = [try AtlasReader.entity(entity)]
        return try write(request, inputs, try AtlasReader.referred(body["referredEntities"]))
    }

    @Sendable static func createMany(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        if let response = try AtlasBulk.create(request) { return response }
        let (inputs, referred) = try inputs(request)
        return try write(request, inputs, referred)
    }

    /// The entities of a bulk request, and those that they refer to.
    static func inputs(
        _ request: AtlasRequest
    ) throws(CatalogError) -> (inputs: [EntityInput], referred: [String: EntityInput]) {
        let body = try request.object()
        var inputs: [EntityInput] = []
        for value in body["entities"]?.list ?? [] { inputs.append(try AtlasReader.entity(value)) }
        return (inputs, try AtlasReader.referred(body["referredEntities"]))
    }

    private static func write(
        _ request: AtlasRequest,
        _ inputs: [EntityInput],
        _ referred: [String: EntityInput] = [:],
        _ options: WriteOptions = WriteOptions()
    ) throws(CatalogError) -> AtlasResponse {
        let (_, transaction) = try request.change("write \(inputs.count) entities") {
            transaction throws(CatalogError) in
            try transaction.write(inputs, referred: referred, options: options)
        }
        return mutation(transaction, request)
    }

    /// What came of a change, as an answer.
    static func mutation(_ transaction: CatalogTransaction, _ request: AtlasRequest) -> AtlasResponse {
        .writing { json in
            let mutation = transaction.mutation
            var writer = AtlasWriter(
                CatalogView(transaction)
            )
            writer.object { writer in
                let lists = [
                    ("CREATE", mutation.created),
                    (mutation.isPartial ? "PARTIAL_UPDATE" : "UPDATE", mutation.updated),
                    ("DELETE", mutation.deleted), ("PURGE", mutation.purged),
                ].filter { !$0.1.isEmpty }
                if !lists.isEmpty {
                    writer.object("mutatedEntities") { writer in
                        for (name, ids) in lists {
                            writer.list(name, ids) { writer, id in
                                guard let entity = writer.graph[id] ?? mutation.gone[id] else { return }
                                writer.header(entity)
                            }
                        }
                    }
                }
                if !mutation.assignments.isEmpty {
                    writer.object("guidAssignments") { writer in
                        var seen: Set<String> = []
                        for (placeholder, id) in mutation.assignments where seen.insert(placeholder).inserted
                        {
                            writer.pair(placeholder, id.text)
                        }
                    }
                }
            }
            json = writer.json
        }
    }

    @Sendable static func updateByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let body = try request.object()
        guard let value = body["entity"], !value.isNull else {
            throw CatalogError(.invalidParameters, "invalid parameters: no entity to update.")
        }
        var input = try AtlasReader.entity(value)
        let view = try request.view()
        let known = try request.entity(in: view.graph)
        input = input.aimed(at: known)
        let (_, transaction) = try request.change("write part of an entity") {
            transaction throws(CatalogError) in
            guard let shape = transaction.graph.types.entityTypes[known.typeName] else { return }
            for name in input.attributes.names where shape.attribute(name) == nil && shape.ends[name] == nil {
                throw CatalogError(
                    .unknownAttribute,
                    "Attribute \(name) not found for type \(known.typeName)"
                )
            }
            try transaction.write([input], options: WriteOptions(isPartial: true))
        }
        return mutation(transaction, request)
    }

    @Sendable static func updateAttribute(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        guard let name = request.text("name") else {
            throw CatalogError(.badRequest, "name of the attribute is missing")
        }
        let value = try request.json()
        let id = request.guid
        let (_, transaction) = try request.change("write an attribute of an entity") {
            transaction throws(CatalogError) in
            try transaction.writeAttribute(name, value, of: id)
        }
        return mutation(transaction, request)
    }

    @Sendable static func delete(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try delete(request, [request.guid])
    }

    @Sendable static func deleteMany(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let guids = request.texts("guid")
        guard !guids.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: Guid(s) not specified")
        }
        return try delete(request, guids.map { EntityID($0) })
    }

    @Sendable static func deleteByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        do throws(CatalogError) {
            return try delete(request, [try request.entity(in: view.graph).id])
        } catch {
            guard error.code == .unknownUniqueValue else { throw error }
            return try delete(request, [])
        }
    }

    private static func delete(_ request: AtlasRequest, _ ids: [EntityID]) throws(CatalogError)
        -> AtlasResponse
    {
        let (_, transaction) = try request.change("delete \(ids.count) entities") {
            transaction throws(CatalogError) in
            try transaction.delete(ids)
        }
        return mutation(transaction, request)
    }

    // MARK: Reading

    @Sendable static func read(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        return one(try view.entity(request.guid), view, request)
    }

    @Sendable static func readByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        return one(try view.entity(try request.entity(in: view.graph).id), view, request)
    }

    private static func one(_ entity: Entity, _ view: CatalogView, _ request: AtlasRequest) -> AtlasResponse {
        AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.referred([entity], request)
                writer.json.name("entity")
                writer.entity(
                    entity,
                    AtlasWriter.Extent(hasRelationships: !request.flag("ignoreRelationships"))
                )
            }
        }
    }

    @Sendable static func header(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let entity = try view.entity(request.guid)
        return AtlasWriter.response(view) { $0.header(entity) }
    }

    @Sendable static func headerByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let entity = try view.entity(try request.entity(in: view.graph).id)
        return AtlasWriter.response(view) { $0.header(entity) }
    }

    @Sendable static func readMany(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let guids = request.texts("guid")
        guard !guids.isEmpty else {
            throw CatalogError(.invalidParameters, "invalid parameters: Guid(s) not specified")
        }
        var entities: [Entity] = []
        for guid in guids { entities.append(try view.entity(EntityID(guid))) }
        return many(entities, view, request)
    }

    @Sendable static func readManyByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        guard view.graph.types.entityTypes[request.segment("type")] != nil else {
            throw CatalogError(
                .unknownEntityType,
                "Type ENTITY with name \(request.segment("type")) does not exist"
            )
        }
        // attr_0:name=…&attr_1:name=…
        var groups: [String: [(name: String, value: String)]] = [:]
        var order: [String] = []
        for (name, value) in request.query where name.hasPrefix("attr") {
            guard let colon = name.firstIndex(of: ":") else { continue }
            let group = String(name[..<colon])
            if groups[group] == nil { order.append(group) }
            groups[group, default: []].append((String(name[name.index(after: colon)...]), value))
        }
        var entities: [Entity] = []
        for group in order {
            do throws(CatalogError) {
                let known = try AtlasRequest.entity(
                    in: view.graph,
                    type: request.segment("type"),
                    groups[group] ?? []
                )
                entities.append(known)
            } catch {
                guard error.code == .unknownUniqueValue else { throw error }
            }
        }
        return many(entities, view, request)
    }

    private static func many(_ entities: [Entity], _ view: CatalogView, _ request: AtlasRequest)
        -> AtlasResponse
    {
        AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.referred(entities, request)
                writer.list("entities", entities) { writer, entity in
                    writer.entity(
                        entity,
                        AtlasWriter.Extent(hasRelationships: !request.flag("ignoreRelationships"))
                    )
                }
            }
        }
    }
}

extension AtlasWriter {
    /// The entities that some own.
    fileprivate mutating func referred(_ entities: [Entity], _ request: AtlasRequest) {
        let isShort = request.flag("minExtInfo")
        let hasRelationships = !request.flag("ignoreRelationships")
        var seen: Set<EntityID> = Set(entities.map(\.id))
        object("referredEntities") { writer in
            for entity in entities {
                for owned in writer.graph.owned(by: entity.id)
                where seen.insert(owned.id).inserted {
                    writer.json.name(owned.id.text)
                    writer.entity(owned, Extent(hasRelationships: hasRelationships, isShort: isShort))
                }
            }
        }
    }
}

extension EntityInput {
    /// The same for an entity that is there already.
    fileprivate func aimed(at entity: Entity) -> EntityInput {
        var input = EntityInput(typeName: entity.typeName, guid: entity.id.text, attributes: attributes)
        input.relationships = relationships
        input.customAttributes = customAttributes
        return input
    }
}
