import HTTPTypes

/// The description of the routes, after OpenAPI 3.1; made from the route table, so that it says what the server does.
struct OpenAPIDocument {
    let table: RouteTable
    let version: String

    /// The document.
    var json: JSONText {
        var paths: [(String, [Route])] = []
        for route in table.ownRoutes {
            if let index = paths.firstIndex(where: { $0.0 == route.path }) {
                paths[index].1.append(route)
            } else {
                paths.append((route.path, [route]))
            }
        }
        return .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Steward")), ("version", .string(version)),
                    (
                        "description",
                        .string(
                            "Read tables as policy lets you, mask rows that you hold, and ask what policy says."
                        )
                    ),
                ])
            ),
            ("servers", .array([.object([("url", .string("/"))])])),
            (
                "paths",
                .object(
                    paths.map { path, routes in
                        (path, .object(routes.map { ($0.method.rawValue.lowercased(), operation($0)) }))
                    }
                )
            ),
            (
                "components",
                .object([
                    ("schemas", .object(Schemas.all)),
                    (
                        "securitySchemes",
                        .object([
                            ("basic", .object([("type", .string("http")), ("scheme", .string("basic"))])),
                            ("token", .object([("type", .string("http")), ("scheme", .string("bearer"))])),
                        ])
                    ),
                ])
            ),
        ])
    }

    private func operation(_ route: Route) -> JSONText {
        var members: [(String, JSONText)] = [
            ("operationId", .string(route.name)), ("summary", .string(route.summary)),
            ("x-access", .string(route.act.access.rawValue)),
            (
                "security",
                route.act.access == .everybody
                    ? .array([])
                    : .array([
                        .object([("basic", .array([]))]), .object([("token", .array([]))]),
                    ])
            ),
            ("parameters", .array(route.pathParameters.map(pathParameter) + route.query.map(queryParameter))),
        ]
        if let body = route.body {
            members.append(
                (
                    "requestBody",
                    .object([
                        ("required", .bool(!body.isOptional)),
                        ("description", .string("At most \(body.byteLimit) bytes.")),
                        ("content", .object(body.mediaTypes.map { ($0, content($0, schema: body.schema)) })),
                    ])
                )
            )
        }
        members.append(("responses", responses(of: route)))
        return .object(members)
    }

    private func responses(of route: Route) -> JSONText {
        let success = route.answer
        var members: [(String, JSONText)] = [("description", .string(success.summary))]
        if !success.content.isEmpty {
            members.append(
                (
                    "content",
                    .object(success.content.map { ($0.mediaType, content($0.mediaType, schema: $0.schema)) })
                )
            )
        }
        var byStatus: [Int: [String]] = [:]
        for code in route.problemCodes {
            byStatus[ProblemCodes.status(of: code).code, default: []].append(code)
        }
        let problems = byStatus.sorted { $0.key < $1.key }.map { status, codes -> (String, JSONText) in
            let description = "Code " + codes.sorted().map { "`\($0)`" }.joined(separator: ", ") + "."
            let body = content("application/problem+json", schema: "Problem")
            return (
                String(status),
                .object([
                    ("description", .string(description)),
                    ("content", .object([("application/problem+json", body)])),
                ])
            )
        }
        return .object([(String(success.status.code), .object(members))] + problems)
    }

    private func content(_ mediaType: String, schema: String?) -> JSONText {
        guard let schema, mediaType.hasSuffix("json"), mediaType != "application/x-ndjson" else {
            return .object([("schema", .text)])
        }
        return .object([("schema", Schemas.reference(schema))])
    }

    private func pathParameter(_ name: String) -> JSONText {
        .object([
            ("name", .string(name)), ("in", .string("path")), ("required", .bool(true)), ("schema", .text),
        ])
    }

    private func queryParameter(_ parameter: Route.Parameter) -> JSONText {
        .object([
            ("name", .string(parameter.name)), ("in", .string("query")), ("required", .bool(false)),
            ("description", .string(parameter.summary)), ("schema", parameter.schema),
        ])
    }
}

extension Route {
    /// Every code that it may end with; sorted, each once.
    var problemCodes: [String] {
        var codes = problems + Problems.general
        if act.access != .everybody { codes += Problems.signedIn }
        if body != nil { codes += Problems.body }
        return Set(codes).sorted()
    }
}
