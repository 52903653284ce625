import CatalogModel
import Foundation
import Governance
import PolicyEngine
import TestSupport
import Testing

/// A table of which somebody may read nothing doesn't exist for them.
@Suite(.aside) struct `A table that one may not know of` {
    private static let ghost = TableName("shop.ghost")

    /// Everything that eve can try on a table, and how each attempt ends.
    private static func attempts(_ desk: Desk, on table: TableName) throws -> [String] {
        let (eve, user) = (desk.caller("eve"), UserName("eve"))
        func outcome(_ body: () throws -> Void) -> String {
            do {
                try body()
                return "done"
            } catch {
                return "\(error)".replacing(table.description, with: "TABLE")
            }
        }
        let column = ColumnReference(table: table, column: ColumnName("mail"))
        var outcomes: [String] = []
        for columns in [nil, ["mail"], ["nope"], ["mail", "mail"]] {
            outcomes.append(outcome { _ = try desk.read(table, as: "eve", columns: columns, limit: -1) })
            outcomes.append(outcome { _ = try desk.read(table, as: "eve", columns: columns) })
            for about in [nil, user, UserName("alice"), UserName("nobody")] {
                let question = PolicyQuestion(
                    user: about,
                    table: table,
                    columns: columns?.map { ColumnName($0) },
                    purpose: "x"
                )
                outcomes.append(
                    outcome {
                        _ = try desk.cases.questions.answer([question], act: .explain, for: eve)[0].get()
                    }
                )
            }
        }
        outcomes.append(outcome { _ = try desk.cases.browsing.table(table, for: eve) })
        for target in [TagTarget.table(table), .column(column)] {
            outcomes.append(outcome { try desk.cases.editing.set([(target, Tag(TagName("PII")))], by: eve) })
            outcomes.append(outcome { try desk.cases.editing.remove(TagName("PII"), from: target, by: eve) })
        }
        outcomes.append(
            outcome {
                try desk.cases.editing.describe([TableDescription(table: table, owner: user)], by: eve)
            }
        )
        outcomes.append(
            outcome { _ = try desk.cases.masking.types(of: [column], for: eve, as: user, purpose: nil) }
        )
        let posted = PostedResultSet(columns: [(ColumnName("m"), column)], values: [ColumnVector(["x"])])
        outcomes.append(outcome { _ = try desk.cases.masking.mask(posted, for: eve, as: user, purpose: nil) })
        return outcomes
    }

    @Test func `is refused like one that isn't there, in every use case`() throws {
        let desk = try Desk()
        try desk.furnish()
        let (hidden, absent) = (
            try Self.attempts(desk, on: desk.people), try Self.attempts(desk, on: try #require(Self.ghost))
        )
        #expect(hidden == absent)
        #expect(Set(hidden) == ["unknown-table: table `TABLE` is not in the catalog"])
    }

    @Test func `leaves the same lines in one's own part of the audit log`() throws {
        let desk = try Desk()
        try desk.furnish()
        func lines(_ table: TableName) throws -> [String] {
            let before = try desk.cases.auditing.tail(
                10_000,
                user: UserName("eve"),
                resource: nil,
                by: desk.caller("eve")
            ).count
            _ = try Self.attempts(desk, on: table)
            let all = try desk.cases.auditing.tail(
                10_000,
                user: UserName("eve"),
                resource: nil,
                by: desk.caller("eve")
            )
            return all.dropFirst(before).map { line in
                "\(line.act) \(line.outcome) \(line.errorCode ?? "") \(line.columns) \(line.policies) "
                    + line.resource.replacing(table.description, with: "TABLE")
            }
        }
        let (hidden, absent) = (try lines(desk.people), try lines(try #require(Self.ghost)))
        #expect(hidden.count > 15)
        #expect(hidden == absent)
    }

    @Test func `is named to those who administer it, and to those who may read a part of it`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("eve sees names", column: "name") { policy in
                var item = Desk.item("none")
                item.groups = []
                item.users = ["eve"]
                policy.policyItems = [item]
            }
        ])
        #expect(try desk.read(desk.people, as: "eve") == [["Ann"], ["Bo"], ["Cy"]])
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve", columns: ["mail"]) } == .denied)
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve", columns: ["nope"]) } == .unknownColumn)
        #expect(desk.code { _ = try desk.read(desk.copies, as: "eve") } == .unknownTable)
        #expect(
            desk.code {
                try desk.cases.editing.set(
                    [(.table(desk.people), Tag(TagName("PII")))],
                    by: desk.caller("eve")
                )
            } == .forbidden
        )
        // An operator who reads as eve is told the truth.
        let asEve = {
            try desk.cases.read.open(TableRead(table: desk.copies), for: desk.admin, as: UserName("eve"))
        }
        #expect(desk.code { _ = try asEve() } == .denied)
        // And eve doesn't find it among her lines.
        let own = try desk.cases.auditing.tail(
            99,
            user: UserName("eve"),
            resource: nil,
            by: desk.caller("eve")
        )
        #expect(!own.contains { $0.actor != nil && $0.outcome != .allowed })
    }

    @Test func `isn't named in where a tag came from`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("eve sees copies", column: "*") { policy in
                policy.resources["table"] = Desk.resource("copies")
                var item = Desk.item("none")
                item.groups = []
                item.users = ["eve"]
                policy.policyItems = [item]
            },
            Desk.policy("mails", tag: "EMAIL") { policy in
                policy.policyType = .dataMask
                var item = Desk.item("none", access: "file:read", mask: "file:MASK_NULL")
                item.groups = []
                item.users = ["eve"]
                policy.dataMaskPolicyItems = [item]
            },
        ])
        let step = LineageStep(process: "copy")
        let output = desk.column("mail_copy", of: desk.copies)
        try desk.cases.editing.put(
            [(output: output, inputs: [desk.column("mail")], step: step)],
            by: desk.admin
        )
        try desk.cases.editing.set([(.column(desk.column("mail")), Tag(TagName("EMAIL")))], by: desk.admin)
        let question = PolicyQuestion(
            user: UserName("eve"),
            table: desk.copies,
            columns: [ColumnName("mail_copy")]
        )
        func why(_ caller: Caller) throws -> String {
            try desk.cases.questions.answer([question], act: .explain, for: caller)[0].get().columns[0].why
                .joined(separator: "\n")
        }
        #expect(try why(desk.admin).contains("shop.people.mail"))
        let hers = try why(desk.caller("eve"))
        #expect(
            hers.contains("tag `EMAIL` flowed along lineage from columns that you may not know of"),
            "\(hers)"
        )
        #expect(!hers.contains("shop.people"))
        let shown = try desk.cases.browsing.table(desk.copies, for: desk.caller("eve"))
        let origins = shown.tags.flatMap { $0 }.map(\.origin.sentence).joined()
        #expect(!origins.isEmpty && !origins.contains("shop.people"))
    }
}
