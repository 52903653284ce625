/// One resource that somebody asks about: decided by numbers and bytes alone as far as those go.
///
/// Its innermost level may change, so that columns of a table share the rest. Cost: no memory for a decision.
final class PlainResource {
    private let service: CompiledService
    private let pool: ScratchPool
    private let scratch: UnsafeMutablePointer<PlainScratch>
    private var work: PlainWork
    /// The values so far take so many bytes of the scratch.
    private var used = 0
    private let tagPolicies: TagPolicyTable?

    /// Nil when the one who asks holds more than there is room for.
    init?(
        _ service: CompiledService,
        _ principals: ContiguousArray<Int32>,
        isOwner: Bool,
        tagNames: ContiguousArray<RequestElements> = [],
        _ pool: ScratchPool
    ) {
        self.service = service
        self.pool = pool
        tagPolicies = service.tags.flatMap { tagNames.isEmpty ? nil : TagPolicyTable(tagNames, $0) }
        scratch = pool.take()
        work = PlainWork(scratch.pointee)
        work.question.pointee.isOwner = isOwner
        for principal in principals where !work.question.pointee.add(principal) { return nil }
        // Once for all columns.
        work.question.pointee.makePrints()
    }

    deinit { pool.giveBack(scratch) }

    /// Names a level that stays; false when there is no room for it.
    func set(_ level: Int, to value: String) -> Bool { name(level, value, &used) }

    private func name(_ level: Int, _ value: String, _ used: inout Int) -> Bool {
        guard level < PlainScratch.mostLevels, work.scratch.values.set(level, to: value, &used) else {
            return false
        }
        work.question.pointee.keys |= 1 << UInt64(level)
        if work.question.pointee.levels[level].isAll { work.question.pointee.asksAll = true }
        return true
    }

    /// What policies say; nil when that takes more than numbers and bytes.
    ///
    /// `inner` is a level below those that are set, for this question only; `tags` name positions among the names
    /// that the resource was made with.
    func verdict(
        _ inner: (level: Int, value: String)?,
        _ access: Int,
        _ tags: ContiguousArray<RequestTag>,
        _ type: PolicyType
    ) -> Verdict? {
        guard tags.count <= PlainScratch.mostTags else { return nil }
        let outer = work.question.pointee
        defer { work.question.pointee = outer }
        var used = used
        if let inner, !name(inner.level, inner.value, &used) { return nil }
        work.question.pointee.turn(to: access)
        for index in tags.indices { work.scratch.tags[index] = tags[index] }
        let evaluator = service.plain[type.rawValue]
        guard evaluator.prepare(&work) else { return nil }
        evaluator.find(&work)
        evaluator.choose(&work)
        return evaluator.finish(&work, tags.count, tagPolicies?.view).map { Verdict($0) }
    }
}

extension Verdict {
    fileprivate init(_ state: PlainEvaluator.State) {
        isAllowed = state.isAllowed
        isDetermined = state.isDetermined
        isAudited = state.isAudited
        isAuditDetermined = state.isAuditDetermined
        decider = state.decider
        priority = state.priority
    }
}
