import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `Policies know the machine` {
    @Test func `validity in a named zone begins and ends at that zone's midnight`() throws {
        let desk = try Desk()
        try desk.folder.write(
            """
            service: files
            policies:
              - name: analysts read in March
                resources: {database: shop, table: "*", column: "*"}
                validity: [{from: "2026/03/01 00:00:00", until: "2026/03/31 23:59:59", timeZone: Europe/Berlin}]
                allow: [{groups: [analysts], access: [read]}]
            tests:
              - as alice, at 2026-02-28T22:59:59, shop.people.name is denied
              - as alice, at 2026-02-28T23:00:00, shop.people.name is clear
              - as alice, at 2026-03-31T21:59:59, shop.people.name is clear
              - as alice, at 2026-03-31T22:00:00, shop.people.name is denied
            """,
            to: "march/shop.yaml"
        )
        let path = desk.folder.url.appending(path: "march").path
        let test = try desk.steward("policy", "test", path)
        #expect(test.output.contains("4 passed, 0 failed"), "\(test.output)\(test.errors)")
        #expect(try desk.steward("policy", "apply", path).status == 0)
    }

    @Test func `zones that nobody knows are refused when policies are published`() throws {
        let desk = try Desk()
        let file = try desk.folder.write(
            """
            service: files
            policies:
              - name: analysts read
                resources: {database: shop, table: "*", column: "*"}
                validity: [{from: "2026/03/01 00:00:00", timeZone: Europe/Atlantis}]
                allow: [{groups: [analysts], access: [read]}]
            """,
            to: "atlantis.yaml"
        )
        let outcome = try desk.steward("policy", "apply", file.path)
        #expect(outcome.status == 1 && outcome.errors.contains("Europe/Atlantis"), "\(outcome.errors)")
    }

    @Test func `scripts beyond the compiled part run, and deny when they fail`() throws {
        let desk = try Desk()
        try desk.steward("user", "add", "bea", "--group", "analysts")
        try desk.folder.write(
            """
            service: files
            policies:
              - name: analysts with an a
                resources: {database: shop, table: people, column: name}
                conditions:
                  - type: _expression
                    values: ["var n = 0; for (var i = 0; i < 3; i++) { n += i; } n === 3 && /^al/.test(ctx.getUser())"]
                allow: [{groups: [analysts], access: [read]}]
              - name: whoever fails
                resources: {database: shop, table: people, column: id}
                conditions:
                  - {type: _expression, values: ["for (var i in ghost.things) { true; }"]}
                allow: [{groups: [analysts], access: [read]}]
            tests:
              - as alice, shop.people.name is clear
              - as bea, shop.people.name is denied
              - as alice, shop.people.id is denied
            """,
            to: "scripts/shop.yaml"
        )
        let test = try desk.steward("policy", "test", desk.folder.url.appending(path: "scripts").path)
        #expect(test.output.contains("3 passed, 0 failed"), "\(test.output)\(test.errors)")
    }
}
