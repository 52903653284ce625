import CatalogModel

/// Answers questions one after another without new memory; one for each thread.
///
/// Whatever takes more than numbers, such as zones, shares, templates, conditions and several places of tags, is left
/// to ``RangerEngine/evaluate(_:_:now:)``, so that the answers are always the same.
package struct RangerDecider {
    private let engine: RangerEngine
    private let service: CompiledService
    private let names: QuestionNames
    /// Whether nothing of the engine stands in the way of answering by numbers alone.
    private let isPlain: Bool
    private let mayAskFacts: Bool
    private let start: Verdict
    private var evaluator: Evaluator
    private var request: EvaluationRequest
    private var queue = CandidateQueue()
    private let tags: TagLookup?

    /// A decider of an engine.
    package init(_ engine: RangerEngine) {
        self.engine = engine
        service = engine.unzoned
        names = engine.names
        isPlain = engine.isPlain
        mayAskFacts = service.resource.mayAskFacts || service.tags?.mayAskFacts ?? false
        var start = Verdict()
        start.isAudited = service.resource.isEmpty && service.tags == nil
        self.start = start
        evaluator = Evaluator(service: service)
        evaluator.tagPolicies = engine.tagPolicies
        request = EvaluationRequest(
            resource: RequestElements(levelCount: service.resource.levels.count),
            facts: RequestFacts(AccessRequest(), now: Instant(microseconds: 0))
        )
        request.accesses = [-1]
        tags = engine.tagLookup
        request.tagElements = tags?.names ?? []
    }

    /// Answers one question about one kind of policy.
    ///
    /// Cost: looking up the question's own names, then the policies that may match.
    package mutating func answer(_ question: AccessQuestion, _ type: PolicyType) -> AccessAnswer {
        guard isPlain, question.hasPlainAccess, take(question),
            !mayAskFacts || !evaluator.asksFacts(request, type)
        else {
            return AccessAnswer(engine.evaluate(AccessRequest(question), type, now: question.time))
        }
        let verdict = evaluator.evaluate(request, type, from: start)
        var answer = AccessAnswer()
        answer.isAllowed = verdict.isAllowed
        answer.isDetermined = verdict.isDetermined
        answer.isAudited = verdict.isAudited
        guard verdict.decider.policy >= 0, let repository = service.repository(of: verdict.decider.origin)
        else { return answer }
        answer.policyId = repository.policies[Int(verdict.decider.policy)].id
        if type == .dataMask { answer.maskType = repository.maskType(verdict.decider) }
        return answer
    }

    /// Looks up the question's names; false when numbers alone can't say what it means.
    private mutating func take(_ question: AccessQuestion) -> Bool {
        request.now = question.time
        request.resource.removeAll()
        for index in question.resource.indices {
            let level = names.levels.find(question.resource[index].name)
            guard level >= 0 else { return false }
            request.resource.set(Int(level), to: question.resource[index].value)
        }
        request.accesses[0] = names.accessType(question.accessType)
        request.principals.removeAll(keepingCapacity: true)
        names.add(user: question.user, to: &request.principals)
        for index in question.groups.indices {
            names.add(group: question.groups[index], to: &request.principals)
        }
        names.roles.addCommon(to: &request.principals)
        request.tags.removeAll(keepingCapacity: true)
        return tags?.find(request.resource, &queue, request.facts, &request.tags) ?? true
    }
}

extension AccessAnswer {
    /// What a long outcome comes to.
    package init(_ outcome: RangerOutcome) {
        isAllowed = outcome.isAllowed
        isDetermined = outcome.isDetermined
        isAudited = outcome.isAudited
        policyId = outcome.policyId
        maskType = outcome.maskType
    }
}

extension Repository {
    /// The mask that an item chose; nil for none.
    fileprivate func maskType(_ decider: Decider) -> String? {
        guard decider.list == .mask, decider.item >= 0 else { return nil }
        let source = sources.base + Int(policies[Int(decider.policy)].source)
        let position = Int(items[Int(decider.item)].source)
        guard let name = source.pointee.dataMaskPolicyItems[position].dataMaskInfo?.dataMaskType,
            !name.isEmpty
        else { return nil }
        return name
    }
}

extension AccessQuestion {
    /// Whether it asks for one access by its own name.
    fileprivate var hasPlainAccess: Bool { !accessType.isEmpty && accessType.utf8.first != 95 }
}

extension RangerEngine {
    /// Whether nothing but policies, tags and roles decides.
    fileprivate var isPlain: Bool {
        let isUnwatched = unauditedUsers.isEmpty && unauditedGroups.isEmpty && unauditedRoles.isEmpty
        return zoneNames.isEmpty && sharing == nil && auditFilters.isEmpty && superUsers.isEmpty
            && superGroups.isEmpty && isUnwatched && !setup.options.scansEverything
            && !setup.options.leavesOpen
            && !["audit-all", "audit-none"].contains(setup.policies.auditMode)
    }
}
