/// Whether a view's query means the same to SQLite, whose it is, and to PostgreSQL, whose answers the engine gives.
///
/// SQLite compares texts with numbers, ignores case in `LIKE`, sorts NULL first, divides by zero and has columns without a
/// type. What both understand alike is little, and enough for views that choose columns and rows: columns, conditions that
/// compare a column with a value of its own type or ask for NULL, and joins on columns of one type.
struct SharedMeaning {
    /// The types of the columns of every relation, as PostgreSQL names them.
    let relations: [RelationName: [UpstreamColumn]]

    /// Types whose values both compare alike.
    private enum Family {
        case whole, fraction, text
    }

    /// Whether the query is one of those.
    func holds(for query: Query) -> Bool {
        guard query.common == nil, query.order.isEmpty, query.limit == nil, query.offset == nil,
            case .plain(let plain) = query.body, plain.distinct == .no, plain.groups.isEmpty,
            plain.groupCondition == nil, plain.windows.isEmpty, !plain.from.isEmpty
        else { return false }
        var sources: [(name: String, columns: [UpstreamColumn])] = []
        for source in plain.from {
            guard let found = self.sources(of: source) else { return false }
            sources += found
        }
        let targetsAreColumns = plain.targets.allSatisfy { target in
            switch target.value {
            case .everything: true
            case .expression(.name(let parts, _)): self.column(parts, in: sources) != nil
            case .expression: false
            }
        }
        let conditions = plain.from.flatMap(conditions) + [plain.condition].compactMap { $0 }
        return targetsAreColumns && conditions.allSatisfy { isShared($0, in: sources) }
    }

    /// The relations of an entry of FROM by the names that columns have before them; nil when it is anything else.
    private func sources(of source: QuerySource) -> [(name: String, columns: [UpstreamColumn])]? {
        switch source {
        case .relation(let relation):
            guard relation.alias?.columns.isEmpty ?? true else { return nil }
            let found = relations.filter { $0.key.name == relation.name }
            guard found.count == 1, let columns = found.first?.value else { return nil }
            return [(relation.alias?.name ?? relation.name, columns)]
        case .join(let join):
            guard join.kind == .inner || join.kind == .left, !join.isNatural, join.using.isEmpty,
                join.alias == nil,
                let left = sources(of: join.left), let right = sources(of: join.right)
            else { return nil }
            return left + right
        case .query, .call: return nil
        }
    }

    private func conditions(_ source: QuerySource) -> [QueryExpression] {
        guard case .join(let join) = source else { return [] }
        return conditions(join.left) + conditions(join.right) + [join.condition].compactMap { $0 }
    }

    private func column(
        _ parts: [String],
        in sources: [(name: String, columns: [UpstreamColumn])]
    ) -> UpstreamColumn? {
        guard let name = parts.last, parts.count <= 2 else { return nil }
        let owners = parts.count == 2 ? sources.filter { $0.name == parts[0] } : sources
        let found = owners.flatMap(\.columns).filter { $0.name == name }
        return found.count == 1 ? found[0] : nil
    }

    private func isShared(
        _ condition: QueryExpression,
        in sources: [(name: String, columns: [UpstreamColumn])]
    ) -> Bool {
        switch condition {
        case .and(let parts), .or(let parts): return parts.allSatisfy { isShared($0, in: sources) }
        case .not(let inner): return isShared(inner, in: sources)
        case .isNull(.name(let parts, _), _): return column(parts, in: sources) != nil
        case .operation(let symbol, let left, let right):
            guard ["=", "<>", "<", "<=", ">", ">="].contains(symbol) else { return false }
            return areComparable(left, right, in: sources)
        case .isIn(let value, let items, _):
            return items.allSatisfy { areComparable(value, $0, in: sources) }
        case .between(let value, let low, let high, symmetric: false, _):
            return areComparable(value, low, in: sources) && areComparable(value, high, in: sources)
        default: return false
        }
    }

    /// Whether one of both is a column, and the other a column or a value of the same family.
    private func areComparable(
        _ left: QueryExpression,
        _ right: QueryExpression,
        in sources: [(name: String, columns: [UpstreamColumn])]
    ) -> Bool {
        guard let first = family(of: left, in: sources), let second = family(of: right, in: sources) else {
            return false
        }
        return first == second
    }

    private func family(
        of value: QueryExpression,
        in sources: [(name: String, columns: [UpstreamColumn])]
    ) -> Family? {
        switch value {
        case .name(let parts, _):
            switch column(parts, in: sources)?.type {
            case "int2", "int4", "int8": return .whole
            case "float8": return .fraction
            case "text", "varchar": return .text
            default: return nil
            }
        case .literal(.number(let digits)):
            let isWhole = Int64(digits) != nil
            return isWhole ? .whole : Double(digits) != nil ? .fraction : nil
        case .sign("-", .literal(.number(let digits))):
            return family(of: .literal(.number("-" + digits)), in: sources)
        case .literal(.text): return .text
        default: return nil
        }
    }
}
