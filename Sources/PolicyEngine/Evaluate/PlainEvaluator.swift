/// Answers questions for one access of one user, where no condition and no time has a say, without counting references.
///
/// What it can't answer it says so, and ``Evaluator`` does. Both must always answer the same.
/// A question goes through four steps; each asks for the memory that the next one looks at, so that questions that go
/// side by side wait for it together. Its owner keeps the service and the tags.
final class PlainEvaluator: Sendable {
    /// What was found, and whether policies have settled it.
    struct State: Sendable, BitwiseCopyable {
        var isAllowed = false
        var isDetermined = false
        var isAudited = false
        var isAuditDetermined = false
        var priority: Int32 = 0
        var decider = Decider()
    }

    private let type: PolicyType
    private let resource: PlainLayer
    private let tags: PlainLayer?
    private let lookup: TagLookup.View?
    private let tagPolicies: TagPolicyTable.View?
    private let hasResourcePolicies: Bool
    /// The state before any policy.
    private let start: State

    init(_ service: CompiledService, _ type: PolicyType, _ lookup: TagLookup?, _ tagPolicies: TagPolicyTable?)
    {
        self.type = type
        resource = PlainLayer(service.resource, type)
        tags = service.tags.map { PlainLayer($0, type) }
        self.lookup = lookup?.view
        self.tagPolicies = tagPolicies?.view
        hasResourcePolicies = !service.resource.isEmpty
        var start = State()
        start.isAudited = service.resource.isEmpty && service.tags == nil
        self.start = start
    }

    /// The answer; nil when it takes more than numbers and bytes.
    func evaluate(_ work: inout PlainWork) -> State? {
        guard prepare(&work) else { return nil }
        find(&work)
        choose(&work)
        return finish(&work)
    }

    /// First step: where policies and tags would be; false when it takes more.
    func prepare(_ work: inout PlainWork) -> Bool {
        work.hashCount = resource.index.prepare(work.question, work.scratch.hashes)
        guard work.hashCount >= 0 else { return false }
        guard let lookup else { return true }
        work.tagHashCount = lookup.layer.index.prepare(work.question, work.scratch.tagHashes)
        return work.tagHashCount >= 0
    }

    /// Second step: which may match.
    func find(_ work: inout PlainWork) {
        let scratch = work.scratch
        work.runCount = resource.index.find(scratch.hashes, work.hashCount, scratch.runs)
        guard let lookup else { return }
        work.tagRunCount = lookup.layer.index.find(scratch.tagHashes, work.tagHashCount, scratch.tagRuns)
    }

    /// Third step: those that may be for the one who asks, in the order of evaluation.
    func choose(_ work: inout PlainWork) {
        let scratch = work.scratch
        if let lookup { lookup.fetch(scratch.tagRuns, work.tagRunCount) }
        work.candidateCount = gather(work.question, scratch, work.runCount, all: false)
        for index in 0..<min(work.candidateCount, PlainEvaluator.mostFetched) {
            resource.fetch(scratch.candidates[index].number)
        }
    }

    /// Most questions are settled by the first few.
    private static let mostFetched = 3

    /// Last step: the answer; nil when it takes more.
    func finish(_ work: inout PlainWork) -> State? {
        var slot = AccessSlot()
        var state = start
        if let lookup {
            let tagCount = lookup.find(work)
            guard tagCount >= 0 else { return nil }
            if tagCount > 0, let tags {
                guard let tagPolicies,
                    evaluateTags(work.question, work.scratch, tagCount, tags, tagPolicies, &slot, &state)
                else { return nil }
            }
        }
        guard hasResourcePolicies else { return state }
        guard evaluateResources(work, &slot, &state) else { return nil }
        state.isDetermined = true
        return state
    }

    /// The id of the policy that decided; -1 for none.
    func policyId(of decider: Decider) -> Int64 {
        switch decider.origin {
        case .none, .sharing, .inline: -1
        case .resource: resource.policies[Int(decider.policy)].id
        case .tag: tags?.policies[Int(decider.policy)].id ?? -1
        }
    }

