/// Which candidates are worth a look at their policies.
///
/// A processor that guesses wrong loses more time than looking at a candidate takes. So each step looks at all that the
/// one before it left, and writes down each of them: one that can't mean the question is written over by the next.
extension PlainEvaluator {
    /// Puts the candidates that may mean the question into the scratch, in the order of evaluation; -1 for too many.
    @inline(__always)
    func gather(_ work: UnsafeMutablePointer<PlainWork>) -> Int {
        let question = work.pointee.question
        let accesses = question.pointee.reach.fewerAccesses
        let principals = question.pointee.reach.principals
        let runs = work.pointee.scratch.runs
        let found = work.pointee.scratch.candidates
        var foundCount = 0
        var count = 0
        for index in 0..<work.pointee.runCount {
            var next = runs[index].first
            let end = runs[index].end
            while next < end {
                let stop = min(end, next + (PlainScratch.mostCandidates &- foundCount))
                while next < stop {
                    found[foundCount] = next
                    foundCount &+= next.pointee.mayMean(accesses, principals)
                    next += 1
                }
                guard foundCount == PlainScratch.mostCandidates else { continue }
                count = choose(work, foundCount, count)
                guard count >= 0 else { return -1 }
                foundCount = 0
            }
        }
        return choose(work, foundCount, count)
    }

    /// The same without leaving any out.
    func gatherAll(_ work: UnsafeMutablePointer<PlainWork>) -> Int {
        let runs = work.pointee.scratch.runs
        var count = 0
        for index in 0..<work.pointee.runCount {
            var next = runs[index].first
            while next < runs[index].end {
                guard count < PlainScratch.mostCandidates else { return -1 }
                count = PlainEvaluator.add(next, to: work.pointee.scratch.chosen, count)
                next += 1
            }
        }
        return count
    }

    /// Adds those of some candidates that may be for the one who asks to so many chosen ones.
    @inline(__always)
    private func choose(_ work: UnsafeMutablePointer<PlainWork>, _ foundCount: Int, _ chosenCount: Int) -> Int
    {
        guard foundCount > 0 else { return chosenCount }
        let question = UnsafePointer(work.pointee.question)
        let found = work.pointee.scratch.candidates
        var keptCount = 0
        for index in 0..<foundCount {
            let candidate = found[index]
            found[keptCount] = candidate
            keptCount &+= candidate.pointee.mayMean(question)
        }
        guard chosenCount + keptCount <= PlainScratch.mostCandidates else { return -1 }
        var count = chosenCount
        for index in 0..<keptCount {
            count = PlainEvaluator.add(found[index], to: work.pointee.scratch.chosen, count)
        }
        return count
    }

    /// Puts a candidate where it belongs in the order of evaluation, unless it is there; the result is their number.
    @inline(__always)
    private static func add(
        _ candidate: UnsafePointer<PolicyIndex.Candidate>,
        to chosen: UnsafeMutablePointer<UnsafePointer<PolicyIndex.Candidate>>,
        _ count: Int
    ) -> Int {
        let order = candidate.pointee.order
        var place = count
        while place > 0, chosen[place &- 1].pointee.order > order { place &-= 1 }
        if place > 0, chosen[place &- 1].pointee.order == order { return count }
        var next = count
        while next > place {
            chosen[next] = chosen[next &- 1]
            next &-= 1
        }
        chosen[place] = candidate
        return count &+ 1
    }
}
