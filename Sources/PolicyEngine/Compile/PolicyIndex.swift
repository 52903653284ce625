/// Which policies of one type may match a request, found by the values that they name.
///
/// Requests differ by the levels that they name: always the first few of a hierarchy. For each such set of levels,
/// each combination of values of a policy has a *shape*: those of the levels at which it names whole values only, and
/// at most one level at which it names beginnings of values, with their length.
/// Policies are filed under set, shape and those values; a request looks once into each shape of its set.
struct PolicyIndex: Sendable {
    /// What policies are filed by.
    struct Shape: Hashable, Sendable {
        /// Levels of whole values, as bits.
        let whole: UInt64
        /// The level of beginnings; -1 for none.
        let begun: Int32
        /// The length of the beginning, in bytes.
        let length: Int32
    }

    /// A part of `candidates`, ascending.
    struct Run: Sendable {
        var next: Int32
        let end: Int32
    }

    /// A policy that may match.
    struct Candidate: Sendable {
        let position: Int32
        /// Whom it may be for: see ``ItemReach``; all bits when it denies all else.
        let principals: UInt64
    }

    private struct Slot: Sendable {
        let hash: UInt64
        let run: Run
    }

    /// Sets of levels that requests may name, as bits.
    private let prefixes: Frozen<UInt64>
    /// The shapes that exist for them: those of set `n` from `shapeStarts[n]`.
    private let shapes: Frozen<Shape>
    private let shapeStarts: Frozen<Int32>
    /// Levels whose values are compared folded, as bits.
    private let folded: UInt64
    /// Open addressing by hash; a run that ends at 0 is free.
    private let slots: Frozen<Slot>
    /// Policies, run after run.
    let candidates: Frozen<Candidate>

    init(_ builder: RepositoryBuilder, type: PolicyType) {
        let filing = PolicyFiling(builder, type: type)
        prefixes = Frozen(filing.prefixes)
        shapes = Frozen(filing.shapes.flatMap(\.self))
        var starts: [Int32] = [0]
        for list in filing.shapes { starts.append(starts[starts.count - 1] + Int32(list.count)) }
        shapeStarts = Frozen(starts)
        folded = filing.folded
        var size = 4
        while size < filing.buckets.count * 2 { size *= 2 }
        var slots = ContiguousArray(repeating: Slot(hash: 0, run: Run(next: 0, end: 0)), count: size)
        var candidates: ContiguousArray<Candidate> = []
        let policies = builder.policies[type.rawValue]
        for (hash, bucket) in filing.buckets {
            let start = Int32(candidates.count)
            for position in bucket {
                let policy = policies[Int(position)]
                let principals = policy.isDenyAllElse ? .max : policy.reach.principals
                candidates.append(Candidate(position: position, principals: principals))
            }
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot].run.end != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Slot(hash: hash, run: Run(next: start, end: Int32(candidates.count)))
        }
        self.slots = Frozen(slots)
        self.candidates = Frozen(candidates)
    }

    func free() {
        prefixes.free()
        shapes.free()
        shapeStarts.free()
        slots.free()
        candidates.free()
    }

    static func mix(_ hash: UInt64, _ id: Int32) -> UInt64 {
        let value = (hash ^ UInt64(UInt32(bitPattern: id))) &+ 0x9E37_79B9_7F4A_7C15
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    /// What the hash of a shape of a set begins with.
    static func seed(prefix: Int, shape: Int) -> UInt64 { mix(UInt64(prefix), Int32(shape)) }

    /// Puts the runs of policies that may match into `runs`.
    ///
    /// When the index can't help the result is false, and every policy must be looked at: for a request of no resource,
    /// of several values at a level, or that matches children or beginnings.
    func collect(_ elements: RequestElements, _ names: FrozenNames, into runs: inout ContiguousArray<Run>)
        -> Bool
    {
        runs.removeAll(keepingCapacity: true)
        if elements.needsScan || elements.keys == 0 { return false }
        var prefix = 0
        while prefix < prefixes.count, prefixes[prefix] != elements.keys { prefix += 1 }
        guard prefix < prefixes.count else { return true }
        let first = Int(shapeStarts[prefix])
        for number in first..<Int(shapeStarts[prefix + 1]) {
            var hash = PolicyIndex.seed(prefix: prefix, shape: number - first)
            if shapes[number].begun >= 0 {
                let level = Int(shapes[number].begun)
                let isFolded = folded >> UInt64(level) & 1 == 1
                let id = elements.id(of: level, begin: Int(shapes[number].length), folded: isFolded, names)
                if id < 0 { continue }
                hash = PolicyIndex.mix(hash, id)
            }
            var rest = shapes[number].whole
            while rest != 0 {
                let level = rest.trailingZeroBitCount
                rest &= rest - 1
                let id = elements.id(of: level, folded: folded >> UInt64(level) & 1 == 1)
                hash = PolicyIndex.mix(hash, id)
            }
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot].run.end != 0 {
                if slots[slot].hash == hash {
                    runs.append(slots[slot].run)
                    break
                }
                slot = (slot + 1) & (slots.count - 1)
            }
        }
        return true
    }
}
