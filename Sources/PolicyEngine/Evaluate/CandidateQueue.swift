/// The policies that may match a request, one after another; made to be used again.
struct CandidateQueue {
    private var runs: ContiguousArray<PolicyIndex.Run> = []
    /// Policies to look at one by one, where no index helps.
    private var listed: ContiguousArray<Int32> = []
    private var isListed = false
    private var cursor = 0

    /// Begins with the policies of a type that may match, ascending; all of them when the index isn't wanted.
    mutating func start(
        _ repository: Repository,
        _ type: PolicyType,
        _ elements: RequestElements,
        usesIndex: Bool = true
    ) {
        isListed =
            !usesIndex || !repository.indexes[type.rawValue].collect(elements, repository.names, into: &runs)
        guard isListed else { return }
        cursor = 0
        listed.removeAll(keepingCapacity: true)
        listed.append(contentsOf: 0..<Int32(repository.policies[type.rawValue].count))
        if type != .access, elements.keys == 0 {
            let ranks = repository.nameRanks[type.rawValue]
            listed.sort { ranks[Int($0)] < ranks[Int($1)] }
        }
    }

    /// The next policy; -1 at the end.
    ///
    /// Passes over policies that can't be for any of some principals, as ``ItemReach`` has them; 0 for none.
    mutating func next(_ repository: Repository, _ type: PolicyType, for principals: UInt64 = 0) -> Int32 {
        if isListed {
            guard cursor < listed.count else { return -1 }
            cursor += 1
            return listed[cursor - 1]
        }
        let candidates = repository.indexes[type.rawValue].candidates
        return runs.withUnsafeMutableBufferPointer { runs in
            var least = Int32.max
            for index in runs.indices {
                let end = runs[index].end
                var next = runs[index].next
                if principals != 0 {
                    while next < end, candidates[Int(next)].principals & principals == 0 { next += 1 }
                    runs[index].next = next
                }
                if next < end { least = min(least, candidates[Int(next)].position) }
            }
            guard least < .max else { return -1 }
            for index in runs.indices
            where runs[index].next < runs[index].end
                && candidates[Int(runs[index].next)].position == least
            {
                runs[index].next += 1
            }
            return least
        }
    }

    /// All of them at once.
    static func all(_ repository: Repository, _ type: PolicyType, _ elements: RequestElements)
        -> ContiguousArray<Int32>
    {
        var queue = CandidateQueue()
        var found: ContiguousArray<Int32> = []
        queue.start(repository, type, elements)
        var position = queue.next(repository, type)
        while position >= 0 {
            found.append(position)
            position = queue.next(repository, type)
        }
        return found
    }
}
