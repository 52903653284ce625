import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

@Suite(.aside) struct `Random policies` {
    static let seeds: [UInt64] = Array(1...12)

    private func engine(_ policies: [Policy], scans: Bool = false, tags: [Policy] = []) throws -> RangerEngine
    {
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try definition("hive")
        setup.policies.policies = policies
        if !tags.isEmpty {
            var tagPolicies = TagPolicies()
            tagPolicies.serviceDefinition = try definition("tag")
            tagPolicies.policies = tags
            setup.policies.tagPolicies = tagPolicies
        }
        setup.options.scansEverything = scans
        return try RangerEngine(setup)
    }

    /// The same policies, about tags.
    private func tagged(_ policies: [Policy]) -> [Policy] {
        policies.map { policy in
            var policy = policy
            policy.additionalResources = []
            var tag = PolicyResource()
            tag.values = [(policy.id ?? 0) % 2 == 0 ? "PII" : "PCI"]
            policy.resources = ["tag": tag]
            return policy
        }
    }

    @Test(arguments: seeds)
    func `mean the same by index and by scanning`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed))
        let policies = random.policies(60)
        let tags = tagged(random.policies(8))
        let indexed = try engine(policies, tags: tags)
        let scanning = try engine(policies, scans: true, tags: tags)
        for _ in 0..<300 {
            var request = random.request()
            if random.numbers.chance(40) {
                let place = random.numbers.pick([TagMatch.own, .above, .below])
                request.tags = [AttachedTag(type: random.numbers.pick(["PII", "PCI"]), match: place)]
            }
            for type in PolicyType.allCases {
                let now = Instant(seconds: 1_700_000_000)
                #expect(
                    indexed.evaluate(request, type, now: now) == scanning.evaluate(request, type, now: now),
                    "seed \(seed), \(request)"
                )
            }
        }
    }

    @Test(arguments: seeds)
    func `mean the same to a short question as to a long request`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 3000))
        let policies = random.policies(60)
        let engine = try tagging(policies, tagged(random.policies(8)), &random.numbers)
        var decider = RangerDecider(engine)
        let now = Instant(seconds: 1_700_000_000)
        var asked: [(question: AccessQuestion, type: PolicyType, wanted: AccessAnswer)] = []
        for _ in 0..<300 {
            let request = random.request()
            let question = AccessQuestion(
                user: request.user ?? "",
                groups: request.groups + (random.numbers.chance(30) ? ["staff"] : []),
                accessType: request.accessType,
                resource: request.elements.map { .init($0.key, $0.value.first ?? "") },
                time: now
            )
            for type in PolicyType.allCases {
                let long = AccessAnswer(engine.evaluate(AccessRequest(question), type, now: now))
                #expect(decider.answer(question, type) == long, "seed \(seed), \(question)")
                asked.append((question, type, long))
            }
        }
        decider.answer(asked.map(\.question), asked.map(\.type), in: asked.indices) { index, answer in
            #expect(answer == asked[index].wanted, "seed \(seed), \(asked[index].question) among others")
        }
    }

    /// More candidates than are sifted at once, most of which share marks with the one who asks.
    @Test func `mean the same to a short question however many look alike`() throws {
        let groups = (0..<12).map { "g\($0)" }
        let policies = (0..<3000).map { number in
            var policy = Policy()
            policy.id = Int64(number)
            policy.name = "p\(number)"
            for (level, value) in [("database", "sales"), ("table", "*"), ("column", "*")] {
                var resource = PolicyResource()
                resource.values = [value]
                policy.resources[level] = resource
            }
            var item = PolicyItem()
            item.users = (0..<8).map { "u\(number * 8 + $0)" }
            item.groups = number % 701 == 700 ? [groups[number % 12]] : []
            item.accesses = [ItemAccess(type: number % 2 == 0 ? "select" : "update", isAllowed: true)]
            if number % 5 == 0 { policy.denyPolicyItems = [item] } else { policy.policyItems = [item] }
            return policy
        }
        let engine = try engine(policies)
        var decider = RangerDecider(engine)
        let now = Instant(seconds: 1_700_000_000)
        for user in ["dave", "u8", "u12001", "u23999"] {
            for access in ["select", "update"] {
                for count in [0, 1, 10, 12] {
                    let question = AccessQuestion(
                        user: user,
                        groups: Array(groups.prefix(count)),
                        accessType: access,
                        resource: [.init("database", "sales"), .init("table", "t1"), .init("column", "a")],
                        time: now
                    )
                    let long = engine.evaluate(AccessRequest(question), .access, now: now)
                    #expect(decider.answer(question, .access) == AccessAnswer(long), "\(question)")
                }
            }
        }
    }

    /// An engine with tagged resources and roles, one of them within another.
    private func tagging(_ policies: [Policy], _ tags: [Policy], _ numbers: inout SeededNumbers) throws
        -> RangerEngine
    {
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try definition("hive")
        setup.policies.policies = policies.map { policy in
            var policy = policy
            if (policy.id ?? 0) % 3 == 0, !policy.policyItems.isEmpty {
                policy.policyItems[0].roles = ["outer"]
            }
            return policy
        }
        var tagPolicies = TagPolicies()
        tagPolicies.serviceDefinition = try definition("tag")
        tagPolicies.policies = tags
        setup.policies.tagPolicies = tagPolicies
        var inner = RoleRecord()
        inner.name = "inner"
        inner.users = ["alice"]
        inner.groups = ["staff"]
        var outer = RoleRecord()
        outer.name = "outer"
        outer.roles = ["inner"]
        setup.roles = [inner, outer]
        setup.tags = RandomPolicies.tags(&numbers)
        return try RangerEngine(setup)
    }

    @Test(arguments: seeds)
    func `mean the same after changes as sent whole`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 1000))
        let before = random.policies(40)
        var after = before
        var update = PolicyDownload()
        for policy in random.policies(40).suffix(20) {
            var delta = PolicyDelta()
            let position = Int(random.numbers.next() % 40)
            switch random.numbers.next() % 3 {
            case 0:
                var policy = policy
                policy.id = (policy.id ?? 0) + 100
                delta.policy = policy
                after.append(policy)
            case 1:
                var policy = policy
                policy.id = before[position].id
                delta.changeType = 1
                delta.policy = policy
                after = after.filter { $0.id != policy.id } + [policy]
            default:
                delta.changeType = 2
                delta.policy = before[position]
                after.removeAll { $0.id == before[position].id }
            }
            update.policyDeltas.append(delta)
        }
        var download = PolicyDownload()
        download.serviceDefinition = try definition("hive")
        download.policies = before
        var setup = RangerEngine.Setup()
        setup.policies = download.applying(update)
        let changed = try RangerEngine(setup)
        let whole = try engine(after.reversed())
        for _ in 0..<200 {
            let request = random.request()
            for type in PolicyType.allCases {
                let now = Instant(seconds: 1_700_000_000)
                #expect(changed.evaluate(request, type, now: now) == whole.evaluate(request, type, now: now))
            }
        }
    }

    @Test(arguments: seeds)
    func `are listed as they are evaluated`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 2000))
        random.isPlain = true
        let engine = try engine(random.policies(25))
        let now = Instant(seconds: 1_700_000_000)
        for _ in 0..<30 {
            var request = random.request()
            request.owner = nil
            request.groups = []
            request.accessTypes = []
            request.countsDescendants = false
            request.elements["database"] = [random.numbers.pick(["sales", "hr", "x"])]
            let lists = engine.accessLists(request, now: now)
            for user in RandomPolicies.users {
                for access in ["select", "update", "drop", "index"] {
                    request.user = user
                    request.accessType = access
                    let entry = lists.users[user]?[access] ?? lists.groups["public"]?[access]
                    if entry?.result == .conditional { continue }
                    let outcome = engine.evaluate(request, .access, now: now)
                    #expect(
                        outcome.isAllowed == (entry?.result == .allowed),
                        "seed \(seed), \(user) \(access) \(request.elements)"
                    )
                }
            }
        }
    }

    @Test(arguments: seeds)
    func `decide columns together as one by one`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 3000))
        let policies = random.policies(40).map { policy in
            var policy = policy
            policy.service = "hive"
            return policy
        }
        let service = PolicyService(name: ServiceName("hive"), definition: try definition("hive"))
        let options = CompileOptions.ranger(zones: .fixedOnly, localZone: .utc)
        let set = try PolicySet(services: [service], policies: policies, version: 1, options: options)
        let columns = ["a", "b", "c", "d"].map { ColumnName($0) }
        for user in RandomPolicies.users {
            let subject = Subject(
                user: UserName(user),
                groups: [GroupName("eng")],
                roles: [],
                attributes: [:]
            )
            func decide(_ columns: [ColumnName]) throws -> Decision {
                let table = try #require(TableName("sales.t1"))
                return set.decide(
                    ReadRequest(
                        subject: subject,
                        service: ServiceName("hive"),
                        table: table,
                        columns: columns,
                        now: Instant(seconds: 1_700_000_000)
                    )
                )
            }
            let together = try decide(columns)
            for (index, column) in columns.enumerated() {
                let alone = try decide([column])
                #expect(together.columns[index].treatment == alone.columns[0].treatment)
                #expect(together.columns[index].reason == alone.columns[0].reason)
            }
        }
    }
}
