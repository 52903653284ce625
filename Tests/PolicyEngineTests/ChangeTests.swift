import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

@Suite(.aside) struct `Changed policies` {
    static let seeds: [UInt64] = Array(1...8)
    private let now = Instant(seconds: 1_700_000_000)

    /// What is in force, as it would be sent whole.
    private struct Whole {
        var policies: [Int64: Policy] = [:]
        var tags: [Int64: Policy] = [:]
        let base: RangerEngine.Setup

        func engine(scans: Bool = false) throws -> RangerEngine {
            var setup = base
            setup.policies.policies = policies.sorted { $0.key < $1.key }.map(\.value)
            setup.policies.tagPolicies?.policies = tags.sorted { $0.key < $1.key }.map(\.value)
            setup.options.scansEverything = scans
            return try RangerEngine(setup)
        }
    }

    private func whole(_ random: inout RandomPolicies) throws -> Whole {
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try definition("hive")
        var tagPolicies = TagPolicies()
        tagPolicies.serviceDefinition = try definition("tag")
        setup.policies.tagPolicies = tagPolicies
        var role = RoleRecord()
        role.name = "analysts"
        role.users = ["bob"]
        role.groups = ["eng"]
        setup.roles = [role]
        var tag = TagRecord()
        tag.type = "PII"
        setup.tags = TagDownload()
        setup.tags?.tags = ["1": tag]
        var resource = TaggedResource()
        resource.id = 1
        var value = PolicyResource()
        value.values = ["sales"]
        resource.elements = ["database": value]
        setup.tags?.resources = [resource]
        setup.tags?.tagsOfResource = ["1": [1]]
        var whole = Whole(base: setup)
        for policy in random.policies(50) { whole.policies[policy.id ?? 0] = policy }
        for policy in random.policies(6) { whole.tags[(policy.id ?? 0) + 1000] = tagged(policy) }
        return whole
    }

    private func tagged(_ policy: Policy) -> Policy {
        var policy = policy
        policy.id = (policy.id ?? 0) + 1000
        policy.serviceType = "tag"
        policy.additionalResources = []
        var tag = PolicyResource()
        tag.values = [(policy.id ?? 0) % 2 == 0 ? "PII" : "PCI"]
        policy.resources = ["tag": tag]
        return policy
    }

    /// One change, applied to what is in force.
    private func change(_ random: inout RandomPolicies, _ whole: inout Whole, step: Int) -> PolicyDownload {
        var delta = PolicyDelta()
        guard var policy = random.policies(1).first else { return PolicyDownload() }
        if random.numbers.chance(30) {
            policy.policyItems.first.map { _ in policy.policyItems[0].roles = ["analysts"] }
        }
        policy.isEnabled = random.numbers.chance(95)
        let isTag = random.numbers.chance(20)
        let known = (isTag ? whole.tags : whole.policies).keys.sorted()
        let kind = random.numbers.next() % 3
        delta.changeType = Int(kind)
        policy.id = kind == 0 ? Int64(2000 + step) - (isTag ? 0 : 1000) : random.numbers.pick(known)
        if isTag {
            let id = policy.id ?? 0
            policy.id = id - 1000
            policy = tagged(policy)
        }
        delta.policy = policy
        var update = PolicyDownload()
        update.policyDeltas = [delta]
        let id = policy.id ?? 0
        if isTag {
            whole.tags[id] = kind == 2 ? nil : policy
        } else {
            whole.policies[id] = kind == 2 ? nil : policy
        }
        return update
    }

