/// Memory for one plain question after another; its owner frees it.
///
/// A question that needs more is left to the long way.
struct PlainScratch: BitwiseCopyable {
    static let mostBytes = 8192
    static let mostLevels = 64
    static let mostRuns = 64
    static let mostCandidates = 1024
    static let mostPrincipals = 1024
    static let mostTags = 256

    let question: UnsafeMutablePointer<PlainQuestion>
    let hashes: UnsafeMutablePointer<UInt64>
    let tagHashes: UnsafeMutablePointer<UInt64>
    /// Of each level, the hash as it goes into those of ``hashes``.
    let joins: UnsafeMutablePointer<UInt64>
    let values: PlainValues
    /// Of each hash that is left, where its candidates may be.
    let groups: UnsafeMutablePointer<CandidateGroup>
    let tagGroups: UnsafeMutablePointer<CandidateGroup>
    let runs: UnsafeMutablePointer<PolicyIndex.Run>
    /// Where the resources are that tags were set on.
    let tagRuns: UnsafeMutablePointer<PolicyIndex.Run>
    let tags: UnsafeMutablePointer<RequestTag>
    /// Of each tag, as ``TagRank/with(_:)``.
    let tagRanks: UnsafeMutablePointer<UInt64>
    let principals: UnsafeMutablePointer<Int32>
    let prints: UnsafeMutablePointer<QuestionPrints.OfMark>
    /// Where candidates are that can't be left out yet.
    let candidates: UnsafeMutablePointer<UnsafePointer<PolicyIndex.Candidate>>
    /// Those that were chosen, in the order of evaluation.
    let chosen: UnsafeMutablePointer<UnsafePointer<PolicyIndex.Candidate>>
    let pairs: UnsafeMutablePointer<PlainPair>
    private let memory: UnsafeMutableRawPointer

    /// Enough for all parts, with what is left out before each; no power of two, so that those of questions that go
    /// side by side don't begin at the same place of a page.
    private static let size = 69 << 10

    init() {
        // One after another in one piece: each in pages of its own, their beginnings, which are all that most questions
        // use, would displace each other from the nearest memory.
        memory = .allocate(byteCount: PlainScratch.size, alignment: ScratchRoom.line)
        var room = ScratchRoom(memory, end: memory + PlainScratch.size)
        question = room.take(1)
        hashes = room.take(PlainScratch.mostRuns)
        tagHashes = room.take(PlainScratch.mostRuns)
        joins = room.take(PlainScratch.mostLevels)
        let levels: UnsafeMutablePointer<PlainLevel> = room.take(PlainScratch.mostLevels)
        groups = room.take(PlainScratch.mostRuns)
        tagGroups = room.take(PlainScratch.mostRuns)
        runs = room.take(PlainScratch.mostRuns)
        tagRuns = room.take(PlainScratch.mostRuns)
        tags = room.take(PlainScratch.mostTags)
        tagRanks = room.take(PlainScratch.mostTags)
        principals = room.take(PlainScratch.mostPrincipals + HeldPrincipals.mostInside)
        prints = room.take(QuestionPrints.markCount)
        values = PlainValues(levels: levels, bytes: room.take(PlainScratch.mostBytes))
        candidates = room.take(PlainScratch.mostCandidates)
        chosen = room.take(PlainScratch.mostCandidates)
        pairs = room.take(PlainScratch.mostCandidates)
    }

    func free() { memory.deallocate() }
}

/// Memory that is taken piece by piece, each on a line of its own.
private struct ScratchRoom {
    static let line = 64

    private var next: UnsafeMutableRawPointer
    private let end: UnsafeMutableRawPointer

    init(_ start: UnsafeMutableRawPointer, end: UnsafeMutableRawPointer) {
        next = start
        self.end = end
    }

    /// Room for so many elements, not yet initialised.
    mutating func take<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
        let place = next.alignedUp(toMultipleOf: ScratchRoom.line)
        next = place + count * MemoryLayout<Element>.stride
        precondition(next <= end, "the parts take no more than there is")
        return place.bindMemory(to: Element.self, capacity: count)
    }
}

/// A plain question on its way: what has been found of it so far.
struct PlainWork: BitwiseCopyable {
    let scratch: PlainScratch
    var hashCount = 0
    var tagHashCount = 0
    var groupCount = 0
    var tagGroupCount = 0
    var runCount = 0
    var tagRunCount = 0
    /// How many candidates were chosen; -1 for too many.
    var candidateCount = 0

    init(_ scratch: PlainScratch) {
        self.scratch = scratch
        question.initialize(to: PlainQuestion(scratch))
    }

    /// What is asked, where it lies in the scratch.
    var question: UnsafeMutablePointer<PlainQuestion> { scratch.question }
}

/// The value at one level of a plain question: its bytes, folded and not, with their hashes.
struct PlainLevel: BitwiseCopyable {
    let raw: UnsafePointer<UInt8>
    let folded: UnsafePointer<UInt8>
    let rawCount: Int32
    let foldedCount: Int32
    let rawHash: UInt64
    let foldedHash: UInt64
    let isAll: Bool

    func text(isFolded: Bool) -> UnsafeBufferPointer<UInt8> {
        isFolded
            ? UnsafeBufferPointer(start: folded, count: Int(foldedCount))
            : UnsafeBufferPointer(start: raw, count: Int(rawCount))
    }

    func hash(isFolded: Bool) -> UInt64 { isFolded ? foldedHash : rawHash }
}

/// A tag policy that may mean a question, and the tag.
struct PlainPair: BitwiseCopyable {
    let policy: Int32
    let tag: Int32
    let order: UInt64
    let match: MatchType
}

/// A plain question with everything looked up.
struct PlainQuestion: BitwiseCopyable {
    let levels: UnsafePointer<PlainLevel>
    let principals: UnsafeMutablePointer<Int32>
    /// Made of the principals when somebody needs them.
    var prints: QuestionPrints
    /// The levels that it names, as bits.
    var keys: UInt64 = 0
    var principalCount = 0
    /// The bit of the access; -1 for one that nothing names.
    var access = -1
    // Items for everyone have all bits, so that one is enough for someone whom no policy names.
    var reach = ItemReach(accesses: 0, principals: 1)
    /// Whether whoever asks owns the resource.
    var isOwner = false
    /// Whether some value asks for all there are.
    var asksAll = false

    init(_ scratch: PlainScratch) {
        levels = UnsafePointer(scratch.values.levels)
        principals = scratch.principals
        prints = QuestionPrints(scratch.prints)
    }

    /// Forgets what was asked.
    mutating func clear() {
        keys = 0
        principalCount = 0
        prints.clear()
        access = -1
        reach = ItemReach(accesses: 0, principals: 1)
        isOwner = false
        asksAll = false
    }
}
