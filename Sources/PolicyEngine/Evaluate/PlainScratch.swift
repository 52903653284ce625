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

    let hashes = UnsafeMutablePointer<UInt64>.allocate(capacity: mostRuns)
    let tagHashes = UnsafeMutablePointer<UInt64>.allocate(capacity: mostRuns)
    /// Of each principal, over and over.
    let prints = UnsafeMutablePointer<SIMD8<UInt16>>.allocate(capacity: mostPrincipals)
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: mostBytes)
    let levels = UnsafeMutablePointer<PlainLevel>.allocate(capacity: mostLevels)
    let runs = UnsafeMutablePointer<PolicyIndex.Run>.allocate(capacity: mostRuns)
    /// Where the resources are that tags were set on.
    let tagRuns = UnsafeMutablePointer<PolicyIndex.Run>.allocate(capacity: mostRuns)
    let candidates = UnsafeMutablePointer<PolicyIndex.Candidate>.allocate(capacity: mostCandidates)
    let principals = UnsafeMutablePointer<Int32>.allocate(capacity: mostPrincipals)
    let tags = UnsafeMutablePointer<RequestTag>.allocate(capacity: mostTags)
    let pairs = UnsafeMutablePointer<PlainPair>.allocate(capacity: mostCandidates)

    func free() {
        hashes.deallocate()
        tagHashes.deallocate()
        prints.deallocate()
        bytes.deallocate()
        levels.deallocate()
        runs.deallocate()
        tagRuns.deallocate()
        candidates.deallocate()
        principals.deallocate()
        tags.deallocate()
        pairs.deallocate()
    }
}

/// A plain question on its way: what has been found of it so far.
struct PlainWork: BitwiseCopyable {
    var question: PlainQuestion
    let scratch: PlainScratch
    var hashCount = 0
    var tagHashCount = 0
    var runCount = 0
    var tagRunCount = 0
    /// How many candidates were chosen; -1 for too many.
    var candidateCount = 0

    init(_ scratch: PlainScratch) {
        self.scratch = scratch
        question = PlainQuestion(scratch)
    }
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
    let prints: UnsafeMutablePointer<SIMD8<UInt16>>
    /// The levels that it names, as bits.
    var keys: UInt64 = 0
    var principalCount = 0
    /// The bit of the access; -1 for one that nothing names.
    var access = -1
    var reach = ItemReach()
    /// Whether some value asks for all there are.
    var asksAll = false

    init(_ scratch: PlainScratch) {
        levels = UnsafePointer(scratch.levels)
        principals = scratch.principals
        prints = scratch.prints
    }
}
