import CatalogModel
import Foundation
import MaskingProxy
import PolicyEngine
import TestSupport
import Testing

/// Messages in whatever order, so that it is hard to tell which rows are which: what comes is masked, or nothing is.
@Suite(.aside) struct `Rows that are masked on their way` {
    /// Twins that differ in hidden values alone.
    private static let twins: Result<[String], any Error> = Result {
        let names = ["late_twin_a", "late_twin_b"]
        for (name, secret) in zip(names, ["SECRET", "HIDDEN"]) {
            try PostgreSQLCluster.shared.get().make(
                name,
                """
                CREATE TABLE t(id int PRIMARY KEY, name text, pin text);
                INSERT INTO t SELECT i, 'name' || i, '\(secret)' || i || '6789' FROM generate_series(1, 9) i;
                """
            )
        }
        return names
    }

    private static func twin(_ name: String) async throws -> (desk: ProxyDesk, port: Int) {
        let desk = try ProxyDesk()
        try desk.add("shop", uri: try PostgreSQLCluster.shared.get().uri(of: name))
        try desk.publish([ProxyDesk.allow(["t"]), ProxyDesk.mask("t", "pin", "MASK_SHOW_LAST_4")])
        return (desk, try await desk.open { $0.userLimit = 1000 })
    }

    private static func client(_ port: Int) throws -> WireClient {
        try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
    }

