import Catalog
import CatalogModel
import Governance

/// Relationships as things of their own, and lineage.
enum AtlasRelationshipActs {
    @Sendable static func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let input = try AtlasReader.relationship(try request.object())
        let (id, transaction) = try request.change("relate two entities") {
            transaction throws(CatalogError) in
            try transaction.createRelationship(input)
        }
        return try one(id, CatalogView(transaction), extended: nil)
    }

    @Sendable static func update(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let input = try AtlasReader.relationship(try request.object())
        let (_, transaction) = try request.change("change a relationship") {
            transaction throws(CatalogError) in
            try transaction.updateRelationship(input)
        }
        return try one(input.id ?? EntityID(""), CatalogView(transaction), extended: nil)
    }

    @Sendable static func read(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try one(request.guid, try request.view(), extended: request.flag("extendedInfo"))
    }

    @Sendable static func delete(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let id = request.guid
        _ = try request.change("delete a relationship") { transaction throws(CatalogError) in
            try transaction.deleteRelationship(id)
        }
        return .done
    }

    /// A relationship; with what it refers to when `extended` isn't nil.
    private static func one(
        _ id: EntityID,
        _ view: CatalogView,
        extended: Bool?
    ) throws(CatalogError) -> AtlasResponse {
        guard let relationship = view.graph.relationship(id) else {
            throw CatalogError(.unknownRelationship, "Given relationship guid \(id) is invalid/not found")
        }
        var ends: [Entity] = []
        for index in 0..<2 { ends.append(try view.entity(relationship.end(index))) }
        return AtlasWriter.response(view) { writer in
            guard let extended else { return writer.relationship(relationship, ends) }
            writer.object { writer in
                writer.json.name("relationship")
                writer.relationship(relationship, ends)
                writer.object("referredEntities") { writer in
                    for end in extended ? ends : [] {
                        writer.json.name(end.id.text)
                        writer.header(end)
                    }
                }
            }
        }
    }

    // MARK: Lineage

    @Sendable static func lineage(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        return try lineage(request, try view.entity(request.guid), view)
    }

    @Sendable static func lineageByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let entity = try view.entity(try request.entity(in: view.graph).id)
        return try lineage(request, entity, view)
    }

    private static func lineage(
        _ request: AtlasRequest,
        _ entity: Entity,
        _ view: CatalogView
    ) throws(CatalogError) -> AtlasResponse {
        let text = request.text("direction")?.uppercased() ?? "BOTH"
        guard let direction = LineageDirection(rawValue: text) else {
            throw CatalogError(.badRequest, "direction is INPUT, OUTPUT or BOTH")
        }
        let depth = try request.number("depth", else: 3)
        let question = LineageQuestion(
            direction,
            depth: depth,
            hidesDeletedProcesses: request.flag("hideProcess")
        )
        return answer(try view.graph.lineage(of: entity.id, question), entity, question, view, onDemand: nil)
    }

    @Sendable static func lineageOnDemand(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let entity = try view.entity(request.guid)
        let body = request.body.isEmpty ? JSONObject() : try request.object()
        let wanted = body[entity.id.text]?.object ?? JSONObject()
        func limit(_ name: String) throws(CatalogError) -> Int {
            let limit = wanted[name]?.integer ?? 3
            guard (0...Int64(EntityGraph.maximumLineageSteps)).contains(limit) else {
                throw CatalogError(.badRequest, "\(name) is out of range")
            }
            return limit == 0 ? 3 : Int(limit)
        }
        guard let direction = LineageDirection(rawValue: wanted.text("direction") ?? "BOTH") else {
            throw CatalogError(.badRequest, "direction is INPUT, OUTPUT or BOTH")
        }
        let question = LineageQuestion(
            direction,
            depth: Int(clamping: wanted["depth"]?.integer ?? 3),
            inputLimit: try limit("inputRelationsLimit"),
            outputLimit: try limit("outputRelationsLimit")
        )
        return answer(try view.graph.lineage(of: entity.id, question), entity, question, view, onDemand: body)
    }

    private static func answer(
        _ lineage: LineageAnswer,
        _ entity: Entity,
        _ question: LineageQuestion,
        _ view: CatalogView,
        onDemand: JSONObject?
    ) -> AtlasResponse {
        AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.pair("baseEntityGuid", entity.id.text)
                writer.pair("lineageDirection", question.direction.rawValue)
                writer.pair("lineageDepth", .integer(Int64(question.depth)))
                writer.object("guidEntityMap") { writer in
                    for id in lineage.entities {
                        guard let entity = writer.graph[id] else { continue }
                        writer.json.name(id.text)
                        writer.header(entity)
                    }
                }
                writer.list("relations", lineage.steps) { writer, step in
                    writer.object { writer in
                        writer.pair("fromEntityId", step.from.text)
                        writer.pair("toEntityId", step.to.text)
                        writer.pair("relationshipId", step.relationship.text)
                    }
                }
                if let onDemand {
                    writer.onDemand(lineage)
                    writer.pair("lineageOnDemandPayload", .object(onDemand))
                }
            }
        }
    }
}

