import Catalog
import HTTPTypes

extension RouteTable {
    /// The routes of Atlas's API, each below `/api/atlas` and, where clients leave the version out, twice.
    static func atlas(_ limits: HTTPLimits) -> [Route] {
        (AtlasRoutes.all + AtlasRoutes.all.compactMap(\.unversioned)).map { $0.route(limits) }
            + [
                atlasProbe("status", "Say that the server runs.") { _ in },
                atlasProbe("liveness", "Say that the server runs.") { _ in },
                atlasProbe("readiness", "Say whether the catalog can be read.") { call in
                    _ = try await StatusActs.ready(call)
                },
            ]
    }

    /// What those who watch the server ask, without signing in.
    private static func atlasProbe(
        _ name: String,
        _ summary: String,
        _ check: @escaping @Sendable (Call) async throws -> Void
    ) -> Route {
        Route(
            method: .get,
            path: "/api/atlas/admin/\(name)",
            name: "atlasGetAdmin\(name.prefix(1).uppercased())\(name.dropFirst())",
            summary: summary,
            dialect: .atlas,
            answer: .json("AtlasDocument", "It is so."),
            act: .everybody { call in
                try await check(call)
                return Answer(
                    body: .bytes(Array(#"{"Status":"ACTIVE"}"#.utf8), mediaType: "application/json")
                )
            }
        )
    }
}

/// One route of Atlas's API: whoever is signed in may use it, and the act asks policy what they may.
struct AtlasRoute: Sendable {
    let method: HTTPRequest.Method
    /// The path below `/api/atlas/`.
    let path: String
    let summary: String
    let act: AtlasAct

    init(_ method: HTTPRequest.Method, _ path: String, _ summary: String, _ act: @escaping AtlasAct) {
        self.method = method
        self.path = path
        self.summary = summary
        self.act = act
    }

    /// The same route for clients that leave the version out of its path; nil when there is none in it.
    var unversioned: AtlasRoute? {
        guard path.hasPrefix("v2/") else { return nil }
        return AtlasRoute(method, String(path.dropFirst("v2/".count)), summary, act)
    }

    func route(_ limits: HTTPLimits) -> Route {
        let words = path.split { "/{}_".contains($0) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
        let method = self.method.rawValue.prefix(1) + self.method.rawValue.dropFirst().lowercased()
        return Route(
            method: self.method,
            path: "/api/atlas/\(path)",
            name: "atlas\(method)\(words.joined())",
            summary: summary,
            dialect: .atlas,
            body: self.method == .get
                ? nil
                : Route.Body(
                    mediaTypes: ["application/json"],
                    schema: "AtlasDocument",
                    byteLimit: limits.catalogBytes,
                    isOptional: true
                ),
            answer: .json("AtlasDocument", "As Atlas answers."),
            act: .signedIn { [act] call, visitor in try await AtlasDoor.run(act, call, visitor) }
        )
    }
}

/// All routes of Atlas's API.
enum AtlasRoutes {
    /// All of them.
    static let all = types + entities + marks + others + search + glossary + admin

    static let types: [AtlasRoute] = [
        AtlasRoute(.get, "v2/types/typedefs", "List definitions.", AtlasTypeActs.list),
        AtlasRoute(.post, "v2/types/typedefs", "Add definitions.", AtlasTypeActs.create),
        AtlasRoute(.put, "v2/types/typedefs", "Change definitions.", AtlasTypeActs.update),
        AtlasRoute(.delete, "v2/types/typedefs", "Delete definitions.", AtlasTypeActs.delete),
        AtlasRoute(.get, "v2/types/typedefs/headers", "List names of definitions.", AtlasTypeActs.headers),
        AtlasRoute(
            .delete,
            "v2/types/typedef/name/{name}",
            "Delete a definition.",
            AtlasTypeActs.deleteByName
        ),
        AtlasRoute(.get, "v2/types/{kind}/name/{name}", "Show a definition.", AtlasTypeActs.byName),
        AtlasRoute(.get, "v2/types/{kind}/guid/{guid}", "Show a definition.", AtlasTypeActs.byID),
    ]

    private static let unique = "v2/entity/uniqueAttribute/type/{type}"

    static let entities: [AtlasRoute] = [
        AtlasRoute(.post, "v2/entity", "Make or change an entity.", AtlasEntityActs.create),
        AtlasRoute(.get, "v2/entity/bulk", "Show entities.", AtlasEntityActs.readMany),
        AtlasRoute(.post, "v2/entity/bulk", "Make or change entities.", AtlasEntityActs.createMany),
        AtlasRoute(.delete, "v2/entity/bulk", "Delete entities.", AtlasEntityActs.deleteMany),
        AtlasRoute(
            .get,
            "v2/entity/bulk/uniqueAttribute/type/{type}",
            "Show entities.",
            AtlasEntityActs.readManyByName
        ),
        AtlasRoute(.get, "v2/entity/guid/{guid}", "Show an entity.", AtlasEntityActs.read),
        AtlasRoute(.put, "v2/entity/guid/{guid}", "Change an attribute.", AtlasEntityActs.updateAttribute),
        AtlasRoute(.delete, "v2/entity/guid/{guid}", "Delete an entity.", AtlasEntityActs.delete),
        AtlasRoute(.get, "v2/entity/guid/{guid}/header", "Show an entity's header.", AtlasEntityActs.header),
        AtlasRoute(.get, unique, "Show an entity.", AtlasEntityActs.readByName),
        AtlasRoute(.put, unique, "Change part of an entity.", AtlasEntityActs.updateByName),
        AtlasRoute(.delete, unique, "Delete an entity.", AtlasEntityActs.deleteByName),
        AtlasRoute(.get, "\(unique)/header", "Show an entity's header.", AtlasEntityActs.headerByName),
        AtlasRoute(.get, "v2/entity/{guid}/audit", "Show an entity's history.", AtlasHistoryActs.list),
    ]

    private static let tags = "v2/entity/guid/{guid}/classifications"

    static let marks: [AtlasRoute] = [
        AtlasRoute(.post, "v2/entity/bulk/classification", "Tag entities.", AtlasTagActs.addToMany),
        AtlasRoute(.post, "v2/entity/bulk/setClassifications", "Set all tags of entities.", AtlasTagActs.set),
        AtlasRoute(.get, "v2/entity/bulk/headers", "List what was tagged.", AtlasTagActs.changed),
        AtlasRoute(.get, tags, "List tags.", AtlasTagActs.list),
        AtlasRoute(.post, tags, "Add tags.", AtlasTagActs.add),
        AtlasRoute(.put, tags, "Change tags.", AtlasTagActs.update),
        AtlasRoute(.get, "v2/entity/guid/{guid}/classification/{tag}", "Show a tag.", AtlasTagActs.one),
        AtlasRoute(
            .delete,
            "v2/entity/guid/{guid}/classification/{tag}",
            "Remove a tag.",
            AtlasTagActs.remove
        ),
        AtlasRoute(.post, "\(unique)/classifications", "Add tags.", AtlasTagActs.addByName),
        AtlasRoute(.put, "\(unique)/classifications", "Change tags.", AtlasTagActs.updateByName),
        AtlasRoute(.delete, "\(unique)/classification/{tag}", "Remove a tag.", AtlasTagActs.removeByName),
        AtlasRoute(.post, "v2/entity/guid/{guid}/labels", "Set labels.", AtlasTagActs.setLabels),
        AtlasRoute(.put, "v2/entity/guid/{guid}/labels", "Add labels.", AtlasTagActs.addLabels),
        AtlasRoute(.delete, "v2/entity/guid/{guid}/labels", "Remove labels.", AtlasTagActs.removeLabels),
        AtlasRoute(.post, "\(unique)/labels", "Set labels.", AtlasTagActs.setLabels),
        AtlasRoute(.put, "\(unique)/labels", "Add labels.", AtlasTagActs.addLabels),
        AtlasRoute(.delete, "\(unique)/labels", "Remove labels.", AtlasTagActs.removeLabels),
        AtlasRoute(
            .post,
            "v2/entity/guid/{guid}/businessmetadata",
            "Attach values.",
            AtlasTagActs.putBusiness
        ),
        AtlasRoute(
            .delete,
            "v2/entity/guid/{guid}/businessmetadata",
            "Remove values.",
            AtlasTagActs.removeBusiness
        ),
        AtlasRoute(
            .get,
            "v2/entity/businessmetadata/import/template",
            "Show how a sheet of values begins.",
            AtlasSheetActs.businessTemplate
        ),
        AtlasRoute(
            .post,
            "v2/entity/businessmetadata/import",
            "Attach values from a sheet.",
            AtlasSheetActs.importBusiness
        ),
        AtlasRoute(
            .post,
            "v2/entity/guid/{guid}/businessmetadata/{bm}",
            "Attach values.",
            AtlasTagActs.putOneBusiness
        ),
        AtlasRoute(
            .delete,
            "v2/entity/guid/{guid}/businessmetadata/{bm}",
            "Remove values.",
            AtlasTagActs.removeOneBusiness
        ),
    ]

    static let others: [AtlasRoute] = [
        AtlasRoute(.post, "v2/relationship", "Relate two entities.", AtlasRelationshipActs.create),
        AtlasRoute(.put, "v2/relationship", "Change a relationship.", AtlasRelationshipActs.update),
        AtlasRoute(.get, "v2/relationship/guid/{guid}", "Show a relationship.", AtlasRelationshipActs.read),
        AtlasRoute(
            .delete,
            "v2/relationship/guid/{guid}",
            "Delete a relationship.",
            AtlasRelationshipActs.delete
        ),
        AtlasRoute(.get, "v2/lineage/{guid}", "Show lineage.", AtlasRelationshipActs.lineage),
        AtlasRoute(
            .post,
            "v2/lineage/{guid}",
            "Show part of lineage.",
            AtlasRelationshipActs.lineageOnDemand
        ),
        AtlasRoute(
            .get,
            "v2/lineage/uniqueAttribute/type/{type}",
            "Show lineage.",
            AtlasRelationshipActs.lineageByName
        ),
    ]

    static let search: [AtlasRoute] = [
        AtlasRoute(.get, "v2/search/basic", "Search.", AtlasSearchActs.basicByGet),
        AtlasRoute(.post, "v2/search/basic", "Search.", AtlasSearchActs.basic),
        AtlasRoute(.get, "v2/search/dsl", "Ask in Atlas's query language.", AtlasSearchActs.dsl),
        AtlasRoute(.get, "v2/search/fulltext", "Search for words.", AtlasSearchActs.fullText),
        AtlasRoute(.get, "v2/search/attribute", "Search by the start of a value.", AtlasSearchActs.attribute),
        AtlasRoute(.get, "v2/search/quick", "Search, with counts.", AtlasSearchActs.quickByGet),
        AtlasRoute(.post, "v2/search/quick", "Search, with counts.", AtlasSearchActs.quick),
        AtlasRoute(.get, "v2/search/suggestions", "Complete a word.", AtlasSearchActs.suggestions),
        AtlasRoute(.get, "v2/search/relationship", "List neighbours.", AtlasSearchActs.relationship),
        AtlasRoute(.get, "v2/search/relations", "Search for relationships.", AtlasRelationSearch.byGet),
        AtlasRoute(.post, "v2/search/relations", "Search for relationships.", AtlasRelationSearch.byPost),
        AtlasRoute(
            .post,
            "v2/search/basic/download/create_file",
            "Order the result of a search as a table.",
            AtlasDownloadActs.orderBasic
        ),
        AtlasRoute(
            .post,
            "v2/search/dsl/download/create_file",
            "Order the result of a query as a table.",
            AtlasDownloadActs.orderQuery
        ),
        AtlasRoute(.get, "v2/search/download/status", "List ordered tables.", AtlasDownloadActs.status),
        AtlasRoute(.get, "v2/search/download/{name}", "Fetch an ordered table.", AtlasDownloadActs.file),
        AtlasRoute(.get, "v2/search/saved", "List saved searches.", AtlasSavedActs.list),
        AtlasRoute(.post, "v2/search/saved", "Save a search.", AtlasSavedActs.create),
        AtlasRoute(.put, "v2/search/saved", "Change a saved search.", AtlasSavedActs.update),
        AtlasRoute(.get, "v2/search/saved/{name}", "Show a saved search.", AtlasSavedActs.read),
        AtlasRoute(.delete, "v2/search/saved/{guid}", "Delete a saved search.", AtlasSavedActs.delete),
        AtlasRoute(.get, "v2/search/saved/execute/{name}", "Run a saved search.", AtlasSavedActs.runByName),
        AtlasRoute(.get, "v2/search/saved/execute/guid/{guid}", "Run a saved search.", AtlasSavedActs.run),
    ]

    private static let assigned = "v2/glossary/terms/{guid}/assignedEntities"
    private static let categoryPath = "v2/glossary/category/{guid}"
    private static let (glossaries, terms, categories) =
        (AtlasGlossaryKind.glossary, AtlasGlossaryKind.term, AtlasGlossaryKind.category)

    static let glossary: [AtlasRoute] =
        [
            AtlasRoute(.get, "v2/glossary", "List glossaries.", AtlasGlossaryActs.list),
            AtlasRoute(.post, "v2/glossary", "Make a glossary.", glossaries.create),
            AtlasRoute(.post, "v2/glossary/term", "Make a term.", terms.create),
            AtlasRoute(.post, "v2/glossary/terms", "Make terms.", terms.createMany),
            AtlasRoute(.post, "v2/glossary/category", "Make a category.", categories.create),
            AtlasRoute(.post, "v2/glossary/categories", "Make categories.", categories.createMany),
            AtlasRoute(
                .post,
                "v2/glossary/search",
                "Search for terms and categories.",
                AtlasGlossarySearchActs.search
            ),
            AtlasRoute(
                .get,
                "v2/glossary/import/template",
                "Show how a sheet of terms begins.",
                AtlasSheetActs.glossaryTemplate
            ),
            AtlasRoute(
                .post,
                "v2/glossary/import",
                "Make terms from a sheet.",
                AtlasSheetActs.importGlossary
            ),
        ] + glossaryTables + terms.routes(below: "glossary/term")
        + categories.routes(below: "glossary/category")
        + glossaries.routes(below: "glossary") + glossaryMembers

    private static let glossaryTables: [AtlasRoute] =
        ["v2/glossary/download/create_file", "v2/glossary/create_file"].map {
            AtlasRoute(.post, $0, "Order terms and categories as a table.", AtlasDownloadActs.orderGlossary)
        } + [
            AtlasRoute(
                .get,
                "v2/glossary/download/status",
                "List ordered tables.",
                AtlasDownloadActs.glossaryStatus
            ),
            AtlasRoute(
                .get,
                "v2/glossary/download/{name}",
                "Fetch an ordered table.",
                AtlasDownloadActs.file
            ),
        ]

    private static let glossaryMembers: [AtlasRoute] = [
        AtlasRoute(.get, assigned, "List entities of a term.", AtlasTermActs.assigned),
        AtlasRoute(.post, assigned, "Assign a term.", AtlasTermActs.assign),
        AtlasRoute(.put, assigned, "Take a term off.", AtlasTermActs.takeOff),
        AtlasRoute(.delete, assigned, "Take a term off.", AtlasTermActs.takeOff),
        AtlasRoute(.get, "v2/glossary/terms/{guid}/related", "List related terms.", AtlasTermActs.related),
        AtlasRoute(.get, "\(categoryPath)/terms", "List terms of a category.", AtlasCategoryActs.terms),
        AtlasRoute(
            .get,
            "\(categoryPath)/related",
            "List categories around one.",
            AtlasCategoryActs.related
        ),
        AtlasRoute(
            .get,
            "v2/glossary/{guid}/detailed",
            "Show a glossary in full.",
            AtlasGlossaryActs.detailed
        ),
        AtlasRoute(.get, "v2/glossary/{guid}/terms", "List terms.", AtlasGlossaryActs.terms),
        AtlasRoute(.get, "v2/glossary/{guid}/terms/headers", "List terms.", AtlasGlossaryActs.termHeaders),
        AtlasRoute(.get, "v2/glossary/{guid}/categories", "List categories.", AtlasGlossaryActs.categories),
        AtlasRoute(
            .get,
            "v2/glossary/{guid}/categories/headers",
            "List categories.",
            AtlasGlossaryActs.categoryHeaders
        ),
    ]

    static let admin: [AtlasRoute] = [
        AtlasRoute(.get, "admin/version", "Name the program.", AtlasAdminActs.version),
        AtlasRoute(.get, "admin/session", "Say who is signed in.", AtlasAdminActs.session),
        AtlasRoute(.get, "admin/metrics", "Count what there is.", AtlasCountActs.now),
        AtlasRoute(.put, "admin/purge", "Take deleted entities out for good.", AtlasAdminActs.purge),
        AtlasRoute(.post, "admin/export", "Export entities as a ZIP archive.", AtlasTransferActs.export),
        AtlasRoute(.post, "admin/import", "Import a ZIP archive.", AtlasTransferActs.importForm),
        AtlasRoute(.post, "v2/notification/topic/{topic}", "Take messages of hooks.", AtlasHookActs.notify),
        AtlasRoute(.post, "admin/importfile", "Import a file of the server.", AtlasTransferActs.importFile),
        AtlasRoute(
            .post,
            "admin/async/import",
            "Import a ZIP archive, to ask about it later.",
            AtlasTransferActs.importLater
        ),
        AtlasRoute(.get, "admin/async/import/status", "List imports.", AtlasTransferActs.importStates),
        AtlasRoute(
            .get,
            "admin/async/import/status/{id}",
            "Show what came of an import.",
            AtlasTransferActs.importState
        ),
        AtlasRoute(.delete, "admin/async/import/{id}", "Stop an import.", AtlasTransferActs.abortImport),
        AtlasRoute(.post, "admin/audits", "Search what was done to the server.", AtlasAuditActs.search),
        AtlasRoute(
            .get,
            "admin/audit/{guid}/details",
            "List what something done to the server was about.",
            AtlasStateActs.details
        ),
        AtlasRoute(.get, "admin/expimp/audit", "List exports and imports.", AtlasStateActs.transfers),
        AtlasRoute(.post, "admin/checkstate", "Check entities by their types.", AtlasStateActs.check),
        AtlasRoute(.get, "v2/indexrecovery", "Say when the index was made.", AtlasStateActs.index),
        AtlasRoute(.get, "admin/metricsstats", "List counts that were kept.", AtlasCountActs.list),
        AtlasRoute(.get, "admin/metricsstats/range", "List counts of a time.", AtlasCountActs.range),
        AtlasRoute(.get, "admin/metricsstats/charts", "Show counts over time.", AtlasCountActs.charts),
        AtlasRoute(.get, "admin/metricsstat/{time}", "Show counts of a moment.", AtlasCountActs.at),
        AtlasRoute(.get, "admin/tasks", "List work in the background.", AtlasAdminActs.none),
        AtlasRoute(.delete, "admin/tasks", "Take work away.", AtlasAdminActs.takeTasks),
        AtlasRoute(.get, "admin/patches", "List patches of the store.", AtlasAdminActs.patches),
        AtlasRoute(.get, "admin/activeSearches", "List searches at work.", AtlasAdminActs.none),
        AtlasRoute(.delete, "admin/activeSearches/{id}", "Stop a search.", AtlasAdminActs.stopSearch),
    ]
}
