import CatalogModel
import Foundation
import GRDB
import Governance
import Masking
import PolicyEngine
import SQLiteStore
import TestSupport
import Testing

@Suite(.aside) struct `What a read may tell` {
    private func longTable(_ desk: Desk, last: String = "") throws {
        var text = "id,name,mail,age\n"
        for row in 0..<30_000 { text += "\(row),n\(row),m\(row)@example.org,20\n" }
        try desk.write(text + last, to: "people.csv")
    }

    private func open(_ desk: Desk, _ columns: [String]) throws -> GovernedRows {
        try desk.cases.read.open(
            TableRead(table: desk.people, columns: columns.map { ColumnName($0) }),
            for: desk.caller("alice"),
            as: UserName("alice")
        )
    }

    @Test func `ends when the policy that allowed it runs out`() throws {
        let desk = try Desk()
        try desk.furnish()
        try longTable(desk)
        let policy = try #require(try desk.cases.policies.policies(by: desk.admin).first?.id)
        try desk.cases.policies.delete(policy, by: desk.admin)
        try desk.publish([
            Desk.policy("for a while", column: "*") { policy in
                policy.policyItems = [Desk.item("analysts")]
                var schedule = ValiditySchedule()
                schedule.endTime = "2026/10/31 23:59:59"
                schedule.timeZone = "GMT"
                policy.validitySchedules = [schedule]
            }
        ])
        desk.move(to: try #require(Instant("2026-10-31T23:59:59")))
        let rows = try open(desk, ["id"])
        #expect(try rows.next() != nil)
        desk.move(to: try #require(Instant("2026-11-01T00:00:00")))
        #expect(desk.code { _ = try rows.next() } == .denied)
    }

    @Test func `says nothing of rows that a filter hides`() throws {
        let desk = try Desk()
        try desk.furnish()
        try longTable(desk, last: "30000,short\n")
        try desk.publish([
            Desk.policy("few", column: "*") { policy in
                policy.resources["column"] = nil
                policy.resources["table"] = Desk.resource("people")
                policy.policyType = .rowFilter
                policy.rowFilterPolicyItems = [Desk.item("analysts", filter: "id < 3")]
            }
        ])
        let rows = try open(desk, ["name"])
        let error = #expect(throws: GovernanceError.self) { while try rows.next() != nil {} }
        #expect(error?.code == .malformedRow)
        #expect(error?.message.contains("30") == false, "\(error?.message ?? "")")
        #expect(rows.skippedRows == 0)
    }

    @Test func `changes nothing when the audit line can't be written`() throws {
        let desk = try Desk()
        try desk.furnish()
        let other = try DatabaseQueue(path: desk.folder.appending(path: "audit.sqlite").path)
        try other.inDatabase { try $0.execute(sql: "DROP TABLE audit") }
        let column = TagTarget.column(desk.column("mail"))
        #expect(
            desk.code { try desk.cases.editing.set([(column, Tag(TagName("EMAIL")))], by: desk.admin) }
                == .auditUnavailable
        )
        let policy = try #require(try desk.cases.policies.policies(by: desk.admin).first?.id)
        #expect(desk.code { try desk.cases.policies.delete(policy, by: desk.admin) } == .auditUnavailable)
        let table = try desk.cases.browsing.table(desk.people, for: desk.admin)
        #expect(table.tags.flatMap { $0 }.isEmpty)
        #expect(try desk.cases.policies.policies(by: desk.admin).map(\.id) == [policy])
    }

    @Test(arguments: [
        "name <> '{OWNER}'", "name NOT IN ('x', '{USER.dept}')",
        "name <> '{USER}'",
    ])
    func `is not decided by macros that stand in quotes`(filter: String) throws {
        let desk = try Desk()
        try desk.furnish()
        let error = #expect(throws: GovernanceError.self) {
            try desk.publish([
                Desk.policy("quoted", column: "*") { policy in
                    policy.resources["column"] = nil
                    policy.resources["table"] = Desk.resource("people")
                    policy.policyType = .rowFilter
                    policy.rowFilterPolicyItems = [Desk.item("analysts", filter: filter)]
                }
            ])
        }
        #expect(error?.code == .invalidPolicy)
        #expect(error?.message.contains("position") == true, "\(error?.message ?? "")")
    }
}

@Suite(.aside) struct `Sources and lineage` {
    private func source(_ desk: Desk, _ name: String, _ path: String, database: String) -> SourceDefinition {
        SourceDefinition(
            name: SourceName(name),
            kind: .csv,
            path: desk.folder.appending(path: path).path,
            service: ServiceName("files"),
            database: database
        )
    }

    @Test func `come whole or not at all, and go with their tables`() throws {
        let desk = try Desk()
        try desk.furnish()
        let clash = source(desk, "shop", "files/people.csv", database: "other")
        #expect(
            desk.code { _ = try desk.cases.editing.add(clash, replacing: false, by: desk.admin) } == .conflict
        )
        // Its tables are there already, from another source: nothing of it stays.
        let twin = source(desk, "twin", "files", database: "shop")
        #expect(
            desk.code { _ = try desk.cases.editing.add(twin, replacing: false, by: desk.admin) } == .conflict
        )
        let names = { try desk.cases.editing.allSources(by: desk.admin).map(\.name.text) }
        #expect(try names() == ["shop"])
        let added = source(desk, "more", "files", database: "more")
        let report = try desk.cases.editing.add(added, replacing: false, by: desk.admin)
        #expect(report.added.map(\.description) == ["more.copies", "more.people"])
        try desk.cases.editing.remove(SourceName("more"), by: desk.admin)
        #expect(try names() == ["shop"])
        let gone = try #require(TableName("more.people"))
        #expect(desk.code { _ = try desk.cases.browsing.table(gone, for: desk.admin) } == .unknownTable)
        // And they may come back.
        #expect(try desk.cases.editing.add(added, replacing: false, by: desk.admin).added.count == 2)
    }

    @Test func `name columns that are there`() throws {
        let desk = try Desk()
        try desk.furnish()
        let ghost = try #require(TableName("shop.ghost"))
        for (inputs, code) in [
            ([desk.column("mail", of: ghost)], GovernanceErrorCode.unknownTable),
            ([desk.column("male")], .unknownColumn), ([], .invalidRequest),
        ] {
            #expect(
                desk.code {
                    try desk.cases.editing.put(
                        [
                            (
                                output: desk.column("mail_copy", of: desk.copies), inputs: inputs,
                                step: LineageStep(process: "copy")
                            )
                        ],
                        by: desk.admin
                    )
                } == code
            )
        }
    }
}