extension AtlasWriter {
    /// What edges of a relationship's type are called.
    func label(of relationship: Relationship, _ shape: RelationshipShape) -> String {
        if let label = shape.label { return label }
        let legacy = [shape.end1, shape.end2].first(where: \.isLegacy)
        return legacy.map { "__\($0.typeName).\($0.attribute)" } ?? "r:\(relationship.typeName)"
    }

    /// A relationship's attributes, with null for those that have no value.
    private func attributes(of relationship: Relationship) -> JSONObject {
        var values = JSONObject()
        for attribute in graph.types.definitions[relationship.typeName]?.attributes ?? [] {
            values.append(new: attribute.name, relationship.attributes[attribute.name] ?? .null)
        }
        return values
    }

    fileprivate mutating func relationship(_ relationship: Relationship, _ ends: [Entity]) {
        let shape = graph.types.definitions[relationship.typeName]?.relationship
        object { writer in
            writer.pair("typeName", relationship.typeName)
            writer.pair("guid", relationship.id.text)
            for (index, end) in ends.enumerated() {
                writer.json.name("end\(index + 1)")
                writer.reference(end)
            }
            let flow = relationship.stopsTags ? TagFlow.none : shape?.tagFlow ?? .none
            writer.pair("propagateTags", flow.rawValue)
            if let shape { writer.pair("label", writer.label(of: relationship, shape)) }
            writer.pair("status", relationship.status.rawValue)
            writer.pair("createdBy", relationship.createdBy)
            writer.pair("updatedBy", relationship.updatedBy)
            writer.pair("createTime", .integer(relationship.createTime))
            writer.pair("updateTime", .integer(relationship.updateTime))
            writer.pair("version", .integer(relationship.version))
            writer.pair("attributes", .object(writer.attributes(of: relationship)))
            for (name, tags) in [
                ("propagatedClassifications", writer.graph.tagsFlowing(over: relationship)),
                ("blockedPropagatedClassifications", writer.graph.tagsBlocked(at: relationship)),
            ] {
                writer.list(name, tags) { $0.classification($1) }
            }
        }
    }

    fileprivate mutating func onDemand(_ lineage: LineageAnswer) {
        object("relationsOnDemand") { writer in
            for (id, rest) in lineage.rests.sorted(by: { $0.key < $1.key }) {
                writer.object(id.text) { writer in
                    writer.pair("hasMoreInputs", .bool(rest.inputs > 0))
                    writer.pair("hasMoreOutputs", .bool(rest.outputs > 0))
                    writer.pair("inputRelationsCount", .integer(Int64(rest.shownInputs)))
                    writer.pair("outputRelationsCount", .integer(Int64(rest.shownOutputs)))
                }
            }
        }
    }
}
