/// The compiled policies of one service, or of its tag service as it sees them; immutable.
///
/// Versions that differ in a few policies share most of their memory.
final class Repository: Sendable {
    let frame: RepositoryFrame
    /// The paths of levels, flat; by policy type.
    let paths: [HierarchyTable]
    /// The numbers of policies in the order of evaluation; by policy type.
    let sequences: [ContiguousArray<Int32>]
    /// Which policies may match; by policy type.
    let indexes: [PolicyIndex]
    /// By policy type: how many policies ask for facts of the request.
    let askingCounts: [Int]
    /// By policy type: no policy has a higher priority.
    let topPriorities: [Int32]
    let memory: RepositoryMemory

    let policies: ArenaView<CompiledPolicy>
    let maps: ArenaView<CompiledMap>
    let items: ArenaView<CompiledItem>
    let principals: ArenaView<Int32>
    let matchers: ArenaView<ElementMatcher>
    let patterns: ArenaView<Pattern>
    let bytes: ArenaView<UInt8>
    let conditions: PoolView<CompiledCondition>
    let periods: PoolView<ValidityPeriod>
    /// The policies as they were given, for reasons; among them earlier versions of changed ones.
    let sources: PoolView<Policy>

    /// The names of mask types that items choose.
    let maskTypes: PoolView<String>

    let isEmpty: Bool
    /// Whether any policy at all asks for facts of the request.
    let mayAskFacts: Bool

    init(_ builder: RepositoryBuilder, _ sequences: [ContiguousArray<Int32>], _ indexes: [PolicyIndex]) {
        frame = builder.frame
        paths = builder.frame.hierarchies.map { HierarchyTable($0) }
        self.sequences = sequences
        self.indexes = indexes
        memory = RepositoryMemory(builder)
        let parts = PolicyParts(builder.arena)
        policies = parts.policies
        maps = parts.maps
        items = parts.items
        principals = parts.numbers
        matchers = parts.matchers
        patterns = parts.patterns
        bytes = parts.bytes
        conditions = builder.conditions.view
        periods = builder.periods.view
        sources = builder.sources.view
        isEmpty = sequences.allSatisfy(\.isEmpty)
        askingCounts = builder.askingCounts
        topPriorities = builder.topPriorities
        maskTypes = builder.maskTypes.view
        mayAskFacts = askingCounts.contains { $0 > 0 }
    }

    deinit {
        for path in paths { path.free() }
    }

    var service: String { frame.service }
    var levels: [String: Int] { frame.levels }
    var hierarchies: [Hierarchies] { frame.hierarchies }
    /// Whether what the caller didn't say counts as Ranger counts it.
    var isLenient: Bool { frame.isLenient }

    /// The policies of a type in the order of evaluation.
    func ordered(_ type: PolicyType) -> some Sequence<CompiledPolicy> {
        sequences[type.rawValue].lazy.map { self.policies[Int($0)] }
    }

    /// A policy's name, as bytes.
    func name(of policy: CompiledPolicy) -> UnsafeBufferPointer<UInt8> { bytes.buffer(policy.name) }

    /// Whether one policy comes before another by priority, denial and name.
    func isNamed(_ left: Int32, before right: Int32) -> Bool {
        let first = policies[Int(left)]
        let second = policies[Int(right)]
        if first.priority != second.priority { return first.priority > second.priority }
        if first.hasDeny != second.hasDeny { return first.hasDeny }
        let order = NameOrder.compare(name(of: first), name(of: second))
        return order == 0 ? first.order < second.order : order < 0
    }
}

/// The memory that a repository and versions made from it share.
struct RepositoryMemory: Sendable {
    let arena: Arena
    let sources: Pool<Policy>
    let conditions: Pool<CompiledCondition>
    let periods: Pool<ValidityPeriod>
    let places: Pool<PolicyNumber>
    let maskTypes: Pool<String>
    /// How many bytes the policies took when all were compiled.
    let bytesAtFirst: Int

    init(_ builder: RepositoryBuilder) {
        bytesAtFirst = builder.bytesAtFirst ?? builder.arena.count
        arena = builder.arena
        sources = builder.sources
        conditions = builder.conditions
        periods = builder.periods
        places = builder.places
        maskTypes = builder.maskTypes
    }
}

/// What an index needs of policies.
struct PolicyParts: Sendable {
    let policies: ArenaView<CompiledPolicy>
    let maps: ArenaView<CompiledMap>
    let numbers: ArenaView<Int32>
    let matchers: ArenaView<ElementMatcher>
    let patterns: ArenaView<Pattern>
    let items: ArenaView<CompiledItem>
    let bytes: ArenaView<UInt8>

    init(_ arena: Arena) {
        policies = arena.view(of: CompiledPolicy.self)
        maps = arena.view(of: CompiledMap.self)
        numbers = arena.view(of: Int32.self)
        matchers = arena.view(of: ElementMatcher.self)
        patterns = arena.view(of: Pattern.self)
        items = arena.view(of: CompiledItem.self)
        bytes = arena.view(of: UInt8.self)
    }

    /// The matcher of a combination at a level that it names.
    func matcher(_ map: CompiledMap, _ level: Int) -> ElementMatcher {
        matchers[Int(map.matcher(at: level))]
    }

    /// The hash of a pattern's text.
    func hash(of pattern: Pattern) -> UInt64 { NameTable.hash(bytes.buffer(pattern.text)) }
}
