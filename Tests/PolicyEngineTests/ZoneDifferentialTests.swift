import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

/// Random policies in zones: every way to ask means the same.
@Suite(.aside) struct `Random policies in zones` {
    static let seeds: [UInt64] = Array(1...10)
    private let now = Instant(seconds: 1_700_000_000)

    /// Policies in zones and outside of them, as Ranger hands them out.
    private func setup(_ random: inout RandomPolicies, scans: Bool = false) throws -> RangerEngine.Setup {
        var setup = RangerEngine.Setup()
        setup.policies.serviceDefinition = try definition("hive")
        setup.policies.serviceName = "hive"
        setup.policies.policies = random.policies(30)
        for (number, zone) in try RandomZones.all(of: "hive", tagService: "tags").enumerated() {
            var policies = ZonePolicies()
            policies.zoneName = zone.name
            policies.resources = zone.services["hive"] ?? []
            policies.policies = random.policies(20).map { policy in
                var policy = policy
                policy.id = (policy.id ?? 0) + Int64(number + 1) * 1000
                policy.zoneName = zone.name
                return policy
            }
            setup.policies.securityZones[zone.name] = policies
        }
        return setup
    }

    @Test(arguments: seeds)
    func `mean the same by index and by scanning`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 11_000))
        var setup = try setup(&random)
        let indexed = try RangerEngine(setup)
        setup.options.scansEverything = true
        let scanning = try RangerEngine(setup)
        for _ in 0..<200 {
            let request = random.request()
            for type in PolicyType.allCases {
                #expect(
                    indexed.evaluate(request, type, now: now) == scanning.evaluate(request, type, now: now),
                    "seed \(seed), \(request)"
                )
            }
        }
    }

    @Test(arguments: seeds)
    func `mean the same to short questions, alone and together, as to long requests`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 14_000))
        let engine = try RangerEngine(try setup(&random))
        var decider = RangerDecider(engine)
        var asked: [(question: AccessQuestion, type: PolicyType, wanted: AccessAnswer)] = []
        for _ in 0..<100 {
            let request = random.request()
            let question = AccessQuestion(
                user: request.user ?? "",
                groups: request.groups,
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

    @Test(arguments: seeds)
    func `are decided in published sets as Ranger's engine decides`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 12_000))
        let setup = try setup(&random)
        let engine = try RangerEngine(setup)
        let zones = setup.policies.securityZones.values.flatMap(\.policies)
        let policies = ((setup.policies.policies ?? []) + zones).map { policy in
            var policy = policy
            policy.service = "hive"
            policy.name += " \(policy.id ?? 0)"
            return policy
        }
        let service = PolicyService(
            name: ServiceName("hive"),
            definition: try definition("hive"),
            tagService: ServiceName("tags")
        )
        let tags = PolicyService(name: ServiceName("tags"), definition: try definition("tag"))
        let set = try PolicySet(
            services: [service, tags],
            policies: policies.sorted { ($0.id ?? 0) < ($1.id ?? 0) },
            zones: try RandomZones.all(of: "hive", tagService: "tags"),
            version: 1,
            options: .ranger(zones: .fixedOnly, localZone: .utc)
        )
        for _ in 0..<120 {
            var request = random.request()
            request.accessType = "select"
            request.accessTypes = []
            request.countsDescendants = false
            request.ignoresDescendantDenials = true
            let database = request.elements["database"]?.first ?? ""
            let table = request.elements["table"]?.first ?? "t1"
            let read = ReadRequest(
                subject: Subject(
                    user: UserName(request.user ?? ""),
                    groups: request.groups.map { GroupName($0) }
                ),
                service: ServiceName("hive"),
                table: try #require(TableName(parts: [database, table])),
                owner: request.owner.map { UserName($0) },
                columns: ["a", "b", "c"].map { ColumnName($0) },
                now: now
            )
            let decision = set.decide(read)
            request.elements = ["database": [database], "table": [table]]
            let filter = engine.evaluate(request, .rowFilter, now: now)
            #expect(decision.rowFilter?.expression == filter.rowFilter, "seed \(seed), \(request)")
            for column in decision.columns {
                request.elements["column"] = [column.column.text]
                let access = engine.evaluate(request, .access, now: now)
                let mask = engine.evaluate(request, .dataMask, now: now)
                let expected =
                    !access.isAllowed ? "denied" : mask.isMaskEnabled ? mask.maskType ?? "" : "clear"
                #expect(column.treatment.word == expected, "seed \(seed), \(request)")
                let alone = set.decide(read.turned(to: column.column))
                #expect(alone.columns.first?.treatment == column.treatment, "seed \(seed), \(request)")
                #expect(alone.columns.first?.reason == column.reason, "seed \(seed), \(request)")
                #expect(alone.rowFilter?.expression == decision.rowFilter?.expression)
            }
        }
    }

    @Test(arguments: seeds)
    func `are listed as they are evaluated`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 13_000))
        random.isPlain = true
        let engine = try RangerEngine(try setup(&random))
        for _ in 0..<30 {
            var request = random.request()
            request.owner = nil
            request.groups = []
            request.accessTypes = []
            request.countsDescendants = false
            // What lies in a zone in part is listed for both, as Ranger's listings are.
            let choices = [["sales", "t1"], ["sales", "t2"], ["hr", "t1"], ["x", "t2"]]
            let path = random.numbers.pick(choices)
            request.elements = ["database": [path[0]], "table": [path[1]]]
            if random.numbers.chance(50) { request.elements["column"] = ["a"] }
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
}

extension Treatment {
    /// One word to compare.
    fileprivate var word: String {
        switch self {
        case .clear: "clear"
        case .masked(let mask): mask.maskType
        case .denied: "denied"
        }
    }
}

extension ReadRequest {
    /// The same for one column only.
    fileprivate func turned(to column: ColumnName) -> ReadRequest {
        ReadRequest(
            subject: subject,
            service: service,
            table: table,
            owner: owner,
            columns: [column],
            now: now
        )
    }
}
