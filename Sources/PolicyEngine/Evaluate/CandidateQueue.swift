/// The policies that may match a request, one after another; made to be used again.
struct CandidateQueue {
    private var runs: ContiguousArray<PolicyIndex.Run> = []
    /// Policies to look at one by one, where no index helps.
    private var listed: ContiguousArray<Int32> = []
    private var isListed = false
    private var cursor = 0

    /// Begins with the policies of a type that may match; all of them when the index isn't wanted.
    ///
    /// They come in the order of evaluation; masks and filters for no resource at all by name.
    mutating func start(
        _ repository: Repository,
        _ type: PolicyType,
        _ elements: RequestElements,
        usesIndex: Bool = true
    ) {
        isListed = !usesIndex || !repository.indexes[type.rawValue].collect(elements, into: &runs)
        guard isListed else { return }
        cursor = 0
        listed.removeAll(keepingCapacity: true)
        listed.append(contentsOf: repository.sequences[type.rawValue])
        if type != .access, elements.keys == 0 {
            listed.sort { repository.isNamed($0, before: $1) }
        }
    }

    /// The number of the next policy; -1 at the end.
    ///
    /// Passes over policies that can't mean what is given, as ``ItemReach`` has it; nil passes over none.
    mutating func next(for reach: ItemReach? = nil) -> Int32 {
        if isListed {
            guard cursor < listed.count else { return -1 }
            cursor += 1
            return listed[cursor - 1]
        }
        if let reach { skip(reach) }
        return runs.withUnsafeMutableBufferPointer { runs in
            var least = UInt64.max
            var number: Int32 = -1
            for index in runs.indices where runs[index].next < runs[index].end {
                let candidate = runs[index].next
                if candidate.pointee.order < least {
                    least = candidate.pointee.order
                    number = candidate.pointee.number
                }
            }
            guard number >= 0 else { return -1 }
            for index in runs.indices
            where runs[index].next < runs[index].end && runs[index].next.pointee.order == least {
                runs[index].next += 1
            }
            return number
        }
    }

    /// Goes back to all that come after a policy, those that were passed over included.
    mutating func rewind(after policy: CompiledPolicy) {
        guard !isListed else { return }
        for index in runs.indices {
            runs[index].next = runs[index].first
            while runs[index].next < runs[index].end, runs[index].next.pointee.order <= policy.order {
                runs[index].next += 1
            }
        }
    }

    private mutating func skip(_ reach: ItemReach) {
        // Who denies all else denies accesses too that nothing names.
        let accesses = reach.accesses == 0 ? UInt32.max : reach.fewerAccesses
        runs.withUnsafeMutableBufferPointer { runs in
            for index in runs.indices {
                var next = runs[index].next
                let end = runs[index].end
                while next < end, next.pointee.accesses & accesses == 0 { next += 1 }
                runs[index].next = next
            }
        }
    }

    /// All of them at once.
    static func all(_ repository: Repository, _ type: PolicyType, _ elements: RequestElements)
        -> ContiguousArray<Int32>
    {
        var queue = CandidateQueue()
        var found: ContiguousArray<Int32> = []
        queue.start(repository, type, elements)
        var number = queue.next()
        while number >= 0 {
            found.append(number)
            number = queue.next()
        }
        return found
    }
}
