import CatalogModel
import Foundation
import GRDBSQLite
import Governance
import Masking
import PolicyEngine
import TestSupport
import Testing

/// Views of SQLite files: read only where their query means the same here, and never past the policies of their tables.
@Suite(.aside) struct `Views of files` {
    private static func shop(_ script: String) async throws -> (
        desk: ProxyDesk, client: WireClient, file: URL
    ) {
        let desk = try ProxyDesk()
        let file = desk.folder.appending(path: "shop.sqlite")
        try run(script, in: file)
        try desk.addFiles("shop", .sqlite, file.path)
        let port = try await desk.open()
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
        return (desk, client, file)
    }

    private static func run(_ script: String, in file: URL) throws {
        var database: OpaquePointer?
        #expect(sqlite3_open(file.path, &database) == SQLITE_OK)
        defer { sqlite3_close(database) }
        try #require(sqlite3_exec(database, script, nil, nil, nil) == SQLITE_OK)
    }

    @Test func `are read where both databases mean the same`() async throws {
        let tables = """
            CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, x DOUBLE, n INTEGER, s TEXT);
            INSERT INTO t VALUES (1, 'Secret one', 2.5, 7, '5'), (2, 'open', 3.5, NULL, '12'), (3, 'SECRET two', NULL, 9, '7');
            CREATE TABLE u (t INTEGER, word TEXT);
            INSERT INTO u VALUES (1, 'a'), (3, 'b');
            """
        let same = [
            "v1": "SELECT id, name FROM t WHERE name = 'open' OR n > 8",
            "v2": "SELECT t.id, u.word FROM t LEFT JOIN u ON u.t = t.id WHERE NOT (t.n IS NULL)",
            "v3": "SELECT * FROM t WHERE id IN (1, 2) AND x BETWEEN 2.0 AND 3.0",
        ]
        let others = [
            "o1": "SELECT id FROM t WHERE name NOT LIKE 'secret%'",
            "o2": "SELECT id FROM t ORDER BY n LIMIT 1",
            "o3": "SELECT id FROM t WHERE name = 'OPEN' COLLATE NOCASE",
            "o4": "SELECT CAST(x AS integer) i FROM t",
            "o5": "SELECT id FROM t WHERE s > 5", "o6": "SELECT id FROM t WHERE n > '8'",
            "o7": "SELECT n / 2 h FROM t",
            "o8": "SELECT DISTINCT name FROM t", "o9": "SELECT id FROM t WHERE s = n",
            "o10": "SELECT id FROM (SELECT id FROM t)", "o11": "SELECT count(*) c FROM t",
        ]
        let views = (Array(same) + Array(others)).map { "CREATE VIEW \($0.key) AS \($0.value);" }
        let (desk, client, _) = try await Self.shop(tables + views.joined(separator: "\n"))
        try desk.publish(FileDesk.policies([ProxyDesk.allow(["*"])]))
        #expect(client.simple("SELECT * FROM v1 ORDER BY id").rows == [["2", "open"], ["3", "SECRET two"]])
        #expect(client.simple("SELECT * FROM v2 ORDER BY id").rows == [["1", "a"], ["3", "b"]])
        #expect(client.simple("SELECT id FROM v3").rows == [["1"]])
        for name in others.keys {
            #expect(client.simple("SELECT * FROM \(name)").errors == ["0A000"], "\(name)")
        }
        withExtendedLifetime(desk) {}
    }

