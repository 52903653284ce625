/// Which policies of one type may match a request, found by the values that they name.
///
/// Requests differ by the levels that they name: always the first few of a hierarchy. For each such set of levels,
/// each combination of values of a policy has a *shape*: those of the levels at which it names whole values only, and
/// at most one level at which it names beginnings of values, with their length.
/// Policies are filed under set, shape and the hashes of those values; a request looks once into each shape of its set.
/// The index only leaves out what can't match: what it finds is compared with the request afterwards.
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

    /// A policy and one hash that it is filed under.
    struct Entry: Sendable {
        let hash: UInt64
        let candidate: Candidate
    }

    /// Candidates in the order of evaluation.
    // INVARIANT: used only while the index lives that it came from.
    struct Run: @unchecked Sendable, BitwiseCopyable {
        let first: UnsafePointer<Candidate>
        var next: UnsafePointer<Candidate>
        let end: UnsafePointer<Candidate>
    }

    private let filing: PolicyFiling
    private let shapes: ShapeTable
    private let groups: GroupTable

    init(
        _ parts: PolicyParts,
        _ sequence: ContiguousArray<Int32>,
        _ frame: RepositoryFrame,
        _ type: PolicyType
    ) {
        var filing = PolicyFiling(frame, type)
        var entries: ContiguousArray<Entry> = []
        entries.reserveCapacity(sequence.count * 4)
        for number in sequence { filing.file(number, parts, &entries) }
        self.filing = filing
        shapes = ShapeTable(filing)
        groups = GroupTable(entries)
    }

    private init(_ filing: PolicyFiling, _ shapes: ShapeTable, _ groups: GroupTable) {
        self.filing = filing
        self.shapes = shapes
        self.groups = groups
    }

    /// The index without some policies and with others.
    ///
    /// Cost: rebuilding the small parts that they are filed in.
    func changed(removing removed: [Int32], adding added: [Int32], _ parts: PolicyParts) -> PolicyIndex {
        var filing = filing
        var entries: ContiguousArray<Entry> = []
        for number in added { filing.file(number, parts, &entries) }
        let shapes = filing.shapes == self.filing.shapes ? self.shapes : ShapeTable(filing)
        var traces: [Int32: Set<UInt64>] = [:]
        var finding = self.filing
        for number in removed { traces[number] = finding.traces(of: number, parts) }
        return PolicyIndex(filing, shapes, groups.changed(removing: traces, adding: entries))
    }

    /// Takes the hash of a level's value into the hash of a shape; the order doesn't matter.
    ///
    /// Hashes of values are even in all bits, and are turned by level so that equal values don't cancel each other.
    @inline(__always)
    static func join(_ hash: UInt64, _ value: UInt64, at level: Int) -> UInt64 {
        let turn = UInt64(truncatingIfNeeded: 7 &* level &+ 1)
        return hash ^ (value &<< turn | value &>> (64 &- turn))
    }

    /// What the hash of a shape of a set begins with.
    static func seed(prefix: Int, shape: Int) -> UInt64 {
        let value = (UInt64(prefix + 1) << 32 | UInt64(shape)) &+ 0x9E37_79B9_7F4A_7C15
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    /// The index for plain questions.
    var view: View { View(shapes: shapes.view, groups: groups.view) }

    /// Puts the runs of policies that may match into `runs`.
    ///
    /// When the index can't help the result is false, and every policy must be looked at: for a request of no resource,
    /// of several values at a level, or that matches children or beginnings.
    func collect(_ elements: RequestElements, into runs: inout ContiguousArray<Run>) -> Bool {
        runs.removeAll(keepingCapacity: true)
        if elements.needsScan || elements.keys == 0 { return false }
        let shapes = shapes.view
        let prefix = shapes.prefix(of: elements.keys)
        guard prefix >= 0 else { return true }
        for number in shapes.range(of: prefix) {
            let shape = shapes[number]
            var hash = shape.seed
            if shape.begun >= 0 {
                let level = Int(shape.begun)
                guard elements.length(of: level, folded: shapes.isFolded(level)) >= Int(shape.length) else {
                    continue
                }
                let value = elements.hash(
                    of: level,
                    begin: Int(shape.length),
                    folded: shapes.isFolded(level)
                )
                hash = PolicyIndex.join(hash, value, at: level)
            }
            var rest = shape.whole
            while rest != 0 {
                let level = rest.trailingZeroBitCount
                rest &= rest - 1
                let value = elements.hash(of: level, folded: shapes.isFolded(level))
                hash = PolicyIndex.join(hash, value, at: level)
            }
            if let run = groups.find(hash) { runs.append(run) }
        }
        return true
    }
}

