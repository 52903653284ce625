import CatalogModel
import Governance
import HTTPTypes

/// A request that was matched with a route, its parameters read and its body taken in.
struct Call: Sendable {
    /// The request's identity.
    let request: String
    /// Parameters of the path, decoded.
    let path: [String: String]
    /// Parameters of the query, decoded; only those that the route knows, each once.
    let query: [String: String]
    /// Parameters of the query as they came, decoded, in order.
    let pairs: [(name: String, value: String)]
    /// The header.
    let headers: HTTPFields
    /// The body; empty for none.
    let body: [UInt8]
    /// The media type of the body, without parameters; nil for no body.
    let bodyType: String?
    /// The form of rows that the caller wants; JSON on routes that have no rows.
    let format: ResultFormat
    /// The address that the request came from.
    let remote: String
    /// What the server works with.
    let services: Services
}

/// Whoever is signed in, with what they are to the catalog.
struct Visitor: Sendable {
    /// For the use cases.
    let caller: Caller
    /// Whether they administer the server.
    let isAdmin: Bool
    /// Whether they administer some security zone, or may look at its policies.
    let isOfZone: Bool
}

/// What the acts of the door work with.
struct Services: Sendable {
    /// The use cases.
    let cases: UseCases
    /// Threads for what blocks.
    let workers: Workers
    /// What is counted.
    let metrics: Metrics
    /// Wrong passwords and tokens of late.
    let failures: FailureCounter
    /// Reads and masks of posted rows at work.
    let reads: Gate
    /// What may be done at once, and how much.
    let limits: HTTPLimits
    /// What is kept for Atlas's clients.
    let atlas: AtlasMemory
    /// The version of the program.
    let version: String
    /// The OpenAPI document; the same as long as the server runs.
    let description: JSONText
}

/// An answer that isn't a problem.
struct Answer: Sendable {
    /// The status.
    var status: HTTPResponse.Status = .ok
    /// Headers beside those that every answer has.
    var headers: HTTPFields = [:]
    /// The body.
    var body: Content

    /// What an answer holds.
    enum Content: Sendable {
        case nothing
        case bytes([UInt8], mediaType: String)
        /// Rows, of which the first piece was made already.
        case rows(RowStream, first: [UInt8])
    }

    /// A JSON document.
    static func json(_ text: JSONText, status: HTTPResponse.Status = .ok) -> Answer {
        Answer(status: status, body: .bytes(text.bytes + [10], mediaType: "application/json"))
    }

    /// Done, and nothing to say.
    static let done = Answer(status: .noContent, body: .nothing)
}

extension Call {
    /// Runs a use case on a thread that may block.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (UseCases) throws(GovernanceError) -> Value
    ) async throws -> Value {
        try await services.workers.catalog { [cases = services.cases] () throws(GovernanceError) in
            try body(cases)
        }
    }

    /// A parameter of the path.
    func segment(_ name: String) -> String { path[name] ?? "" }

    /// The table that the path names.
    ///
    /// - Throws: `.unknownTable` for what can't be a table's name: no table has it.
    func table() throws(Problem) -> TableName {
        guard let name = TableName(segment("table")) else {
            throw Problem(GovernanceError(.unknownTable, "no table can be called so: write `database.table`"))
        }
        return name
    }

    /// A whole number in the query.
    func number(_ name: String, atMost limit: Int) throws(Problem) -> Int? {
        guard let text = query[name] else { return nil }
        guard let number = Int(text), text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), number <= limit else {
            throw Problem(GovernanceError(.invalidRequest, "`\(name)` is a whole number from 0 to \(limit)"))
        }
        return number
    }

    /// The columns that the query names; nil for all.
    func columns() throws(Problem) -> [ColumnName]? {
        guard let text = query["columns"] else { return nil }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
            ColumnName(String($0))
        }
        guard names.allSatisfy({ !$0.text.isEmpty }), names.count <= 1000 else {
            throw Problem(
                GovernanceError(.invalidRequest, "`columns` names 1 to 1,000 columns, separated by commas")
            )
        }
        return names
    }
}
