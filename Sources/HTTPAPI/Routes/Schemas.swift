import PolicyEngine

/// The JSON schemas of bodies and answers, after JSON Schema 2020-12.
enum Schemas {
    /// A reference to one of them.
    static func reference(_ name: String) -> JSONText {
        .object([("$ref", .string("#/components/schemas/\(name)"))])
    }

    /// All of them by name.
    static let all: [(String, JSONText)] = answers + bodies

    private static let answers: [(String, JSONText)] = [
        (
            "Problem",
            object(
                [
                    ("type", text), ("title", text), ("status", whole), ("detail", text),
                    ("code", .object([("type", .string("string")), ("enum", .strings(ProblemCodes.all))])),
                    ("request", text), ("line", whole), ("offset", whole),
                ],
                optional: ["line", "offset"]
            )
        ),
        ("StatusReport", object([("status", text)])),
        ("OpenAPIDocument", .object([("type", .string("object"))])),
        ("Rows", list(.object([("type", .string("object"))]))),
        ("Answers", .object([("oneOf", .array([reference("Answer"), reference("AnswerBatch")]))])),
        (
            "Answer",
            object(
                [
                    ("allowed", flag), ("user", text), ("table", text), ("version", whole),
                    ("columns", list(reference("ColumnAnswer"))),
                    (
                        "rows",
                        object(
                            [("filtered", flag), ("expression", text), ("why", list(text))],
                            optional: ["expression", "why"]
                        )
                    ),
                    ("leaveOut", list(text)), ("ask", text), ("changesNotTried", whole),
                ],
                optional: ["leaveOut", "ask", "changesNotTried"]
            )
        ),
        (
            "ColumnAnswer",
            object(
                [
                    ("name", text), ("treatment", treatment), ("mask", text), ("type", text),
                    ("why", list(text)), ("changes", list(reference("OpeningChange"))),
                ],
                optional: ["mask", "type", "why", "changes"]
            )
        ),
        (
            "OpeningChange",
            object(
                [
                    (
                        "steps",
                        list(
                            object(
                                [("joinGroup", text), ("holdRole", text), ("namePurpose", text)],
                                optional: ["joinGroup", "holdRole", "namePurpose"]
                            )
                        )
                    ),
                    ("treatment", treatment), ("mask", text),
                ],
                optional: ["mask"]
            )
        ),
        (
            "AnswerBatch",
            object([
                (
                    "answers",
                    list(.object([("oneOf", .array([reference("Answer"), reference("RefusedQuestion")]))]))
                )
            ])
        ),
        ("RefusedQuestion", object([("allowed", flag), ("problem", reference("Problem"))])),
        ("TableList", object([("tables", list(reference("TableEntry"))), ("next", orNull(text))])),
        (
            "TableEntry",
            object([
                ("name", text), ("summary", text), ("owner", orNull(text)), ("columns", whole),
                ("filtered", flag),
            ])
        ),
        (
            "Table",
            object(
                [
                    ("name", text), ("summary", text), ("owner", orNull(text)), ("source", text),
                    ("service", text), ("filtered", flag), ("tags", list(reference("Tag"))),
                    ("columns", list(reference("Column"))), ("location", text),
                ],
                optional: ["location"]
            )
        ),
        (
            "Column",
            object([
                ("name", text), ("type", text), ("summary", text), ("treatment", text),
                ("tags", list(reference("Tag"))),
            ])
        ),
        (
            "Tag",
            object([
                ("name", text), ("attributes", texts), ("validFrom", orNull(text)),
                ("validUntil", orNull(text)),
                ("origin", text),
            ])
        ),
        ("AuditLines", object([("lines", list(reference("AuditLine")))])),
        (
            "AuditLine",
            object([
                ("time", text), ("request", text), ("user", text), ("actor", orNull(text)), ("act", text),
                ("resource", text), ("purpose", orNull(text)), ("columns", list(text)),
                ("policies", list(text)),
                ("outcome", text), ("code", orNull(text)), ("rows", orNull(whole)),
                ("version", orNull(whole)),
            ])
        ),
        ("PolicyList", object([("policies", list(reference("Policy")))])),
        (
            "Policy",
            .object([
                ("type", .string("object")),
                ("description", .string("A policy in Apache Ranger's JSON.")),
            ])
        ),
        (
            "ZoneList",
            object([
                (
                    "securityZones",
                    list(
                        .object([
                            ("type", .string("object")),
                            ("description", .string("A security zone in Apache Ranger's JSON.")),
                        ])
                    )
                )
            ])
        ),
        (
            "TableAccess",
            object([
                (
                    "access",
                    list(
                        object([
                            ("kind", text), ("name", text),
                            ("columns", list(object([("name", text), ("treatment", text)]))),
                            ("rowFilter", orNull(text)),
                        ])
                    )
                )
            ])
        ),
        (
            "SharedRecords",
            object(
                SharedRecord.Kind.allCases.map {
                    ($0.listName, list(.object([("type", .string("object"))])))
                },
                optional: Set(SharedRecord.Kind.allCases.map(\.listName))
            )
        ),
        (
            "PublishedRecords",
            object([
                ("created", list(text)), ("updated", list(text)), ("unchanged", list(text)),
                ("version", whole),
            ])
        ),
        (
            "ServiceList",
            object([
                (
                    "services",
                    list(
                        object([
                            ("name", text), ("type", text), ("tagService", orNull(text)),
                            ("settings", texts),
                        ])
                    )
                )
            ])
        ),
        (
            "PublishedPolicies",
            object([
                ("created", list(text)), ("updated", list(text)), ("unchanged", list(text)),
                ("warnings", list(text)),
                ("tests", whole),
                ("version", whole),
            ])
        ),
        (
            "PolicyTestResults",
            object([
                ("passed", whole), ("failed", whole),
                ("results", list(object([("test", text), ("holds", flag), ("failure", orNull(text))]))),
            ])
        ),
        ("SourceList", object([("sources", list(reference("Source")))])),
        (
            "Source",
            object([
                ("name", text), ("kind", text), ("path", text), ("service", text), ("database", text),
                ("rowRule", text), ("delimiter", orNull(text)), ("header", orNull(flag)),
                ("nullText", orNull(text)), ("rowElement", orNull(text)), ("viewSchema", orNull(text)),
            ])
        ),
        (
            "ScanReport",
            object([
                ("added", list(text)), ("changed", list(text)), ("unchanged", list(text)),
                ("missing", list(text)),
            ])
        ),
        (
            "UserList",
            object([
                (
                    "users",
                    list(
                        object([
                            ("user", text), ("groups", list(text)), ("attributes", texts), ("admin", flag),
                        ])
                    )
                )
            ])
        ),
        (
            "Standing",
            object([("user", text), ("groups", list(text)), ("roles", list(text)), ("admin", flag)])
        ),
        ("Token", object([("id", text), ("token", text), ("user", text), ("expires", orNull(text))])),
    ]

