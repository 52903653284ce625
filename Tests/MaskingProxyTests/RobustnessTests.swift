import Foundation
import MaskingProxy
import TestSupport
import Testing

@Suite(.aside) struct `One session` {
    private static func shop(_ name: String, _ script: String = "CREATE TABLE t(id int)") throws -> ProxyDesk
    {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(name, script)
        let desk = try ProxyDesk()
        try desk.add(name, uri: cluster.uri(of: name))
        try desk.publish([ProxyDesk.allow(["t"])])
        return desk
    }

    private func alice(_ port: Int, _ database: String) throws -> WireClient {
        try WireClient(port: port, user: "alice", password: "open alice", database: database)
    }

    /// Texts of 64 KB that nest as deeply as they can, a kind of nesting each.
    private static let nestings: [(name: String, text: String)] = {
        func nested(_ start: String, _ open: String, _ middle: String, _ close: String) -> String {
            let count = (65_000 - start.utf8.count) / (open.utf8.count + close.utf8.count)
            return start + String(repeating: open, count: count) + middle
                + String(repeating: close, count: count)
        }
        return [
            ("sums", nested("SELECT 1", "+1", "", "")), ("negations", nested("SELECT ", "NOT ", "true", "")),
            ("signs", nested("SELECT ", "- ", "1", "")), ("casts", nested("SELECT 1", "::int", "", "")),
            ("brackets", nested("SELECT ", "(", "1", ")")),
            ("scalar queries", nested("", "(SELECT ", "1", ")")),
            ("derived tables", nested("", "SELECT * FROM (", "SELECT 1", ") x")),
            ("cases", nested("SELECT ", "CASE WHEN true THEN ", "1", " END")),
            ("arrays", nested("SELECT ", "ARRAY[", "1", "]")), ("calls", nested("SELECT ", "abs(", "1", ")")),
            ("unions", nested("SELECT 1", " UNION SELECT 1", "", "")),
            ("conjunctions", nested("SELECT true", " AND true", "", "")),
            ("alternatives", nested("SELECT true", " OR NOT true", "", "")),
            ("joins", nested("SELECT 1 FROM t", " JOIN t ON true", "", "")),
            ("lists of tables", nested("SELECT 1 FROM t", ",t", "", "")),
            ("subscripts", nested("SELECT a", "[1]", "", "")),
            ("common tables", nested("", "WITH x AS (", "SELECT 1", ") SELECT 1")),
            ("memberships", nested("SELECT 1 ", "IN (SELECT 1 ", "", ")")),
            ("concatenations", nested("SELECT 'a'", "||'a'", "", "")),
        ]
    }()

    @Test func `can't take the others down by nesting`() async throws {
        let desk = try Self.shop("robust_nesting")
        let port = try await desk.open()
        let client = try alice(port, "robust_nesting")
        for (name, text) in Self.nestings {
            #expect(await client.aside { $0.simple(text) }.last?.kind == "Z", "\(name)")
            #expect(await client.aside { $0.extended(text) }.last?.kind == "Z", "\(name)")
        }
        let tooLong = "SELECT '\(String(repeating: "x", count: 70_000))'"
        #expect(client.simple(tooLong).errors == ["54001"])
        #expect(try alice(port, "robust_nesting").simple("SELECT 1").rows == [["1"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `that doesn't read is waited for, and loses nothing`() async throws {
        let desk = try Self.shop("robust_slow")
        let client = try alice(try await desk.open(), "robust_slow")
        // Many times what all buffers on the way hold.
        client.send("Q", Array("SELECT repeat('x', 1000) FROM generate_series(1, 100000)".utf8) + [0])
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'robust_slow' AND wait_event = 'ClientWrite'"
        let cluster = try PostgreSQLCluster.shared.get()
        var seen = 0
        let end = ContinuousClock.now + .seconds(180)
        while seen < 5, ContinuousClock.now < end {
            // Whoever waits for its client at five looks one after the other isn't being read from.
            seen = try cluster.run(waiting, in: "postgres") == [["1"]] ? seen + 1 : 0
            await Task.yield()
        }
        #expect(seen == 5)
        let rows = await client.aside { client in
            var rows = 0
            while let message = try? client.receive(), message.kind != "Z" {
                if message.kind == "D" { rows += 1 }
            }
            return rows
        }
        #expect(rows == 100_000)
        withExtendedLifetime(desk) {}
    }

