import CatalogModel
import Foundation
import GRDB
import Governance
import Masking
import PolicyEngine
import SQLiteStore
import TestSupport
import Testing

@Suite(.aside) struct `A governed read` {
    @Test func `hands out nothing without a policy, and what policy allows with one`() throws {
        let desk = try Desk()
        try desk.furnish()
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve") } == .unknownTable)
        #expect(try desk.read(desk.people, as: "alice", columns: ["name"]) == [["Ann"], ["Bo"], ["Cy"]])
        #expect(
            try desk.read(desk.people, as: "alice", columns: ["age", "id"], limit: 2) == [
                ["31", "1"], ["17", "2"],
            ]
        )
        #expect(try desk.read(desk.people, as: "alice", columns: ["id"], limit: 0) == [])
    }

    @Test func `refuses the unknown, the doubled and the foreign`() throws {
        let desk = try Desk()
        try desk.furnish()
        #expect(desk.code { _ = try desk.read(desk.people, as: "ghost") } == .unknownUser)
        let ghost = try #require(TableName("shop.ghost"))
        #expect(desk.code { _ = try desk.read(ghost, as: "alice") } == .unknownTable)
        #expect(
            desk.code { _ = try desk.read(desk.people, as: "alice", columns: ["ghost"]) } == .unknownColumn
        )
        #expect(
            desk.code { _ = try desk.read(desk.people, as: "alice", columns: ["id", "id"]) }
                == .invalidRequest
        )
        #expect(desk.code { _ = try desk.read(desk.people, as: "alice", limit: -1) } == .invalidRequest)
        let asBob = {
            try desk.cases.read.open(
                TableRead(table: desk.people),
                for: desk.caller("alice"),
                as: UserName("bob")
            )
        }
        #expect(desk.code { _ = try asBob() } == .forbidden)
    }

    @Test func `filters rows, and masks what a tag says, from the very next read`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("adults", column: "*") { policy in
                policy.resources["column"] = nil
                policy.resources["table"] = Desk.resource("people")
                policy.policyType = .rowFilter
                policy.rowFilterPolicyItems = [Desk.item("analysts", filter: "age >= 18")]
            },
            Desk.policy("mails", tag: "EMAIL") { policy in
                policy.policyType = .dataMask
                policy.dataMaskPolicyItems = [
                    Desk.item("analysts", access: "file:read", mask: "file:MASK_NULL")
                ]
            },
        ])
        #expect(try desk.read(desk.people, as: "alice", columns: ["mail"]) == [["ann@example.org"], [nil]])
        try desk.cases.editing.set(
            [(.column(desk.column("mail")), Tag(TagName("EMAIL")))],
            by: desk.caller("bob")
        )
        #expect(
            try desk.read(desk.people, as: "alice", columns: ["id", "mail"]) == [["1", nil], ["3", nil]]
        )
        #expect(
            desk.code {
                try desk.cases.editing.set(
                    [(.column(desk.column("mail")), Tag(TagName("PII")))],
                    by: desk.caller("eve")
                )
            } == .unknownTable
        )
        try desk.cases.editing.remove(
            TagName("EMAIL"),
            from: .column(desk.column("mail")),
            by: desk.caller("bob")
        )
        #expect(try desk.read(desk.people, as: "alice", columns: ["mail"]) == [["ann@example.org"], [nil]])
    }

    @Test func `lets tags flow along lineage, also to the types above, until something anonymises`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("pii", tag: "PII") { policy in
                policy.policyType = .dataMask
                policy.dataMaskPolicyItems = [
                    Desk.item("analysts", access: "file:read", mask: "file:MASK_NULL")
                ]
            }
        ])
        try desk.cases.editing.put(
            [
                (
                    output: desk.column("mail_copy", of: desk.copies), inputs: [desk.column("mail")],
                    step: LineageStep(process: "copy")
                ),
                (
                    output: desk.column("mail_hash", of: desk.copies), inputs: [desk.column("mail")],
                    step: LineageStep(process: "copy", anonymises: true)
                ),
            ],
            by: desk.admin
        )
        try desk.cases.editing.set([(.column(desk.column("mail")), Tag(TagName("EMAIL")))], by: desk.admin)
        let copies = try desk.read(desk.copies, as: "alice", columns: ["mail_copy", "mail_hash"])
        #expect(copies == [[nil, "aa"], [nil, "bb"]])
        let question = PolicyQuestion(
            user: UserName("alice"),
            table: desk.copies,
            columns: [ColumnName("mail_copy")]
        )
        let answer = try desk.cases.questions.answer([question], act: .explain, for: desk.admin)[0].get()
        let why = answer.columns[0].why.joined(separator: "\n")
        #expect(why.contains("flowed along lineage shop.people.mail → shop.copies.mail_copy"), "\(why)")
    }

    @Test func `evaluates validity periods of tags when it decides`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("secret for a while", tag: "PII") { policy in
                policy.denyPolicyItems = [Desk.item("analysts", access: "file:read")]
            }
        ])
        let tag = Tag(
            TagName("PII"),
            validFrom: Instant("2026-10-01"),
            validUntil: Instant("2026-10-31T23:59:59")
        )
        try desk.cases.editing.set([(.column(desk.column("name")), tag)], by: desk.admin)
        for (moment, code) in [
            ("2026-09-30T23:59:59", nil), ("2026-10-01T00:00:00", GovernanceErrorCode.denied),
            ("2026-10-31T23:59:59", .denied), ("2026-11-01T00:00:00", nil),
        ] {
            desk.move(to: try #require(Instant(moment)))
            #expect(
                desk.code { _ = try desk.read(desk.people, as: "alice", columns: ["name"]) } == code,
                "\(moment)"
            )
        }
    }

    @Test func `hands out nothing when the audit line can't be written`() throws {
        let desk = try Desk()
        try desk.furnish()
        #expect(try desk.read(desk.people, as: "alice", columns: ["id"]).count == 3)
        // Another process spoils the audit file.
        let other = try DatabaseQueue(path: desk.folder.appending(path: "audit.sqlite").path)
        try other.inDatabase { try $0.execute(sql: "DROP TABLE audit") }
        #expect(
            desk.code { _ = try desk.read(desk.people, as: "alice", columns: ["id"]) } == .auditUnavailable
        )
    }

    @Test func `stops in the middle when policy changes`() throws {
        let desk = try Desk()
        try desk.furnish()
        var text = "id,name,mail,age\n"
        for row in 0..<30_000 { text += "\(row),n\(row),m\(row)@example.org,20\n" }
        try desk.write(text, to: "people.csv")
        let rows = try desk.cases.read.open(
            TableRead(table: desk.people),
            for: desk.caller("alice"),
            as: UserName("alice")
        )
        #expect(try rows.next()?.rowCount ?? 0 > 0)
        // A change elsewhere doesn't stop it.
        try desk.cases.editing.put([.putUser(User(UserName("zoe")))], by: desk.admin)
        #expect(try rows.next() != nil)
        let policy = try #require(try desk.cases.policies.policies(by: desk.admin).first?.id)
        try desk.cases.policies.delete(policy, by: desk.admin)
        #expect(desk.code { _ = try rows.next() } == .denied)
        #expect(desk.code { _ = try rows.next() } == .denied)
    }

    @Test func `stands in the audit log with treatments and policies, never with values`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("hashed", column: "mail") { policy in
                policy.policyType = .dataMask
                policy.dataMaskPolicyItems = [Desk.item("analysts", mask: "MASK_HASH")]
            }
        ])
        _ = try desk.read(desk.people, as: "alice", columns: ["id", "mail"])
        _ = desk.code { _ = try desk.read(desk.people, as: "eve") }
        let lines = try desk.cases.auditing.tail(3, user: nil, resource: "shop.people", by: desk.admin)
        #expect(lines.map(\.act) == [.read, .readEnd, .read])
        #expect(lines[0].columns == ["id: clear", "mail: MASK_HASH"])
        #expect(lines[0].policies.contains { $0.hasSuffix("hashed") })
        #expect(lines[1].rows == 3 && lines[1].outcome == .allowed)
        #expect(
            lines[2].outcome == .denied && lines[2].errorCode == "unknown-table"
                && lines[2].user == UserName("eve")
        )
        #expect(!"\(lines)".contains("@"))
        #expect(
            desk.code {
                _ = try desk.cases.auditing.tail(3, user: nil, resource: nil, by: desk.caller("eve"))
            } == .forbidden
        )
        let own = try desk.cases.auditing.tail(
            9,
            user: UserName("eve"),
            resource: nil,
            by: desk.caller("eve")
        )
        #expect(own.count == 1)
    }
}