    private static let bodies: [(String, JSONText)] = [
        (
            "PostedRows",
            object(
                [
                    (
                        "columns",
                        list(object([("label", text), ("origin", text)], optional: ["label"]))
                    ),
                    ("rows", list(list(.object([])))), ("as", orNull(text)), ("purpose", orNull(text)),
                ],
                optional: ["as", "purpose"]
            )
        ),
        ("Questions", .object([("oneOf", .array([reference("Question"), reference("QuestionBatch")]))])),
        (
            "Question",
            object(
                [
                    ("table", text), ("columns", orNull(list(text))), ("user", orNull(text)),
                    ("purpose", orNull(text)),
                ],
                optional: ["columns", "user", "purpose"]
            )
        ),
        ("QuestionBatch", object([("questions", list(reference("Question")))])),
        (
            "TagSetting",
            object(
                [("attributes", texts), ("validFrom", orNull(text)), ("validUntil", orNull(text))],
                optional: ["attributes", "validFrom", "validUntil"]
            )
        ),
        (
            "PolicyDocument",
            .object([
                ("type", .string("object")), ("required", .strings(["policies"])),
                (
                    "properties",
                    .object([("policies", list(reference("Policy"))), ("tests", orNull(list(text)))])
                ),
            ])
        ),
        ("ZoneDocument", reference("ZoneList")),
        ("ServiceSetting", object([("settings", texts)])),
        (
            "SourceSetting",
            object(
                [
                    ("name", text),
                    (
                        "kind",
                        .object([
                            ("type", .string("string")),
                            ("enum", .strings(["csv", "ndjson", "xml", "sqlite"])),
                        ])
                    ),
                    ("path", text), ("service", orNull(text)), ("database", orNull(text)),
                    ("rowRule", orNull(text)), ("delimiter", orNull(text)), ("header", orNull(flag)),
                    ("nullText", orNull(text)), ("rowElement", orNull(text)),
                ],
                optional: ["service", "database", "rowRule", "delimiter", "header", "nullText", "rowElement"]
            )
        ),
        (
            "UserSetting",
            object(
                [("groups", orNull(list(text))), ("attributes", orNull(texts)), ("admin", orNull(flag))],
                optional: ["groups", "attributes", "admin"]
            )
        ),
        (
            "PasswordSetting",
            object([("current", orNull(text)), ("password", text)], optional: ["current"])
        ),
        (
            "TokenRequest",
            object([("user", orNull(text)), ("expires", orNull(text))], optional: ["user", "expires"])
        ),
    ]

    private static let text = JSONText.text
    private static let whole = JSONText.object([("type", .string("integer"))])
    private static let flag = JSONText.object([("type", .string("boolean"))])
    private static let treatment = JSONText.object([
        ("type", .string("string")), ("enum", .strings(["clear", "masked", "denied"])),
    ])
    private static let texts = JSONText.object([
        ("type", .string("object")), ("additionalProperties", .text),
    ])

    private static func list(_ element: JSONText) -> JSONText {
        .object([("type", .string("array")), ("items", element)])
    }

    private static func orNull(_ schema: JSONText) -> JSONText {
        .object([("anyOf", .array([schema, .object([("type", .string("null"))])]))])
    }

    private static func object(
        _ properties: [(String, JSONText)],
        optional: Set<String> = []
    ) -> JSONText {
        .object([
            ("type", .string("object")),
            ("required", .strings(properties.map(\.0).filter { !optional.contains($0) })),
            ("properties", .object(properties)), ("additionalProperties", .bool(false)),
        ])
    }
}
