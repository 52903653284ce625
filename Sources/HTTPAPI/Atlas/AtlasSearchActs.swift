import Catalog
import CatalogModel
import Governance

/// What a search was asked with, in Atlas's form.
struct AtlasSearch {
    var question = SearchQuestion()
    /// Attributes that headers show beside their own.
    var attributes: [String] = []
    var excludesHeaders = false
    var withTagAttributes = false
    var type = "BASIC"
    /// The question as it came, for the echo.
    var parameters = JSONObject()

    /// Reads the body of a search.
    init(_ parameters: JSONObject) throws(CatalogError) {
        self.parameters = parameters
        func names(_ name: String) -> [String] {
            (parameters.text(name) ?? "").split(separator: ",").map { $0.filter { $0 != " " } }.filter {
                !$0.isEmpty
            }
        }
        func number(_ name: String) -> Int { Int(clamping: parameters[name]?.integer ?? 0) }
        question.words = parameters.text("query") ?? ""
        question.types = names("typeName")
        question.tags = names("classification")
        question.term = parameters.text("termName").flatMap { $0.isEmpty ? nil : $0 }
        question.excludesDeleted = parameters["excludeDeletedEntities"]?.bool ?? false
        question.includesSubTypes = parameters["includeSubTypes"]?.bool ?? true
        question.includesSubTags = parameters["includeSubClassifications"]?.bool ?? true
        question.filter = try SearchFilter(parameters["entityFilters"])
        question.tagFilter = try SearchFilter(parameters["tagFilters"])
        question.sortBy = parameters.text("sortBy").flatMap { $0.isEmpty ? nil : $0 }
        question.isDescending = parameters.text("sortOrder")?.uppercased() == "DESCENDING"
        guard number("limit") >= 0, number("offset") >= 0 else {
            throw CatalogError(.badRequest, "limit and offset must not be negative")
        }
        question.limit = SearchQuestion.effectiveLimit(number("limit"))
        question.offset = number("offset")
        attributes = (parameters["attributes"]?.list ?? []).compactMap(\.text)
        attributes += question.filter?.attributes ?? []
        if let sortBy = question.sortBy { attributes.append(sortBy) }
        excludesHeaders = parameters["excludeHeaderAttributes"]?.bool ?? false
        withTagAttributes = parameters["includeClassificationAttributes"]?.bool ?? false
        try readMarker()
    }

    /// A marker is where the page before ended.
    private mutating func readMarker() throws(CatalogError) {
        guard let marker = parameters.text("marker"), !marker.isEmpty else { return }
        guard marker != "*" else {
            question.offset = 0
            return
        }
        guard let position = Int(marker), position >= 0 else {
            throw CatalogError(.badRequest, "marker is none of ours: begin with `*`")
        }
        question.offset = position
    }

    /// Runs the search and answers as Atlas does.
    func run(_ view: CatalogView) throws(CatalogError) -> AtlasResponse {
        let finding = try view.graph.search(question, now: view.now)
        return AtlasWriter.response(view) { $0.found(finding, self) }
    }
}

extension AtlasWriter {
    /// What a search found.
    mutating func found(_ finding: SearchFinding, _ search: AtlasSearch) {
        let attributes = unique(search.attributes)
        object { writer in
            writer.pair("queryType", search.type)
            var echo = search.parameters.withoutNulls
            echo["limit"] = .integer(Int64(search.question.limit))
            echo["offset"] = .integer(Int64(search.question.offset))
            writer.pair("searchParameters", .object(echo))
            if !search.question.words.isEmpty { writer.pair("queryText", search.question.words) }
            if search.excludesHeaders {
                writer.table(finding.entities, attributes)
            } else if !finding.entities.isEmpty {
                writer.list("entities", finding.entities) { writer, entity in
                    writer.header(entity, adding: attributes, withTags: search.withTagAttributes)
                }
            }
            writer.referred(by: finding.entities, attributes)
            writer.pair("approximateCount", .integer(Int64(finding.count)))
            if search.parameters.text("marker")?.isEmpty == false {
                let next = search.question.offset + finding.entities.count
                writer.pair("nextMarker", finding.hasMore ? String(next) : "-1")
            }
        }
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private mutating func table(_ entities: [Entity], _ attributes: [String]) {
        object("attributes") { writer in
            writer.list("name", attributes) { $0.json.string($1) }
            writer.list("values", entities) { writer, entity in
                writer.list(attributes) { writer, name in
                    let value =
                        entity.attributes[name] ?? writer.graph.systemAttribute(name, of: entity)
                        ?? entity.businessAttribute(name)
                    writer.json.value(value ?? .null)
                }
            }
        }
    }

    /// Explains the entities that attributes of others refer to.
    private mutating func referred(by entities: [Entity], _ attributes: [String]) {
        let graph = graph
        var related: [EntityID: Entity] = [:]
        for entity in entities {
            guard let shape = graph.types.entityTypes[entity.typeName] else { continue }
            for name in attributes {
                guard let ends = shape.ends[name] else {
                    for other in graph.referred(by: entity, name) { related[other.id] = other }
                    continue
                }
                for one in graph.related(entity.id, ends)
                where one.relationship.isActive {
                    related[one.entity.id] = one.entity
                }
            }
        }
        guard !related.isEmpty else { return }
        object("referredEntities") { writer in
            for (id, entity) in related.sorted(by: { $0.key < $1.key }) {
                writer.json.name(id.text)
                writer.header(entity)
            }
        }
    }
}

/// Searching.
enum AtlasSearchActs {
    @Sendable static func basic(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try AtlasSearch(try request.object()).run(try request.view())
    }

