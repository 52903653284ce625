@testable import QueryAnalysis

/// A shop as one consumer may see it: customers filtered and masked, orders clear.
enum Shop {
    static let threads = ParserThreads(count: 2)

    static let columns: [RelationName: [UpstreamColumn]] = [
        RelationName(schema: "public", name: "customers"): [
            UpstreamColumn(name: "id", type: "int4"), UpstreamColumn(name: "name", type: "text"),
            UpstreamColumn(name: "email", type: "text"), UpstreamColumn(name: "ssn", type: "text"),
            UpstreamColumn(name: "region", type: "text"), UpstreamColumn(name: "status", type: "text"),
            UpstreamColumn(name: "parent_id", type: "int4"), UpstreamColumn(name: "salary", type: "int4"),
        ],
        RelationName(schema: "public", name: "orders"): [
            UpstreamColumn(name: "id", type: "int4"), UpstreamColumn(name: "customer_id", type: "int4"),
            UpstreamColumn(name: "amount", type: "numeric"),
            UpstreamColumn(name: "created_at", type: "timestamptz"),
        ],
        RelationName(schema: "public", name: "eu_customers"): [
            UpstreamColumn(name: "id", type: "int4"), UpstreamColumn(name: "name", type: "text"),
            UpstreamColumn(name: "ssn", type: "text"),
        ],
    ]

    static let view = """
        SELECT customers.id, customers.name, customers.ssn FROM public.customers \
        WHERE (customers.region = 'EU'::text);
        """

    static let rules: [String: ColumnRule] = [
        "ssn": .masked("'*****' || right({col}, 4)"), "email": .masked("md5({col})"), "salary": .withheld,
    ]

    /// The catalog under a row filter on customers.
    static func catalog(
        filter: String? = "region = 'EU'",
        rules: [String: ColumnRule] = rules
    ) throws(StatementError) -> GovernedCatalog {
        let text = PolicyText(relations: columns, user: "alice")
        var relations: [GovernedRelation] = []
        for (name, columns) in columns {
            let isTable = name.name == "customers"
            let governed = try text.relation(
                name,
                columns: columns.map { ($0, isTable ? rules[$0.name] ?? .clear : .clear) },
                filter: isTable ? filter : nil,
                view: name.name == "eu_customers" ? view : nil
            )
            if let governed { relations.append(governed) }
        }
        let known = Dictionary(relations.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        return GovernedCatalog(database: "shop", user: "alice") { known[$0] }
    }

    /// What becomes of a statement.
    static func rewrite(
        _ text: String,
        filter: String? = "region = 'EU'",
        rules: [String: ColumnRule] = rules,
        masks: MaskPlace = .database
    ) -> Result<[RewrittenStatement], StatementError> {
        guard let threads else {
            return .failure(StatementError(code: .unproven, message: "no threads", position: nil))
        }
        return threads.run {
            Result { () throws(StatementError) in
                try StatementRewriter.rewrite(
                    text,
                    for: try catalog(filter: filter, rules: rules),
                    masks: masks
                )
            }
        }
    }
}
