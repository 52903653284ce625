/// Attacks by the shapes that rows, conditions and sessions can take.
extension AttackCase {
    static let shapes: [AttackCase] =
        wholeRows.map { AttackCase(id: "row: \($0)", expect: "M", sql: $0) }
        + errors.map { AttackCase(id: "error: \($0)", expect: "M", sql: $0) }
        + passages.map { AttackCase(id: "passage: \($0)", expect: "M", sql: $0) }
        + sessions.map { AttackCase(id: "session: \($0)", expect: "M", sql: $0) }
        + hidden.map { AttackCase(id: "hidden: \($0)", expect: "D", sql: $0) }

    /// Rows as values: of the columns that may be seen, masked.
    private static let wholeRows = [
        "SELECT ROW(t.*) FROM customers t ORDER BY id LIMIT 2",
        "SELECT ROW(t.*, 1) FROM customers t ORDER BY id LIMIT 2",
        "SELECT t.*::text, (t.*)::text FROM customers t ORDER BY id LIMIT 2",
        "SELECT row_to_json(t.*), to_json(t.*) FROM customers t ORDER BY id LIMIT 2",
        "SELECT c.id FROM customers c ORDER BY c.* LIMIT 2",
        "SELECT count(c.*), count(DISTINCT c.*) FROM customers c WHERE c.* IS NOT NULL",
        "SELECT c.id FROM customers c WHERE c.* = (SELECT d FROM customers d WHERE d.id = c.id) ORDER BY 1 LIMIT 2",
        "SELECT concat(c.*, 'x'), concat_ws(',', c, 'x') FROM customers c ORDER BY id LIMIT 1",
        "SELECT c.* IN (SELECT d FROM customers d) FROM customers c ORDER BY id LIMIT 1",
        "SELECT t = t, t IS NULL, t IS NOT NULL FROM customers t ORDER BY id LIMIT 2",
        "SELECT t FROM customers t ORDER BY t LIMIT 2",
        "SELECT nullif(a, b), greatest(a, b), coalesce(a, b) FROM customers a, customers b WHERE a.id = 1 AND b.id = 2",
        "SELECT array_agg(t ORDER BY t.id) FROM (SELECT * FROM customers ORDER BY id LIMIT 2) t",
        "SELECT id FROM customers c WHERE EXISTS (SELECT c.* EXCEPT SELECT d.* FROM customers d)",
        "SELECT * FROM customers AS c(email, a, b, id) ORDER BY 1 LIMIT 2",
        "WITH m(a, b, c, d) AS (SELECT * FROM customers) SELECT d, a FROM m ORDER BY a LIMIT 2",
        "SELECT customers.* FROM customers, (SELECT 1) AS x(customers) ORDER BY 1 LIMIT 1",
        "SELECT s.t FROM (SELECT t FROM customers t ORDER BY id LIMIT 1) s",
    ]

    /// Errors that only a hidden row or an unmasked value could make.
    private static let errors = [
        "SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN (SELECT count(*) FROM customers WHERE name LIKE 'HIDDEN%') "
            + "PRECEDING AND CURRENT ROW) FROM customers ORDER BY 1 LIMIT 3",
        "SELECT DISTINCT ON (1/(id-2001)) id FROM customers ORDER BY 1/(id-2001), id LIMIT 3",
        "SELECT id FROM customers WHERE id = 3 INTERSECT SELECT 1/(id-3) FROM customers",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT max(id) FROM customers "
            + "WHERE 1/(id-2001) = 0) AND n < 5) SELECT * FROM r ORDER BY 1",
        "SELECT name::date FROM customers WHERE id = 3",
        "SELECT chr((id * 1000000)::int) FROM customers WHERE id = 3",
        "SELECT lpad(name, CASE WHEN id = 3 THEN 2000000000 ELSE 3 END) FROM customers ORDER BY id LIMIT 3",
        "SELECT (SELECT id FROM customers WHERE id IN (2001, 1))",
        "SELECT (SELECT id FROM customers WHERE id IN (3, 1))",
        "SELECT 1/(SELECT count(*) FROM customers WHERE id = 2001)",
        "SELECT id FROM customers WHERE CASE WHEN id = 3 THEN name::int END = 5",
        "SELECT id FROM customers WHERE id IN (SELECT 3 WHERE 1/(SELECT count(*) FROM customers WHERE id = 3) > 0)",
        "SELECT substring(name FROM 1 FOR (SELECT count(*)::int FROM customers WHERE id = 3)) FROM customers WHERE id = 1",
        "SELECT count(*) FROM customers WHERE repeat(name, 1000000000) <> ''",
        "SELECT a.id FROM customers a WHERE (a.id, a.email) > (500, 'a') ORDER BY 1 LIMIT 3",
    ]

