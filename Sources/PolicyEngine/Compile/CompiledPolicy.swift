/// One policy as the evaluator sees it: numbers only; texts are found again by `source` for reasons.
struct CompiledPolicy: Sendable {
    /// Its position in the repository's list of sources.
    let source: Int32
    let id: Int64
    let priority: Int32
    let hasDeny: Bool
    let isAudited: Bool
    let isDenyAllElse: Bool
    let maps: Range<Int32>
    let deny: Range<Int32>
    let denyExceptions: Range<Int32>
    let allow: Range<Int32>
    let allowExceptions: Range<Int32>
    let conditions: Range<Int32>
    /// Validity periods; empty for always.
    let periods: Range<Int32>
    /// What any of its items is for.
    let reach: ItemReach
    /// Whether it can't be evaluated without facts of the request: it has templates, or asks conditions.
    let asksFacts: Bool
}

/// Whom and what an item may be for: never too little, at times too much.
struct ItemReach: Sendable {
    /// A bit for each principal; all of them for everyone.
    var principals: UInt64 = 0
    var accesses: UInt128 = 0

    /// The bit of a principal's number.
    static func bit(of principal: Int32) -> UInt64 {
        1 << UInt64((UInt32(bitPattern: principal) &* 0x9E37_79B1) >> 26)
    }

    func mayMean(_ request: ItemReach) -> Bool {
        principals & request.principals != 0 && accesses & request.accesses != 0
    }

    mutating func formUnion(_ other: ItemReach) {
        principals |= other.principals
        accesses |= other.accesses
    }
}

/// Which list of a policy an item stands in.
enum ItemList: UInt8, Sendable {
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
struct CompiledItem: Sendable {
    /// Its position in its list of the source.
    let source: Int32
    /// The accesses it grants, with those that they imply, and whom it may be for.
    let reach: ItemReach
    let isDelegateAdmin: Bool
    /// Named users, groups and roles, ascending.
    let principals: Range<Int32>
    let isForEveryone: Bool
    let isForOwner: Bool
    let conditions: Range<Int32>
}

/// One combination of levels and values that a policy is about.
struct CompiledMap: Sendable {
    /// The levels it names, as bits.
    let keys: UInt64
    /// The only hierarchy that fits; -1 when several do.
    let hierarchy: Int32
    /// Position of the first entry of its row: one matcher position for each level of the definition, -1 for none.
    let row: Int32
}

/// A condition, compiled.
enum CompiledCondition: Sendable {
    /// The request's purpose is one of these numbers of the purpose table.
    case purpose(Range<Int32>)
    /// Asks for facts of the request.
    case rule(ConditionRule)
    /// Always true: a kind that Ranger would ignore, only in compatible mode.
    case ignored
}
