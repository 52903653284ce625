import CatalogModel

/// One walk of a typed expression over one batch.
///
/// Rows travel as ascending positions in the batch; the values of a part line up with the rows that it was asked for.
/// A part is only asked for the rows whose outcome it can still change, so it can't fail for others.
struct Evaluation {
    let batch: RawBatch
    /// Of columns that were read for all rows.
    private var whole: [Int: ScalarValues] = [:]
    /// Of ``Step/bind``: the rows and their values.
    private var held: [Int: (rows: [Int32], values: ScalarValues)] = [:]

    init(batch: RawBatch) { self.batch = batch }

    /// The values of a part for these rows.
    mutating func values(_ part: TypedStep, _ rows: [Int32]) throws(ExpressionError) -> ScalarValues {
        switch part.step {
        case .constant(let constant): return Evaluation.filled(constant, part.type, rows.count)
        case .column(let position): return try column(position, part.type, rows)
        case .held(let slot): return taken(slot, part.type, rows)
        case .bind(let value, let slot, let body):
            let computed = try values(value, rows)
            let outer = held.updateValue((rows, computed), forKey: slot)
            defer { held[slot] = outer }
            return try values(body, rows)
        case .compare, .and, .or, .not, .isNull, .isTruth, .isDistinct, .like:
            return .truths(try truths(part, rows))
        case .cases(let branches, let otherwise):
            return try cases(branches, otherwise, part.type, rows)
        case .coalesce(let parts): return try coalesce(parts, part.type, rows)
        case .extreme(let extreme, let parts): return try self.extreme(extreme, parts, part.type, rows)
        case .negate(let value): return try ScalarArithmetic.negate(try values(value, rows), part.type)
        case .arithmetic(let symbol, let left, let right):
            let first = try values(left, rows)
            return try ScalarArithmetic.apply(symbol, first, try values(right, rows), part.type)
        case .call(let function, let arguments):
            var computed: [ScalarValues] = []
            for argument in arguments { computed.append(try values(argument, rows)) }
            return try ScalarFunctions.apply(function, computed, part.type)
        case .extract(let field, let value):
            return ScalarDates.extract(field, try values(value, rows), value.type)
        case .truncateDate(let field, let value):
            return ScalarDates.truncate(try values(value, rows), to: field)
        case .cast(let value, let target):
            return try ScalarCast.cast(try values(value, rows), from: value.type, to: target)
        }
    }

    /// The truth values of a condition for these rows: 0, 1 or 2 for NULL.
    mutating func truths(_ part: TypedStep, _ rows: [Int32]) throws(ExpressionError) -> [UInt8] {
        switch part.step {
        case .compare(let orders, let left, let right):
            if let fast = try comparedWithConstant(orders, left, right, rows) { return fast }
            let first = try values(left, rows)
            return ScalarOrder.compare(orders, first, try values(right, rows))
        case .and(let parts): return try connect(parts, rows, deciding: 0)
        case .or(let parts): return try connect(parts, rows, deciding: 1)
        case .not(let value): return try truths(value, rows).map { $0 == 2 ? 2 : 1 - $0 }
        case .isNull(let value, let negated):
            if case .column(let position) = value.step {
                let column = batch.columns[position]
                return rows.map { column.isNull(Int($0)) != negated ? 1 : 0 }
            }
            let computed = try values(value, rows)
            return rows.indices.map { computed.isNull($0) != negated ? 1 : 0 }
        case .isTruth(let value, let wanted, let negated):
            return try truths(value, rows).map { ($0 == wanted) != negated ? 1 : 0 }
        case .isDistinct(let left, let right, let negated):
            let first = try values(left, rows)
            let second = try values(right, rows)
            let different = ScalarOrder.compare(.notEqual, first, second)
            return rows.indices.map { row in
                let isDistinct =
                    different[row] == 2 ? first.isNull(row) != second.isNull(row) : different[row] == 1
                return isDistinct != negated ? 1 : 0
            }
        case .like(let value, let pattern, let escape, let ignoringCase):
            let texts = try values(value, rows)
            let patterns = try values(pattern, rows)
            return try LikePattern.match(texts, patterns, escape: escape, ignoringCase: ignoringCase)
        case .constant, .column, .held, .bind, .cases, .coalesce, .extreme, .negate, .arithmetic, .call,
            .extract,
            .truncateDate, .cast:
            guard case .truths(let result) = try values(part, rows) else {
                preconditionFailure("a condition")
            }
            return result
        }
    }

