/// Takes masks off the columns of a governed statement that provably do nothing but pass to its output.
///
/// A column passes when each query on its way names it in its select list alone, as it is: never in a condition, an
/// order, a function, a cast or a whole row, and not through `DISTINCT`, groups, `USING`, `NATURAL` or a set operation;
/// a query of a `WITH` must be used once. Everything that isn't known to be so keeps its mask in PostgreSQL.
struct LatePassage {
    private var frames = CommonFrames()

    /// The statement's query without those masks, and what each of its output columns then needs; nil when none does.
    static func opened(_ query: Query) -> (query: Query, late: [LateColumn?])? {
        var passage = LatePassage()
        guard let names = passage.frames.columns(of: query) else { return nil }
        var result = query
        let found = passage.open(&result, wanted: Set(names.indices))
        return found.isEmpty ? nil : (result, names.indices.map { found[$0] })
    }

    /// Takes the masks off those of a query's wanted output columns that can do without.
    private mutating func open(_ query: inout Query, wanted: Set<Int>) -> [Int: LateColumn] {
        guard !wanted.isEmpty, query.keepsItsRows, case .plain(var plain) = query.body else { return [:] }
        // A query that stands in a relation's place sees nothing of what is around it.
        let outside = frames
        let isGoverned = query.governed.unmasked != nil
        if isGoverned { frames = CommonFrames() }
        if let common = query.common { frames.enter(query, common) }
        var found: [Int: LateColumn] = [:]
        let items = frames.items(of: plain)
        if let outputs = frames.outputs(of: plain, items) {
            let requests = requests(for: wanted, outputs, items, of: plain, in: query)
            var delivered: [Int: [Int: LateColumn]] = [:]
            var next = 0
            for index in plain.from.indices {
                deliver(&plain.from[index], requests, &next, &delivered)
            }
            for index in wanted {
                guard let source = outputs[index].source else { continue }
                found[index] = delivered[source.item]?[source.column]
            }
        }
        for (index, column) in (query.governed.unmasked ?? []).enumerated() where wanted.contains(index) {
            guard let column else { continue }
            plain.targets[index].value = .expression(column.value)
            found[index] = column.column
        }
        query.body = .plain(plain)
        if query.common != nil { query.common?.tables = frames.leave() }
        if isGoverned { frames = outside }
        return found
    }

    /// The columns of each source that only pass to wanted outputs.
    private func requests(
        for wanted: Set<Int>,
        _ outputs: [PassageOutput],
        _ items: [PassageItem],
        of plain: PlainQuery,
        in query: Query
    ) -> [Int: Set<Int>] {
        var uses = NameUses()
        for source in plain.from { uses.addConditions(of: source) }
        uses.addConditions(of: plain)
        uses.addEnd(of: query)
        let passed = Set(outputs.filter { $0.source != nil }.map(\.target))
        for (index, target) in plain.targets.enumerated() where !passed.contains(index) { uses.add(target) }
        var passing: [PassageSource: Bool] = [:]
        for (index, output) in outputs.enumerated() {
            guard let source = output.source else { continue }
            // A bare name behind the select list may mean an output.
            let isFree = wanted.contains(index) && !uses.bare.contains(output.name)
            passing[source, default: true] = passing[source, default: true] && isFree
        }
        var requests: [Int: Set<Int>] = [:]
        for (source, isFree) in passing where isFree {
            let item = items[source.item]
            guard item.isOpen, let column = item.columns?[source.column],
                !uses.mayMean(column, of: item.name),
                !items[(source.item + 1)...].contains(where: { $0.mayMean(column, of: item.name) })
            else { continue }
            requests[source.item, default: []].insert(source.column)
        }
        return requests
    }

    /// Asks the sources for columns without masks; `next` counts them as ``CommonFrames/items(of:)`` does.
    private mutating func deliver(
        _ source: inout QuerySource,
        _ requests: [Int: Set<Int>],
        _ next: inout Int,
        _ delivered: inout [Int: [Int: LateColumn]]
    ) {
        if case .join(var join) = source, join.alias == nil {
            deliver(&join.left, requests, &next, &delivered)
            deliver(&join.right, requests, &next, &delivered)
            source = .join(join)
            return
        }
        let wanted = requests[next] ?? []
        switch source {
        case .query(var query, let isLateral, let alias):
            delivered[next] = open(&query, wanted: wanted)
            source = .query(query, isLateral: isLateral, alias)
        case .relation(let relation):
            if relation.schema == nil { delivered[next] = openCommon(relation.name, wanted: wanted) }
        case .call, .join: break
        }
        next += 1
    }

    /// A query of a `WITH`, when nothing else uses it.
    private mutating func openCommon(_ name: String, wanted: Set<Int>) -> [Int: LateColumn] {
        guard !wanted.isEmpty, let place = frames.place(of: name), frames.isUsedOnce(place) else {
            return [:]
        }
        let inner = frames.goBack(to: place)
        var query = frames[place]
        let found = open(&query, wanted: wanted)
        frames[place] = query
        frames.goForth(inner)
        return found
    }
}

extension PassageItem {
    /// Whether it may mean a column of a source on its left.
    fileprivate func mayMean(_ column: String, of relation: String?) -> Bool {
        var uses = NameUses()
        uses.addLateral(source)
        return uses.mayMean(column, of: relation)
    }
}

extension Query {
    /// Whether its rows are those of its sources, one by one, in an order that no output column makes.
    ///
    /// An entry of `ORDER BY` that is a number means an output column.
    fileprivate var keepsItsRows: Bool {
        guard case .plain(let plain) = body, plain.distinct == .no, plain.groups.isEmpty,
            plain.groupCondition == nil, common?.isRecursive != true
        else { return false }
        return order.allSatisfy { entry in
            if case .literal = entry.value { false } else { true }
        }
    }
}