extension PolicyIndex {
    /// An index without anything that is counted, for plain questions; its owner keeps the index.
    struct View: Sendable, BitwiseCopyable {
        fileprivate let shapes: ShapeTable.View
        fileprivate let groups: GroupTable.View

        /// Whether what ``join(_:_:)`` makes of a question is the same for another index.
        func joinsAlike(_ other: View) -> Bool { shapes.folded == other.shapes.folded }

        /// Turns the hashes of a question's levels, as they go into those that it is found under.
        @inline(__always)
        func join(_ question: UnsafePointer<PlainQuestion>, _ joins: UnsafeMutablePointer<UInt64>) {
            var levels = question.pointee.keys
            while levels != 0 {
                let level = levels.trailingZeroBitCount
                levels &= levels &- 1
                let value = question.pointee.levels[level].hash(isFolded: shapes.isFolded(level))
                joins[level] = PolicyIndex.join(0, value, at: level)
            }
        }

        /// Makes the hashes that a question is found under, and says how many; -1 when the index can't help.
        @inline(__always)
        func prepare(
            _ question: UnsafePointer<PlainQuestion>,
            _ joins: UnsafePointer<UInt64>,
            _ hashes: UnsafeMutablePointer<UInt64>
        ) -> Int {
            guard question.pointee.keys != 0 else { return -1 }
            let prefix = shapes.prefix(of: question.pointee.keys)
            guard prefix >= 0 else { return 0 }
            let range = shapes.range(of: prefix)
            guard range.count <= PlainScratch.mostRuns else { return -1 }
            var count = 0
            for number in range {
                let shape = shapes[number]
                var hash = shape.seed
                if shape.begun >= 0 {
                    let level = Int(shape.begun)
                    let text = question.pointee.levels[level].text(isFolded: shapes.isFolded(level))
                    guard text.count >= Int(shape.length) else { continue }
                    let begin = UnsafeBufferPointer(start: text.baseAddress, count: Int(shape.length))
                    hash = PolicyIndex.join(hash, NameTable.hash(begin), at: level)
                }
                var rest = shape.whole
                while rest != 0 {
                    hash ^= joins[rest.trailingZeroBitCount]
                    rest &= rest &- 1
                }
                groups.fetch(hash)
                hashes[count] = hash
                count &+= 1
            }
            return count
        }

        /// Puts where candidates of some hashes may be into `groups`, and says of how many; those hashes are left.
        @inline(__always)
        func find(
            _ hashes: UnsafeMutablePointer<UInt64>,
            _ hashCount: Int,
            _ groups: UnsafeMutablePointer<CandidateGroup>
        ) -> Int {
            var count = 0
            for index in 0..<hashCount {
                let hash = hashes[index]
                guard let found = self.groups.groups(of: hash) else { continue }
                groups[count] = found
                hashes[count] = hash
                count &+= 1
            }
            return count
        }

        /// Puts the candidates of such hashes into `runs`, and says how many have any.
        @inline(__always)
        static func read(
            _ groups: UnsafePointer<CandidateGroup>,
            _ groupCount: Int,
            of hashes: UnsafePointer<UInt64>,
            _ runs: UnsafeMutablePointer<PolicyIndex.Run>
        ) -> Int {
            var count = 0
            for index in 0..<groupCount {
                guard let run = groups[index].find(hashes[index]) else { continue }
                runs[count] = run
                count &+= 1
            }
            return count
        }
    }
}
