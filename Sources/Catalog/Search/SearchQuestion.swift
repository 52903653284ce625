import CatalogModel

/// What a search is for; what is nil or empty doesn't count, and all else must hold.
package struct SearchQuestion: Sendable {
    /// Words to find.
    package var words = ""
    /// Names of entity types.
    package var types: [String] = []
    /// Whether types below count too.
    package var includesSubTypes = true
    /// Names or patterns of tag types, or one of Atlas's special names.
    package var tags: [String] = []
    /// Whether tag types below count too.
    package var includesSubTags = true
    /// The qualified name of a glossary term.
    package var term: String?
    /// Whether deleted entities are left out.
    package var excludesDeleted = false
    /// A condition on attributes.
    package var filter: SearchFilter?
    /// A condition on attributes of tags.
    package var tagFilter: SearchFilter?
    /// The attribute to sort by.
    package var sortBy: String?
    /// Whether the greatest come first.
    package var isDescending = false
    /// How many are passed over.
    package var offset = 0
    /// How many are wanted.
    package var limit = SearchQuestion.defaultLimit

    /// How many are given when nobody says.
    package static let defaultLimit = 100
    /// The most that are given.
    package static let maximumLimit = 10_000
    /// How many of what they find are counted for those who may not read everything.
    package static let mostCounted = 1_000
    /// All entity types.
    package static let allTypes = "_ALL_ENTITY_TYPES"

    /// A question that isn't one yet.
    package init() {}

    /// The limit that is kept for one that was asked for.
    package static func effectiveLimit(_ asked: Int) -> Int {
        asked <= 0 || asked > maximumLimit ? defaultLimit : asked
    }
}

/// What a search found.
package struct SearchFinding: Sendable {
    /// The page that was asked for, in order.
    package let entities: [Entity]
    /// How many there are in all; -1 when that wasn't counted.
    ///
    /// For those who may not read everything it goes up to ``SearchQuestion/mostCounted`` and the end of the page, unless
    /// they sort or count values too.
    package let count: Int
    /// Whether there are more.
    package let hasMore: Bool
}
