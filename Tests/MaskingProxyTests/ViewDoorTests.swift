import CatalogModel
import DataSources
import Foundation
import Governance
import QueryAnalysis
import TestSupport
import Testing

/// What people at the door, and those who own the database, see of views for row filters.
@Suite(.aside) struct `Views for row filters at the door` {
    @Test func `that are gone are not missed for long`() async throws {
        let desk = try ViewDesk(ViewDesk.database("views_gone"))
        let client = try await Self.client(desk, "views_gone")
        let sql = "SELECT id FROM t WHERE id < 4 ORDER BY id"
        let expected: [[String?]] = [["1"], ["2"]]
        #expect(client.simple(sql).rows == expected)
        #expect(client.simple("PREPARE p AS \(sql)").errors.isEmpty)
        for ask in [{ client.simple(sql) }, { client.extended(sql) }, { client.simple("EXECUTE p") }] {
            if client.simple("EXECUTE p").rows != expected {
                _ = client.simple("DEALLOCATE p")
                #expect(client.simple("PREPARE p AS \(sql)").errors.isEmpty)
            }
            let name = try #require(try desk.there().first)
            try desk.run("DROP VIEW governed.\(name)")
            let answer = ask()
            #expect(answer.errors == ["0A000"])
            #expect(answer.rows.isEmpty)
            #expect(client.simple(sql).rows == expected, "the next statement is planned anew")
            #expect(client.extended(sql).rows == expected)
            #expect(try desk.there() == [name])
        }
        // A statement of the first view was prepared over one that is gone.
        #expect(client.simple("EXECUTE p").errors == ["0A000"])
        // With its owner's leave or without: never anything weaker.
        try desk.run("DROP SCHEMA governed CASCADE")
        #expect(client.simple(sql).errors == ["0A000"])
        #expect(client.simple(sql).rows == expected)
        #expect(client.simple("SELECT id FROM t WHERE id = 3").rows.isEmpty, "a hidden row")
        withExtendedLifetime(desk) {}
    }

