extension TagLookup.View {
    /// Asks for the resources that may hold a question's, so that they are at hand when they are compared.
    @inline(__always)
    func fetch(_ runs: UnsafePointer<PolicyIndex.Run>, _ runCount: Int) {
        for index in 0..<runCount { layer.fetchResource(runs[index].first.pointee.number) }
    }

    /// Puts the tags of a question's resource into the scratch, in the order of ``TagFinder/tags(of:facts:)``, and says
    /// how many.
    ///
    /// -1 when they depend on the time or the request, or there are too many.
    func find(_ work: UnsafeMutablePointer<PlainWork>) -> Int {
        let runs = work.pointee.scratch.tagRuns
        let question = UnsafePointer(work.pointee.question)
        var count = 0
        var placeCount = 0
        for index in 0..<work.pointee.tagRunCount {
            var next = runs[index].first
            while next < runs[index].end {
                let resource = layer.pointee.policies.pointer(next.pointee.number)
                next += 1
                for map in resource.pointee.maps {
                    let match = layer.match(map, question)
                    guard match != .none, match != .descendant else { continue }
                    let place = places[Int(resource.pointee.source)]
                    guard !resource.pointee.needsMore, place.startIndex >= 0 else { return -1 }
                    placeCount += 1
                    for tag in place {
                        guard count < PlainScratch.mostTags else { return -1 }
                        add(tag, match, work, &count)
                    }
                }
            }
        }
        // Of one place they lie in order, and know their positions.
        if placeCount > 1 {
            for index in 0..<count { work.pointee.scratch.tags[index].source = Int32(index) }
        }
        return count
    }

    /// Adds a tag where it belongs; one that is there already counts once.
    private func add(
        _ number: Int32,
        _ match: MatchType,
        _ work: UnsafeMutablePointer<PlainWork>,
        _ count: inout Int
    ) {
        let tags = work.pointee.scratch.tags
        let ranks = work.pointee.scratch.tagRanks
        let found = self.tags[Int(number)]
        let rank = found.rank.with(match)
        var place = count
        while place > 0, ranks[place - 1] > rank { place -= 1 }
        if place > 0, ranks[place - 1] == rank { return }
        var next = count
        while next > place {
            tags[next] = tags[next - 1]
            ranks[next] = ranks[next - 1]
            next -= 1
        }
        tags[place] = found.tag
        tags[place].match = match
        ranks[place] = rank
        count += 1
    }
}
