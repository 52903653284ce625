/// The policies of one type of one repository, for questions that numbers and bytes can answer.
///
/// Holds nothing that is counted; its owner keeps the repository.
struct PlainLayer: Sendable, BitwiseCopyable {
    let policies: ArenaView<CompiledPolicy>
    fileprivate let maps: ArenaView<CompiledMap>
    let items: ArenaView<CompiledItem>
    fileprivate let principals: ArenaView<Int32>
    fileprivate let matchers: ArenaView<ElementMatcher>
    fileprivate let patterns: ArenaView<Pattern>
    fileprivate let bytes: ArenaView<UInt8>
    fileprivate let paths: HierarchyTable
    let index: PolicyIndex.View
    /// No policy has a higher priority.
    let topPriority: Int32

    init(_ repository: Repository, _ type: PolicyType) {
        policies = repository.policies
        maps = repository.maps
        items = repository.items
        principals = repository.principals
        matchers = repository.matchers
        patterns = repository.patterns
        bytes = repository.bytes
        paths = repository.paths[type.rawValue]
        index = repository.indexes[type.rawValue].view
        topPriority = repository.topPriorities[type.rawValue]
    }
}

/// What one layer says, asked where it lies, so that it isn't copied.
extension UnsafePointer<PlainLayer> {
    /// Compares the combination of a policy with a question's resource, as ``Repository/match(_:_:type:facts:)`` does.
    @inline(__always)
    func match(_ number: Int32, _ question: UnsafePointer<PlainQuestion>) -> MatchType {
        let map = pointee.maps[Int(number)]
        guard isWithin(map, question) else { return matchElsewhere(map, question) }
        // The question names all levels that the combination does, so that nothing but the values can differ.
        var rest = map.keys
        var number = map.matchers
        while rest != 0 {
            guard
                accepts(pointee.matchers.pointer(number), question.pointee.levels + rest.trailingZeroBitCount)
            else {
                return .none
            }
            rest &= rest &- 1
            number &+= 1
        }
        return map.keys == question.pointee.keys ? .same : .ancestor
    }

    /// Whether the question names all levels that a combination does, on a path that both go with.
    ///
    /// Then those are the first of the path: a question that the index finds candidates for names some first levels,
    /// and a combination leaves none out before its last.
    @inline(__always)
    private func isWithin(_ map: CompiledMap, _ question: UnsafePointer<PlainQuestion>) -> Bool {
        let keys = question.pointee.keys
        guard map.keys != 0, map.keys & ~keys == 0 else { return false }
        return map.hierarchy < 0 || map.keys == keys || keys & ~pointee.paths.keys[Int(map.hierarchy)] == 0
    }

    /// The same where one of them may name levels that the other doesn't.
    private func matchElsewhere(_ map: CompiledMap, _ question: UnsafePointer<PlainQuestion>) -> MatchType {
        let path = path(for: map, question.pointee.keys)
        guard path >= 0 else { return .none }
        if map.keys == 0 { return question.pointee.keys == 0 ? .same : .none }
        var isMatch = question.pointee.keys == 0
        let range = pointee.paths.range(of: path)
        for position in range {
            let level = pointee.paths.level(at: position)
            let number = map.matcher(at: level)
            let isNamed = question.pointee.keys >> UInt64(level) & 1 == 1
            guard number >= 0 else {
                if isNamed { return .ancestor }
                break
            }
            let matcher = pointee.matchers.pointer(number)
            guard isNamed || matcher.pointee.matchesAny else { continue }
            isMatch = accepts(matcher, question.pointee.levels + level)
            if !isMatch { return .none }
        }
        guard isMatch else { return .none }
        let requested = question.pointee.keys.nonzeroBitCount
        guard requested < map.keys.nonzeroBitCount else { return .same }
        return requested > lastSelective(map, range) ? .sameAndAllBelow : .descendant
    }

    /// As ``Repository/path(for:_:_:)``.
    private func path(for map: CompiledMap, _ requested: UInt64) -> Int {
        var index = Int(map.hierarchy)
        if index >= 0 {
            guard pointee.paths.keys[index] & requested == requested else { return -1 }
        } else {
            guard map.keys & requested == requested || map.keys & requested == map.keys else { return -1 }
            index = pointee.paths.shortest(holding: map.keys | requested)
            guard index >= 0 else { return -1 }
        }
        return pointee.paths.hasGap(index, requested == 0 ? map.keys : requested) ? -1 : index
    }

    private func lastSelective(_ map: CompiledMap, _ range: Range<Int>) -> Int {
        var last = -1
        for position in range {
            let number = map.matcher(at: pointee.paths.level(at: position))
            guard number >= 0 else { break }
            if !pointee.matchers.pointer(number).pointee.matchesAny { last = position - range.lowerBound }
        }
        return last
    }

