extension PolicyIndex {
    /// A policy that may match, with what can be said of it without looking at it.
    struct Candidate: Sendable, BitwiseCopyable {
        /// Short prints of the principals whom it grants or denies something; 0 for none.
        let prints: SIMD8<UInt16>
        /// Grows in the order of evaluation.
        let order: UInt64
        /// What it may be for: ``ItemReach/fewerAccesses``; all bits when it denies all else.
        let accesses: UInt32
        /// The policy's number, and marks above it.
        private let marked: UInt32

        private enum Mark {
            static let audit: UInt32 = 1 << 31
            static let more: UInt32 = 1 << 30
            static let anyone: UInt32 = 1 << 29
            static let sure: UInt32 = 1 << 28
            static let all: UInt32 = audit | more | anyone | sure
        }

        var number: Int32 { Int32(bitPattern: marked & ~Mark.all) }
        var isAudited: Bool { marked & Mark.audit != 0 }
        /// ``CompiledPolicy/needsMore``.
        var needsMore: Bool { marked & Mark.more != 0 }
        /// Whether a request with the values that it is filed under has its resource, but for values with equal hashes.
        ///
        /// Good enough to say that a line goes to the audit log, and for nothing else.
        var isSure: Bool { marked & Mark.sure != 0 }

        init(_ number: Int32, _ policy: CompiledPolicy, _ parts: PolicyParts) {
            order = policy.order
            accesses = policy.isDenyAllElse ? .max : policy.reach.fewerAccesses
            var found = PrincipalPrints(isForAnyone: policy.isDenyAllElse)
            found.add(policy.deny, parts)
            found.add(policy.allow, parts)
            prints = found.prints
            marked =
                UInt32(bitPattern: number) | (policy.isAudited ? Mark.audit : 0)
                | (policy.needsMore ? Mark.more : 0) | (found.isForAnyone ? Mark.anyone : 0)
        }

        /// The same, filed so that the values say all.
        init(sure other: Candidate) {
            prints = other.prints
            order = other.order
            accesses = other.accesses
            marked = other.marked | Mark.sure
        }

        private init() {
            prints = SIMD8()
            order = 0
            accesses = 0
            marked = 0
        }

        /// Stands where no policy does.
        static let none = Candidate()

        /// Whether it may be for an access and any of some principals, given as their prints.
        @inline(__always)
        func mayMean(_ wanted: UInt32, _ principals: UnsafePointer<SIMD8<UInt16>>, _ count: Int) -> Bool {
            guard accesses & wanted != 0 else { return false }
            if marked & Mark.anyone != 0 { return true }
            var same = SIMDMask<SIMD8<Int16>>(repeating: false)
            for index in 0..<count { same .|= prints .== principals[index] }
            return any(same)
        }
    }
}

/// Short prints of principals, to tell most apart without looking at items.
struct PrincipalPrints {
    private(set) var prints = SIMD8<UInt16>()
    /// Whether there are too many, or some item is for everyone or the owner.
    private(set) var isForAnyone: Bool
    private var count = 0

    init(isForAnyone: Bool) { self.isForAnyone = isForAnyone }

    mutating func add(_ items: Stretch, _ parts: PolicyParts) {
        for number in items {
            let item = parts.items[Int(number)]
            if item.isForEveryone || item.isForOwner { isForAnyone = true }
            for principal in item.principals { add(PrincipalPrints.print(of: parts.numbers[Int(principal)])) }
        }
    }

    private mutating func add(_ print: UInt16) {
        for index in 0..<count where prints[index] == print { return }
        guard count < prints.scalarCount else {
            isForAnyone = true
            return
        }
        prints[count] = print
        count += 1
    }

    /// Never 0.
    static func print(of principal: Int32) -> UInt16 {
        UInt16(truncatingIfNeeded: (UInt32(bitPattern: principal) &* 0x9E37_79B1) >> 16) | 1
    }
}
