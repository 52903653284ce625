import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

/// Sets of random policies as Steward publishes them, with everything that a policy may have.
struct RandomSet {
    var random: RandomPolicies
    private(set) var policies: [Int64: Policy] = [:]
    let services: [PolicyService]
    /// Zones, for every other seed.
    let zones: [SecurityZone]

    init(seed: UInt64) throws {
        zones = seed % 2 == 0 ? try RandomZones.all(of: "lake", tagService: "labels") : []
        random = RandomPolicies(numbers: SeededNumbers(seed))
        services = [
            PolicyService(
                name: ServiceName("lake"),
                definition: try definition("hive"),
                tagService: ServiceName("labels")
            ),
            PolicyService(name: ServiceName("labels"), definition: try definition("tag")),
        ]
        for id in 1...70 { policies[Int64(id)] = policy(Int64(id)) }
    }

    /// A policy of either service: with schedules, conditions, filters of rows, and texts that are filled in.
    mutating func policy(_ id: Int64) -> Policy {
        guard var policy = random.policies(1).first else { return Policy() }
        policy.id = id
        policy.name = "p\(random.numbers.next() % 50) \(id)"
        policy.service = "lake"
        policy.isEnabled = random.numbers.chance(95)
        if random.numbers.chance(15) { policy.validitySchedules = [schedule()] }
        if random.numbers.chance(10) { policy.conditions = [purpose()] }
        if random.numbers.chance(15), !policy.policyItems.isEmpty {
            policy.policyItems[0].conditions = [purpose()]
        }
        if random.numbers.chance(20), !policy.policyItems.isEmpty {
            policy.policyItems[0].roles = ["analysts"]
        }
        if policy.policyType == .rowFilter {
            policy.resources["column"] = nil
            for index in policy.additionalResources.indices {
                policy.additionalResources[index]["column"] = nil
            }
        }
        if policy.policyType == .rowFilter, random.numbers.chance(30) {
            policy.rowFilterPolicyItems[0].rowFilterInfo?.filterExpr = "owner = ${{USER._name}}"
        }
        if !zones.isEmpty, random.numbers.chance(40) { policy.zoneName = random.numbers.pick(zones).name }
        return random.numbers.chance(30) ? aboutTag(policy) : policy
    }

    private mutating func aboutTag(_ policy: Policy) -> Policy {
        var policy = policy
        policy.service = "labels"
        // Other zones have no tag policies of their own.
        if policy.zoneName != "east" { policy.zoneName = "" }
        policy.additionalResources = []
        var tag = PolicyResource()
        tag.values = random.numbers.chance(20) ? ["P*"] : [random.numbers.pick(["PII", "PCI", "SECRET"])]
        policy.resources = ["tag": tag]
        let named = { (item: PolicyItem) in
            var item = item
            for index in item.accesses.indices {
                item.accesses[index].type = "hive:\(item.accesses[index].type)"
            }
            if let mask = item.dataMaskInfo { item.dataMaskInfo?.dataMaskType = "hive:\(mask.dataMaskType)" }
            return item
        }
        policy.policyItems = policy.policyItems.map(named)
        policy.denyPolicyItems = policy.denyPolicyItems.map(named)
        policy.allowExceptions = policy.allowExceptions.map(named)
        policy.denyExceptions = policy.denyExceptions.map(named)
        policy.dataMaskPolicyItems = policy.dataMaskPolicyItems.map(named)
        // The tag service filters no rows.
        if policy.policyType == .rowFilter { return self.policy(policy.id ?? 0) }
        return policy
    }

    private mutating func schedule() -> ValiditySchedule {
        var schedule = ValiditySchedule()
        schedule.startTime = random.numbers.pick(["2020/01/01 00:00:00", "2030/01/01 00:00:00"])
        return schedule
    }

    private mutating func purpose() -> PolicyCondition {
        var condition = PolicyCondition()
        condition.type = "purpose"
        condition.values = [random.numbers.pick(["billing", "research"])]
        return condition
    }

    func set(version: Int64 = 1) throws -> PolicySet {
        let all = policies.values.sorted { ($0.id ?? 0) < ($1.id ?? 0) }
        return try PolicySet(services: services, policies: all, zones: zones, version: version)
    }

    /// A new policy, another one in place of one that is there, or one less.
    mutating func change() -> PolicyChange {
        let known = policies.keys.sorted()
        switch random.numbers.next() % 3 {
        case 0:
            let policy = policy((known.last ?? 0) + 1)
            policies[policy.id ?? 0] = policy
            return .put(policy)
        case 1:
            let policy = policy(random.numbers.pick(known))
            policies[policy.id ?? 0] = policy
            return .put(policy)
        default:
            let id = random.numbers.pick(known)
            policies[id] = nil
            return .delete(id)
        }
    }

    private mutating func tags() -> [EffectiveTag] {
        (0..<Int(random.numbers.next() % 3)).map { _ in
            let until = random.numbers.chance(15) ? Instant(seconds: 1_000_000_000) : nil
            let tag = Tag(TagName(random.numbers.pick(["PII", "PCI", "OTHER"])), validUntil: until)
            return EffectiveTag(tag, origin: random.numbers.chance(70) ? .column : .table)
        }
    }

