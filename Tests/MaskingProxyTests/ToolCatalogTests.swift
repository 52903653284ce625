import CatalogModel
import Foundation
import TestSupport
import Testing

/// What tools find beside `pg_catalog`, and what they take types and keys for.
@Suite(.aside) struct `What tools find` {
    // MARK: information_schema

    private static let relations = [
        "information_schema_catalog_name", "schemata", "tables", "views", "columns", "table_privileges",
        "role_table_grants", "column_privileges", "enabled_roles", "table_constraints", "key_column_usage",
        "constraint_column_usage", "referential_constraints", "applicable_roles", "routines", "parameters",
        "sequences", "triggers", "domains", "check_constraints", "element_types", "view_table_usage",
    ]

    @Test func `find in information_schema what may be seen, the same for databases that differ in the rest`()
        async throws
    {
        let twins = try await `The catalogs`.twins()
        let clients = try twins.map { try Tools.client($0.port, ["options": "-c steward.tools=on"]) }
        for relation in Self.relations {
            await Task.yield()
            let sql = "SELECT * FROM information_schema.\(relation)"
            let answers = clients.map { $0.extended(sql) }
            #expect(answers[0].errors == [], "\(sql)")
            #expect(answers[0] == answers[1], "the twins can be told apart: \(sql)")
            let text = answers[0].rows.joined().compactMap { $0 }.joined(separator: " ")
            for word in CatalogTwins.hidden where word != "mood" {
                #expect(!text.contains(word), "`\(word)` is shown: \(sql)")
            }
        }
        let columns = "SELECT table_name, column_name FROM information_schema.columns WHERE column_name ~ 's'"
        #expect(clients[0].simple(columns).rows.contains(["customers", "ssn"]))
        #expect(clients[0].simple("SELECT * FROM information_schema.sql_features").errors == ["42P01"])
        let plain = try Tools.client(twins[0].port)
        #expect(plain.simple(columns).errors == ["42501"])
        withExtendedLifetime(twins) {}
    }

