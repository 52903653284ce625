extension PlainQuestion {
    @discardableResult
    @inline(__always)
    mutating func add(_ principal: Int32) -> Bool {
        var collector = PrincipalCollector(self)
        let isAdded = collector.add(HeldPrincipals(principal))
        take(collector)
        return isAdded
    }

    @inline(__always)
    mutating func take(_ collector: PrincipalCollector) {
        principalCount = collector.count
        reach.principals = collector.bits
    }

    /// Makes the prints of principals that were added since it was done last.
    @inline(__always)
    mutating func makePrints() { prints.add(principals, upTo: principalCount) }

    /// Takes in what the question is about.
    @inline(__always)
    mutating func turn(to access: Int) {
        self.access = access
        reach.accesses = 1 &<< UInt128(truncatingIfNeeded: access)
    }
}

/// A name with all that comes with it, such as the roles that it holds; repeats are possible.
struct HeldPrincipals: BitwiseCopyable, Sendable {
    /// So many are held inside.
    static let mostInside = 4

    /// The first few, four bytes each.
    fileprivate let inside: (UInt64, UInt64)
    /// What ``ItemReach/bit(of:)`` says of all of them.
    fileprivate let bits: UInt64
    /// How many there are.
    fileprivate let count: Int32
    /// Where those lie that aren't inside, as the owner knows.
    fileprivate let rest: Int32

    init(_ principals: [Int32], rest: Int32) {
        var lanes = SIMD4<Int32>(repeating: -1)
        for (index, principal) in principals.prefix(HeldPrincipals.mostInside).enumerated() {
            lanes[index] = principal
        }
        inside = ByteMatch.bits(of: lanes)
        bits = principals.reduce(0) { $0 | ItemReach.bit(of: $1) }
        count = Int32(principals.count)
        self.rest = rest
    }

    /// One alone.
    @inline(__always)
    init(_ principal: Int32) {
        inside = (UInt64(UInt32(bitPattern: principal)), 0)
        bits = ItemReach.bit(of: principal)
        count = 1
        rest = 0
    }
}

/// The principals of a question while they are added: in registers, where each would else wait for the one before it.
struct PrincipalCollector {
    private let principals: UnsafeMutablePointer<Int32>
    fileprivate var count: Int
    fileprivate var bits: UInt64

    @inline(__always)
    init(_ question: PlainQuestion) {
        principals = question.principals
        count = question.principalCount
        bits = question.reach.principals
    }

    /// False when there is no room for them.
    ///
    /// Takes all that may be inside, however many are, as a loop over them costs more; those that are none are
    /// written over next.
    @inline(__always)
    mutating func add(_ held: HeldPrincipals, rest: UnsafePointer<Int32>? = nil) -> Bool {
        let end = count &+ Int(held.count)
        guard end <= PlainScratch.mostPrincipals else { return false }
        UnsafeMutableRawPointer(principals + count).storeBytes(of: held.inside, as: (UInt64, UInt64).self)
        bits |= held.bits
        if Int(held.count) > HeldPrincipals.mostInside, let rest {
            let start = count &+ HeldPrincipals.mostInside
            for index in start..<end { principals[index] = rest[Int(held.rest) &+ index &- start] }
        }
        count = end
        return true
    }
}