    mutating func request() throws -> ReadRequest {
        let user = random.numbers.pick(RandomPolicies.users + ["dave"])
        let columns = ["a", "b", "c", "A"].map { ColumnName($0) }
        let database = random.numbers.pick(["sales", "hr", "alice_db", "Sales", "x"])
        let name = "\(database).\(random.numbers.pick(["t1", "t2", "t3"]))"
        return ReadRequest(
            subject: Subject(
                user: UserName(user),
                groups: random.numbers.chance(50) ? [GroupName(random.numbers.pick(["eng", "fin"]))] : [],
                roles: random.numbers.chance(30) ? [RoleName("analysts")] : []
            ),
            service: ServiceName("lake"),
            table: try #require(TableName(name)),
            owner: random.numbers.chance(30) ? UserName(random.numbers.pick(RandomPolicies.users)) : nil,
            columns: columns,
            tableTags: random.numbers.chance(40) ? tags() : [],
            columnTags: columns.map { _ in random.numbers.chance(50) ? tags() : [] },
            accessType: random.numbers.chance(20)
                ? random.numbers.pick(["update", "drop", "unheard of"]) : nil,
            purpose: random.numbers.pick([nil, "billing", "research", "fun"]),
            now: Instant(seconds: 1_700_000_000)
        )
    }
}

/// What a decision says, to compare.
private struct Said: Equatable {
    let columns: [Treatment]
    let reasons: [Reason]
    let filter: String?
    let filterReason: Reason?
    let isAudited: Bool
}

private func said(_ decision: Decision) -> Said {
    Said(
        columns: decision.columns.map(\.treatment),
        reasons: decision.columns.map(\.reason),
        filter: decision.rowFilter?.expression,
        filterReason: decision.rowFilter?.reason,
        isAudited: decision.isAudited
    )
}

@Suite(.aside) struct `Reading by numbers` {
    static let seeds: [UInt64] = Array(1...12)

    @Test(arguments: seeds)
    func `decides tables as all rules do`(seed: UInt64) throws {
        var random = try RandomSet(seed: seed &+ 9000)
        let set = try random.set()
        for _ in 0..<250 {
            let request = try random.request()
            let byRules = set.decide(request, byAllRules: true)
            #expect(said(set.decide(request)) == said(byRules), "seed \(seed), \(request)")
        }
    }

    @Test(arguments: seeds)
    func `allows acts as all rules do`(seed: UInt64) throws {
        var random = try RandomSet(seed: seed &+ 9500)
        let set = try random.set()
        for _ in 0..<250 {
            let read = try random.request()
            var resource = ["database": read.table.parts[0]]
            if random.random.numbers.chance(60) { resource["table"] = read.table.parts[1] }
            let request = ActRequest(
                subject: read.subject,
                service: read.service,
                resource: resource,
                accessType: random.random.numbers.pick(RandomPolicies.accesses),
                owner: read.owner,
                now: read.now
            )
            #expect(set.allows(request) == set.allows(request, byAllRules: true), "seed \(seed), \(request)")
        }
    }

    @Test(arguments: seeds)
    func `is the same for sets changed bit by bit and made whole`(seed: UInt64) throws {
        var random = try RandomSet(seed: seed &+ 9900)
        let before = try random.set()
        let first = random
        var set = before
        for step in 1...40 {
            let changes = (0...Int(random.random.numbers.next() % 3)).map { _ in random.change() }
            // Some are tried and dropped, as refused ones are.
            if step % 5 == 0 { _ = try set.applying([.delete(1), .delete(2)], version: 0) }
            set = try set.applying(changes, version: Int64(step)) ?? random.set(version: Int64(step))
            guard step % 10 == 0 else { continue }
            try expectSame(set, random.set(version: Int64(step)), &random, "seed \(seed), step \(step)")
        }
        try expectSame(before, first.set(), &random, "seed \(seed), the first version")
    }

    private func expectSame(
        _ left: PolicySet,
        _ right: PolicySet,
        _ random: inout RandomSet,
        _ remark: String
    ) throws {
        for _ in 0..<60 {
            let request = try random.request()
            #expect(said(left.decide(request)) == said(right.decide(request)), "\(remark), \(request)")
        }
    }

    @Test
    func `leaves the set as it was when a changed policy is refused`() throws {
        var random = try RandomSet(seed: 5)
        let set = try random.set()
        var policy = try #require(random.policies[3])
        policy.name = try #require(random.policies[4]).name
        policy.service = try #require(random.policies[4]).service
        #expect(throws: PolicyError.self) { try set.applying([.put(policy)], version: 2) }
        policy = try #require(random.policies[3])
        policy.service = "nowhere"
        #expect(throws: PolicyError.self) { try set.applying([.put(policy)], version: 2) }
        try expectSame(set, random.set(), &random, "after refusals")
        // Two policies may swap their names at once.
        var one = try #require(random.policies[3])
        var other = try #require(random.policies[4])
        one.service = "lake"
        other.service = "lake"
        other.zoneName = one.zoneName
        (one.name, other.name) = (other.name, one.name)
        let isTag = random.policies[3]?.service == "labels" || random.policies[4]?.service == "labels"
        if !isTag { #expect(try set.applying([.put(one), .put(other)], version: 2) != nil) }
    }
}
