import Foundation

/// Two databases that show the same to somebody and whose hidden structure differs: other tables, columns, names,
/// types, defaults, conditions, comments, functions, and how many of each.
enum CatalogTwins {
    /// Their names, made when first wanted.
    static let names: Result<[String], any Error> = Result {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make("structure_a", shared + first)
        try cluster.make("structure_b", shared + second)
        return ["structure_a", "structure_b"]
    }

    /// Words that no catalog may show.
    static let hidden = [
        "salary", "bonus", "wages", "payroll", "secret", "cust_child", "get_ssn", "mood", "vip", "gov_proxy",
        "postgres", "919-31", "HIDDEN", "matview",
    ]

    static let tables = ["customers", "orders", "regions", "eu_customers", "salaries_of"]

    static let policies = [
        ProxyDesk.allow(tables), ProxyDesk.filter("customers", "region = 'EU' AND name <> 'HIDDEN'"),
        ProxyDesk.mask("customers", "ssn", "MASK_SHOW_LAST_4"),
        ProxyDesk.mask("customers", "born", "MASK_DATE_SHOW_YEAR"),
        ProxyDesk.mask("customers", "code", "CUSTOM", "'c' || length(CAST({col} AS text))"),
        ProxyDesk.deny("customers", "salary"),
        ProxyDesk.deny("customers", "bonus"), ProxyDesk.deny("customers", "wages"),
    ]

    private static let shared = """
        CREATE TABLE regions(code char(2) PRIMARY KEY, "Full Name" varchar(40) NOT NULL);
        CREATE TABLE customers(id int PRIMARY KEY, name text NOT NULL, ssn text UNIQUE, born date, code int,
          region char(2) REFERENCES regions ON DELETE CASCADE, status text);
        CREATE TABLE orders(id int, line int, customer_id int REFERENCES customers, amount numeric(10, 2),
          made timestamptz, tags text[], PRIMARY KEY (id, line));
        CREATE INDEX orders_made ON orders (made DESC, amount);
        CREATE VIEW eu_customers AS SELECT id, name, ssn FROM customers WHERE region = 'EU';

        """

    private static let first = """
        ALTER TABLE customers ADD COLUMN salary int DEFAULT 4711, ADD CHECK (salary > 7);
        CREATE INDEX ON customers (salary); CREATE INDEX ON customers ((name || 'secret'));
        CREATE INDEX ON customers (name) WHERE region = 'HIDDEN';
        CREATE TABLE payroll(id serial PRIMARY KEY, customer int REFERENCES customers, secret text);
        ALTER TABLE customers ADD FOREIGN KEY (code) REFERENCES payroll;
        CREATE FUNCTION get_ssn(int) RETURNS text LANGUAGE sql AS 'SELECT ssn FROM public.customers WHERE id = $1';
        CREATE TYPE mood AS ENUM ('secret one', 'secret two');
        CREATE TABLE cust_child() INHERITS (customers);
        CREATE VIEW salaries_of AS SELECT id, salary FROM customers;
        COMMENT ON COLUMN customers.salary IS 'secret'; COMMENT ON TABLE customers IS 'has a secret';
        COMMENT ON COLUMN customers.name IS 'beside salary'; COMMENT ON CONSTRAINT customers_pkey ON customers IS 'vip';
        CREATE STATISTICS vip (dependencies) ON name, salary FROM customers;
        INSERT INTO regions VALUES ('EU', 'Europe');
        INSERT INTO customers(id, name, ssn, region) VALUES (1, 'Ann', '919-31-0001', 'EU');
        ANALYZE;
        """

    private static let second = """
        CREATE SCHEMA vip; CREATE TABLE vip.secrets(id int PRIMARY KEY, a int UNIQUE, b text);
        ALTER TABLE customers ADD COLUMN bonus mood_placeholder;
        """.replacing("mood_placeholder", with: "text DEFAULT 'secret'") + """

            ALTER TABLE customers ADD COLUMN wages bigint, ADD CHECK (wages <> 919);
            ALTER TABLE orders ALTER COLUMN amount SET DEFAULT 919;
            DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE secret_%s(x int PRIMARY KEY, y text)', i);
              END LOOP; END $$;
            CREATE VIEW salaries_of AS SELECT id, wages AS salary FROM customers;
            CREATE MATERIALIZED VIEW matview AS SELECT ssn FROM customers;
            CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER secret_trigger BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION tell();
            COMMENT ON COLUMN customers.bonus IS 'HIDDEN'; COMMENT ON TABLE orders IS 'of wages';
            INSERT INTO regions VALUES ('EU', 'Europe'), ('US', 'HIDDEN');
            INSERT INTO customers(id, name, ssn, region) SELECT i, 'n'||i, i::text, 'US' FROM generate_series(1, 500) i;
            ALTER TABLE customers ENABLE ROW LEVEL SECURITY; CREATE POLICY vip ON customers USING (region <> 'secret');
            ANALYZE;
            """
}
