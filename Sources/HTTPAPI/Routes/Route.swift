import HTTPTypes

/// One route: what it is called by, who may, what it takes and gives; and the act behind it.
///
/// Everything that the OpenAPI document says of a route stands here, and the server reads the same: query parameters that
/// aren't listed are refused, bodies of other kinds aren't read.
struct Route: Sendable {
    /// The method.
    let method: HTTPRequest.Method
    /// The path; segments in braces are parameters.
    let path: String
    /// Unique name of the act, for clients that are generated.
    let name: String
    /// What it does, in one sentence.
    let summary: String
    /// Parameters in the query.
    var query: [Parameter] = []
    /// How it speaks.
    var dialect = Dialect.own
    /// The body that it reads; nil for none.
    var body: Body?
    /// What it answers with when all goes well.
    let answer: Success
    /// The codes of problems that are its own, beside those that every route may end with.
    var problems: [String] = []
    /// Who may, and the act.
    let act: Act

    /// Whose habits a route keeps.
    enum Dialect: Sendable {
        /// Ours.
        case own
        /// Atlas's: unknown parameters are passed over, bodies of any media type are read, empty segments of paths don't
        /// count, and problems come in Atlas's envelope.
        case atlas
    }

    /// Who may use a route, and what it does then: an act that needs a caller can't be run without one.
    enum Act: Sendable {
        /// Anybody, without signing in.
        case everybody(@Sendable (Call) async throws -> Answer)
        /// Whoever is signed in; the use case trims or refuses by the caller's rights.
        case signedIn(@Sendable (Call, Visitor) async throws -> Answer)
        /// Administrators, and those of security zones, or who look after them; the use case keeps these to their zones.
        case zonePeople(@Sendable (Call, Visitor) async throws -> Answer)
        /// Administrators.
        case administrators(@Sendable (Call, Visitor) async throws -> Answer)

        /// The word of the OpenAPI document for it.
        var access: Access {
            switch self {
            case .everybody: .everybody
            case .signedIn: .signedIn
            case .zonePeople: .zonePeople
            case .administrators: .administrators
            }
        }
    }

    /// A parameter of path or query.
    struct Parameter: Sendable {
        /// Its name.
        let name: String
        /// What it means.
        let summary: String
        /// Its JSON schema.
        let schema: JSONText
    }

    /// A body that a route reads.
    struct Body: Sendable {
        /// The media types that it reads, without parameters.
        let mediaTypes: [String]
        /// The name of its schema.
        let schema: String
        /// The most bytes.
        let byteLimit: Int
        /// Whether the body may be missing.
        var isOptional = false
    }

    /// What a route answers with.
    struct Success: Sendable {
        /// The status.
        let status: HTTPResponse.Status
        /// What it means.
        let summary: String
        /// Media types with the names of their schemas.
        ///
        /// No schema for text; empty for no body.
        let content: [(mediaType: String, schema: String?)]
    }

    /// The segments of the path.
    var segments: [Substring] { path.split(separator: "/") }

    /// The names of the path's parameters, in order.
    var pathParameters: [String] {
        segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

/// Who may use a route.
package enum Access: String, Sendable, CaseIterable {
    /// Anybody, without signing in.
    case everybody
    /// Whoever is signed in; answers are trimmed to what the caller may know.
    case signedIn = "signed-in"
    /// Administrators, and people of security zones.
    case zonePeople = "zone-people"
    /// Administrators.
    case administrators
}
