import Masking

/// What an aggregate has taken in so far.
struct Accumulator {
    let plan: AggregatePlan
    /// Whether values wait to be sorted or made unique.
    var keepsRows: Bool { plan.isDistinct || !plan.order.isEmpty }

    private var rows: [(values: [Datum], keys: [Datum])] = []
    private var count: Int64 = 0
    private var whole: Int128 = 0
    private var exact = ExactNumber(0, scale: 0)
    private var sum = 0.0
    private var squares = 0.0
    private var best = Datum.null
    private var list: [Datum] = []
    private var bytes: [UInt8] = []

    init(_ plan: AggregatePlan) { self.plan = plan }

    mutating func add(_ values: [Datum], _ keys: [Datum]) throws(EngineFault) {
        if keepsRows { rows.append((values, keys)) } else { try take(values) }
    }

    /// The aggregate's value; more may be added after it.
    func result() throws(EngineFault) -> Datum {
        guard keepsRows else { return try finished() }
        var final = Accumulator(plan)
        for values in settled() { try final.take(values) }
        return try final.finished()
    }

    private func settled() -> [[Datum]] {
        var waiting = rows
        if plan.isDistinct {
            var seen: Set<DatumKey> = []
            waiting = waiting.filter { seen.insert(DatumKey(values: $0.values)).inserted }
        }
        // PostgreSQL sorts to find what is equal, so the values come in their order.
        let isOwnOrder = plan.order.isEmpty
        return waiting.enumerated().sorted { one, other in
            let result =
                isOwnOrder
                ? Order.compare(.list(one.element.values), .list(other.element.values))
                : Runner.compare(one.element.keys, other.element.keys, plan.order)
            return result == 0 ? one.offset < other.offset : result < 0
        }.map(\.element.values)
    }

    private mutating func take(_ values: [Datum]) throws(EngineFault) {
        let first = values.first ?? .null
        switch plan.function {
        case .count:
            if values.isEmpty || !first.isNull { count += 1 }
            return
        case .arrayAgg:
            count += 1
            list.append(first)
            return
        case .jsonAgg, .jsonObjectAgg:
            try takeJSON(values)
            return
        default: break
        }
        guard !first.isNull else { return }
        count += 1
        switch plan.function {
        case .sum, .avg, .stddev, .stddevSamp, .stddevPop, .variance, .varSamp, .varPop: try add(first)
        case .min: if best.isNull || Order.compare(first, best) < 0 { best = first }
        case .max: if best.isNull || Order.compare(first, best) > 0 { best = first }
        case .stringAgg:
            if count > 1 { bytes += values[1].bytes }
            bytes += first.bytes
            guard bytes.count <= TextFunctions.limit else {
                throw EngineFault("54000", "requested length too large")
            }
        case .boolAnd, .every: best = .truth((best.isNull || best.truth) && first.truth)
        case .boolOr: best = .truth(best.isTrue || first.truth)
        case .bitAnd: best = .integer(best.isNull ? first.integer : best.integer & first.integer)
        case .bitOr: best = .integer(best.integer | first.integer)
        case .mode: list.append(first)
        case .percentileCont, .percentileDisc:
            list.append(first)
            best = values[1]
        case .count, .arrayAgg, .jsonAgg, .jsonObjectAgg: break
        }
    }

    private mutating func add(_ value: Datum) throws(EngineFault) {
        switch value {
        case .integer(let number): whole += Int128(number)
        case .exact(let packed): exact = try Exact.apply(.add, exact, packed.number)
        case .double(let number):
            // Youngs and Cramer's way, as PostgreSQL's `float8_accum` has it.
            let before = sum
            // Sums of singles are singles at each step.
            let isSingle = plan.function == .sum && plan.types[0].kind == .float4
            sum = isSingle ? Double(Float(sum) + Float(number)) : sum + number
            if count == 1, !number.isFinite { squares = .nan }
            if count > 1 {
                let difference = number * Double(count) - sum
                squares += difference * difference / (Double(count) * Double(count - 1))
            }
            let isOverflown = sum.isInfinite || plan.function != .sum && squares.isInfinite
            guard !isOverflown || !before.isFinite || !number.isFinite else { throw .outOfRange }
            if sum.isInfinite || squares.isInfinite { squares = .nan }
        case .null, .truth, .bytes, .list: break
        }
    }

