import CatalogModel
import PolicyEngine
import TestSupport
import Testing

@testable import PolicyVerification

@Suite(.aside) struct `Copies of a workload` {
    private let now = Instant(seconds: 1_700_000_000)

    private func policy(_ id: Int64, _ database: String, _ user: String, denies: Bool = false) -> Policy {
        var policy = Policy()
        policy.id = id
        policy.name = "policy \(id)"
        for (level, value) in [("db", database), ("tab", "*")] {
            var resource = PolicyResource()
            resource.values = [value]
            policy.resources[level] = resource
        }
        var item = PolicyItem()
        item.users = [user]
        var access = ItemAccess()
        access.type = "select"
        item.accesses = [access]
        if denies { policy.denyPolicyItems = [item] } else { policy.policyItems = [item] }
        return policy
    }

    private func setup() throws -> RangerEngine.Setup {
        let document = """
            { "name": "x", "resources": [ { "name": "db" }, { "name": "tab", "parent": "db" } ],
              "accessTypes": [ { "name": "select" } ] }
            """
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try JSONNodeDecoder.decode(
            ServiceDefinition.self,
            from: JSONReader.read(document)
        )
        setup.policies.policies = [
            policy(1, "*", "root"), policy(2, "sales", "alice"), policy(3, "sa*", "bob"),
            policy(4, "hr", "alice", denies: true), policy(5, "*_log", "carol"),
        ]
        return setup
    }

    private func cases(_ engine: RangerEngine) -> [DecisionWorkload.Case] {
        ["root", "alice", "bob", "carol"].flatMap { user in
            ["sales", "hr", "x_log", "other"].map { database in
                let question = AccessQuestion(
                    user: user,
                    groups: [],
                    accessType: "select",
                    resource: [.init("db", database), .init("tab", "t")],
                    time: now
                )
                let outcome = engine.evaluate(AccessRequest(question), .access, now: now)
                return DecisionWorkload.Case(question: question, type: .access, wanted: AccessAnswer(outcome))
            }
        }
    }

    @Test func `answer as the original does`() throws {
        let setup = try setup()
        let cases = cases(try RangerEngine(setup))
        let plan = DecisionWorkload.Copies(3, of: setup)
        let large = plan.applied(to: setup)
        // Those about all databases, or about whatever ends in something, stay alone.
        #expect(large.policies.policies?.count == 2 + 3 * 3)
        var decider = RangerDecider(try RangerEngine(large))
        let spread = plan.applied(to: cases)
        #expect(spread.contains { $0.question.resource[0].value == "c1.sales" })
        for one in spread {
            #expect(one.isMet(by: decider.answer(one.question, one.type)), "\(one.question)")
        }
        #expect(spread.contains { $0.wanted.isAllowed } && spread.contains { !$0.wanted.isAllowed })
    }
}
