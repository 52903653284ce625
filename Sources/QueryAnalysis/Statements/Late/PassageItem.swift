/// A source of a query, as columns that pass see it.
struct PassageItem {
    /// The name by which its columns can be qualified.
    var name: String?
    /// Nil where they aren't known.
    var columns: [String]?
    /// Whether its columns may be delivered without their masks.
    var isOpen: Bool
    /// What it is.
    let source: QuerySource
}

/// A column of a source, by positions.
struct PassageSource: Hashable {
    let item: Int
    let column: Int
}

/// A column that a query gives.
struct PassageOutput {
    let name: String
    /// The column that it is, when it is one as it stands.
    let source: PassageSource?
    /// The entry of the select list that it comes from.
    let target: Int
}

extension CommonFrames {
    /// PostgreSQL has no more columns in a result.
    private static let columnLimit = 1664

    /// The sources of a query in their order; a join with an alias counts as one.
    func items(of plain: PlainQuery) -> [PassageItem] { plain.from.flatMap { items(of: $0, isOpen: true) } }

    private func items(of source: QuerySource, isOpen: Bool) -> [PassageItem] {
        switch source {
        case .relation(let relation):
            let columns = relation.schema == nil ? place(of: relation.name).flatMap(columns(at:)) : nil
            return [
                PassageItem(
                    name: relation.alias?.name ?? relation.name,
                    columns: columns?.renamed(by: relation.alias?.columns ?? []),
                    isOpen: isOpen,
                    source: source
                )
            ]
        case .query(let query, _, let alias):
            let columns = columns(of: query)?.renamed(by: alias?.columns ?? [])
            return [PassageItem(name: alias?.name, columns: columns, isOpen: isOpen, source: source)]
        case .call(_, _, _, let alias):
            return [PassageItem(name: alias?.name, columns: nil, isOpen: false, source: source)]
        case .join(let join):
            if let alias = join.alias {
                return [PassageItem(name: alias.name, columns: nil, isOpen: false, source: source)]
            }
            let isOpen = isOpen && !join.isNatural
            return items(of: join.left, isOpen: isOpen) + items(of: join.right, isOpen: isOpen)
        }
    }

    /// The columns that a query gives; nil where they aren't known.
    func columns(of query: Query) -> [String]? {
        var inner = query.governed.unmasked == nil ? self : CommonFrames()
        if let common = query.common { inner.enter(query, common) }
        switch query.body {
        case .plain(let plain): return inner.outputs(of: plain, inner.items(of: plain))?.map(\.name)
        case .values(let rows): return (1...max(1, rows.first?.count ?? 1)).map { "column\($0)" }
        case .combined(_, _, let left, _): return inner.columns(of: left)
        }
    }

    /// The columns that a select list gives; nil where they aren't known.
    func outputs(of plain: PlainQuery, _ items: [PassageItem]) -> [PassageOutput]? {
        var outputs: [PassageOutput] = []
        for (index, target) in plain.targets.enumerated() {
            switch target.value {
            case .everything(let relation, _):
                let shown = items.indices.filter { relation == nil || items[$0].name == relation }
                guard relation == nil ? !plain.from.contains(where: \.mergesColumns) : shown.count == 1 else {
                    return nil
                }
                for item in shown {
                    guard let columns = items[item].columns else { return nil }
                    outputs += columns.enumerated().map { column, name in
                        PassageOutput(
                            name: name,
                            source: PassageSource(item: item, column: column),
                            target: index
                        )
                    }
                }
            case .expression(let value):
                outputs.append(
                    PassageOutput(
                        name: target.name ?? value.outputName,
                        source: source(value, items),
                        target: index
                    )
                )
            }
            guard outputs.count <= CommonFrames.columnLimit else { return nil }
        }
        return outputs
    }

    /// The column that an expression is; nil for anything but a column of one of these sources.
    private func source(_ value: QueryExpression, _ items: [PassageItem]) -> PassageSource? {
        guard case .name(let parts, _) = value, let column = parts.last else { return nil }
        var found: [PassageSource] = []
        for (item, shown) in items.enumerated() where parts.count == 1 || shown.name == parts[0] {
            for (position, name) in (shown.columns ?? []).enumerated() where name == column {
                found.append(PassageSource(item: item, column: position))
            }
        }
        return found.count == 1 ? found[0] : nil
    }
}

extension [String] {
    /// Columns under the names that an alias gives them.
    func renamed(by names: [String]) -> [String] { Array(names.prefix(count)) + dropFirst(names.count) }
}

extension QuerySource {
    /// Whether columns of two sources count as one.
    fileprivate var mergesColumns: Bool {
        guard case .join(let join) = self else { return false }
        return join.isNatural || !join.using.isEmpty || join.left.mergesColumns || join.right.mergesColumns
    }
}
