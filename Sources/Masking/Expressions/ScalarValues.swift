import CatalogModel

/// Values of one type, one a row, with marks where they are NULL.
struct Slots<Element: Sendable>: Sendable {
    var values: [Element]
    /// Empty when no row is NULL.
    var nulls: [Bool]

    init(_ values: [Element], nulls: [Bool] = []) {
        self.values = values
        self.nulls = nulls
    }

    var count: Int { values.count }

    func isNull(_ row: Int) -> Bool { !nulls.isEmpty && nulls[row] }

    /// The values at these rows.
    func gathered(_ rows: [Int32]) -> Slots {
        Slots(rows.map { values[Int($0)] }, nulls: nulls.isEmpty ? [] : rows.map { nulls[Int($0)] })
    }

    mutating func setNull(_ row: Int) {
        if nulls.isEmpty { nulls = [Bool](repeating: false, count: values.count) }
        nulls[row] = true
    }
}

/// Texts as ranges of shared bytes.
struct TextSlots: Sendable {
    var bytes: [UInt8]
    var ranges: Slots<Range<Int32>>

    var count: Int { ranges.count }

    func isNull(_ row: Int) -> Bool { ranges.isNull(row) }

    /// The bytes of a row.
    @inline(__always)
    static func slice(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ range: Range<Int32>
    ) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
    }
}

/// The values of one expression for some rows of a batch.
enum ScalarValues: Sendable {
    /// 0 false, 1 true, 2 NULL.
    case truths([UInt8])
    /// Whole numbers, dates in days and timestamps in microseconds since 1970.
    case integers(Slots<Int64>)
    case exacts(Slots<ExactNumber>)
    case doubles(Slots<Double>)
    case texts(TextSlots)

    var count: Int {
        switch self {
        case .truths(let values): values.count
        case .integers(let slots): slots.count
        case .exacts(let slots): slots.count
        case .doubles(let slots): slots.count
        case .texts(let slots): slots.count
        }
    }

    func isNull(_ row: Int) -> Bool {
        switch self {
        case .truths(let values): values[row] == 2
        case .integers(let slots): slots.isNull(row)
        case .exacts(let slots): slots.isNull(row)
        case .doubles(let slots): slots.isNull(row)
        case .texts(let slots): slots.isNull(row)
        }
    }

    /// The values at these positions.
    func gathered(_ rows: [Int32]) -> ScalarValues {
        switch self {
        case .truths(let values): .truths(rows.map { values[Int($0)] })
        case .integers(let slots): .integers(slots.gathered(rows))
        case .exacts(let slots): .exacts(slots.gathered(rows))
        case .doubles(let slots): .doubles(slots.gathered(rows))
        case .texts(let slots): .texts(TextSlots(bytes: slots.bytes, ranges: slots.ranges.gathered(rows)))
        }
    }

    /// So many NULLs of a type.
    static func nulls(_ type: ScalarType, count: Int) -> ScalarValues {
        let marks = [Bool](repeating: true, count: count)
        switch type {
        case .boolean: return .truths([UInt8](repeating: 2, count: count))
        case .int2, .int4, .int8, .date, .timestamp:
            return .integers(Slots([Int64](repeating: 0, count: count), nulls: marks))
        case .numeric:
            return .exacts(Slots(.init(repeating: ExactNumber(0, scale: 0), count: count), nulls: marks))
        case .float4, .float8: return .doubles(Slots(.init(repeating: 0, count: count), nulls: marks))
        case .unknown, .text, .opaque:
            return .texts(
                TextSlots(bytes: [], ranges: Slots(.init(repeating: 0..<0, count: count), nulls: marks))
            )
        }
    }

    /// Writes `source[i]` to row `rows[i]`, for the rows of a CASE that took one branch.
    mutating func scatter(_ source: ScalarValues, to rows: [Int32]) {
        switch (self, source) {
        case (.truths(var target), .truths(let values)):
            self = .truths([])
            for (index, row) in rows.enumerated() { target[Int(row)] = values[index] }
            self = .truths(target)
        case (.integers(var target), .integers(let values)):
            self = .truths([])
            ScalarValues.scatter(values, to: rows, of: &target)
            self = .integers(target)
        case (.exacts(var target), .exacts(let values)):
            self = .truths([])
            ScalarValues.scatter(values, to: rows, of: &target)
            self = .exacts(target)
        case (.doubles(var target), .doubles(let values)):
            self = .truths([])
            ScalarValues.scatter(values, to: rows, of: &target)
            self = .doubles(target)
        case (.texts(var target), .texts(var values)):
            self = .truths([])
            let shift = Int32(target.bytes.count)
            target.bytes.append(contentsOf: values.bytes)
            for index in values.ranges.values.indices {
                let range = values.ranges.values[index]
                values.ranges.values[index] = (range.lowerBound + shift)..<(range.upperBound + shift)
            }
            ScalarValues.scatter(values.ranges, to: rows, of: &target.ranges)
            self = .texts(target)
        default: preconditionFailure("branches of one type")
        }
    }

    private static func scatter<T>(_ source: Slots<T>, to rows: [Int32], of target: inout Slots<T>) {
        for (index, row) in rows.enumerated() {
            target.values[Int(row)] = source.values[index]
            if source.isNull(index) {
                target.setNull(Int(row))
            } else if !target.nulls.isEmpty {
                target.nulls[Int(row)] = false
            }
        }
    }
}
