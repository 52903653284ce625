import CatalogModel

/// Answers questions one after another without new memory; one for each thread.
///
/// Whatever takes more than numbers and bytes, such as zones, shares, templates, conditions and several places of tags,
/// is left to ``RangerEngine/evaluate(_:_:now:)``, so that the answers are always the same.
package struct RangerDecider {
    private let engine: RangerEngine
    private let names: QuestionNames.View
    private let lanes: PlainLanes
    /// Whether nothing of the engine stands in the way of answering by numbers alone.
    private let isPlain: Bool
    /// The names of levels that the last question had, as most questions have the same.
    private var levelNames: ContiguousArray<String> = []
    private var levelNumbers: ContiguousArray<Int32> = []

    /// A decider of an engine.
    package init(_ engine: RangerEngine) {
        self.engine = engine
        names = engine.names.view
        isPlain = engine.isPlain
        lanes = PlainLanes { PlainEvaluator(engine.unzoned, $0, engine.tagLookup, engine.tagPolicies) }
    }

    /// Answers one question about one kind of policy.
    ///
    /// Cost: looking up the question's own names, then the policies that may match.
    package mutating func answer(_ question: borrowing AccessQuestion, _ type: PolicyType) -> AccessAnswer {
        let work = lanes.works
        guard isPlain, take(question, &work.pointee),
            let state = lanes.evaluate(&work.pointee, type)
        else { return longAnswer(question, type) }
        return answer(state, type)
    }

    /// Answers one of many questions where it is, without taking it out.
    package mutating func answer(_ questions: [AccessQuestion], at index: Int, _ type: PolicyType)
        -> AccessAnswer
    {
        questions.withUnsafeBufferPointer { answer($0[index], type) }
    }

    /// Answers questions side by side, so that they wait for memory together; each answer is what it would be alone.
    ///
    /// - Parameters:
    ///   - questions: The questions.
    ///   - types: The kind of policy that each is about; as many.
    ///   - range: Which of them.
    ///   - give: Takes the position of a question with its answer; called in their order.
    package mutating func answer(
        _ questions: [AccessQuestion],
        _ types: [PolicyType],
        in range: Range<Int>,
        _ give: (Int, AccessAnswer) -> Void
    ) {
        questions.withUnsafeBufferPointer { questions in
            types.withUnsafeBufferPointer { types in
                var start = range.lowerBound
                while start < range.upperBound {
                    let end = min(start + PlainLanes.count, range.upperBound)
                    answerTogether(questions, types, start..<end, give)
                    start = end
                }
            }
        }
    }

    private mutating func answerTogether(
        _ questions: UnsafeBufferPointer<AccessQuestion>,
        _ types: UnsafeBufferPointer<PolicyType>,
        _ range: Range<Int>,
        _ give: (Int, AccessAnswer) -> Void
    ) {
        let works = lanes.works
        var ready: UInt = 0
        for lane in 0..<range.count where isPlain {
            let index = range.lowerBound + lane
            guard take(questions[index], &works[lane]),
                lanes.prepare(&works[lane], types[index])
            else { continue }
            ready |= 1 << UInt(lane)
        }
        for lane in 0..<range.count where ready >> UInt(lane) & 1 == 1 {
            lanes.find(&works[lane], types[range.lowerBound + lane])
        }
        for lane in 0..<range.count where ready >> UInt(lane) & 1 == 1 {
            lanes.choose(&works[lane], types[range.lowerBound + lane])
        }
        for lane in 0..<range.count {
            let index = range.lowerBound + lane
            let type = types[index]
            if ready >> UInt(lane) & 1 == 1, let state = lanes.finish(&works[lane], type) {
                give(index, answer(state, type))
            } else {
                give(index, longAnswer(questions[index], type))
            }
        }
    }

    /// Answers what takes more than numbers and bytes.
    @inline(never)
    private func longAnswer(_ question: borrowing AccessQuestion, _ type: PolicyType) -> AccessAnswer {
        let copy = copy question
        return AccessAnswer(engine.evaluate(AccessRequest(copy), type, now: copy.time))
    }

    private func answer(_ state: PlainEvaluator.State, _ type: PolicyType) -> AccessAnswer {
        var answer = AccessAnswer()
        answer.isAllowed = state.isAllowed
        answer.isDetermined = state.isDetermined
        answer.isAudited = state.isAudited
        guard state.decider.policy >= 0 else { return answer }
        answer.policyId = lanes.policyId(of: state.decider, type)
        if type == .dataMask, let repository = engine.unzoned.repository(of: state.decider.origin) {
            answer.maskType = repository.maskType(state.decider)
        }
        return answer
    }

    /// Looks up the question's names; false when numbers alone can't say what it means.
    private mutating func take(_ question: borrowing AccessQuestion, _ work: inout PlainWork) -> Bool {
        let scratch = work.scratch
        var plain = PlainQuestion(scratch)
        var used = 0
        let areLevelsKnown = question.resource.withUnsafeBufferPointer { resource in
            for index in resource.indices {
                let level = level(resource[index].name, at: index)
                guard level >= 0, level < PlainScratch.mostLevels,
                    scratch.set(Int(level), to: resource[index].value, &used)
                else { return false }
                plain.keys |= 1 << UInt64(level)
                if plain.levels[Int(level)].isAll { plain.asksAll = true }
            }
            return true
        }
        guard areLevelsKnown else { return false }
        plain.access = names.accessType(question.accessType)
        guard plain.access >= 0, question.hasPlainAccess,
            names.add(question.user, question.groups, &plain)
        else { return false }
        // Items for everyone have all bits, so that one is enough for someone whom no policy names.
        plain.reach.principals = 1
        for index in 0..<plain.principalCount {
            plain.reach.principals |= ItemReach.bit(of: plain.principals[index])
        }
        plain.reach.accesses = 1 << UInt128(plain.access)
        work.question = plain
        return true
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
        if let isSet = value.utf8.withContiguousStorageIfAvailable({ set(level, to: $0, &used) }) {
            return isSet
        }
        var copy = value
        return copy.withUTF8 { set(level, to: $0, &used) }
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
