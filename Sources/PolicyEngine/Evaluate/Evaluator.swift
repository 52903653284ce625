/// Evaluates requests on one service, by Ranger's rules; one for each thread, used again and again.
///
/// - Source: the order of steps, ties and priorities of Apache Ranger's policy engine.
struct Evaluator {
    let service: CompiledService
    /// Off: every policy is looked at, which must make no difference.
    var usesIndex = true

    private var slots: ContiguousArray<AccessSlot> = []
    private var candidates: ContiguousArray<Int32> = []
    private var pairs: ContiguousArray<TagPair> = []

    /// A tag policy and the tag that it matches.
    private struct TagPair {
        let policy: Int32
        let tag: Int32
        let rank: Int32
        let match: MatchType
    }

    init(service: CompiledService, usesIndex: Bool = true) {
        self.service = service
        self.usesIndex = usesIndex
    }

    /// Decides one request for one kind of policy.
    mutating func evaluate(_ request: EvaluationRequest, _ type: PolicyType) -> Verdict {
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(AccessSlot(), count: request.accesses.count))
        var verdict = Verdict()
        evaluateTags(request, type, &verdict)
        let isDeniedByTags = verdict.isDetermined && !verdict.isAllowed
        let isAllowedByTags = verdict.isDetermined && verdict.isAllowed
        guard !service.resource.isEmpty else { return verdict }
        verdict.isDetermined = false
        collectPolicies(request, type)
        let repository = service.resource
        for position in candidates {
            let policy = repository.policies[type.rawValue][Int(position)]
            guard repository.isInForce(policy, at: request.now) else { continue }
            if isDeniedByTags {
                if verdict.priority >= policy.priority { verdict.isDetermined = true }
            } else if verdict.isAllowed {
                let isFinal =
                    type == .access
                    ? verdict.priority > policy.priority : verdict.priority >= policy.priority
                if isFinal { verdict.isDetermined = true }
            }
            evaluate(position, policy, repository, request, type, tag: nil, &verdict)
            if verdict.isAllowed, !policy.hasDeny { verdict.isDetermined = true }
            if verdict.isDetermined, verdict.isAuditDetermined { break }
        }
        if !verdict.isDetermined {
            if isDeniedByTags { verdict.isAllowed = false }
            if isAllowedByTags { verdict.isAllowed = true }
            verdict.isDetermined = true
        }
        return verdict
    }

    private mutating func collectPolicies(_ request: EvaluationRequest, _ type: PolicyType) {
        let index = service.resource.indexes[type.rawValue]
        let withDescendants = request.matchesDescendants || !usesIndex
        guard !index.collect(request.resource, withDescendants: withDescendants, into: &candidates) else {
            return
        }
        candidates.append(contentsOf: 0..<Int32(service.resource.policies[type.rawValue].count))
    }

    private mutating func evaluateTags(
        _ request: EvaluationRequest,
        _ type: PolicyType,
        _ verdict: inout Verdict
    ) {
        guard let repository = service.tags, !request.tags.isEmpty else { return }
        collectPairs(request, type, repository)
        for pair in pairs {
            let policy = repository.policies[type.rawValue][Int(pair.policy)]
            guard repository.isInForce(policy, at: request.now) else { continue }
            var sub = verdict
            let tag = request.tags[Int(pair.tag)]
            evaluate(pair.policy, policy, repository, request, type, tag: tag, &sub)
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
        let index = repository.indexes[type.rawValue]
        for (number, tag) in request.tags.enumerated() {
            if !index.collect(tag.elements, withDescendants: !usesIndex, into: &candidates) {
                candidates.append(contentsOf: 0..<Int32(repository.policies[type.rawValue].count))
            }
            for position in candidates {
                let policy = repository.policies[type.rawValue][Int(position)]
                let isMatch = policy.maps.contains { map in
                    let map = repository.maps[Int(map)]
                    let match = repository.match(map, tag.elements, type: type, tokens: request.tokens)
                    return match == .same || match == .sameAndAllBelow
                }
                guard isMatch else { continue }
                let rank = type == .access ? position : repository.nameRanks[type.rawValue][Int(position)]
                pairs.append(TagPair(policy: position, tag: Int32(number), rank: rank, match: tag.match))
            }
        }
        guard pairs.count > 1 else { return }
        pairs.sort { left, right in
            if type == .dataMask, left.match != right.match {
                return left.match.tagOrder < right.match.tagOrder
            }
            return (left.rank, left.tag) < (right.rank, right.tag)
        }
    }

    /// Evaluates one policy for what isn't determined yet.
    private mutating func evaluate(
        _ position: Int32,
        _ policy: CompiledPolicy,
        _ repository: Repository,
        _ request: EvaluationRequest,
        _ type: PolicyType,
        tag: RequestTag?,
        _ verdict: inout Verdict
    ) {
        for index in policy.maps {
            if verdict.isDetermined, verdict.isAuditDetermined { return }
            let map = repository.maps[Int(index)]
            let match: MatchType
            if let tag {
                let own = repository.match(map, tag.elements, type: type, tokens: request.tokens)
                guard own == .same || own == .sameAndAllBelow else { continue }
                match = tag.match
            } else {
                match = repository.match(map, request.resource, type: type, tokens: request.tokens)
            }
            let isMatch =
                match == .same || match == .sameAndAllBelow
                || match == .descendant && request.matchesDescendants || match == .ancestor && tag != nil
            guard isMatch, repository.holds(policy.conditions, request) else { continue }
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
        for (slot, access) in request.accesses.enumerated() {
            var found = repository.decide(policy, access, request, type)
            if found.outcome == .deny, match == .descendant, request.ignoresDescendantDenials {
                found.outcome = .none
            }
            guard found.outcome != .none else { continue }
            var merged = decider
            merged.list = found.decider.list
            merged.item = found.decider.item
            found.decider = merged
            found.priority = policy.priority
            slots[slot].merge(found, type, isAny: request.isAny)
            guard request.isAny else { continue }
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
        if request.groups.isEmpty {
            return combined(slots.indices.lazy.map { slots[$0] })
        }
        var first: AccessSlot?
        for group in request.groups {
            guard let slot = combined(group.lazy.map { slots[$0] }) else { return nil }
            if slot.outcome == .deny { return slot }
            if first == nil { first = slot }
        }
        return first
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
    fileprivate var tagOrder: UInt8 {
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
    fileprivate mutating func merge(_ new: AccessSlot, _ type: PolicyType, isAny: Bool) {
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
