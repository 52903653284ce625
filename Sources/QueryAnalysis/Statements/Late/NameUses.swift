/// The names that parts of a query hold, as far as they may mean columns of a query around them.
///
/// **Promise.** Rather too many than too few: what a name really means isn't asked.
struct NameUses {
    private(set) var bare: Set<String> = []
    private var qualified: Set<[String]> = []
    private var wholes: Set<String> = []
    /// How often each name without a schema stands in a `FROM`.
    private(set) var relations: [String: Int] = [:]

    /// Whether a column of a relation of this name may be meant, also as a part of its whole row.
    func mayMean(_ column: String, of relation: String?) -> Bool {
        if bare.contains(column) { return true }
        guard let relation else { return false }
        return bare.contains(relation) || wholes.contains(relation) || qualified.contains([relation, column])
    }

    mutating func add(_ value: QueryExpression) {
        switch value {
        case .name(let parts, _):
            if parts.count == 1 { bare.insert(parts[0]) } else { qualified.insert(parts) }
        case .call(let call): add(call)
        case .query(let test, let query):
            switch test {
            case .exists, .scalar, .array: break
            case .any(let left, _), .all(let left, _): add(left)
            }
            add(query)
        default: for part in value.parts { add(part) }
        }
    }

    mutating func add(_ call: QueryCall) {
        for argument in call.arguments { add(argument) }
        add(call.order)
        if let filter = call.filter { add(filter) }
        if let window = call.window { add(window) }
    }

    mutating func add(_ window: QueryWindow) {
        for part in window.partition { add(part) }
        add(window.order)
        if let start = window.frameStart { add(start) }
        if let end = window.frameEnd { add(end) }
    }

    mutating func add(_ order: [QueryOrder]) { for entry in order { add(entry.value) } }

    /// All of a query; one that stands in a relation's place can't mean anything around it.
    mutating func add(_ query: Query) {
        guard query.governed.unmasked == nil else { return }
        for table in query.common?.tables ?? [] { add(table.query) }
        switch query.body {
        case .plain(let plain):
            for source in plain.from { add(source) }
            for target in plain.targets { add(target) }
            addConditions(of: plain)
        case .values(let rows): for row in rows { for value in row { add(value) } }
        case .combined(_, _, let left, let right):
            add(left)
            add(right)
        }
        addEnd(of: query)
    }

    mutating func add(_ target: QueryTarget) {
        switch target.value {
        case .expression(let value): add(value)
        case .everything(let relation, _): if let relation { wholes.insert(relation) }
        }
    }

    /// What a plain query has beside its select list and its sources.
    mutating func addConditions(of plain: PlainQuery) {
        if case .on(let parts) = plain.distinct { for part in parts { add(part) } }
        if let condition = plain.condition { add(condition) }
        for group in plain.groups { add(group) }
        if let condition = plain.groupCondition { add(condition) }
        for window in plain.windows { add(window) }
    }

    /// What a query has behind its body.
    mutating func addEnd(of query: Query) {
        add(query.order)
        if let limit = query.limit { add(limit) }
        if let offset = query.offset { add(offset) }
    }

    private mutating func add(_ source: QuerySource) {
        switch source {
        case .relation(let relation): if relation.schema == nil { relations[relation.name, default: 0] += 1 }
        case .query(let query, _, _): add(query)
        case .call(let call, _, _, _): add(call)
        case .join(let join):
            add(join.left)
            add(join.right)
            addCondition(of: join)
        }
    }

    /// What the joins of a source say of their sides.
    mutating func addConditions(of source: QuerySource) {
        guard case .join(let join) = source else { return }
        addConditions(of: join.left)
        addConditions(of: join.right)
        addCondition(of: join)
    }

    /// What a source says of those on its left.
    mutating func addLateral(_ source: QuerySource) {
        switch source {
        case .relation: break
        case .query(let query, let isLateral, _): if isLateral { add(query) }
        case .call(let call, _, _, _): add(call)
        case .join: add(source)
        }
    }

    private mutating func addCondition(of join: QueryJoin) {
        bare.formUnion(join.using)
        if let condition = join.condition { add(condition) }
    }
}

extension QueryExpression {
    /// The expressions that it is made of; empty for calls and queries, whose parts aren't only expressions.
    var parts: [QueryExpression] {
        switch self {
        case .name, .literal, .parameter, .call, .query, .moment, .session: return []
        case .cast(let value, _), .sign(_, let value), .not(let value), .isNull(let value, _),
            .isTruth(let value, _, _), .collated(let value, _):
            return [value]
        case .operation(_, let left, let right), .quantified(_, _, let left, let right),
            .isDistinct(let left, let right, _), .nullIf(let left, let right),
            .matches(let left, _, let right, _):
            return [left, right]
        case .isIn(let value, let items, _): return [value] + items
        case .between(let value, let low, let high, _, _): return [value, low, high]
        case .and(let parts), .or(let parts), .coalesce(let parts), .greatest(let parts), .least(let parts),
            .row(let parts, _), .array(let parts), .grouping(let parts), .groupingSet(_, let parts):
            return parts
        case .cases(let operand, let branches, let otherwise):
            return [operand, otherwise].compactMap { $0 } + branches.flatMap { [$0.condition, $0.result] }
        case .part(let value, let steps):
            return [value]
                + steps.flatMap { step -> [QueryExpression] in
                    switch step {
                    case .field, .everything: []
                    case .element(let index): [index]
                    case .slice(let low, let high): [low, high].compactMap { $0 }
                    }
                }
        }
    }
}
