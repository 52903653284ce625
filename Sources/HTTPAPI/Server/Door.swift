import Governance
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What a request carries besides itself: the connection it came over.
struct DoorContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }

    /// The address that the request came from.
    var remote: String { channel.remoteAddress?.ipAddress ?? "local" }
}

/// Answers requests: finds the route, makes sure who asks, takes the body in, acts, and answers or says what is wrong.
struct Door: HTTPResponder {
    let table: RouteTable
    let services: Services
    let logger: Logger
    let isSecure: Bool

    /// What is known of a request while it is at work, for its log line and metrics.
    struct Progress: Sendable {
        let request: String
        let method: String
        let atWork: Metrics.RequestAtWork
        let started = ContinuousClock.now
        var route = "none"
        var isAdministrative = false
        var isBodyTaken = false
        var dialect = Route.Dialect.own
    }

    /// Never throws: whatever goes wrong is a problem document.
    func respond(to request: Request, context: DoorContext) async throws -> Response {
        var progress = Progress(
            request: RequestIdentity.of(request.headers, orElse: services.cases.rim.makeID),
            method: KnownMethods.label(request.method),
            atWork: services.metrics.begin()
        )
        do {
            guard progress.atWork.number <= services.limits.requests else {
                throw Problem(.busy, "too many requests at once: try again", headers: [.retryAfter: "1"])
            }
            let answer = try await answer(request, from: context.remote, progress: &progress)
            return response(answer, to: request, over: context.channel, progress)
        } catch {
            var problem = Problem(error, isAdministrative: progress.isAdministrative)
            if !progress.isBodyTaken, BodyReader.mayHaveBody(request) {
                problem.endsConnection = !(await BodyReader(limits: services.limits).drop(request))
            }
            return response(problem, progress, isHead: request.method == .head)
        }
    }

    private func answer(
        _ request: Request,
        from remote: String,
        progress: inout Progress
    ) async throws -> Answer {
        if RequestTarget.isAtlas(request.head.path ?? "") { progress.dialect = .atlas }
        let target = try check(request)
        if target.isAtlas { progress.dialect = .atlas }
        let (route, path) = try table.route(request.method, target.segments)
        progress.route = route.path
        let query = try route.query(target.query)
        let format = try route.format(query, accepted: request.headers)
        switch route.act {
        case .everybody(let act):
            let body = try await body(of: request, for: route, progress: &progress)
            return try await act(
                call(request, route, path, query, target.query, format, body, progress, remote)
            )
        case .signedIn(let act):
            let visitor = try await SignIn(services: services).visitor(
                request.headers,
                request: progress.request,
                from: remote
            )
            progress.isAdministrative = visitor.isAdmin
            let body = try await body(of: request, for: route, progress: &progress)
            return try await act(
                call(request, route, path, query, target.query, format, body, progress, remote),
                visitor
            )
        case .zonePeople(let act):
            let visitor = try await visitor(of: route, request, from: remote, &progress) {
                $0.isAdmin || $0.isOfZone
            }
            let body = try await body(of: request, for: route, progress: &progress)
            return try await act(
                call(request, route, path, query, target.query, format, body, progress, remote),
                visitor
            )
        case .administrators(let act):
            let visitor = try await visitor(of: route, request, from: remote, &progress) { $0.isAdmin }
            let body = try await body(of: request, for: route, progress: &progress)
            return try await act(
                call(request, route, path, query, target.query, format, body, progress, remote),
                visitor
            )
        }
    }

    /// Who asks for a route that some may not use; the body isn't read before that is known.
    private func visitor(
        of route: Route,
        _ request: Request,
        from remote: String,
        _ progress: inout Progress,
        mayUse: (Visitor) -> Bool
    ) async throws -> Visitor {
        let visitor = try await SignIn(services: services).visitor(
            request.headers,
            request: progress.request,
            from: remote
        )
        guard mayUse(visitor) else {
            throw try await services.workers.catalog {
                [cases = services.cases] () throws(GovernanceError) in
                try cases.authentication.refusal(of: route.name, to: visitor.caller)
            }
        }
        progress.isAdministrative = visitor.isAdmin
        return visitor
    }

    /// What is checked of every request before anything is looked up.
    private func check(_ request: Request) throws(Problem) -> RequestTarget {
        let address = request.head.path ?? ""
        guard address.utf8.count <= services.limits.addressBytes else {
            throw Problem(
                .addressTooLong,
                "path and query have more than \(services.limits.addressBytes) bytes"
            )
        }
        let header = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
        guard header <= services.limits.headerBytes else {
            throw Problem(.headerTooLarge, "the header has more than \(services.limits.headerBytes) bytes")
        }
        if let name = HTTPField.Name("Sec-Fetch-Site"), request.headers[name] == "cross-site",
            request.method != .get, request.method != .head
        {
            throw Problem(.crossSite, "a page of another site sent this request")
        }
        guard let target = RequestTarget(address) else {
            throw Problem(
                GovernanceError(.invalidRequest, "the address isn't a path with UTF-8 in its escapes")
            )
        }
        return target
    }

    private func body(
        of request: Request,
        for route: Route,
        progress: inout Progress
    ) async throws -> [UInt8] {
        let mayHaveBody = BodyReader.mayHaveBody(request)
        guard let body = route.body else {
            guard mayHaveBody else { return [] }
            progress.isBodyTaken = true
            guard await BodyReader(limits: services.limits).drop(request) else {
                var problem = Problem(.bodyTooLarge, "the route reads no body")
                problem.endsConnection = true
                throw problem
            }
            return []
        }
        if body.isOptional, !mayHaveBody { return [] }
        let type = MediaType.bare(request.headers[.contentType])
        guard route.dialect == .atlas || type.map(body.mediaTypes.contains) == true else {
            throw Problem(
                .unsupportedMediaType,
                "send `Content-Type: \(body.mediaTypes.joined(separator: "` or `"))`"
            )
        }
        guard ["", "identity"].contains(request.headers[.contentEncoding]?.lowercased() ?? "") else {
            throw Problem(.unsupportedMediaType, "send the body without `Content-Encoding`")
        }
        progress.isBodyTaken = true
        return try await BodyReader(limits: services.limits).read(request, atMost: body.byteLimit)
    }

    private func call(
        _ request: Request,
        _ route: Route,
        _ path: [String: String],
        _ query: [String: String],
        _ pairs: [(name: String, value: String)],
        _ format: ResultFormat,
        _ body: [UInt8],
        _ progress: Progress,
        _ remote: String
    ) -> Call {
        Call(
            request: progress.request,
            path: path,
            query: query,
            pairs: pairs,
            headers: request.headers,
            body: body,
            bodyType: MediaType.bare(request.headers[.contentType]),
            format: format,
            remote: remote,
            services: services
        )
    }
}

extension BodyReader {
    /// Whether a request's header announces a body.
    static func mayHaveBody(_ request: Request) -> Bool {
        request.headers.contains(.transferEncoding) || (request.headers[.contentLength] ?? "0") != "0"
    }
}
