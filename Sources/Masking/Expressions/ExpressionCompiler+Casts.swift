import CatalogModel

extension ExpressionCompiler {
    /// A value in another type, where PostgreSQL would convert it without being asked.
    func coerced(_ value: TypedStep, to type: ScalarType, _ node: Int) throws(ExpressionError) -> TypedStep {
        if value.type == type { return value }
        if value.type == .unknown { return try typed(value, type, nil, node) }
        let widens = value.type.isNumber && type.isNumber && value.type.rawValue < type.rawValue
        guard widens || (value.type == .date && type == .timestamp) else {
            throw .refused("expected \(type.name), found \(value.type.name)", node: node)
        }
        return TypedStep(type: type, step: .cast(value, plain(type)))
    }

    /// An explicit cast.
    func cast(_ value: TypedStep, _ target: SQLCastType, _ node: Int) throws(ExpressionError) -> TypedStep {
        let type = ScalarType(target)
        if value.type == .unknown { return try typed(value, type, target, node) }
        let from = value.type
        let isAllowed: Bool =
            switch type {
            case .text: from != .opaque
            case .boolean: from == .boolean || from == .int4 || from == .text
            case .int4: from.isNumber || from == .boolean || from == .text
            case .int2, .int8, .float4, .float8: from.isNumber || from == .text
            // Doubles become decimals by a rounding to 15 digits that nobody expects: left out.
            case .numeric: from.isInteger || from == .numeric || from == .text
            case .date, .timestamp: from.isTime || from == .text
            case .unknown, .opaque: false
            }
        guard isAllowed else { throw .refused("cannot cast type \(from.name) to \(type.name)", node: node) }
        switch target {
        case .numeric(precision: .some, scale: _), .text(limit: .some): break
        case .boolean, .smallint, .integer, .bigint, .numeric, .real, .double, .text, .date, .timestamp:
            if from == type { return value }
        }
        return TypedStep(type: type, step: .cast(value, target))
    }

    /// A literal read in the type that it met.
    private func typed(
        _ value: TypedStep,
        _ type: ScalarType,
        _ target: SQLCastType?,
        _ node: Int
    ) throws(ExpressionError) -> TypedStep {
        guard case .constant(let constant) = value.step else {
            // A column of the NULL type, or a value that such a column gave.
            return TypedStep(type: type, step: .constant(.null))
        }
        guard case .text(let bytes) = constant else { return TypedStep(type: type, step: .constant(.null)) }
        let target = target ?? plain(type)
        let text = ScalarValues.texts(
            TextSlots(bytes: bytes, ranges: Slots([0..<Int32(bytes.count)]))
        )
        do {
            switch try ScalarCast.cast(text, from: .text, to: target) {
            case .truths(let values): return truth(.constant(.truth(values[0] == 1)))
            case .integers(let slots):
                return TypedStep(type: type, step: .constant(.integer(slots.values[0])))
            case .exacts(let slots): return TypedStep(type: type, step: .constant(.exact(slots.values[0])))
            case .doubles(let slots): return TypedStep(type: type, step: .constant(.double(slots.values[0])))
            case .texts(let slots):
                let range = slots.ranges.values[0]
                let part = slots.bytes[Int(range.lowerBound)..<Int(range.upperBound)]
                return TypedStep(type: type, step: .constant(.text(Array(part))))
            }
        } catch {
            throw .refused("a quoted literal is no valid \(type.name)", node: node)
        }
    }

    /// The cast to a type without limits.
    private func plain(_ type: ScalarType) -> SQLCastType {
        switch type {
        case .boolean: .boolean
        case .int2: .smallint
        case .int4: .integer
        case .int8: .bigint
        case .numeric: .numeric(precision: nil, scale: 0)
        case .float4: .real
        case .float8: .double
        case .text, .unknown, .opaque: .text(limit: nil)
        case .date: .date
        case .timestamp: .timestamp
        }
    }
}
