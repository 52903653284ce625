import Masking

/// Runs plans.
struct Runner {
    let context: RunContext

    /// The value of an expression.
    func value(_ node: Node, _ frame: Frame) throws(EngineFault) -> Datum {
        switch node {
        case .constant(let value): return value
        case .column(let level, let item, let slot):
            let row = frame.frame(at: level).part(item)
            return row.isEmpty ? .null : row[slot]
        case .parameter(let number):
            return context.parameters.indices.contains(number - 1) ? context.parameters[number - 1] : .null
        case .aggregate(let level, let index): return frame.frame(at: level).aggregates[index]
        case .window(let index): return frame.windows[index]
        case .whole(let level, let item, let slots):
            let row = frame.frame(at: level).part(item)
            return row.isEmpty ? .null : .list(slots.map { row[$0] })
        case .call(let function, let arguments, let types):
            return try call(function, arguments, types, frame)
        case .cast(let inner, let from, let to):
            return try modest(try Casting.cast(try value(inner, frame), from, to))
        case .compare(let comparison, let left, let right):
            try context.tick()
            let (first, second) = (try value(left, frame), try value(right, frame))
            guard !first.isNull, !second.isNull else { return .null }
            return .truth(comparison.holds(Order.compare(first, second)))
        case .isDistinct(let left, let right, let negated):
            let isSame = Order.compare(try value(left, frame), try value(right, frame)) == 0
            return .truth(isSame == negated)
        case .and(let parts): return try joined(parts, frame, stopsAt: false)
        case .or(let parts): return try joined(parts, frame, stopsAt: true)
        case .not(let inner):
            let truth = try value(inner, frame)
            return truth.isNull ? .null : .truth(!truth.truth)
        case .isNull(let inner, let negated, let ofRow):
            let value = try value(inner, frame)
            guard ofRow, case .list(let fields) = value else { return .truth(value.isNull != negated) }
            return .truth(fields.allSatisfy { $0.isNull != negated })
        case .isTruth(let inner, let wanted, let negated):
            let truth = try value(inner, frame)
            let holds = truth.isNull ? wanted == nil : wanted == truth.truth
            return .truth(holds != negated)
        case .cases(let branches, let otherwise):
            for branch in branches where try value(branch.condition, frame).isTrue {
                return try value(branch.result, frame)
            }
            return try value(otherwise, frame)
        case .nullIf(let left, let right):
            try context.tick()
            let (first, second) = (try value(left, frame), try value(right, frame))
            guard !first.isNull, !second.isNull, Order.compare(first, second) == 0 else { return first }
            return .null
        case .coalesce(let parts):
            for part in parts {
                let value = try value(part, frame)
                if !value.isNull { return value }
            }
            return .null
        case .extreme(let parts, let isGreatest):
            var result = Datum.null
            for part in parts {
                let value = try value(part, frame)
                guard !value.isNull else { continue }
                let order = result.isNull ? 0 : Order.compare(value, result)
                if result.isNull || (isGreatest ? order > 0 : order < 0) { result = value }
            }
            return result
        case .row(let parts), .array(let parts):
            let held = context.held
            defer { context.held = held }
            return .list(try heldValues(parts, frame))
        case .field(let inner, let index):
            let whole = try value(inner, frame)
            return whole.isNull ? .null : whole.list[index]
        case .element(let inner, let index):
            let (list, place) = (try value(inner, frame), try value(index, frame))
            guard !list.isNull, !place.isNull, let index = Int(exactly: place.integer - 1),
                list.list.indices.contains(index)
            else { return .null }
            return list.list[index]
        case .slice(let inner, let low, let high): return try slice(inner, low, high, frame)
        case .quantified(let comparison, let isAny, let left, let right):
            return try quantified(comparison, isAny, try value(left, frame), try value(right, frame))
        case .like(let left, let pattern, let escape, let ignoringCase):
            return try like(left, pattern, escape, ignoringCase, frame)
        case .subquery(let test, let plan): return try subquery(test, plan, frame)
        }
    }

    func values(_ nodes: [Node], _ frame: Frame) throws(EngineFault) -> [Datum] {
        var result: [Datum] = []
        result.reserveCapacity(nodes.count)
        for node in nodes { result.append(try value(node, frame)) }
        return result
    }

    /// The values of what is computed with at once, each counted as long as the caller says.
    private func heldValues(_ nodes: [Node], _ frame: Frame) throws(EngineFault) -> [Datum] {
        var result: [Datum] = []
        result.reserveCapacity(nodes.count)
        for node in nodes {
            let value = try value(node, frame)
            try context.hold(value)
            result.append(value)
        }
        return result
    }

    private func joined(_ parts: [Node], _ frame: Frame, stopsAt stop: Bool) throws(EngineFault) -> Datum {
        var isOpen = false
        for part in parts {
            let truth = try value(part, frame)
            if truth.isNull { isOpen = true } else if truth.truth == stop { return truth }
        }
        return isOpen ? .null : .truth(!stop)
    }