    @Test func `can't be had raw by statements of SQL`() async throws {
        let (desk, port) = try await Self.twin(try Self.twins.get()[0])
        let client = try Self.client(port)
        func parse(_ name: String, _ sql: String) -> [UInt8] {
            WireClient.message("P", Array(name.utf8) + [0] + Array(sql.utf8) + [0, 0, 0])
        }
        let sync = WireClient.message("S", [])
        client.sendRaw(parse("p", "SELECT pin FROM t WHERE id = 1") + sync)
        #expect(client.receiveAll().errors.isEmpty)
        #expect(client.simple("EXECUTE p").errors == ["0A000"])
        #expect(client.extended("EXECUTE p").errors == ["0A000"])
        #expect(client.simple("BEGIN").errors.isEmpty)
        client.sendRaw(WireClient.message("B", Array("c\0p\0".utf8) + [0, 0, 0, 0, 0, 0]) + sync)
        #expect(client.receiveAll().errors.isEmpty)
        #expect(client.simple("FETCH ALL FROM c").errors == ["0A000"])
        #expect(client.simple("ROLLBACK").errors.isEmpty)
        // The same names, made in SQL, are masked once and in PostgreSQL.
        #expect(client.simple("DEALLOCATE p").errors.isEmpty)
        let made = client.simple("PREPARE p AS SELECT pin FROM t WHERE id = 1; EXECUTE p")
        #expect(made.rows == [["xxxxxxx6789"]])
        let again = client.simple(
            "BEGIN; DECLARE c CURSOR FOR SELECT pin FROM t WHERE id = 2; FETCH ALL FROM c; COMMIT"
        )
        #expect(again.rows == [["xxxxxxx6789"]])
        #expect(
            client.simple("SELECT pin FROM t WHERE id = 3; SELECT name FROM t WHERE id = 3").rows == [
                ["xxxxxxx6789"], ["name3"],
            ]
        )
        withExtendedLifetime(desk) {}
    }

    /// PostgreSQL compares the first 63 bytes of names; Swift takes some names for the same that differ in bytes.
    @Test func `can't be had raw by names that mean something else to PostgreSQL`() async throws {
        let (desk, port) = try await Self.twin(try Self.twins.get()[0])
        let long = String(repeating: "a", count: 63)
        let pairs = [
            ("\u{E9}", "e\u{301}"), ("K", "\u{212A}"), (long + "b", long + "c"), (long, long + "d"),
            (long + "e", long),
        ]
        let hides = "SELECT pin FROM t"
        let shows = "SELECT name FROM t"
        for (hidden, shown) in pairs {
            let prepares = Self.parse("", "PREPARE \"\(shown)\" AS \(shows)") + Self.run("")
            let forgets = Self.parse("", "DEALLOCATE \"\(shown)\"") + Self.run("")
            let executes = Self.parse("", "EXECUTE \"\(shown)\"") + Self.run("")
            let closes =
                WireClient.message("C", [0x53] + Array(hidden.utf8) + [0]) + WireClient.message("S", [])
            let ways = [
                Self.parse(hidden, hides) + Self.parse(shown, shows) + Self.run(hidden) + Self.run(shown),
                Self.parse(shown, shows) + Self.parse(hidden, hides) + Self.run(shown) + Self.run(hidden),
                Self.parse(shown, shows) + closes + Self.parse(hidden, hides) + Self.run(shown)
                    + Self.run(shown),
                Self.parse(hidden, hides) + prepares + Self.run(hidden) + forgets + Self.run(hidden)
                    + executes,
            ]
            for (number, way) in ways.enumerated() {
                let client = try Self.client(port)
                client.sendRaw(way + WireClient.message("Q", Array("SELECT 'mark\(number)'".utf8) + [0]))
                let answer = client.receive(upTo: "mark\(number)")
                #expect(answer.last?.kind == "Z", "\(hidden) and \(shown), way \(number)")
                let isHidden = !answer.bytes.contains(Array("SECRET".utf8))
                #expect(isHidden, "\(hidden) and \(shown), way \(number)")
            }
        }
        withExtendedLifetime(desk) {}
    }

    private static func parse(_ name: String, _ sql: String) -> [UInt8] {
        WireClient.message("P", Array(name.utf8) + [0] + Array(sql.utf8) + [0, 0, 0])
            + WireClient.message("S", [])
    }

    /// One series, as drivers run what they prepared.
    private static func run(_ name: String) -> [UInt8] {
        WireClient.message("B", [0] + Array(name.utf8) + [0, 0, 0, 0, 0, 0, 0])
            + WireClient.message("E", [0, 0, 0, 0, 0]) + WireClient.message("S", [])
    }

    @Test func `come masked after whatever errors, pipelines and names`() async throws {
        var twins: [(desk: ProxyDesk, port: Int)] = []
        for name in try Self.twins.get() { twins.append(try await Self.twin(name)) }
        var dice = Dice(seed: 2_027)
        var clients = try twins.map { try Self.client($0.port) }
        var masked = 0
        for number in 0..<200 {
            await Task.yield()
            let batch = Self.batch(&dice)
            let mark = "mark\(number)"
            let end =
                WireClient.message("S", [])
                + WireClient.message("Q", Array("ROLLBACK; SELECT '\(mark)'".utf8) + [0])
            let answers = clients.map { client in
                client.sendRaw(batch.flatMap { $0 } + end)
                return client.receive(upTo: mark)
            }
            for answer in answers {
                let isHidden = ["SECRET", "HIDDEN"].allSatisfy { !answer.bytes.contains(Array($0.utf8)) }
                try #require(isHidden, "an unmasked value came out by batch \(number)")
            }
            let isSame = answers[0] == answers[1]
            try #require(isSame, "the twins can be told apart by batch \(number): \(answers.map(\.count))")
            masked += answers[0].count { $0.kind == "D" && $0.body.contains(Array("xxxxxxx6789".utf8)) }
            if answers[0].last?.kind != "Z" { clients = try twins.map { try Self.client($0.port) } }
        }
        #expect(masked > 200, "only \(masked) rows were masked")
        withExtendedLifetime(twins) {}
    }

    private static let texts = [
        "SELECT pin FROM t WHERE id < 4", "SELECT id, pin, name FROM t", "SELECT name, id, id FROM t",
        "SELECT max(pin) FROM t", "SELECT 1/0 FROM t", "SELECT nothing FROM t", "EXECUTE p", "FETCH 2 FROM c",
        "DEALLOCATE ALL", "CLOSE ALL", "BEGIN", "ROLLBACK", "PREPARE p AS SELECT name, pin FROM t",
        "DECLARE c CURSOR FOR SELECT pin FROM t", "SELECT pin FROM t WHERE id = 1; SELECT name FROM t",
        "SELECT name FROM t; SELECT 1/0; SELECT pin FROM t", "COPY (SELECT pin FROM t) TO STDOUT", "",
        "SHOW timezone",
    ]

    private static func batch(_ dice: inout Dice) -> [[UInt8]] {
        func one<Item>(of items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &dice)] }
        func name() -> [UInt8] { Array(one(of: ["", "", "p", "c"]).utf8) + [0] }
        return (0..<Int.random(in: 1...20, using: &dice)).map { _ in
            let target: [UInt8] = [UInt8(ascii: one(of: ["S", "P"]))]
            switch Int.random(in: 0..<15, using: &dice) {
            case 12, 13, 14:
                let (statement, portal) = (name(), name())
                return WireClient.message(
                    "P",
                    statement + Array(one(of: Array(texts.prefix(3))).utf8) + [0, 0, 0]
                )
                    + WireClient.message("B", portal + statement + [0, 0, 0, 0, 0, 0])
                    + WireClient.message("E", portal + WireClient.bytes(one(of: [0, 0, 2] as [Int32])))
            case 0: return WireClient.message("Q", Array(one(of: texts).utf8) + [0])
            case 1, 2, 3: return WireClient.message("P", name() + Array(one(of: texts).utf8) + [0, 0, 0])
            case 4, 5, 6:
                let formats: [[UInt8]] = [[0, 0], [0, 1, 0, 1], [0, 2, 0, 0, 0, 1], [0, 1, 0, 9]]
                return WireClient.message("B", name() + name() + [0, 0, 0, 0] + one(of: formats))
            case 7: return WireClient.message("D", target + name())
            case 8, 9:
                return WireClient.message("E", name() + WireClient.bytes(one(of: [0, 0, 1, 2] as [Int32])))
            case 10: return WireClient.message("C", target + name())
            default: return WireClient.message("S", [])
            }
        }
    }
}

extension WireClient {
    /// Everything up to the end of the answer that holds a mark; up to the end when the server hangs up.
    fileprivate func receive(upTo mark: String) -> [Message] {
        var messages: [Message] = []
        var isMarked = false
        while let message = try? receive() {
            messages.append(message)
            if message.kind == "D", message.body.contains(Array(mark.utf8)) { isMarked = true }
            if isMarked, message.kind == "Z" { return messages }
        }
        return messages
    }
}
