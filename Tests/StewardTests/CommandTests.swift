import Foundation
import TestSupport
import Testing

/// A folder with a small CSV source, a catalog and policies of its own.
struct Desk {
    let folder: TemporaryFolder

    /// Runs a command on the desk's catalog.
    @discardableResult
    func steward(_ arguments: String..., input: String = "") throws -> Program.Outcome {
        try Program.run(arguments + ["--data", folder.url.appending(path: "data").path], input: input)
    }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("id,name,mail\n1,Ann,ann@example.org\n2,Bo,bo@example.org\n", to: "files/people.csv")
        #expect(try steward("source", "add", "shop", folder.url.appending(path: "files").path).status == 0)
        #expect(try steward("user", "add", "alice", "--group", "analysts").status == 0)
        try folder.write(
            """
            service: files
            policies:
              - name: analysts read
                resources: {database: shop, table: "*", column: "*"}
                allow: [{groups: [analysts], access: [read]}]
              - name: mails are hashed
                resources: {database: shop, table: people, column: mail}
                mask: [{groups: [analysts], access: [read], type: MASK_HASH}]
            tests:
              - as alice, shop.people.mail is hash
              - as alice, shop.people.name is clear
            """,
            to: "policies/shop.yaml"
        )
    }

    var policies: String { folder.url.appending(path: "policies").path }
}

