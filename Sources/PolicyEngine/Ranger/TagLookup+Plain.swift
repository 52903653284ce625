extension TagLookup {
    /// Puts the tags of a question's resource into the scratch, and says how many.
    ///
    /// -1 when more than one place sets them, they depend on the time, or there are too many.
    func find(_ question: PlainQuestion, _ scratch: PlainScratch) -> Int {
        let hashCount = layer.index.prepare(question, scratch.tagHashes, scratch.touched)
        guard hashCount >= 0 else { return -1 }
        let runCount = layer.index.find(scratch.tagHashes, hashCount, scratch)
        var count = 0
        var found: Int32 = -1
        for index in 0..<runCount {
            var next = scratch.runs[index].first
            while next < scratch.runs[index].end {
                let candidate = next.pointee
                next += 1
                let policy = layer.policies[Int(candidate.number)]
                for map in policy.maps {
                    let match = layer.match(map, question)
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
