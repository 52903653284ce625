extension PolicyIndex {
    /// A policy that may match, with what can be said of it without looking at it.
    struct Candidate: Sendable, BitwiseCopyable {
        /// Grows in the order of evaluation.
        let order: UInt64
        /// Marks of the principals whom it grants or denies something; all of them for anyone.
        private let principals: UInt64
        /// Short prints of the principals whom it grants or denies something; 0 for none.
        ///
        /// Numbers of eight bytes, as lanes would have to begin at every sixteenth.
        private let prints: (UInt64, UInt64)
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

        /// One that is filed nowhere yet.
        init(_ number: Int32, _ policy: CompiledPolicy, _ parts: PolicyParts) {
            order = policy.order
            accesses = policy.isDenyAllElse ? .max : policy.reach.fewerAccesses
            var found = PrincipalPrints(isForAnyone: policy.isDenyAllElse)
            found.add(policy.deny, parts)
            found.add(policy.allow, parts)
            prints = ByteMatch.bits(of: found.prints)
            principals = found.isForAnyone ? .max : policy.reach.principals
            marked =
                UInt32(bitPattern: number) | (policy.isAudited ? Mark.audit : 0)
                | (policy.needsMore ? Mark.more : 0) | (found.isForAnyone ? Mark.anyone : 0)
        }

        /// The same, filed so that the values say all.
        init(sure other: Candidate) {
            order = other.order
            prints = other.prints
            principals = other.principals
            accesses = other.accesses
            marked = other.marked | Mark.sure
        }

        /// 0 when it is for none of a question's accesses or principals, as far as their marks tell; else 1.
        ///
        /// A number, so that the processor needn't guess which it will be.
        @inline(__always)
        func mayMean(_ wanted: UInt32, _ marks: UInt64) -> Int {
            Candidate.one(accesses & wanted != 0) & Candidate.one(principals & marks != 0)
        }

        /// 0 when it is for none of a question's principals; else 1.
        ///
        /// Asked of those that share a mark with it.
        @inline(__always)
        func mayMean(_ question: UnsafePointer<PlainQuestion>) -> Int {
            if marked & Mark.anyone != 0 { return 1 }
            return Candidate.one(question.pointee.prints.share(ByteMatch.bits(of: prints), principals))
        }

        @inline(__always)
        private static func one(_ isSo: Bool) -> Int { isSo ? 1 : 0 }
    }
}
