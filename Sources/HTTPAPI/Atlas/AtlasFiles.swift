package import Catalog
package import CatalogModel
package import Governance

/// Files in which catalogs in Atlas's form travel: ZIP archives of exports, model files, and bodies of bulk writes.
package enum AtlasFiles {
    private static let typesName = "atlas-typesdef.json"
    private static let orderName = "atlas-export-order.json"
    private static let infoName = "atlas-export-info.json"

    /// An archive of entities and all types.
    ///
    /// - Parameters:
    ///   - entities: The entities, in order.
    ///   - request: What was asked for, for the archive to tell.
    ///   - view: The catalog as the asker sees it.
    /// - Returns: The bytes of a ZIP archive.
    package static func archive(
        of entities: [Entity],
        _ request: JSONObject,
        _ view: CatalogView
    ) -> [UInt8] {
        var zip = ZipWriter()
        let registry = view.graph.types
        var lists = JSONObject()
        for category in TypeCategory.allCases {
            let types = registry.definitions.values.filter { $0.category == category }.sorted {
                $0.name < $1.name
            }
            lists[AtlasReader.list(of: category)] = .array(types.map { .object($0.json) })
        }
        zip.add(typesName, Array(JSONValue.object(lists).json.utf8))
        zip.add(orderName, Array(JSONValue.array(entities.map { .string($0.id.text) }).json.utf8))
        for entity in entities {
            var writer = AtlasWriter(view)
            writer.object { writer in
                writer.json.name("entity")
                writer.entity(entity)
                writer.object("referredEntities") { _ in }
            }
            zip.add("\(entity.id).json", writer.json.bytes)
        }
        let info: JSONValue = [
            "request": .object(request), "userName": .string(view.user), "timeStamp": .integer(view.now),
            "metrics": ["Entities": .integer(Int64(entities.count))], "operationStatus": "SUCCESS",
        ]
        zip.add(infoName, Array(info.json.utf8))
        return zip.finished()
    }

    /// An archive that was read.
    package struct Archive: Sendable {
        private let types: [TypeDefinition]
        let inputs: [EntityInput]

        /// Reads the bytes of a ZIP archive.
        ///
        /// - Throws: `.badRequest` for what is none, `.tooMany` for one that is too large when unpacked.
        package init(_ bytes: [UInt8]) throws(CatalogError) {
            let members = try ZipReader.members(of: bytes)
            func json(_ name: String) throws(CatalogError) -> JSONValue? {
                guard let bytes = members[name] ?? members[String(name.dropLast(".json".count))] else {
                    return nil
                }
                do throws(JSONSyntaxError) { return try CatalogModel.JSONReader.value(of: bytes) } catch {
                    throw CatalogError(.badRequest, "a member of the archive is no JSON")
                }
            }
            types = try AtlasReader.types(try json(AtlasFiles.typesName)?.object ?? JSONObject())
            var inputs: [EntityInput] = []
            for guid in (try json(AtlasFiles.orderName)?.list ?? []).compactMap(\.text) {
                guard let value = try json("\(guid).json")?.object?["entity"],
                    value.object?.text("status") != EntityStatus.deleted.rawValue
                else { continue }
                inputs.append(try AtlasReader.entity(value))
            }
            self.inputs = inputs
        }

        /// Brings the catalog up to it.
        package func load(into transaction: inout CatalogTransaction) throws(CatalogError) {
            transaction.isImport = true
            transaction.propagatesByDefault = false
            try transaction.importTypes(types)
            guard !inputs.isEmpty else { return }
            let kept = try transaction.importable(inputs)
            try transaction.write(kept, options: WriteOptions(keepsIdentities: true))
        }
    }

    /// Brings the catalog up to a JSON file: definitions that are missing are added, entities made or changed.
    ///
    /// - Throws: `.malformed`, and the first rule that is broken.
    package static func load(json bytes: [UInt8], into transaction: inout CatalogTransaction)
        throws(CatalogError)
    {
        let value: JSONValue
        do throws(JSONSyntaxError) { value = try CatalogModel.JSONReader.value(of: bytes) } catch {
            throw CatalogError(.malformed, error.description)
        }
        guard let body = value.object else { throw CatalogError(.malformed, "the file holds no JSON object") }
        try transaction.importTypes(try AtlasReader.types(body))
        var inputs: [EntityInput] = []
        for value in body["entities"]?.list ?? [] { inputs.append(try AtlasReader.entity(value)) }
        if let entity = body["entity"], !entity.isNull { inputs.append(try AtlasReader.entity(entity)) }
        guard !inputs.isEmpty else { return }
        try transaction.write(inputs, referred: try AtlasReader.referred(body["referredEntities"]))
    }
}
