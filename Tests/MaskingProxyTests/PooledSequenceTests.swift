import Foundation
import TestSupport
import Testing

@testable import MaskingProxy

/// Sessions that use few connections in turn, beside the same ones with a connection each: every byte is the same.
@Suite(.aside) struct `Sessions that take turns` {
    private static let users = 6

    private struct Door {
        let desk: ProxyDesk
        let port: Int

        func client(_ user: String = "alice") throws -> WireClient {
            try WireClient(port: port, user: user, password: "open \(user)", database: "turns")
        }
    }

    private static let database = Result {
        let cluster = try PostgreSQLCluster.shared.get()
        let name = "turns_\(UUID().uuidString.prefix(8).lowercased())"
        try cluster.make(
            name,
            """
            CREATE TABLE t(id int PRIMARY KEY, name text, pin text, made timestamptz);
            INSERT INTO t SELECT i, 'name' || i, 'SECRET-' || i || '6789', '2026-01-01 12:00Z'::timestamptz + i * interval '1 h'
                FROM generate_series(1, 50) i;
            """
        )
        return cluster.uri(of: name)
    }

    private static func door(_ change: (inout UpstreamLimits) -> Void) async throws -> Door {
        let desk = try ProxyDesk()
        try desk.add("turns", uri: try database.get())
        try desk.publish([ProxyDesk.allow(["t"]), ProxyDesk.mask("t", "pin", "MASK_SHOW_LAST_4")])
        return Door(desk: desk, port: try await desk.open { change(&$0.upstream) })
    }

    private static func shared(_ connections: Int, statements: Int = 500) async throws -> Door {
        try await door {
            $0.sharing = .transaction
            $0.connections = connections
            $0.statements = statements
            $0.waitSeconds = 100
        }
    }

    @Test(arguments: [3, 500])
    func `are answered as if each had a connection of its own`(statements: Int) async throws {
        let alone = try await Self.door { $0.sharing = .session }
        // One for each session that may hold its own, and one for those that take turns.
        let shared = try await Self.shared(Self.users, statements: statements)
        for round in 0..<8 {
            var scripts: [[[UInt8]]] = []
            var dice = Dice(seed: TestSeed.value(31) &+ UInt64(round * 7 + statements))
            for _ in 0..<Self.users { scripts.append((0..<25).map { _ in Self.batch(&dice) }) }
            let expected = try await Self.run(scripts, at: alone)
            let given = try await Self.run(scripts, at: shared)
            for user in scripts.indices { Self.compare(scripts[user], expected[user], given[user]) }
        }
    }

    /// All is the same, but for what a connection doesn't hold that was never told: a statement without a name from before
    /// the time zone changed, and what was prepared elsewhere when a transaction has failed.
    private static func compare(
        _ script: [[UInt8]],
        _ expected: [[WireClient.Message]],
        _ given: [[WireClient.Message]]
    ) {
        for number in script.indices where expected[number] != given[number] {
            let pairs = zip(expected[number], given[number])
            let first =
                pairs.first { $0 != $1 }.map { [$0, $1] }
                ?? [expected[number], given[number]].compactMap(\.last)
            guard !first.errors.contains(where: ["0A000", "25P02"].contains) else { return }
            let sent = script[max(0, number - 3)...number].map { batch in
                String(decoding: batch.map { $0 < 32 ? 0x2E : $0 }, as: UTF8.self)
            }
            Issue.record("batch \(number): \(text(first)), after \(sent)")
            return
        }
    }

    private static func text(_ messages: [WireClient.Message]) -> String {
        messages.map { "\($0.kind) \(String(decoding: $0.body.map { $0 < 32 ? 0x2E : $0 }, as: UTF8.self))" }
            .joined(separator: " | ")
    }

