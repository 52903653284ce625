import Catalog
import CatalogModel
import Governance

/// Carrying parts of the catalog to another one, as ZIP archives in Atlas's form.
enum AtlasTransferActs {
    // MARK: Export

    @Sendable static func export(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        try view.require(.export)
        let body = try request.object()
        let options = body["options"]?.object ?? JSONObject()
        var starts: [Entity] = []
        for item in body["itemsToExport"]?.list ?? [] {
            starts += try entities(item.object ?? JSONObject(), options.text("matchType"), view)
        }
        // Who carries data's description away stands in the audit log before they have it.
        try request.catalog.record(
            AtlasRequest.actPrefix + "export " + starts.map(\.id.text).joined(separator: ","),
            by: request.caller
        )
        let isConnected = options.text("fetchType")?.lowercased() == "connected"
        let skipsLineage = options["skipLineage"]?.bool ?? (options.text("skipLineage") == "true")
        let chosen = reached(from: starts, view, isConnected: isConnected, skipsLineage: skipsLineage)
        return .bytes(
            AtlasFiles.archive(of: chosen, body, view),
            mediaType: "application/zip",
            fileName: "atlas-export.zip"
        )
    }

    private static func entities(
        _ item: JSONObject,
        _ match: String?,
        _ view: CatalogView
    ) throws(CatalogError) -> [Entity] {
        if let guid = item.text("guid"), !guid.isEmpty { return [try view.entity(EntityID(guid))] }
        guard let type = item.text("typeName"), let shape = view.graph.types.entityTypes[type] else {
            throw CatalogError(
                .unknownEntityType,
                "Type ENTITY with name \(item.text("typeName") ?? "") does not exist"
            )
        }
        let unique = (item["uniqueAttributes"]?.object?.pairs ?? []).map {
            ($0.name, $0.value.text ?? $0.value.json)
        }
        guard let match = match?.lowercased(), match != "equals" else {
            return [try view.entity(try AtlasRequest.entity(in: view.graph, type: type, unique).id)]
        }
        func fits(_ value: String, _ wanted: String) -> Bool {
            switch match {
            case "startswith": value.hasPrefix(wanted)
            case "endswith": value.hasSuffix(wanted)
            case "contains": value.contains(wanted)
            default: match == "fortype"
            }
        }
        return shape.selfAndBelow.sorted().flatMap { view.graph.entities(ofExactly: $0) }.filter { entity in
            match == "fortype"
                || unique.allSatisfy { fits(entity.attributes.text($0.0) ?? "", $0.1) }
        }
    }

    /// The entities that go along: all that relationships lead to, or the neighbours only.
    private static func reached(
        from starts: [Entity],
        _ view: CatalogView,
        isConnected: Bool,
        skipsLineage: Bool
    ) -> [Entity] {
        var found: [Entity] = []
        var seen: Set<EntityID> = []
        for entity in starts where seen.insert(entity.id).inserted { found.append(entity) }
        let firsts = found.count
        var next = 0
        while next < found.count {
            let here = found[next]
            next += 1
            if isConnected, next > firsts { break }
            for relationship in view.graph.relationships(of: here.id) where relationship.isActive {
                let isLineage = [BaseTypes.processInputs, BaseTypes.processOutputs].contains(
                    relationship.typeName
                )
                if isLineage, skipsLineage { continue }
                let other = relationship.other(than: here.id)
                guard let entity = view.graph[other], entity.isActive,
                    seen.insert(other).inserted
                else { continue }
                found.append(entity)
            }
        }
        return found
    }

    // MARK: Import

    @Sendable static func importForm(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.importing)
        let form = try Multipart(request.body, type: request.bodyType)
        guard let data = form.parts["data"] else {
            throw CatalogError(.badRequest, "the form has no part `data` with the archive")
        }
        let archive = try AtlasFiles.Archive(data)
        return .value(.object(try load(archive, request)))
    }

    private static func load(
        _ archive: AtlasFiles.Archive,
        _ request: AtlasRequest
    ) throws(CatalogError) -> JSONObject {
        let guids = archive.inputs.compactMap(\.guid)
        let (_, transaction) = try request.change("import \(guids.joined(separator: ","))") {
            transaction throws(CatalogError) in
            try archive.load(into: &transaction)
        }
        let mutation = transaction.mutation
        return [
            "userName": .string(request.caller.user.text), "timeStamp": .integer(transaction.now),
            "metrics": [
                "entity:created": .integer(Int64(mutation.created.count)),
                "entity:updated": .integer(Int64(mutation.updated.count)),
            ],
            "processedEntities": .array(guids.map { .string($0) }),
            "operationStatus": "SUCCESS",
        ]
    }

    /// Files of the server's own disk aren't read for callers.
    @Sendable static func importFile(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try request.view().require(.importing)
        throw CatalogError(
            .featureDisabled,
            "files on the server's disk aren't imported: send the archive to admin/import"
        )
    }

    // MARK: Import that is asked about later

    /// Imports at once, and keeps what came of it to be asked about.
    @Sendable static func importLater(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        try view.require(.importing)
        let form = try Multipart(request.body, type: request.bodyType)
        guard let data = form.parts["data"] else {
            throw CatalogError(.badRequest, "the form has no part `data` with the archive")
        }
        let archive = try AtlasFiles.Archive(data)
        let count = Int64(archive.inputs.count)
        var document: JSONObject = [
            "importId": .string(request.caller.request), "receivedTime": .integer(view.now),
            "importedBy": .string(view.user),
        ]
        var (imported, failed, problems) = (count, Int64(0), JSONValue.object([:]))
        do throws(CatalogError) {
            document["importResult"] = .object(try load(archive, request))
            document["status"] = "SUCCESSFUL"
        } catch {
            // All or nothing is imported.
            (imported, failed) = (0, count)
            problems = ["import": .string(error.message)]
            document["status"] = "FAILED"
        }
        document["completedTime"] = .integer(view.now)
        document["importDetails"] = [
            "totalEntitiesCount": .integer(count), "publishedEntityCount": .integer(count),
            "importedEntitiesCount": .integer(imported), "failedEntitiesCount": .integer(failed),
            "failures": problems,
        ]
        let done = AtlasMemory.Import(id: request.caller.request, document: document)
        request.memory.add(done, of: request.caller.user)
        return .value(.object(document))
    }

    @Sendable static func importStates(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let all = request.memory.imports(of: request.caller.user)
        let offset = try request.number("offset", else: 0)
        let limit = try request.number("limit", else: 50)
        guard offset >= 0, limit >= 0 else {
            throw CatalogError(.badRequest, "limit and offset must not be negative")
        }
        let page = all.dropFirst(offset).prefix(limit)
        return .value([
            "list": .array(page.map { .object($0.document) }), "startIndex": .integer(Int64(offset)),
            "pageSize": .integer(Int64(page.count)), "totalCount": .integer(Int64(all.count)),
            "sortType": "NONE",
        ])
    }

    @Sendable static func importState(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        .value(.object(try known(request).document))
    }

    /// An import is done when the call that sent it returns: there is never anything to stop.
    @Sendable static func abortImport(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        throw CatalogError(.badRequest, "import \(try known(request).id) is done: it can't be aborted")
    }

    private static func known(_ request: AtlasRequest) throws(CatalogError) -> AtlasMemory.Import {
        let id = request.segment("id")
        guard let found = request.memory.imports(of: request.caller.user).first(where: { $0.id == id }) else {
            throw CatalogError(.unknownEntity, "Given instance guid \(id) is invalid/not found")
        }
        return found
    }
}
