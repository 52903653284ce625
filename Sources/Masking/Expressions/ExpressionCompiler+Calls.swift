import CatalogModel

extension ExpressionCompiler {
    mutating func call(
        _ function: SQLFunction,
        _ arguments: [SQLExpression],
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        var steps: [TypedStep] = []
        for argument in arguments { steps.append(try compile(argument)) }
        switch function {
        case .now:
            guard steps.isEmpty else { throw noFunction(function, steps, node) }
            return TypedStep(type: .timestamp, step: .constant(.integer(now.microseconds)))
        case .currentDate:
            return TypedStep(type: .date, step: .constant(.integer(Int64(now.date.daysSinceEpoch))))
        case .concat: return try concat(steps, node)
        case .abs, .round, .floor, .ceil, .mod, .sign: return try numeric(function, steps, node)
        case .lower, .upper, .length, .reverse, .replace, .left, .right, .lpad, .rpad, .md5, .repeatText,
            .substring,
            .trim, .trimStart, .trimEnd, .position, .startsWith, .splitPart:
            return try text(function, steps, node)
        }
    }

    private func noFunction(_ function: SQLFunction, _ steps: [TypedStep], _ node: Int) -> ExpressionError {
        let types = steps.map(\.type.name).joined(separator: ", ")
        return .refused("function does not exist: \(function.rawValue)(\(types))", node: node)
    }

    private func concat(_ steps: [TypedStep], _ node: Int) throws(ExpressionError) -> TypedStep {
        var texts: [TypedStep] = []
        for step in steps {
            guard step.type != .opaque, step.type != .boolean else {
                throw .refused("concat of \(step.type.name) is not in the subset", node: node)
            }
            texts.append(try cast(step, .text(limit: nil), node))
        }
        guard !texts.isEmpty else { throw noFunction(.concat, steps, node) }
        return TypedStep(type: .text, step: .call(.concat, texts))
    }

    private func text(
        _ function: SQLFunction,
        _ steps: [TypedStep],
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        let signatures: [[ScalarType]] =
            switch function {
            case .lower, .upper, .length, .reverse, .md5: [[.text]]
            case .replace: [[.text, .text, .text]]
            case .left, .right, .repeatText: [[.text, .int4]]
            case .lpad, .rpad: [[.text, .int4], [.text, .int4, .text]]
            case .substring: [[.text, .int4], [.text, .int4, .int4]]
            case .trim, .trimStart, .trimEnd: [[.text], [.text, .text]]
            case .position, .startsWith: [[.text, .text]]
            case .splitPart: [[.text, .text, .int4]]
            case .concat, .abs, .round, .floor, .ceil, .mod, .sign, .now, .currentDate: []
            }
        for signature in signatures where signature.count == steps.count {
            let fits = zip(signature, steps).allSatisfy { wanted, step in
                step.type == wanted || step.type == .unknown || (wanted == .int4 && step.type == .int2)
            }
            // substring(text, text) is a regular expression in PostgreSQL: an untyped second argument means that.
            let isPattern = function == .substring && steps[1].type == .unknown
            guard fits, !isPattern else { break }
            var typed: [TypedStep] = []
            for (wanted, step) in zip(signature, steps) { typed.append(try coerced(step, to: wanted, node)) }
            let type: ScalarType =
                function == .length || function == .position
                ? .int4 : (function == .startsWith ? .boolean : .text)
            return TypedStep(type: type, step: .call(function, typed))
        }
        throw noFunction(function, steps, node)
    }

    private func numeric(
        _ function: SQLFunction,
        _ steps: [TypedStep],
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        if function == .mod {
            guard steps.count == 2, let type = ScalarType.operands(steps[0].type, steps[1].type),
                type.isInteger || type == .numeric
            else { throw noFunction(function, steps, node) }
            return try binary(.remainder, steps[0], steps[1], node)
        }
        if function == .round, steps.count == 2 {
            guard steps[0].type.isInteger || steps[0].type == .numeric,
                steps[1].type == .int2 || steps[1].type == .int4
            else { throw noFunction(function, steps, node) }
            let value = try coerced(steps[0], to: .numeric, node)
            return TypedStep(
                type: .numeric,
                step: .call(.round, [value, try coerced(steps[1], to: .int4, node)])
            )
        }
        guard steps.count == 1, steps[0].type.isNumber || steps[0].type == .unknown else {
            throw noFunction(function, steps, node)
        }
        let keepsType = function == .abs && steps[0].type != .unknown || steps[0].type == .numeric
        let type: ScalarType = keepsType ? steps[0].type : .float8
        return TypedStep(type: type, step: .call(function, [try coerced(steps[0], to: type, node)]))
    }

    mutating func extract(
        _ field: SQLDateField,
        _ part: SQLExpression,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        let value = try compile(part)
        guard value.type.isTime else {
            throw .refused("extract needs a date or a timestamp, found \(value.type.name)", node: node)
        }
        if value.type == .date {
            switch field {
            case .hour, .minute, .second:
                throw .refused("unit `\(field.rawValue)` is not supported for type date", node: node)
            case .year, .quarter, .month, .week, .day, .dow, .isodow, .doy, .isoyear, .epoch: break
            }
        }
        return TypedStep(type: .numeric, step: .extract(field, value))
    }
}
