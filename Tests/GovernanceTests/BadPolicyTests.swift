import CatalogModel
import Foundation
import Governance
import PolicyEngine
import SQLiteStore
import TestSupport
import Testing

/// What can't be meant is refused by name and place, and what was in force stays.
@Suite(.aside) struct `Policies that can't be meant` {
    /// A case: what is wrong, what its message must name, and the policy.
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let named: [String]
        let policy: Policy

        init(_ what: String, named: [String], _ change: (inout Policy) -> Void) {
            self.what = what
            self.named = named
            policy = Desk.policy("bad", column: "mail", change)
        }

        var testDescription: String { what }
    }

    static let cases: [Case] = [
        Case("an unknown access type", named: ["policy `bad`", "policyItems[1].accesses[0]", "`fly`"]) {
            $0.policyItems = [Desk.item("analysts"), Desk.item("analysts", access: "fly")]
        },
        Case("an unknown mask type", named: ["policy `bad`", "dataMaskPolicyItems[0]", "`MAGIC`"]) {
            $0.policyType = .dataMask
            $0.dataMaskPolicyItems = [Desk.item("analysts", mask: "MAGIC")]
        },
        Case("an unknown resource", named: ["policy `bad`", "resources", "`planet`"]) {
            $0.policyItems = [Desk.item("analysts")]
            var earth = PolicyResource()
            earth.values = ["earth"]
            $0.resources["planet"] = earth
        },
        Case("more items than anybody can mean", named: ["policy `bad`", "items", "10000"]) {
            $0.policyItems = Array(repeating: Desk.item("analysts"), count: 100_000)
        },
        Case("more text than anybody can mean", named: ["policy `bad`", "bytes of text"]) {
            $0.policyItems = [Desk.item("analysts")]
            $0.description = String(repeating: "x", count: 10_000_000)
        },
        Case("more resources than anybody can mean", named: ["policy `bad`", "additional resources"]) {
            $0.policyItems = [Desk.item("analysts")]
            $0.additionalResources = Array(repeating: [:], count: 100_000)
        },
        Case("more times than anybody can mean", named: ["policy `bad`", "validity schedules"]) {
            $0.policyItems = [Desk.item("analysts")]
            $0.validitySchedules = Array(repeating: ValiditySchedule(), count: 100_000)
        },
        Case("a time zone that isn't there", named: ["policy `bad`", "validitySchedules[0]", "time zone"]) {
            $0.policyItems = [Desk.item("analysts")]
            var schedule = ValiditySchedule()
            schedule.startTime = "2026/01/01 00:00:00"
            schedule.timeZone = "Mars/Olympus"
            $0.validitySchedules = [schedule]
        },
        Case("an end before the start", named: ["policy `bad`", "validitySchedules[1]", "`endTime`"]) {
            $0.policyItems = [Desk.item("analysts")]
            var good = ValiditySchedule()
            good.startTime = "2026/01/01 00:00:00"
            var schedule = good
            schedule.endTime = "2025/01/01 00:00:00"
            $0.validitySchedules = [good, schedule]
        },
        Case("a time that can't be read", named: ["policy `bad`", "validitySchedules[0].startTime", "time"]) {
            $0.policyItems = [Desk.item("analysts")]
            var schedule = ValiditySchedule()
            schedule.startTime = "tomorrow"
            $0.validitySchedules = [schedule]
        },
        Case(
            "a recurrence without a length",
            named: ["policy `bad`", "validitySchedules[0].recurrences[0]", "missing"]
        ) {
            $0.policyItems = [Desk.item("analysts")]
            var schedule = ValiditySchedule()
            schedule.startTime = "2026/01/01 00:00:00"
            schedule.recurrences = [Recurrence()]
            $0.validitySchedules = [schedule]
        },
        Case("a condition that isn't there", named: ["policy `bad`", "conditions[0]", "`moon phase`"]) {
            $0.policyItems = [Desk.item("analysts")]
            var condition = PolicyCondition()
            condition.type = "moon phase"
            condition.values = ["full"]
            $0.conditions = [condition]
        },
        Case(
            "a regular expression that explodes",
            named: ["policy `bad`", "policyItems[0].conditions[0]", "regular expression 1"]
        ) {
            $0.policyItems = [Desk.item("analysts")]
            var condition = PolicyCondition()
            condition.type = "_expression"
            condition.values = ["/(a+)+$/.test(USER.name)"]
            $0.policyItems[0].conditions = [condition]
        },
        Case("a zone that isn't there", named: ["policy `bad`", "zoneName", "unknown zone `nowhere`"]) {
            $0.policyItems = [Desk.item("analysts")]
            $0.zoneName = "nowhere"
        },
        Case("an id beyond all others", named: ["policy `bad`", "`id` is out of range"]) {
            $0.policyItems = [Desk.item("analysts")]
            $0.id = .max
        },
    ]

    @Test(arguments: cases)
    func `are refused by place when they are published`(bad: Case) throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([Desk.policy("good", column: "mail") { $0.policyItems = [Desk.item("analysts")] }])
        let before = try desk.cases.policies.policies(by: desk.admin)
        let version = try desk.store.currentVersion()
        // Also when good ones come with it: all or none.
        let good = Desk.policy("other", column: "age") { $0.policyItems = [Desk.item("analysts")] }
        let error = try #require(throws: GovernanceError.self) {
            try desk.publish([good, bad.policy])
        }
        #expect(error.code == .invalidPolicy)
        for name in bad.named { #expect(error.message.contains(name), "\(error.message)") }
        #expect(error.message.utf8.count < 2000, "a message for people")
        #expect(try desk.cases.policies.policies(by: desk.admin) == before)
        #expect(try desk.store.currentVersion() == version)
        try desk.publish([good])
    }

    @Test(arguments: [["a", "b", "c", "a"], ["a", "a"]])
    func `are joined by roles that hold each other`(round: [String]) throws {
        let desk = try Desk()
        try desk.furnish()
        let version = try desk.store.currentVersion()
        let roles = zip(round, round.dropFirst()).map { name, member in
            Role(RoleName(name), roles: [RoleName(member)])
        }
        let error = try #require(throws: GovernanceError.self) {
            try desk.cases.editing.put(roles.map { .putRole($0) }, by: desk.admin)
        }
        #expect(error.message.contains("role `") && error.message.contains("cycle: `"), "\(error.message)")
        #expect(try desk.store.currentVersion() == version)
    }

    @Test func `are joined by roles deeper within each other than any stack`() throws {
        let desk = try Desk()
        try desk.furnish()
        let roles = (0..<3000).map { number in
            Role(RoleName("r\(10_000 + number)"), roles: number == 0 ? [] : [RoleName("r\(9_999 + number)")])
        }
        let error = try #require(throws: GovernanceError.self) {
            try desk.cases.editing.put(roles.map { .putRole($0) }, by: desk.admin)
        }
        #expect(error.message.contains("roles within each other"), "\(error.message)")
    }

    @Test(arguments: [("database", "cycle"), ("nowhere", "unknown parent `nowhere`")])
    func `are joined by levels with parents in a round, or none`(parent: String, named: String) throws {
        let desk = try Desk()
        try desk.furnish()
        let version = try desk.store.currentVersion()
        var definition = try Desk.definition("file")
        // The outermost level below one that lies below it, or below nothing that there is.
        definition.resources[0].parent = parent == "database" ? "table" : parent
        let service = PolicyService(name: ServiceName("round"), definition: definition)
        let error = try #require(throws: GovernanceError.self) {
            try desk.cases.policies.apply(services: [service], by: desk.admin)
        }
        #expect(error.message.contains(named), "\(error.message)")
        #expect(error.message.contains("service definition `file`"), "\(error.message)")
        #expect(try desk.store.currentVersion() == version)
    }

    @Test func `explode no pattern, however many stars it has`() throws {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("stars", column: String(repeating: "*a", count: 200) + "*b") {
                $0.policyItems = [Desk.item("analysts")]
            }
        ])
        let question = PolicyQuestion(user: UserName("root"), table: desk.people)
        // Each column is compared with the pattern; what matters is that it ends.
        _ = try desk.cases.questions.answer([question], act: .check, for: desk.admin)
    }
}
