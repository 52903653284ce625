extension TagLookup.View {
    /// Asks for the resources that may hold a question's, so that they are at hand when they are compared.
    @inline(__always)
    func fetch(_ runs: UnsafePointer<PolicyIndex.Run>, _ runCount: Int) {
        for index in 0..<runCount { layer.fetch(runs[index].first.pointee.number) }
    }

    /// Puts the tags of a question's resource into the scratch, and says how many.
    ///
    /// -1 when more than one place sets them, they depend on the time, or there are too many.
    func find(_ work: PlainWork) -> Int {
        let scratch = work.scratch
        var count = 0
        var found: Int32 = -1
        for index in 0..<work.tagRunCount {
            var next = scratch.tagRuns[index].first
            while next < scratch.tagRuns[index].end {
                let candidate = next.pointee
                next += 1
                let policy = layer.policies[Int(candidate.number)]
                for map in policy.maps {
                    let match = layer.match(map, work.question)
                    guard match != .none, match != .descendant else { continue }
                    let place = places[Int(policy.source)]
                    guard found < 0, !policy.needsMore, place.startIndex >= 0,
                        place.count <= PlainScratch.mostTags
                    else { return -1 }
                    found = candidate.number
                    for index in place {
                        scratch.tags[count] = tags[Int(index)]
                        scratch.tags[count].match = match
                        count += 1
                    }
                }
            }
        }
        return count
    }
}
