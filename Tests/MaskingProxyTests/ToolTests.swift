import CatalogModel
import Foundation
import PolicyEngine
import QueryAnalysis
import TestSupport
import Testing

@testable import MaskingProxy

/// What tools do beside asking: they set, reset, and say at the start what they want.
@Suite(.aside) struct `Tools` {
    // MARK: Settings

    @Test(arguments: Place.allCases)
    func `set by a function what SET would accept, and nothing else`(place: Place) async throws {
        let (desk, port) = try await Self.numbers(place)
        let client = try Self.client(port)
        #expect(client.simple("SELECT set_config('application_name', 'mine', false)").rows == [["mine"]])
        #expect(client.simple("SHOW application_name").rows == [["mine"]])
        #expect(client.extended("SELECT set_config('TimeZone', 'UTC', false) AS z").rows == [["UTC"]])
        let other = try Self.client(port)
        #expect(other.simple("SET application_name TO 'theirs'").errors == [])
        #expect(other.extended("SELECT set_config('application_name', 'yours', false)").rows == [["yours"]])
        #expect(client.simple("SHOW application_name").rows == [["mine"]])
        #expect(other.simple("SHOW application_name").rows == [["yours"]])
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

    @Test(arguments: Place.allCases)
    func `give a session back as it was when it began`(place: Place) async throws {
        let (desk, port) = try await Self.numbers(place, connections: 2)
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
            client.sendRaw(
                WireClient.message("P", Array("s\0SELECT n FROM numbers\0".utf8) + [0, 0])
                    + WireClient.message("S", [])
            )
            #expect(client.receiveAll().errors == [])
            // SQL's PREPARE keeps a connection where sessions take turns: there is another one for this.
            #expect(plain.simple("SET application_name TO 'another'; SELECT 1").errors == [])
            #expect(client.simple(reset).errors == [])
            #expect(plain.simple("SHOW application_name").rows == [["another"]])
            client.sendRaw(
                WireClient.message("B", Array("\0s\0".utf8) + [0, 0, 0, 0, 0, 0])
                    + WireClient.message("E", [0, 0, 0, 0, 0]) + WireClient.message("C", Array("Ss\0".utf8))
                    + WireClient.message("S", [])
            )
            #expect(client.receiveAll().errors == (reset == "RESET ALL" ? [] : ["26000"]))
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

    // MARK: Places

    /// Where tables lie, and how sessions reach them.
    enum Place: CaseIterable, Sendable {
        case files, database, turns
    }

    /// Numbers with a masked column, in a database or in a file.
    private static func numbers(_ place: Place, connections: Int = 1) async throws -> (ProxyDesk, Int) {
        let desk = try ProxyDesk()
        let policies = [
            ProxyDesk.allow(["numbers"]), ProxyDesk.mask("numbers", "secret", "MASK_SHOW_LAST_4"),
        ]
        if place == .files {
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
        let port = try await desk.open { configuration in
            guard place == .turns else { return }
            configuration.upstream.sharing = .transaction
            configuration.upstream.connections = connections
        }
        return (desk, port)
    }

    static func client(_ port: Int, _ settings: [String: String] = [:]) throws -> WireClient {
        try WireClient(
            port: port,
            user: "alice",
            password: "open alice",
            database: "shop",
            settings: settings
        )
    }
}
