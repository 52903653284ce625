import CatalogModel
import Foundation
import Governance
import MaskingProxy
import PolicyEngine
import TestSupport
import Testing

@Suite(.aside) struct `The SQL door` {
    /// A door in front of one small database.
    private static func shop(_ name: String) async throws -> (desk: ProxyDesk, port: Int) {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            name,
            """
            CREATE TABLE t(id int PRIMARY KEY, name text, pin text);
            INSERT INTO t VALUES (1, 'Ann', '123456789'), (2, 'Bo', NULL), (3, 'Cy', '987654321');
            """
        )
        let desk = try ProxyDesk()
        try desk.add(name, uri: cluster.uri(of: name))
        try desk.publish(policies(mask: "MASK_SHOW_LAST_4"))
        return (desk, try await desk.open { $0.userLimit = 5 })
    }

    private static func policies(mask: String) -> [Policy] {
        [ProxyDesk.allow(["t"]), ProxyDesk.mask("t", "pin", mask), ProxyDesk.filter("t", "id < 3")]
    }

    private func alice(_ port: Int, _ database: String) throws -> WireClient {
        try WireClient(port: port, user: "alice", password: "open alice", database: database)
    }

    @Test func `shows what policy lets through`() async throws {
        let (desk, port) = try await Self.shop("door_rows")
        let client = try alice(port, "door_rows")
        let answer = client.simple("SELECT * FROM t ORDER BY id")
        #expect(answer.rows == [["1", "Ann", "xxxxx6789"], ["2", "Bo", nil]])
        #expect(client.extended("SELECT pin FROM t WHERE id = 1").rows == [["xxxxx6789"]])
        #expect(client.simple("COPY t (pin) TO STDOUT").bytes.contains(Array("xxxxx6789".utf8)))
        #expect(client.parameters["is_superuser"] == "off")
        #expect(client.parameters["session_authorization"] == "alice")
        withExtendedLifetime(desk) {}
    }

    @Test func `tells errors without values`() async throws {
        let (desk, port) = try await Self.shop("door_errors")
        let client = try alice(port, "door_errors")
        let answer = client.simple("SELECT name::int FROM t")
        #expect(answer.errors == ["22P02"])
        #expect(!answer.bytes.contains(Array("Ann".utf8)))
        let error = try #require(client.simple("SELECT 1,\n pg_sleep(1)").first { $0.kind == "E" })
        #expect(error.fields["P"] == "12")
        #expect(error.fields["C"] == "42501")
        withExtendedLifetime(desk) {}
    }

    @Test func `keeps out who may not come in`() async throws {
        let (desk, port) = try await Self.shop("door_entry")
        func code(_ user: String, _ password: String, _ database: String, _ settings: [String: String] = [:])
            -> String
        {
            do {
                _ = try WireClient(
                    port: port,
                    user: user,
                    password: password,
                    database: database,
                    settings: settings
                )
                return "in"
            } catch { return "\(error)" }
        }
        #expect(code("alice", "wrong", "door_entry") == "28P01")
        #expect(code("nobody", "open alice", "door_entry") == "28P01")
        #expect(code("alice", "open alice", "elsewhere") == "3D000")
        #expect(code("alice", "open alice", "door_entry") == "in")
        for settings in [
            ["options": "-c role=postgres"], ["replication": "database"], ["client_encoding": "SJIS"],
            ["search_path": "public,"], ["role": "postgres"], ["row_security": "off"],
        ] {
            let client = try WireClient(port: port)
            try client.startup(["user": "alice", "database": "door_entry"].merging(settings) { $1 })
            #expect(try client.receive().kind == "E", "\(settings)")
        }
        let token = try desk.cases.authentication.makeToken(
            for: UserName("alice"),
            expires: nil,
            by: desk.admin
        )
        #expect(code("alice", token.secret, "door_entry") == "in")
        #expect(code("bob", token.secret, "door_entry") == "28P01")
        withExtendedLifetime(desk) {}
    }

    @Test func `asks for TLS where it is required`() async throws {
        let (desk, _) = try await Self.shop("door_tls")
        let port = try await desk.open { $0.requiresTLS = true }
        let client = try WireClient(port: port)
        try client.startup(["user": "alice", "database": "door_tls"])
        #expect(try client.receive().fields["C"] == "28000")
        withExtendedLifetime(desk) {}
    }

    @Test func `speaks TLS`() async throws {
        let (desk, _) = try await Self.shop("door_secure")
        let authority = try Authority()
        let tls = try authority.doorTLS(try authority.issue("localhost"))
        let port = try await desk.open {
            $0.requiresTLS = true
            $0.tls = tls
        }
        let uri = "postgresql://alice:open%20alice@127.0.0.1:\(port)/door_secure?sslmode=require"
        #expect(try DirectClient(uri: uri).rows(of: "SELECT pin FROM t WHERE id = 1") == [["xxxxx6789"]])
        // What comes in clear behind the request for TLS isn't taken for what came inside.
        let client = try WireClient(port: port)
        client.sendRaw(
            WireClient.bytes(Int32(8)) + WireClient.bytes(Int32(80_877_103)) + [0x51, 0, 0, 0, 5, 0]
        )
        #expect((try? client.receive())?.kind != "S")
        withExtendedLifetime(desk) {}
    }

    @Test func `limits the sessions of one user`() async throws {
        let (desk, port) = try await Self.shop("door_limit")
        var clients: [WireClient] = []
        for _ in 0..<5 { clients.append(try alice(port, "door_limit")) }
        #expect(throws: WireClient.Failure.self) { try alice(port, "door_limit") }
        withExtendedLifetime((desk, clients)) {}
    }

    @Test func `refuses what was prepared under another policy`() async throws {
        let (desk, port) = try await Self.shop("door_stale")
        let client = try alice(port, "door_stale")
        client.sendRaw(
            WireClient.message(
                "P",
                Array("s".utf8) + [0] + Array("SELECT pin FROM t WHERE id = 1".utf8) + [0, 0, 0]
            )
        )
        client.send("S", [])
        #expect(client.receiveAll().errors.isEmpty)
        #expect(client.simple("PREPARE p AS SELECT pin FROM t WHERE id = 1").errors.isEmpty)
        #expect(client.simple("EXECUTE p").rows == [["xxxxx6789"]])
        #expect(
            client.simple("BEGIN; DECLARE c CURSOR FOR SELECT pin FROM t ORDER BY id; FETCH 1 FROM c").rows
                .count == 1
        )

        try desk.publish(Self.policies(mask: "MASK_NULL"))
        #expect(client.simple("FETCH 1 FROM c").errors == ["0A000"])
        _ = client.simple("ROLLBACK")
        #expect(client.simple("EXECUTE p").errors == ["0A000"])
        #expect(Self.run("s", on: client).errors == ["0A000"])
        // A `Close` that PostgreSQL passes over forgets nothing.
        client.sendRaw(
            WireClient.message("P", [0] + Array("SELECT nonsense".utf8) + [0, 0, 0])
                + WireClient.message("C", Array("Ss".utf8) + [0])
                + WireClient.message("P", Array("s".utf8) + [0] + Array("SELECT 1".utf8) + [0, 0, 0])
                + WireClient.message("S", [])
        )
        #expect(client.receiveAll().errors == ["42703"])
        #expect(Self.run("s", on: client).errors == ["0A000"])
        #expect(client.simple("SELECT pin FROM t WHERE id = 1").rows == [[nil]])
        withExtendedLifetime(desk) {}
    }

    private static func run(_ statement: String, on client: WireClient) -> [WireClient.Message] {
        client.sendRaw(
            WireClient.message("B", [0] + Array(statement.utf8) + [0, 0, 0, 0, 0, 0, 0])
                + WireClient.message("E", [0] + WireClient.bytes(Int32(0))) + WireClient.message("S", [])
        )
        return client.receiveAll()
    }

    @Test func `ends the session of somebody who is no longer there`() async throws {
        let (desk, port) = try await Self.shop("door_revoked")
        let client = try alice(port, "door_revoked")
        #expect(client.simple("SELECT 1").errors.isEmpty)
        try desk.cases.editing.put([.deleteUser(UserName("alice"))], by: desk.admin)
        let started = ContinuousClock.now
        let last = client.receiveAll()
        #expect(last.errors == ["57P01"])
        // A second, and what a busy machine adds.
        #expect(ContinuousClock.now - started < .seconds(60))
        // Whoever comes under the same name has no secret of the former one's.
        let token = try desk.cases.authentication.makeToken(
            for: UserName("bob"),
            expires: nil,
            by: desk.admin
        )
        #expect(throws: GovernanceError.self) {
            try desk.cases.authentication.forget(UserName("bob"), by: desk.admin)
        }
        try desk.cases.editing.put([.deleteUser(UserName("bob"))], by: desk.admin)
        for user in ["alice", "bob"] {
            try desk.cases.authentication.forget(UserName(user), by: desk.admin)
            try desk.cases.editing.put(
                [.putUser(User(UserName(user), groups: [GroupName("analysts")]))],
                by: desk.admin
            )
            for secret in ["open \(user)", token.secret] {
                #expect(throws: WireClient.Failure.self) {
                    try WireClient(port: port, user: user, password: secret, database: "door_revoked")
                }
            }
        }
        #expect(throws: GovernanceError.self) {
            try desk.cases.authentication.forget(
                UserName("alice"),
                by: Caller(user: UserName("bob"), request: "r")
            )
        }
        withExtendedLifetime(desk) {}
    }

    @Test func `cancels with the right key only`() async throws {
        let (desk, port) = try await Self.shop("door_cancel")
        let client = try alice(port, "door_cancel")
        let long = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b"
        client.send("Q", Array(long.utf8) + [0])
        let stranger = try WireClient(port: port)
        stranger.sendRaw(
            WireClient.bytes(Int32(16)) + WireClient.bytes(Int32(80_877_102))
                + WireClient.bytes(client.process)
                + WireClient.bytes(client.secret &+ 1)
        )
        #expect(throws: WireClient.Failure.self) { try stranger.receiveByte() }
        let friend = try WireClient(port: port)
        friend.sendRaw(
            WireClient.bytes(Int32(16)) + WireClient.bytes(Int32(80_877_102))
                + WireClient.bytes(client.process)
                + WireClient.bytes(client.secret)
        )
        #expect(client.receiveAll().errors == ["57014"])
        #expect(client.simple("SELECT 1").rows == [["1"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `stops what it runs in the database when it ends`() async throws {
        let (desk, port) = try await Self.shop("door_ends")
        let client = try alice(port, "door_ends")
        let long = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b"
        client.send("Q", Array(long.utf8) + [0])
        let cluster = try PostgreSQLCluster.shared.get()
        let running = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'door_ends' AND state = 'active'"
        try await wait { try cluster.run(running, in: "postgres") == [["1"]] }
        await desk.close()
        #expect(client.receiveAll().errors == ["57P01"])
        try await wait { try cluster.run(running, in: "postgres") == [["0"]] }
    }

    /// Waits until something is so, for half a minute.
    private func wait(until holds: () throws -> Bool) async throws {
        for _ in 0..<600 {
            if try holds() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it took too long")
    }

    @Test func `writes every statement to the audit log, without literals`() async throws {
        let (desk, port) = try await Self.shop("door_audit")
        let client = try alice(port, "door_audit")
        _ = client.simple("SELECT name, pin FROM t WHERE name = 'a literal'")
        _ = client.simple("SELECT pg_sleep(77)")
        var lines: [AuditRecord] = []
        // What came of a statement is written soon after it: until then the session does something else.
        for _ in 0..<1000 where !lines.contains(where: { $0.act == .statementEnd && $0.rows == 0 }) {
            _ = client.simple("SELECT 1")
            lines = try desk.cases.auditing.tail(5000, user: UserName("alice"), resource: nil, by: desk.admin)
                .filter { $0.act == .statement || $0.act == .statementEnd }
        }
        let read = try #require(lines.first { $0.act == .statement && $0.outcome == .allowed })
        #expect(read.resource == "door_audit.public.t")
        #expect(
            read.columns.sorted() == [
                "door_audit.public.t.name: clear", "door_audit.public.t.pin: MASK_SHOW_LAST_4",
            ]
        )
        #expect(read.statement?.isEmpty == false)
        #expect(lines.contains { $0.outcome == .denied && $0.errorCode == "statement-function" })
        #expect(lines.contains { $0.act == .statementEnd && $0.rows == 0 && $0.statement == read.statement })
        #expect(!"\(lines)".contains("literal"))
        withExtendedLifetime(desk) {}
    }

    @Test func `survives bytes that are no protocol`() async throws {
        let (desk, port) = try await Self.shop("door_noise")
        var dice = Dice(seed: 11)
        let kinds = Array("QPBDECSHXFpdcfZ?".utf8)
        for round in 0..<400 {
            let client = round.isMultiple(of: 4) ? try alice(port, "door_noise") : try WireClient(port: port)
            for _ in 0..<5 {
                var bytes: [UInt8] = [kinds[Int.random(in: 0..<kinds.count, using: &dice)]]
                let count = Int.random(in: 0...40, using: &dice)
                let length = Bool.random(using: &dice) ? count + 4 : Int.random(in: -5...70_000, using: &dice)
                bytes += WireClient.bytes(Int32(length))
                bytes += (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) & 0x7F }
                client.sendRaw(bytes)
            }
        }
        let client = try alice(port, "door_noise")
        #expect(client.simple("SELECT count(*) FROM t").rows == [["2"]])
        withExtendedLifetime(desk) {}
    }
}

extension [UInt8] {
    /// Whether some bytes stand in these.
    fileprivate func contains(_ part: [UInt8]) -> Bool { firstRange(of: part) != nil }
}
