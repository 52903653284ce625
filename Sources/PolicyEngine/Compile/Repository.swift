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
    /// By policy type, each in the order of evaluation.
    let policies: [ContiguousArray<CompiledPolicy>]
    /// By policy type: the rank of each policy by priority, denial and name.
    let nameRanks: [ContiguousArray<Int32>]
    /// By policy type: which policies may match.
    let indexes: [PolicyIndex]
    let maps: ContiguousArray<CompiledMap>
    let rows: ContiguousArray<Int32>
    let items: ContiguousArray<CompiledItem>
    let principals: ContiguousArray<Int32>
    let conditions: ContiguousArray<CompiledCondition>
    let periods: ContiguousArray<ValidityPeriod>
    let matchers: ContiguousArray<ElementMatcher>
    let patterns: ContiguousArray<Pattern>
    let bytes: ContiguousArray<UInt8>
    let names: NameTable
    /// Whether what the caller didn't say counts as Ranger counts it.
    let isLenient: Bool
    /// The policies as they were given, for reasons.
    let sources: [Policy]

    var isEmpty: Bool { policies.allSatisfy(\.isEmpty) }

    init(_ builder: RepositoryBuilder, indexes: [PolicyIndex]) {
        service = builder.service
        levels = builder.levels
        rules = builder.rules
        hierarchies = builder.hierarchies
        policies = builder.policies
        nameRanks = builder.nameRanks
        self.indexes = indexes
        maps = builder.maps
        rows = builder.rows
        items = builder.items
        principals = builder.principals
        conditions = builder.conditions
        periods = builder.periods
        matchers = builder.pool.matchers
        patterns = builder.pool.patterns
        bytes = builder.pool.bytes
        names = builder.pool.names
        sources = builder.sources
        isLenient = builder.isLenient
    }
}
