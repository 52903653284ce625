/// Grouping by a primary key: PostgreSQL lets the table's other columns stand beside it, since the key decides them.
///
/// A governed relation is a query, of which PostgreSQL knows no key. So the columns that a statement needs are added to its
/// `GROUP BY`: the groups stay the same, because rows with the same key are the same row, masked or not.
extension QueryResolver {
    /// Adds the columns that the select list, `HAVING`, `ORDER BY` and windows name.
    func groupByKeys(_ plain: inout PlainQuery, _ order: [QueryOrder], in names: Namespace) {
        guard !plain.groups.isEmpty else { return }
        let targets = plain.targets
        let grouped = plain.groups.map { QueryResolver.meaning(of: $0, among: targets) }
        for item in names.own where item.governed?.key.isEmpty == false {
            let own = { (value: QueryExpression) in QueryResolver.column(value, of: item, in: names) }
            let known = Set(grouped.compactMap(own))
            guard let key = item.keyColumns, key.isSubset(of: known), let name = item.name else { continue }
            var needed: Set<String> = []
            for target in targets {
                QueryResolver.visit(target, of: item) {
                    needed.insert($0)
                } own: {
                    own($0)
                }
            }
            let values = order.map(\.value) + [plain.groupCondition].compactMap { $0 }
            for value in values { QueryResolver.visit(value, own) { needed.insert($0) } }
            for window in plain.windows { QueryResolver.visit(window, own) { needed.insert($0) } }
            let comparable = item.comparableColumns
            plain.groups += item.columns.filter { needed.contains($0) && !known.contains($0) }
                .filter(comparable.contains).map { .name([name, $0], .nowhere) }
        }
    }

    /// What an entry of `GROUP BY` stands for: an output column by number or name is that column's value.
    private static func meaning(of value: QueryExpression, among targets: [QueryTarget]) -> QueryExpression {
        let target: QueryTarget?
        switch value {
        case .literal(.number(let digits)):
            target = Int(digits).flatMap { targets.indices.contains($0 - 1) ? targets[$0 - 1] : nil }
        case .name(let parts, _) where parts.count == 1: target = targets.first { $0.name == parts[0] }
        default: target = nil
        }
        guard case .expression(let inner)? = target?.value else { return value }
        if case .name(let parts, _) = value, case .name(let other, _) = inner, other.last != parts.last {
            return inner
        }
        if case .literal = value { return inner }
        return value
    }

    /// The item's column that an expression is; nil for other expressions.
    private static func column(
        _ value: QueryExpression,
        of item: NamespaceItem,
        in names: Namespace
    ) -> String? {
        guard case .name(let parts, _) = value, let column = parts.last, item.columns.contains(column) else {
            return nil
        }
        if parts.count == 2 { return parts[0] == item.name ? column : nil }
        let holders = names.holders(ofColumn: column)
        return holders.count == 1 && holders[0].name == item.name ? column : nil
    }

    private static func visit(
        _ target: QueryTarget,
        of item: NamespaceItem,
        _ found: (String) -> Void,
        own: (QueryExpression) -> String?
    ) {
        switch target.value {
        case .everything(let relation, _):
            if relation ?? item.name == item.name { item.columns.forEach(found) }
        case .expression(let value): visit(value, own, found)
        }
    }

    private static func visit(
        _ window: QueryWindow,
        _ own: (QueryExpression) -> String?,
        _ found: (String) -> Void
    ) {
        for value in window.partition + window.order.map(\.value) { visit(value, own, found) }
    }

    /// Tells of each column that is named outside of aggregates and queries inside.
    private static func visit(
        _ value: QueryExpression,
        _ own: (QueryExpression) -> String?,
        _ found: (String) -> Void
    ) {
        if let column = own(value) { return found(column) }
        switch value {
        case .query: return
        case .call(let call):
            if AllowedFunctions.aggregateNames.contains(call.function), call.window == nil { return }
            for argument in call.arguments { visit(argument, own, found) }
            if let window = call.window { visit(window, own, found) }
        case .part(let inner, _): visit(inner, own, found)
        default:
            _ = try? value.mappingParts { part in
                visit(part, own, found)
                return part
            }
        }
    }
}

extension NamespaceItem {
    /// The columns of the relation's primary key as they are called here; nil unless all are shown as they are.
    fileprivate var keyColumns: Set<String>? {
        guard let governed else { return nil }
        var columns: Set<String> = []
        for name in governed.key {
            guard
                let position = governed.columns.firstIndex(where: {
                    $0.column.name == name && !$0.isMasked
                })
            else { return nil }
            columns.insert(self.columns[position])
        }
        return columns
    }

    /// The columns that can be grouped by.
    fileprivate var comparableColumns: Set<String> {
        guard let governed else { return [] }
        let positions = governed.columns.indices.filter {
            !["json", "xml", "point"].contains(governed.columns[$0].column.type)
                || governed.columns[$0].isMasked
        }
        return Set(positions.map { columns[$0] })
    }
}
