import HTTPTypes

/// Every route, with who may use it; the only place where one is added.
struct RouteTable: Sendable {
    /// The routes, in the order of the OpenAPI document.
    let routes: [Route]
    /// Those that speak our own dialect, which the OpenAPI document describes; Atlas's are described by Atlas.
    var ownRoutes: [Route] { routes.filter { $0.dialect == .own } }
    /// The routes by the number of segments of their paths.
    let bySegments: [Int: [Route]]

    /// The table.
    init(limits: HTTPLimits) {
        routes =
            RouteTable.status() + RouteTable.rows(limits) + RouteTable.questions(limits)
            + RouteTable.catalog(limits)
            + RouteTable.policies(limits) + RouteTable.administration(limits) + RouteTable.accounts(limits)
            + RouteTable.atlas(limits)
        bySegments = Dictionary(grouping: routes) { $0.segments.count }
    }

    private static func status() -> [Route] {
        [
            Route(
                method: .get,
                path: "/health",
                name: "health",
                summary: "Say that the server runs.",
                answer: .json("StatusReport", "It runs."),
                act: .everybody(StatusActs.health)
            ),
            Route(
                method: .get,
                path: "/ready",
                name: "ready",
                summary: "Say whether the catalog can be read.",
                answer: .json("StatusReport", "It can."),
                problems: ["store-unavailable", "store-version"],
                act: .everybody(StatusActs.ready)
            ),
            Route(
                method: .get,
                path: "/metrics",
                name: "metrics",
                summary: "What the server counts, for Prometheus.",
                answer: Route.Success(
                    status: .ok,
                    summary: "The text format, version 0.0.4.",
                    content: [("text/plain", nil)]
                ),
                act: .administrators(StatusActs.metrics)
            ),
            Route(
                method: .get,
                path: "/api/v1/openapi.json",
                name: "openapi",
                summary: "This description.",
                answer: .json("OpenAPIDocument", "The document."),
                act: .everybody(StatusActs.openapi)
            ),
        ]
    }

    private static func rows(_ limits: HTTPLimits) -> [Route] {
        [
            Route(
                method: .get,
                path: "/api/v1/tables/{table}/rows",
                name: "readRows",
                summary: "Read rows of a table as policy lets you, masked; streamed.",
                query: [.columns, .limit, .purpose, .asUser, .format],
                answer: .rows("The rows, filtered and masked."),
                problems: Problems.read,
                act: .signedIn(RowActs.read)
            ),
            Route(
                method: .post,
                path: "/api/v1/mask",
                name: "maskRows",
                summary: "Have rows that you already hold filtered and masked.",
                query: [.format, .origins, .purpose, .asUser],
                body: Route.Body(
                    mediaTypes: ["application/json", "application/x-ndjson", "text/csv"],
                    schema: "PostedRows",
                    byteLimit: limits.resultSetBytes
                ),
                answer: .rows("The rows that remain, masked, with your labels."),
                problems: Problems.read + ["limit-exceeded"],
                act: .signedIn(MaskActs.mask)
            ),
        ]
    }

    private static func questions(_ limits: HTTPLimits) -> [Route] {
        [
            Route(
                method: .post,
                path: "/api/v1/check",
                name: "check",
                summary:
                    "Ask whether columns may be read and how each is treated; one question or up to 1,000.",
                body: .json("Questions", limits.bodyBytes),
                answer: .json("Answers", "The answer, or one for each question."),
                problems: Problems.question,
                act: .signedIn(QuestionActs.check)
            ),
            Route(
                method: .post,
                path: "/api/v1/explain",
                name: "explain",
                summary: "Ask the same, and why.",
                body: .json("Questions", limits.bodyBytes),
                answer: .json("Answers", "The answer with its reasons, or one for each question."),
                problems: Problems.question,
                act: .signedIn(QuestionActs.explain)
            ),
        ]
    }

