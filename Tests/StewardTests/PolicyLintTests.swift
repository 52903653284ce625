import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `Checking policies` {
    /// A shop with short columns, a copy of the mails and lineage to it.
    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.folder.write("id,pin,born,active\n1,1234,2000-01-02,true\n", to: "files/cards.csv")
        try desk.folder.write("person,mail_copy\n1,ann@example.org\n", to: "files/copies.csv")
        #expect(try desk.steward("source", "scan", "shop").status == 0)
        let manifest = try desk.folder.write(
            """
            tables:
              - {name: shop.cards, types: {pin: char(4), born: date, active: boolean}}
            lineage:
              - {process: nightly, output: shop.copies.mail_copy, inputs: [shop.people.mail]}
            """,
            to: "catalog.yaml"
        )
        let loaded = try desk.steward("catalog", "load", manifest.path)
        #expect(loaded.status == 0, "\(loaded.errors)")
        return desk
    }

    private func findings(_ desk: Desk, _ paths: String...) throws -> [(
        rule: String, level: String, text: String
    )] {
        let outcome = try Program.run(
            ["policy", "lint", "--json"] + paths + ["--data", desk.folder.url.appending(path: "data").path]
        )
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let list = (object?["findings"] as? [[String: Any]]) ?? []
        let errors = list.count { $0["level"] as? String == "error" }
        #expect(outcome.status == (errors > 0 ? 1 : 0), "\(outcome.output)\(outcome.errors)")
        return list.map { finding in
            (
                finding["rule"] as? String ?? "", finding["level"] as? String ?? "",
                ["policy", "column", "why", "advice"].map { "\(finding[$0] ?? "")" }.joined(separator: " | ")
            )
        }
    }

    private func policy(_ name: String, _ resources: String, _ rest: String) -> String {
        "  - name: \(name)\n    resources: {\(resources)}\n    \(rest)\n"
    }

    @Test func `says nothing about policies that do what they say`() throws {
        let desk = try desk()
        let file = try desk.folder.write(
            "service: files\npolicies:\n"
                + policy(
                    "read people",
                    "database: shop, table: people, column: \"*\"",
                    "allow: [{groups: [analysts], access: [read, write]}]"
                )
                + policy(
                    "write only",
                    "database: shop, table: cards, column: \"*\"",
                    "allow: [{groups: [loaders], access: [write]}]"
                )
                + policy(
                    "hide mails",
                    "database: shop, table: people, column: mail",
                    "mask: [{groups: [analysts], access: [read], type: MASK_HASH}]"
                )
                + policy(
                    "rows",
                    "database: shop, table: people",
                    "rowFilter: [{groups: [analysts], access: [read], filter: \"id < 2\"}]"
                )
                + policy(
                    "past",
                    "database: shop, table: copies, column: \"*\"",
                    "validity: [{until: \"2020/01/01 00:00:00\"}]\n    allow: [{users: [gus], access: [read]}]"
                )
                + policy(
                    "closed for a while",
                    "database: shop, table: people, column: \"*\"",
                    "validity: [{until: \"2099/01/01 00:00:00\"}]\n    deny: [{groups: [public], access: [read]}]"
                )
                + policy(
                    "for ads",
                    "database: shop, table: copies, column: person",
                    "allow: [{users: [amy], access: [read], conditions: [{type: purpose, values: [ads]}]}]"
                ),
            to: "good.yaml"
        )
        #expect(try findings(desk, file.path).isEmpty)
    }

    @Test func `finds policies that never decide and that match nothing`() throws {
        let desk = try desk()
        let file = try desk.folder.write(
            "service: files\npolicies:\n"
                + policy(
                    "closed",
                    "database: shop, table: people, column: \"*\"",
                    "deny: [{groups: [public], access: [read]}]"
                )
                + policy(
                    "opened in vain",
                    "database: shop, table: people, column: id",
                    "allow: [{groups: [analysts], access: [read]}]"
                )
                + policy(
                    "first mask",
                    "database: shop, table: cards, column: \"*\"",
                    "mask: [{groups: [public], access: [read], type: MASK_NULL}]"
                )
                + policy(
                    "second mask",
                    "database: shop, table: cards, column: id",
                    "mask: [{users: [alice], access: [read], type: MASK}]"
                )
                + policy(
                    "typo",
                    "database: shop, table: peple, column: id",
                    "allow: [{groups: [analysts], access: [read]}]"
                ),
            to: "idle.yaml"
        )
        let found = try findings(desk, file.path)
        #expect(found.map(\.rule) == ["shadowed-policy", "shadowed-policy", "matches-nothing"], "\(found)")
        #expect(found.allSatisfy { $0.level == "warning" })
        #expect(
            found.first?.text.contains("opened in vain") == true
                && found.first?.text.contains("`closed`") == true,
            "\(found)"
        )
        #expect(found.dropFirst().first?.text.contains("`first mask`") == true, "\(found)")
        #expect(found.last?.text.contains("peple") == true)
    }

    @Test func `finds masks that show short values, and hashes that can be undone`() throws {
        let desk = try desk()
        let file = try desk.folder.write(
            "service: files\npolicies:\n"
                + policy(
                    "pins",
                    "database: shop, table: cards, column: pin",
                    "mask: [{groups: [analysts], access: [read], type: MASK_SHOW_LAST_4}]"
                )
                + policy(
                    "ids",
                    "database: shop, table: cards, column: id",
                    "mask: [{groups: [analysts], access: [read], type: MASK_SHOW_FIRST_4}]"
                )
                + policy(
                    "few",
                    "database: shop, table: cards, column: [active, born]",
                    "mask: [{groups: [analysts], access: [read], type: MASK_HASH}]"
                ),
            to: "leaky.yaml"
        )
        let found = try findings(desk, file.path)
        let rules = found.map { "\($0.rule) \($0.level)" }
        #expect(
            rules.sorted() == [
                "guessable-hash error", "guessable-hash error", "short-values-shown error",
                "short-values-shown warning",
            ],
            "\(found)"
        )
        #expect(
            found.contains { $0.text.contains("shop.cards.born") }
                && found.contains { $0.text.contains("char(4)") }
        )
    }

    @Test func `finds raw copies of masked columns, until the copy is masked too`() throws {
        let desk = try desk()
        try desk.steward("policy", "apply", desk.policies)
        let found = try findings(desk)
        #expect(found.map(\.rule) == ["raw-copy"], "\(found)")
        let text = found.first?.text ?? ""
        #expect(
            text.contains("shop.copies.mail_copy") && text.contains("nightly") && text.contains("user alice"),
            "\(text)"
        )
        let file = try desk.folder.write(
            "service: files\npolicies:\n"
                + policy(
                    "copies are hashed",
                    "database: shop, table: copies, column: mail_copy",
                    "mask: [{groups: [analysts], access: [read], type: MASK_HASH}]"
                ),
            to: "copies.yaml"
        )
        #expect(try desk.steward("policy", "apply", file.path).status == 0)
        #expect(try findings(desk).isEmpty)
    }

    @Test func `writes SARIF and JUnit for other programs`() throws {
        let desk = try desk()
        let file = try desk.folder.write(
            "service: files\npolicies:\n"
                + policy(
                    "'pins & <co>'",
                    "database: shop, table: cards, column: pin",
                    "mask: [{groups: [analysts], access: [read], type: MASK_SHOW_LAST_4}]"
                ),
            to: "leaky.yaml"
        )
        let sarif = desk.folder.url.appending(path: "lint.sarif")
        let junit = desk.folder.url.appending(path: "lint.xml")
        let outcome = try desk.steward(
            "policy",
            "lint",
            file.path,
            "--sarif",
            sarif.path,
            "--junit",
            junit.path
        )
        #expect(
            outcome.status == 1 && outcome.output.contains("1 error"),
            "\(outcome.output)\(outcome.errors)"
        )
        let log = try JSONSerialization.jsonObject(with: Data(contentsOf: sarif)) as? [String: Any]
        let run = (log?["runs"] as? [[String: Any]])?.first
        let result = (run?["results"] as? [[String: Any]])?.first
        #expect(log?["version"] as? String == "2.1.0")
        #expect(
            result?["ruleId"] as? String == "short-values-shown" && result?["level"] as? String == "error"
        )
        let location =
            (result?["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
        let uri = (location?["artifactLocation"] as? [String: Any])?["uri"] as? String
        #expect(uri?.hasSuffix("leaky.yaml") == true)
        let xml = try XMLDocumentReader.failures(in: junit)
        #expect(
            xml == ["policy `pins & <co>` of service `files`, dataMaskPolicyItems[0], on `shop.cards.pin`"],
            "\(xml)"
        )
    }
}

/// Reads JUnit's XML with the system's parser, so that it is known to be well-formed.
private enum XMLDocumentReader {
    /// The names of the tests that failed.
    static func failures(in file: URL) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sys,xml.etree.ElementTree as t\n"
                + "for c in t.parse(sys.argv[1]).iter('testcase'):\n"
                + "    if c.find('failure') is not None: print(c.get('name'))",
            file.path,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