    /// Each script in a session of its own, all at once; the answers by session and batch.
    private static func run(_ scripts: [[[UInt8]]], at door: Door) async throws -> [[[WireClient.Message]]] {
        try await withThrowingTaskGroup(of: (Int, [[WireClient.Message]]).self) { group in
            for (user, script) in scripts.enumerated() {
                let client = try door.client()
                group.addTask {
                    let answers = await client.aside { client in
                        script.map { batch in
                            client.sendRaw(batch)
                            return client.receive(answersTo: batch)
                        }
                    }
                    client.send("X", [])
                    return (user, answers)
                }
            }
            var all = [[[WireClient.Message]]](repeating: [], count: scripts.count)
            for try await (user, answers) in group { all[user] = answers }
            return all
        }
    }

    private static let texts = [
        "SELECT name FROM t WHERE id = 7", "SELECT id, pin FROM t WHERE id < 3", "SELECT max(pin) FROM t",
        "SELECT 1/0",
        "SELECT nothing FROM t", "SELECT made, '2026-02-03 04:05'::timestamptz FROM t WHERE id = 9", "",
        "SHOW timezone",
        "SELECT count(*) FROM t WHERE made > '2026-01-02 00:00'", "SELECT name FROM t ORDER BY id LIMIT 20",
    ]

    private static let commands = [
        "BEGIN", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO SAVEPOINT s",
        "SET TimeZone TO 'Asia/Tokyo'",
        "SET TimeZone TO 'America/Lima'", "RESET TimeZone", "SET LOCAL TimeZone TO 'Europe/Berlin'",
        "DEALLOCATE ALL",
        "DEALLOCATE a", "EXECUTE a", "SELECT name FROM t WHERE id = 1; SELECT 2",
        "SELECT 1; SELECT 1/0; SELECT 3",
        "DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id", "FETCH 2 FROM c", "CLOSE c",
        "COPY (SELECT name FROM t WHERE id < 4) TO STDOUT", "SET statement_timeout TO 54321",
        "SHOW statement_timeout",
        "BEGIN; SELECT 1; COMMIT", "SET application_name TO 'mine'", "SHOW application_name",
    ]

    private static let lasting = [
        "PREPARE q AS SELECT name FROM t WHERE id = 4", "EXECUTE q", "DEALLOCATE q",
        "DECLARE h CURSOR WITH HOLD FOR SELECT id FROM t ORDER BY id", "FETCH 3 FROM h", "CLOSE h",
    ]