    private mutating func takeJSON(_ values: [Datum]) throws(EngineFault) {
        count += 1
        if plan.function == .jsonObjectAgg {
            if count > 1 { bytes += Array(", ".utf8) }
            bytes += try JSONWriting.key(values[0], plan.types[0]) + Array(" : ".utf8)
            bytes += JSONWriting.value(values[1], plan.types[1])
        } else {
            let isNested = plan.types[0].isRecord || plan.types[0].element != nil
            if count > 1 { bytes += Array((isNested && !values[0].isNull ? ", \n " : ", ").utf8) }
            bytes += JSONWriting.value(values[0], plan.types[0])
        }
        guard bytes.count <= TextFunctions.limit else {
            throw EngineFault("54000", "requested length too large")
        }
    }

    private func finished() throws(EngineFault) -> Datum {
        if plan.function == .count { return .integer(count) }
        guard count > 0 else { return .null }
        switch plan.function {
        case .sum: return try total()
        case .avg: return try average()
        case .stddev, .stddevSamp, .stddevPop, .variance, .varSamp, .varPop: return spread()
        case .arrayAgg: return .list(list)
        case .stringAgg: return .bytes(bytes)
        case .jsonAgg: return .bytes(Array("[".utf8) + bytes + Array("]".utf8))
        case .jsonObjectAgg: return .bytes(Array("{ ".utf8) + bytes + Array(" }".utf8))
        case .min, .max, .boolAnd, .boolOr, .every, .bitAnd, .bitOr: return best
        case .mode: return mostFrequent()
        case .percentileCont, .percentileDisc: return try percentile()
        case .count: return .null
        }
    }

    /// Of values that are equally frequent the first in order.
    private func mostFrequent() -> Datum {
        var result = Datum.null
        var most = 0
        var start = 0
        for index in list.indices {
            if Order.compare(list[index], list[start]) != 0 { start = index }
            if index - start + 1 > most {
                most = index - start + 1
                result = list[start]
            }
        }
        return result
    }

    /// The value at the fraction's place in the order.
    ///
    /// **Source.** `percentile_disc_final` and `percentile_cont_final_common` of PostgreSQL's `orderedsetaggs.c`.
    private func percentile() throws(EngineFault) -> Datum {
        guard !best.isNull else { return .null }
        guard (0...1).contains(best.double) else {
            throw EngineFault("22003", "a percentile value is not between 0 and 1")
        }
        guard plan.function == .percentileCont else {
            let place = (best.double * Double(list.count)).rounded(.up)
            return list[max(0, Int(place) - 1)]
        }
        let place = best.double * Double(list.count - 1)
        let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
        guard low != high else { return list[low] }
        let part = place - Double(low)
        return .double(list[low].double + part * (list[high].double - list[low].double))
    }

    private func total() throws(EngineFault) -> Datum {
        switch plan.types[0].kind {
        case .int2, .int4:
            guard let sum = Int64(exactly: whole) else { throw .outOfRange }
            return .integer(sum)
        case .int8: return .exact(ExactNumber(whole, scale: 0))
        case .float4: return try Casting.single(sum)
        case .float8: return .double(sum)
        default: return .exact(exact)
        }
    }

    private func average() throws(EngineFault) -> Datum {
        switch plan.types[0].kind {
        case .int2, .int4, .int8:
            let number = ExactNumber(whole, scale: 0)
            return .exact(try Exact.divided(number, ExactNumber(Int128(count), scale: 0)))
        case .float4, .float8: return .double(sum / Double(count))
        default: return .exact(try Exact.divided(exact, ExactNumber(Int128(count), scale: 0)))
        }
    }

    private func spread() -> Datum {
        let ofAll = plan.function == .stddevPop || plan.function == .varPop
        guard ofAll || count > 1 else { return .null }
        let variance = squares / Double(ofAll ? count : count - 1)
        switch plan.function {
        case .stddev, .stddevSamp, .stddevPop: return .double(variance.squareRoot())
        default: return .double(variance)
        }
    }
}