    @Test func `find in information_schema what PostgreSQL says itself`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            "standard",
            """
            CREATE TABLE kinds(id bigint PRIMARY KEY, a smallint NOT NULL, b int, c real, d double precision,
              e numeric, f numeric(12, 3), g text, h varchar, i varchar(30) NOT NULL, j char(4), k date, l time(3),
              m timestamp, n timestamptz(2), o interval, p bool, q uuid, r json, s jsonb, t bytea, u text[],
              v int[], w inet, x "char", UNIQUE (a, b));
            CREATE TABLE parts(x int, y bigint REFERENCES kinds ON DELETE CASCADE ON UPDATE SET NULL, z int,
              PRIMARY KEY (x, z));
            CREATE TABLE pairs(a int, b int, FOREIGN KEY (a, b) REFERENCES parts(x, z) DEFERRABLE INITIALLY DEFERRED);
            CREATE VIEW both_of AS SELECT a, b FROM pairs;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO gov_proxy;
            """
        )
        let desk = try ProxyDesk()
        try desk.add("shop", uri: cluster.uri(of: "standard"))
        try desk.publish([ProxyDesk.allow(["*"])])
        let client = try Tools.client(try await desk.open(), ["options": "-c steward.tools=on"])
        for sql in [
            """
            SELECT table_name, column_name, ordinal_position, is_nullable, data_type, character_maximum_length,
              character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision,
              udt_name, udt_schema, is_identity, is_generated FROM information_schema.columns
            WHERE table_schema = 'public' ORDER BY 1, 3
            """,
            """
            SELECT table_schema, table_name, table_type FROM information_schema.tables
            WHERE table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1, 2
            """,
            "SELECT table_name FROM information_schema.views WHERE table_schema = 'public'",
            """
            SELECT constraint_schema, constraint_name, table_name, constraint_type, is_deferrable, initially_deferred
            FROM information_schema.table_constraints WHERE table_schema = 'public' AND constraint_type <> 'CHECK'
            ORDER BY 2
            """,
            """
            SELECT constraint_name, table_name, column_name, ordinal_position, position_in_unique_constraint
            FROM information_schema.key_column_usage WHERE table_schema = 'public' ORDER BY 1, 4
            """,
            """
            SELECT table_name, column_name, constraint_name FROM information_schema.constraint_column_usage
            WHERE table_schema = 'public' ORDER BY 3, 2
            """,
            """
            SELECT constraint_name, unique_constraint_schema, unique_constraint_name, match_option, update_rule,
              delete_rule FROM information_schema.referential_constraints ORDER BY 1
            """,
        ] {
            // The owner's word: others don't see all keys there.
            let expected = try cluster.run(sql, in: "standard")
            #expect(!expected.isEmpty)
            #expect(client.simple(sql).rows == expected, "\(sql)")
        }
        withExtendedLifetime(desk) {}
    }

    // MARK: Keys

    @Test func `group by a primary key as PostgreSQL does`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            "keys",
            """
            CREATE TABLE people(id int PRIMARY KEY, name text, pin text, note json, felt text, UNIQUE (name));
            CREATE TABLE visits(person int REFERENCES people, day date, n int, PRIMARY KEY (person, day));
            CREATE VIEW known AS SELECT * FROM people;
            INSERT INTO people SELECT i, 'p' || i % 3 || i, 'pin' || i, '{}', 'f' || i % 2 FROM generate_series(1, 9) i;
            INSERT INTO visits SELECT 1 + i % 7, date '2026-01-01' + i, i FROM generate_series(1, 40) i;
            GRANT SELECT ON people, visits, known TO gov_proxy;
            """
        )
        let desk = try ProxyDesk()
        try desk.add("shop", uri: cluster.uri(of: "keys"))
        try desk.publish([ProxyDesk.allow(["*"])])
        let port = try await desk.open()
        let client = try Tools.client(port)
        let direct = try DirectClient(uri: cluster.uri(of: "keys"))
        for sql in [
            "SELECT p.id, p.name, count(*), max(v.n) FROM people p JOIN visits v ON v.person = p.id GROUP BY p.id",
            "SELECT p.name, upper(p.felt) || p.pin, count(v.n) FROM people p LEFT JOIN visits v ON v.person = p.id "
                + "GROUP BY p.id",
            "SELECT p.id AS x, p.name, p.felt FROM people AS p GROUP BY x HAVING p.name > 'p1' ORDER BY p.pin",
            "SELECT id, name FROM people GROUP BY 1 ORDER BY felt, 1",
            "SELECT v.* FROM visits v GROUP BY day, person",
            "SELECT q.a, q.b, count(*) FROM people AS q(a, b) GROUP BY q.a",
            "SELECT p.name, rank() OVER (PARTITION BY p.felt ORDER BY sum(v.n)) FROM people p, visits v "
                + "WHERE v.person = p.id GROUP BY p.id",
            "SELECT p.name, v.n, count(*) FROM people p JOIN visits v ON v.person = p.id "
                + "GROUP BY p.id, v.person, v.day",
            "SELECT felt FROM people GROUP BY name", "SELECT v.n FROM visits v GROUP BY v.person",
            "SELECT name FROM known GROUP BY id HAVING id > 3 AND false",
            "SELECT p.name, v.n FROM people p JOIN visits v ON v.person = p.id GROUP BY p.id",
            "SELECT name FROM people GROUP BY id + 0", "SELECT sum(length(name)) FROM people GROUP BY id",
            "SELECT name FROM (SELECT * FROM people) s GROUP BY id",
        ] {
            let answer = client.extended(sql)
            if let expected = direct.rows(of: sql) {
                let unordered = { (rows: [[String?]]) in rows.map { "\($0)" }.sorted() }
                #expect(unordered(answer.rows) == unordered(expected), "\(sql)")
            } else {
                #expect(answer.errors == ["42803"] && direct.code(of: sql) == "42803", "\(sql)")
            }
        }
        // A mask is a value of its row like any other; a masked key is no key, nor is one that isn't shown.
        try desk.publish([ProxyDesk.mask("people", "pin", "MASK_SHOW_LAST_4")])
        #expect(client.simple("SELECT pin FROM people GROUP BY id ORDER BY id LIMIT 1").rows == [["pin1"]])
        try desk.publish([ProxyDesk.deny("visits", "day"), ProxyDesk.mask("people", "id", "MASK")])
        #expect(client.simple("SELECT n FROM visits GROUP BY person").errors == ["42803"])
        #expect(client.simple("SELECT name FROM people GROUP BY id").errors == ["42803"])
        withExtendedLifetime(desk) {}
    }

    // MARK: Types

    @Test func `meet enumerations as text and domains as what they are over`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            "enumerations",
            """
            CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
            CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN more AS positive CHECK (VALUE > 1);
            CREATE DOMAIN code AS varchar(7); CREATE DOMAIN feeling AS mood;
            CREATE TABLE people(id more, code code, mood mood, moods mood[], felt feeling);
            INSERT INTO people VALUES (2, 'abc', 'sad', '{ok,glad}', 'ok'), (3, 'def', 'glad', '{}', NULL);
            GRANT SELECT ON people TO gov_proxy;
            """
        )
        let desk = try ProxyDesk()
        try desk.add("shop", uri: cluster.uri(of: "enumerations"))
        try desk.publish([ProxyDesk.allow(["people"]), ProxyDesk.mask("people", "code", "MASK_SHOW_LAST_4")])
        let client = try Tools.client(try await desk.open())
        for isExtended in [true, false] {
            let sql =
                "SELECT id, code, mood, moods, felt, array_agg(mood) OVER () FROM people WHERE mood < 'ok'"
            let answer = isExtended ? client.extended(sql) : client.simple(sql)
            #expect(answer.rows == [["2", "abc", "sad", "{ok,glad}", "ok", "{sad}"]])
            #expect(answer.first { $0.kind == "T" }?.resultTypes == [23, 25, 25, 1009, 25, 1009])
        }
        #expect(client.simple("SELECT mood FROM people ORDER BY mood DESC").rows == [["glad"], ["sad"]])
        #expect(client.simple("SELECT id + 1 FROM people WHERE id > 2").rows == [["4"]])
        let described = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
            WHERE a.attrelid = 'people'::regclass ORDER BY a.attnum
            """
        #expect(
            client.simple(described).rows == [
                ["id", "integer"], ["code", "text"], ["mood", "text"], ["moods", "text"], ["felt", "text"],
            ]
        )
        // Of the parameter's type a client learns as much.
        client.send("P", Array("s\0SELECT id FROM people WHERE mood = $1\0".utf8) + [0, 0])
        client.send("D", Array("Ss\0".utf8))
        client.send("S", [])
        let parameters = client.receiveAll().first { $0.kind == "t" }
        #expect(parameters?.body == [0, 1, 0, 0, 0, 25])
        withExtendedLifetime(desk) {}
    }

    @Test func `read the names of PostgreSQL's own functions in catalogs`() async throws {
        let twin = try await `The catalogs`.twins()[0]
        let client = try Tools.client(twin.port)
        let sql = """
            SELECT typname, typreceive, typsend::text, typinput = 'array_in'::regproc, typanalyze FROM pg_type
            WHERE typname IN ('int4', '_text') AND typreceive <> 0 ORDER BY 1
            """
        #expect(
            client.simple(sql).rows == [
                ["_text", "array_recv", "array_send", "t", "array_typanalyze"],
                ["int4", "int4recv", "int4send", "f", "-"],
            ]
        )
        #expect(
            client.simple("SELECT pg_my_temp_schema(), pg_is_other_temp_schema(11)").rows == [["0", "f"]]
        )
        withExtendedLifetime(twin) {}
    }
}
