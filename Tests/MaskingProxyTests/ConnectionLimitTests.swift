import Foundation
import MaskingProxy
import TestSupport
import Testing

@Suite(.aside) struct `The SQL door's limits` {
    private static func shop(_ name: String) throws -> ProxyDesk {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(name, "CREATE TABLE t(id int)")
        let desk = try ProxyDesk()
        try desk.add(name, uri: cluster.uri(of: name))
        try desk.publish([ProxyDesk.allow(["t"])])
        return desk
    }

    private func alice(_ port: Int, _ database: String) throws -> WireClient {
        try WireClient(port: port, user: "alice", password: "open alice", database: database)
    }

    /// Tries until the door has noticed what became of others.
    private func eventually(_ attempt: () throws -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(240)
        while ContinuousClock.now < end {
            if (try? attempt()) == true { return true }
            await Task.yield()
        }
        return false
    }

    @Test func `on connections of one address that haven't signed in`() async throws {
        let desk = try Self.shop("limit_address")
        let port = try await desk.open { $0.addressLimit = 3 }
        let signedIn = [try alice(port, "limit_address"), try alice(port, "limit_address")]
        var strangers: [WireClient] = []
        for _ in 0..<3 {
            strangers.append(try WireClient(port: port))
            // The door has seen it once it answers.
            strangers.last?.sendRaw(WireClient.bytes(Int32(8)) + WireClient.bytes(Int32(80_877_103)))
            #expect(try strangers.last?.receiveByte() == UInt8(ascii: "N"))
        }
        #expect(try WireClient(port: port).receive().fields["C"] == "53300")
        strangers.removeLast()
        #expect(await eventually { try alice(port, "limit_address").simple("SELECT 1").rows == [["1"]] })
        for client in signedIn { #expect(client.simple("SELECT 1").rows == [["1"]]) }
        withExtendedLifetime((desk, strangers)) {}
    }

    @Test func `on all connections`() async throws {
        let desk = try Self.shop("limit_total")
        let port = try await desk.open { $0.connectionLimit = 2 }
        var clients = [try alice(port, "limit_total"), try alice(port, "limit_total")]
        #expect(try WireClient(port: port).receive().fields["C"] == "53300")
        clients.removeLast()
        #expect(await eventually { try alice(port, "limit_total").simple("SELECT 1").rows == [["1"]] })
        withExtendedLifetime((desk, clients)) {}
    }

    @Test func `on the time that signing in takes, however it is spent`() async throws {
        let desk = try Self.shop("limit_slow")
        let port = try await desk.open { $0.signInSeconds = 1 }
        let silent = try WireClient(port: port)
        let slow = try WireClient(port: port)
        slow.sendRaw(WireClient.bytes(Int32(100)) + [0, 3])
        let asked = try WireClient(port: port)
        try asked.startup(["user": "alice", "database": "limit_slow"])
        #expect(try asked.receive().kind == "R")
        for client in [silent, slow, asked] { #expect(try client.receive().fields["C"] == "08006") }
        withExtendedLifetime(desk) {}
    }

    @Test func `on a database that takes connections and says nothing`() async throws {
        let desk = try Self.shop("limit_mute")
        let upstream = try await FakeUpstream(.silent)
        let port = try await desk.open(upstream: upstream.port) { $0.signInSeconds = 1 }
        #expect(throws: WireClient.Failure.self) { try alice(port, "limit_mute") }
        // Nobody waits for it any longer, on either side.
        #expect(await eventually { upstream.count == 0 })
        withExtendedLifetime(desk) {}
    }

    @Test func `on silence, in a transaction and outside`() async throws {
        let desk = try Self.shop("limit_idle")
        let idle = try alice(try await desk.open { $0.idleSeconds = 1 }, "limit_idle")
        let port = try await desk.open { $0.idleInTransactionSeconds = 1 }
        let (outside, inside, failed) = (
            try alice(port, "limit_idle"), try alice(port, "limit_idle"), try alice(port, "limit_idle")
        )
        #expect(inside.simple("BEGIN").errors.isEmpty)
        #expect(failed.simple("BEGIN; SELECT 1/0").errors == ["22012"])
        #expect(await idle.aside { $0.receiveAll() }.errors == ["57P05"])
        #expect(await inside.aside { $0.receiveAll() }.errors == ["25P03"])
        #expect(failed.receiveAll().errors == ["25P03"])
        #expect(outside.simple("SELECT 1").rows == [["1"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `on silence, which a long statement isn't`() async throws {
        let desk = try Self.shop("limit_busy")
        let client = try alice(
            try await desk.open {
                $0.idleSeconds = 1
                $0.statementSeconds = 3
            },
            "limit_busy"
        )
        #expect(await client.aside { $0.simple(Self.endless) }.errors == ["57014"])
        withExtendedLifetime(desk) {}
    }

    private static let endless =
        "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 1000000) b"

    @Test func `on a statement's time, whatever the session sets`() async throws {
        let desk = try Self.shop("limit_time")
        let client = try alice(try await desk.open { $0.statementSeconds = 1 }, "limit_time")
        #expect(await client.aside { $0.simple(Self.endless) }.errors == ["57014"])
        #expect(client.simple("SET statement_timeout = 0").errors.isEmpty)
        #expect(await client.aside { $0.simple(Self.endless) }.errors == ["57014"])
        #expect(client.extended("SELECT 1").rows == [["1"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `on a database that no longer answers`() async throws {
        let desk = try Self.shop("limit_gone")
        let upstream = try await FakeUpstream(.mute)
        let port = try await desk.open(upstream: upstream.port) { $0.statementSeconds = 1 }
        let client = try alice(port, "limit_gone")
        #expect(await client.aside { $0.simple("SELECT 1") }.errors == ["57014"])
        let other = try alice(port, "limit_gone")
        #expect(await other.aside { $0.extended("SELECT 1") }.errors == ["57014"])
        #expect(await eventually { upstream.count == 0 })
        withExtendedLifetime(desk) {}
    }

    @Test func `on a message's bytes`() async throws {
        let desk = try Self.shop("limit_bytes")
        let client = try alice(try await desk.open { $0.messageBytes = 200_000 }, "limit_bytes")
        let fits = String(repeating: "x", count: 199_000)
        #expect(Self.bind(fits, on: client).rows == [["199000"]])
        #expect(Self.bind(fits + fits, on: client).errors == ["08P01"])
        withExtendedLifetime(desk) {}
    }

    private static func bind(_ value: String, on client: WireClient) -> [WireClient.Message] {
        client.sendRaw(
            WireClient.message("P", [0] + Array("SELECT length($1)".utf8) + [0, 0, 1, 0, 0, 0, 25])
                + WireClient.message(
                    "B",
                    [0, 0, 0, 0, 0, 1] + WireClient.bytes(Int32(value.utf8.count)) + Array(value.utf8) + [
                        0, 0,
                    ]
                ) + WireClient.message("E", [0] + WireClient.bytes(Int32(0))) + WireClient.message("S", [])
        )
        return client.receiveAll()
    }
}
