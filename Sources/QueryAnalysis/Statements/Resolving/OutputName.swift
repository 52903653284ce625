extension QueryExpression {
    /// The name that PostgreSQL gives a select list's entry that has none.
    ///
    /// **Source.** `FigureColname` of PostgreSQL's `parse_target.c`.
    var outputName: String { figured.name ?? "?column?" }

    private var figured: (name: String?, isStrong: Bool) {
        switch self {
        case .name(let parts, _): (parts.last, true)
        case .part(let value, let steps): figured(of: value, steps)
        case .call(let call): (call.function, true)
        case .nullIf: ("nullif", true)
        case .cast(let value, let type):
            value.figured.isStrong ? value.figured : (type.name, false)
        case .collated(let value, _): value.figured
        case .grouping: ("grouping", true)
        case .query(.exists, _): ("exists", true)
        case .query(.array, _): ("array", true)
        case .query(.scalar, let query): (query.firstOutputName, true)
        case .cases(_, _, let otherwise):
            otherwise.map(\.figured).flatMap { $0.isStrong ? $0 : nil } ?? ("case", false)
        case .array: ("array", true)
        case .row: ("row", true)
        case .coalesce: ("coalesce", true)
        case .greatest: ("greatest", true)
        case .least: ("least", true)
        case .moment(let moment, _): (moment.rawValue, true)
        case .session(let fact): (fact.rawValue, true)
        case .literal, .parameter, .sign, .operation, .quantified, .isDistinct, .isIn, .matches, .between,
            .and,
            .or, .not, .isNull, .isTruth, .query, .groupingSet:
            (nil, false)
        }
    }

    private func figured(of value: QueryExpression, _ steps: [QueryStep]) -> (name: String?, isStrong: Bool) {
        for step in steps.reversed() {
            if case .field(let name, _) = step { return (name, true) }
        }
        return value.figured
    }
}

extension Query {
    /// The name of the first column, as a scalar subquery hands it on.
    fileprivate var firstOutputName: String? {
        switch body {
        case .plain(let plain):
            guard let target = plain.targets.first else { return nil }
            if let name = target.name { return name }
            if case .expression(let value) = target.value { return value.outputName }
            return nil
        case .values: return "column1"
        case .combined(_, _, let left, _): return left.firstOutputName
        }
    }
}
