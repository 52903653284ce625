/// A query of the subset: what `SELECT`, `VALUES`, `TABLE` and set operations parse to.
///
/// **Shape.** Holds nothing that the subset lacks, so that printing one can't print anything else.
struct Query: Equatable, Sendable {
    var common: CommonTables?
    var body: QueryBody
    var order: [QueryOrder] = []
    var limit: QueryExpression?
    var limitKeepsTies = false
    var offset: QueryExpression?
    /// What the rewrite knows of it where it stands in a relation's place.
    var governed = GovernedMark()
}

/// What the rewrite knows of a query that it put in a relation's place: nothing in it can mean a name outside of it.
///
/// Equal to every other, so that trees compare by what they say.
struct GovernedMark: Equatable, Sendable {
    /// For each output column what may be delivered instead of its mask; nil for a query of the consumer's own.
    var unmasked: [UnmaskedColumn?]?

    static func == (left: GovernedMark, right: GovernedMark) -> Bool { true }
}

/// What makes a query's rows.
indirect enum QueryBody: Equatable, Sendable {
    case plain(PlainQuery)
    case values([[QueryExpression]])
    case combined(SetOperator, all: Bool, Query, Query)
}

/// An operator between two queries; `rawValue` is its keyword.
enum SetOperator: String, Sendable {
    case union = "UNION"
    case intersect = "INTERSECT"
    case except = "EXCEPT"
}

/// `SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW …`.
struct PlainQuery: Equatable, Sendable {
    var distinct = QueryDistinct.no
    var targets: [QueryTarget] = []
    var from: [QuerySource] = []
    var condition: QueryExpression?
    var groups: [QueryExpression] = []
    var groupsAreDistinct = false
    var groupCondition: QueryExpression?
    var windows: [QueryWindow] = []
}

/// Which rows of a select list count as the same.
enum QueryDistinct: Equatable, Sendable {
    case no
    case all
    case on([QueryExpression])
}

/// One entry of a select list.
struct QueryTarget: Equatable, Sendable {
    var value: QueryTargetValue
    /// As written; the rewrite fills it in.
    var name: String?
}

/// What an entry of a select list gives.
enum QueryTargetValue: Equatable, Sendable {
    case expression(QueryExpression)
    /// `*`, or `relation.*`.
    case everything(of: String?, Place)
}

/// `WITH …`.
struct CommonTables: Equatable, Sendable {
    var isRecursive: Bool
    var tables: [CommonTable]
}

/// One named query of a `WITH`.
struct CommonTable: Equatable, Sendable {
    var name: String
    var columns: [String]
    /// `MATERIALIZED`, `NOT MATERIALIZED` or nothing.
    var isMaterialized: Bool?
    var query: Query
    var place: Place
}

/// An entry of `ORDER BY`.
struct QueryOrder: Equatable, Sendable {
    var value: QueryExpression
    /// `ASC` is what it is without a word.
    var isDescending: Bool
    var nullsFirst: Bool?
}

/// A window, named or in place.
struct QueryWindow: Equatable, Sendable {
    var name: String?
    /// A window that it starts from, or that it is.
    var base: String?
    /// Whether it is only another window's name, as in `OVER w`.
    var isReference: Bool
    var partition: [QueryExpression] = []
    var order: [QueryOrder] = []
    /// PostgreSQL's bits of the frame; the default frame has none of those that are written.
    var frame = 0
    var frameStart: QueryExpression?
    var frameEnd: QueryExpression?
}

/// An entry of `FROM`.
indirect enum QuerySource: Equatable, Sendable {
    /// A relation, or, without a schema, a query of a `WITH`.
    case relation(QueryRelation)
    case query(Query, isLateral: Bool, QueryAlias?)
    case call(QueryCall, isLateral: Bool, withOrdinality: Bool, QueryAlias?)
    case join(QueryJoin)
}

/// A relation by name.
struct QueryRelation: Equatable, Sendable {
    var schema: String?
    var name: String
    /// `ONLY`: without the tables that inherit from it.
    var isOnly: Bool
    var alias: QueryAlias?
    var place: Place
}

/// Two sources joined.
struct QueryJoin: Equatable, Sendable {
    var kind: JoinKind
    var isNatural: Bool
    var left: QuerySource
    var right: QuerySource
    var using: [String]
    var condition: QueryExpression?
    var alias: QueryAlias?
}

/// How unmatched rows of a join count; `rawValue` is the keyword.
enum JoinKind: String, Sendable {
    case inner = "JOIN"
    case left = "LEFT JOIN"
    case full = "FULL JOIN"
    case right = "RIGHT JOIN"
}

/// `AS name (columns)`.
struct QueryAlias: Equatable, Sendable {
    var name: String
    var columns: [String] = []
}

/// Where something stands, in bytes of the text; equal to every other, so that trees compare by what they say.
struct Place: Equatable, Sendable {
    /// From 0; negative when the parser didn't say.
    var offset: Int

    static let nowhere = Place(offset: -1)

    static func == (left: Place, right: Place) -> Bool { true }
}
