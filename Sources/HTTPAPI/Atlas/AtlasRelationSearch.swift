import Catalog
import CatalogModel
import Governance

/// Searching for relationships.
enum AtlasRelationSearch {
    @Sendable static func byGet(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        var parameters = JSONObject()
        for name in ["relationshipName", "sortBy", "sortOrder", "marker"] {
            if let text = request.text(name) { parameters[name] = .string(text) }
        }
        // Some clients call the type of relationships `typeName`, as in the other searches.
        if parameters["relationshipName"] == nil, let type = request.text("typeName") {
            parameters["relationshipName"] = .string(type)
        }
        parameters["excludeDeletedEntities"] = .bool(request.flag("excludeDeletedEntities"))
        for name in ["limit", "offset"] {
            parameters[name] = .integer(Int64(try request.number(name, else: 0)))
        }
        return try run(parameters, try request.view())
    }

    @Sendable static func byPost(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try run(try request.object(), try request.view())
    }

    private static func run(_ parameters: JSONObject, _ view: CatalogView) throws(CatalogError)
        -> AtlasResponse
    {
        // Paging, sorting and markers are those of the search for entities.
        let search = try AtlasSearch(parameters)
        var question = RelationshipQuestion()
        question.types = (parameters.text("relationshipName") ?? "").split(separator: ",").map {
            $0.filter { $0 != " " }
        }
        question.filter = try SearchFilter(parameters["relationshipFilters"])
        question.excludesDeleted = search.question.excludesDeleted
        question.sortBy = search.question.sortBy
        question.isDescending = search.question.isDescending
        (question.offset, question.limit) = (search.question.offset, search.question.limit)
        let (page, count) = try view.graph.search(question, now: view.now)
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.pair("queryType", "RELATIONSHIP")
                var echo = parameters.withoutNulls
                echo["limit"] = .integer(Int64(question.limit))
                echo["offset"] = .integer(Int64(question.offset))
                writer.pair("searchParameters", .object(echo))
                if !page.isEmpty { writer.list("relations", page) { $0.relationshipHeader($1) } }
                writer.pair("approximateCount", .integer(Int64(count)))
                if parameters.text("marker")?.isEmpty == false {
                    let next = question.offset + page.count
                    writer.pair("nextMarker", next < count ? String(next) : "-1")
                }
            }
        }
    }
}

extension AtlasWriter {
    fileprivate mutating func relationshipHeader(_ relationship: Relationship) {
        let shape = graph.types.definitions[relationship.typeName]?.relationship
        object { writer in
            writer.pair("typeName", relationship.typeName)
            writer.pair("attributes", .object(relationship.attributes))
            writer.pair("guid", relationship.id.text)
            writer.pair("status", relationship.status.rawValue)
            let flow = relationship.stopsTags ? TagFlow.none : shape?.tagFlow ?? .none
            writer.pair("propagateTags", flow.rawValue)
            if let shape { writer.pair("label", writer.label(of: relationship, shape)) }
            for index in 0..<2 {
                guard let end = writer.graph[relationship.end(index)] else { continue }
                writer.json.name("end\(index + 1)")
                writer.reference(end)
            }
        }
    }
}
