import CatalogModel
import Glibc
import QueryAnalysis

/// Texts in SQL: statements of consumers, over PostgreSQL and over files, and expressions of policies.
enum StatementFuzz {
    private static let threads = ParserThreads(count: 1)

    private static let columns: [RelationName: [UpstreamColumn]] = [
        RelationName(schema: "public", name: "customers"): [
            UpstreamColumn(name: "id", type: "int4"), UpstreamColumn(name: "name", type: "text"),
            UpstreamColumn(name: "email", type: "text"), UpstreamColumn(name: "salary", type: "int4"),
        ],
        RelationName(schema: "public", name: "orders"): [
            UpstreamColumn(name: "id", type: "int4"), UpstreamColumn(name: "customer_id", type: "int4"),
            UpstreamColumn(name: "amount", type: "numeric"), UpstreamColumn(name: "day", type: "date"),
        ],
    ]

    private static func catalog() throws(StatementError) -> GovernedCatalog {
        let text = PolicyText(relations: columns, user: "alice")
        var known: [RelationName: GovernedRelation] = [:]
        for (name, columns) in columns {
            let governed = try text.relation(
                name,
                columns: columns.map { column in
                    switch column.name {
                    case "email": (column, .masked("md5({col})"))
                    case "salary": (column, .withheld)
                    default: (column, .clear)
                    }
                },
                filter: name.name == "customers" ? "id > 3" : nil,
                view: nil
            )
            known[name] = governed
        }
        return GovernedCatalog(database: "shop", user: "alice") { [known] in known[$0] }
    }

    static func rewrite(
        _ text: String,
        masks: MaskPlace
    ) -> Result<[RewrittenStatement], StatementError> {
        guard let threads else { fatalError("no threads for parsing") }
        return threads.run {
            Result { () throws(StatementError) in
                try StatementRewriter.rewrite(text, for: try catalog(), masks: masks)
            }
        }
    }

    static func statement(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard case .success(let statements) = rewrite(text, masks: .database) else { return }
        for statement in statements {
            precondition(!statement.text.contains("salary"), "a withheld column went upstream")
        }
    }

    /// A table of the engine over files without rows; statements bring their own.
    private struct Relations: EngineRelations {
        func columns(of relation: RelationName) -> [UpstreamColumn]? { StatementFuzz.columns[relation] }

        func rows(of wanted: [EngineRead], limits: EngineLimits) throws(EngineFault) -> [RelationName:
            EngineTable]
        {
            Dictionary(wanted.map { ($0.relation, EngineTable(columns: $0.columns)) }) { $1 }
        }
    }

    /// A statement is governed and then run; whatever it is, it ends soon after it was told to.
    static func files(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard case .success(let statements) = rewrite(text, masks: .database) else { return }
        threads?.run {
            let engine = EngineSession(relations: Relations(), settings: [:]) { 1_700_000_000_000_000 }
            let end = clock() + CLOCKS_PER_SEC
            var limits = EngineLimits()
            limits.memory = 64 << 20
            limits.interruption = {
                clock() > end ? EngineFault("57014", "canceling statement due to statement timeout") : nil
            }
            engine.limit(limits)
            do throws(EngineFault) {
                for statement in statements {
                    for command in try engine.statements(of: statement.text) {
                        let outcome = try engine.run(command, isSingle: statements.count == 1)
                        for row in 0..<min(outcome.count, 100) { _ = outcome.texts(row) }
                    }
                }
            } catch { return }
        }
    }

    private static let schema = TableSchema([
        ColumnSchema(ColumnName("id"), .bigint), ColumnSchema(ColumnName("name"), .string),
        ColumnSchema(ColumnName("at"), .timestamp),
        ColumnSchema(ColumnName("price"), .decimal(precision: 10, scale: 2)),
    ])

    static func expression(_ bytes: [UInt8]) {
        guard let schema else { fatalError("columns of one name") }
        let text = String(decoding: bytes, as: UTF8.self)
        _ = try? ExpressionParser.check(text, schema: schema)
        _ = try? ExpressionParser.check(text, schema: schema, maskedColumn: ColumnName("name"))
    }
}