    private static func catalog(_ limits: HTTPLimits) -> [Route] {
        [
            Route(
                method: .get,
                path: "/api/v1/tables",
                name: "listTables",
                summary: "List the tables that you may know of.",
                query: [.pageSize, .after],
                answer: .json("TableList", "A page of tables."),
                act: .signedIn(TableActs.list)
            ),
            Route(
                method: .get,
                path: "/api/v1/tables/{table}",
                name: "showTable",
                summary: "Show a table with the columns that you may read.",
                answer: .json("Table", "The table."),
                problems: ["unknown-table"],
                act: .signedIn(TableActs.show)
            ),
            Route(
                method: .put,
                path: "/api/v1/tables/{table}/tags/{tag}",
                name: "tagTable",
                summary: "Set a tag on a table; for administrators and its owner.",
                body: .json("TagSetting", limits.bodyBytes, optional: true),
                answer: .nothing("The tag is in force."),
                problems: Problems.tag,
                act: .signedIn(TagActs.setOnTable)
            ),
            Route(
                method: .delete,
                path: "/api/v1/tables/{table}/tags/{tag}",
                name: "untagTable",
                summary: "Take a tag from a table; for administrators and its owner.",
                answer: .nothing("The tag is gone."),
                problems: Problems.tag + ["not-found"],
                act: .signedIn(TagActs.removeFromTable)
            ),
            Route(
                method: .put,
                path: "/api/v1/tables/{table}/columns/{column}/tags/{tag}",
                name: "tagColumn",
                summary: "Set a tag on a column; for administrators and the table's owner.",
                body: .json("TagSetting", limits.bodyBytes, optional: true),
                answer: .nothing("The tag is in force."),
                problems: Problems.tag + ["unknown-column"],
                act: .signedIn(TagActs.setOnColumn)
            ),
            Route(
                method: .delete,
                path: "/api/v1/tables/{table}/columns/{column}/tags/{tag}",
                name: "untagColumn",
                summary: "Take a tag from a column; for administrators and the table's owner.",
                answer: .nothing("The tag is gone."),
                problems: Problems.tag + ["unknown-column", "not-found"],
                act: .signedIn(TagActs.removeFromColumn)
            ),
            Route(
                method: .get,
                path: "/api/v1/audit",
                name: "readAudit",
                summary: "Read the newest lines of the audit log: your own, or all for administrators.",
                query: [.count, .ofUser, .ofTable],
                answer: .json("AuditLines", "Lines, oldest first."),
                act: .signedIn(AuditActs.tail)
            ),
        ]
    }

    private static func administration(_ limits: HTTPLimits) -> [Route] {
        [
            Route(
                method: .get,
                path: "/api/v1/sources",
                name: "listSources",
                summary: "List the sources.",
                answer: .json("SourceList", "The sources."),
                act: .administrators(SourceActs.list)
            ),
            Route(
                method: .post,
                path: "/api/v1/sources",
                name: "putSource",
                summary: "Add a source, or replace the one of its name; scan it to have its tables.",
                body: .json("SourceSetting", limits.bodyBytes),
                answer: .json("Source", "The source as it is kept."),
                problems: ["not-found", "source-unavailable"],
                act: .administrators(SourceActs.put)
            ),
            Route(
                method: .post,
                path: "/api/v1/sources/{name}/scan",
                name: "scanSource",
                summary: "Look at what a source has and bring the catalog up to it.",
                answer: .json("ScanReport", "What changed."),
                problems: ["not-found", "source-unavailable", "conflict", "malformed-row", "limit-exceeded"],
                act: .administrators(SourceActs.scan)
            ),
            Route(
                method: .get,
                path: "/api/v1/users",
                name: "listUsers",
                summary: "List the users.",
                answer: .json("UserList", "The users."),
                act: .administrators(AccountActs.users)
            ),
            Route(
                method: .put,
                path: "/api/v1/users/{user}",
                name: "putUser",
                summary: "Add a user, or replace one's groups, attributes and rights.",
                body: .json("UserSetting", limits.bodyBytes),
                answer: .nothing("The user is in the catalog."),
                act: .administrators(AccountActs.putUser)
            ),
        ]
    }

    private static func accounts(_ limits: HTTPLimits) -> [Route] {
        [
            Route(
                method: .get,
                path: "/api/v1/whoami",
                name: "whoami",
                summary: "Say who you are to the catalog.",
                answer: .json("Standing", "You."),
                act: .signedIn(AccountActs.whoami)
            ),
            Route(
                method: .put,
                path: "/api/v1/users/{user}/password",
                name: "setPassword",
                summary: "Change your password, or set anybody's as an administrator.",
                body: .json("PasswordSetting", limits.bodyBytes),
                answer: .nothing("It is changed."),
                problems: ["unknown-user"],
                act: .signedIn(AccountActs.setPassword)
            ),
            Route(
                method: .post,
                path: "/api/v1/tokens",
                name: "makeToken",
                summary: "Make a token for yourself, or for anybody as an administrator.",
                body: .json("TokenRequest", limits.bodyBytes),
                answer: .json("Token", "The token; its secret isn't shown again.", status: .created),
                problems: ["unknown-user"],
                act: .signedIn(AccountActs.makeToken)
            ),
            Route(
                method: .delete,
                path: "/api/v1/tokens/{id}",
                name: "revokeToken",
                summary: "Take a token away; your own, or anybody's as an administrator.",
                answer: .nothing("It is gone."),
                problems: ["not-found"],
                act: .signedIn(AccountActs.revokeToken)
            ),
        ]
    }
}
