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

    let type: PolicyType
    /// One layer each, where it lies, so that it isn't copied.
    private let resourceLayer: Frozen<PlainLayer>
    private let tagLayer: Frozen<PlainLayer>?
    private let lookup: TagLookup.View?
    /// Whether the hashes of levels go into those of tagged resources as into those of policies.
    private let joinsAlike: Bool
    private let tagPolicies: TagPolicyTable.View?
    private let hasResourcePolicies: Bool
    /// The state before any policy.
    private let start: State

    /// One for policies of a type, with the tags of resources where those are known beforehand.
    init(
        _ resource: Repository,
        _ tags: Repository?,
        _ type: PolicyType,
        _ lookup: TagLookup? = nil,
        _ tagPolicies: TagPolicyTable? = nil
    ) {
        self.type = type
        resourceLayer = Frozen([PlainLayer(resource, type)])
        tagLayer = tags.map { Frozen([PlainLayer($0, type)]) }
        self.lookup = lookup?.view
        let index = resource.indexes[type.rawValue].view
        joinsAlike = lookup?.view.layer.pointee.index.joinsAlike(index) ?? true
        self.tagPolicies = tagPolicies?.view
        hasResourcePolicies = !resource.isEmpty
        var start = State()
        start.isAudited = resource.isEmpty && tags == nil
        self.start = start
    }

    deinit {
        resourceLayer.free()
        tagLayer?.free()
    }

    @inline(__always)
    private var resource: UnsafePointer<PlainLayer> { resourceLayer.base }

    /// First step: where policies and tags would be; false when it takes more.
    func prepare(_ work: UnsafeMutablePointer<PlainWork>) -> Bool {
        let question = UnsafePointer(work.pointee.question)
        let joins = work.pointee.scratch.joins
        resource.pointee.index.join(question, joins)
        work.pointee.hashCount = resource.pointee.index.prepare(question, joins, work.pointee.scratch.hashes)
        guard work.pointee.hashCount >= 0 else { return false }
        guard let lookup else { return true }
        if !joinsAlike { lookup.layer.pointee.index.join(question, joins) }
        work.pointee.tagHashCount = lookup.layer.pointee.index
            .prepare(question, joins, work.pointee.scratch.tagHashes)
        return work.pointee.tagHashCount >= 0
    }

    /// Second step: where those are that may match.
    func find(_ work: UnsafeMutablePointer<PlainWork>) {
        work.pointee.groupCount = resource.pointee.index.find(
            work.pointee.scratch.hashes,
            work.pointee.hashCount,
            work.pointee.scratch.groups
        )
        guard let lookup else { return }
        work.pointee.tagGroupCount = lookup.layer.pointee.index.find(
            work.pointee.scratch.tagHashes,
            work.pointee.tagHashCount,
            work.pointee.scratch.tagGroups
        )
    }

    /// Third step: those that may be for the one who asks, in the order of evaluation.
    func choose(_ work: UnsafeMutablePointer<PlainWork>) {
        // First what needs none of the memory that was asked for.
        if work.pointee.groupCount > 0 { work.pointee.question.pointee.makePrints() }
        if let lookup {
            let runs = work.pointee.scratch.tagRuns
            work.pointee.tagRunCount = PolicyIndex.View.read(
                work.pointee.scratch.tagGroups,
                work.pointee.tagGroupCount,
                of: work.pointee.scratch.tagHashes,
                runs
            )
            lookup.fetch(runs, work.pointee.tagRunCount)
        }
        work.pointee.runCount = PolicyIndex.View.read(
            work.pointee.scratch.groups,
            work.pointee.groupCount,
            of: work.pointee.scratch.hashes,
            work.pointee.scratch.runs
        )
        work.pointee.candidateCount = gather(work)
        for index in 0..<min(work.pointee.candidateCount, PlainEvaluator.mostFetched) {
            resource.fetch(work.pointee.scratch.chosen[index].pointee.number)
        }
    }

    /// Most questions are settled by the first.
    private static let mostFetched = 2

    /// Last step: the answer; nil when it takes more.
    func finish(_ work: UnsafeMutablePointer<PlainWork>) -> State? {
        let tagCount = lookup?.find(work) ?? 0
        return tagCount < 0 ? nil : finish(work, tagCount, tagPolicies)
    }

    /// The answer with so many tags of the resource in the scratch; nil when it takes more.
    func finish(
        _ work: UnsafeMutablePointer<PlainWork>,
        _ tagCount: Int,
        _ tagPolicies: TagPolicyTable.View?
    ) -> State? {
        var slot = AccessSlot()
        var state = start
        if tagCount > 0, let tagLayer {
            guard let tagPolicies,
                evaluateTags(work, tagCount, tagLayer.base, tagPolicies, &slot, &state)
            else { return nil }
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
        case .resource: resource.pointee.policies.pointer(decider.policy).pointee.id
        case .tag: tagLayer?.base.pointee.policies.pointer(decider.policy).pointee.id ?? -1
        }
    }

    private func evaluateResources(
        _ work: UnsafeMutablePointer<PlainWork>,
        _ slot: inout AccessSlot,
        _ state: inout State
    ) -> Bool {
        let question = UnsafePointer(work.pointee.question)
        let isDeniedByTags = state.isDetermined && !state.isAllowed
        let isAllowedByTags = state.isDetermined && state.isAllowed
        state.isDetermined = false
        let mayBeOverridden = state.priority < resource.pointee.topPriority
        if isAllowedByTags, mayBeOverridden, isOverridden(work, state.priority) { return false }
        var count = 0
        if isDeniedByTags, !mayBeOverridden {
            state.isDetermined = true
        } else {
            // What tags deny may be settled by any policy of higher priority, whomever it is for.
            count = isDeniedByTags ? gatherAll(work) : work.pointee.candidateCount
            guard count >= 0 else { return false }
        }
        for index in 0..<count {
            let candidate = work.pointee.scratch.chosen[index]
            if candidate.pointee.needsMore { return false }
            let number = candidate.pointee.number
            let policy = resource.pointee.policies.pointer(number)
            if isDeniedByTags {
                if state.priority >= policy.pointee.priority { state.isDetermined = true }
            } else if state.isAllowed {
                if isSettled(by: policy, state) { state.isDetermined = true }
            }
            if state.isDetermined { break }
            var hasMatched = false
            for map in policy.pointee.maps {
                let match = resource.match(map, question)
                guard match == .same || match == .sameAndAllBelow else { continue }
                hasMatched = true
                audit(policy, &state)
                if state.isDetermined { break }
                var found = resource.decide(policy, question, type)
                settle(&found, number, policy, .resource, tag: -1, &slot, &state)
            }
            if hasMatched, state.isAllowed, !policy.pointee.hasDeny { state.isDetermined = true }
            if state.isDetermined { break }
        }
        if !state.isDetermined {
            if isDeniedByTags { state.isAllowed = false }
            if isAllowedByTags { state.isAllowed = true }
        }
        return state.isAuditDetermined || findAudit(work, &state)
    }

    /// Whether a policy and all after it can't change that the access is allowed.
    @inline(__always)
    private func isSettled(by policy: UnsafePointer<CompiledPolicy>, _ state: State) -> Bool {
        // Policies come by priority, those that deny first; of two masks or filters of one priority the first counts.
        state.priority > policy.pointee.priority
            || state.priority == policy.pointee.priority && (type != .access || !policy.pointee.hasDeny)
    }

    /// Whether any policy that may match has a higher priority; what tags allow may be settled by merely looking at it.
    private func isOverridden(_ work: UnsafeMutablePointer<PlainWork>, _ priority: Int32) -> Bool {
        let runs = work.pointee.scratch.runs
        for index in 0..<work.pointee.runCount {
            var next = runs[index].first
            while next < runs[index].end {
                if resource.pointee.policies.pointer(next.pointee.number).pointee.priority > priority {
                    return true
                }
                next += 1
            }
        }
        return false
    }

    @inline(__always)
    func audit(_ policy: UnsafePointer<CompiledPolicy>, _ state: inout State) {
        guard !state.isAuditDetermined, policy.pointee.isAudited else { return }
        state.isAudited = true
        state.isAuditDetermined = true
    }

    /// Takes in what a policy says.
    @inline(__always)
    func settle(
        _ found: inout AccessSlot,
        _ number: Int32,
        _ policy: UnsafePointer<CompiledPolicy>,
        _ origin: Decider.Origin,
        tag: Int32,
        _ slot: inout AccessSlot,
        _ state: inout State
    ) {
        if found.outcome != .none {
            found.decider.origin = origin
            found.decider.policy = number
            found.decider.tag = tag
            found.priority = policy.pointee.priority
            slot.merge(found, type, isAny: false)
        }
        guard slot.outcome != .none else { return }
        state.isAllowed = slot.outcome == .allow
        state.isDetermined = slot.outcome == .deny
        state.decider = slot.decider
        state.priority = slot.priority
    }

    private func isSurelyAudited(_ work: UnsafeMutablePointer<PlainWork>) -> Bool {
        let runs = work.pointee.scratch.runs
        for index in 0..<work.pointee.runCount {
            var next = runs[index].first
            while next < runs[index].end {
                if next.pointee.isAudited, next.pointee.isSure, !next.pointee.needsMore { return true }
                next += 1
            }
        }
        return false
    }

    /// Looks for any policy about the resource that wants an audit line; false when that takes more.
    private func findAudit(_ work: UnsafeMutablePointer<PlainWork>, _ state: inout State) -> Bool {
        let question = UnsafePointer(work.pointee.question)
        let runs = work.pointee.scratch.runs
        if !question.pointee.asksAll, isSurelyAudited(work) {
            state.isAudited = true
            state.isAuditDetermined = true
            return true
        }
        for index in 0..<work.pointee.runCount {
            var next = runs[index].first
            while next < runs[index].end {
                let candidate = next.pointee
                next += 1
                guard candidate.isAudited else { continue }
                if candidate.needsMore { return false }
                for map in resource.pointee.policies.pointer(candidate.number).pointee.maps {
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
