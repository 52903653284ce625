import Foundation

/// A statement that careless proxies answer with more than they should.
struct AttackCase: Decodable, Sendable, CustomStringConvertible {
    let id: String
    /// Either `D`, which must be refused, or `M`, which may run on what policy shows.
    let expect: String
    let sql: String

    var description: String { id }

    /// Those of the conformance folder; empty where there is none.
    static let shared: [AttackCase] = {
        guard let data = try? Data(contentsOf: Conformance.folder.appending(path: "attacks/attacks.json"))
        else {
            return []
        }
        return (try? JSONDecoder().decode([AttackCase].self, from: data)) ?? []
    }()

    /// Ours: what the shared ones don't try.
    static let own: [AttackCase] = [
        refused("(10::float8).pg_sleep", "SELECT (0.01::float8).pg_sleep"),
        refused("column syntax of a function", "SELECT o.pg_column_size FROM orders o LIMIT 1"),
        refused("function over a row", "SELECT (c).row_to_json FROM customers c LIMIT 1"),
        refused(
            "catalog behind a WITH name",
            "WITH pg_stats AS (SELECT 1 AS x) SELECT * FROM pg_catalog.pg_stats"
        ),
        refused("WITH of a catalog's name", "WITH pg_class AS (SELECT 1 AS x) SELECT * FROM pg_class"),
        refused(
            "forward reference",
            "WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a"
        ),
        refused("sequence", "SELECT nextval('sq')"), refused("sequence as a table", "SELECT * FROM sq"),
        refused("child table", "SELECT * FROM cust_child"),
        refused("child table, ONLY", "SELECT * FROM ONLY cust_child"),
        allowed("object identifiers", "SELECT 'orders'::regclass::oid"),
        refused("transaction identifiers", "SELECT txid_current()"),
        refused("settings", "SELECT current_setting('x')"),
        refused("size", "SELECT pg_relation_size('customers')"),
        refused("size of a value", "SELECT pg_column_size(ssn) FROM customers"),
        refused("row type cast", "SELECT c::customers FROM customers c"),
        refused("row type from json", "SELECT json_populate_record(NULL::customers, '{}')"),
        refused("explain of a statement", "EXPLAIN (ANALYZE, FORMAT json) SELECT 1"),
        refused("prepared write", "PREPARE w AS UPDATE customers SET name = 'x'"),
        refused("select into", "SELECT * INTO stolen FROM customers"),
        refused("copy from", "COPY customers FROM '/etc/passwd'"),
        refused("copy a withheld column", "COPY customers (salary) TO STDOUT"),
        refused("listen", "LISTEN x"), refused("lock", "LOCK TABLE customers"),
        refused("vacuum", "VACUUM customers"),
        refused("call", "CALL x()"), refused("checkpoint", "CHECKPOINT"),
        refused("comment", "COMMENT ON TABLE customers IS 'x'"),
        refused("role in set", "SET LOCAL ROLE postgres"), refused("path", "SET search_path TO public"),
        refused("reset of path", "RESET search_path"), refused("date style", "SET datestyle TO 'SQL, DMY'"),
        refused("read write", "SET TRANSACTION READ WRITE"),
        refused("read write for the session", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"),
        refused("read write by setting", "SET default_transaction_read_only TO off"),
        refused("two-phase", "BEGIN; PREPARE TRANSACTION 'x'"), refused("load", "LOAD 'auto_explain'"),
        refused("security label", "SECURITY LABEL ON TABLE customers IS 'x'"),
        refused("large object", "SELECT lo_get(1)"), refused("advisory lock", "SELECT pg_advisory_lock(1)"),
        refused("real time", "SELECT clock_timestamp()"), refused("chance", "SELECT setseed(0.5)"),
        refused("named argument", "SELECT make_interval(days => 3)"),
        refused("withheld in a predicate", "SELECT count(*) FROM customers WHERE salary > 1500"),
        refused("withheld in an order", "SELECT id FROM customers ORDER BY salary"),
        refused("withheld in a join", "SELECT 1 FROM customers a JOIN customers b USING (salary)"),
        refused(
            "withheld through a correlated subquery",
            "SELECT (SELECT salary FROM orders LIMIT 1) FROM customers"
        ),
        refused("withheld in a window", "SELECT rank() OVER (ORDER BY salary) FROM customers"),
        allowed(
            "error in a filter of an aggregate",
            "SELECT count(*) FILTER (WHERE 1/(id-2001) > 0) FROM customers"
        ),
        allowed(
            "error in a case",
            "SELECT sum(CASE WHEN name LIKE '%SECRET%' THEN 1/0 ELSE 1 END) FROM customers"
        ),
        allowed(
            "error in a having",
            "SELECT region FROM customers GROUP BY region HAVING min(1/(length(name)-16)) >= 0"
        ),
        allowed(
            "error in a lateral",
            "SELECT count(*) FROM customers c, LATERAL (SELECT 1/(c.id-3) AS x) l WHERE x = 0"
        ),
        allowed("error in exists", "SELECT 1 WHERE EXISTS (SELECT 1 FROM customers WHERE 1/(id-3) > 5)"),
        allowed("error in an order", "SELECT id FROM customers ORDER BY 1/(id-3), id LIMIT 2"),
        allowed("error in a union", "SELECT id FROM customers WHERE name::int = 1 UNION SELECT 1"),
        allowed("error behind a key", "SELECT count(*) FROM customers WHERE id = 3 AND name::int = 1"),
        allowed(
            "error behind a key of two",
            "SELECT count(*) FROM customers WHERE id IN (3, 2001) AND 1/(id-2001) > 5"
        ),
        allowed("count of all", "SELECT count(*), min(id), max(id) FROM customers"),
        allowed("existence", "SELECT EXISTS (SELECT 1 FROM customers WHERE id = 2001)"),
        allowed(
            "anti join",
            "SELECT count(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL"
        ),
        allowed("full join", "SELECT count(*) FROM customers a FULL JOIN customers b ON a.id = b.id + 1"),
        allowed(
            "dictionary",
            "SELECT c.id FROM customers c JOIN (VALUES ('919-31-0001')) v(s) ON v.s = c.ssn"
        ),
        allowed("regular expression", "SELECT count(*) FROM customers WHERE ssn ~ '^9'"),
        allowed("bytes", "SELECT encode(convert_to(ssn, 'UTF8'), 'hex') FROM customers ORDER BY id LIMIT 2"),
        allowed("whole row as text", "SELECT c::text FROM customers c ORDER BY id LIMIT 2"),
        allowed("whole row as json", "SELECT row_to_json(c) FROM customers c ORDER BY id LIMIT 2"),
        allowed("whole row in a comparison", "SELECT count(*) FROM customers a JOIN customers b ON a = b"),
        allowed("view", "SELECT ssn FROM eu_customers ORDER BY id LIMIT 2"),
        allowed("view in an error", "SELECT count(*) FROM eu_customers WHERE name::int = 1"),
        allowed("copy", "COPY customers TO STDOUT WITH (FORMAT csv, HEADER)"),
        allowed(
            "recursion",
            "WITH RECURSIVE r AS (SELECT id FROM customers WHERE id = 1 UNION SELECT c.id FROM customers c "
                + "JOIN r ON c.parent_id = r.id) SELECT count(*) FROM r"
        ),
        allowed(
            "prepared",
            "PREPARE a AS SELECT ssn FROM customers WHERE id = $1; EXECUTE a(1); DEALLOCATE a"
        ),
        allowed(
            "cursor",
            "BEGIN; DECLARE c SCROLL CURSOR FOR SELECT ssn FROM customers ORDER BY id; "
                + "FETCH 2 FROM c; MOVE BACKWARD ALL FROM c; FETCH NEXT FROM c; COMMIT"
        ),
        allowed("identity", "SELECT current_user, session_user, current_database(), current_schema"),
    ]

    private static func refused(_ id: String, _ sql: String) -> AttackCase {
        AttackCase(id: id, expect: "D", sql: sql)
    }
    private static func allowed(_ id: String, _ sql: String) -> AttackCase {
        AttackCase(id: id, expect: "M", sql: sql)
    }
}

/// The conformance folder.
enum Conformance {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["STEWARD_CONFORMANCE"] {
            return URL(filePath: path)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/conformance")
    }()
}
