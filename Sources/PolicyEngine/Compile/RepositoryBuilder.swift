/// Turns the policies of one service into a ``Repository``.
struct RepositoryBuilder {
    let service: String
    let definition: ServiceDefinition
    let options: CompileOptions
    let levels: [String: Int]
    let rules: [[LevelRules?]]
    let hierarchies: [Hierarchies]
    var policies: [ContiguousArray<CompiledPolicy>] = [[], [], []]
    var nameRanks: [ContiguousArray<Int32>] = [[], [], []]
    var maps: ContiguousArray<CompiledMap> = []
    var rows: ContiguousArray<Int32> = []
    var items: ContiguousArray<CompiledItem> = []
    var principals: ContiguousArray<Int32> = []
    var conditions: ContiguousArray<CompiledCondition> = []
    var periods: ContiguousArray<ValidityPeriod> = []
    var pool = PatternPool()
    var sources: [Policy] = []

    /// Compatible with Ranger: what it ignores is ignored, instead of being refused.
    var isLenient: Bool { options.isLenient }

    var conditionCompiler: ConditionCompiler {
        ConditionCompiler(definition: definition, times: options.times, isLenient: isLenient)
    }

    init(service: String, definition: ServiceDefinition, options: CompileOptions) throws(PolicyError) {
        self.service = service
        self.definition = definition
        self.options = options
        let place = PolicyPlace("service definition", definition.name)
        guard definition.resources.count <= PolicyLimits.resourcesPerService else {
            throw PolicyError(.tooMuch(of: "resources", limit: PolicyLimits.resourcesPerService), at: place)
        }
        var levels: [String: Int] = [:]
        for (index, resource) in definition.resources.enumerated() {
            guard levels.updateValue(index, forKey: resource.name) == nil else {
                throw PolicyError(.duplicate(kind: "resource", name: resource.name), at: place)
            }
        }
        self.levels = levels
        var rules: [[LevelRules?]] = []
        var hierarchies: [Hierarchies] = []
        for type in PolicyType.allCases {
            let resources = definition.resources(for: type)
            var row = [LevelRules?](repeating: nil, count: definition.resources.count)
            for resource in resources {
                guard let rule = LevelRules(resource) else {
                    let place = place.member("resources.\(resource.name).matcher")
                    throw PolicyError(.unsupported("matcher `\(resource.matcher)`"), at: place)
                }
                if let level = levels[resource.name] { row[level] = rule }
            }
            rules.append(row)
            let hierarchy = try Hierarchies(resources, positions: levels, at: place.member("resources"))
            hierarchies.append(hierarchy)
        }
        self.rules = rules
        self.hierarchies = hierarchies
    }