@Suite(.aside) struct `The command line` {
    @Test func `goes from files to masked rows, and says why`() throws {
        let desk = try Desk()
        let denied = try desk.steward("read", "shop.people", "--as", "alice")
        #expect(denied.status == 3 && denied.output.isEmpty)
        #expect(denied.errors.contains("[denied]"), "\(denied.errors)")

        let applied = try desk.steward("policy", "apply", desk.policies)
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(applied.output.contains("2 created"))
        let read = try desk.steward("read", "shop.people", "--as", "alice", "--format", "csv")
        #expect(
            read.output == """
                id,name,mail
                1,Ann,d64ed80b2f98ce7d4d9ce51d3bb2ca9d2cf2bd7dd1e32e6bb4c1b2d3a4d5e6f7
                """ || read.output.split(separator: "\n").count == 3
        )
        #expect(!read.output.contains("@"))
        let why = try desk.steward("explain", "shop.people.mail", "--as", "alice")
        #expect(
            why.output.contains("mails are hashed") && why.output.contains("group analysts"),
            "\(why.output)"
        )
        let again = try desk.steward("policy", "apply", desk.policies)
        #expect(again.output.contains("2 unchanged"), "\(again.output)")
    }

    @Test func `publishes nothing when a test beside the policies fails`() throws {
        let desk = try Desk()
        try desk.folder.write(
            """
            service: files
            policies:
              - name: analysts read
                resources: {database: shop, table: "*", column: "*"}
                allow: [{groups: [analysts], access: [read]}]
            tests:
              - as alice, shop.people.mail is hash
            """,
            to: "wrong/shop.yaml"
        )
        let outcome = try desk.steward("policy", "apply", desk.folder.url.appending(path: "wrong").path)
        #expect(outcome.status == 1 && outcome.errors.contains("policy tests fail"), "\(outcome.errors)")
        #expect(try desk.steward("policy", "show").output.contains("analysts read") == false)
        let test = try desk.steward("policy", "test", desk.folder.url.appending(path: "wrong").path)
        #expect(test.status == 1 && test.output.contains("0 passed, 1 failed"), "\(test.output)")
    }

    @Test(arguments: [
        ("polices: []\nservice: files\n", "1"),
        ("service: files\npolicies:\n  - name: a\n    resources: {database: d}\n    allw: []\n", "5"),
        ("service: files\npolicies:\n  - name: a\n    name: b\n", "name"),
        ("service: [files\n", "line"),
        ("service: files\npolicies: 3\n", "2"),
        ("a: &a [1]\nb: *a\n", "unknown"),
        ("", "empty"),
        (
            "service: ghost\npolicies:\n  - {name: a, resources: {database: d}, allow: [{users: [u], access: [read]}]}\n",
            "ghost"
        ),
        (
            "service: files\npolicies:\n  - {name: a, resources: {database: d}, allow: [{users: [u], access: [fly]}]}\n",
            "fly"
        ),
        (
            "service: files\npolicies:\n  - {name: a, resources: {database: shop, table: people, column: mail}, "
                + "mask: [{users: [u], access: [read], type: MASK_MAGIC}]}\n",
            "MASK_MAGIC"
        ),
        (
            "service: files\npolicies:\n  - {name: a, resources: {database: shop, table: people}, "
                + "rowFilter: [{users: [u], access: [read], filter: \"pg_sleep(1) > 0\"}]}\n",
            "pg_sleep"
        ),
        (
            "service: files\npolicies:\n  - {name: a, resources: {database: shop, table: people}, "
                + "rowFilter: [{users: [u], access: [read], filter: \"ghost = 1\"}]}\n",
            "ghost"
        ),
        (
            "service: files\npolicies:\n  - {name: a, resources: {database: shop, table: people}, "
                + "rowFilter: [{users: [u], access: [read], filter: \"id + 1\"}]}\n",
            "a row filter must be true or false"
        ),
        (
            "service: files\npolicies:\n  - {name: a, resources: {database: shop, table: people, column: id}, "
                + "mask: [{users: [u], access: [read], type: CUSTOM, expression: \"1 + lower({col})\"}]}\n",
            "at position 5"
        ),
    ])
    func `refuses bad policies by name and place, and keeps what is in force`(text: String, named: String)
        throws
    {
        let desk = try Desk()
        try desk.steward("policy", "apply", desk.policies)
        let before = try desk.steward("policy", "show", "--json").output
        let file = try desk.folder.write(text, to: "bad.yaml")
        let outcome = try desk.steward("policy", "apply", file.path)
        #expect(outcome.status == 1, "\(outcome.output)")
        #expect(outcome.errors.contains(named), "`\(named)` isn't in: \(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        #expect(try desk.steward("policy", "show", "--json").output == before)
    }

    @Test func `refuses reads by unknown users, of unknown tables and columns`() throws {
        let desk = try Desk()
        try desk.steward("policy", "apply", desk.policies)
        for (arguments, code) in [
            (["read", "shop.people", "--as", "ghost"], "unknown-user"),
            (["read", "shop.ghosts", "--as", "alice"], "unknown-table"),
            (["read", "shop.people", "--as", "alice", "--columns", "ghost"], "unknown-column"),
            (["read", "shop", "--as", "alice"], "invalid-request"),
        ] {
            let outcome = try Program.run(
                arguments + ["--data", desk.folder.url.appending(path: "data").path]
            )
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(arguments)")
            #expect(outcome.errors.contains("[\(code)]"), "\(outcome.errors)")
        }
    }

    @Test func `loads all of a manifest or nothing`() throws {
        let desk = try Desk()
        let manifest = """
            users: [{name: zoe, groups: []}]
            tagTypes: [{name: NAME}]
            tags:
              - {column: shop.people.name, tag: NAME}
              - {column: shop.people.COLUMN, tag: NAME}

            """
        for (column, isThere) in [("nowhere", false), ("mail", true)] {
            let file = try desk.folder.write(manifest.replacing("COLUMN", with: column), to: "catalog.yaml")
            let loaded = try desk.steward("catalog", "load", file.path)
            #expect((loaded.status == 0) == isThere, "\(loaded.errors)")
            #expect(loaded.output.isEmpty != isThere)
            #expect(try desk.steward("user", "list").output.contains("zoe") == isThere)
            #expect(try desk.steward("catalog", "show", "shop.people").output.contains("NAME") == isThere)
            let audited = try desk.steward("audit", "tail").output
            #expect(audited.contains("shop.people.nowhere"))
        }
    }

    @Test func `stops when the source has other columns than the catalog`() throws {
        let desk = try Desk()
        try desk.steward("policy", "apply", desk.policies)
        try desk.folder.write("id,mail,name\n1,ann@example.org,Ann\n", to: "files/people.csv")
        let moved = try desk.steward("read", "shop.people", "--as", "alice", "--format", "csv")
        #expect(
            moved.status == 0 && !moved.output.contains("@"),
            "columns in another order are found by name"
        )
        try desk.folder.write("id,name\n1,ann@example.org\n", to: "files/people.csv")
        let gone = try desk.steward("read", "shop.people", "--as", "alice", "--format", "csv")
        #expect(gone.status == 1 && gone.errors.contains("[source-changed]"), "\(gone.errors)")
        #expect(!gone.output.contains("@") && !gone.errors.contains("@"))
    }

    @Test func `lets a tag take effect for the next read, and take it back`() throws {
        let desk = try Desk()
        try desk.steward("policy", "apply", desk.policies)
        try desk.folder.write("tagTypes: [{name: NAME}]\n", to: "catalog.yaml")
        #expect(
            try desk.steward("catalog", "load", desk.folder.url.appending(path: "catalog.yaml").path).status
                == 0
        )
        try desk.folder.write(
            """
            service: tags
            policies:
              - name: names are hidden
                resources: {tag: NAME}
                mask: [{groups: [public], access: ["file:read"], type: "file:MASK_NULL"}]
            """,
            to: "tags.yaml"
        )
        let applied = try desk.steward("policy", "apply", desk.folder.url.appending(path: "tags.yaml").path)
        #expect(applied.status == 0, "\(applied.errors)")
        let read = {
            try desk.steward("read", "shop.people", "--as", "alice", "--columns", "name", "--format", "csv")
                .output
        }
        #expect(try read() == "name\nAnn\nBo\n")
        #expect(try desk.steward("tag", "set", "shop.people.name", "NAME").status == 0)
        #expect(try read() == "name\n\n\n")
        #expect(try desk.steward("tag", "remove", "shop.people.name", "NAME").status == 0)
        #expect(try read() == "name\nAnn\nBo\n")
        let unknown = try desk.steward("tag", "set", "shop.people.name", "GHOST")
        #expect(unknown.status == 1 && unknown.errors.contains("GHOST"))
    }
}
