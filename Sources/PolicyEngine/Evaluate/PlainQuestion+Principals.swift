extension PlainQuestion {
    @discardableResult
    @inline(__always)
    mutating func add(_ principal: Int32) -> Bool {
        guard principalCount < PlainScratch.mostPrincipals else { return false }
        principals[principalCount] = principal
        prints[principalCount] = SIMD8(repeating: PrincipalPrints.print(of: principal))
        principalCount += 1
        return true
    }

    mutating func add(_ found: UnsafeBufferPointer<Int32>) -> Bool {
        for index in 0..<found.count where !add(found[index]) { return false }
        return true
    }

    /// Takes in whom and what the question is about, once all principals are added.
    mutating func turn(to access: Int) {
        self.access = access
        // Items for everyone have all bits, so that one is enough for someone whom no policy names.
        reach.principals = 1
        for index in 0..<principalCount { reach.principals |= ItemReach.bit(of: principals[index]) }
        reach.accesses = 1 << UInt128(access)
    }
}
