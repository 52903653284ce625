import CatalogModel
import TestSupport
import Testing

@testable import Masking
@testable import PolicyEngine
@testable import QueryAnalysis

@Suite(.aside) struct `Masks on the way back` {
    @Test(arguments: [
        ("SELECT ssn FROM customers", "ssn"),
        ("SELECT id, ssn, email FROM customers WHERE id < 5 LIMIT 3", "- ssn email"),
        ("SELECT * FROM customers ORDER BY id", "- - email ssn - - parent_id"),
        ("TABLE customers", "- - email ssn - - parent_id"),
        (
            "SELECT c.*, o.amount FROM customers c JOIN orders o ON o.customer_id = c.id",
            "- - email ssn - - parent_id -"
        ),
        ("SELECT x FROM (SELECT ssn AS x, id FROM customers) t ORDER BY id", "ssn"),
        ("SELECT b FROM (SELECT ssn, id FROM customers) AS t(b, a) WHERE a = 1", "ssn"),
        ("WITH c AS (SELECT * FROM customers) SELECT ssn, id FROM c WHERE id > 3", "ssn -"),
        (
            "WITH c(a, b) AS (SELECT ssn, id FROM customers), d AS (SELECT a FROM c) SELECT a, 1 FROM d",
            "ssn -"
        ),
        (
            "WITH c AS (SELECT id FROM orders) SELECT t.ssn FROM (WITH c AS (SELECT ssn FROM customers) "
                + "SELECT ssn FROM c) t",
            "ssn"
        ),
        (
            "SELECT x.ssn FROM orders o, LATERAL (SELECT ssn FROM customers c WHERE c.id = o.customer_id) x",
            "ssn"
        ),
        ("SELECT ssn, row_number() OVER (ORDER BY id), ssn FROM customers", "ssn - ssn"),
        (
            "SELECT a.ssn, b.email FROM customers a LEFT JOIN customers b ON a.id = b.parent_id",
            "ssn email"
        ),
        ("SELECT a.ssn, b.ssn FROM customers a, customers b WHERE b.ssn = '1'", "ssn -"),
        ("SELECT name, ssn FROM eu_customers", "- ssn"),
        ("SELECT ssn FROM customers JOIN orders USING (id)", "ssn"),
        ("SELECT ssn FROM customers WHERE id IN (SELECT customer_id FROM orders)", "ssn"),
        ("SELECT ssn, email FROM customers WHERE email = 'x'", "ssn -"),
        ("SELECT ssn, g FROM customers, generate_series(1, 3) g", "ssn -"),
        ("SELECT ssn FROM customers WHERE name = $1 OFFSET 2", "ssn"),
    ])
    func `are for columns that only pass`(statement: String, expected: String) throws {
        let rewritten = try Self.rewrite(statement)
        #expect(rewritten.late.map { $0?.column ?? "-" }.joined(separator: " ") == expected)
    }