    @Sendable static func basicByGet(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try AtlasSearch(try parameters(request)).run(try request.view())
    }

    /// The query's parameters in the form of a body.
    private static func parameters(_ request: AtlasRequest) throws(CatalogError) -> JSONObject {
        var parameters = JSONObject()
        for name in ["query", "typeName", "classification", "sortBy", "sortOrder", "marker", "termName"] {
            if let text = request.text(name) { parameters[name] = .string(text) }
        }
        parameters["excludeDeletedEntities"] = .bool(request.flag("excludeDeletedEntities"))
        for name in ["limit", "offset"] {
            parameters[name] = .integer(Int64(try request.number(name, else: 0)))
        }
        let attributes = request.texts("attributes")
        if !attributes.isEmpty { parameters["attributes"] = .array(attributes.map { .string($0) }) }
        return parameters
    }

    @Sendable static func fullText(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let search = try AtlasSearch(try parameters(request))
        let view = try request.view()
        let finding = try view.graph.search(search.question, now: view.now)
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.pair("queryType", "FULL_TEXT")
                writer.pair("queryText", search.question.words)
                writer.list("fullTextResult", finding.entities.enumerated()) { writer, found in
                    writer.object { writer in
                        writer.json.name("entity")
                        writer.header(found.element)
                        writer.pair("score", .number(1 / Double(found.offset + 1)))
                    }
                }
            }
        }
    }

    @Sendable static func attribute(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        guard let type = request.text("typeName") ?? request.text("attrName").map({ _ in "Referenceable" })
        else {
            throw CatalogError(.invalidParameters, "invalid parameters: typeName and attrName are missing")
        }
        var parameters = try parameters(request)
        parameters["typeName"] = .string(type)
        parameters["entityFilters"] = [
            "attributeName": .string(request.text("attrName") ?? "qualifiedName"), "operator": "startsWith",
            "attributeValue": .string(request.text("attrValuePrefix") ?? ""),
        ]
        var search = try AtlasSearch(parameters)
        search.type = "ATTRIBUTE"
        return try search.run(try request.view())
    }

    @Sendable static func quickByGet(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        var parameters = try parameters(request)
        parameters["includeSubTypes"] = .bool(false)
        return try quick(parameters, try request.view())
    }

    @Sendable static func quick(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try quick(try request.object(), try request.view())
    }

    private static func quick(_ parameters: JSONObject, _ view: CatalogView) throws(CatalogError)
        -> AtlasResponse
    {
        var search = try AtlasSearch(parameters)
        let words = search.question.words
        if !words.isEmpty, !words.hasSuffix("*"), !words.hasSuffix("\"") {
            search.question.words = words + "*"
        }
        if search.question.types.isEmpty, search.question.words.isEmpty {
            search.question.types = [SearchQuestion.allTypes]
        }
        let facets = ["__typeName", "owner", "__createdBy", "__state", "__classificationNames", "__labels"]
        let (finding, counts) = try view.graph.searchWithFacets(
            search.question,
            facets,
            now: view.now
        )
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.json.name("searchResults")
                writer.found(finding, search)
                writer.object("aggregationMetrics") { writer in
                    for (facet, values) in counts {
                        writer.list(facet, values.prefix(100)) { writer, value in
                            writer.object { writer in
                                writer.pair("name", value.value)
                                writer.pair("count", .integer(Int64(value.count)))
                            }
                        }
                    }
                }
            }
        }
    }

    @Sendable static func suggestions(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let prefix = request.text("prefixString") ?? ""
        let words = view.graph.suggestions(for: prefix)
        return .value([
            "prefixString": .string(prefix), "fieldName": .string(request.text("fieldName") ?? ""),
            "suggestions": .array(words.map { .string($0) }),
        ])
    }

    @Sendable static func relationship(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        guard let guid = request.text("guid"), let relation = request.text("relation") else {
            throw CatalogError(.invalidParameters, "invalid parameters: guid and relation must not be empty")
        }
        let search = try AtlasSearch(try parameters(request))
        let view = try request.view()
        let entity = try view.entity(EntityID(guid))
        // An edge label is `__type.attribute`.
        let name = relation.hasPrefix("__") ? String(relation.split(separator: ".").last ?? "") : relation
        guard let ends = view.graph.types.entityTypes[entity.typeName]?.ends[name] else {
            throw CatalogError(
                .unknownAttribute,
                "Attribute \(relation) not found for type \(entity.typeName)"
            )
        }
        let sortBy = search.question.sortBy ?? "name"
        var found = view.graph.related(entity.id, ends).filter { related in
            !search.question.excludesDeleted || related.relationship.isActive && related.entity.isActive
        }.map(\.entity)
        func key(_ entity: Entity) -> String {
            let value = entity.attributes[sortBy] ?? .null
            return (value.text ?? value.json).lowercased()
        }
        found.sort { search.question.isDescending ? key($0) > key($1) : key($0) < key($1) }
        let page = Array(found.dropFirst(search.question.offset).prefix(search.question.limit))
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.pair("queryType", "RELATIONSHIP")
                writer.list("entities", page) { $0.header($1, adding: search.attributes) }
                writer.pair(
                    "approximateCount",
                    .integer(request.flag("getApproximateCount") ? Int64(found.count) : -1)
                )
            }
        }
    }

    // MARK: Atlas's query language

    @Sendable static func dsl(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let limit = try request.number("limit", else: 0)
        let offset = try request.number("offset", else: 0)
        guard limit >= 0, offset >= 0 else {
            throw CatalogError(.badRequest, "limit and offset must not be negative")
        }
        let text = query(
            request.text("query"),
            type: request.text("typeName"),
            tag: request.text("classification")
        )
        return try dsl(text, limit: limit, offset: offset, try request.view())
    }

    /// A query with the type and the tag that were given beside it; a tag counts where there is no query only.
    static func query(_ query: String?, type: String?, tag: String?) -> String {
        func name(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
        let query = query ?? ""
        if let tag = name(tag), query.isEmpty { return "\(name(type) ?? "") isa \(tag)" }
        return name(type).map { "\($0) \(query)" } ?? query
    }

    static func dsl(
        _ text: String,
        limit: Int,
        offset: Int,
        _ view: CatalogView
    ) throws(CatalogError) -> AtlasResponse {
        let answer = try view.graph.ask(text, limit: limit, offset: offset, now: view.now)
        return AtlasWriter.response(view) { writer in
            writer.object { writer in
                writer.pair("queryType", "DSL")
                writer.pair("queryText", text)
                switch answer.content {
                case .entities(let entities):
                    if !entities.isEmpty { writer.list("entities", entities) { $0.header($1) } }
                case .table(let names, let rows):
                    writer.object("attributes") { writer in
                        writer.list("name", names) { $0.json.string($1) }
                        writer.list("values", rows) { writer, row in
                            writer.list(row) { $0.cell($1) }
                        }
                    }
                }
                writer.pair("approximateCount", .integer(-1))
            }
        }
    }
}

extension AtlasWriter {
    fileprivate mutating func cell(_ cell: QueryAnswer.Cell) {
        switch cell {
        case .value(let value): json.value(value)
        case .entities(let ids):
            let entities = ids.compactMap { graph[$0] }
            if entities.count == 1 { return header(entities[0]) }
            list(entities) { $0.header($1) }
        }
    }
}
