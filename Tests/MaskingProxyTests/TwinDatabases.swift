import Foundation
import Synchronization

/// Two databases that are equal in all that policies of the tests show and different in what they hide.
enum TwinDatabases {
    /// Their names, made when first wanted.
    static let names: Result<[String], any Error> = Result {
        let cluster = try PostgreSQLCluster.shared.get()
        for (name, script) in [("twin_a", try script("a")), ("twin_b", try script("b"))] {
            try cluster.make(name, script)
        }
        return ["twin_a", "twin_b"]
    }

    /// The conformance folder's set-up where there is one, else ours.
    private static func script(_ twin: String) throws -> String {
        let shared = Conformance.folder.appending(path: "attacks/setup_\(twin).sql")
        if let text = try? String(contentsOf: shared, encoding: .utf8) {
            return text.replacing("generate_series(1,1000000)", with: "generate_series(1,1000)")
        }
        return own(twin)
    }

    /// Customers whose numbers, mails, salaries and rows outside the EU differ.
    static func own(_ twin: String) -> String {
        let (factor, mail, salary, secret) =
            twin == "a" ? (7919, "user", 1000, "HIDDEN") : (13, "other", 5000, "OTHER")
        let more =
            twin == "a"
            ? ""
            : "INSERT INTO customers SELECT i, 'x'||i, 'y', '111-22-3333', 'US', 'gone', NULL, 1 "
                + "FROM generate_series(2001, 2050) i;"
        return """
            CREATE TABLE customers(id int PRIMARY KEY, name text, email text, ssn text, region text, status text,
              parent_id int, salary int);
            INSERT INTO customers SELECT i, 'name'||i, '\(mail)'||i||'@ex.com',
              lpad((i*\(factor)%1000)::text,3,'0')||'-'||lpad((i*\(factor)%100)::text,2,'0')||'-'||lpad(i::text,4,'0'),
              CASE WHEN i%3=0 THEN 'US' ELSE 'EU' END, CASE WHEN i%2=0 THEN 'active' END, NULLIF(i/2,0), \(salary)+i
              FROM generate_series(1,120) i;
            UPDATE customers SET name = '\(secret)-SECRET-US' WHERE id = 3;
            \(more)
            CREATE TABLE orders(id int PRIMARY KEY, customer_id int, amount numeric, created_at timestamptz);
            INSERT INTO orders SELECT i, 1+i%120, i*1.37, timestamptz '2024-01-01 00:00Z' + i * interval '7 hours'
              FROM generate_series(1,300) i;
            CREATE TABLE categories(id int PRIMARY KEY, parent_id int);
            INSERT INTO categories SELECT i, NULLIF(i/2,0) FROM generate_series(1,20) i;
            CREATE TABLE big(id int PRIMARY KEY, a text);
            CREATE VIEW eu_customers AS SELECT id, name, ssn FROM customers WHERE region = 'EU';
            CREATE FUNCTION get_ssn(int) RETURNS text LANGUAGE sql SECURITY DEFINER
              AS 'SELECT ssn FROM public.customers WHERE id = $1';
            CREATE OPERATOR @@@ (leftarg = text, rightarg = text, function = texteq);
            CREATE MATERIALIZED VIEW mv AS SELECT id, ssn FROM customers;
            CREATE TABLE cust_child() INHERITS (customers);
            CREATE SEQUENCE sq;
            ANALYZE;
            """
    }
}
