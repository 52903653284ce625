import CatalogModel

/// A request as the evaluator sees it: everything interned; made to be used again.
struct EvaluationRequest {
    /// Numbers of the user, the groups and roles that any policy names; in no order.
    var principals: ContiguousArray<Int32> = []
    var hasUser = true
    var isOwner = false
    /// The purpose's number; -1 for none or one that no policy names.
    var purpose: Int32 = -1
    var now = Instant(microseconds: 0)
    /// Bits of the requested access types; -1 for one that nothing names.
    var accesses: ContiguousArray<Int> = []
    /// Groups of positions in `accesses` of which each must be allowed; empty when any one will do.
    var groups: ContiguousArray<ContiguousArray<Int>> = []
    /// Positions in `accesses` of those that count as allowed when nothing denies them.
    var allowedUnlessDenied: ContiguousArray<Int> = []
    /// Any access at all.
    var isAny = false
    /// Any of the access types will do, and allowances of one priority beat denials.
    var prefersAllowances = false
    /// The right to administer.
    var isAdmin = false
    /// Only items count that hand on administration.
    var onlyDelegating = false
    var ignoresDescendantDenials = true
    /// Policies for what lies below count too.
    var countsDescendants = false
    var resource: RequestElements
    /// The tags of the resource.
    var tags: ContiguousArray<RequestTag> = []
    /// What tags are called, as resources of the tag service; tags name positions in it.
    var tagElements: ContiguousArray<RequestElements> = []
    /// What conditions and expressions may ask.
    let facts: RequestFacts

    init(resource: RequestElements, facts: RequestFacts) {
        self.resource = resource
        self.facts = facts
        now = facts.now
    }

    var matchesDescendants: Bool { isAny || countsDescendants }

    /// Whether one access is asked for, and neither any nor the right to administer.
    var wantsOneAccess: Bool { accesses.count == 1 && groups.isEmpty && !isAny && !isAdmin }

    /// Whom and what it may be about, to pass over items that can't mean it.
    var reach: ItemReach {
        // Items for everyone have all bits, so that one is enough for someone whom no policy names.
        var reach = ItemReach(principals: 1)
        for principal in principals { reach.principals |= ItemReach.bit(of: principal) }
        for access in accesses where access >= 0 { reach.accesses |= 1 << UInt128(access) }
        return reach
    }
}

extension EvaluationRequest {
    /// Adds a tag with its type as elements of the tag service's resource.
    mutating func add(_ elements: RequestElements, _ match: MatchType, source: Int32) {
        tags.append(RequestTag(name: Int32(tagElements.count), match: match, source: source))
        tagElements.append(elements)
    }

    /// A tag's type, as elements of the tag service's resource.
    func elements(of tag: RequestTag) -> RequestElements { tagElements[Int(tag.name)] }
}

/// A tag of the requested resource.
struct RequestTag: Sendable, BitwiseCopyable {
    /// What it is called: a position among the request's names of tags.
    let name: Int32
    /// Where it was set, relative to the request.
    var match: MatchType
    /// Its position in the caller's list.
    var source: Int32
}
