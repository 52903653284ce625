import CatalogModel
import Foundation
import Governance
import MaskingProxy
import PolicyEngine
import TestSupport
import Testing

/// Sessions over files: transactions, cursors, parameters, limits, policy changes, the audit log.
@Suite(.aside) struct `The SQL door over files` {
    private static func shop(
        rows: Int = 3,
        _ change: (inout ProxyConfiguration) -> Void = { _ in }
    ) async throws -> (desk: ProxyDesk, port: Int) {
        let desk = try ProxyDesk()
        let folder = desk.folder.appending(path: "files")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lines = (1...rows).map { "\($0),name\($0),\(100_000 + $0)" }
        try ("id,name,pin\n" + lines.joined(separator: "\n") + "\n").write(
            to: folder.appending(path: "t.csv"),
            atomically: true,
            encoding: .utf8
        )
        try desk.addFiles("shop", .csv, folder.path)
        try desk.publish(policies(mask: "MASK"))
        return (desk, try await desk.open(change))
    }

    private static func policies(mask: String, filter: String = "id > 1") -> [Policy] {
        FileDesk.policies([
            ProxyDesk.allow(["t"]), ProxyDesk.mask("t", "pin", mask), ProxyDesk.filter("t", filter),
        ])
    }

    private func alice(_ port: Int) throws -> WireClient {
        try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
    }

