/// A scalar expression of the subset.
indirect enum QueryExpression: Equatable, Sendable {
    /// A column, a relation's whole row, or an output column: one or two names.
    case name([String], Place)
    case literal(QueryLiteral)
    /// `$1`.
    case parameter(Int)
    case cast(QueryExpression, QueryType)
    case sign(String, QueryExpression)
    case operation(String, QueryExpression, QueryExpression)
    /// `left op ANY (array)` or `ALL`.
    case quantified(String, isAny: Bool, QueryExpression, QueryExpression)
    case isDistinct(QueryExpression, QueryExpression, negated: Bool)
    case nullIf(QueryExpression, QueryExpression)
    case isIn(QueryExpression, [QueryExpression], negated: Bool)
    /// `LIKE`, `ILIKE` or `SIMILAR TO`.
    case matches(QueryExpression, MatchKind, pattern: QueryExpression, negated: Bool)
    case between(
        QueryExpression,
        low: QueryExpression,
        high: QueryExpression,
        symmetric: Bool,
        negated: Bool
    )
    case and([QueryExpression])
    case or([QueryExpression])
    case not(QueryExpression)
    case isNull(QueryExpression, negated: Bool)
    case isTruth(QueryExpression, TruthKind, negated: Bool)
    case cases(operand: QueryExpression?, [QueryBranch], otherwise: QueryExpression?)
    case coalesce([QueryExpression])
    case greatest([QueryExpression])
    case least([QueryExpression])
    case call(QueryCall)
    case query(QueryTest, Query)
    /// `ROW(a, b)`, or the list `(a, b)`: the same but in `GROUP BY`, where a list is no value.
    case row([QueryExpression], isList: Bool)
    case array([QueryExpression])
    case part(QueryExpression, [QueryStep])
    case collated(QueryExpression, String)
    case grouping([QueryExpression])
    case groupingSet(GroupingKind, [QueryExpression])
    case moment(MomentFact, precision: Int?)
    case session(SessionFact)
}

/// A value written in the statement.
enum QueryLiteral: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// The digits as written, with their sign.
    case number(String)
    case text(String)
    /// A bit string: `b` and binary digits, or `x` and hexadecimal ones.
    case bits(String)
}

/// What a pattern is written in; `rawValue` is the keyword.
enum MatchKind: String, Sendable {
    case like = "LIKE"
    case ilike = "ILIKE"
    case similar = "SIMILAR TO"
}

/// What `IS …` asks; `rawValue` is the keyword.
enum TruthKind: String, Sendable {
    case isTrue = "TRUE"
    case isFalse = "FALSE"
    case isUnknown = "UNKNOWN"
}

/// One `WHEN … THEN …`.
struct QueryBranch: Equatable, Sendable {
    var condition: QueryExpression
    var result: QueryExpression
}

/// How a subquery in an expression is used.
enum QueryTest: Equatable, Sendable {
    case exists
    case scalar
    case array
    /// `left IN (…)`, or `left op ANY (…)`.
    case any(QueryExpression, operator: String?)
    case all(QueryExpression, operator: String)
}

/// A field or element of a value.
enum QueryStep: Equatable, Sendable {
    case field(String, Place)
    case everything
    case element(QueryExpression)
    case slice(QueryExpression?, QueryExpression?)
}

/// `rawValue` is the keyword.
enum GroupingKind: String, Sendable {
    case empty = "()"
    case rollup = "ROLLUP"
    case cube = "CUBE"
    case sets = "GROUPING SETS"
}

/// A moment that PostgreSQL has a word for; `rawValue` is the word.
enum MomentFact: String, Sendable {
    case currentDate = "current_date"
    case currentTime = "current_time"
    case currentTimestamp = "current_timestamp"
    case localTime = "localtime"
    case localTimestamp = "localtimestamp"
}

/// A fact about the session: the rewrite puts the consumer's own in its place.
enum SessionFact: String, Sendable {
    case currentUser = "current_user"
    case sessionUser = "session_user"
    case currentRole = "current_role"
    case user = "user"
    case currentCatalog = "current_catalog"
    case currentSchema = "current_schema"
}

/// A call of a function of the subset.
struct QueryCall: Equatable, Sendable {
    /// Its name in `pg_catalog`.
    var function: String
    var arguments: [QueryExpression] = []
    /// `count(*)`.
    var isStar = false
    var isDistinct = false
    /// Whether the last argument is `VARIADIC`.
    var isVariadic = false
    var order: [QueryOrder] = []
    var isWithinGroup = false
    var filter: QueryExpression?
    var window: QueryWindow?
    var place = Place.nowhere
}

/// A type of the subset, by its name in `pg_catalog`.
struct QueryType: Equatable, Sendable {
    var name: String
    var modifiers: [Int] = []
    var isArray = false
}
