extension QueryResolver {
    /// An entry of `FROM` with what names see of it; `leftward` is what a lateral one can see beside it.
    mutating func source(
        _ source: QuerySource,
        leftward: [NamespaceItem],
        in outer: Namespace,
        common: CommonNames
    ) throws(StatementError) -> (QuerySource, [NamespaceItem]) {
        switch source {
        case .relation(let relation): return try self.relation(relation, common: common)
        case .query(let query, let isLateral, let alias):
            let names = isLateral ? outer.inside(leftward) : outer
            guard let alias else { throw decoder.refusal("a subquery in FROM without an alias", -1, .syntax) }
            let (resolved, columns) = try self.query(query, in: names, common: common)
            let item = NamespaceItem(name: alias.name, columns: renamed(columns, by: alias.columns))
            return (.query(resolved, isLateral: isLateral, alias), [item])
        case .call(let call, let isLateral, let withOrdinality, let alias):
            return try function(call, isLateral, withOrdinality, alias, outer.inside(leftward), common)
        case .join(let join):
            return try self.join(join, leftward: leftward, in: outer, common: common)
        }
    }

    private mutating func relation(
        _ relation: QueryRelation,
        common: CommonNames
    ) throws(StatementError) -> (QuerySource, [NamespaceItem]) {
        if relation.schema == nil, let meaning = common[relation.name] {
            guard case .query(let columns) = meaning, !relation.isOnly else {
                throw decoder.refusal(
                    "a reference to `\(relation.name)` at this place of WITH",
                    relation.place.offset
                )
            }
            let alias = relation.alias ?? QueryAlias(name: relation.name)
            var source = relation
            source.alias = alias
            let item = NamespaceItem(name: alias.name, columns: renamed(columns, by: alias.columns))
            return (.relation(source), [item])
        }
        let (source, item) = try relations.source(for: relation, with: &self)
        return (source, [item])
    }

    private mutating func function(
        _ call: QueryCall,
        _ isLateral: Bool,
        _ withOrdinality: Bool,
        _ alias: QueryAlias?,
        _ names: Namespace,
        _ common: CommonNames
    ) throws(StatementError) -> (QuerySource, [NamespaceItem]) {
        if call.function == "pg_get_keywords", relations.consumersCatalog?.isEmbedded == true {
            let given = QueryAlias(
                name: alias?.name ?? call.function,
                columns: renamed(AllowedFunctions.rows[call.function] ?? [], by: alias?.columns ?? [])
            )
            return (
                .query(CatalogName.keywords, isLateral: false, given),
                [NamespaceItem(name: given.name, columns: given.columns)]
            )
        }
        let isEmpty = call.function == "pg_partition_ancestors"
        var resolved = call
        if isEmpty, case .call(let none) = CatalogReference.noIdentifiers {
            resolved = none
        } else {
            resolved = try self.resolved(call, in: names, common: common)
        }
        var columns = AllowedFunctions.rows[call.function] ?? []
        if call.function == "unnest", call.arguments.count > 1 {
            columns = call.arguments.map { _ in call.function }
            // They would all be called the same.
            guard alias.map({ $0.columns.count >= columns.count }) ?? false else {
                throw decoder.refusal(
                    "`unnest` of several arrays without names for its columns",
                    call.place.offset
                )
            }
        }
        // A function with a single unnamed result calls its column as its alias, else as itself.
        if columns.isEmpty { columns = [alias?.name ?? call.function] }
        if withOrdinality { columns.append("ordinality") }
        let given = QueryAlias(
            name: alias?.name ?? call.function,
            columns: renamed(columns, by: alias?.columns ?? [])
        )
        guard (alias?.columns.count ?? 0) <= columns.count else {
            throw decoder.refusal("this many column names for `\(call.function)`", call.place.offset, .column)
        }
        let item = NamespaceItem(name: given.name, columns: given.columns)
        // Columns that aren't ours to name keep PostgreSQL's names: `unnest` of a tsvector has three.
        let isNamed = columns.count > 1 || !(alias?.columns ?? []).isEmpty || call.function != "unnest"
        let printed = QueryAlias(name: given.name, columns: isNamed ? given.columns : [])
        return (.call(resolved, isLateral: isLateral, withOrdinality: withOrdinality, printed), [item])
    }

    private mutating func join(
        _ join: QueryJoin,
        leftward: [NamespaceItem],
        in outer: Namespace,
        common: CommonNames
    ) throws(StatementError) -> (QuerySource, [NamespaceItem]) {
        let (left, leftItems) = try source(join.left, leftward: leftward, in: outer, common: common)
        let (right, rightItems) = try source(
            join.right,
            leftward: leftward + leftItems,
            in: outer,
            common: common
        )
        try requireDistinct(leftItems, rightItems)
        let leftColumns = leftItems.filter(\.showsColumns).flatMap(\.columns)
        let rightColumns = rightItems.filter(\.showsColumns).flatMap(\.columns)
        let shared = try sharedColumns(join, leftColumns, rightColumns)
        for name in shared {
            for item in leftItems + rightItems where item.showsColumns && item.columns.contains(name) {
                note(name, of: item)
            }
        }
        var result = join
        result.left = left
        result.right = right
        if let condition = join.condition {
            result.condition = try expression(
                condition,
                in: outer.inside(leftItems + rightItems),
                common: common
            )
        }
        let columns =
            shared + leftColumns.filter { !shared.contains($0) }
            + rightColumns.filter { !shared.contains($0) }
        if let alias = join.alias {
            for item in leftItems + rightItems { noteAll(of: item) }
            return (
                .join(result), [NamespaceItem(name: alias.name, columns: renamed(columns, by: alias.columns))]
            )
        }
        // Without columns in common each side shows its own; with them the joint columns count once.
        guard !shared.isEmpty else { return (.join(result), leftItems + rightItems) }
        for item in leftItems + rightItems where item.showsColumns { noteAll(of: item) }
        let inner = (leftItems + rightItems).map { item in
            var hidden = item
            hidden.showsColumns = false
            return hidden
        }
        return (.join(result), inner + [NamespaceItem(name: nil, columns: columns)])
    }

    private func requireDistinct(_ left: [NamespaceItem], _ right: [NamespaceItem]) throws(StatementError) {
        let names = Set(left.compactMap(\.name))
        for name in right.compactMap(\.name) where names.contains(name) {
            throw StatementError(
                code: .ambiguous,
                message: "table name \"\(name)\" specified more than once",
                position: nil
            )
        }
    }

    private func sharedColumns(
        _ join: QueryJoin,
        _ left: [String],
        _ right: [String]
    ) throws(StatementError) -> [String] {
        if join.isNatural { return left.filter { right.contains($0) } }
        for name in join.using {
            for side in [left, right] {
                switch side.count(where: { $0 == name }) {
                case 1: break
                case 0: throw unknownColumn("\"\(name)\" specified in USING clause", .nowhere)
                default: throw ambiguousColumn(name, .nowhere)
                }
            }
        }
        return join.using
    }
}
