extension PlainQuestion {
    @discardableResult
    @inline(__always)
    mutating func add(_ principal: Int32) -> Bool {
        var collector = PrincipalCollector(self)
        let isAdded = collector.add(principal)
        take(collector)
        return isAdded
    }

    @inline(__always)
    mutating func take(_ collector: PrincipalCollector) {
        principalCount = collector.count
        reach.principals = collector.bits
    }

    /// Takes in what the question is about.
    @inline(__always)
    mutating func turn(to access: Int) {
        self.access = access
        reach.accesses = 1 &<< UInt128(truncatingIfNeeded: access)
    }
}

/// The principals of a question while they are added: in registers, where each would else wait for the one before it.
struct PrincipalCollector {
    private let principals: UnsafeMutablePointer<Int32>
    private let prints: UnsafeMutablePointer<PrincipalPrints.Lanes>
    fileprivate var count: Int
    fileprivate var bits: UInt64

    @inline(__always)
    init(_ question: PlainQuestion) {
        principals = question.principals
        prints = question.prints
        count = question.principalCount
        bits = question.reach.principals
    }

    /// False when there is no room for it.
    @inline(__always)
    mutating func add(_ principal: Int32) -> Bool {
        guard count < PlainScratch.mostPrincipals else { return false }
        principals[count] = principal
        prints[count] = PrincipalPrints.Lanes(repeating: PrincipalPrints.print(of: principal))
        bits |= ItemReach.bit(of: principal)
        count &+= 1
        return true
    }

    @inline(__always)
    mutating func add(_ found: UnsafeBufferPointer<Int32>) -> Bool {
        for index in 0..<found.count where !add(found[index]) { return false }
        return true
    }
}
