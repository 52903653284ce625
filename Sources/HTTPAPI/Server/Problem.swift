import Governance
import HTTPTypes

/// What goes wrong at the door itself; the codes are as stable as those of ``GovernanceErrorCode``.
package enum DoorErrorCode: String, Hashable, Sendable, CaseIterable {
    /// No route has that path.
    case noSuchRoute = "no-such-route"
    /// The path is known, the method isn't; `Allow` names those that are.
    case methodNotAllowed = "method-not-allowed"
    /// Nothing that the route can answer with is acceptable to the caller.
    case notAcceptable = "not-acceptable"
    /// The body is of a kind that the route doesn't read.
    case unsupportedMediaType = "unsupported-media-type"
    /// The body is longer than the route reads.
    case bodyTooLarge = "body-too-large"
    /// The path and query are longer than 8 KiB.
    case addressTooLong = "address-too-long"
    /// The header is longer than 16 KiB.
    case headerTooLarge = "header-too-large"
    /// The body isn't what the route reads; with `line` and `offset` when it is no JSON or CSV.
    case malformedBody = "malformed-body"
    /// The body didn't arrive in time.
    case requestTimeout = "request-timeout"
    /// Too many wrong passwords or tokens lately; `Retry-After` says when to try again.
    case tooManySignIns = "too-many-sign-ins"
    /// The server does all that it may at once; `Retry-After` says when to try again.
    case busy = "busy"
    /// A page of another site sent the request.
    case crossSite = "cross-site"
}

/// An error as RFC 9457 has it: what a caller gets instead of an answer.
struct Problem: Error {
    /// The stable code.
    let code: String
    /// The status.
    let status: HTTPResponse.Status
    /// The kind of problem in a few words; always the same for a code.
    let title: String
    /// What is wrong this time, and how to go on.
    let detail: String
    /// Where in the body, for a body that can't be read.
    var place: (line: Int, offset: Int)?
    /// Headers that belong to it.
    var headers: HTTPFields = [:]
    /// Whether the connection ends after it, because the rest of the body isn't read.
    var endsConnection = false
    /// What the log is told instead of `detail`, when callers mustn't read it.
    var confidential: String?

    init(_ code: DoorErrorCode, _ detail: String, headers: HTTPFields = [:]) {
        self.code = code.rawValue
        status = code.status
        title = code.title
        self.detail = detail
        self.headers = headers
    }

    /// Translates an error of a use case.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - isAdministrative: Whether an administrator asked: others aren't told how server and files are doing.
    init(_ error: GovernanceError, isAdministrative: Bool = false) {
        code = error.code.rawValue
        status = error.code.status
        title = error.code.title
        if let general = error.code.generalDetail, !isAdministrative {
            detail = general
            confidential = error.message
        } else {
            detail = error.message
        }
        if error.code == .unauthenticated { headers = Problem.challenges }
        if status == .serviceUnavailable { headers[.retryAfter] = "5" }
    }

    /// The body is no JSON.
    init(malformed error: JSONError, in bytes: [UInt8]) {
        let line = error.line(in: bytes)
        self.init(.malformedBody, "line \(line), byte \(error.offset): \(error.problem)")
        place = (line, error.offset)
    }

    /// Translates whatever was thrown.
    init(_ error: any Error, isAdministrative: Bool) {
        switch error {
        case let problem as Problem: self = problem
        case let error as GovernanceError: self.init(error, isAdministrative: isAdministrative)
        case is CancellationError:
            self.init(.busy, "the server is stopping: try again", headers: [.retryAfter: "5"])
        default: self.init(GovernanceError(.internalError, "\(type(of: error))"))
        }
    }

    /// How a caller may sign in.
    static let challenges: HTTPFields = {
        var fields = HTTPFields()
        fields.append(HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"steward\", charset=\"UTF-8\""))
        fields.append(HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"steward\""))
        return fields
    }()

    /// The body.
    func json(request: String) -> JSONText {
        var members: [(String, JSONText)] = [
            ("type", .string("urn:steward:problem:\(code)")), ("title", .string(title)),
            ("status", .integer(status.code)), ("detail", .string(detail)), ("code", .string(code)),
            ("request", .string(request)),
        ]
        if let place { members += [("line", .integer(place.line)), ("offset", .integer(place.offset))] }
        return .object(members)
    }
}
