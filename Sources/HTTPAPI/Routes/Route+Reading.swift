import Governance
import HTTPTypes

extension Route {
    /// Whether it answers with rows, in the form that the caller wants.
    var hasRows: Bool { answer.content.count > 1 }

    /// The query's parameters by name.
    ///
    /// - Throws: `invalid-request` for one that the route doesn't know, or that is given twice.
    func query(_ pairs: [(name: String, value: String)]) throws(Problem) -> [String: String] {
        guard dialect == .own else { return [:] }
        var values: [String: String] = [:]
        for (name, value) in pairs {
            guard query.contains(where: { $0.name == name }) else {
                let known = query.map { "`\($0.name)`" }.joined(separator: ", ")
                throw Problem(
                    GovernanceError(
                        .invalidRequest,
                        "a parameter isn't known; known: \(known.isEmpty ? "none" : known)"
                    )
                )
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(GovernanceError(.invalidRequest, "parameter `\(name)` is given twice"))
            }
        }
        return values
    }

    /// The form to answer in: `format` in the query, else what `Accept` wants most.
    ///
    /// - Throws: `not-acceptable`, `invalid-request`.
    func format(_ query: [String: String], accepted headers: HTTPFields) throws(Problem) -> ResultFormat {
        guard dialect == .own else { return .json }
        let accepted = headers[.accept]
        guard hasRows else {
            let types = answer.content.map(\.mediaType)
            guard
                types.isEmpty || types.contains(where: { Negotiation.weight(of: $0, accepted: accepted) > 0 })
            else { throw Problem(.notAcceptable, "it can be had as `\(types.joined(separator: "`, `"))`") }
            return .json
        }
        if let name = query["format"] {
            guard let format = ResultFormat(rawValue: name) else {
                throw Problem(GovernanceError(.invalidRequest, "`format` is csv, ndjson or json"))
            }
            return format
        }
        guard let format = Negotiation.format(accepted: accepted) else {
            throw Problem(
                .notAcceptable,
                "rows can be had as `application/json`, `application/x-ndjson`, `text/csv`"
            )
        }
        return format
    }
}

extension RouteTable {
    /// The route for a method and path, with the path's parameters.
    ///
    /// `HEAD` is answered as `GET` where the answer has no rows.
    /// - Throws: `no-such-route`; `method-not-allowed` with `Allow`.
    func route(
        _ method: HTTPRequest.Method,
        _ path: [String]
    ) throws(Problem) -> (route: Route, parameters: [String: String]) {
        var allowed: Set<String> = []
        for route in bySegments[path.count] ?? [] {
            guard let parameters = RouteTable.match(route.segments, path) else { continue }
            let hasHead = route.method == .get && !route.hasRows
            if route.method == method || hasHead && method == .head { return (route, parameters) }
            allowed.insert(route.method.rawValue)
            if hasHead { allowed.insert("HEAD") }
        }
        guard !allowed.isEmpty else {
            throw Problem(.noSuchRoute, "GET /api/v1/openapi.json lists the routes")
        }
        let names = allowed.sorted().joined(separator: ", ")
        throw Problem(.methodNotAllowed, "it takes \(names)", headers: [.allow: names])
    }

    private static func match(_ segments: [Substring], _ path: [String]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            if segment.hasPrefix("{") {
                guard !part.isEmpty else { return nil }
                parameters[String(segment.dropFirst().dropLast())] = part
            } else if segment != part {
                return nil
            }
        }
        return parameters
    }
}