@Suite(.aside) struct `Posted result sets` {
    private static func post(_ desk: Desk, _ columns: [(String, ColumnReference, [String?])])
        -> PostedResultSet
    {
        PostedResultSet(
            columns: columns.map { (ColumnName($0.0), $0.1) },
            values: columns.map { ColumnVector($0.2) }
        )
    }

    @Test func `come back filtered by all their tables, and masked`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("adults", column: "*") { policy in
                policy.resources["column"] = nil
                policy.resources["table"] = Desk.resource("people")
                policy.policyType = .rowFilter
                policy.rowFilterPolicyItems = [Desk.item("analysts", filter: "age >= 18")]
            },
            Desk.policy("hidden", column: "mail_copy") { policy in
                policy.policyType = .dataMask
                policy.dataMaskPolicyItems = [Desk.item("analysts", mask: "MASK_NULL")]
            },
        ])
        let posted = Self.post(
            desk,
            [
                ("copy", desk.column("mail_copy", of: desk.copies), ["a@x", "b@x", "c@x"]),
                ("who", desk.column("name"), ["Ann", "Bo", "Cy"]),
                ("age", desk.column("age"), ["31", "17", "45"]),
            ]
        )
        let masked = try desk.cases.masking.mask(
            posted,
            for: desk.caller("alice"),
            as: UserName("alice"),
            purpose: nil
        )
        #expect(masked.schema.columns.map(\.name.text) == ["copy", "who", "age"])
        #expect((0..<masked.rowCount).map { masked.columns[1].unmaskedText($0) } == ["Ann", "Cy"])
        #expect((0..<masked.rowCount).allSatisfy { masked.columns[0].isNull($0) })

        let withoutAge = Self.post(desk, [("who", desk.column("name"), ["Ann"])])
        #expect(
            desk.code {
                _ = try desk.cases.masking.mask(
                    withoutAge,
                    for: desk.caller("alice"),
                    as: UserName("alice"),
                    purpose: nil
                )
            } == .invalidRequest
        )
        #expect(
            desk.code {
                _ = try desk.cases.masking.mask(
                    posted,
                    for: desk.caller("eve"),
                    as: UserName("eve"),
                    purpose: nil
                )
            } == .unknownTable
        )
    }
}

