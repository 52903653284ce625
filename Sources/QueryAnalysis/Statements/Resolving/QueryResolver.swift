/// Gives every name of a query its meaning and puts governed relations in the place of named ones.
///
/// **Promise.** What comes out names no relation that isn't a query of its own `WITH`, a governed form, or, in policy
/// text, a relation that the policy's author named; and every column that it names is one of those that are visible
/// there. A name that can't be resolved is refused, so that PostgreSQL is never left to find a meaning of its own.
struct QueryResolver {
    /// Where relations come from.
    let relations: any RelationLookup
    /// What positions are counted in.
    let decoder: StatementDecoder
    /// The columns that were named, by relation.
    private(set) var reads = StatementReads()
    /// How often each parameter occurs; what occurs twice isn't copied into fences.
    var parameterUses: [Int: Int] = [:]
    /// The names that may mean a column; nil for any.
    var mentioned: Set<String>?
    private var viewDepth = 0
    /// What it uses of the visible catalog; nil while it uses nothing.
    var catalog: CatalogUse?
    /// Whether a literal's value was looked at, so that another value could have made another statement.
    var readsLiterals = false
    /// Whether it changes settings, as `SET` does.
    var changesSettings = false

    init(relations: any RelationLookup, decoder: StatementDecoder) {
        self.relations = relations
        self.decoder = decoder
    }

    /// The resolved query and the names of its columns.
    mutating func query(
        _ query: Query,
        in outer: Namespace,
        common: CommonNames
    ) throws(StatementError) -> (query: Query, columns: [String]) {
        var result = query
        var common = common
        if let tables = query.common { result.common = try commonTables(tables, in: outer, &common) }
        let columns: [String]
        switch query.body {
        case .plain(let plain):
            var body = plain
            columns = try self.plain(&body, order: &result.order, in: outer, common: common)
            result.body = .plain(body)
        case .values(let rows):
            var resolved: [[QueryExpression]] = []
            for row in rows {
                let isSpread = row.contains { if case .part(_, [.everything]) = $0 { true } else { false } }
                guard !isSpread else { throw decoder.refusal("`*` in VALUES", -1) }
                resolved.append(try expressions(row, in: outer, common: common))
            }
            columns = (1...max(1, rows.first?.count ?? 1)).map { "column\($0)" }
            result.body = .values(resolved)
            result.order = try orders(query.order, outputs: columns, in: Namespace(), common: common)
        case .combined(let kind, let all, let left, let right):
            let first = try self.query(left, in: outer, common: common)
            let second = try self.query(right, in: outer, common: common)
            columns = first.columns
            result.body = .combined(kind, all: all, first.query, second.query)
            result.order = try orders(query.order, outputs: columns, in: Namespace(), common: common)
        }
        if let limit = query.limit { result.limit = try expression(limit, in: outer, common: common) }
        if let offset = query.offset { result.offset = try expression(offset, in: outer, common: common) }
        return (result, columns)
    }

    private mutating func commonTables(
        _ tables: CommonTables,
        in outer: Namespace,
        _ common: inout CommonNames
    ) throws(StatementError) -> CommonTables {
        var result = tables
        if tables.isRecursive {
            for table in tables.tables { common[table.name] = .notYet }
        }
        for (index, table) in tables.tables.enumerated() {
            guard !table.name.hasPrefix("pg_") else {
                throw decoder.refusal("the name `\(table.name)` in WITH", table.place.offset)
            }
            guard !tables.tables[..<index].contains(where: { $0.name == table.name }) else {
                throw StatementError(
                    code: .ambiguous,
                    message: "WITH query name `\(table.name)` specified more than once",
                    position: decoder.position(table.place.offset)
                )
            }
            var columns: [String]
            if tables.isRecursive {
                (result.tables[index].query, columns) = try recursive(table, in: outer, common: common)
            } else {
                (result.tables[index].query, columns) = try query(table.query, in: outer, common: common)
            }
            columns = renamed(columns, by: table.columns)
            common[table.name] = .query(columns)
        }
        return result
    }

    /// In `WITH RECURSIVE` the second arm of a union may name the query itself.
    private mutating func recursive(
        _ table: CommonTable,
        in outer: Namespace,
        common: CommonNames
    ) throws(StatementError) -> (Query, [String]) {
        guard case .combined(.union, let all, let left, let right) = table.query.body,
            table.query.common == nil
        else {
            return try query(table.query, in: outer, common: common)
        }
        var result = table.query
        var common = common
        let first = try query(left, in: outer, common: common)
        let columns = renamed(first.columns, by: table.columns)
        common[table.name] = .query(columns)
        let second = try query(right, in: outer, common: common)
        result.body = .combined(.union, all: all, first.query, second.query)
        result.order = try orders(result.order, outputs: columns, in: Namespace(), common: common)
        if let limit = result.limit { result.limit = try expression(limit, in: outer, common: common) }
        if let offset = result.offset { result.offset = try expression(offset, in: outer, common: common) }
        return (result, columns)
    }

    /// Columns under the names that an alias gives them.
    func renamed(_ columns: [String], by names: [String]) -> [String] {
        Array(names.prefix(columns.count)) + columns.dropFirst(names.count)
    }