    @Test func `are kept for a cursor as long as its transaction`() async throws {
        let desk = try ViewDesk(ViewDesk.database("views_cursor"))
        let client = try await Self.client(desk, "views_cursor")
        _ = client.simple("BEGIN; DECLARE c CURSOR FOR SELECT id FROM t ORDER BY id; FETCH 1 FROM c")
        let name = try #require(try desk.there().first)
        #expect(throws: PostgreSQLCluster.Failure.self) {
            try desk.run("SET lock_timeout = '50ms'; DROP VIEW governed.\(name)")
        }
        #expect(!desk.views.drop(name), "another Steward's")
        #expect(client.simple("FETCH 1 FROM c").rows == [["2"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `can't be named, and stand in no catalog`() async throws {
        let desk = try ViewDesk(ViewDesk.database("views_hidden"))
        let client = try await Self.client(desk, "views_hidden")
        _ = client.simple("SELECT id FROM t")
        let name = try #require(try desk.there().first)
        for sql in [
            "SELECT * FROM governed.\(name)", "TABLE governed.\(name)", "SELECT governed.\(name) FROM t",
            "SELECT '\(name)'::regclass", "SELECT 'governed.\(name)'::regclass",
            "COPY governed.\(name) TO STDOUT",
            "SELECT \(name).id FROM t", "SET search_path TO governed",
        ] {
            for answer in [client.simple(sql), client.extended(sql)] {
                #expect(!answer.errors.isEmpty, "\(sql)")
            }
        }
        // Nor by way of a path that a session begins with.
        let port = try await desk.desk.open()
        let within = try WireClient(
            port: port,
            user: "alice",
            password: "open alice",
            database: "views_hidden",
            settings: ["search_path": "governed, public"]
        )
        #expect(within.simple("SELECT count(*) FROM t").rows == [["40"]])
        #expect(within.simple("SELECT * FROM \(name)").errors == ["42P01"])
        let catalogs = client.simple(
            """
            SELECT count(*) FROM pg_class WHERE relname LIKE 'v\\_%' UNION ALL
            SELECT count(*) FROM pg_namespace WHERE nspname = 'governed' UNION ALL
            SELECT count(*) FROM pg_views WHERE schemaname = 'governed'
            """
        )
        #expect(catalogs.rows == [["0"], ["0"], ["0"]])
        _ = try desk.desk.cases.editing.scan(SourceName("views_hidden"), by: desk.desk.admin)
        // A source that knows nothing of the schema finds none either.
        try desk.desk.add("plain", uri: try PostgreSQLCluster.shared.get().uri(of: "views_hidden"))
        let tables = try desk.desk.cases.browsing.tables(for: desk.desk.admin)
        #expect(tables.count == 4)
        #expect(!tables.contains { $0.definition.name.description.contains("governed") })
        withExtendedLifetime(desk) {}
    }

    @Test func `have their origins known, so that a masked column is told from a clear one`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_origins"))
        let session = try desk.session()
        let view = try #require(try desk.rewrite(in: session).reads.views.first)
        let numbers = Dictionary(uniqueKeysWithValues: zip(view.text.columns, (1 as Int16)...))
        let clear = { session.isClear(relation: view.identifier, column: numbers[$0] ?? 0) }
        #expect(clear("id") && clear("region"))
        #expect(!clear("secret"))
        #expect(!session.isClear(relation: view.identifier, column: 6))
        #expect(!session.isClear(relation: view.identifier, column: -1))
    }

    @Test func `are in what is explained and in the audit log`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_audit"))
        let view = try desk.view()
        _ = try desk.rewrite("SELECT id FROM ONLY t")
        let lines = try desk.desk.cases.auditing.tail(
            10,
            user: UserName("alice"),
            resource: nil,
            by: desk.desk.admin
        )
        #expect(
            lines.map(\.fences) == [
                ["views_audit.public.t: view \(view.name)"],
                ["views_audit.public.t: in place: the statement says ONLY"],
            ]
        )
        let explained = try desk.desk.explained("SELECT id FROM t", "views_audit")
        #expect(explained.fences.map(\.how) == ["view \(view.name)"])
        #expect(explained.fences.first?.query?.contains("WHERE") == true)
        // Nothing is made for it.
        try desk.desk.publish(ViewDesk.policies("id = 1"))
        _ = try desk.desk.explained("SELECT id FROM t", "views_audit")
        #expect(try desk.there() == [view.name.name])
    }

    @Test func `are released for those who own the tables`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_released"))
        let statement = try desk.rewrite()
        let name = try #require(statement.reads.views.first).name
        #expect(throws: PostgreSQLCluster.Failure.self) { try desk.run("ALTER TABLE t DROP COLUMN secret") }
        let sources = desk.desk.cases.statements
        let count = try sources.release(
            SourceName("views_released"),
            desk.views,
            minutes: 10,
            by: desk.desk.admin
        )
        #expect(count == 1)
        #expect(try desk.there().isEmpty)
        try desk.run("ALTER TABLE t DROP COLUMN secret")
        try desk.governance.refresh()
        #expect(!statement.reads.stands)
        #expect(try desk.refusal()?.contains("were released") == true)
        #expect(try desk.there().isEmpty)
        // As if the minutes were over.
        #expect(
            try sources.release(SourceName("views_released"), desk.views, minutes: 0, by: desk.desk.admin)
                == 0
        )
        desk.pass(seconds: 61)
        try desk.governance.refresh()
        #expect(try desk.view("SELECT id FROM t").name != name, "its columns are others")
    }

    @Test func `need a schema of the service account's own, and say how to make it`() throws {
        let cluster = try PostgreSQLCluster.shared.get()
        let desk = try ViewDesk(ViewDesk.database("views_schema"))
        for (script, says) in [
            ("SELECT 1", "`CREATE SCHEMA \"elsewhere\" AUTHORIZATION \"gov_proxy\"`"),
            ("CREATE SCHEMA elsewhere", "belongs to `postgres`"),
        ] {
            try desk.run(script)
            let error = #expect(throws: GovernanceError.self) {
                let source = SourceDefinition(
                    name: SourceName("other"),
                    kind: .postgres,
                    path: cluster.uri(of: "views_schema"),
                    service: ServiceName("db"),
                    database: "other",
                    options: SourceOptions(viewSchema: "elsewhere")
                )
                _ = try desk.desk.cases.editing.add(source, replacing: false, by: desk.desk.admin)
            }
            #expect(error?.code == .invalidRequest)
            #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        }
        // It was there and is taken away: statements go on with their fence in place.
        try desk.run("ALTER SCHEMA governed OWNER TO postgres")
        #expect(try desk.refusal()?.contains("belongs to `postgres`") == true)
        #expect(desk.governance.viewObstacle != nil)
        try desk.run("ALTER SCHEMA governed OWNER TO gov_proxy")
        desk.pass(seconds: 61)
        try desk.governance.refresh()
        #expect(desk.governance.viewObstacle == nil)
        #expect(try desk.view().stands)
    }

    @Test(arguments: ["public", "pg_toast", "information_schema", ""])
    func `can't be in a schema that is for something else`(schema: String) throws {
        let source = SourceDefinition(
            name: SourceName("other"),
            kind: .postgres,
            path: "postgresql://reader@localhost/shop",
            service: ServiceName("db"),
            database: "other",
            options: SourceOptions(viewSchema: schema)
        )
        #expect(throws: GovernanceError.self) { try FileSources().rowSource(for: source) }
    }

    @Test func `are none on a standby, which only reads`() throws {
        let cluster = try PostgreSQLCluster()
        try cluster.make(
            "views_standby",
            "CREATE TABLE t(id int, region text, secret text); CREATE TABLE o(id int); INSERT INTO t VALUES (1, 'EU', 'x')"
        )
        _ = try cluster.makeViewSchema(in: "views_standby")
        let standby = try cluster.standby()
        let desk = try ViewDesk("views_standby", uri: standby.uri(of: "views_standby"))
        #expect(try desk.refusal()?.contains("read-only standby") == true)
        #expect(
            try PostgreSQLDatabase(uri: standby.uri(of: "views_standby")).rows(
                of: desk.rewrite("SELECT id FROM t")
            ).rows == [["1"]]
        )
    }

    private static func client(_ desk: ViewDesk, _ database: String) async throws -> WireClient {
        try WireClient(
            port: try await desk.desk.open(),
            user: "alice",
            password: "open alice",
            database: database
        )
    }
}