    @Test func `shows masked rows under both names of a table`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        for name in ["t", "public.t", "shop.t"] {
            let answer = client.simple("SELECT * FROM \(name) ORDER BY id")
            #expect(answer.rows == [["2", "name2", "111111"], ["3", "name3", "111111"]])
        }
        #expect(client.simple("SELECT count(*) FROM t").rows == [["2"]])
        #expect(client.simple("SELECT id FROM t LIMIT 1").rows.count == 1)
        #expect(client.simple("COPY t (id, pin) TO STDOUT").bytes.contains(Array("2\t111111\n".utf8)))
        #expect(client.parameters["server_version"] == "15.0 (Steward)")
        withExtendedLifetime(desk) {}
    }

    @Test func `answers what drivers send`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        #expect(client.simple("SELECT 1").rows == [["1"]])
        #expect(client.simple("").map(\.kind) == ["I", "Z"])
        #expect(client.simple("SHOW TimeZone").rows == [["UTC"]])
        #expect(client.simple("SET application_name TO 'x'; SHOW application_name").rows == [["x"]])
        #expect(client.simple("SELECT current_user, current_database()").rows == [["alice", "shop"]])
        #expect(client.simple("BEGIN").last?.body == [UInt8(ascii: "T")])
        #expect(client.simple("SELECT 1/0").last?.body == [UInt8(ascii: "E")])
        #expect(client.simple("SELECT 1").errors == ["25P02"])
        #expect(client.simple("ROLLBACK").last?.body == [UInt8(ascii: "I")])
        let several = client.simple("SELECT 1; SELECT 1/0; SELECT 3")
        #expect(several.rows == [["1"]])
        #expect(several.errors == ["22012"])
        #expect(client.simple("DELETE FROM t").errors == ["42501"])
        _ = client.simple("BEGIN; SET LOCAL application_name TO 'local'; COMMIT")
        #expect(client.simple("SHOW application_name").rows == [["x"]])
        _ = client.simple("BEGIN; SET application_name TO 'lost'; ROLLBACK")
        #expect(client.simple("SHOW application_name").rows == [["x"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `moves cursors as PostgreSQL does`() async throws {
        let (desk, port) = try await Self.shop(rows: 6)
        let cluster = try PostgreSQLCluster.shared.get()
        let direct = try DirectClient(uri: cluster.uri(of: "postgres"))
        let client = try alice(port)
        #expect(client.simple("DECLARE c CURSOR FOR SELECT 1").errors == ["25P01"])
        for (one, other) in [
            ("BEGIN", "BEGIN"),
            (
                "DECLARE c SCROLL CURSOR FOR SELECT id FROM t ORDER BY id",
                "DECLARE c SCROLL CURSOR FOR SELECT * FROM generate_series(2, 6)"
            ),
        ] {
            _ = client.simple(one)
            _ = direct.rows(of: other)
        }
        let moves = [
            "2", "BACKWARD 1", "ALL", "NEXT", "PRIOR", "BACKWARD ALL", "FIRST", "LAST", "ABSOLUTE 2",
            "RELATIVE 2",
            "ABSOLUTE -1", "FORWARD 0", "RELATIVE -3", "BACKWARD 2", "NEXT", "ABSOLUTE 99", "BACKWARD 3",
            "ABSOLUTE 0",
            "FORWARD 3", "RELATIVE 0",
        ]
        for move in moves {
            let sql = "FETCH \(move) FROM c"
            #expect(client.simple(sql).rows == direct.rows(of: sql), "\(move)")
        }
        _ = client.simple("COMMIT")
        #expect(client.simple("FETCH 1 FROM c").errors == ["34000"])
        withExtendedLifetime(desk) {}
    }

    @Test func `takes parameters, in text and in binary`() async throws {
        let (desk, port) = try await Self.shop(rows: 9)
        let client = try alice(port)
        func bind(_ sql: String, _ value: [UInt8], binary: Bool) -> [WireClient.Message] {
            client.sendRaw(
                WireClient.message("P", [0] + Array(sql.utf8) + [0, 0, 0])
                    + WireClient.message(
                        "B",
                        [0, 0, 0, 1, 0, binary ? 1 : 0, 0, 1] + WireClient.bytes(Int32(value.count)) + value
                            + [0, 0]
                    ) + WireClient.message("E", [0] + WireClient.bytes(Int32(0)))
                    + WireClient.message("S", [])
            )
            return client.receiveAll()
        }
        #expect(bind("SELECT name FROM t WHERE id = $1", Array("3".utf8), binary: false).rows == [["name3"]])
        let number: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 4]
        #expect(bind("SELECT name FROM t WHERE id = $1", number, binary: true).rows == [["name4"]])
        #expect(
            bind("SELECT count(*) FROM t WHERE id = ANY($1)", Array("{2,3,99}".utf8), binary: false).rows == [
                ["2"]
            ]
        )
        #expect(bind("SELECT $1::int + 1", Array("x".utf8), binary: false).errors == ["22P02"])
        #expect(
            client.extended("SELECT id FROM t WHERE id = 2", binary: true).rows == [["\0\0\0\0\0\0\0\u{2}"]]
        )
        withExtendedLifetime(desk) {}
    }

    @Test func `copies in binary as PostgreSQL does`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        for (rows, count) in [("id < 0", 1), ("id = 2", 2), ("true", 3)] {
            let answer = client.simple(
                "COPY (SELECT id FROM t WHERE \(rows) ORDER BY id) TO STDOUT (FORMAT binary)"
            )
            let parts = answer.filter { $0.kind == "d" }
            #expect(parts.count == count)
            // The head is in the first part, whatever else is.
            #expect(parts.first?.body.starts(with: Array("PGCOPY\n".utf8) + [0xFF, 13, 10, 0]) == true)
            #expect(parts.last?.body.suffix(2) == [0xFF, 0xFF])
        }
        withExtendedLifetime(desk) {}
    }

    @Test func `hands out portals in parts`() async throws {
        let (desk, port) = try await Self.shop(rows: 6)
        let client = try alice(port)
        let execute = WireClient.message("E", [0] + WireClient.bytes(Int32(2)))
        client.sendRaw(
            WireClient.message("P", [0] + Array("SELECT id FROM t ORDER BY id".utf8) + [0, 0, 0])
                + WireClient.message("B", [0, 0, 0, 0, 0, 0, 0, 0]) + execute + execute + execute
                + WireClient.message("S", [])
        )
        let answer = client.receiveAll()
        #expect(answer.map(\.kind) == ["1", "2", "D", "D", "s", "D", "D", "s", "D", "C", "Z"])
        withExtendedLifetime(desk) {}
    }

    @Test func `refuses what was prepared once policy has changed`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        _ = client.simple("PREPARE p AS SELECT pin FROM t ORDER BY id")
        _ = client.simple("BEGIN; DECLARE c CURSOR FOR SELECT pin FROM t")
        #expect(client.simple("FETCH 1 FROM c").rows == [["111111"]])
        try desk.publish(Self.policies(mask: "MASK_NULL"))
        #expect(client.simple("FETCH 1 FROM c").errors == ["0A000"])
        _ = client.simple("ROLLBACK")
        #expect(client.simple("EXECUTE p").errors == ["0A000"])
        #expect(client.simple("SELECT pin FROM t ORDER BY id").rows == [[nil], [nil]])
        withExtendedLifetime(desk) {}
    }

    @Test func `follows another filter at once`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        #expect(client.simple("SELECT count(*) FROM t").rows == [["2"]])
        try desk.publish(Self.policies(mask: "MASK", filter: "id > 2"))
        #expect(client.simple("SELECT count(*) FROM t").rows == [["1"]])
        try desk.publish(FileDesk.policies([ProxyDesk.deny("t", "*")]))
        #expect(client.simple("SELECT count(*) FROM t").errors == ["42P01"])
        withExtendedLifetime(desk) {}
    }

    @Test func `keeps within time and memory`() async throws {
        let (desk, port) = try await Self.shop { $0.statementMemory = 4 << 20 }
        let client = try alice(port)
        #expect(client.simple("SELECT count(*) FROM generate_series(1, 10000000)").errors == ["54000"])
        #expect(client.simple("SELECT repeat('x', 1000000) FROM generate_series(1, 100)").errors == ["54000"])
        #expect(client.simple("SELECT repeat('x', 1000000000)").errors == ["54000"])
        _ = client.simple("SET statement_timeout TO '50ms'")
        let endless =
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT 1 - n FROM r) SELECT count(*) FROM r a, r b"
        #expect(client.simple(endless).errors.isEmpty)
        let long =
            "SELECT count(*) FROM generate_series(1, 9999) a WHERE (SELECT sum(b) FROM generate_series(1, 9999) b "
            + "WHERE b > a) < 0"
        #expect(client.simple(long).errors == ["57014"])
        #expect(client.simple("SELECT 'still here'").rows == [["still here"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `stops what is cancelled`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        let long =
            "SELECT count(*) FROM generate_series(1, 99999) a WHERE (SELECT sum(b) FROM generate_series(1, 9999) b "
            + "WHERE b > a) < 0"
        client.send("Q", Array(long.utf8) + [0])
        var errors: [String] = []
        let other = Task.detached(executorPreference: TestThreads.shared) {
            [process = client.process, secret = client.secret] in
            // A request that comes before the statement does nothing: it is sent until one was in time.
            while !Task.isCancelled {
                let canceller = try WireClient(port: port)
                canceller.sendRaw(
                    WireClient.bytes(Int32(16)) + WireClient.bytes(Int32(80_877_102))
                        + WireClient.bytes(process)
                        + WireClient.bytes(secret)
                )
                _ = try? canceller.receiveByte()
            }
        }
        errors = client.receiveAll().errors
        other.cancel()
        #expect(errors == ["57014"])
        withExtendedLifetime(desk) {}
    }

    @Test func `writes down who read what, and no literal`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        _ = client.simple("SELECT name, pin FROM t WHERE name <> 'a literal'")
        _ = client.simple("SELECT pg_sleep(77)")
        var lines: [AuditRecord] = []
        // What came of a statement is written soon after it: until then the session does something else.
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end,
            !lines.contains(where: { $0.act == .statementEnd && $0.rows == 2 })
                || !lines.contains(where: { $0.outcome == .denied })
        {
            _ = client.simple("SELECT 1")
            lines = try desk.cases.auditing.tail(
                100_000,
                user: UserName("alice"),
                resource: nil,
                by: desk.admin
            )
        }
        let read = try #require(
            lines.first { $0.act == .statement && $0.outcome == .allowed && !$0.columns.isEmpty }
        )
        #expect(read.resource == "shop.t")
        #expect(read.columns.sorted() == ["shop.t.name: clear", "shop.t.pin: MASK"])
        #expect(read.statement?.isEmpty == false)
        #expect(lines.contains { $0.act == .read && $0.resource == "shop.t" })
        #expect(lines.contains { $0.outcome == .denied && $0.errorCode == "statement-function" })
        #expect(lines.contains { $0.act == .statementEnd && $0.rows == 2 && $0.statement == read.statement })
        #expect(!"\(lines)".contains("literal"))
        withExtendedLifetime(desk) {}
    }

    @Test func `survives broken statements and binds`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try alice(port)
        _ = client.simple("SET statement_timeout TO '500ms'")
        var dice = Dice(seed: 20_261_129)
        let bodies = DialectCases.answered.map { Array($0.utf8) }
        for round in 0..<1500 {
            await Task.yield()
            var text = bodies[Int.random(in: 0..<bodies.count, using: &dice)]
            let other = bodies[Int.random(in: 0..<bodies.count, using: &dice)]
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                let place = Int.random(in: 0..<text.count, using: &dice)
                switch Int.random(in: 0...3, using: &dice) {
                case 0: text.remove(at: place)
                case 1: text.insert(text[Int.random(in: 0..<text.count, using: &dice)], at: place)
                case 2: text[place] = UInt8(ascii: "9")
                default:
                    let start = Int.random(in: 0..<other.count, using: &dice)
                    text.replaceSubrange(place..., with: other[start...])
                }
                if text.isEmpty { text = [UInt8(ascii: "x")] }
            }
            let sql = String(decoding: text, as: UTF8.self)
            let answer = round.isMultiple(of: 2) ? client.simple(sql) : client.extended(sql, binary: true)
            try #require(answer.last?.kind == "Z", "\(sql)")
            if answer.last?.body != [UInt8(ascii: "I")] { _ = client.simple("ROLLBACK") }
        }
        #expect(client.simple("SELECT 'still here'").rows == [["still here"]])
        for hostile in Self.hostile {
            let answer = client.simple(hostile)
            #expect(answer.last?.kind == "Z", "\(hostile.prefix(80))")
            #expect(!answer.errors.isEmpty, "\(hostile.prefix(80))")
        }
        #expect(client.simple("SELECT 'still here'").rows == [["still here"]])
        withExtendedLifetime(desk) {}
    }

    /// What would take for ever, or more room than there is, if it were done.
    private static let hostile = [
        "SELECT 'x'::varchar(9223372036854775807)",
        "SELECT 'a' ~ '\(String(repeating: "(", count: 40))a\(String(repeating: "){99}", count: 40))'",
        "SELECT " + String(repeating: "CASE ", count: 60) + "1"
            + String(repeating: " WHEN 1 THEN 1 WHEN 2 THEN 2 END", count: 60),
        "SELECT " + String(repeating: "(", count: 40) + "true"
            + String(repeating: " BETWEEN SYMMETRIC true AND false)", count: 40),
        "SELECT repeat('a', 16000000) LIKE repeat('%a', 8000000)", "SELECT lpad('x', 2000000000)",
        "SELECT position(repeat('a', 9000000) || 'b' IN repeat('a', 16000000))",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r",
        "FETCH BACKWARD -9223372036854775808 FROM c", "SELECT -9223372036854775808 / -1",
        "SELECT (-2147483648)::int4 / (-1)::int4",
    ]
}
