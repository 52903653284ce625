/// The compiled policies of one service, or of its tag service as it sees them; immutable.
final class Repository: Sendable {
    /// The service that the policies belong to.
    let service: String
    /// Positions of resource names in the definition.
    let levels: [String: Int]
    /// How each level folds case: whether its values are compared folded, by policy type and level.
    let rules: [[LevelRules?]]
    /// By policy type.
    let hierarchies: [Hierarchies]
    /// The same, flat.
    let paths: [HierarchyTable]
    /// By policy type, each in the order of evaluation.
    let policies: [Frozen<CompiledPolicy>]
    /// By policy type: whether any of them asks for facts of the request.
    let asksFacts: [Bool]
    /// By policy type: the rank of each policy by priority, denial and name.
    let nameRanks: [ContiguousArray<Int32>]
    /// By policy type: which policies may match.
    let indexes: [PolicyIndex]
    let maps: Frozen<CompiledMap>
    let rows: Frozen<Int32>
    let items: Frozen<CompiledItem>
    let principals: Frozen<Int32>
    let conditions: ContiguousArray<CompiledCondition>
    let periods: ContiguousArray<ValidityPeriod>
    let matchers: Frozen<ElementMatcher>
    /// What matchers of a level have in common.
    let matcherRules: ContiguousArray<LevelRules>
    let patterns: Frozen<Pattern>
    let bytes: Frozen<UInt8>
    let names: FrozenNames
    /// Whether what the caller didn't say counts as Ranger counts it.
    let isLenient: Bool
    /// The policies as they were given, for reasons.
    let sources: [Policy]

    let isEmpty: Bool
    /// Whether any policy at all asks for facts of the request.
    let mayAskFacts: Bool

    init(_ builder: RepositoryBuilder, indexes: [PolicyIndex]) {
        service = builder.service
        levels = builder.levels
        rules = builder.rules
        hierarchies = builder.hierarchies
        paths = builder.hierarchies.map { HierarchyTable($0) }
        policies = builder.policies.map { Frozen($0) }
        asksFacts = builder.policies.map { $0.contains(where: \.asksFacts) }
        mayAskFacts = asksFacts.contains(true)
        isEmpty = builder.policies.allSatisfy(\.isEmpty)
        nameRanks = builder.nameRanks
        self.indexes = indexes
        maps = Frozen(builder.maps)
        rows = Frozen(builder.rows)
        items = Frozen(builder.items)
        principals = Frozen(builder.principals)
        conditions = builder.conditions
        periods = builder.periods
        matchers = Frozen(builder.pool.matchers)
        matcherRules = builder.pool.rules
        patterns = Frozen(builder.pool.patterns)
        bytes = Frozen(builder.pool.bytes)
        names = builder.pool.names.frozen()
        sources = builder.sources
        isLenient = builder.isLenient
    }

    deinit {
        for list in policies { list.free() }
        for index in indexes { index.free() }
        for path in paths { path.free() }
        maps.free()
        rows.free()
        items.free()
        principals.free()
        matchers.free()
        patterns.free()
        bytes.free()
        names.free()
    }
}
