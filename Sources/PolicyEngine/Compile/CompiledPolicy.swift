/// One policy as the evaluator sees it: numbers only; texts are found again by `source` for reasons.
///
/// Policies begin on a line of memory, and what most decisions look at comes first, so that they fetch one.
struct CompiledPolicy: Sendable, BitwiseCopyable {
    let id: Int64
    /// Grows in the order of evaluation.
    var order: UInt64
    let maps: Stretch
    let items: ItemBounds
    let priority: Int32
    /// Its position in the repository's list of sources.
    let source: Int32
    let traits: Traits
    /// What any of its items is for.
    let reach: ItemReach
    let conditions: Stretch
    /// Validity periods; empty for always.
    let periods: Stretch
    /// Where its name lies, as bytes.
    let name: Stretch
    /// What it is sorted by after priority and denial.
    let rank: Int32

    struct Traits: OptionSet, Sendable, BitwiseCopyable {
        let rawValue: UInt8
        static let hasDeny = Traits(rawValue: 1)
        static let isAudited = Traits(rawValue: 2)
        static let isDenyAllElse = Traits(rawValue: 4)
        static let asksFacts = Traits(rawValue: 8)
        static let hasConditions = Traits(rawValue: 16)
    }

    var hasDeny: Bool { traits.contains(.hasDeny) }
    var isAudited: Bool { traits.contains(.isAudited) }
    var isDenyAllElse: Bool { traits.contains(.isDenyAllElse) }
    /// Whether it can't be evaluated without facts of the request: it has templates, or asks conditions.
    var asksFacts: Bool { traits.contains(.asksFacts) }
    /// Whether it takes more than numbers and bytes to evaluate it: facts, conditions or the time.
    var needsMore: Bool { !traits.isDisjoint(with: [.asksFacts, .hasConditions]) || !periods.isEmpty }
    var deny: Stretch { items.deny }
    var denyExceptions: Stretch { items.denyExceptions }
    var allowExceptions: Stretch { items.allowExceptions }
    var allow: Stretch { items.allow }
}

/// Where the lists of a policy's items begin, one after the other.
struct ItemBounds: Sendable, BitwiseCopyable {
    /// Where denials begin.
    var start: Int32 = 0
    var denyExceptionsStart: Int32 = 0
    var allowExceptionsStart: Int32 = 0
    var allowStart: Int32 = 0
    var end: Int32 = 0

    var deny: Stretch { Stretch(start, denyExceptionsStart) }
    var denyExceptions: Stretch { Stretch(denyExceptionsStart, allowExceptionsStart) }
    var allowExceptions: Stretch { Stretch(allowExceptionsStart, allowStart) }
    var allow: Stretch { Stretch(allowStart, end) }
}

/// Whom and what an item may be for: never too little, at times too much.
struct ItemReach: Sendable, BitwiseCopyable {
    var accesses: UInt128 = 0
    /// A bit for each principal; all of them for everyone.
    var principals: UInt64 = 0

    /// The bit of a principal's number.
    @inline(__always)
    static func bit(of principal: Int32) -> UInt64 {
        1 &<< UInt64((UInt32(bitPattern: principal) &* 0x9E37_79B1) >> 26)
    }

    func mayMean(_ request: ItemReach) -> Bool {
        principals & request.principals != 0 && accesses & request.accesses != 0
    }

    mutating func formUnion(_ other: ItemReach) {
        principals |= other.principals
        accesses |= other.accesses
    }

    /// The accesses in fewer bits: two that share one here may share none, but not the other way round.
    var fewerAccesses: UInt32 {
        let half = UInt64(truncatingIfNeeded: accesses) | UInt64(truncatingIfNeeded: accesses >> 64)
        return UInt32(truncatingIfNeeded: half) | UInt32(truncatingIfNeeded: half >> 32)
    }
}

/// Which list of a policy an item stands in.
enum ItemList: UInt8, Sendable, BitwiseCopyable {
    case allow, deny, allowExceptions, denyExceptions, mask, rowFilter, denyAllElse

    /// Ranger's name of the list.
    var name: String {
        switch self {
        case .allow: "policyItems"
        case .deny: "denyPolicyItems"
        case .allowExceptions: "allowExceptions"
        case .denyExceptions: "denyExceptions"
        case .mask: "dataMaskPolicyItems"
        case .rowFilter: "rowFilterPolicyItems"
        case .denyAllElse: "isDenyAllElse"
        }
    }
}

/// One item: a set of principals, a set of accesses, and conditions.
struct CompiledItem: Sendable, BitwiseCopyable {
    /// The accesses it grants, with those that they imply, and whom it may be for.
    let reach: ItemReach
    /// Its position in its list of the source.
    let source: Int32
    /// Named users, groups and roles, ascending.
    let principals: Stretch
    let conditions: Stretch
    /// The name of its mask type: a position in the repository's list; -1 for none.
    let maskType: Int32
    let isDelegateAdmin: Bool
    let isForEveryone: Bool
    let isForOwner: Bool
}

/// One combination of levels and values that a policy is about.
struct CompiledMap: Sendable, BitwiseCopyable {
    /// The levels it names, as bits.
    let keys: UInt64
    /// The only hierarchy that fits, which has all levels before the last of these among them; -1 when several do.
    let hierarchy: Int32
    /// The number of its first matcher; those of all its levels lie side by side, from the lowest bit on.
    let matchers: Int32

    /// The numbers of its matchers.
    var allMatchers: Stretch { Stretch(matchers, matchers + Int32(keys.nonzeroBitCount)) }

    /// The number of the matcher of a level; -1 for a level that it doesn't name.
    @inline(__always)
    func matcher(at level: Int) -> Int32 {
        guard keys >> UInt64(level) & 1 == 1 else { return -1 }
        let before = keys & ((1 << UInt64(level)) - 1)
        return matchers + Int32(truncatingIfNeeded: before.nonzeroBitCount)
    }
}

/// A condition, compiled.
enum CompiledCondition: Sendable {
    /// The request's purpose is one of these numbers of the purpose table.
    case purpose(Stretch)
    /// Asks for facts of the request.
    case rule(ConditionRule)
    /// Always true: a kind that Ranger would ignore, only in compatible mode.
    case ignored
}
