/// What all versions of one service's policies have in common: the service and what its definition comes to.
struct RepositoryFrame: Sendable {
    let service: String
    let definition: ServiceDefinition
    let options: CompileOptions
    /// Positions of resource names in the definition.
    let levels: [String: Int]
    /// How each level compares: positions in `rulePool`, -1 for a level without rules; by policy type and level.
    let rules: [[Int32]]
    let rulePool: ContiguousArray<LevelRules>
    /// By policy type.
    let hierarchies: [Hierarchies]

    /// Compatible with Ranger: what it ignores is ignored, instead of being refused.
    var isLenient: Bool { options.isLenient }

    /// - Throws: what is wrong with the definition's levels, parents or matchers.
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
        var pool: ContiguousArray<LevelRules> = []
        var rules: [[Int32]] = []
        var hierarchies: [Hierarchies] = []
        for type in PolicyType.allCases {
            let resources = definition.resources(for: type)
            var row = [Int32](repeating: -1, count: definition.resources.count)
            for resource in resources {
                guard let rule = LevelRules(resource) else {
                    let place = place.member("resources.\(resource.name).matcher")
                    throw PolicyError(.unsupported("matcher `\(resource.matcher)`"), at: place)
                }
                if !pool.contains(rule) { pool.append(rule) }
                if let level = levels[resource.name] { row[level] = Int32(pool.firstIndex(of: rule) ?? -1) }
            }
            rules.append(row)
            hierarchies.append(try Hierarchies(resources, positions: levels, at: place.member("resources")))
        }
        self.rules = rules
        rulePool = pool
        self.hierarchies = hierarchies
    }

    /// Levels whose values are compared folded, as bits.
    func folded(_ type: PolicyType) -> UInt64 {
        var bits: UInt64 = 0
        for (level, rule) in rules[type.rawValue].enumerated()
        where rule >= 0 && rulePool[Int(rule)].ignoresCase { bits |= 1 << UInt64(level) }
        return bits
    }
}
