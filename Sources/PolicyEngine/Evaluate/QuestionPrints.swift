/// The prints of a question's principals by their marks, so that a candidate is compared only with those that have one
/// of its marks: mostly one alone.
///
/// The owner keeps the places; those of marks that no principal has mean nothing.
struct QuestionPrints: BitwiseCopyable {
    /// The prints of two principals that have one mark, each over and over; twice that of one that is alone.
    struct OfMark: BitwiseCopyable {
        fileprivate var first: PrincipalPrints.Lanes
        fileprivate var second: PrincipalPrints.Lanes
    }

    /// So many marks there are.
    static let markCount = UInt64.bitWidth

    private let places: UnsafeMutablePointer<OfMark>
    /// How many principals were added.
    private var count = 0
    /// The marks that principals have, those that two have, and those that more have, whose prints say nothing.
    private var marks: UInt64 = 0
    private var doubled: UInt64 = 0
    private var crowded: UInt64 = 0

    init(_ places: UnsafeMutablePointer<OfMark>) { self.places = places }

    /// Forgets all principals.
    @inline(__always)
    mutating func clear() { self = QuestionPrints(places) }

    /// Adds those of some principals that come after the ones that were added before.
    @inline(__always)
    mutating func add(_ principals: UnsafePointer<Int32>, upTo end: Int) {
        // In registers, where each principal would else wait for the one before it.
        var (marks, doubled, crowded) = (marks, doubled, crowded)
        for index in count..<max(count, end) {
            let principal = principals[index]
            let lanes = PrincipalPrints.Lanes(repeating: PrincipalPrints.print(of: principal))
            let mark = ItemReach.bit(of: principal)
            let place = places + mark.trailingZeroBitCount
            if marks & mark == 0 { place.pointee.first = lanes }
            place.pointee.second = lanes
            crowded |= doubled & mark
            doubled |= marks & mark
            marks |= mark
        }
        (self.marks, self.doubled, self.crowded) = (marks, doubled, crowded)
        count = max(count, end)
    }

    /// Whether some principal may be among those of some prints and marks; surely false when none is.
    @inline(__always)
    func share(_ prints: PrincipalPrints.Lanes, _ theirs: UInt64) -> Bool {
        var common = theirs & marks
        // As plain numbers, which the compiler puts together with fewer instructions than masks.
        var same = SIMD2<UInt64>()
        while common != 0 {
            let place = places + common.trailingZeroBitCount
            let first: SIMD2<UInt64> = ByteMatch.bits(of: prints .== place.pointee.first)
            let second: SIMD2<UInt64> = ByteMatch.bits(of: prints .== place.pointee.second)
            same |= first | second
            common &= common &- 1
        }
        return same[0] | same[1] | theirs & crowded != 0
    }
}