    @inline(__always)
    private func accepts(_ matcher: UnsafePointer<ElementMatcher>, _ level: UnsafePointer<PlainLevel>) -> Bool
    {
        if matcher.pointee.matchesAny { return !matcher.pointee.isExcludes }
        if level.pointee.isAll { return false }
        guard matcher.pointee.namesWholeValues else { return acceptsPart(matcher.pointee, level.pointee) }
        let isFolded = matcher.pointee.ignoresCase
        let hash = UInt32(truncatingIfNeeded: level.pointee.hash(isFolded: isFolded))
        for number in matcher.pointee.patterns {
            let pattern = pointee.patterns.pointer(number)
            if pattern.pointee.hash == hash,
                ByteMatch.equals(
                    pointee.bytes.buffer(pattern.pointee.text),
                    level.pointee.text(isFolded: isFolded)
                )
            {
                return true
            }
        }
        return false
    }

    private func acceptsPart(_ matcher: ElementMatcher, _ level: PlainLevel) -> Bool {
        var isFolded = matcher.ignoresCase
        if matcher.caseQuote != 0 { isFolded = level.rawCount == 0 || level.raw[0] != matcher.caseQuote }
        let text = level.text(isFolded: isFolded)
        let isMatch = matcher.patterns.contains { number in
            let pattern = pointee.patterns[Int(number)]
            return ByteMatch.accepts(
                pattern.kind,
                pointee.bytes.buffer(pattern.text),
                text,
                separator: matcher.separator
            )
        }
        return isMatch != matcher.isExcludes
    }

    /// Asks for a policy and its parts, which lie before it, so that they are at hand when they are compared.
    @inline(__always)
    func fetch(_ number: Int32) { fetch(number, lines: 6) }

    /// The same for what it is about only, which lies nearest.
    @inline(__always)
    func fetchResource(_ number: Int32) { fetch(number, lines: 3) }

    @inline(__always)
    private func fetch(_ number: Int32, lines: Int) {
        let policy = UnsafeRawPointer(pointee.policies.pointer(number))
        for distance in 0...lines { MemoryHints.fetch(policy - 64 * distance) }
    }

    /// What one policy says of the question, as ``Repository/decide(_:_:_:_:onlyRestricts:_:)`` does.
    @inline(__always)
    func decide(
        _ policy: UnsafePointer<CompiledPolicy>,
        _ question: UnsafePointer<PlainQuestion>,
        _ type: PolicyType
    ) -> AccessSlot {
        var slot = AccessSlot()
        let bounds = policy.pointee.items
        let denial = firstMatch(bounds.deny, question)
        if denial >= 0, firstMatch(bounds.denyExceptions, question) < 0 {
            slot.outcome = .deny
            slot.decider.list = .deny
            slot.decider.item = denial
            return slot
        }
        let grant = firstMatch(bounds.allow, question)
        if grant >= 0, firstMatch(bounds.allowExceptions, question) < 0 {
            slot.outcome = .allow
            switch type {
            case .access: slot.decider.list = .allow
            case .dataMask: slot.decider.list = .mask
            case .rowFilter: slot.decider.list = .rowFilter
            }
            slot.decider.item = grant
            return slot
        }
        if policy.pointee.isDenyAllElse {
            slot.outcome = .deny
            slot.decider.list = .denyAllElse
        }
        return slot
    }

    @inline(__always)
    private func firstMatch(_ list: Stretch, _ question: UnsafePointer<PlainQuestion>) -> Int32 {
        for number in list {
            let item = pointee.items.pointer(number)
            guard item.pointee.reach.mayMean(question.pointee.reach), means(item, question) else { continue }
            return number
        }
        return -1
    }

    @inline(__always)
    private func means(_ item: UnsafePointer<CompiledItem>, _ question: UnsafePointer<PlainQuestion>) -> Bool
    {
        if item.pointee.isForEveryone { return true }
        if question.pointee.isOwner, item.pointee.isForOwner { return true }
        let names = item.pointee.principals
        guard names.count <= 8 else { return meansAmongMany(names, question) }
        for name in names {
            let name = pointee.principals[Int(name)]
            guard question.pointee.reach.principals & ItemReach.bit(of: name) != 0 else { continue }
            // All of them, as the processor can't know where it will be found.
            var found = 0
            for index in 0..<question.pointee.principalCount {
                found |= question.pointee.principals[index] == name ? 1 : 0
            }
            if found != 0 { return true }
        }
        return false
    }

    /// Looks for each of the principals among names that ascend.
    private func meansAmongMany(_ names: Stretch, _ question: UnsafePointer<PlainQuestion>) -> Bool {
        for index in 0..<question.pointee.principalCount {
            let wanted = question.pointee.principals[index]
            var low = Int(names.startIndex)
            var high = Int(names.endIndex)
            while low < high {
                let middle = (low + high) / 2
                if pointee.principals[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            if low < Int(names.endIndex), pointee.principals[low] == wanted { return true }
        }
        return false
    }
}
