import CatalogModel

/// Answers questions one after another without new memory; one for each thread.
///
/// Whatever takes more than numbers and bytes, such as zones, shares, templates, conditions and several places of tags,
/// is left to ``RangerEngine/evaluate(_:_:now:)``, so that the answers are always the same.
package struct RangerDecider {
    private let engine: RangerEngine
    private let names: UnsafePointer<QuestionNames.View>
    private let lanes: PlainLanes
    /// Whether nothing of the engine stands in the way of answering by numbers alone.
    private let isPlain: Bool
    private let knownLevels: KnownLevels

    /// A decider of an engine.
    package init(_ engine: RangerEngine) {
        self.engine = engine
        names = engine.names.view
        knownLevels = KnownLevels(engine.names.view.pointee.levels)
        isPlain = engine.isPlain
        let service = engine.unzoned
        lanes = PlainLanes {
            PlainEvaluator(service.resource, service.tags, $0, engine.tagLookup, engine.tagPolicies)
        }
    }

    /// Answers one question about one kind of policy.
    ///
    /// Cost: looking up the question's own names, then the policies that may match.
    package mutating func answer(_ question: borrowing AccessQuestion, _ type: PolicyType) -> AccessAnswer {
        withUnsafePointer(to: question) { answer(at: $0, type) }
    }

    private mutating func answer(at question: UnsafePointer<AccessQuestion>, _ type: PolicyType)
        -> AccessAnswer
    {
        let work = lanes.works
        guard isPlain, begin(question, work, type), find(question, work, type) else {
            return longAnswer(question, type)
        }
        lanes.choose(work, type)
        guard let state = lanes.finish(work, type) else { return longAnswer(question, type) }
        return answer(state, type)
    }

    /// Answers one of many questions where it is, without taking it out.
    package mutating func answer(_ questions: [AccessQuestion], at index: Int, _ type: PolicyType)
        -> AccessAnswer
    {
        precondition(questions.indices.contains(index), "there are only so many questions")
        return questions.withUnsafeBufferPointer { questions in
            questions.baseAddress.map { answer(at: $0 + index, type) } ?? AccessAnswer()
        }
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
        precondition(range.isEmpty || questions.indices.contains(range.upperBound - 1))
        precondition(questions.count == types.count, "each question has a type")
        questions.withUnsafeBufferPointer { questions in
            types.withUnsafeBufferPointer { types in
                guard let questions = questions.baseAddress else { return }
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
        _ questions: UnsafePointer<AccessQuestion>,
        _ types: UnsafeBufferPointer<PolicyType>,
        _ range: Range<Int>,
        _ give: (Int, AccessAnswer) -> Void
    ) {
        let works = lanes.works
        var ready: UInt = 0
        for lane in 0..<range.count where isPlain {
            let index = range.lowerBound + lane
            if begin(questions + index, works + lane, types[index]) { ready |= 1 << UInt(lane) }
        }
        for lane in 0..<range.count where ready >> UInt(lane) & 1 == 1 {
            let index = range.lowerBound + lane
            if !find(questions + index, works + lane, types[index]) { ready &= ~(1 << UInt(lane)) }
        }
        for lane in 0..<range.count where ready >> UInt(lane) & 1 == 1 {
            lanes.choose(works + lane, types[range.lowerBound + lane])
        }
        for lane in 0..<range.count {
            let index = range.lowerBound + lane
            let type = types[index]
            if ready >> UInt(lane) & 1 == 1, let state = lanes.finish(works + lane, type) {
                give(index, answer(state, type))
            } else {
                give(index, longAnswer(questions + index, type))
            }
        }
    }

    /// Answers what takes more than numbers and bytes.
    @inline(never)
    private func longAnswer(_ question: UnsafePointer<AccessQuestion>, _ type: PolicyType) -> AccessAnswer {
        let copy = question.pointee
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

    /// First step: looks up who asks while the memory comes near that says where policies are; false when numbers
    /// alone can't say what the question means.
    @inline(__always)
    private mutating func begin(
        _ question: UnsafePointer<AccessQuestion>,
        _ work: UnsafeMutablePointer<PlainWork>,
        _ type: PolicyType
    ) -> Bool {
        take(question, work) && lanes.prepare(work, type)
            && names.addUser(of: question, to: work.pointee.question)
    }

    /// Second step: looks up the groups while the memory comes near that says which policies may match.
    @inline(__always)
    private mutating func find(
        _ question: UnsafePointer<AccessQuestion>,
        _ work: UnsafeMutablePointer<PlainWork>,
        _ type: PolicyType
    ) -> Bool {
        lanes.find(work, type)
        return names.addGroups(of: question, to: work.pointee.question)
    }

    /// Looks up what the question is about; false when numbers alone can't say it.
    ///
    /// Whoever asks keeps the question, so that its lists are read where they lie, without being counted.
    private mutating func take(
        _ question: UnsafePointer<AccessQuestion>,
        _ work: UnsafeMutablePointer<PlainWork>
    ) -> Bool {
        // The groups come last, so that they have time to come near.
        let groups = question.pointee.groups.withUnsafeBufferPointer { $0 }
        if let first = groups.baseAddress { MemoryHints.fetch(first) }
        let plain = work.pointee.question
        plain.pointee.clear()
        let values = work.pointee.scratch.values
        let resource = question.pointee.resource.withUnsafeBufferPointer { $0 }
        var used = 0
        for index in 0..<resource.count {
            guard let part = resource.baseAddress.map({ $0 + index }),
                let place = part.pointer(to: \.value)
            else { return false }
            let level = Int(number(ofLevel: part, at: index))
            guard level >= 0, level < PlainScratch.mostLevels else { return false }
            let value = names.pointee.texts.text(at: place)
            let isSet =
                value.isLong || value.mayFold
                ? values.setLong(level, to: place.pointee, &used) : values.set(level, toLower: value, &used)
            guard isSet else { return false }
            plain.pointee.keys |= 1 << UInt64(level)
            if plain.pointee.levels[level].isAll { plain.pointee.asksAll = true }
        }
        let access = names.plainAccessType(of: question)
        guard access >= 0 else { return false }
        plain.pointee.turn(to: access)
        return true
    }

    @inline(__always)
    private func number(ofLevel part: UnsafePointer<AccessQuestion.Level>, at index: Int) -> Int32 {
        guard let place = part.pointer(to: \.name) else { return -1 }
        let name = names.pointee.texts.text(at: place)
        return name.isLong
            ? names.pointee.levels.find(place.pointee)
            : knownLevels.number(of: name, at: index, names.pointee.levels)
    }
}

/// The names of levels that the last question had, as most questions have the same.
///
/// Goes round reference counting: whoever asks holds this.
final class KnownLevels {
    private let names = UnsafeMutablePointer<ShortText>.allocate(capacity: PlainScratch.mostLevels)
    private let numbers = UnsafeMutablePointer<Int32>.allocate(capacity: PlainScratch.mostLevels)

    init(_ levels: FrozenNames) {
        let none = ShortText(UnsafeBufferPointer(start: nil, count: 0))
        names.initialize(repeating: none, count: PlainScratch.mostLevels)
        numbers.initialize(repeating: levels.find(none), count: PlainScratch.mostLevels)
    }

    deinit {
        names.deallocate()
        numbers.deallocate()
    }

    /// The number of the level that has a place in a question; -1 for none.
    @inline(__always)
    func number(of name: ShortText, at index: Int, _ levels: FrozenNames) -> Int32 {
        guard index < PlainScratch.mostLevels else { return levels.find(name) }
        if names[index] == name { return numbers[index] }
        names[index] = name
        numbers[index] = levels.find(name)
        return numbers[index]
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