    @Test func `can't fill memory when the database doesn't read`() async throws {
        let desk = try Self.shop("robust_deaf")
        let upstream = try await FakeUpstream(.deaf)
        let client = try alice(try await desk.open(upstream: upstream.port), "robust_deaf")
        client.sendRaw(
            WireClient.message("P", [0] + Array("SELECT length($1)".utf8) + [0, 0, 1, 0, 0, 0, 25])
        )
        let value = [UInt8](repeating: 120, count: 1 << 20)
        let bind = WireClient.message(
            "B",
            [0, 0, 0, 0, 0, 1] + WireClient.bytes(Int32(value.count)) + value + [0, 0]
        )
        client.patience(seconds: 2)
        let sent = await client.aside { client in
            var sent = 0
            while sent < 200, client.sendRaw(bind) { sent += 1 }
            return sent
        }
        // Sockets and watermarks hold some megabytes, a message the rest.
        #expect(sent < 60)
        withExtendedLifetime(desk) {}
    }

    @Test func `can't fill memory with answers that it doesn't read`() async throws {
        let desk = try Self.shop("robust_mute")
        let port = try await desk.open()
        let client = try alice(port, "robust_mute")
        let refused = WireClient.message("F", [0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        let many = Array(repeatElement(refused, count: 70_000).joined())
        client.patience(seconds: 2)
        let sent = await client.aside { client in
            var sent = 0
            while sent < 60, client.sendRaw(many) { sent += 1 }
            return sent
        }
        // Sockets hold some megabytes each way.
        #expect(sent < 40)
        #expect(try client.receive().kind == "E")
        #expect(try alice(port, "robust_mute").simple("SELECT 1").rows == [["1"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `can't fill memory with answers before it signs in either`() async throws {
        let desk = try Self.shop("robust_stranger")
        let client = try WireClient(port: try await desk.open { $0.signInSeconds = 120 })
        // Each is answered with a byte.
        let request = WireClient.bytes(Int32(8)) + WireClient.bytes(Int32(80_877_104))
        let many = Array(repeatElement(request, count: 90_000).joined())
        client.holdLittle()
        client.patience(seconds: 2)
        let sent = await client.aside { client in
            var sent = 0
            while sent < 100, client.sendRaw(many) { sent += 1 }
            return sent
        }
        // Some megabytes of answers are the system's.
        #expect(sent < 80)
        #expect(try client.receiveByte() == UInt8(ascii: "N"))
        withExtendedLifetime(desk) {}
    }
}

/// Of a size of choice: `STEWARD_CONNECTIONS` one after the other, `STEWARD_IDLE` at once.
@Suite(.serialized, .aside) struct `Many sessions` {
    private static func number(_ name: String, or usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
    }

    /// Resident memory of this process, in megabytes.
    private static func memory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) / 256
    }

    private static func desk(_ name: String) throws -> ProxyDesk {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(name, "CREATE TABLE t(id int)")
        let desk = try ProxyDesk()
        try desk.add(name, uri: cluster.uri(of: name))
        try desk.publish([ProxyDesk.allow(["t"])])
        return desk
    }

    @Test func `one after the other leave nothing behind`() async throws {
        let desk = try Self.desk("many_sequential")
        let port = try await desk.open { $0.upstream.idleSeconds = 0 }
        let count = Self.number("STEWARD_CONNECTIONS", or: 300)
        var before = 0
        for number in 0..<count {
            let client = try WireClient(
                port: port,
                user: "alice",
                password: "open alice",
                database: "many_sequential"
            )
            guard client.simple("SELECT 1").rows == [["1"]] else {
                Issue.record("connection \(number) got no answer")
                return
            }
            if number.isMultiple(of: 2) { client.send("X", []) }
            if number == count / 5 { before = try Self.memory() }
            await Task.yield()
        }
        let after = try Self.memory()
        print("\(count) connections: \(before) MB after a fifth of them, \(after) MB after all")
        // Other tests run beside this one when it is small.
        if count >= 5000 { #expect(after - before < 20) }
        let open =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'many_sequential' AND usename = 'gov_proxy'"
        let cluster = try PostgreSQLCluster.shared.get()
        let end = ContinuousClock.now + .seconds(120)
        var left = [[String?]]()
        repeat {
            left = try cluster.run(open, in: "postgres")
            await Task.yield()
        } while left != [["0"]] && ContinuousClock.now < end
        #expect(left == [["0"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `at once are all served`() async throws {
        let desk = try Self.desk("many_idle")
        let upstream = try await FakeUpstream(.ready)
        let port = try await desk.open(upstream: upstream.port) { $0.userLimit = 20_000 }
        let count = Self.number("STEWARD_IDLE", or: 200)
        let before = try Self.memory()
        var clients: [WireClient] = []
        for _ in 0..<count {
            clients.append(
                try WireClient(port: port, user: "alice", password: "open alice", database: "many_idle")
            )
            await Task.yield()
        }
        let after = try Self.memory()
        print(
            "\(count) sessions at once: \((after - before) * 1024 / count) KB each, with clients and a database"
        )
        #expect(upstream.count == count)
        for client in clients { #expect(client.simple("SELECT 1").last?.kind == "Z") }
        withExtendedLifetime(desk) {}
    }
}