    /// Compiles all policies, in the order of evaluation.
    mutating func build(
        _ given: [Policy],
        _ accessTypes: inout AccessTypeTable,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> Repository {
        sources = given
        let ordering = PolicyOrdering(definition: definition)
        for type in PolicyType.allCases {
            let chosen = given.indices.filter { given[$0].policyType == type && given[$0].isEnabled }
            let keys = Dictionary(uniqueKeysWithValues: chosen.map { ($0, ordering.key(of: given[$0])) })
            let sorted = chosen.sorted { left, right in
                guard let leftKey = keys[left], let rightKey = keys[right] else { return left < right }
                return leftKey == rightKey ? left < right : leftKey.isEvaluated(before: rightKey)
            }
            for source in sorted {
                let policy = try compile(given[source], at: source, &accessTypes, &table)
                policies[type.rawValue].append(policy)
            }
            let byName = sorted.indices.sorted { left, right in
                guard let leftKey = keys[sorted[left]], let rightKey = keys[sorted[right]] else {
                    return left < right
                }
                return leftKey.isNamed(before: rightKey)
            }
            nameRanks[type.rawValue] = ContiguousArray(repeating: 0, count: sorted.count)
            for (rank, index) in byName.enumerated() { nameRanks[type.rawValue][index] = Int32(rank) }
        }
        let indexes = PolicyType.allCases.map { PolicyIndex(self, type: $0) }
        return Repository(self, indexes: indexes)
    }

    private mutating func compile(
        _ policy: Policy,
        at source: Int,
        _ accessTypes: inout AccessTypeTable,
        _ table: inout PrincipalTable
    ) throws(PolicyError) -> CompiledPolicy {
        let place = PolicyPlace("policy", policy.name, service: policy.service)
        let mapStart = Int32(maps.count)
        let patternStart = pool.patterns.count
        try add(policy.resources, of: policy.policyType, at: place.member("resources"))
        for (index, resources) in policy.additionalResources.enumerated() {
            try add(resources, of: policy.policyType, at: place.member("additionalResources[\(index)]"))
        }
        let mapEnd = Int32(maps.count)
        let hasTemplates = pool.patterns[patternStart...].contains { $0.kind == .template }
        let periodStart = Int32(periods.count)
        for (index, schedule) in policy.validitySchedules.enumerated() {
            let place = place.member("validitySchedules[\(index)]")
            periods.append(try schedule.period(options.times, at: place))
        }
        let periodEnd = Int32(periods.count)
        let hasDenials = definition.isOn("enableDenyAndExceptionsInPolicies")
        var compiler = ItemCompiler(builder: self, accessTypes: accessTypes, table: table, place: place)
        let isAccess = policy.policyType == .access
        let deny = try compiler.add(hasDenials ? policy.denyPolicyItems : [], .deny)
        let denyExceptions = try compiler.add(hasDenials ? policy.denyExceptions : [], .denyExceptions)
        let allowExceptions = try compiler.add(hasDenials ? policy.allowExceptions : [], .allowExceptions)
        let allow: Range<Int32>
        switch policy.policyType {
        case .access: allow = try compiler.add(policy.policyItems, .allow)
        case .dataMask: allow = try compiler.add(policy.dataMaskPolicyItems, .mask)
        case .rowFilter: allow = try compiler.add(policy.rowFilterPolicyItems, .rowFilter)
        }
        let conditions = try compiler.add(policy.conditions, at: place.member("conditions"))
        items = compiler.items
        principals = compiler.principals
        self.conditions = compiler.conditions
        accessTypes = compiler.accessTypes
        table = compiler.table
        return CompiledPolicy(
            source: Int32(source),
            id: policy.id ?? -1,
            priority: Int32(policy.policyPriority),
            hasDeny: policy.hasDeny,
            isAudited: policy.isAuditEnabled,
            isDenyAllElse: policy.isDenyAllElse && isAccess,
            maps: mapStart..<mapEnd,
            deny: isAccess ? deny : 0..<0,
            denyExceptions: isAccess ? denyExceptions : 0..<0,
            allow: allow,
            allowExceptions: isAccess ? allowExceptions : 0..<0,
            conditions: conditions,
            periods: periodStart..<periodEnd,
            reach: compiler.reach,
            asksFacts: hasTemplates || compiler.asksFacts
        )
    }

    /// Compiles one combination of levels and values.
    private mutating func add(
        _ resources: [String: PolicyResource],
        of type: PolicyType,
        at place: PolicyPlace
    ) throws(PolicyError) {
        var keys: UInt64 = 0
        var row = ContiguousArray<Int32>(repeating: -1, count: levels.count)
        for (name, resource) in resources.sorted(by: { $0.key < $1.key }) {
            guard let level = levels[name], let rule = rules[type.rawValue][level] else {
                if isLenient { return }
                let known = definition.resources(for: type).map(\.name)
                throw PolicyError(.unknown(kind: "resource", name: name, known: known), at: place)
            }
            keys |= 1 << UInt64(level)
            row[level] = pool.add(resource, rules: rule)
        }
        let fitting = hierarchies[type.rawValue].fitting(keys)
        guard let first = fitting.first else {
            if isLenient { return }
            let names = resources.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
            throw PolicyError(.contradiction("no hierarchy has exactly the levels \(names)"), at: place)
        }
        let hierarchy = fitting.count == 1 ? Int32(first) : -1
        maps.append(CompiledMap(keys: keys, hierarchy: hierarchy, row: Int32(rows.count)))
        rows.append(contentsOf: row)
    }
}
