import CatalogModel
import DataSources
import Foundation
import Governance
import QueryAnalysis
import TestSupport
import Testing

/// Views for row filters come when they are needed, are what they should be, and go when nobody wants them.
@Suite(.aside) struct `Views for row filters` {
    @Test func `are made when first needed, called by their content, and used by all of the same content`()
        throws
    {
        let desk = try ViewDesk(ViewDesk.database("views_made"))
        #expect(try desk.there().isEmpty)
        _ = try desk.rewrite("SELECT id FROM o")
        _ = try desk.rewrite("SELECT relname FROM pg_class")
        #expect(try desk.there().isEmpty, "nothing needed one")
        let view = try desk.view()
        #expect(try desk.there() == [view.name.name])
        #expect(try desk.view("SELECT count(*) FROM t a JOIN t b USING (id)", as: "carol") === view)
        #expect(
            try desk.rewrite("SELECT id, secret FROM t").text.contains("\"governed\".\"\(view.name.name)\"")
        )
        let shape = try desk.run(
            """
            SELECT reloptions::text, relowner::regrole::text, pg_get_viewdef(oid), relacl::text
            FROM pg_class WHERE relname = '\(view.name.name)'
            """
        )
        #expect(shape[0][0] == "{security_barrier=true}")
        #expect(shape[0][1] == "gov_proxy")
        #expect(shape[0][2]?.contains("WHERE (t.region = 'EU'::text)") == true)
        let grants = shape[0][3] ?? "{gov_proxy=}"
        #expect(grants.hasPrefix("{gov_proxy=") && !grants.contains(","), "others may read it")
        #expect(view.text.columns == ["id", "owner", "region", "secret", "made"])
    }

    @Test func `differ for each user whom a filter names`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_users"), filter: "owner = {USER}")
        let own = try desk.view()
        let other = try desk.view(as: "carol")
        #expect(own.name != other.name)
        #expect(try desk.there().count == 2)
    }

    @Test func `follow policy at once`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_policy"))
        let session = try desk.session()
        let first = try desk.rewrite(in: session)
        try desk.desk.publish(ViewDesk.policies("region = 'US'"))
        let second = try desk.rewrite(in: session)
        #expect(first.reads.views[0].name != second.reads.views[0].name)
        let threads = try #require(ParserThreads(count: 1))
        #expect(threads.run { (try? session.stillHolds(first.reads)) == false })
    }

    @Test func `go when nothing has used them for a while`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_unused"))
        var held: RewrittenStatement? = try desk.rewrite()
        for _ in 0..<3 {
            try desk.governance.refresh()
            desk.pass(seconds: 4000)
        }
        try desk.governance.refresh()
        #expect(try desk.there().count == 1, "a statement that may be prepared holds it")
        #expect(held?.reads.stands == true)
        held = nil
        try desk.governance.refresh()
        #expect(try desk.there().count == 1, "it has only just become unused")
        desk.pass(seconds: 3000)
        try desk.governance.refresh()
        #expect(try desk.there().count == 1)
        desk.pass(seconds: 700)
        try desk.governance.refresh()
        #expect(try desk.there().isEmpty)
        #expect(try desk.view().stands, "it is made again")
    }

    @Test func `of others that are left are dropped, those in use are not`() throws {
        let database = try ViewDesk.database("views_left")
        do {
            let former = try ViewDesk(database, filter: "region <> 'US'")
            _ = try former.view()
        }
        let using = try ViewDesk(database)
        let used = try using.view()
        let desk = try ViewDesk(database, filter: "id > 7")
        let own = try desk.view()
        try desk.governance.refresh()
        #expect(try desk.there().count == 3)
        desk.pass(seconds: 4000)
        try desk.governance.refresh()
        #expect(try desk.there() == [own.name.name, used.name.name].sorted())
    }

    @Test func `are made by one door, whichever comes first`() async throws {
        let database = try ViewDesk.database("views_doors")
        let desks = try (0..<4).map { _ in try ViewDesk(database) }
        let tasks = desks.map { desk in
            Task.detached(executorPreference: TestThreads.shared) { try desk.view().identifier }
        }
        var found: Set<UInt32> = []
        for task in tasks { found.insert(try await task.value) }
        #expect(found.count == 1, "each believes the same view")
        #expect(try desks[0].there().count == 1)
    }

    @Test func `that somebody changed are not believed`() throws {
        let database = try ViewDesk.database("views_changed")
        let desk = try ViewDesk(database)
        let changes = [
            "CREATE OR REPLACE VIEW governed.% WITH (security_barrier = true) AS SELECT id, owner, region, secret, made FROM t",
            "ALTER VIEW governed.% SET (security_barrier = false)", "GRANT SELECT ON governed.% TO PUBLIC",
            "GRANT SELECT (id) ON governed.% TO PUBLIC",
            "ALTER VIEW governed.% SET (security_invoker = true)",
            "ALTER VIEW governed.% RENAME COLUMN secret TO region2",
        ]
        for change in changes {
            let before = try desk.rewrite()
            let name = before.reads.views[0].name.name
            try desk.run(change.replacing("%", with: name))
            try desk.governance.refresh()
            #expect(!before.reads.stands, "what was prepared goes on: \(change)")
            let again = try desk.view()
            #expect(again.stands && again.name.name == name)
            let found = try desk.run(
                "SELECT reloptions::text, relacl::text FROM pg_class WHERE relname = '\(name)'"
            )
            #expect(found[0][0] == "{security_barrier=true}", "\(change)")
            // Another door sees it first, before anybody has looked.
            try desk.run(change.replacing("%", with: name))
            let other = try ViewDesk(database)
            _ = try other.view()
            let query = try desk.run(
                "SELECT pg_get_viewdef(oid), relacl::text FROM pg_class WHERE relname = '\(name)'"
            )
            #expect(query[0][0]?.contains("WHERE (t.region = 'EU'::text)") == true, "\(change)")
            #expect(query[0][1]?.contains("=r/") != true, "\(change)")
            try desk.governance.refresh()
        }
    }

    /// A view follows a table that is renamed, and policy is about names.
    @Test func `follow the name of a table when another one takes it`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_swapped"))
        let before = try desk.rewrite()
        try desk.run(
            """
            CREATE TABLE other (LIKE t INCLUDING ALL); INSERT INTO other(id, region) VALUES (77, 'EU'), (78, 'US');
            GRANT SELECT ON other TO gov_proxy; ALTER TABLE t RENAME TO former; ALTER TABLE other RENAME TO t
            """
        )
        try desk.governance.refresh()
        #expect(!before.reads.stands)
        let statement = try desk.rewrite("SELECT id FROM t")
        #expect(statement.reads.views.map(\.name) == before.reads.views.map(\.name))
        #expect(try desk.run(statement.text) == [["77"]])
    }

    @Test func `of somebody else's are left alone`() throws {
        let database = try ViewDesk.database("views_foreign")
        let name = try {
            let desk = try ViewDesk(database)
            let name = try desk.view().name.name
            try desk.run("DROP VIEW governed.\(name); CREATE VIEW governed.\(name) AS SELECT * FROM t")
            return name
        }()
        let desk = try ViewDesk(database)
        #expect(try desk.refusal()?.contains("belongs to `postgres`") == true)
        #expect(try desk.there() == [name])
        try desk.run("DROP VIEW governed.\(name)")
        #expect(try desk.refusal() != nil, "it isn't tried again at once")
        desk.pass(seconds: 61)
        #expect(try desk.view().name.name == name)
    }

    @Test func `that are no views for anybody else stay so whatever the default privileges`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_privileges"))
        try desk.run(
            """
            CREATE ROLE "views reader"; ALTER DEFAULT PRIVILEGES FOR ROLE gov_proxy IN SCHEMA governed
              GRANT SELECT ON TABLES TO "views reader", PUBLIC
            """
        )
        let view = try desk.view()
        let found = try desk.run(
            "SELECT has_table_privilege('views reader', oid, 'SELECT') FROM pg_class WHERE relname = '\(view.name.name)'"
        )
        #expect(found[0][0] == "f")
    }

    @Test func `are too many at some time`() throws {
        let desk = try ViewDesk(ViewDesk.database("views_limit"))
        let made = (0..<PostgreSQLViews.limit).map { number in
            let digits = String(number, radix: 16)
            return
                "CREATE VIEW governed.v_\(String(repeating: "0", count: 32 - digits.count))\(digits) AS SELECT 1"
        }
        try desk.run("SET ROLE gov_proxy; \(made.joined(separator: ";")); RESET ROLE")
        #expect(try desk.refusal()?.contains("500 views already") == true)
        // Those were nobody's: they go, and there is room.
        desk.pass(seconds: 4000)
        for _ in 0..<12 {
            try desk.governance.refresh()
            desk.pass(seconds: 4000)
        }
        #expect(try desk.view().stands)
    }

    @Test func `have none where a literal may mean another moment`() throws {
        let filter = "made < 'Tomorrow' OR id IN (SELECT -1 FROM o)"
        let desk = try ViewDesk(ViewDesk.database("views_moments"), filter: filter)
        #expect(try desk.obstacle() == .momentInLiteral)
        let other = "made < now() AND owner <> 'tom' AND \"made\" > '2001-01-01'"
        try desk.desk.publish(ViewDesk.policies(other))
        #expect(try desk.obstacle() == nil)
    }

    @Test func `have none of their own where ONLY is said, or the relation is a view`() throws {
        let database = try ViewDesk.database("views_none")
        let script = "CREATE VIEW v AS SELECT id, owner FROM t; GRANT SELECT ON v TO gov_proxy"
        try PostgreSQLCluster.shared.get().run(script, in: database)
        let desk = try ViewDesk(database)
        try desk.desk.publish([ProxyDesk.allow(["t", "o", "v"]), ProxyDesk.filter("v", "id > 5")])
        #expect(try desk.obstacle("SELECT id FROM ONLY t") == .isOnly)
        let fences = try desk.rewrite("SELECT id FROM v").reads.fences
        #expect(fences.map(\.relation.name) == ["v", "t"])
        #expect(fences.first?.fence == .inPlace(.isView))
        #expect(try desk.view("SELECT id FROM v").text.relation.name == "t", "what it is over has one")
    }
}
