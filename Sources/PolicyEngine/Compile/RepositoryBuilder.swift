/// Turns the policies of one service into a ``Repository``, or a repository into one that differs in a few policies.
struct RepositoryBuilder {
    let frame: RepositoryFrame
    var arena: Arena
    var sources: Pool<Policy>
    var conditions: Pool<CompiledCondition>
    var periods: Pool<ValidityPeriod>
    var places: Pool<PolicyNumber>
    var accessTypes: AccessTypeTable
    var table: PrincipalTable
    let rules: ConditionCompiler
    /// By policy type: how many policies ask for facts of the request.
    var askingCounts = [0, 0, 0]
    /// By policy type: no policy has a higher priority.
    var topPriorities: [Int32] = [0, 0, 0]
    /// The names of mask types that items choose.
    var maskTypes: Pool<String>
    /// How many bytes the policies took when all were compiled; nil while they are.
    let bytesAtFirst: Int?

    init(service: String, definition: ServiceDefinition, options: CompileOptions) throws(PolicyError) {
        frame = try RepositoryFrame(service: service, definition: definition, options: options)
        arena = Arena()
        sources = Pool()
        conditions = Pool()
        periods = Pool()
        places = Pool()
        maskTypes = Pool()
        bytesAtFirst = nil
        accessTypes = try AccessTypeTable([], at: PolicyPlace("service", service))
        table = PrincipalTable()
        rules = ConditionCompiler(
            definition: definition,
            times: options.times,
            isLenient: options.isLenient
        )
    }

    /// One that adds to what a repository has.
    init(growing repository: Repository, _ accessTypes: AccessTypeTable, _ table: PrincipalTable) {
        frame = repository.frame
        arena = repository.memory.arena
        sources = repository.memory.sources
        conditions = repository.memory.conditions
        periods = repository.memory.periods
        places = repository.memory.places
        maskTypes = repository.memory.maskTypes
        topPriorities = repository.topPriorities
        bytesAtFirst = repository.memory.bytesAtFirst
        askingCounts = repository.askingCounts
        self.accessTypes = accessTypes
        self.table = table
        rules = ConditionCompiler(
            definition: frame.definition,
            times: frame.options.times,
            isLenient: frame.isLenient
        )
    }

    /// Compiles all policies.
    mutating func build(
        _ given: [Policy],
        _ accessTypes: inout AccessTypeTable,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> Repository {
        // Held by one only, so that nothing is copied while it grows.
        swap(&self.accessTypes, &accessTypes)
        swap(&self.table, &table)
        defer {
            swap(&self.accessTypes, &accessTypes)
            swap(&self.table, &table)
        }
        for policy in given { sources.append(policy) }
        let ordering = PolicyOrdering(definition: frame.definition)
        var sequences: [ContiguousArray<Int32>] = []
        for type in PolicyType.allCases {
            let chosen = given.indices.filter { given[$0].policyType == type && given[$0].isEnabled }
            let sorted = chosen.map { (key: ordering.key(of: given[$0]), source: $0) }.sorted { left, right in
                if left.key.isEvaluated(before: right.key) { return true }
                return left.source < right.source && !right.key.isEvaluated(before: left.key)
            }
            let step = OrderNumbers.step(for: sorted.count)
            var sequence: ContiguousArray<Int32> = []
            sequence.reserveCapacity(sorted.count)
            for (rank, entry) in sorted.enumerated() {
                let number = try add(
                    given[entry.source],
                    at: entry.source,
                    rank: entry.key.order,
                    order: UInt64(rank + 1) * step
                )
                sequence.append(number)
            }
            sequences.append(sequence)
        }
        let indexes = PolicyType.allCases.map { type in
            PolicyIndex(PolicyParts(arena), sequences[type.rawValue], frame, type)
        }
        return Repository(self, sequences, indexes)
    }

    /// Compiles one policy; the result is its number.
    mutating func add(_ policy: Policy, at source: Int, rank: Int, order: UInt64) throws(PolicyError) -> Int32
    {
        let place = PolicyPlace("policy", policy.name, service: policy.service)
        guard arena.count < Arena.mostBytes - PolicyLimits.bytesPerPolicy * 16 else {
            throw PolicyError(.tooMuch(of: "bytes of policies", limit: Arena.mostBytes), at: place)
        }
        var name = policy.name
        let nameAt = name.withUTF8 { arena.append($0) }
        let periodStart = Int32(periods.count)
        for (index, schedule) in policy.validitySchedules.enumerated() {
            let place = place.member("validitySchedules[\(index)]")
            periods.append(try schedule.period(frame.options.times, at: place))
        }
        var traits: CompiledPolicy.Traits = []
        let items = try add(itemsOf: policy, at: place)
        let conditions = try add(policy.conditions, at: place, nil, &traits)
        traits.formUnion(items.traits)
        let maps = try add(resourcesOf: policy, at: place, &traits)
        if policy.hasDeny { traits.insert(.hasDeny) }
        if policy.isAuditEnabled { traits.insert(.isAudited) }
        if policy.isDenyAllElse, policy.policyType == .access { traits.insert(.isDenyAllElse) }
        let number = arena.append(
            CompiledPolicy(
                id: policy.id ?? -1,
                order: order,
                maps: maps,
                items: items.bounds,
                priority: Int32(clamping: policy.policyPriority),
                source: Int32(source),
                traits: traits,
                reach: items.reach,
                conditions: conditions,
                periods: Stretch(periodStart, Int32(periods.count)),
                name: nameAt,
                rank: Int32(clamping: rank)
            )
        )
        let type = policy.policyType.rawValue
        topPriorities[type] = max(topPriorities[type], Int32(clamping: policy.policyPriority))
        if traits.contains(.asksFacts) { askingCounts[policy.policyType.rawValue] += 1 }
        places.append(
            PolicyNumber(id: policy.id ?? -1, number: number, type: Int32(policy.policyType.rawValue))
        )
        return number
    }
}

/// A policy's id and where it is.
struct PolicyNumber: Sendable, BitwiseCopyable {
    let id: Int64
    let number: Int32
    let type: Int32
}
