import CatalogModel
import Foundation
import Governance
import PolicyEngine
import TestSupport
import Testing

/// What an explanation says of the ways to see more, and to whom.
@Suite(.aside) struct `Ways to see more` {
    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.furnish()
        try desk.cases.editing.put(
            [
                .putGroup(Group(GroupName("owners"))), .putGroup(Group(GroupName("idle"))),
                .putRole(Role(RoleName("auditor"))),
            ],
            by: desk.admin
        )
        func conditioned(_ item: PolicyItem, purpose: String) -> PolicyItem {
            var item = item
            var condition = PolicyCondition()
            condition.type = "purpose"
            condition.values = [purpose]
            item.conditions = [condition]
            return item
        }
        var auditors = Desk.item("ignored")
        auditors.groups = []
        auditors.roles = ["auditor"]
        try desk.publish([
            Desk.policy("mails are hashed", column: "mail") {
                $0.policyType = .dataMask
                $0.dataMaskPolicyItems = [
                    Desk.item("owners", mask: "MASK_NONE"), Desk.item("analysts", mask: "MASK_HASH"),
                ]
            },
            Desk.policy("ages are closed", column: "age") {
                $0.denyPolicyItems = [Desk.item("public")]
                $0.denyExceptions = [auditors, conditioned(Desk.item("owners"), purpose: "care")]
            },
        ])
        return desk
    }

    private func ask(
        _ desk: Desk,
        about user: String,
        columns: [String]?,
        as caller: Caller? = nil,
        purpose: String? = nil
    ) throws -> PolicyAnswer {
        let question = PolicyQuestion(
            user: UserName(user),
            table: desk.people,
            columns: columns?.map { ColumnName($0) },
            purpose: purpose,
            wantsWays: true
        )
        let answers = try desk.cases.questions.answer([question], act: .explain, for: caller ?? desk.admin)
        return try #require(answers.first).get()
    }

    @Test func `are groups, roles and purposes, the smallest that suffice`() throws {
        let desk = try desk()
        let mail = try #require(try ask(desk, about: "alice", columns: ["mail"]).ways)
        #expect(mail.changes.first?.map(\.sentence) == ["join group owners"])
        #expect(mail.changes.first?.first?.treatment == .clear)
        let age = try #require(try ask(desk, about: "alice", columns: ["age"]).ways)
        #expect(age.changes.first?.map(\.sentence) == ["hold role auditor"])
        let name = try #require(try ask(desk, about: "eve", columns: ["name"]).ways)
        #expect(name.changes.first?.map(\.sentence) == ["join group analysts"])
        // Nothing that is in force changed by trying.
        #expect(try ask(desk, about: "eve", columns: ["name"]).isAllowed == false)
    }

    @Test func `are pairs where one step isn't enough`() throws {
        let desk = try desk()
        try desk.cases.editing.put(
            [.putUser(User(UserName("dan"), groups: [GroupName("idle")]))],
            by: desk.admin
        )
        let age = try #require(try ask(desk, about: "dan", columns: ["age"]).ways)
        #expect(age.changes.first?.map(\.sentence) == ["join group analysts and hold role auditor"])
        let cared = try #require(try ask(desk, about: "alice", columns: ["age"], purpose: "care").ways)
        #expect(cared.changes.first?.map(\.sentence) == ["join group owners", "hold role auditor"])
    }

    @Test func `are true: whoever takes the steps sees it so`() throws {
        let desk = try desk()
        for user in ["alice", "bob", "eve"] {
            let answer = try ask(desk, about: user, columns: nil)
            for (column, changes) in zip(answer.columns, answer.ways?.changes ?? []) {
                for change in changes {
                    try take(change.steps, as: user, on: desk)
                    var purpose: String?
                    for case .namePurpose(let name) in change.steps { purpose = name }
                    let then = try ask(desk, about: "taker", columns: [column.name.text], purpose: purpose)
                    #expect(then.columns.first?.treatment == change.treatment, "\(user): \(change.sentence)")
                }
            }
        }
    }

    /// Makes `taker` what `user` would be after some steps.
    private func take(_ steps: [OpeningChange.Step], as user: String, on desk: Desk) throws {
        var groups = user == "alice" ? [GroupName("analysts")] : []
        var roles: [Role] = [Role(RoleName("auditor"))]
        for step in steps {
            switch step {
            case .joinGroup(let group): groups.append(group)
            case .holdRole(let role): roles = [Role(role, users: [UserName("taker")])]
            case .namePurpose: break
            }
        }
        try desk.cases.editing.put(
            [.putUser(User(UserName("taker"), groups: groups))] + roles.map { .putRole($0) },
            by: desk.admin
        )
    }

    @Test func `are told to administrators and the owner only; others are sent to the owner`() throws {
        let desk = try desk()
        let consumer = try #require(
            try ask(desk, about: "alice", columns: ["name", "age"], as: desk.caller("alice")).ways
        )
        #expect(!consumer.mayKnowChanges && consumer.changes.allSatisfy(\.isEmpty))
        #expect(consumer.owner == UserName("bob"))
        #expect(consumer.withoutColumns == [ColumnName("age")])
        let owner = try #require(
            try ask(desk, about: "alice", columns: ["age"], as: desk.caller("bob")).ways
        )
        #expect(owner.mayKnowChanges && owner.changes.first?.isEmpty == false)
        #expect(owner.withoutColumns == nil, "nothing would be left")
    }

    @Test func `aren't there for what is clear`() throws {
        let desk = try desk()
        #expect(try ask(desk, about: "alice", columns: ["name"]).ways == nil)
    }
}
