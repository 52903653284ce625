import CatalogModel

/// Replaces parts of a date; nil keeps the part.
struct DateMask: Sendable {
    let day: Int?
    /// 1 to 12.
    let month: Int?
    let year: Int?

    /// Keeps the year, on 1 January.
    static let startOfYear = DateMask(day: 1, month: 1, year: nil)

    func apply(to vector: ColumnVector) throws(VectorFault) -> ColumnVector {
        var result = VectorBuilder(rows: vector.count, bytes: vector.bytes.count)
        for row in 0..<vector.count {
            if !vector.isNull(row) {
                guard let date = CivilDate(text: vector.bytes[vector.range(row)]) else {
                    throw .malformedValue
                }
                guard
                    let masked = CivilDate(
                        year: year ?? date.year,
                        month: month ?? date.month,
                        day: day ?? date.day
                    )
                else { throw .impossibleDate }
                result.bytes.append(masked)
            }
            try result.endRow()
        }
        return result.finish(nullsOf: vector)
    }
}

extension ColumnVector {
    /// Midnight of 1 January of each timestamp's year.
    func startOfYearTimestamps() throws(VectorFault) -> ColumnVector {
        var result = VectorBuilder(rows: count, bytes: count * 19)
        for row in 0..<count {
            if !isNull(row) {
                let value = bytes[range(row)]
                guard let split = value.firstIndex(of: 32), let date = CivilDate(text: value[..<split]),
                    value[(split + 1)...].isTimeOfDay,
                    let start = CivilDate(year: date.year, month: 1, day: 1)
                else { throw .malformedValue }
                result.bytes.append(start)
                result.bytes.append(contentsOf: " 00:00:00".utf8)
            }
            try result.endRow()
        }
        return result.finish(nullsOf: self)
    }
}

extension ArraySlice<UInt8> {
    /// Whether this is `HH:MM:SS`, with or without a fraction.
    fileprivate var isTimeOfDay: Bool {
        guard count >= 8, self[startIndex + 2] == 58, self[startIndex + 5] == 58,
            let hour = number(0..<2), let minute = number(3..<5), let second = number(6..<8),
            hour < 24, minute < 60, second < 60
        else { return false }
        if count == 8 { return true }
        return count > 9 && self[startIndex + 8] == 46 && self[(startIndex + 9)...].allSatisfy(\.isASCIIDigit)
    }

    /// The digits at these places from the start; nil when one is none.
    fileprivate func number(_ places: Range<Int>) -> Int? {
        var value = 0
        for place in places {
            let byte = self[startIndex + place]
            guard byte.isASCIIDigit else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}

extension CivilDate {
    /// Reads `YYYY-MM-DD`, with a leading `-` before year 0; nil for anything else.
    init?(text: ArraySlice<UInt8>) {
        let isNegative = text.first == 45
        let digits = isNegative ? text.dropFirst() : text
        guard digits.count == 10, digits[digits.startIndex + 4] == 45, digits[digits.startIndex + 7] == 45,
            let year = digits.number(0..<4), let month = digits.number(5..<7), let day = digits.number(8..<10)
        else { return nil }
        self.init(year: isNegative ? -year : year, month: month, day: day)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ date: CivilDate) {
        if date.year < 0 { append(45) }
        let year = abs(date.year)
        for number in [year / 100, year % 100] { appendPair(number) }
        append(45)
        appendPair(date.month)
        append(45)
        appendPair(date.day)
    }

    private mutating func appendPair(_ number: Int) {
        append(UInt8(truncatingIfNeeded: 48 + number / 10))
        append(UInt8(truncatingIfNeeded: 48 + number % 10))
    }
}
