extension Analyser {
    /// An aggregate of values in an order: what it takes of each row, and what it gives.
    ///
    /// A fraction is taken with each row, too: it is the same for all of them.
    mutating func orderedSet(
        _ function: AggregateFunction,
        _ call: QueryCall,
        _ arguments: [Typed],
        _ ordered: [Typed],
        _ order: inout [OrderPlan]
    ) throws(EngineFault) -> ([Node], [EngineType], EngineType) {
        let titles = (arguments + ordered).map(\.type.title).joined(separator: ", ")
        let unknown = EngineFault("42883", "function \(call.function)(\(titles)) does not exist")
        guard call.window == nil, !call.isDistinct, ordered.count == 1, ordered[0].type.kind != .bpchar else {
            throw .missing("this form of `\(call.function)` WITHIN GROUP")
        }
        if function == .mode {
            guard arguments.isEmpty else { throw unknown }
            return ([ordered[0].node], [ordered[0].type], ordered[0].type.plain)
        }
        guard function == .percentileCont || function == .percentileDisc else {
            throw EngineFault("42809", "\(call.function) is not an ordered-set aggregate")
        }
        guard arguments.count == 1 else { throw unknown }
        guard arguments[0].type.element == nil else {
            throw .missing("`\(call.function)` of several fractions")
        }
        let fraction = try convert(arguments[0], to: .float8)
        guard !fraction.contains({ if case .column = $0 { true } else { false } }) else {
            throw .missing("a fraction that isn't the same for all rows")
        }
        guard function == .percentileCont else {
            return ([ordered[0].node, fraction], [ordered[0].type, .float8], ordered[0].type.plain)
        }
        guard ordered[0].type.numberRank != nil else {
            guard ordered[0].type.momentRank == nil else { throw .missing("`percentile_cont` of moments") }
            throw unknown
        }
        let value = try convert(ordered[0], to: .float8)
        order = [plan(call.order[0], .node(value))]
        return ([value, fraction], [.float8, .float8], .float8)
    }
}
