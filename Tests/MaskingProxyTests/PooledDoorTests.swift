import CatalogModel
import Foundation
import MaskingProxy
import TestSupport
import Testing

/// The SQL door when many sessions use few connections to the database in turn.
@Suite(.aside) struct `Few connections for many sessions` {
    private struct Place {
        let desk: ProxyDesk
        let port: Int
        let database: String

        func client(_ user: String = "alice") throws -> WireClient {
            try WireClient(port: port, user: user, password: "open \(user)", database: database)
        }

        /// Asks the cluster about the door's connections to this database.
        func ask(_ what: String, where condition: String = "true") throws -> [String] {
            let text = """
                SELECT \(what) FROM pg_stat_activity
                WHERE datname = '\(database)' AND usename = 'gov_proxy' AND application_name <> 'scan' AND \(condition)
                """
            return try PostgreSQLCluster.shared.get().run(text, in: "postgres").compactMap { $0[0] }
        }
    }

    private static func place(
        _ database: String,
        connections: Int,
        wait: Int64 = 100
    ) async throws -> Place {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            database,
            """
            CREATE TABLE t(id int, name text, pin text);
            INSERT INTO t SELECT i, 'name' || i, 'SECRET-' || i || '6789' FROM generate_series(1, 9) i;
            """
        )
        let desk = try ProxyDesk()
        try desk.add(database, uri: cluster.uri(of: database))
        try desk.publish([ProxyDesk.allow(["t"]), ProxyDesk.mask("t", "pin", "MASK_SHOW_LAST_4")])
        let port = try await desk.open {
            $0.upstream.sharing = .transaction
            $0.upstream.connections = connections
            $0.upstream.waitSeconds = wait
        }
        return Place(desk: desk, port: port, database: database)
    }

    @Test func `a session waits for a transaction to end, or is told how to go on`() async throws {
        let place = try await Self.place("few_full", connections: 1, wait: 1)
        let holder = try place.client()
        #expect(holder.simple("BEGIN; SELECT 1").rows == [["1"]])
        let other = try place.client()
        let refused = other.simple("SELECT 2")
        #expect(refused.errors == ["53300"] && refused.last?.body == [UInt8(ascii: "I")])
        #expect(other.extended("SELECT 2").errors == ["53300"])
        #expect(holder.simple("COMMIT").errors.isEmpty)
        // Whichever loop it lives on, the connection or its place comes to it.
        var rows: [[String?]] = []
        let end = ContinuousClock.now + .seconds(60)
        while rows.isEmpty, ContinuousClock.now < end { rows = other.simple("SELECT 2").rows }
        #expect(rows == [["2"]])
    }

    @Test func `a statement that waits is cancelled alone`() async throws {
        let place = try await Self.place("few_cancel", connections: 1)
        let holder = try place.client()
        #expect(holder.simple("BEGIN; SELECT 1").rows == [["1"]])
        let waiting = try place.client()
        waiting.send("Q", Array("SELECT 2\0".utf8))
        let canceller = Task.detached(executorPreference: TestThreads.shared) {
            while !Task.isCancelled {
                let cancel = try WireClient(port: place.port)
                cancel.sendRaw(
                    WireClient.bytes(Int32(16)) + WireClient.bytes(Int32(80_877_102))
                        + WireClient.bytes(waiting.process) + WireClient.bytes(waiting.secret)
                )
                _ = try? cancel.receiveByte()
            }
        }
        let answer = waiting.receiveAll()
        canceller.cancel()
        #expect(answer.errors == ["57014"])
        #expect(holder.simple("SELECT 3").rows == [["3"]])
        #expect(holder.simple("COMMIT").errors.isEmpty)
    }

    @Test func `connections that break are missed by those alone who were in a transaction`() async throws {
        let place = try await Self.place("few_broken", connections: 2)
        let outside = try place.client()
        let inside = try place.client()
        #expect(outside.simple("SELECT 1").rows == [["1"]])
        #expect(inside.simple("BEGIN; SELECT 2").rows == [["2"]])
        _ = try place.ask("pg_terminate_backend(pid)")
        let end = ContinuousClock.now + .seconds(60)
        while try !place.ask("pid").isEmpty, ContinuousClock.now < end { await Task.yield() }
        #expect(outside.simple("SELECT 3").rows == [["3"]])
        #expect(inside.simple("SELECT 4").errors == ["57P01"])
    }

    @Test func `a session reaches nothing that another one has prepared or set`() async throws {
        let place = try await Self.place("few_apart", connections: 1)
        let first = try place.client()
        let sync = WireClient.message("S", [])
        func parse(_ name: String, _ sql: String) -> [UInt8] {
            WireClient.message("P", Array(name.utf8) + [0] + Array(sql.utf8) + [0, 0, 0])
        }
        func run(_ name: String) -> [UInt8] {
            WireClient.message("B", [0] + Array(name.utf8) + [0, 0, 0, 0, 0, 0, 0])
                + WireClient.message("E", [0] + WireClient.bytes(Int32(0))) + sync
        }
        first.sendRaw(
            parse("p", "SELECT pin FROM t WHERE id = 1") + parse("", "SELECT name FROM t WHERE id = 1") + sync
        )
        #expect(first.receiveAll().errors.isEmpty)
        #expect(first.simple("SET statement_timeout TO 54321").errors.isEmpty)
        let prepared = try PostgreSQLCluster.shared.get().run(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(place.database)' AND query LIKE '%settings%'",
            in: "postgres"
        )
        #expect(prepared == [["1"]], "the connection was asked for its settings")
        let second = try place.client("bob")
        let hidden = ["p", "", "steward_refusal", "steward_none"]
        for name in hidden {
            second.sendRaw(run(name))
            #expect(second.receiveAll().errors == ["26000"], "\(name)")
        }
        #expect(second.simple("EXECUTE p").errors == ["26000"])
        #expect(second.simple("EXECUTE \"steward_p\"").errors == ["42939"])
        #expect(second.simple("SHOW statement_timeout").rows == [["5min"]])
        first.sendRaw(run("p"))
        #expect(first.receiveAll().rows == [["xxxxxx-x6789"]])
        #expect(first.simple("SHOW statement_timeout").rows == [["54321ms"]])
        #expect(try place.ask("pid").count == 1)
    }

    @Test func `what outlives transactions keeps its connection`() async throws {
        let place = try await Self.place("few_held", connections: 3)
        let first = try place.client()
        #expect(first.simple("DECLARE c CURSOR WITH HOLD FOR SELECT id FROM t ORDER BY id").errors.isEmpty)
        #expect(first.simple("PREPARE q AS SELECT name FROM t WHERE id = 5").errors.isEmpty)
        let second = try place.client()
        for _ in 0..<3 {
            #expect(second.simple("FETCH 1 FROM c").errors == ["34000"])
            #expect(second.simple("SELECT 1").rows == [["1"]])
        }
        #expect(first.simple("FETCH 2 FROM c").rows == [["1"], ["2"]])
        #expect(first.simple("EXECUTE q").rows == [["name5"]])
    }

    @Test func `a change of policy reaches sessions that hold nothing`() async throws {
        let place = try await Self.place("few_policy", connections: 1)
        let client = try place.client()
        let sync = WireClient.message("S", [])
        client.sendRaw(
            WireClient.message("P", Array("p\0SELECT name FROM t WHERE id = 1\0".utf8) + [0, 0]) + sync
        )
        #expect(client.receiveAll().errors.isEmpty)
        try place.desk.publish([ProxyDesk.mask("t", "name", "MASK_NULL")])
        client.sendRaw(
            WireClient.message("B", Array("\0p\0".utf8) + [0, 0, 0, 0, 0, 0])
                + WireClient.message("E", [0] + WireClient.bytes(Int32(0))) + sync
        )
        #expect(client.receiveAll().errors == ["0A000"])
        #expect(client.simple("SELECT name FROM t WHERE id = 1").rows == [[nil]])
    }

    @Test func `a portal that a failed text left is not run`() async throws {
        let place = try await Self.place("few_portal", connections: 1)
        let client = try place.client()
        #expect(client.simple("BEGIN").errors.isEmpty)
        #expect(client.simple("SELECT 1/0").errors == ["22012"])
        client.sendRaw(
            WireClient.message("E", [0] + WireClient.bytes(Int32(0))) + WireClient.message("S", [])
        )
        #expect(client.receiveAll().errors == ["34000"])
        #expect(client.simple("ROLLBACK").errors.isEmpty)
        #expect(client.simple("SELECT 1").rows == [["1"]])
    }
}