    private func evaluateResources(_ work: PlainWork, _ slot: inout AccessSlot, _ state: inout State) -> Bool
    {
        let question = work.question
        let scratch = work.scratch
        let runCount = work.runCount
        let isDeniedByTags = state.isDetermined && !state.isAllowed
        let isAllowedByTags = state.isDetermined && state.isAllowed
        state.isDetermined = false
        let mayBeOverridden = state.priority < resource.topPriority
        if isAllowedByTags, mayBeOverridden, isOverridden(scratch, runCount, state.priority) { return false }
        var count = 0
        if isDeniedByTags, !mayBeOverridden {
            state.isDetermined = true
        } else {
            // What tags deny may be settled by any policy of higher priority, whomever it is for.
            count = isDeniedByTags ? gather(question, scratch, runCount, all: true) : work.candidateCount
            guard count >= 0 else { return false }
        }
        for index in 0..<count {
            let candidate = scratch.candidates[index]
            if candidate.needsMore { return false }
            let policy = resource.policies[Int(candidate.number)]
            if !isDeniedByTags, !policy.isDenyAllElse, !policy.reach.mayMean(question.reach) { continue }
            if isDeniedByTags {
                if state.priority >= policy.priority { state.isDetermined = true }
            } else if state.isAllowed {
                if isSettled(by: policy, state) { state.isDetermined = true }
            }
            if state.isDetermined { break }
            var hasMatched = false
            for map in policy.maps {
                let match = resource.match(map, question)
                guard match == .same || match == .sameAndAllBelow else { continue }
                hasMatched = true
                audit(policy, &state)
                if state.isDetermined { break }
                var found = resource.decide(policy, question, type)
                settle(&found, candidate.number, policy, .resource, tag: -1, &slot, &state)
            }
            if hasMatched, state.isAllowed, !policy.hasDeny { state.isDetermined = true }
            if state.isDetermined { break }
        }
        if !state.isDetermined {
            if isDeniedByTags { state.isAllowed = false }
            if isAllowedByTags { state.isAllowed = true }
        }
        return state.isAuditDetermined || findAudit(question, scratch, runCount, &state)
    }

    /// Whether a policy and all after it can't change that the access is allowed.
    private func isSettled(by policy: CompiledPolicy, _ state: State) -> Bool {
        // Policies come by priority, those that deny first; of two masks or filters of one priority the first counts.
        state.priority > policy.priority
            || state.priority == policy.priority && (type != .access || !policy.hasDeny)
    }

    /// Whether any policy that may match has a higher priority; what tags allow may be settled by merely looking at it.
    private func isOverridden(_ scratch: PlainScratch, _ runCount: Int, _ priority: Int32) -> Bool {
        for index in 0..<runCount {
            var next = scratch.runs[index].first
            while next < scratch.runs[index].end {
                if resource.policies[Int(next.pointee.number)].priority > priority { return true }
                next += 1
            }
        }
        return false
    }

    private func audit(_ policy: CompiledPolicy, _ state: inout State) {
        guard !state.isAuditDetermined, policy.isAudited else { return }
        state.isAudited = true
        state.isAuditDetermined = true
    }

    /// Takes in what a policy says.
    private func settle(
        _ found: inout AccessSlot,
        _ number: Int32,
        _ policy: CompiledPolicy,
        _ origin: Decider.Origin,
        tag: Int32,
        _ slot: inout AccessSlot,
        _ state: inout State
    ) {
        if found.outcome != .none {
            found.decider.origin = origin
            found.decider.policy = number
            found.decider.tag = tag
            found.priority = policy.priority
            slot.merge(found, type, isAny: false)
        }
        guard slot.outcome != .none else { return }
        state.isAllowed = slot.outcome == .allow
        state.isDetermined = slot.outcome == .deny
        state.decider = slot.decider
        state.priority = slot.priority
    }

    /// Puts the candidates that may mean the question into the scratch, in the order of evaluation; -1 for too many.
    private func gather(_ question: PlainQuestion, _ scratch: PlainScratch, _ runCount: Int, all: Bool) -> Int
    {
        let accesses = question.reach.fewerAccesses
        let found = scratch.candidates
        var count = 0
        for index in 0..<runCount {
            var next = scratch.runs[index].first
            let end = scratch.runs[index].end
            while next < end {
                if all || next.pointee.mayMean(accesses, question.prints, question.principalCount) {
                    let candidate = next.pointee
                    guard count < PlainScratch.mostCandidates else { return -1 }
                    var place = count
                    while place > 0, found[place - 1].order > candidate.order {
                        found[place] = found[place - 1]
                        place -= 1
                    }
                    if place > 0, found[place - 1].order == candidate.order {
                        while place < count {
                            found[place] = found[place + 1]
                            place += 1
                        }
                    } else {
                        found[place] = candidate
                        count += 1
                    }
                }
                next += 1
            }
        }
        return count
    }