    @Test(arguments: [
        "SELECT ssn FROM customers ORDER BY ssn", "SELECT ssn FROM customers ORDER BY 1",
        "SELECT ssn AS x FROM customers ORDER BY x", "SELECT ssn AS id FROM customers ORDER BY id",
        "SELECT DISTINCT ssn FROM customers", "SELECT DISTINCT ON (id) ssn FROM customers",
        "SELECT ssn FROM customers GROUP BY ssn", "SELECT ssn, count(*) FROM customers GROUP BY 1",
        "SELECT ssn || '' FROM customers", "SELECT ssn::text FROM customers",
        "SELECT upper(ssn) FROM customers",
        "SELECT ssn COLLATE \"C\" FROM customers", "SELECT coalesce(ssn, email) FROM customers",
        "SELECT c FROM customers c", "SELECT (c).ssn FROM customers c", "SELECT ARRAY[ssn] FROM customers",
        "SELECT c.ssn FROM customers c ORDER BY c", "SELECT c.ssn, c FROM customers c",
        "SELECT ssn FROM customers WHERE ssn = 'x'", "SELECT ssn, lower(ssn) FROM customers",
        "SELECT a.ssn FROM customers a JOIN customers b USING (ssn)",
        "SELECT ssn FROM customers JOIN customers b USING (ssn)",
        "SELECT * FROM customers JOIN orders USING (id)", "SELECT ssn FROM customers NATURAL JOIN orders",
        "SELECT c.ssn FROM customers c LEFT JOIN orders o ON c.ssn = 'x'",
        "SELECT ssn FROM customers UNION ALL SELECT 'x'", "SELECT (SELECT ssn FROM customers WHERE id = 1)",
        "VALUES ((SELECT ssn FROM customers WHERE id = 1))",
        "SELECT j.ssn FROM (customers a JOIN orders o ON o.customer_id = a.id) AS j",
        "WITH c AS (SELECT ssn FROM customers) SELECT a.ssn FROM c a, c b",
        "WITH c AS (SELECT ssn FROM customers) SELECT ssn FROM c WHERE EXISTS (SELECT 1 FROM c)",
        "WITH c AS (SELECT ssn FROM customers), d AS (SELECT ssn AS y FROM c) SELECT ssn FROM c, d",
        "WITH RECURSIVE t AS (SELECT ssn FROM customers) SELECT ssn FROM t",
        "SELECT x FROM (SELECT ssn AS x FROM customers ORDER BY ssn LIMIT 2) t",
        "SELECT x FROM (SELECT DISTINCT ssn AS x FROM customers) t",
        "SELECT x FROM (SELECT ssn AS x FROM customers ORDER BY 1 LIMIT 2) t",
        "SELECT x FROM (SELECT ssn AS x FROM customers UNION SELECT 'a') t",
        "SELECT ssn FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE c.ssn = 'x')",
        "SELECT ssn FROM customers c WHERE EXISTS (SELECT c.* FROM orders o)",
        "SELECT ssn FROM customers WHERE EXISTS (SELECT 1 FROM (SELECT 1 WHERE ssn = 'x') s)",
        "SELECT c.ssn FROM customers c, LATERAL (SELECT c.ssn AS y) l WHERE y = 'x'",
        "SELECT c.ssn FROM customers c, generate_series(1, length(c.ssn)) g",
        "SELECT l.y FROM customers c, LATERAL (SELECT c.ssn AS y) l",
        "SELECT rank() OVER (ORDER BY ssn), ssn FROM customers",
        "SELECT count(*) OVER w, ssn FROM customers WINDOW w AS (PARTITION BY ssn)",
        "SELECT ssn FROM customers ORDER BY ssn FETCH FIRST 2 ROWS WITH TIES",
        "SELECT count(ssn) FROM customers",
        "SELECT ssn FROM customers LIMIT (SELECT length(min(ssn)) FROM customers)",
        "SELECT ssn FROM customers, pg_catalog.pg_class", "COPY customers TO STDOUT",
        "COPY (SELECT ssn FROM customers) TO STDOUT", "PREPARE p AS SELECT ssn FROM customers",
        "DECLARE c CURSOR FOR SELECT ssn FROM customers",
        "SELECT max(s) FROM (SELECT ssn AS s FROM customers) t",
        "SELECT row_to_json(t) FROM (SELECT ssn FROM customers) t",
        "SELECT ssn FROM (SELECT ssn FROM customers) t WHERE t IS NULL",
    ])
    func `are for no others, which PostgreSQL masks as ever`(statement: String) throws {
        let rewritten = try Self.rewrite(statement)
        #expect(rewritten.late.allSatisfy { $0 == nil })
        #expect(rewritten.text == (try Self.rewrite(statement, masks: .database)).text)
    }

    @Test func `leave the other columns masked in PostgreSQL`() throws {
        let rewritten = try Self.rewrite("SELECT ssn, email FROM customers ORDER BY email")
        #expect(rewritten.late.map { $0?.column } == ["ssn", nil])
        #expect(rewritten.text.contains("sha256"))
        #expect(rewritten.text.contains(#"CAST("customers"."ssn" AS pg_catalog."text") AS "ssn""#))
    }

    @Test func `are for nobody who doesn't ask for them`() throws {
        #expect(try Self.rewrite("SELECT ssn FROM customers", masks: .database).late.isEmpty)
    }

    @Test func `are for none that PostgreSQL has no expression for, or that is as quick there`() throws {
        for (mask, type) in [
            ("mask({col}, 'É')", DataType.string), ("redact({col})", .string), ("year({col})", .date),
            ("mask({col})", .tinyint), ("show_last({col}, 5000000000)", .string), ("upper({col})", .string),
        ] {
            guard case .masked(_, let late) = try Self.rule(mask, type) else { continue }
            #expect(late == nil, "\(mask)")
        }
    }

    private static func rule(_ mask: String, _ type: DataType) throws -> PostgreSQLRule {
        let choice = MaskChoice(maskType: "CUSTOM", transformer: nil, valueExpression: mask)
        return try PostgreSQLMasking.rule(of: .masked(choice), on: type)
    }

    private static func columnRule(_ mask: String, _ type: DataType) throws -> ColumnRule {
        guard case .masked(let text, let late) = try rule(mask, type) else { return .clear }
        return .masked(text, late: late)
    }

    private static func rewrite(
        _ statement: String,
        masks: MaskPlace = .wayBack
    ) throws -> RewrittenStatement {
        let rules = [
            "ssn": try columnRule("mask_show_last_n({col}, 4)", .string),
            "email": try columnRule("mask_hash({col})", .string),
            "parent_id": try columnRule("mask({col})", .int), "salary": .withheld,
        ]
        return try #require(try Shop.rewrite(statement, rules: rules, masks: masks).get().first)
    }
}
