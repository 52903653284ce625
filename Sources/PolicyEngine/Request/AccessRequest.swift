package import CatalogModel

/// A request in Ranger's shape: any resource of a service, with everything that policies may ask of it.
package struct AccessRequest: Sendable {
    /// The resource: values by level; more than one value means any of them.
    package var elements: [String: [String]] = [:]
    /// Whom `{OWNER}` means; nil for nobody.
    package var owner: String?
    /// What is wanted; empty and `_any` mean anything at all, `_admin` the right to administer.
    package var accessType = ""
    /// Who asks; nil for nobody in particular.
    package var user: String?
    /// The groups of the one who asks.
    package var groups: [String] = []
    /// The roles; nil to look them up.
    package var roles: [String]?
    /// The moment; nil for the caller's clock.
    package var accessTime: Instant?
    /// The client's address as the caller knows it.
    package var clientAddress: String?
    /// The address that the connection came from.
    package var remoteAddress: String?
    /// The addresses that proxies say it came from, first the farthest.
    package var forwardedAddresses: [String] = []
    /// The kind of client.
    package var clientType: String?
    /// What the client was doing, such as `QUERY`.
    package var action: String?
    /// The text of the client's request.
    package var requestData: String?
    /// The client's session.
    package var sessionId: String?
    /// The cluster that asks.
    package var clusterName: String?
    /// Its kind.
    package var clusterType: String?
    /// Whether policies for what lies below count too.
    package var countsDescendants = false
    /// How values of single levels match.
    package var elementScopes: [String: ElementScope] = [:]
    /// Whether denials below the resource are no denials of it.
    package var ignoresDescendantDenials = true
    /// A policy that comes with the request.
    package var inlinePolicy: InlinePolicy?
    /// The tags of the resource; nil to look them up.
    package var tags: [AttachedTag]?
    /// The resources that one statement touches together; nil when the caller doesn't say.
    package var togetherWith: [[String: [String]]]?
    /// Values of `{NAME}` in policies.
    package var tokens: [String: String] = [:]
    /// What else the caller knows, such as where the client is.
    package var attributes: [String: String] = [:]
    /// Attributes of users and groups; nil for the engine's own.
    package var userStore: UserStore?
    /// Several access types at once, of which any will do; empty for `accessType`.
    package var accessTypes: [String] = []
    /// Groups of them, of each of which one is needed; empty for no groups.
    package var accessTypeGroups: [[String]] = []
    /// Access types that count as allowed when nothing denies them.
    package var allowedUnlessDenied: [String] = []
    /// Whether allowances of one priority beat denials, as they do when anything at all is wanted.
    package var prefersAllowances = false
    /// Whether `${{…}}` in policies' resources may look at the request.
    package var resolvesExpressions = true

    /// Empty; members are set one by one.
    package init() {}

    /// Whether anything at all is wanted.
    package var isAny: Bool { accessType.isEmpty || accessType == "_any" }
}

/// How the value of one level matches.
package enum ElementScope: String, Hashable, Sendable {
    /// Itself.
    case own = "SELF"
    /// Itself, or as something that the policy's value lies directly below of.
    case ownOrChild = "SELF_OR_CHILD"
    /// Itself, or as the beginning of the policy's value.
    case ownOrPrefix = "SELF_OR_PREFIX"
}

/// A tag on a resource, and where it was set relative to it.
package struct AttachedTag: Hashable, Sendable {
    /// Its type, such as `PII`.
    package var type: String
    /// Its attributes.
    package var attributes: [String: String]
    /// When it counts; empty for always.
    package var validityPeriods: [ValiditySchedule]
    /// Where it was set.
    package var match: TagMatch
    /// Other switches of it, which only tell tags apart.
    package var options: [String: String]

    /// A tag.
    package init(
        type: String,
        attributes: [String: String] = [:],
        validityPeriods: [ValiditySchedule] = [],
        match: TagMatch = .own,
        options: [String: String] = [:]
    ) {
        self.type = type
        self.attributes = attributes
        self.validityPeriods = validityPeriods
        self.match = match
        self.options = options
    }
}

/// Where a tag was set, relative to the resource of the request.
package enum TagMatch: String, Hashable, Sendable {
    /// On the resource.
    case own = "SELF"
    /// On the resource and all that lies below it.
    case ownAndAllBelow = "SELF_AND_ALL_DESCENDANTS"
    /// Above it.
    case above = "ANCESTOR"
    /// Below it.
    case below = "DESCENDANT"
    /// Elsewhere.
    case elsewhere = "NONE"

    var matchType: MatchType {
        switch self {
        case .own: .same
        case .ownAndAllBelow: .sameAndAllBelow
        case .above: .ancestor
        case .below: .descendant
        case .elsewhere: .none
        }
    }

    init(_ match: MatchType) {
        switch match {
        case .same: self = .own
        case .sameAndAllBelow: self = .ownAndAllBelow
        case .ancestor: self = .above
        case .descendant: self = .below
        case .none: self = .elsewhere
        }
    }
}

/// Attributes of users and groups.
package struct UserStore: Hashable, Sendable {
    /// By user.
    package var users: [String: [String: String]]
    /// By group.
    package var groups: [String: [String: String]]

    /// Both maps; may be empty.
    package init(users: [String: [String: String]] = [:], groups: [String: [String: String]] = [:]) {
        self.users = users
        self.groups = groups
    }
}

/// A policy that comes with a request.
package struct InlinePolicy: Hashable, Sendable {
    /// How it goes together with the policies in force.
    package enum Mode: String, Hashable, Sendable {
        /// Instead of them.
        case instead = "INLINE"
        /// Both must allow.
        case both = "RANGER_AND_INLINE"
        /// Either will do.
        case either = "RANGER_OR_INLINE"
    }

    /// What it grants.
    package struct Grant: Hashable, Sendable {
        /// `u:name`, `g:name`, `r:name`; empty for everyone.
        package var principals: [String] = []
        /// Names such as `key:volume/bucket/key`; empty for any.
        package var resources: [String] = []
        /// Access types.
        package var permissions: [String] = []
        /// Actions; empty for any.
        package var actions: [String] = []

        /// Empty; members are set one by one.
        package init() {}
    }

    /// Who grants it, as `u:name`, `g:name` or `r:name`; empty for nobody in particular.
    package var grantor = ""
    /// How it counts.
    package var mode = Mode.instead
    /// Any of them will do; empty for everything.
    package var grants: [Grant] = []

    /// Empty; members are set one by one.
    package init() {}
}