    private func expectSame(
        _ left: RangerEngine,
        _ right: RangerEngine,
        _ random: inout RandomPolicies,
        _ remark: String
    ) {
        var decider = RangerDecider(left)
        for _ in 0..<60 {
            let request = random.request()
            let question = AccessQuestion(
                user: request.user ?? "",
                groups: request.groups,
                accessType: request.accessType,
                resource: request.elements.map { .init($0.key, $0.value.first ?? "") },
                time: now
            )
            for type in PolicyType.allCases {
                let wanted = right.evaluate(request, type, now: now)
                #expect(left.evaluate(request, type, now: now) == wanted, "\(remark), \(request)")
                let long = right.evaluate(AccessRequest(question), type, now: now)
                #expect(decider.answer(question, type) == AccessAnswer(long), "\(remark), \(question)")
            }
        }
    }

    @Test(arguments: seeds)
    func `mean the same one after another as sent whole`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 5000))
        var whole = try whole(&random)
        let first = whole
        let before = try whole.engine()
        var engine = before
        for step in 1...60 {
            engine = try engine.applying(change(&random, &whole, step: step))
            guard step % 12 == 0 else { continue }
            expectSame(engine, try whole.engine(), &random, "seed \(seed), step \(step)")
            expectSame(engine, try whole.engine(scans: true), &random, "seed \(seed), step \(step), scanned")
        }
        expectSame(before, try first.engine(), &random, "seed \(seed), the first version")
    }

    @Test
    func `may grow from one version in two ways`() throws {
        var random = RandomPolicies(numbers: SeededNumbers(77))
        let start = try whole(&random)
        let engine = try start.engine()
        var left = start
        var right = start
        let one = try engine.applying(change(&random, &left, step: 1))
        let other = try engine.applying(change(&random, &right, step: 2))
        expectSame(one, try left.engine(), &random, "one")
        expectSame(other, try right.engine(), &random, "the other")
    }

    @Test
    func `that can't be compiled leave those in force that were`() throws {
        var random = RandomPolicies(numbers: SeededNumbers(78))
        var start = try whole(&random)
        let engine = try start.engine()
        var policy = Policy()
        policy.id = 1
        policy.name = "too much"
        var item = PolicyItem()
        item.users = ["alice"]
        item.accesses = (0..<200).map { ItemAccess(type: "made up \($0)", isAllowed: true) }
        policy.policyItems = [item]
        var delta = PolicyDelta()
        delta.changeType = 1
        delta.policy = policy
        var update = PolicyDownload()
        update.policyDeltas = [delta]
        #expect(throws: PolicyError.self) { try engine.applying(update) }
        expectSame(engine, try start.engine(), &random, "after a refusal")
        let next = try engine.applying(change(&random, &start, step: 3))
        expectSame(next, try start.engine(), &random, "after a refusal and a change")
    }

    @Test(arguments: [false, true])
    func `find room where many come between two others`(isDescending: Bool) throws {
        var random = RandomPolicies(numbers: SeededNumbers(79))
        var start = try whole(&random)
        let policies = random.policies(300)
        var engine = try start.engine()
        for (index, source) in policies.enumerated() {
            var policy = source
            policy.id = Int64(5000 + index)
            // Between any two others of their kind, in a row.
            policy.name = "p25 m\(isDescending ? 9000 - index : 1000 + index)"
            policy.policyPriority = 0
            var delta = PolicyDelta()
            delta.policy = policy
            var update = PolicyDownload()
            update.policyDeltas = [delta]
            engine = try engine.applying(update)
            start.policies[policy.id ?? 0] = policy
        }
        expectSame(engine, try start.engine(), &random, "many in a row")
    }
}

@Suite(.aside) struct `Names of policies` {
    @Test
    func `are ordered as Java orders texts`() {
        var numbers = SeededNumbers(4)
        let pieces = ["a", "b", "", "é", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "😀", "𝒳", "Z"]
        for _ in 0..<5000 {
            let left = (0..<3).map { _ in numbers.pick(pieces) }.joined()
            let right = (0..<3).map { _ in numbers.pick(pieces) }.joined()
            #expect(NameOrder.isBefore(left, right) == left.utf16.lexicographicallyPrecedes(right.utf16))
        }
    }
}
