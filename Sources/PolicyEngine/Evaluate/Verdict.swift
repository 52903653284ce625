/// What evaluation came to: numbers from which reasons are found again afterwards.
struct Verdict: Sendable {
    var isAllowed = false
    var isDetermined = false
    var isAudited = false
    var isAuditDetermined = false
    var decider = Decider()
    /// The policy that asked for the audit line; `.none` for no policy.
    var auditor = Decider()
    var priority: Int32 = 0
}

/// The policy and item that decided.
struct Decider: Sendable, Equatable, BitwiseCopyable {
    enum Origin: UInt8, Sendable, BitwiseCopyable { case none, resource, tag, sharing, inline }

    var origin = Origin.none
    /// Position among the policies of the type.
    var policy: Int32 = -1
    var list = ItemList.allow
    /// Position in the repository's items; -1 for none.
    var item: Int32 = -1
    /// Position of the tag in the caller's list; -1 for none.
    var tag: Int32 = -1
}

/// What has been found for one access type so far.
struct AccessSlot: Sendable, BitwiseCopyable {
    enum Outcome: UInt8, Sendable, BitwiseCopyable { case none, allow, deny }

    var outcome = Outcome.none
    var priority: Int32 = 0
    var decider = Decider()
}

/// What shared datasets and projects say of a request.
struct SharedOutcome: Sendable {
    var isAllowed = false
    var isAudited = false
    var hasMask = false
    var hasRowFilter = false
}

extension Verdict {
    /// Takes in what shares say, where policies left it open.
    mutating func take(_ sharing: SharedOutcome, _ type: PolicyType) {
        let applies: Bool
        switch type {
        case .access: applies = !isDetermined && !isAllowed && sharing.isAllowed
        case .dataMask: applies = decider.origin == .none && sharing.hasMask
        case .rowFilter: applies = decider.origin == .none && sharing.hasRowFilter
        }
        if applies {
            isAllowed = true
            isDetermined = true
            decider = Decider()
            decider.origin = .sharing
        }
        if !isAuditDetermined, sharing.isAudited {
            isAudited = true
            isAuditDetermined = true
        }
    }
}
