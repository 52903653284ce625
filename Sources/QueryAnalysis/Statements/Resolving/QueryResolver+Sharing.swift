extension QueryResolver {
    /// Copies conditions that can neither fail nor tell anything into the fences of the relations that they are about,
    /// so that indexes stay of use behind a row filter.
    ///
    /// Only comparisons of one clear column with constants, by operators that PostgreSQL marks leakproof for the
    /// column's type. They stay where they are, too: a copy can only leave out rows that would go anyway.
    mutating func shareConditions(_ plain: inout PlainQuery, _ items: [NamespaceItem]) {
        guard let condition = plain.condition else { return }
        let parts: [QueryExpression]
        if case .and(let all) = condition { parts = all } else { parts = [condition] }
        for part in parts {
            guard let (item, copy) = shareable(part, items), let name = item.name else { continue }
            for index in plain.from.indices { plain.from[index].share(copy, with: name) }
        }
    }

    private func shareable(
        _ part: QueryExpression,
        _ items: [NamespaceItem]
    ) -> (NamespaceItem, QueryExpression)? {
        switch part {
        case .operation(let symbol, .name(let name, _), let value)
        where ["=", "<", "<=", ">", ">="].contains(symbol):
            guard let (item, column) = clearColumn(name, items), isPlain(value, for: column) else {
                return nil
            }
            return (item, .operation(symbol, column.own, value))
        case .operation("=", let value, .name(let name, _)):
            guard let (item, column) = clearColumn(name, items), isPlain(value, for: column) else {
                return nil
            }
            return (item, .operation("=", column.own, value))
        case .isIn(.name(let name, _), let values, negated: false):
            guard let (item, column) = clearColumn(name, items),
                values.allSatisfy({ isPlain($0, for: column) })
            else { return nil }
            return (item, .isIn(column.own, values, negated: false))
        default: return nil
        }
    }

    private func isPlain(_ value: QueryExpression, for column: SharedColumn) -> Bool {
        switch (value, column.type) {
        case (.literal(.number(let digits)), "int2"), (.literal(.number(let digits)), "int4"),
            (.literal(.number(let digits)), "int8"):
            return Int64(digits) != nil
        case (.literal(.text), "text"), (.literal(.boolean), "bool"): return true
        case (.parameter(let number), "int2"), (.parameter(let number), "int4"),
            (.parameter(let number), "int8"),
            (.parameter(let number), "text"):
            return parameterUses[number] == 1
        default: return false
        }
    }

    /// The filtered table's column that a name means, when no mask is on it.
    private func clearColumn(_ parts: [String], _ items: [NamespaceItem]) -> (NamespaceItem, SharedColumn)? {
        let column = parts[parts.count - 1]
        let found = items.filter { item in
            parts.count == 2
                ? item.name == parts[0] : item.showsColumns && item.columns.contains(column)
        }
        guard found.count == 1, let item = found.first, let governed = item.governed, governed.isFiltered,
            governed.view == nil, let position = item.columns.firstIndex(of: column)
        else { return nil }
        let own = governed.columns[position]
        guard !own.isMasked else { return nil }
        return (
            item,
            SharedColumn(
                own: .name([governed.name.name, own.column.name], .nowhere),
                type: own.column.type
            )
        )
    }
}

/// A column that a copied condition is about, as the governed query calls it.
private struct SharedColumn {
    let own: QueryExpression
    let type: String
}

extension QuerySource {
    /// Adds a condition inside the governed query of this alias.
    fileprivate mutating func share(_ condition: QueryExpression, with name: String) {
        switch self {
        case .query(var query, let isLateral, let alias):
            guard alias?.name == name, case .plain(var plain) = query.body, query.offset != nil else {
                return
            }
            let filters: [QueryExpression]
            switch plain.condition {
            case .and(let parts)?: filters = parts
            case let filter?: filters = [filter]
            case nil: return
            }
            plain.condition = .and(filters + [condition])
            query.body = .plain(plain)
            self = .query(query, isLateral: isLateral, alias)
        case .join(var join):
            join.left.share(condition, with: name)
            join.right.share(condition, with: name)
            self = .join(join)
        case .relation, .call: return
        }
    }
}
