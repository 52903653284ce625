/// A query that can be run: nothing in it is a name.
final class QueryPlan: Sendable, Equatable {
    let common: [CommonPlan]
    let body: BodyPlan
    let order: [OrderPlan]
    let limit: Node?
    let limitKeepsTies: Bool
    let offset: Node?
    let columns: [OutputColumn]
    /// Whether it looks at rows of queries around it, so that it has to be run for each of them.
    let isCorrelated: Bool

    init(
        common: [CommonPlan],
        body: BodyPlan,
        order: [OrderPlan],
        limit: Node?,
        limitKeepsTies: Bool,
        offset: Node?,
        columns: [OutputColumn],
        isCorrelated: Bool
    ) {
        self.common = common
        self.body = body
        self.order = order
        self.limit = limit
        self.limitKeepsTies = limitKeepsTies
        self.offset = offset
        self.columns = columns
        self.isCorrelated = isCorrelated
    }

    static func == (left: QueryPlan, right: QueryPlan) -> Bool { left === right }
}

/// A column of a query's result.
struct OutputColumn: Sendable {
    let name: String
    let type: EngineType
}

/// A query of a `WITH`.
final class CommonPlan: Sendable {
    enum Body: Sendable {
        case query(QueryPlan)
        /// The first arm, the arm that names the query itself, and whether equal rows count.
        case recursive(QueryPlan, QueryPlan, all: Bool, conversions: [[Conversion?]])
    }

    let body: Body
    let isCorrelated: Bool
    /// What the recursive arm calls it by.
    let working: WorkingTable

    init(body: Body, isCorrelated: Bool, working: WorkingTable) {
        self.body = body
        self.isCorrelated = isCorrelated
        self.working = working
    }
}

/// The rows that the last round of a recursive query gave; known by identity.
final class WorkingTable: Sendable {}

/// A conversion of a column, where two queries come together.
struct Conversion: Equatable, Sendable {
    let from: EngineType
    let to: EngineType
}

enum BodyPlan: Sendable {
    case plain(PlainPlan)
    case values([[Node]])
    case combined(SetOperator, all: Bool, QueryPlan, QueryPlan, conversions: [[Conversion?]])
}

/// An entry of `ORDER BY`.
struct OrderPlan: Sendable {
    let value: OrderValue
    let isDescending: Bool
    let nullsFirst: Bool
}

enum OrderValue: Sendable {
    case output(Int)
    case node(Node)
}

/// A `SELECT` without what comes after its `WINDOW` clause.
final class PlainPlan: Sendable {
    let source: SourcePlan
    let condition: Node?
    /// How the only source's rows are found by a value from outside, when they are.
    let probe: ProbePlan?
    let grouping: GroupingPlan?
    let windows: [WindowPlan]
    let targets: [Node]
    /// The targets that give rows of their own.
    let sets: [SetTarget]
    let isDistinct: Bool
    let distinctOn: [OrderValue]

    init(
        source: SourcePlan,
        condition: Node?,
        probe: ProbePlan?,
        grouping: GroupingPlan?,
        windows: [WindowPlan],
        targets: [Node],
        sets: [SetTarget],
        isDistinct: Bool,
        distinctOn: [OrderValue]
    ) {
        self.source = source
        self.condition = condition
        self.probe = probe
        self.grouping = grouping
        self.windows = windows
        self.targets = targets
        self.sets = sets
        self.isDistinct = isDistinct
        self.distinctOn = distinctOn
    }
}

/// A function in a select list that gives any number of rows.
struct SetTarget: Sendable {
    /// The target that it is.
    let index: Int
    let function: RowFunction
    let arguments: [Node]
    let types: [EngineType]
}

/// A condition `column = value` on a source that is the same for every row outside.
struct ProbePlan: Sendable {
    let slot: Int
    let value: Node
}

struct GroupingPlan: Sendable {
    let keys: [Node]
    /// The keys of each grouping set; nil for plain grouping by all.
    let sets: [[Int]]?
    let aggregates: [AggregatePlan]
    let condition: Node?
}

/// One call of an aggregate.
final class AggregatePlan: Sendable, Equatable {
    let function: AggregateFunction
    let arguments: [Node]
    let types: [EngineType]
    let isDistinct: Bool
    let order: [OrderPlan]
    let filter: Node?

    init(
        function: AggregateFunction,
        arguments: [Node],
        types: [EngineType],
        isDistinct: Bool,
        order: [OrderPlan],
        filter: Node?
    ) {
        self.function = function
        self.arguments = arguments
        self.types = types
        self.isDistinct = isDistinct
        self.order = order
        self.filter = filter
    }

    static func == (left: AggregatePlan, right: AggregatePlan) -> Bool { left === right }
}

/// One call of a window function.
struct WindowPlan: Sendable {
    enum Function: Sendable {
        case aggregate(AggregatePlan)
        case ranking(WindowFunction, [Node])
    }

    let function: Function
    let partition: [Node]
    let order: [OrderPlan]
    let frame: FramePlan
}

/// The rows around a row that a window function looks at.
struct FramePlan: Sendable {
    enum Bound: Sendable {
        case start, current, end
        case before(Node)
        case after(Node)
    }

    /// Whether bounds count rows; else they go to the ends of rows that are equal in order.
    let countsRows: Bool
    let start: Bound
    let end: Bound
}

/// Where rows come from.
indirect enum SourcePlan: Sendable {
    /// One row without columns.
    case nothing
    case scan(ScanPlan)
    case query(QueryPlan)
    case common(CommonPlan, isCorrelated: Bool)
    case working(WorkingTable)
    case function(RowFunction, [Node], [EngineType], withOrdinality: Bool, id: SourceIdentity)
    case join(JoinPlan)
}

/// Identifies a source whose rows can be kept while a statement runs.
final class SourceIdentity: Sendable {}

/// A relation and the columns of it that the statement needs.
struct ScanPlan: Sendable {
    let relation: RelationName
    let identity: SourceIdentity
}

struct JoinPlan: Sendable {
    let kind: JoinKind
    let left: SourcePlan
    let right: SourcePlan
    let leftItems: Int
    let rightItems: Int
    let condition: Node?
    /// Pairs of columns that must be equal, by which rows are found.
    let keys: [(left: Node, right: Node)]
    /// Whether the right side looks at the left one's rows.
    let isLateral: Bool
}