    @Test func `are nothing where columns are compared in ways of their own`() async throws {
        let script = """
            CREATE TABLE t (id INTEGER, name TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'a');
            CREATE VIEW v AS SELECT id FROM t WHERE name = 'A';
            """
        let (desk, client, _) = try await Self.shop(script)
        try desk.publish(FileDesk.policies([ProxyDesk.allow(["*"])]))
        #expect(client.simple("SELECT * FROM v").errors == ["0A000"])
        #expect(client.simple("SELECT * FROM t").rows == [["1", "a"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `that take a table's place show nothing of what they are over`() async throws {
        let script = """
            CREATE TABLE priv (id INTEGER, name TEXT); INSERT INTO priv VALUES (1, 'hidden');
            CREATE TABLE conv (id INTEGER, name TEXT); INSERT INTO conv VALUES (2, 'shown');
            """
        let (desk, client, file) = try await Self.shop(script)
        try desk.publish(FileDesk.policies([ProxyDesk.allow(["conv"])]))
        #expect(client.simple("SELECT * FROM conv").rows == [["2", "shown"]])
        #expect(client.simple("SELECT * FROM priv").errors.count == 1)
        try Self.run("DROP TABLE conv; CREATE VIEW conv AS SELECT * FROM priv", in: file)
        for _ in 0..<3 {
            let answer = client.simple("SELECT * FROM conv")
            #expect(answer.errors.count == 1)
            #expect(answer.rows.isEmpty)
        }
        withExtendedLifetime(desk) {}
    }

    /// What `steward read` says of a table as alice: its first column, or the code of its refusal.
    private static func read(_ table: String, _ desk: ProxyDesk) -> [String] {
        do {
            let name = try #require(TableName(table))
            let rows = try desk.cases.read.open(
                TableRead(table: name),
                for: desk.admin,
                as: UserName("alice")
            )
            var values: [String] = []
            while let batch = try rows.next() {
                values += (0..<batch.rowCount).map { batch.columns[0].unmaskedText($0) ?? "NULL" }
            }
            return values
        } catch let error as GovernanceError { return ["\(error.code)"] } catch { return ["\(error)"] }
    }

    @Test func `are read past no policy of what they are over, without SQL, too`() async throws {
        let script = """
            CREATE TABLE t (id INTEGER, name TEXT, salary INTEGER); INSERT INTO t VALUES (1, 'Ann', 9), (2, 'Bo', 8);
            CREATE TABLE u (id INTEGER); INSERT INTO u VALUES (7);
            CREATE VIEW plain AS SELECT id FROM T; CREATE VIEW paid AS SELECT salary FROM t;
            CREATE VIEW high AS SELECT id FROM t WHERE salary > 8; CREATE VIEW every AS SELECT * FROM t;
            CREATE VIEW twice AS SELECT id FROM high; CREATE VIEW keys AS SELECT rowid AS k FROM t;
            CREATE VIEW odd AS SELECT hex(salary) AS s FROM t; CREATE VIEW other AS SELECT hex(id) AS h FROM u;
            """
        let (desk, client, file) = try await Self.shop(script)
        let all = ["plain", "paid", "high", "every", "twice", "keys", "odd", "other"]
        func outcomes(_ policies: [Policy]) throws -> [[String]] {
            try desk.publish(FileDesk.policies(policies))
            return all.map { Self.read("shop.\($0)", desk) }
        }
        let readers = [
            ["1", "2"], ["9", "8"], ["1"], ["1", "2"], ["1"], ["1", "2"], ["39", "38"], ["37"],
        ]
        #expect(try outcomes([ProxyDesk.allow(["*"])]) == readers)
        let no = ["denied"]
        #expect(
            try outcomes([ProxyDesk.mask("t", "name", "MASK")])
                == [["1", "2"], ["9", "8"], ["1"], no, ["1"], no, no, no]
        )
        // Each comes on top of those before.
        #expect(
            try outcomes([ProxyDesk.deny("t", "salary")])
                == [["1", "2"], no, no, no, no, no, no, no]
        )
        #expect(
            try outcomes([ProxyDesk.filter("t", "id = 1")])
                == [no, no, no, no, no, no, no, no]
        )
        // SQLite opens a view whatever the case of its name, so that is no way round either.
        try desk.publish(FileDesk.policies([ProxyDesk.allow(["*"]), ProxyDesk.deny("t", "salary")]))
        try Self.run("DROP VIEW paid; CREATE VIEW PAID AS SELECT salary FROM t", in: file)
        #expect(Self.read("shop.paid", desk) == no)
        try desk.publish(FileDesk.policies([ProxyDesk.filter("t", "id = 1")]))
        // In SQL the policies of the tables are carried out beneath the view.
        #expect(client.simple("SELECT * FROM plain").rows == [["1"]])
        withExtendedLifetime(desk) {}
    }
}
