import CatalogModel
import Foundation
import GRDBSQLite
import Governance
import TestSupport
import Testing

@testable import DataSources

@Suite(.aside) struct `A SQLite database` {
    private let shelf: Shelf

    init() throws { shelf = try Shelf() }

    private var source: SourceDefinition { shelf.source(.sqlite, "t.sqlite") }

    /// Runs statements on the database, creating it.
    private func run(_ sql: String) {
        var connection: OpaquePointer?
        #expect(sqlite3_open(shelf.path("t.sqlite"), &connection) == SQLITE_OK)
        let code = sqlite3_exec(connection, sql, nil, nil, nil)
        #expect(code == SQLITE_OK, "\(connection.map { String(cString: sqlite3_errmsg($0)) } ?? "")")
        sqlite3_close(connection)
    }

    private func table(_ name: String, _ columns: [(String, DataType)]) -> TableDefinition {
        let table = shelf.table("x", columns)
        return TableDefinition(
            name: table.name,
            source: table.source,
            service: table.service,
            location: name,
            columns: table.columns
        )
    }

    @Test func `has its tables and views as tables, with the types that they declare`() throws {
        run(
            """
            CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(20), born DATE, seen DATETIME, ok BOOLEAN,
                pay DECIMAL(10,2), ratio REAL, photo BLOB, extra JSON, loose, double_name AS (name || name));
            INSERT INTO people VALUES (1, 'Zoë ''Z''', '1980-02-29', '2020-01-01 10:00:00', 1, 12.5, 0.1, x'00ff', '{"a":1}', 7);
            INSERT INTO people (id) VALUES (9007199254740993);
            CREATE VIEW names AS SELECT upper(name) AS "n" FROM people WHERE name IS NOT NULL;
            CREATE TABLE other (a TEXT);
            CREATE INDEX i ON people (name);
            """
        )
        let tables = try shelf.discover(source)
        #expect(tables.map(\.name.description) == ["db.names", "db.other", "db.people"])
        let people = try #require(tables.last)
        #expect(
            people.shape == [
                "id bigint", "name string", "born date", "seen timestamp", "ok boolean", "pay decimal(10,2)",
                "ratio double", "photo binary", "extra json", "loose bigint", "double_name string",
            ]
        )
        let rows = try shelf.read(source, people).rows
        #expect(
            rows.first == [
                "1", "Zoë 'Z'", "1980-02-29", "2020-01-01 10:00:00", "true", "12.5", "0.1", "00ff",
                "{\"a\":1}", "7",
                "Zoë 'Z'Zoë 'Z'",
            ]
        )
        #expect(rows.last?.first == "9007199254740993")
        #expect(rows.last?.dropFirst().allSatisfy { $0 == nil } == true)
        #expect(try shelf.read(source, try #require(tables.first)).rows.count == 1)
    }

    @Test func `is read in batches, each row once`() throws {
        run(
            """
            CREATE TABLE t (a INTEGER);
            WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c WHERE x < 1000) INSERT INTO t SELECT x FROM c;
            """
        )
        var tuning = ReadTuning()
        tuning.batchRows = 250
        let outcome = try shelf.read(source, table("t", [("a", .int)]), tuning: tuning)
        #expect(outcome.rows.map { $0[0] } == (1...1000).map(String.init))
        #expect(outcome.batches == 4)
    }

    @Test func `says for each value what it is: one that doesn't fit is a malformed row`() throws {
        run(
            """
            CREATE TABLE t (a INTEGER, b TEXT);
            INSERT INTO t VALUES (1, 'x'), ('secret-77', 'y'), (2.5, 'z'), (3, x'41'), (4, CAST(x'ff' AS TEXT)), (5, 6);
            """
        )
        let table = table("t", [("a", .int), ("b", .string)])
        let error = failure { _ = try shelf.read(source, table) }
        #expect(error?.message == "table `db.t`, row 2, column `a`: its value is no `int`")
        let outcome = try shelf.read(shelf.source(.sqlite, "t.sqlite", rule: .skip), table)
        #expect(outcome.rows == [["1", "x"], ["5", "6"]])
        #expect(outcome.skipped == 4)
        #expect(try shelf.discover(source).first?.shape == ["a string", "b string"])
    }

    @Test func `may have names with anything in them`() throws {
        run(
            #"CREATE TABLE "a""b; DROP TABLE x" ("c""d" INTEGER, "e.f" TEXT, "1=1" TEXT); INSERT INTO "a""b; DROP TABLE x" VALUES (1, 'x', 'y')"#
        )
        let found = try #require(try shelf.discover(source).first)
        #expect(found.location == #"a"b; DROP TABLE x"#)
        #expect(found.columns.map(\.sourcePath) == [#"c"d"#, "e.f", "1=1"])
        #expect(try shelf.read(source, found).rows == [["1", "x", "y"]])
    }

    @Test func `of which a planned table or column went is refused`() throws {
        run("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)")
        #expect(failure { _ = try shelf.read(source, table("gone", [("a", .int)])) }?.code == .sourceChanged)
        let error = failure { _ = try shelf.read(source, table("t", [("gone", .string)])) }
        #expect(error?.code == .sourceChanged)
        #expect(error?.message.contains("`gone`") == true)
        #expect(
            failure { _ = try shelf.read(source, table("sqlite_master", [("sql", .string)])) }?.code
                == .sourceChanged
        )
    }

    @Test func `with hostile views does no harm, and they are left out`() throws {
        run(
            """
            CREATE TABLE good (a INTEGER); INSERT INTO good VALUES (1);
            CREATE VIEW endless AS WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c) SELECT x FROM c;
            CREATE VIEW huge AS SELECT zeroblob(1000000000) AS x;
            CREATE VIEW loads AS SELECT load_extension('/tmp/evil') AS x FROM good;
            CREATE VIEW random AS SELECT randomblob(10) AS x FROM good;
            CREATE VIEW schema AS SELECT sql FROM sqlite_master;
            CREATE VIEW broken AS SELECT x FROM gone;
            CREATE TRIGGER tr AFTER INSERT ON good BEGIN DELETE FROM good; END;
            CREATE VIRTUAL TABLE words USING fts5(text);
            CREATE VIRTUAL TABLE spans USING rtree(id, low, high);
            CREATE VIEW pragmas AS SELECT name FROM pragma_database_list;
            """
        )
        let names = try shelf.discover(source).map(\.location)
        #expect(names.contains("good"))
        for hostile in [
            "endless", "huge", "loads", "random", "broken", "words", "spans", "words_data", "pragmas",
        ] {
            #expect(!names.contains(hostile), "\(hostile)")
            #expect(
                failure { _ = try shelf.read(source, table(hostile, [("x", .string)])) } != nil,
                "\(hostile)"
            )
        }
    }

    @Test func `that works too long for a row is stopped`() throws {
        run(
            """
            CREATE TABLE n (x INTEGER);
            WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c WHERE x < 2000) INSERT INTO n SELECT x FROM c;
            CREATE VIEW slow AS SELECT count(*) AS c FROM n a, n b, n c, n d WHERE a.x + b.x + c.x + d.x < 0;
            """
        )
        var tuning = ReadTuning()
        tuning.sqlitePatience = .milliseconds(50)
        #expect(try shelf.discover(source, tuning).map(\.location) == ["n"])
        let error = failure { _ = try shelf.read(source, table("slow", [("c", .int)]), tuning: tuning) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `that is none, is damaged, locked or a folder is refused clearly`() throws {
        try shelf.write(String(repeating: "no database at all. ", count: 100), to: "t.sqlite")
        #expect(
            failure { _ = try shelf.discover(source) }?.message
                == "`t.sqlite` is no SQLite database, or an encrypted one"
        )
        try FileManager.default.removeItem(atPath: shelf.path("t.sqlite"))
        run(
            "CREATE TABLE t (a TEXT); WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c WHERE x < 9000) INSERT INTO t SELECT x FROM c;"
        )
        var bytes = Array(try Data(contentsOf: URL(filePath: shelf.path("t.sqlite"))))
        for index in 8192..<20_480 { bytes[index] = 0xAB }
        try shelf.write(bytes, to: "t.sqlite")
        #expect(
            failure { _ = try shelf.read(source, table("t", [("a", .string)])) }?.message.contains("damaged")
                == true
        )
        #expect(failure { _ = try shelf.discover(shelf.source(.sqlite)) }?.code == .invalidRequest)
    }

    @Test func `that is locked by another program is refused after a while`() throws {
        run("CREATE TABLE t (a TEXT)")
        var connection: OpaquePointer?
        #expect(sqlite3_open(shelf.path("t.sqlite"), &connection) == SQLITE_OK)
        defer { sqlite3_close(connection) }
        #expect(
            sqlite3_exec(connection, "BEGIN EXCLUSIVE; INSERT INTO t VALUES ('x')", nil, nil, nil)
                == SQLITE_OK
        )
        var tuning = ReadTuning()
        tuning.sqliteLockPatience = .zero
        #expect(
            failure { _ = try shelf.discover(source, tuning) }?.message.contains("locked by another program")
                == true
        )
    }

    @Test func `can't be written, whatever a statement says`() throws {
        run("CREATE TABLE t (a TEXT)")
        let handle = try SQLiteHandle(path: shelf.path("t.sqlite"), tuning: ReadTuning())
        for sql in [
            "INSERT INTO t VALUES ('x')", "ATTACH '/tmp/x' AS x", "PRAGMA query_only = OFF", "DROP TABLE t",
            "VACUUM INTO '/tmp/y'", "SELECT load_extension('x')", "CREATE TEMP TABLE u (a)",
        ] {
            #expect(throws: SQLiteFault.self, "\(sql)") { _ = try handle.prepare(sql).step() }
        }
    }
}
