/// The policies of one type of one repository, for questions that numbers and bytes can answer.
///
/// Holds nothing that is counted; its owner keeps the repository.
struct PlainLayer: Sendable, BitwiseCopyable {
    let policies: ArenaView<CompiledPolicy>
    private let maps: ArenaView<CompiledMap>
    private let rows: ArenaView<Int32>
    let items: ArenaView<CompiledItem>
    private let principals: ArenaView<Int32>
    private let matchers: ArenaView<ElementMatcher>
    private let patterns: ArenaView<Pattern>
    private let bytes: ArenaView<UInt8>
    private let paths: HierarchyTable
    let index: PolicyIndex.View
    /// No policy has a higher priority.
    let topPriority: Int32

    init(_ repository: Repository, _ type: PolicyType) {
        policies = repository.policies
        maps = repository.maps
        rows = repository.rows
        items = repository.items
        principals = repository.principals
        matchers = repository.matchers
        patterns = repository.patterns
        bytes = repository.bytes
        paths = repository.paths[type.rawValue]
        index = repository.indexes[type.rawValue].view
        topPriority = repository.topPriorities[type.rawValue]
    }

    /// Compares the combination of a policy with a question's resource, as ``Repository/match(_:_:type:facts:)`` does.
    @inline(__always)
    func match(_ number: Int32, _ question: PlainQuestion) -> MatchType {
        let map = maps[Int(number)]
        let path = path(for: map, question.keys)
        guard path >= 0 else { return .none }
        if map.keys == 0 { return question.keys == 0 ? .same : .none }
        var isMatch = question.keys == 0
        let range = paths.range(of: path)
        for position in range {
            let level = paths.level(at: position)
            let number = rows[Int(map.row) + level]
            let isNamed = question.keys >> UInt64(level) & 1 == 1
            guard number >= 0 else {
                if isNamed { return .ancestor }
                break
            }
            let matcher = matchers[Int(number)]
            guard isNamed || matcher.matchesAny else { continue }
            isMatch = accepts(matcher, question.levels[level])
            if !isMatch { return .none }
        }
        guard isMatch else { return .none }
        let requested = question.keys.nonzeroBitCount
        guard requested < map.keys.nonzeroBitCount else { return .same }
        return requested > lastSelective(map, range) ? .sameAndAllBelow : .descendant
    }

    /// As ``Repository/path(for:_:_:)``.
    private func path(for map: CompiledMap, _ requested: UInt64) -> Int {
        var index = Int(map.hierarchy)
        if index >= 0 {
            guard paths.keys[index] & requested == requested else { return -1 }
        } else {
            guard map.keys & requested == requested || map.keys & requested == map.keys else { return -1 }
            index = paths.shortest(holding: map.keys | requested)
            guard index >= 0 else { return -1 }
        }
        return paths.hasGap(index, requested == 0 ? map.keys : requested) ? -1 : index
    }

    private func lastSelective(_ map: CompiledMap, _ range: Range<Int>) -> Int {
        var last = -1
        for position in range {
            let number = rows[Int(map.row) + paths.level(at: position)]
            guard number >= 0 else { break }
            if !matchers[Int(number)].matchesAny { last = position - range.lowerBound }
        }
        return last
    }

    @inline(__always)
    private func accepts(_ matcher: ElementMatcher, _ level: PlainLevel) -> Bool {
        if matcher.matchesAny { return !matcher.isExcludes }
        if level.isAll { return false }
        var isFolded = matcher.ignoresCase
        if matcher.namesWholeValues {
            let hash = UInt32(truncatingIfNeeded: level.hash(isFolded: isFolded))
            for number in matcher.patterns {
                let pattern = patterns[Int(number)]
                if pattern.hash == hash,
                    ByteMatch.equals(bytes.buffer(pattern.text), level.text(isFolded: isFolded))
                {
                    return true
                }
            }
            return false
        }
        if matcher.caseQuote != 0 { isFolded = level.rawCount == 0 || level.raw[0] != matcher.caseQuote }
        let text = level.text(isFolded: isFolded)
        let isMatch = matcher.patterns.contains { number in
            let pattern = patterns[Int(number)]
            return ByteMatch.accepts(
                pattern.kind,
                bytes.buffer(pattern.text),
                text,
                separator: matcher.separator
            )
        }
        return isMatch != matcher.isExcludes
    }

    /// Asks for a policy and its parts, which lie before it, so that they are at hand when they are compared.
    @inline(__always)
    func fetch(_ number: Int32) {
        let policy = policies.address(Int(number))
        // Most policies lie in these lines of memory, from where the policy itself begins.
        for distance in -5...1 { MemoryHints.fetch(policy + 64 * distance) }
    }

    /// What one policy says of the question, as ``Repository/decide(_:_:_:_:onlyRestricts:_:)`` does.
    @inline(__always)
    func decide(_ policy: CompiledPolicy, _ question: PlainQuestion, _ type: PolicyType) -> AccessSlot {
        var slot = AccessSlot()
        let denial = firstMatch(policy.deny, question)
        if denial >= 0, firstMatch(policy.denyExceptions, question) < 0 {
            slot.outcome = .deny
            slot.decider.list = .deny
            slot.decider.item = denial
            return slot
        }
        let grant = firstMatch(policy.allow, question)
        if grant >= 0, firstMatch(policy.allowExceptions, question) < 0 {
            slot.outcome = .allow
            switch type {
            case .access: slot.decider.list = .allow
            case .dataMask: slot.decider.list = .mask
            case .rowFilter: slot.decider.list = .rowFilter
            }
            slot.decider.item = grant
            return slot
        }
        if policy.isDenyAllElse {
            slot.outcome = .deny
            slot.decider.list = .denyAllElse
        }
        return slot
    }

    @inline(__always)
    private func firstMatch(_ list: Stretch, _ question: PlainQuestion) -> Int32 {
        for number in list {
            let item = items[Int(number)]
            guard item.reach.mayMean(question.reach), means(item, question) else { continue }
            return number
        }
        return -1
    }

    private func means(_ item: CompiledItem, _ question: PlainQuestion) -> Bool {
        if item.isForEveryone { return true }
        for index in 0..<question.principalCount {
            let wanted = question.principals[index]
            guard item.reach.principals & ItemReach.bit(of: wanted) != 0 else { continue }
            var low = Int(item.principals.startIndex)
            let end = Int(item.principals.endIndex)
            if end - low <= 8 {
                while low < end {
                    if principals[low] == wanted { return true }
                    low += 1
                }
                continue
            }
            var high = end
            while low < high {
                let middle = (low + high) / 2
                if principals[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            if low < end, principals[low] == wanted { return true }
        }
        return false
    }
}