    /// Ways on which a masked column may only seem to pass, or be taken for another one.
    private static let passages = [
        "SELECT id AS name, name AS id FROM customers ORDER BY name LIMIT 2",
        "SELECT name AS x, name AS y, name::text z, name FROM customers ORDER BY id LIMIT 2",
        "SELECT email AS x FROM eu_customers JOIN customers USING (id) ORDER BY x LIMIT 2",
        "SELECT l.x, length(l.x) FROM customers c, LATERAL (SELECT c.name AS x) l ORDER BY c.id LIMIT 2",
        "SELECT name, row_number() OVER w FROM customers WINDOW w AS (ORDER BY name) ORDER BY 2 LIMIT 3",
        "SELECT name FROM customers ORDER BY (SELECT name), id LIMIT 2",
        "SELECT name FROM customers c WHERE c IS NOT NULL ORDER BY id LIMIT 2",
        "SELECT name FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE name LIKE '9%') ORDER BY id LIMIT 2",
        "WITH m AS (SELECT name s, id FROM customers), n AS (SELECT s AS q, id FROM m) SELECT q FROM n ORDER BY id LIMIT 2",
        "WITH m AS (SELECT name s, id FROM customers) SELECT a.s, b.s FROM m a JOIN m b USING (id) ORDER BY id LIMIT 2",
        "SELECT c.name, d.name FROM customers c FULL JOIN (SELECT id + 1 AS id, name FROM customers) d ON c.id = d.id "
            + "ORDER BY c.id NULLS FIRST, d.id LIMIT 3",
        "SELECT c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id ORDER BY o.id LIMIT 3",
        "SELECT name FROM customers UNION ALL SELECT region FROM customers ORDER BY 1 LIMIT 2",
        "SELECT public.customers.name FROM public.customers ORDER BY id LIMIT 1",
        "SELECT x.name FROM (customers a JOIN (SELECT id AS i FROM orders) o ON a.id = o.i) AS x ORDER BY 1 LIMIT 2",
    ]

    private static let sessions = [
        "BEGIN; DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id, name FROM customers ORDER BY id; FETCH 2 FROM c; "
            + "FETCH BACKWARD 1 FROM c; FETCH ABSOLUTE 5 FROM c; FETCH LAST FROM c; COMMIT; FETCH PRIOR FROM c; CLOSE c",
        "BEGIN; DECLARE c INSENSITIVE CURSOR FOR SELECT name FROM customers ORDER BY id; MOVE 3 IN c; FETCH 2 FROM c; "
            + "COMMIT",
        "BEGIN; DECLARE c ASENSITIVE BINARY CURSOR FOR SELECT name FROM customers ORDER BY id; FETCH 2 FROM c; COMMIT",
        "PREPARE q(int) AS SELECT name FROM customers WHERE 1/(id - $1) > 5 ORDER BY 1; EXECUTE q(3); DEALLOCATE q",
        "COPY (SELECT id, name FROM customers ORDER BY id LIMIT 3) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE (name))",
        "COPY (SELECT name FROM customers ORDER BY id LIMIT 3) TO STDOUT (FORMAT binary)",
        "COPY (SELECT 1/(id-2001) FROM customers) TO STDOUT",
        "BEGIN; SAVEPOINT a; SELECT 1/0; ROLLBACK TO a; SELECT name FROM customers ORDER BY id LIMIT 1; COMMIT",
        "SELECT c.tableoid FROM pg_class c",
        "SELECT d.objoid FROM pg_description d JOIN pg_class c ON c.tableoid = d.classoid",
    ]

    private static let hidden = [
        "SELECT age('3'::xid)",
        "SELECT age(x) FROM (SELECT relfrozenxid x FROM pg_class UNION SELECT '700') s",
        "SELECT c.tableoid FROM customers c", "SELECT t.ctid FROM customers t",
        "SELECT (t).xmin FROM customers t",
        "SELECT (t.*).salary FROM customers t", "SELECT salary FROM customers a NATURAL JOIN customers b",
        "SELECT j.salary FROM (customers a JOIN customers b USING (id)) AS j",
        "VALUES ((SELECT t.*::customers FROM customers t LIMIT 1))", "SELECT nope.* IS NULL FROM customers c",
        "SELECT ((SELECT t FROM customers t LIMIT 1)).ssn", "SELECT x.salary FROM customers AS x(a, b, c)",
        "COPY customers (tableoid) TO STDOUT", "COPY (DELETE FROM customers RETURNING *) TO STDOUT",
        "COPY (SELECT id FROM customers) TO STDOUT (FORMAT csv, FORCE_QUOTE (salary))",
        "SET debug_print_plan = on", "SET LOCAL transaction_read_only = off", "SET XML OPTION DOCUMENT",
        "SET SEED TO 0.5", "BEGIN; SET TRANSACTION SNAPSHOT '0'",
        "SELECT ssn OPERATOR(public.=) 'x' FROM customers",
        "SELECT xmlagg(xmlelement(name x, name)) FROM customers", "SELECT lo_import('/etc/passwd')",
        "SELECT id FROM customers ORDER BY name USING <", "SELECT name COLLATE \"en_US\" FROM customers",
        "EXPLAIN (VERBOSE) EXECUTE x", "EXPLAIN DECLARE c CURSOR FOR SELECT 1",
        "SELECT * FROM pg_largeobject_metadata",
        "SELECT pg_current_wal_lsn()", "SELECT pg_notify('x', 'y')", "DO 'BEGIN NULL; END'",
        "SELECT * FROM customers TABLESAMPLE BERNOULLI (100) REPEATABLE (1)",
        "SELECT name FROM customers FOR KEY SHARE",
    ]
}
