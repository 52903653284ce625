import CatalogModel

/// Answers questions one after another without new memory; one for each thread.
///
/// Whatever takes more than numbers and bytes, such as zones, shares, templates, conditions and several places of tags,
/// is left to ``RangerEngine/evaluate(_:_:now:)``, so that the answers are always the same.
package struct RangerDecider {
    private let engine: RangerEngine
    private let names: QuestionNames
    private let scratch = PlainScratch()
    private let access: PlainEvaluator
    private let dataMask: PlainEvaluator
    private let rowFilter: PlainEvaluator
    /// Whether nothing of the engine stands in the way of answering by numbers alone.
    private let isPlain: Bool
    private let tags: TagLookup?
    private let tagPolicies: TagPolicyTable?
    /// The names of levels that the last question had, as most questions have the same.
    private var levelNames: ContiguousArray<String> = []
    private var levelNumbers: ContiguousArray<Int32> = []

    /// A decider of an engine.
    package init(_ engine: RangerEngine) {
        self.engine = engine
        names = engine.names
        isPlain = engine.isPlain
        access = PlainEvaluator(engine.unzoned, .access)
        dataMask = PlainEvaluator(engine.unzoned, .dataMask)
        rowFilter = PlainEvaluator(engine.unzoned, .rowFilter)
        tags = engine.tagLookup
        tagPolicies = engine.tagPolicies
    }

    /// Answers one question about one kind of policy.
    ///
    /// Cost: looking up the question's own names, then the policies that may match.
    package mutating func answer(_ question: borrowing AccessQuestion, _ type: PolicyType) -> AccessAnswer {
        guard isPlain, let plain = take(question), let state = state(plain, type) else {
            let copy = copy question
            return AccessAnswer(engine.evaluate(AccessRequest(copy), type, now: copy.time))
        }
        var answer = AccessAnswer()
        answer.isAllowed = state.isAllowed
        answer.isDetermined = state.isDetermined
        answer.isAudited = state.isAudited
        guard state.decider.policy >= 0, let repository = engine.unzoned.repository(of: state.decider.origin)
        else { return answer }
        answer.policyId = repository.policies[Int(state.decider.policy)].id
        if type == .dataMask { answer.maskType = repository.maskType(state.decider) }
        return answer
    }

    /// Answers one of many questions where it is, without taking it out.
    package mutating func answer(_ questions: [AccessQuestion], at index: Int, _ type: PolicyType)
        -> AccessAnswer
    {
        questions.withUnsafeBufferPointer { answer($0[index], type) }
    }

    private func state(_ question: PlainQuestion, _ type: PolicyType) -> PlainEvaluator.State? {
        switch type {
        case .access: access.evaluate(question, scratch, tags, tagPolicies)
        case .dataMask: dataMask.evaluate(question, scratch, tags, tagPolicies)
        case .rowFilter: rowFilter.evaluate(question, scratch, tags, tagPolicies)
        }
    }

    /// Looks up the question's names; nil when numbers alone can't say what it means.
    private mutating func take(_ question: borrowing AccessQuestion) -> PlainQuestion? {
        var plain = PlainQuestion(scratch)
        var used = 0
        for index in question.resource.indices {
            let level = level(question.resource[index].name, at: index)
            guard level >= 0, level < PlainScratch.mostLevels,
                scratch.set(Int(level), to: question.resource[index].value, &used)
            else { return nil }
            plain.keys |= 1 << UInt64(level)
            if plain.levels[Int(level)].isAll { plain.asksAll = true }
        }
        plain.access = names.accessType(question.accessType)
        guard plain.access >= 0, question.hasPlainAccess,
            names.add(question.user, question.groups, scratch, &plain)
        else {
            return nil
        }
        // Items for everyone have all bits, so that one is enough for someone whom no policy names.
        plain.reach.principals = 1
        for index in 0..<plain.principalCount {
            plain.reach.principals |= ItemReach.bit(of: plain.principals[index])
        }
        if plain.access >= 0 { plain.reach.accesses = 1 << UInt128(plain.access) }
        return plain
    }

    private mutating func level(_ name: String, at index: Int) -> Int32 {
        if index < levelNames.count, levelNames[index] == name { return levelNumbers[index] }
        let number = names.levels.find(name)
        if index == levelNames.count {
            levelNames.append(name)
            levelNumbers.append(number)
        } else if index < levelNames.count {
            levelNames[index] = name
            levelNumbers[index] = number
        }
        return number
    }
}

extension PlainScratch {
    /// Takes the value of one level; false when there is no room for it.
    fileprivate func set(_ level: Int, to value: String, _ used: inout Int) -> Bool {
        var value = value
        return value.withUTF8 { set(level, to: $0, &used) }
    }

    private func set(_ level: Int, to value: UnsafeBufferPointer<UInt8>, _ used: inout Int) -> Bool {
        guard used + 2 * value.count <= PlainScratch.mostBytes else { return false }
        let raw = bytes + used
        var isFolded = true
        for index in 0..<value.count {
            let byte = value[index]
            raw[index] = byte
            if Folding.mayChange(byte) { isFolded = false }
        }
        used += value.count
        let rawHash = NameTable.hash(UnsafeBufferPointer(start: raw, count: value.count))
        var folded = raw
        var foldedCount = value.count
        var foldedHash = rawHash
        if !isFolded {
            folded = bytes + used
            let text = ContiguousArray(Folding.fold(String(decoding: value, as: UTF8.self)).utf8)
            foldedCount = text.count
            guard used + foldedCount <= PlainScratch.mostBytes else { return false }
            for (index, byte) in text.enumerated() { folded[index] = byte }
            used += foldedCount
            foldedHash = NameTable.hash(UnsafeBufferPointer(start: folded, count: foldedCount))
        }
        levels[level] = PlainLevel(
            raw: raw,
            folded: folded,
            rawCount: Int32(value.count),
            foldedCount: Int32(foldedCount),
            rawHash: rawHash,
            foldedHash: foldedHash,
            isAll: value.isEmpty || value.count == 1 && value[0] == UInt8(ascii: "*")
        )
        return true
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
        let name = items[Int(decider.item)].maskType
        return name >= 0 ? maskTypes[Int(name)] : nil
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