    private static func batch(_ dice: inout Dice) -> [UInt8] {
        func one<Item>(of items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &dice)] }
        func name() -> [UInt8] { Array(one(of: ["", "", "a", "b", "c", "d"]).utf8) + [0] }
        func text(_ sql: String) -> [UInt8] {
            WireClient.message("S", []) + WireClient.message("Q", Array(sql.utf8) + [0])
        }
        let count = Int.random(in: 1...6, using: &dice)
        var messages = (0..<count).flatMap { _ -> [UInt8] in
            let target: [UInt8] = [UInt8(ascii: one(of: ["S", "P"]))]
            switch Int.random(in: 0..<20, using: &dice) {
            case 0, 1, 2: return text(one(of: commands))
            case 3: return text(one(of: texts))
            case 4: return text(one(of: one(of: [commands, lasting])))
            case 5, 6: return WireClient.message("P", name() + Array(one(of: texts).utf8) + [0, 0, 0])
            case 7:
                // PostgreSQL 15 falls over a portal of a failed transaction's end: that is left alone.
                let text = one(of: commands.filter { !$0.hasPrefix("ROLLBACK") && !$0.hasPrefix("COMMIT") })
                return WireClient.message("P", name() + Array(text.utf8) + [0, 0, 0])
            case 8, 9: return WireClient.message("B", name() + name() + [0, 0, 0, 0, 0, 0])
            case 10: return WireClient.message("D", target + name())
            case 11: return WireClient.message("E", name() + WireClient.bytes(one(of: [0, 0, 2] as [Int32])))
            case 12: return WireClient.message("C", target + name())
            case 13, 14: return WireClient.message("S", [])
            default:
                let (statement, portal) = (name(), name())
                let parse = WireClient.message("P", statement + Array(one(of: texts).utf8) + [0, 0, 0])
                return (one(of: [true, false]) ? parse : [])
                    + WireClient.message("B", portal + statement + [0, 0, 0, 0, 0, 0])
                    + WireClient.message("D", [UInt8(ascii: "P")] + portal)
                    + WireClient.message("E", portal + WireClient.bytes(one(of: [0, 0, 2] as [Int32])))
                    + one(of: [WireClient.message("S", []), []])
            }
        }
        messages += WireClient.message("S", [])
        return messages
    }

    @Test func `get the values of their own statements, however many there are`() async throws {
        let door = try await Self.shared(3)
        try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 1...40 {
                let client = try door.client()
                group.addTask {
                    let wrong = await client.aside { Self.wrongAnswers($0, number) }
                    client.send("X", [])
                    return wrong
                }
            }
            for try await wrong in group { #expect(wrong.isEmpty, "\(wrong.first ?? "")") }
        }
        let processes = try PostgreSQLCluster.shared.get().run(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'gov_proxy' AND datname LIKE 'turns%' AND query LIKE '%answer%'",
            in: "postgres"
        )
        #expect((processes.first?.first ?? nil).flatMap { Int($0) } ?? 99 <= 3)
        withExtendedLifetime(door) {}
    }

    /// A session whose statements are called as all others' are and say something else.
    private static func wrongAnswers(_ client: WireClient, _ number: Int) -> [String] {
        var wrong: [String] = []
        func check(_ what: String, _ messages: [WireClient.Message], _ expected: [[String?]]) {
            if messages.rows != expected { wrong.append("\(number) \(what): \(text(messages))") }
        }
        let sync = WireClient.message("S", [])
        let sql = "SELECT 'answer \(number)', name FROM t WHERE id = $1"
        client.sendRaw(WireClient.message("P", Array("p\0\(sql)\0".utf8) + [0, 0]) + sync)
        check("parse", client.receiveAll(), [])
        for turn in 0..<12 {
            let id = 1 + (number + turn) % 50
            let value = Array(String(id).utf8)
            let bind =
                [0] + Array("p\0".utf8) + [0, 0, 0, 1] + WireClient.bytes(Int32(value.count)) + value + [
                    0, 0,
                ]
            client.sendRaw(
                WireClient.message("B", bind) + WireClient.message("E", [0] + WireClient.bytes(Int32(0)))
                    + sync
            )
            check("prepared", client.receiveAll(), [["answer \(number)", "name\(id)"]])
            if turn % 3 == 0 {
                _ = client.simple("BEGIN")
                _ = client.simple("DECLARE c CURSOR FOR SELECT id FROM t WHERE id >= \(id) ORDER BY id")
                check("cursor", client.simple("FETCH 1 FROM c"), [[String(id)]])
                _ = client.simple("COMMIT")
            }
            check("simple", client.simple("SELECT 'answer', \(number)"), [["answer", String(number)]])
        }
        return wrong
    }
}

extension WireClient {
    /// Everything up to the last `ReadyForQuery` that answers messages, of which no text comes in an unfinished series; up
    /// to the end when the server hangs up.
    fileprivate func receive(answersTo batch: [UInt8]) -> [Message] {
        var owed = 0
        var index = 0
        while index < batch.count {
            if [UInt8(ascii: "Q"), UInt8(ascii: "S")].contains(batch[index]) { owed += 1 }
            index += 1 + batch[index + 1..<index + 5].reduce(0) { $0 << 8 | Int($1) }
        }
        var messages: [Message] = []
        while owed > 0, let message = try? receive() {
            messages.append(message)
            if message.kind == "Z" { owed -= 1 }
        }
        return messages
    }
}
