import CatalogModel
import Foundation
import PolicyEngine
import QueryAnalysis
import TestSupport
import Testing

@testable import MaskingProxy

/// What tools do beside asking: they set, reset, look into `information_schema` and say at the start what they want.
@Suite(.aside) struct `Tools` {
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
        let clients = try twins.map { try Self.client($0.port, ["options": "-c steward.tools=on"]) }
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
        let plain = try Self.client(twins[0].port)
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
        let client = try Self.client(try await desk.open(), ["options": "-c steward.tools=on"])
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

    // MARK: Settings

    @Test(arguments: [true, false])
    func `set by a function what SET would accept, and nothing else`(overFiles: Bool) async throws {
        let (desk, port) = try await Self.numbers(overFiles: overFiles)
        let client = try Self.client(port)
        #expect(client.simple("SELECT set_config('application_name', 'mine', false)").rows == [["mine"]])
        #expect(client.simple("SHOW application_name").rows == [["mine"]])
        #expect(client.extended("SELECT set_config('TimeZone', 'UTC', false) AS z").rows == [["UTC"]])
        #expect(
            client.simple("SELECT current_setting('jit') IS NULL, set_config('jit', 'off', false)").rows
                == [["f", "off"]]
        )
        #expect(client.simple("BEGIN; SELECT set_config('application_name', 'here', true)").errors == [])
        #expect(client.simple("SHOW application_name; COMMIT").rows == [["here"]])
        #expect(client.simple("SHOW application_name").rows == [["mine"]])
        #expect(client.simple("BEGIN; SET application_name TO 'gone'; ROLLBACK").errors == [])
        #expect(client.simple("SHOW application_name").rows == [["mine"]])
        for call in [
            "'standard_conforming_strings', 'off', false", "'search_path', 'public', false",
            "'role', 'postgres', false", "'row_security', 'off', false", "name, 'x', false",
            "'application_name', name, false", "'application_name', 'x', n > 1", "'datestyle', 'SQL', false",
            "'application_name', 'x'", "'session_authorization', 'postgres', false", "NULL, 'x', false",
            "'application_name', '\(String(repeating: "x", count: 201))', false",
            "'bytea_output', 'escape', false", "'IntervalStyle', 'iso_8601', false",
            "'statement_timeout', $1, false", "variadic array['a','b']",
        ] {
            let errors = client.extended("SELECT set_config(\(call)) FROM (VALUES (1, 'a')) v(n, name)")
                .errors
            #expect(errors == ["42501"], "\(call)")
        }
        for text in [
            "SELECT pg_advisory_unlock_all()", "UNLISTEN *", "CLOSE ALL", "SELECT sum(n) FROM numbers",
        ] {
            #expect(client.simple(text).errors == [], "\(text)")
        }
        withExtendedLifetime(desk) {}
    }

    @Test(arguments: [true, false])
    func `give a session back as it was when it began`(overFiles: Bool) async throws {
        let (desk, port) = try await Self.numbers(overFiles: overFiles)
        let plain = try Self.client(port)
        for text in ["RESET ALL", "DISCARD ALL", "DISCARD TEMP", "SELECT 1; RESET ALL"] {
            let answer = plain.simple(text)
            #expect(answer.errors == ["42501"], "\(text)")
            #expect(answer.contains { ($0.fields["M"] ?? "").contains("steward.tools=on") })
        }
        let client = try Self.client(
            port,
            ["options": "-c steward.tools=on -c application_name=first", "timezone": "UTC"]
        )
        for reset in ["RESET ALL", "DISCARD ALL"] {
            #expect(
                client.simple("SET application_name TO 'later'; SET statement_timeout TO '7s'").errors == []
            )
            #expect(client.simple("DEALLOCATE ALL; PREPARE p AS SELECT 1").errors == [])
            #expect(client.simple(reset).errors == [])
            #expect(client.simple("SHOW application_name").rows == [["first"]])
            #expect(client.simple("SHOW statement_timeout").rows != [["7s"]])
            #expect(client.simple("EXECUTE p").errors == (reset == "RESET ALL" ? [] : ["26000"]))
            // What protects is as it was.
            #expect(client.simple("SELECT count(*) FROM numbers").rows == [["2"]])
            #expect(client.simple("SHOW default_transaction_read_only").rows == [["on"]])
        }
        #expect(client.simple("BEGIN").errors == [])
        #expect(client.simple("DISCARD ALL").errors == ["25001"])
        #expect(client.simple("ROLLBACK; DISCARD PLANS; DISCARD SEQUENCES; DISCARD TEMP").errors == [])
        // After it a name is free again, also for what needs masks on the way back.
        #expect(client.extended("SELECT secret FROM numbers ORDER BY n").rows == [["xxxaaa1"], ["xxxaaa2"]])
        #expect(client.simple("DISCARD ALL").errors == [])
        #expect(client.extended("SELECT secret FROM numbers ORDER BY n").rows == [["xxxaaa1"], ["xxxaaa2"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `say at the start where names are looked up`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            "paths",
            """
            CREATE SCHEMA one; CREATE SCHEMA two; CREATE SCHEMA "Three";
            CREATE TABLE one.t AS SELECT 'one' AS x; CREATE TABLE two.t AS SELECT 'two' AS x;
            CREATE TABLE "Three".u AS SELECT 'three' AS x; CREATE TABLE public.u AS SELECT 'public' AS x;
            GRANT USAGE ON SCHEMA one, two, "Three" TO gov_proxy;
            GRANT SELECT ON one.t, two.t, "Three".u, public.u TO gov_proxy;
            """
        )
        let desk = try ProxyDesk()
        try desk.add("shop", uri: cluster.uri(of: "paths"))
        let anywhere = ProxyDesk.policy("read") { policy in
            policy.resources["schema"] = ProxyDesk.resource("*")
            policy.policyItems = [ProxyDesk.item()]
        }
        try desk.publish([anywhere])
        let port = try await desk.open()
        let first = try Self.client(port, ["search_path": "one, public", "options": "-c steward.tools=on"])
        let second = try Self.client(port, ["options": "-c search_path=two,\\\"Three\\\""])
        let plain = try Self.client(port)
        // Often enough for what is kept of statements to be used.
        for round in 1...4 {
            for (client, expected) in [(first, "one"), (second, "two")] {
                #expect(client.simple("SELECT x, \(round) FROM t").rows == [[expected, "\(round)"]])
                #expect(client.extended("SELECT x FROM t").rows == [[expected]])
            }
            #expect(plain.simple("SELECT x, \(round) FROM t").errors == ["42P01"])
        }
        #expect(second.simple("SET search_path TO two, \"Three\"").errors == ["42501"])
        #expect(first.simple("SELECT x FROM u").rows == [["public"]])
        #expect(second.simple("SELECT x FROM u").rows == [["three"]])
        #expect(first.simple("SHOW search_path").rows == [["one, public"]])
        #expect(
            first.simple("SELECT current_schema, current_schemas(false)").rows == [["one", "{one,public}"]]
        )
        #expect(first.simple("SET search_path TO one, public").errors == [])
        #expect(first.simple("SELECT x FROM t").rows == [["one"]])
        #expect(first.simple("SET search_path TO two").errors == ["42501"])
        #expect(first.simple("RESET search_path").errors == [])
        #expect(first.simple("SELECT x FROM t").rows == [["one"]])
        #expect(first.simple("SELECT 't'::regclass::text, 'two.t'::regclass::text").rows == [["t", "two.t"]])
        for path in ["", "a,", "a b", "\"a", (1...30).map { "a\($0)" }.joined(separator: ",")] {
            let client = try WireClient(port: port)
            try client.startup(["user": "alice", "database": "shop", "search_path": path])
            #expect(try client.receive().fields["C"] == "22023", "\(path)")
        }
        withExtendedLifetime(desk) {}
    }

    @Test func `write settings at the start as on a command line`() throws {
        let read = { (text: String) throws(ClientError) in
            try StartOptions.settings(of: text).map { "\($0.name)=\($0.value)" }
        }
        #expect(try read("-c a=b -cc=d --e-f=g  ") == ["a=b", "c=d", "e_f=g"])
        #expect(try read("-c a=b\\ c\\\\d -c e=") == ["a=b c\\d", "e="])
        #expect(try read("") == [])
        for text in ["-c", "-c a", "-B 10", "a=b", "--a", "-c =b", "-d 5"] {
            #expect(throws: ClientError.self, "\(text)") { try StartOptions.settings(of: text) }
        }
        let parameters = try SessionParameters([
            "user": "alice", "statement_timeout": "5s", "default_transaction_read_only": "on", "jit": "OFF",
            "options": "-c lock_timeout=3 -c statement_timeout=9s -c steward.tools=on",
            "IntervalStyle": "postgres",
        ])
        #expect(parameters.settings["statement_timeout"] == "5s")
        #expect(parameters.settings["lock_timeout"] == "3")
        #expect(parameters.settings["jit"] == "off")
        #expect(parameters.manner.obligesTools)
        for (name, value) in [
            ("standard_conforming_strings", "off"), ("role", "postgres"), ("row_security", "off"),
            ("IntervalStyle", "iso_8601"), ("default_transaction_read_only", "off"),
            ("steward.tools", "maybe"),
            ("session_authorization", "x"), ("bytea_output", "escape"), ("a=b", "c"),
        ] {
            #expect(throws: ClientError.self, "\(name)") {
                try SessionParameters(["user": "alice", name: value])
            }
            #expect(throws: ClientError.self, "\(name)") {
                try SessionParameters(["user": "alice", "options": "-c \(name)=\(value)"])
            }
        }
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
        let client = try Self.client(try await desk.open())
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
        let client = try Self.client(twin.port)
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

    // MARK: Places

    /// Numbers with a masked column, in a database or in a file.
    private static func numbers(overFiles: Bool) async throws -> (ProxyDesk, Int) {
        let desk = try ProxyDesk()
        let policies = [
            ProxyDesk.allow(["numbers"]), ProxyDesk.mask("numbers", "secret", "MASK_SHOW_LAST_4"),
        ]
        if overFiles {
            let folder = desk.folder.appending(path: "files")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("n,secret\n1,aaaaaa1\n2,aaaaaa2\n".utf8).write(to: folder.appending(path: "numbers.csv"))
            try desk.addFiles("shop", .csv, folder.path)
            try desk.publish(FileDesk.policies(policies))
        } else {
            let cluster = try PostgreSQLCluster.shared.get()
            let name = "tools_\(UUID().uuidString.prefix(8).lowercased())"
            try cluster.make(
                name,
                "CREATE TABLE numbers(n bigint, secret text); INSERT INTO numbers VALUES (1, 'aaaaaa1'), (2, 'aaaaaa2');"
            )
            try desk.add("shop", uri: cluster.uri(of: name))
            try desk.publish(policies)
        }
        return (desk, try await desk.open())
    }

    private static func client(_ port: Int, _ settings: [String: String] = [:]) throws -> WireClient {
        try WireClient(
            port: port,
            user: "alice",
            password: "open alice",
            database: "shop",
            settings: settings
        )
    }
}
