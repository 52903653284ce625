/// A column that an expression can name.
struct ScopeColumn {
    enum Origin {
        /// A column of a relation, which gets a slot once it is wanted.
        case relation(RelationName, String, item: Int)
        /// As its own query has it.
        case node(Node)
    }

    let name: String
    let type: EngineType
    let origin: Origin
}

/// A source, as names see it.
struct ScopeItem {
    /// The name by which columns can be qualified; nil for what has none.
    let name: String?
    var columns: [ScopeColumn]
    /// Whether columns can be named without the source's name.
    var isShown = true
}

/// The names of one query.
struct ScopeLevel {
    var items: [ScopeItem] = []
    /// Why aggregates can't stand where the analysis is now; nil where they can.
    var aggregateRefusal: String? = "FROM"
    var aggregates: [AggregatePlan] = []
    var windows: [WindowPlan] = []
    /// The functions of the select list that give rows.
    var sets: [SetTarget] = []
    var allowsWindows = false
    var windowNames: [String: QueryWindow] = [:]
    /// The subqueries of its expressions so far: one that is written twice is the same; nil while names change.
    var queries: [KnownSubquery]?
}

/// A subquery of an expression, with what it looked at.
struct KnownSubquery {
    let query: QueryExpression
    let typed: Typed
    let references: [(level: Int, node: Node)]
    let lowest: Int
    let workings: Set<ObjectIdentifier>
}

/// What a name of a `WITH` stands for.
enum CommonMeaning {
    case plan(CommonPlan, [OutputColumn], lowest: Int, Set<ObjectIdentifier>)
    case working(WorkingTable, [OutputColumn])
}

extension Analyser {
    /// The column of a name, as the innermost query that has one sees it.
    mutating func column(_ parts: [String]) throws(EngineFault) -> Typed {
        let name = parts[parts.count - 1]
        for index in levels.indices.reversed() {
            let items = levels[index].items
            let candidates = parts.count == 2 ? items.filter { $0.name == parts[0] } : items.filter(\.isShown)
            if parts.count == 2, candidates.isEmpty { continue }
            let found = candidates.flatMap { item in item.columns.filter { $0.name == name } }
            if let first = found.first {
                guard found.count == 1 else {
                    throw EngineFault("42702", "column reference \"\(name)\" is ambiguous")
                }
                return use(first, at: index)
            }
            if parts.count == 1, let item = items.first(where: { $0.name == name }) {
                return try whole(item, at: index)
            }
        }
        throw EngineFault("42703", "column \"\(name)\" does not exist")
    }

    /// The item of a name, with the level that it is at.
    func item(named name: String) throws(EngineFault) -> (item: ScopeItem, level: Int) {
        for index in levels.indices.reversed() {
            if let item = levels[index].items.first(where: { $0.name == name }) { return (item, index) }
        }
        throw EngineFault("42P01", "missing FROM-clause entry for table \"\(name)\"")
    }

    /// A column put to use.
    mutating func use(_ column: ScopeColumn, at index: Int) -> Typed {
        let own: Node
        switch column.origin {
        case .node(let node): own = node
        case .relation(let relation, let name, let item):
            own = .column(level: 0, item: item, slot: slot(of: name, in: relation))
        }
        references.append((index, own))
        lowest = min(lowest, index)
        return Typed(node: own.seen(from: levels.count - 1 - index), type: column.type)
    }

    /// A source's whole row.
    mutating func whole(_ item: ScopeItem, at index: Int) throws(EngineFault) -> Typed {
        var nodes: [Node] = []
        var fields: [EngineType.Field] = []
        for column in item.columns {
            let used = use(column, at: index)
            nodes.append(used.node)
            fields.append(EngineType.Field(name: column.name, type: used.type))
        }
        let type = try Types.record(fields)
        // One source's own columns: where an outer join found none, the row itself is NULL.
        var slots: [Int] = []
        var place: (level: Int, item: Int)?
        for node in nodes {
            guard case .column(let level, let item, let slot) = node, place == nil || place?.item == item
            else { return Typed(node: .row(nodes), type: type) }
            place = (level, item)
            slots.append(slot)
        }
        guard let place else { return Typed(node: .row(nodes), type: type) }
        return Typed(node: .whole(level: place.level, item: place.item, slots), type: type)
    }

    /// The place of a relation's column among those that are loaded.
    mutating func slot(of column: String, in relation: RelationName) -> Int {
        if let slot = scans[relation]?.firstIndex(of: column) { return slot }
        scans[relation, default: []].append(column)
        return (scans[relation]?.count ?? 1) - 1
    }
}
