import TestSupport
import Testing

@testable import QueryAnalysis

@Suite(.aside) struct `The rewriting of statements` {
    @Test func `puts the governed form in a relation's place`() throws {
        #expect(
            try text("SELECT ssn FROM customers WHERE id = 7") == """
                SELECT "ssn" AS "ssn" FROM (SELECT "customers"."id" AS "id", "customers"."name" AS "name", \
                NULL AS "email", \
                ('*****' || pg_catalog."right"("customers"."ssn", 4)) AS "ssn", \
                "customers"."region" AS "region", "customers"."status" AS "status", \
                "customers"."parent_id" AS "parent_id" FROM "public"."customers" AS "customers" \
                WHERE (("customers"."region" = 'EU') AND ("customers"."id" = 7)) OFFSET (0)) AS "customers" \
                WHERE ("id" = 7)
                """
        )
    }

    @Test func `needs no fence where no row is hidden`() throws {
        #expect(!(try text("SELECT 1/(id-3) FROM orders")).contains("OFFSET"))
    }

    @Test(arguments: [
        "SELECT * FROM customers WHERE ssn = 'x'", "SELECT * FROM customers WHERE 1/(id-3) = 1",
        "SELECT * FROM customers WHERE id = 1.5", "SELECT * FROM customers WHERE name LIKE 'a%'",
        "SELECT * FROM customers WHERE id = 1 OR true",
        "SELECT * FROM customers WHERE id = $1 AND parent_id = $1",
    ])
    func `copies no condition into the fence that could tell or fail`(statement: String) throws {
        #expect(try text(statement).contains(#"WHERE ("customers"."region" = 'EU') OFFSET (0)"#))
    }

    @Test(arguments: [
        ("SELECT a.f FROM (SELECT 1 AS x) a", StatementErrorCode.column),
        ("SELECT (10::float8).pg_sleep, 1 AS pg_sleep", .construct),
        ("SELECT o.pg_column_size FROM orders o", .column),
        ("SELECT (o).count FROM orders o", .column),
        ("SELECT (SELECT o FROM orders o LIMIT 1).id", .construct),
        ("WITH pg_stats AS (SELECT 1) SELECT * FROM pg_stats", .construct),
        (
            "WITH RECURSIVE a AS (SELECT * FROM customers), customers AS (SELECT 1) SELECT * FROM a",
            .construct
        ),
        ("SELECT * FROM customers c, customers c", .ambiguous),
        ("SELECT id FROM customers, orders", .ambiguous),
        ("SELECT customers.salary FROM customers", .column),
        ("SELECT * FROM (SELECT * FROM customers) s WHERE salary > 1", .column),
        ("SELECT * FROM orders ORDER BY (SELECT salary FROM customers LIMIT 1)", .column),
        ("SELECT * FROM pg_catalog.pg_statistic", .relation),
        ("SELECT 1 LIMIT (SELECT pg_sleep(1)::int)", .function),
        ("SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM orders", .function),
        ("SELECT pg_catalog.pg_read_file('x')", .function),
        ("SELECT public.upper('x')", .function),
        ("SELECT lower(x => 'A')", .construct),
        ("SELECT 'x'::public.mood", .type),
        ("SELECT '1'::regoper", .type),
        ("SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM customers WHERE salary = o.id)", .column),
        ("SELECT nextval('sq')", .function),
        ("SELECT * FROM generate_series(1, 3) WITH ORDINALITY AS g(a, b, c)", .column),
        ("SELECT * FROM (SELECT 1) WHERE true", .syntax),
    ])
    func `refuses what it can't resolve or doesn't know`(statement: String, code: StatementErrorCode) {
        guard case .failure(let error) = Shop.rewrite(statement) else {
            Issue.record("this went upstream: \(statement)")
            return
        }
        #expect(error.code == code, "\(statement): \(error)")
    }

    @Test(arguments: [
        "SELECT c.*, o.amount FROM customers c LEFT JOIN orders o ON o.customer_id = c.id",
        "SELECT id, amount FROM customers JOIN orders USING (id) ORDER BY 1, amount DESC NULLS LAST",
        "SELECT x.n FROM customers c, LATERAL (SELECT count(*) AS n FROM orders WHERE customer_id = c.id) x",
        "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT sum(n) FROM t",
        "SELECT region, status, count(*) FROM customers GROUP BY ROLLUP (region, (status, region)), CUBE (name)",
        "SELECT rank() OVER w, sum(id) OVER (w ROWS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES) "
            + "FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY amount)",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM orders HAVING count(*) > 1",
        "SELECT CASE region WHEN 'EU' THEN 1 ELSE 2 END, -1, - 1.5e3, +id, NOT true FROM customers",
        "SELECT DISTINCT ON (region) region, id FROM customers ORDER BY region, id",
        "(SELECT id FROM orders ORDER BY id LIMIT 3) UNION ALL (SELECT 1 EXCEPT SELECT 2) ORDER BY id",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, t) WHERE t SIMILAR TO 'a|b' ESCAPE '!'",
        "SELECT name FROM customers WHERE name LIKE 'a!_%' ESCAPE '!' AND id BETWEEN SYMMETRIC 9 AND 1",
        "SELECT extract(year FROM created_at), created_at AT TIME ZONE 'UTC', date '2024-01-31' FROM orders",
        "SELECT substring(name FROM 2 FOR 3), overlay(name PLACING 'x' FROM 1), trim(both 'x' from name) FROM customers",
        "SELECT (ARRAY[1,2,3])[2:], '{1,2}'::int[] @> ARRAY[1], 3 = ANY(ARRAY[3]) FROM orders",
        "SELECT (id, amount) IN (SELECT id, amount FROM orders), ROW(1, 2) = (1, 2), id <> ALL (SELECT 1) FROM orders",
        "SELECT current_user, session_user, current_database(), current_schema, now(), current_date",
        "SELECT g, ordinality FROM generate_series(1, 3) WITH ORDINALITY g",
        "SELECT * FROM orders ORDER BY id FETCH FIRST 3 ROWS WITH TIES",
        "SELECT count(DISTINCT region) FILTER (WHERE id > 3), string_agg(name, ',' ORDER BY id) FROM customers",
        "SELECT 'it''s', E'back\\\\slash\\n', U&'d\\0061t', $$dollar$$, '\u{1F600}'",
        "SELECT \"Weird\"\"Name\".id FROM orders AS \"Weird\"\"Name\"",
        "COPY customers (id, ssn) TO STDOUT WITH (FORMAT csv, HEADER, DELIMITER '|')",
        "PREPARE p(int, text[]) AS SELECT * FROM orders WHERE id = $1", "EXECUTE p(1, '{a}')",
        "DEALLOCATE ALL",
        "DECLARE c SCROLL CURSOR WITH HOLD FOR TABLE orders", "FETCH PRIOR FROM c", "MOVE ALL FROM c",
        "CLOSE c",
        "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE", "SAVEPOINT a; ROLLBACK TO a; RELEASE a",
        "SET datestyle TO 'ISO, MDY'", "SHOW server_version", "", ";",
    ])
    func `understands ordinary SQL`(statement: String) {
        if case .failure(let error) = Shop.rewrite(statement) {
            Issue.record("\(statement): \(error) at \(error.position ?? 0)")
        }
    }

    @Test(arguments: [
        "SELECT c FROM customers c", "SELECT c.* FROM customers c", "SELECT * FROM customers",
        "SELECT a FROM customers AS c(x, y, a)", "SELECT customers.ssn FROM customers",
        "SELECT 1 FROM customers NATURAL JOIN customers b",
        "SELECT 1 FROM customers a JOIN customers b USING (ssn)",
        "TABLE customers", "COPY customers TO STDOUT", "SELECT (c).ssn FROM customers c",
        "SELECT count(c) FROM (SELECT * FROM customers) c", "SELECT 1 FROM customers ORDER BY ssn",
    ])
    func `keeps the masks of columns that may be meant`(statement: String) throws {
        #expect(try text(statement).contains(#"pg_catalog."right"("customers"."ssn", 4)"#))
    }

    @Test func `leaves out masks that nothing asks for`() throws {
        #expect(!(try text("SELECT id FROM customers WHERE name = 'x'")).contains("md5"))
    }

    @Test func `governs a view through its tables`() throws {
        let text = try text("SELECT ssn FROM eu_customers")
        #expect(text.contains(#"pg_catalog."right"("customers"."ssn", 4)"#))
        #expect(text.contains("OFFSET (0)"))
    }

    @Test func `tells which columns are read, never fewer`() throws {
        let statements = try Shop.rewrite(
            "SELECT c.name, (SELECT max(amount) FROM orders o WHERE o.customer_id = c.id) FROM customers c"
        ).get()
        let reads = try #require(statements.first).reads.columns
        #expect(reads[RelationName(schema: "public", name: "customers")] == ["name", "id"])
        #expect(reads[RelationName(schema: "public", name: "orders")] == ["amount", "customer_id"])
    }

    @Test func `gives statements that differ in literals one fingerprint`() throws {
        let first = try Shop.rewrite("SELECT id FROM orders WHERE id = 1").get()
        let second = try Shop.rewrite("SELECT id FROM orders WHERE id = 22").get()
        #expect(first[0].fingerprint == second[0].fingerprint)
        #expect(first[0].fingerprint?.isEmpty == false)
    }

    private func text(_ statement: String) throws -> String {
        try Shop.rewrite(statement).get().map(\.text).joined(separator: "; ")
    }
}
