import Foundation
import MaskingProxy
import NIOCore
import TestSupport
import Testing

/// Connections to the database that serve one session after the other.
@Suite(.aside) struct `Connections to the database` {
    private struct Place {
        let desk: ProxyDesk
        let port: Int
        let database: String

        func client() throws -> WireClient {
            try WireClient(port: port, user: "alice", password: "open alice", database: database)
        }

        /// The processes of PostgreSQL that serve the door, sorted.
        func processes() throws -> [String] {
            let text =
                "SELECT pid FROM pg_stat_activity WHERE datname = '\(database)' AND usename = 'gov_proxy' ORDER BY 1"
            return try PostgreSQLCluster.shared.get().run(text, in: "postgres").compactMap { $0[0] }
        }
    }

    /// A door in front of a database of its own.
    private static func place(
        _ database: String,
        _ change: (inout UpstreamLimits) -> Void = { _ in }
    ) async throws -> Place {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            database,
            "CREATE TABLE t(id int, name text); INSERT INTO t VALUES (1, 'one'), (2, 'two');"
        )
        let desk = try ProxyDesk()
        try desk.add(database, uri: cluster.uri(of: database))
        try desk.publish([ProxyDesk.allow(["t"])])
        let port = try await desk.open {
            $0.upstream.sharing = .session
            $0.upstream.idleSeconds = 600
            $0.upstream.spare = 200
            change(&$0.upstream)
        }
        return Place(desk: desk, port: port, database: database)
    }

    @Test func `serve another session, to which nothing of the former is left`() async throws {
        let place = try await Self.place("pool_reset")
        var used: Set<String> = []
        // Each event loop keeps its own: after some sessions all of them have one.
        let turns = 30 + 4 * System.coreCount
        for turn in 0..<turns {
            let client = try place.client()
            for setting in ["TimeZone", "statement_timeout", "extra_float_digits", "application_name"] {
                let value = client.simple("SHOW \(setting)").rows.first?.first ?? nil
                #expect(value != "Asia/Tokyo" && value != "1234ms" && value != "3" && value != "left behind")
            }
            #expect(client.simple("SHOW transaction_isolation").rows != [["serializable"]])
            #expect(client.simple("EXECUTE kept").errors == ["26000"])
            #expect(client.simple("FETCH ALL FROM held").errors == ["34000"])
            #expect(
                client.simple("SELECT id, name FROM t ORDER BY id").rows == [["1", "one"], ["2", "two"]]
            )
            _ = client.simple("SET TimeZone TO 'Asia/Tokyo'")
            _ = client.simple("SET statement_timeout TO 1234")
            _ = client.simple("SET extra_float_digits TO 3")
            _ = client.simple("SET application_name TO 'left behind'")
            _ = client.simple("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            _ = client.simple("PREPARE kept AS SELECT id FROM t")
            _ = client.simple("DECLARE held CURSOR WITH HOLD FOR SELECT id FROM t")
            switch turn % 4 {
            case 0: _ = client.simple("BEGIN")
            case 1:
                _ = client.simple("BEGIN")
                _ = client.simple("SELECT 1/0")
            case 2: client.send("P", Array("named\0SELECT 1\0\0\0".utf8))
            default: break
            }
            if turn.isMultiple(of: 2) { client.send("X", []) }
            used.formUnion(try place.processes())
            await Task.yield()
        }
        // Some sessions begin before the former one's connection is free again.
        #expect(used.count < turns)
    }

    @Test func `that ended are noticed`() async throws {
        let place = try await Self.place("pool_killed")
        for _ in 0..<6 {
            let client = try place.client()
            #expect(client.simple("SELECT count(*) FROM t").rows == [["2"]])
            client.send("X", [])
            let free = try place.processes()
            let kill =
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN (\(free.joined(separator: ",")))"
            if !free.isEmpty { try PostgreSQLCluster.shared.get().run(kill, in: "postgres") }
            await Task.yield()
        }
    }

    @Test func `are as many as may be, and who waits gets the next`() async throws {
        let place = try await Self.place("pool_full") {
            $0.connections = 2
            $0.waitSeconds = 2
        }
        let first = try place.client()
        let second = try place.client()
        #expect(first.simple("SELECT 1").rows == [["1"]] && second.simple("SELECT 1").rows == [["1"]])
        #expect(throws: (any Error).self) { try place.client() }
        #expect(try place.processes().count == 2)
        first.send("X", [])
        // Whichever loop it comes to, the spare connection or its place is for the next.
        var third: WireClient?
        let end = ContinuousClock.now + .seconds(60)
        while third == nil, ContinuousClock.now < end {
            third = try? place.client()
            await Task.yield()
        }
        #expect(third?.simple("SELECT id FROM t WHERE id = 2").rows == [["2"]])
        #expect(try place.processes().count <= 2)
        withExtendedLifetime(second) {}
    }

    @Test func `serve those alone that began alike`() async throws {
        let place = try await Self.place("pool_settings")
        for number in 0..<12 {
            let zone = number.isMultiple(of: 2) ? "Asia/Tokyo" : "Europe/Berlin"
            let client = try WireClient(
                port: place.port,
                user: "alice",
                password: "open alice",
                database: place.database,
                settings: ["TimeZone": zone]
            )
            #expect(client.simple("SHOW TimeZone").rows == [[zone]])
            _ = client.simple("SET TimeZone TO 'America/Lima'")
            _ = client.simple("SET TimeZone TO DEFAULT")
            #expect(client.simple("SHOW TimeZone").rows == [[zone]])
            client.send("X", [])
            await Task.yield()
        }
    }
}
