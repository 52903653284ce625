import CatalogModel

/// What conditions and expressions may ask of a request while it is evaluated.
///
/// A class, as scripts leave marks: the tag looked at last, the result assigned.
final class RequestFacts {
    var request: AccessRequest
    /// The moment, from the request or the caller's clock.
    var now: Instant
    /// The roles in force.
    var roles: [String] = []
    /// The client's address after proxies were looked through.
    var address: String?
    /// The tags of the resource.
    var tags: [AttachedTag] = []
    /// The one that is looked at, or was looked at last; -1 for none.
    var currentTag = -1
    var zones: [String] = []
    var users = UserStore()
    var scripts: (any ScriptEngine)?
    /// The zone that recurring times are read in.
    var localZone = TimeZoneRules.utc
    var zoneDatabase = TimeZoneDatabase.fixedOnly
    /// Whether what depends on the one who asks stands for anything: for listings, which nobody asks.
    var standsForAnyone = false
    /// What a script assigned to `ctx.result`.
    var scriptResult = ScriptValue.bool(false)
    /// Whether macros that put values in quotes double the quotes within them, as SQL wants it; Ranger doesn't.
    var doublesQuotes = false
    /// Formats of dates in tag attributes, besides the two that Ranger knows.
    var dateFormats: [String] = []

    /// Positions of the caller's tags among those that count; nil when they are the same.
    var tagPositions: [Int]?

    init(_ request: AccessRequest, now: Instant) {
        self.request = request
        self.now = now
    }

    /// The tag that is looked at.
    var tag: AttachedTag? { tags.indices.contains(currentTag) ? tags[currentTag] : nil }

    /// Turns to a tag of the caller's list.
    func turn(to source: Int) {
        currentTag = tagPositions.map { $0.indices.contains(source) ? $0[source] : -1 } ?? source
    }

    /// Attributes of the one who asks.
    var userAttributes: [String: String] { request.user.flatMap { users.users[$0] } ?? [:] }
}
