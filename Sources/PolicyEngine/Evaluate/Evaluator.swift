/// Evaluates requests on one service, by Ranger's rules; one for each thread, used again and again.
///
/// - Source: the order of steps, ties and priorities of Apache Ranger's policy engine.
struct Evaluator {
    let service: CompiledService
    /// Off: every policy is looked at, which must make no difference.
    var usesIndex = true

    private var slots: ContiguousArray<AccessSlot> = []
    private var candidates = CandidateQueue()
    /// Whom and what the request is about.
    private var reach = ItemReach()
    /// Whether any item has meant the request so far.
    private var hasFindings = false
    private var pairs: ContiguousArray<TagPair> = []

    /// A tag policy and the tag that it matches.
    private struct TagPair: BitwiseCopyable {
        let policy: Int32
        let tag: Int32
        let order: UInt64
        let match: MatchType
    }

    init(service: CompiledService, usesIndex: Bool = true) {
        self.service = service
        self.usesIndex = usesIndex
    }

    /// Decides one request for one kind of policy, from what is known before any policy was looked at.
    mutating func evaluate(
        _ request: EvaluationRequest,
        _ type: PolicyType,
        from start: Verdict = Verdict(),
        sharing: SharedOutcome? = nil,
        fallback: Bool = false
    ) -> Verdict {
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(AccessSlot(), count: request.accesses.count))
        hasFindings = false
        reach = request.reach
        var verdict = start
        evaluateTags(request, type, &verdict)
        if !service.resource.isEmpty {
            evaluateResources(request, type, sharing, &verdict)
            if !verdict.isDetermined, !fallback { verdict.isDetermined = true }
            if verdict.isAllowed { verdict.isDetermined = true }
        }
        if let sharing { verdict.take(sharing, type) }
        return verdict
    }

    /// Whether a policy that may match can't be evaluated by numbers alone.
    mutating func asksFacts(_ request: EvaluationRequest, _ type: PolicyType) -> Bool {
        if asksFacts(service.resource, request.resource, type) { return true }
        guard let tags = service.tags, tags.askingCounts[type.rawValue] > 0 else { return false }
        return request.tags.contains { asksFacts(tags, request.elements(of: $0), type) }
    }

    private mutating func asksFacts(
        _ repository: Repository,
        _ elements: RequestElements,
        _ type: PolicyType
    ) -> Bool {
        guard repository.askingCounts[type.rawValue] > 0 else { return false }
        candidates.start(repository, type, elements, usesIndex: usesIndex)
        while true {
            let number = candidates.next()
            if number < 0 { return false }
            if repository.policies[Int(number)].asksFacts { return true }
        }
    }

    private mutating func evaluateResources(
        _ request: EvaluationRequest,
        _ type: PolicyType,
        _ sharing: SharedOutcome?,
        _ verdict: inout Verdict
    ) {
        let isDeniedByTags = verdict.isDetermined && !verdict.isAllowed
        let isAllowedByTags = verdict.isDetermined && verdict.isAllowed
        verdict.isDetermined = false
        let repository = service.resource
        var isSkipping = false
        var last: CompiledPolicy?
        let canSkip = request.wantsOneAccess && request.allowedUnlessDenied.isEmpty
        candidates.start(repository, type, request.resource, usesIndex: usesIndex)
        while true {
            // What can't mean the request changes nothing while nothing is open but who allows or denies it.
            let skips =
                canSkip && !verdict.isAllowed && !verdict.isDetermined && verdict.isAuditDetermined
                && !hasFindings && !isDeniedByTags
            if isSkipping, !skips, let last { candidates.rewind(after: last) }
            isSkipping = skips
            let position = candidates.next(for: skips ? reach : nil)
            if position < 0 { break }
            let policy = repository.policies[Int(position)]
            last = policy
            if skips, !policy.isDenyAllElse, !policy.reach.mayMean(reach) { continue }
            guard repository.isInForce(policy, at: request.now) else { continue }
            if isDeniedByTags {
                if verdict.priority >= policy.priority { verdict.isDetermined = true }
            } else if verdict.isAllowed {
                let isFinal =
                    type == .access
                    ? verdict.priority > policy.priority : verdict.priority >= policy.priority
                if isFinal { verdict.isDetermined = true }
            }
            let isMatch = evaluate(position, policy, repository, request, type, tag: nil, &verdict)
            if verdict.isAllowed, !policy.hasDeny, !verdict.isDetermined,
                isMatch || repository.isLikely(policy, request.resource, type)
            {
                verdict.isDetermined = true
            }
            if verdict.isDetermined, verdict.isAuditDetermined { break }
        }
        guard !verdict.isDetermined else { return }
        if isDeniedByTags {
            verdict.isAllowed = false
            verdict.isDetermined = true
        } else if isAllowedByTags {
            verdict.isAllowed = true
        } else if let sharing {
            verdict.take(sharing, type)
        }
    }

    private mutating func evaluateTags(
        _ request: EvaluationRequest,
        _ type: PolicyType,
        _ verdict: inout Verdict
    ) {
        guard let repository = service.tags, !request.tags.isEmpty else { return }
        collectPairs(request, type, repository)
        for pair in pairs {
            let policy = repository.policies[Int(pair.policy)]
            guard repository.isInForce(policy, at: request.now) else { continue }
            var sub = verdict
            let tag = request.tags[Int(pair.tag)]
            request.facts.turn(to: Int(tag.source))
            _ = evaluate(pair.policy, policy, repository, request, type, tag: tag, &sub)
            if sub.isAllowed, !policy.hasDeny { sub.isDetermined = true }
            if sub.isAudited {
                verdict.isAudited = true
                verdict.isAuditDetermined = sub.isAuditDetermined
                verdict.auditor = sub.auditor
            }
            if !verdict.isDetermined, sub.isDetermined || (!verdict.isAllowed && sub.isAllowed) {
                verdict.isAllowed = sub.isAllowed
                verdict.isDetermined = sub.isDetermined
                verdict.decider = sub.decider
                verdict.priority = sub.priority
            }
            if verdict.isDetermined, verdict.isAuditDetermined { break }
        }
        if verdict.isAllowed { verdict.isDetermined = true }
    }

    private mutating func collectPairs(
        _ request: EvaluationRequest,
        _ type: PolicyType,
        _ repository: Repository
    ) {
        pairs.removeAll(keepingCapacity: true)
        for index in request.tags.indices {
            let tag = request.tags[index]
            let elements = request.elements(of: tag)
            candidates.start(repository, type, elements, usesIndex: usesIndex)
            while true {
                let number = candidates.next()
                if number < 0 { break }
                let policy = repository.policies[Int(number)]
                guard repository.names(elements, policy, type, request.facts) else { continue }
                add(policy, number, index, tag)
            }
        }
        guard pairs.count > 1 else { return }
        pairs.sort { left, right in
            if type == .dataMask, left.match != right.match {
                return left.match.tagOrder < right.match.tagOrder
            }
            guard left.policy != right.policy else { return left.tag < right.tag }
            return type == .access
                ? left.order < right.order : repository.isNamed(left.policy, before: right.policy)
        }
    }

    private mutating func add(
        _ policy: CompiledPolicy,
        _ number: Int32,
        _ index: Int,
        _ tag: RequestTag
    ) {
        pairs.append(
            TagPair(
                policy: number,
                tag: Int32(index),
                order: policy.order,
                match: tag.match
            )
        )
    }

    /// Evaluates one policy for what isn't determined yet; the result is whether its resource matches.
    private mutating func evaluate(
        _ position: Int32,
        _ policy: CompiledPolicy,
        _ repository: Repository,
        _ request: EvaluationRequest,
        _ type: PolicyType,
        tag: RequestTag?,
        _ verdict: inout Verdict
    ) -> Bool {
        var hasMatched = false
        for index in policy.maps {
            if verdict.isDetermined, verdict.isAuditDetermined { break }
            let map = repository.maps[Int(index)]
            let match: MatchType
            if let tag {
                guard repository.isAbout(map, request.elements(of: tag), type, request.facts)
                else { continue }
                match = tag.match
            } else {
                match = repository.match(map, request.resource, type: type, facts: request.facts)
            }
            let isMatch =
                match == .same || match == .sameAndAllBelow
                || match == .descendant && request.matchesDescendants || match == .ancestor && tag != nil
            if isMatch { hasMatched = true }
            guard isMatch, repository.holds(policy.conditions, request, unknown: true) else { continue }
            var decider = Decider()
            decider.origin = tag == nil ? .resource : .tag
            decider.policy = position
            decider.tag = tag?.source ?? -1
            if !verdict.isAuditDetermined, policy.isAudited {
                verdict.isAudited = true
                verdict.isAuditDetermined = true
                verdict.auditor = decider
            }
            if !verdict.isDetermined {
                evaluateItems(policy, repository, request, type, match, decider, &verdict)
            }
        }
        return hasMatched
    }

    private mutating func evaluateItems(
        _ policy: CompiledPolicy,
        _ repository: Repository,
        _ request: EvaluationRequest,
        _ type: PolicyType,
        _ match: MatchType,
        _ decider: Decider,
        _ verdict: inout Verdict
    ) {
        let onlyRestricts =
            !repository.isLenient && !repository.holds(policy.conditions, request, unknown: false)
        for slot in request.accesses.indices {
            let access = request.accesses[slot]
            var found = repository.decide(
                policy,
                access,
                request,
                type,
                onlyRestricts: onlyRestricts,
                reach
            )
            if found.outcome == .deny, match == .descendant, request.ignoresDescendantDenials {
                found.outcome = .none
            }
            guard found.outcome != .none else { continue }
            hasFindings = true
            var merged = decider
            merged.list = found.decider.list
            merged.item = found.decider.item
            found.decider = merged
            found.priority = policy.priority
            slots[slot].merge(found, type, isAny: request.isAny || request.prefersAllowances)
            guard request.isAny || request.prefersAllowances else { continue }
            if found.outcome == (request.ignoresDescendantDenials ? .allow : .deny) { break }
        }
        guard let slot = combined(request) else { return }
        verdict.isAllowed = slot.outcome == .allow
        verdict.isDetermined = slot.outcome == .deny
        verdict.decider = slot.decider
        verdict.priority = slot.priority
    }

    /// What the access types come to together; nil while it is open.
    private func combined(_ request: EvaluationRequest) -> AccessSlot? {
        if slots.count == 1, request.groups.isEmpty, request.allowedUnlessDenied.isEmpty {
            return slots[0].outcome == .none ? nil : slots[0]
        }
        let excused = request.allowedUnlessDenied
        if request.groups.isEmpty {
            if let slot = combined(slots.indices.lazy.map { slots[$0] }) { return slot }
            guard !excused.isEmpty, slots.indices.allSatisfy(excused.contains) else { return nil }
            return AccessSlot(outcome: .allow)
        }
        var first: AccessSlot?
        var isOpen = false
        for group in request.groups {
            guard let slot = combined(group.lazy.map { slots[$0] }) else {
                if excused.isEmpty || !group.allSatisfy(excused.contains) { isOpen = true }
                continue
            }
            if slot.outcome == .deny { return slot }
            if first == nil { first = slot }
        }
        if isOpen { return nil }
        return first ?? AccessSlot(outcome: .allow)
    }

    private func combined(_ group: some Sequence<AccessSlot>) -> AccessSlot? {
        var denial: AccessSlot?
        var isOpen = false
        for slot in group {
            switch slot.outcome {
            case .allow: return slot
            case .deny: if denial == nil { denial = slot }
            case .none: isOpen = true
            }
        }
        return isOpen ? nil : denial
    }
}

