import HTTPTypes

extension Route.Parameter {
    static let columns = Route.Parameter(
        name: "columns",
        summary: "Columns in the order wanted, separated by commas; without it all that you may read.",
        schema: .text
    )
    static let limit = Route.Parameter(
        name: "limit",
        summary: "The most rows.",
        schema: .wholeNumber(atMost: Int(Int32.max))
    )
    static let purpose = Route.Parameter(
        name: "purpose",
        summary: "What the rows are wanted for; policy may ask.",
        schema: .text
    )
    static let asUser = Route.Parameter(
        name: "as",
        summary: "The user whose view is wanted; for administrators.",
        schema: .text
    )
    static let format = Route.Parameter(
        name: "format",
        summary: "The form of the rows; goes before `Accept`.",
        schema: .object([("type", .string("string")), ("enum", .strings(["csv", "ndjson", "json"]))])
    )
    static let origins = Route.Parameter(
        name: "origins",
        summary:
            "For CSV: the catalogued column of each posted column, as database.table.column, separated by commas.",
        schema: .text
    )
    static let pageSize = Route.Parameter(
        name: "limit",
        summary: "The most tables of the page; 100 without it.",
        schema: .wholeNumber(atMost: 1000)
    )
    static let after = Route.Parameter(
        name: "after",
        summary: "The `next` of the page before.",
        schema: .text
    )
    static let count = Route.Parameter(
        name: "count",
        summary: "The most lines; 20 without it.",
        schema: .wholeNumber(atMost: 10_000)
    )
    static let ofUser = Route.Parameter(name: "user", summary: "Only this user's lines.", schema: .text)
    static let ofTable = Route.Parameter(
        name: "table",
        summary: "Only lines about this table.",
        schema: .text
    )
}

extension JSONText {
    /// The schema of a string.
    static let text = JSONText.object([("type", .string("string"))])

    /// The schema of a whole number from 0.
    static func wholeNumber(atMost limit: Int) -> JSONText {
        .object([("type", .string("integer")), ("minimum", .integer(0)), ("maximum", .integer(limit))])
    }
}

extension Route.Success {
    /// A JSON document.
    static func json(_ schema: String, _ summary: String, status: HTTPResponse.Status = .ok) -> Route.Success
    {
        Route.Success(status: status, summary: summary, content: [("application/json", schema)])
    }

    /// Rows in the form that the caller wants.
    static func rows(_ summary: String) -> Route.Success {
        Route.Success(
            status: .ok,
            summary: summary,
            content: [
                ("application/json", "Rows"), ("application/x-ndjson", nil), ("text/csv", nil),
            ]
        )
    }

    /// Nothing.
    static func nothing(_ summary: String) -> Route.Success {
        Route.Success(status: .noContent, summary: summary, content: [])
    }
}

extension Route.Body {
    /// A JSON document.
    static func json(_ schema: String, _ byteLimit: Int, optional: Bool = false) -> Route.Body {
        Route.Body(
            mediaTypes: ["application/json"],
            schema: schema,
            byteLimit: byteLimit,
            isOptional: optional
        )
    }
}

/// Codes of problems that several routes share.
enum Problems {
    /// Of reading and masking.
    static let read = [
        "unknown-table", "unknown-column", "unknown-user", "denied", "unknown-mask", "unsuitable-mask",
        "evaluation-failed", "source-unavailable", "source-changed", "malformed-row", "limit-exceeded",
    ]
    /// Of questions.
    static let question = ["unknown-table", "unknown-column", "unknown-user", "limit-exceeded"]
    /// Of tags.
    static let tag = ["unknown-table", "invalid-entity", "conflict"]
    /// Of policies.
    static let policy = ["invalid-policy", "conflict"]
    /// Of every route.
    static let general = [
        "invalid-request", "not-acceptable", "address-too-long", "header-too-large", "cross-site", "busy",
        "internal",
    ]
    /// Of every route for which one signs in.
    static let signedIn = [
        "unauthenticated", "too-many-sign-ins", "forbidden", "store-unavailable", "audit-unavailable",
        "store-version",
    ]
    /// Of every route with a body.
    static let body = ["malformed-body", "unsupported-media-type", "body-too-large", "request-timeout"]
}
