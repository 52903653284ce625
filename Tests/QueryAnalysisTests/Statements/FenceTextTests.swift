import TestSupport
import Testing

@testable import QueryAnalysis

/// What a row filter's view shows, and which filters have none.
@Suite(.aside) struct `A row filter's view` {
    private static let name = RelationName(schema: "public", name: "customers")

    /// The plan of a view, with what else stands in the statement.
    private func fence(
        filter: String,
        _ rules: [String: ColumnRule] = Shop.rules
    ) throws -> Result<FenceText, FenceFault>? {
        let threads = try #require(Shop.threads)
        let made = threads.run {
            Result { () throws(StatementError) in
                try PolicyText(relations: Shop.columns, user: "o'hara", makesViews: true).relation(
                    Self.name,
                    columns: (Shop.columns[Self.name] ?? []).map { ($0, rules[$0.name] ?? .clear) },
                    filter: filter
                )?.fence
            }
        }
        return try made.get()
    }

    @Test func `shows permitted columns as they are behind the filter`() throws {
        let text = try #require(try fence(filter: "region = 'EU' AND name <> {USER}")).get()
        #expect(text.columns == ["id", "name", "email", "ssn", "region", "status", "parent_id"])
        #expect(text.query.contains("'o''hara'"))
        #expect(
            !text.query.contains("salary") && !text.query.contains("md5") && !text.query.contains("OFFSET")
        )
    }

    @Test func `shows what masks are made of, be it withheld or not`() throws {
        let rules: [String: ColumnRule] = [
            "salary": .withheld, "email": .withheld, "status": .withheld,
            "ssn": .masked("CASE WHEN salary > 5 THEN {col} END"), "name": .masked("'x'"),
        ]
        let text = try #require(try fence(filter: "region = 'EU'", rules)).get()
        #expect(text.columns == ["id", "name", "ssn", "region", "parent_id", "salary"])
        let whole: [String: ColumnRule] = [
            "salary": .withheld, "ssn": .masked("(SELECT max(o.id)::text FROM orders o)"),
        ]
        #expect(try #require(try fence(filter: "id = 1", whole)).get().columns.count == 7)
    }

    @Test func `is the same for all masks and another one for another filter`() throws {
        let plain = try #require(try fence(filter: "region = 'EU'", ["salary": .withheld])).get()
        #expect(try #require(try fence(filter: "region = 'EU'")).get() == plain)
        #expect(try #require(try fence(filter: "region = 'US'")).get() != plain)
    }

    @Test(arguments: [
        "'today'", "'TODAY '", "'2024-01-01 now'", "'yesterday'::date::text", "'Tomorrow'", "'it''s now'",
    ])
    func `isn't made when a literal may mean another moment`(literal: String) throws {
        guard case .failure(let fault)? = try fence(filter: "name < \(literal)") else {
            Issue.record("a view would read \(literal) once for ever")
            return
        }
        #expect(fault.obstacle == .momentInLiteral)
    }

    @Test func `is made where only a name or a function has such a word`() {
        #expect(
            !FenceText.mayNameMoment(#"SELECT "now", "it's today" FROM "now"() WHERE "a""now" = 'no' || 'w'"#)
        )
        #expect(FenceText.mayNameMoment(#"SELECT "a'" FROM "b" WHERE 'x' = 'now'"#))
    }

    @Test func `stands in a statement instead of the filter, with masks outside`() throws {
        let threads = try #require(Shop.threads)
        let found = threads.run {
            Result { () throws(StatementError) in
                let relation = try PolicyText(relations: Shop.columns, user: "alice", makesViews: true)
                    .relation(
                        Self.name,
                        columns: (Shop.columns[Self.name] ?? []).map { ($0, Shop.rules[$0.name] ?? .clear) },
                        filter: "region = 'EU'"
                    )
                let catalog = GovernedCatalog(
                    database: "shop",
                    user: "alice",
                    lookup: { _ in relation },
                    view: { text in
                        let name = RelationName(schema: "governed", name: "v_1")
                        return .view(FenceView(name: name, text: text, identifier: 7))
                    }
                )
                return try StatementRewriter.rewrite("SELECT ssn FROM customers WHERE id = 5", for: catalog)
            }
        }
        let statement = try #require(try found.get().first)
        #expect(
            statement.text == """
                SELECT "ssn" AS "ssn" FROM (SELECT "customers"."id" AS "id", "customers"."name" AS "name", \
                NULL AS "email", ('*****' || pg_catalog."right"("customers"."ssn", 4)) AS "ssn", \
                "customers"."region" AS "region", "customers"."status" AS "status", \
                "customers"."parent_id" AS "parent_id" FROM "governed"."v_1" AS "customers") AS "customers" \
                WHERE ("id" = 5)
                """
        )
        #expect(statement.reads.views.map(\.identifier) == [7])
    }
}