    private func isSurelyAudited(_ scratch: PlainScratch, _ runCount: Int) -> Bool {
        for index in 0..<runCount {
            var next = scratch.runs[index].first
            while next < scratch.runs[index].end {
                if next.pointee.isAudited, next.pointee.isSure, !next.pointee.needsMore { return true }
                next += 1
            }
        }
        return false
    }

    /// Looks for any policy about the resource that wants an audit line; false when that takes more.
    private func findAudit(
        _ question: PlainQuestion,
        _ scratch: PlainScratch,
        _ runCount: Int,
        _ state: inout State
    ) -> Bool {
        if !question.asksAll, isSurelyAudited(scratch, runCount) {
            state.isAudited = true
            state.isAuditDetermined = true
            return true
        }
        for index in 0..<runCount {
            var next = scratch.runs[index].first
            while next < scratch.runs[index].end {
                let candidate = next.pointee
                next += 1
                guard candidate.isAudited else { continue }
                if candidate.needsMore { return false }
                for map in resource.policies[Int(candidate.number)].maps {
                    let match = resource.match(map, question)
                    guard match == .same || match == .sameAndAllBelow else { continue }
                    state.isAudited = true
                    state.isAuditDetermined = true
                    return true
                }
            }
        }
        return true
    }
}

extension PlainEvaluator {
    private func evaluateTags(
        _ question: PlainQuestion,
        _ scratch: PlainScratch,
        _ tagCount: Int,
        _ layer: PlainLayer,
        _ table: TagPolicyTable.View,
        _ slot: inout AccessSlot,
        _ state: inout State
    ) -> Bool {
        let count = collectPairs(scratch, tagCount, layer, table)
        guard count >= 0 else { return false }
        for index in 0..<count {
            let pair = scratch.pairs[index]
            let policy = layer.policies[Int(pair.policy)]
            if policy.needsMore { return false }
            var sub = state
            if pair.match != .descendant, pair.match != .none {
                audit(policy, &sub)
                if !sub.isDetermined {
                    var found = layer.decide(policy, question, type)
                    settle(&found, pair.policy, policy, .tag, tag: pair.tag, &slot, &sub)
                }
            }
            if sub.isAllowed, !policy.hasDeny { sub.isDetermined = true }
            if sub.isAudited {
                state.isAudited = true
                state.isAuditDetermined = sub.isAuditDetermined
            }
            if !state.isDetermined, sub.isDetermined || !state.isAllowed && sub.isAllowed {
                state.isAllowed = sub.isAllowed
                state.isDetermined = sub.isDetermined
                state.decider = sub.decider
                state.priority = sub.priority
            }
            if state.isDetermined, state.isAuditDetermined { break }
        }
        if state.isAllowed { state.isDetermined = true }
        return true
    }

    /// Puts policies about the tags into the scratch, in the order of evaluation; -1 when that takes more.
    private func collectPairs(
        _ scratch: PlainScratch,
        _ tagCount: Int,
        _ layer: PlainLayer,
        _ table: TagPolicyTable.View
    ) -> Int {
        var count = 0
        for tag in 0..<tagCount {
            for entry in table.entries(of: Int(scratch.tags[tag].name), type) {
                guard entry.isSure, count < PlainScratch.mostCandidates else { return -1 }
                let match = scratch.tags[tag].match
                // One place sets all tags of a plain question, so that masks differ by name and not by place.
                let order = type == .access ? layer.policies[Int(entry.policy)].order : UInt64(entry.nameRank)
                var place = count
                while place > 0, scratch.pairs[place - 1].order > order {
                    scratch.pairs[place] = scratch.pairs[place - 1]
                    place -= 1
                }
                scratch.pairs[place] = PlainPair(
                    policy: entry.policy,
                    tag: Int32(tag),
                    order: order,
                    match: match
                )
                count += 1
            }
        }
        return count
    }
}