    /// AND (decided by false) or OR (decided by true), left to right.
    private mutating func connect(
        _ parts: [TypedStep],
        _ rows: [Int32],
        deciding: UInt8
    ) throws(ExpressionError) -> [UInt8] {
        var result = try truths(parts[0], rows)
        for part in parts.dropFirst() {
            var open: [Int32] = []
            open.reserveCapacity(rows.count)
            for index in result.indices where result[index] != deciding { open.append(Int32(index)) }
            if open.isEmpty { break }
            let next = try truths(part, open.count == rows.count ? rows : open.map { rows[Int($0)] })
            for (offset, index) in open.enumerated() {
                let value = next[offset]
                if value == deciding || (value == 2 && result[Int(index)] != deciding) {
                    result[Int(index)] = value
                }
            }
        }
        return result
    }

    private mutating func cases(
        _ branches: [(when: TypedStep, then: TypedStep)],
        _ otherwise: TypedStep,
        _ type: ScalarType,
        _ rows: [Int32]
    ) throws(ExpressionError) -> ScalarValues {
        var result = ScalarValues.nulls(type, count: rows.count)
        var open = rows.indices.map { Int32($0) }
        for branch in branches where !open.isEmpty {
            let met = try truths(branch.when, open.map { rows[Int($0)] })
            let taken = open.indices.filter { met[$0] == 1 }.map { open[$0] }
            if !taken.isEmpty {
                result.scatter(try values(branch.then, taken.map { rows[Int($0)] }), to: taken)
                open = open.indices.filter { met[$0] != 1 }.map { open[$0] }
            }
        }
        if !open.isEmpty { result.scatter(try values(otherwise, open.map { rows[Int($0)] }), to: open) }
        return result
    }

    private mutating func coalesce(
        _ parts: [TypedStep],
        _ type: ScalarType,
        _ rows: [Int32]
    ) throws(ExpressionError) -> ScalarValues {
        var result = try values(parts[0], rows)
        for part in parts.dropFirst() {
            let open = rows.indices.filter { result.isNull($0) }.map { Int32($0) }
            if open.isEmpty { break }
            result.scatter(try values(part, open.map { rows[Int($0)] }), to: open)
        }
        return result
    }

    private mutating func extreme(
        _ extreme: SQLExtreme,
        _ parts: [TypedStep],
        _ type: ScalarType,
        _ rows: [Int32]
    ) throws(ExpressionError) -> ScalarValues {
        var result = try values(parts[0], rows)
        let orders = OrderSet(bits: extreme == .greatest ? 4 : 1)
        for part in parts.dropFirst() {
            let next = try values(part, rows)
            let better = ScalarOrder.compare(orders, next, result)
            let taken = rows.indices.filter { better[$0] == 1 || (result.isNull($0) && !next.isNull($0)) }
                .map { Int32($0) }
            result.scatter(next.gathered(taken), to: taken)
        }
        return result
    }

    private func taken(_ slot: Int, _ type: ScalarType, _ rows: [Int32]) -> ScalarValues {
        guard let (all, values) = held[slot] else { preconditionFailure("a value that was bound") }
        if all.count == rows.count { return values }
        var positions: [Int32] = []
        positions.reserveCapacity(rows.count)
        var index = 0
        for row in rows {
            while all[index] != row { index += 1 }
            positions.append(Int32(index))
        }
        return values.gathered(positions)
    }

    private mutating func column(
        _ position: Int,
        _ type: ScalarType,
        _ rows: [Int32]
    ) throws(ExpressionError) -> ScalarValues {
        if let known = whole[position] { return rows.count == batch.rowCount ? known : known.gathered(rows) }
        let name = batch.schema.columns[position].name
        let read = try ColumnReading.read(batch.columns[position], type, name, rows)
        if rows.count == batch.rowCount { whole[position] = read }
        return read
    }

    /// The same value for every row.
    static func filled(_ constant: Constant, _ type: ScalarType, _ count: Int) -> ScalarValues {
        switch constant {
        case .null: .nulls(type, count: count)
        case .truth(let value): .truths([UInt8](repeating: value ? 1 : 0, count: count))
        case .exact(let value): .exacts(Slots([ExactNumber](repeating: value, count: count)))
        case .double(let value): .doubles(Slots([Double](repeating: value, count: count)))
        case .integer(let value): .integers(Slots([Int64](repeating: value, count: count)))
        case .text(let bytes):
            .texts(
                TextSlots(bytes: bytes, ranges: Slots(.init(repeating: 0..<Int32(bytes.count), count: count)))
            )
        }
    }
}