    private mutating func plain(
        _ plain: inout PlainQuery,
        order: inout [QueryOrder],
        in outer: Namespace,
        common: CommonNames
    ) throws(StatementError) -> [String] {
        var items: [NamespaceItem] = []
        for index in plain.from.indices {
            let (source, found) = try self.source(
                plain.from[index],
                leftward: items,
                in: outer,
                common: common
            )
            plain.from[index] = source
            items += found
        }
        try requireUnique(items)
        let names = outer.inside(items)
        var columns: [String] = []
        for index in plain.targets.indices {
            columns += try target(&plain.targets[index], in: names, common: common)
        }
        if let condition = plain.condition {
            plain.condition = try expression(condition, in: names, common: common)
        }
        plain.groups = try grouped(plain.groups, outputs: columns, in: names, common: common)
        if let condition = plain.groupCondition {
            plain.groupCondition = try expression(condition, in: names, common: common)
        }
        for index in plain.windows.indices {
            plain.windows[index] = try window(plain.windows[index], in: names, common: common)
        }
        if case .on(let parts) = plain.distinct {
            plain.distinct = .on(try outputs(parts, columns, in: names, common: common))
        }
        order = try orders(order, outputs: columns, in: names, common: common)
        shareConditions(&plain, items)
        return columns
    }

    /// PostgreSQL refuses two sources of the same name.
    private func requireUnique(_ items: [NamespaceItem]) throws(StatementError) {
        var seen: Set<String> = []
        for name in items.compactMap(\.name) where !seen.insert(name).inserted {
            throw StatementError(
                code: .ambiguous,
                message: "table name \"\(name)\" specified more than once",
                position: nil
            )
        }
    }

    /// Resolves an entry of a select list and gives it the name that it has anyway.
    private mutating func target(
        _ target: inout QueryTarget,
        in names: Namespace,
        common: CommonNames
    ) throws(StatementError) -> [String] {
        switch target.value {
        case .everything(let relation, let place):
            guard let relation else {
                let shown = names.own.filter(\.showsColumns)
                for item in shown { reads.all(of: item) }
                guard !shown.isEmpty else {
                    throw StatementError(
                        code: .syntax,
                        message: "SELECT * with no tables specified is not valid",
                        position: decoder.position(place.offset)
                    )
                }
                return shown.flatMap(\.columns)
            }
            let item = try item(named: relation, names, place)
            reads.all(of: item)
            return item.columns
        case .expression(let value):
            if case .part(let whole, let steps) = value, steps == [.everything] {
                let item = try wholeRow(whole, in: names)
                target.value = .everything(of: item.name, .nowhere)
                reads.all(of: item)
                return item.columns
            }
            let name = target.name ?? value.outputName
            if let (inner, type) = CatalogReference.reference(value) {
                target.value = .expression(try shownName(inner, type, in: names, common: common))
            } else {
                target.value = .expression(try expression(value, in: names, common: common))
            }
            target.name = name
            return [name]
        }
    }

    /// The only item of a name.
    func item(named name: String, _ names: Namespace, _ place: Place) throws(StatementError) -> NamespaceItem
    {
        let found = names.items(named: name)
        guard let item = found.first else {
            throw StatementError(
                code: .relation,
                message: "missing FROM-clause entry for table \"\(name)\"",
                position: decoder.position(place.offset)
            )
        }
        guard found.count == 1 else {
            throw StatementError(
                code: .ambiguous,
                message: "table reference \"\(name)\" is ambiguous",
                position: decoder.position(place.offset)
            )
        }
        return item
    }

    /// The item whose whole row an expression is.
    func wholeRow(_ value: QueryExpression, in names: Namespace) throws(StatementError) -> NamespaceItem {
        guard case .name(let parts, let place) = value, parts.count == 1,
            names.holders(ofColumn: parts[0]).isEmpty
        else { throw decoder.refusal("a field of anything but a relation's row", -1) }
        return try item(named: parts[0], names, place)
    }

    /// Whether the statement may mean a column of this name.
    ///
    /// A view's text has names of its own.
    func mayMean(_ column: String) -> Bool { viewDepth > 0 || mentioned?.contains(column) ?? true }

    /// Notes what a policy-governed name was used for.
    mutating func note(_ column: String, of item: NamespaceItem) { reads.add(column, of: item) }

    /// Notes that a whole row was used.
    mutating func noteAll(of item: NamespaceItem) { reads.all(of: item) }

    /// Notes that a relation is read.
    mutating func note(_ relation: GovernedRelation) { reads.add(relation) }

    /// What a filtered relation's rows are put behind, which is noted.
    mutating func fence(of relation: GovernedRelation, isOnly: Bool) -> RelationFence {
        let fence = relations.fence(of: relation, isOnly: isOnly)
        reads.add(StatementFence(relation: relation.name, fence: fence))
        return fence
    }

    /// Notes what catalogs show.
    mutating func noteCatalog(_ visible: VisibleCatalog) { reads.add(visible) }

    /// Goes into a view's text.
    mutating func enterView(_ name: RelationName) throws(StatementError) {
        viewDepth += 1
        guard viewDepth <= 10 else {
            throw StatementError(
                code: .limit,
                message: "view `\(name)` is built on more than 10 other views",
                position: nil
            )
        }
    }

    /// Comes out of a view's text.
    mutating func leaveView() { viewDepth -= 1 }
}
