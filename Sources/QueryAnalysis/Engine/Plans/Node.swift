/// An expression whose names and types are known.
indirect enum Node: Equatable, Sendable {
    case constant(Datum)
    case parameter(Int)
    /// A column of a source; `level` 0 is the query's own, 1 the one around it.
    case column(level: Int, item: Int, slot: Int)
    /// The value of an aggregate for the group at hand.
    case aggregate(level: Int, Int)
    /// The value of a window function for the row at hand.
    case window(Int)
    /// A source's whole row; NULL where an outer join found none.
    case whole(level: Int, item: Int, [Int])
    case call(Builtin, [Node], [EngineType])
    case cast(Node, EngineType, EngineType)
    case compare(Comparison, Node, Node)
    case isDistinct(Node, Node, negated: Bool)
    case and([Node])
    case or([Node])
    case not(Node)
    /// A row is NULL when all of its fields are, and not NULL when none is.
    case isNull(Node, negated: Bool, ofRow: Bool)
    case isTruth(Node, Bool?, negated: Bool)
    case cases([NodeBranch], otherwise: Node)
    /// NULL where both are equal, or else the first.
    case nullIf(Node, Node)
    case coalesce([Node])
    case extreme([Node], isGreatest: Bool)
    case row([Node])
    case array([Node])
    case field(Node, Int)
    case element(Node, Node)
    case slice(Node, Node?, Node?)
    /// `value op ANY (array)` or `ALL`.
    case quantified(Comparison, isAny: Bool, Node, Node)
    /// `value LIKE pattern`.
    case like(Node, Node, escape: Node?, ignoringCase: Bool)
    case subquery(NodeTest, QueryPlan)

    /// The parts, without those inside subqueries.
    var parts: [Node] {
        switch self {
        case .constant, .parameter, .column, .aggregate, .window, .whole: []
        case .call(_, let parts, _), .and(let parts), .or(let parts), .coalesce(let parts), .row(let parts),
            .array(let parts), .extreme(let parts, _):
            parts
        case .cast(let part, _, _), .not(let part), .isNull(let part, _, _), .isTruth(let part, _, _),
            .field(let part, _):
            [part]
        case .compare(_, let left, let right), .isDistinct(let left, let right, _),
            .nullIf(let left, let right),
            .element(let left, let right), .quantified(_, _, let left, let right):
            [left, right]
        case .cases(let branches, let otherwise):
            branches.flatMap { [$0.condition, $0.result] } + [otherwise]
        case .slice(let value, let low, let high): [value] + [low, high].compactMap { $0 }
        case .like(let value, let pattern, let escape, _): [value, pattern] + (escape.map { [$0] } ?? [])
        case .subquery(let test, _): test.left
        }
    }

    /// How many parts it has, counted up to a limit.
    func size(upTo limit: Int) -> Int {
        var count = 1
        for part in parts {
            guard count < limit else { break }
            count += part.size(upTo: limit - count)
        }
        return count
    }

    /// Whether any part, itself included, is as asked.
    func contains(_ test: (Node) -> Bool) -> Bool { test(self) || parts.contains { $0.contains(test) } }

    /// The same, seen from a query further inside; only for what names alone make.
    func seen(from levels: Int) -> Node {
        guard levels > 0 else { return self }
        switch self {
        case .column(let level, let item, let slot):
            return .column(level: level + levels, item: item, slot: slot)
        case .whole(let level, let item, let slots):
            return .whole(level: level + levels, item: item, slots)
        case .coalesce(let parts): return .coalesce(parts.map { $0.seen(from: levels) })
        case .cast(let part, let from, let to): return .cast(part.seen(from: levels), from, to)
        default: return self
        }
    }
}

/// One `WHEN … THEN …`.
struct NodeBranch: Equatable, Sendable {
    let condition: Node
    let result: Node
}

/// How a subquery's rows become a value.
enum NodeTest: Equatable, Sendable {
    case exists
    case scalar
    case array
    /// `left op ANY (query)`; the left side may be a row.
    /// Columns are converted as told before they are compared.
    case any(Comparison, [Node], [Conversion?])
    case all(Comparison, [Node], [Conversion?])

    var left: [Node] {
        switch self {
        case .exists, .scalar, .array: []
        case .any(_, let left, _), .all(_, let left, _): left
        }
    }
}

/// An operator that compares; `rawValue` is how it is written.
enum Comparison: String, Sendable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// Whether an order of two values is as it says.
    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}

/// An expression with its type.
struct Typed {
    var node: Node
    var type: EngineType
}
