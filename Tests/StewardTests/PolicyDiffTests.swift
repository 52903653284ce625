import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `Comparing policies` {
    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.steward("user", "add", "bob")
        #expect(try desk.steward("policy", "apply", desk.policies).status == 0)
        return desk
    }

    private func differences(_ output: String) throws -> [[String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return (object?["differences"] as? [[String: Any]]) ?? []
    }

    @Test func `of one set with itself finds nothing`() throws {
        let desk = try desk()
        let same = try desk.steward("policy", "diff", "live", "live")
        #expect(same.status == 0 && same.output.contains("no difference"), "\(same.output)\(same.errors)")
        let files = try desk.steward("policy", "diff", "live", desk.policies)
        #expect(files.status == 0, "\(files.output)\(files.errors)")
    }

    @Test func `says who gains and who loses what`() throws {
        let desk = try desk()
        let file = try desk.folder.write(
            """
            service: files
            policies:
              - name: analysts read
                resources: {database: shop, table: "*", column: [id, mail]}
                allow: [{groups: [analysts], access: [read]}]
              - name: bob reads for research
                resources: {database: shop, table: people, column: id}
                allow:
                  - users: [bob]
                    access: [read]
                    conditions: [{type: purpose, values: [research]}]
              - name: few rows
                resources: {database: shop, table: people}
                rowFilter: [{groups: [analysts], access: [read], filter: "id < 2"}]
            """,
            to: "new.yaml"
        )
        let outcome = try desk.steward("policy", "diff", "live", file.path)
        #expect(outcome.status == 1)
        for sentence in [
            "user alice loses shop.people (name): clear → denied",
            "user alice gains shop.people (mail): MASK_HASH → clear",
            "user alice loses rows of shop.people: all rows → rows where id < 2",
            "group analysts loses shop.people (name): clear → denied",
            "user bob gains shop.people (id) for purpose research: denied → clear",
        ] { #expect(outcome.output.contains(sentence), "`\(sentence)` isn't in:\n\(outcome.output)") }
        #expect(!outcome.output.contains("anybody"), "\(outcome.output)")

        let found = try differences(desk.steward("policy", "diff", "live", file.path, "--json").output)
        let research = found.filter { $0["purpose"] as? String == "research" }
        #expect(research.count == 1, "what is so without a purpose is said once")
        let back = try differences(desk.steward("policy", "diff", file.path, "live", "--json").output)
        #expect(back.count == found.count)
        #expect(
            back.count { $0["effect"] as? String == "gains" }
                == found.count { $0["effect"] as? String == "loses" }
        )
        // Put among those in force, the mask stays.
        let onto = try desk.steward("policy", "diff", "live", file.path, "--onto-live")
        #expect(!onto.output.contains("(mail)") && onto.output.contains("(name)"), "\(onto.output)")
        #expect(try desk.steward("policy", "show").output.contains("few rows") == false)
    }

    @Test func `looks at the moment that is asked for`() throws {
        let desk = try desk()
        let file = try desk.folder.write(
            """
            service: files
            policies:
              - name: bob reads in March
                resources: {database: shop, table: people, column: id}
                validity: [{from: "2026/03/01 00:00:00", until: "2026/03/31 23:59:59", timeZone: Europe/Berlin}]
                allow: [{users: [bob], access: [read]}]
            """,
            to: "march.yaml"
        )
        let within = ["policy", "diff", "live", file.path, "--onto-live", "--at", "2026-02-28T23:00:00"]
        let data = ["--data", desk.folder.url.appending(path: "data").path]
        #expect(try Program.run(within + data).status == 1)
        let before = within.dropLast() + ["2026-02-28T22:59:59"]
        #expect(try Program.run(before + data).status == 0)
    }

    @Test func `refuses what it can't read`() throws {
        let desk = try desk()
        #expect(try desk.steward("policy", "diff", "live", "nowhere").errors.contains("nowhere"))
        #expect(try desk.steward("policy", "diff", "live", "live", "--at", "soon").status != 0)
    }
}
