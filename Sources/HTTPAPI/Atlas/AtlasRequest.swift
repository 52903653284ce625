import Catalog
import CatalogModel
import Governance
import HTTPTypes

/// A request in Atlas's dialect.
struct AtlasRequest: Sendable {
    /// Parameters of the path.
    let path: [String: String]
    /// Parameters of the query in order; names may come again.
    let query: [(name: String, value: String)]
    /// The body.
    let body: [UInt8]
    /// The media type of the body with its parameters; nil for none.
    let bodyType: String?
    /// Who asks.
    let caller: Caller
    /// Whether they administer the server.
    let isAdmin: Bool
    /// The use case.
    let catalog: AssetCatalog
    /// The audit log.
    let auditing: AuditReading
    /// What the server knows of itself.
    let server: AtlasServer
    /// What the server keeps for its callers while it runs.
    let memory: AtlasMemory

    /// A parameter of the path.
    func segment(_ name: String) -> String { path[name] ?? "" }

    /// An identity in the path.
    var guid: EntityID { EntityID(segment("guid")) }

    /// A parameter of the query; nil when it is missing or empty.
    func text(_ name: String) -> String? {
        query.last { $0.name == name && !$0.value.isEmpty && $0.value != "None" }?.value
    }

    /// All values of a parameter.
    func texts(_ name: String) -> [String] {
        query.filter { $0.name == name }.map(\.value).filter { !$0.isEmpty }
    }

    /// A truth value in the query, whatever its spelling.
    func flag(_ name: String, else fallback: Bool = false) -> Bool {
        text(name).map { $0.lowercased() == "true" } ?? fallback
    }

    /// A whole number in the query.
    ///
    /// - Throws: `.badRequest` for anything else.
    func number(_ name: String, else fallback: Int) throws(CatalogError) -> Int {
        guard let text = text(name) else { return fallback }
        guard let number = Int(text), abs(number) <= Int(Int32.max) else {
            throw CatalogError(.badRequest, "\(name) is no whole number")
        }
        return number
    }

    /// Values of unique attributes: `attr:name=value`.
    func uniqueAttributes(_ prefix: String = "attr:") -> [(name: String, value: String)] {
        query.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0.value) }
    }

    /// The body as JSON.
    ///
    /// - Throws: `.malformed`.
    func json() throws(CatalogError) -> JSONValue {
        do throws(JSONSyntaxError) { return try CatalogModel.JSONReader.value(of: body) } catch {
            throw CatalogError(.malformed, error.description)
        }
    }

    /// The body as a JSON object.
    func object() throws(CatalogError) -> JSONObject {
        guard let object = try json().object else {
            throw CatalogError(.malformed, "the body is no JSON object")
        }
        return object
    }

    /// The body as a list of texts.
    func list() throws(CatalogError) -> [JSONValue] {
        let value = body.isEmpty ? JSONValue.array([]) : try json()
        if value.isNull { return [] }
        guard let list = value.list else { throw CatalogError(.malformed, "the body is no JSON list") }
        return list
    }

    /// The catalog as the caller sees it.
    func view() throws(CatalogError) -> CatalogView { try catalog.view(for: caller) }

    /// How lines of the audit log begin that are about the catalog.
    static let actPrefix = "catalog: "

    /// Changes the catalog.
    func change<Result>(
        _ act: String,
        isOwn: Bool = false,
        _ steps: (inout CatalogTransaction) throws(CatalogError) -> Result
    ) throws(CatalogError) -> (result: Result, transaction: CatalogTransaction) {
        try catalog.change(by: caller, Self.actPrefix + act, isOwn: isOwn, steps)
    }

    /// The entity that a type and unique attributes in path and query name.
    ///
    /// - Throws: `.unknownEntityType`, `.noUniqueAttribute`, `.unknownUniqueValue`.
    func entity(in graph: VisibleGraph, prefix: String = "attr:") throws(CatalogError) -> Entity {
        try AtlasRequest.entity(in: graph, type: segment("type"), uniqueAttributes(prefix))
    }

    static func entity(
        in graph: VisibleGraph,
        type: String,
        _ attributes: [(name: String, value: String)]
    ) throws(CatalogError) -> Entity {
        guard let shape = graph.types.entityTypes[type] else {
            throw CatalogError(.unknownEntityType, "Type ENTITY with name \(type) does not exist")
        }
        guard !attributes.isEmpty, attributes.contains(where: { shape.uniqueAttributes.contains($0.name) })
        else {
            throw CatalogError(
                .noUniqueAttribute,
                "Type \(type) with unique attribute \(attributes.first?.name ?? "") does not exist"
            )
        }
        for (name, value) in attributes where shape.uniqueAttributes.contains(name) {
            if let entity = graph.entity(of: type, name, value) { return entity }
        }
        let text = attributes.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        throw CatalogError(
            .unknownUniqueValue,
            "Instance \(type) with unique attribute {\(text)} does not exist"
        )
    }
}

/// What Atlas's clients ask of the server itself.
struct AtlasServer: Sendable {
    /// The program's version.
    let version: String
}

/// An answer in Atlas's dialect.
enum AtlasResponse: Sendable {
    /// A JSON document.
    case json([UInt8])
    /// Done, and nothing to say.
    case done
    /// Something else.
    case bytes([UInt8], mediaType: String, fileName: String? = nil)

    /// A JSON document that is written here.
    static func writing(_ body: (inout JSONWriter) -> Void) -> AtlasResponse {
        var writer = JSONWriter()
        body(&writer)
        return .json(writer.bytes)
    }

    /// A JSON document.
    static func value(_ value: JSONValue) -> AtlasResponse { .writing { $0.value(value) } }
}

/// What stands behind a route of Atlas's dialect.
typealias AtlasAct = @Sendable (AtlasRequest) throws(CatalogError) -> AtlasResponse

/// Runs acts of Atlas's dialect behind the door.
enum AtlasDoor {
    /// The longest value of path or query, in bytes.
    static let longestParameter = 4096

    static func run(_ act: @escaping AtlasAct, _ call: Call, _ visitor: Visitor) async throws -> Answer {
        let request = AtlasRequest(
            path: call.path,
            query: call.pairs,
            body: call.body,
            bodyType: call.headers[.contentType],
            caller: visitor.caller,
            isAdmin: visitor.isAdmin,
            catalog: call.services.cases.assets,
            auditing: call.services.cases.auditing,
            server: AtlasServer(version: call.services.version),
            memory: call.services.atlas
        )
        let result = try await call.services.workers.catalog { () throws(GovernanceError) in
            Result { () throws(CatalogError) in try perform(act, request) }
        }
        switch result {
        case .success(let response): return answer(response)
        case .failure(let error): return error.answer
        }
    }

    static func answer(_ response: AtlasResponse) -> Answer {
        switch response {
        case .json(let bytes): return Answer(body: .bytes(bytes, mediaType: "application/json"))
        case .done: return .done
        case .bytes(let bytes, let mediaType, let name):
            var headers = HTTPFields()
            if let name { headers[.contentDisposition] = "attachment; filename=\"\(name)\"" }
            return Answer(headers: headers, body: .bytes(bytes, mediaType: mediaType))
        }
    }

    private static func perform(
        _ act: AtlasAct,
        _ request: AtlasRequest
    ) throws(CatalogError) -> AtlasResponse {
        for (name, value) in request.query + request.path.map({ ($0.key, $0.value) })
        where value.utf8.count > longestParameter && name != "query" {
            throw CatalogError(
                .parameterTooLong,
                "Length of query param \(name.prefix(100)) exceeds the limit"
            )
        }
        return try act(request)
    }
}