@Suite(.aside) struct `Questions` {
    @Test func `are answered about oneself, and about others for those who administer`() throws {
        let desk = try Desk()
        try desk.furnish()
        let own = PolicyQuestion(table: desk.people)
        let about = PolicyQuestion(user: UserName("alice"), table: desk.people)
        #expect(
            try desk.cases.questions.answer([own], act: .check, for: desk.caller("alice"))[0].get().isAllowed
        )
        #expect(
            try desk.cases.questions.answer([own], act: .check, for: desk.caller("bob"))[0].get().isAllowed
                == false
        )
        #expect(
            try desk.cases.questions.answer([about], act: .check, for: desk.caller("bob"))[0].get().isAllowed
        )
        let other = PolicyQuestion(user: UserName("bob"), table: desk.people)
        let refused = try desk.cases.questions.answer([other, own], act: .check, for: desk.caller("alice"))
        #expect(desk.code { _ = try refused[0].get() } == .forbidden)
        #expect(try refused[1].get().isAllowed)
    }

    @Test func `tell a filter's text only to those who administer the table`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("not that one", column: "*") { policy in
                policy.resources["column"] = nil
                policy.resources["table"] = Desk.resource("people")
                policy.policyType = .rowFilter
                policy.rowFilterPolicyItems = [Desk.item("analysts", filter: "name <> 'Cy'")]
            }
        ])
        let question = PolicyQuestion(user: UserName("alice"), table: desk.people)
        let asked = { (user: String) in
            try desk.cases.questions.answer([question], act: .explain, for: desk.caller(user))[0].get()
                .rowFilter
        }
        #expect(try asked("alice")?.expression == nil)
        #expect(try asked("alice") != nil)
        #expect(try asked("bob")?.expression == "name <> 'Cy'")
    }
}