    private func call(
        _ function: Builtin,
        _ arguments: [Node],
        _ types: [EngineType],
        _ frame: Frame
    ) throws(EngineFault) -> Datum {
        try context.tick()
        let held = context.held
        defer { context.held = held }
        let values = try heldValues(arguments, frame)
        if function.isStrict, values.contains(where: \.isNull) { return .null }
        switch function {
        case .now: return .integer(context.now)
        case .version: return .text("PostgreSQL 15.0 (Steward, over files)")
        case .releaseLocks: return .text("")
        case .changeSetting: return try changeSetting(values)
        case .matchesExpression, .matchesExpressionIgnoringCase:
            let isFolding = function == .matchesExpressionIgnoringCase
            let pattern = try TextPattern(values[1].bytes, ignoresCase: isFolding)
            return .truth(
                try pattern.matches(values[0].bytes) { (steps) throws(EngineFault) in
                    try context.tick(steps)
                }
            )
        default: break
        }
        return try modest(try result(of: function, values, types))
    }

    /// Notes what `set_config` wants; the session sees to it when the statement has run.
    private func changeSetting(_ values: [Datum]) throws(EngineFault) -> Datum {
        let name = String(decoding: values[0].bytes, as: UTF8.self)
        guard let setting = SessionSetting(rawValue: name) else { throw .missing("setting `\(name)`") }
        let value = try SettingValues.accepted(setting, String(decoding: values[1].bytes, as: UTF8.self))
        context.changedSettings[setting] = (value, values[2].truth == true)
        return .text(value)
    }

    private func result(
        of function: Builtin,
        _ values: [Datum],
        _ types: [EngineType]
    ) throws(EngineFault) -> Datum {
        if let result = try NumberFunctions.apply(function, values, types) { return result }
        if let result = try TextFunctions.apply(function, values) { return result }
        if let result = try MomentFunctions.apply(function, values, types) { return result }
        if let result = try ListFunctions.apply(function, values, types) { return result }
        if let result = try JSONWriting.apply(function, values, types) { return result }
        if let result = try JSONReading.apply(function, values, types) { return result }
        throw .missing("function `\(function.rawValue)`")
    }

    /// A value, unless it is a text so long that what is made of it next would take too much.
    private func modest(_ value: Datum) throws(EngineFault) -> Datum {
        guard case .bytes(let bytes) = value, bytes.count > TextFunctions.limit else { return value }
        throw EngineFault("54000", "requested length too large")
    }

    private func slice(
        _ inner: Node,
        _ low: Node?,
        _ high: Node?,
        _ frame: Frame
    ) throws(EngineFault) -> Datum {
        let whole = try value(inner, frame)
        guard !whole.isNull else { return .null }
        var start: Int64 = 1
        var end = Int64(whole.list.count)
        if let low {
            let bound = try value(low, frame)
            guard !bound.isNull else { return .null }
            start = max(1, bound.integer)
        }
        if let high {
            let bound = try value(high, frame)
            guard !bound.isNull else { return .null }
            end = min(end, bound.integer)
        }
        guard start <= end else { return .list([]) }
        return .list(Array(whole.list[Int(start - 1)..<Int(end)]))
    }

    private func quantified(
        _ comparison: Comparison,
        _ isAny: Bool,
        _ left: Datum,
        _ array: Datum
    ) throws(EngineFault) -> Datum {
        guard !array.isNull else { return .null }
        var isOpen = false
        for element in array.list {
            if left.isNull || element.isNull {
                isOpen = true
            } else if comparison.holds(Order.compare(left, element)) == isAny {
                return .truth(isAny)
            }
        }
        return isOpen ? .null : .truth(!isAny)
    }

    private func like(
        _ left: Node,
        _ pattern: Node,
        _ escape: Node?,
        _ ignoringCase: Bool,
        _ frame: Frame
    ) throws(EngineFault) -> Datum {
        let (text, wanted) = (try value(left, frame), try value(pattern, frame))
        guard !text.isNull, !wanted.isNull else { return .null }
        var mark: [UInt8] = [92]
        if let escape {
            let given = try value(escape, frame)
            guard !given.isNull else { return .null }
            mark = given.bytes
            guard TextFunctions.count(mark) <= 1 else {
                throw EngineFault("22019", "invalid escape character")
            }
        }
        let subject = ignoringCase ? TextFunctions.lowered(text.bytes) : text.bytes
        let form = ignoringCase ? TextFunctions.lowered(wanted.bytes) : wanted.bytes
        try TextFunctions.afford(subject.count, form.count)
        try context.tick(subject.count / 64)
        let matched = subject.withUnsafeBufferPointer { subject in
            form.withUnsafeBufferPointer { LikePattern.matches(subject, $0, mark) }
        }
        guard let matched else { throw EngineFault("22025", "invalid escape sequence") }
        return .truth(matched)
    }
}