extension MatchType {
    /// The order in which masks by tags are looked at.
    var tagOrder: UInt8 {
        switch self {
        case .same: 0
        case .sameAndAllBelow: 1
        case .ancestor: 2
        case .descendant: 3
        case .none: 4
        }
    }
}

extension AccessSlot {
    /// Takes in what another policy says of the same access type.
    mutating func merge(_ new: AccessSlot, _ type: PolicyType, isAny: Bool) {
        let replaces: Bool
        switch (outcome, new.outcome) {
        case (.none, _): replaces = true
        case (.allow, .deny): replaces = new.priority >= priority
        case (.allow, .allow), (.allow, .none):
            replaces = type == .access ? new.priority > priority : new.priority >= priority
        case (.deny, .allow): replaces = isAny ? new.priority >= priority : new.priority > priority
        case (.deny, .deny), (.deny, .none): replaces = new.priority > priority
        }
        if replaces { self = new }
    }
}

extension Repository {
    /// Whether a policy's resource is a tag.
    func names(
        _ tag: RequestElements,
        _ policy: CompiledPolicy,
        _ type: PolicyType,
        _ facts: RequestFacts
    ) -> Bool {
        policy.maps.contains { isAbout(maps[Int($0)], tag, type, facts) }
    }

    /// Whether one combination of a policy is a tag.
    func isAbout(_ map: CompiledMap, _ tag: RequestElements, _ type: PolicyType, _ facts: RequestFacts)
        -> Bool
    {
        let match = match(map, tag, type: type, facts: facts)
        return match == .same || match == .sameAndAllBelow
    }
}
