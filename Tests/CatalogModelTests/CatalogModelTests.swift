import CatalogModel
import TestSupport
import Testing

@Suite(.aside) struct `Dates` {
    @Test func `count days as the calendar does, for every day of 20,000 years`() throws {
        var date = try #require(CivilDate(year: -9999, month: 1, day: 1))
        var days = date.daysSinceEpoch
        while date.year <= 9998 {
            let next = CivilDate(daysSinceEpoch: days + 1)
            let isNextDay = next.day == date.day + 1 && next.month == date.month && next.year == date.year
            let isNewMonth = next.day == 1 && date.day == CivilDate.days(inMonth: date.month, of: date.year)
            guard isNextDay || isNewMonth, next.daysSinceEpoch == days + 1 else {
                Issue.record("after \(date) came \(next)")
                return
            }
            date = next
            days += 1
        }
        #expect(CivilDate(year: 1970, month: 1, day: 1)?.daysSinceEpoch == 0)
        #expect(CivilDate(year: 2023, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 1900, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2000, month: 2, day: 29) != nil)
    }

    @Test(arguments: [
        ("2026-11-24", "2026-11-24T00:00:00.000Z"), ("2026-11-24T15:04:05Z", "2026-11-24T15:04:05.000Z"),
        ("1969-12-31 23:59:59.5", "1969-12-31T23:59:59.500Z"),
        ("2024-02-29T12:30", "2024-02-29T12:30:00.000Z"),
    ])
    func `are read and written as RFC 3339`(text: String, written: String) {
        #expect(Instant(text)?.description == written)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-02-30", "2026-01-01T25:00", "2026-01-01T1:00", "x026-01-01",
    ])
    func `that are none are refused`(text: String) {
        #expect(Instant(text) == nil)
    }
}

@Suite(.aside) struct `Column types` {
    @Test(arguments: [
        "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "string",
        "varchar(10)", "char(3)", "date", "timestamp", "binary", "json", "void", "array<int>",
        "map<string,int>",
    ])
    func `read what they write`(text: String) {
        #expect(DataType(text)?.description == text)
    }

    @Test(arguments: [
        "", "strin", "decimal(0,0)", "decimal(10,11)", "varchar(-1)", "char", "list<int>", "int(",
    ])
    func `that are none are refused`(text: String) {
        #expect(DataType(text) == nil)
    }
}

@Suite(.aside) struct `Columns of values` {
    @Test func `keep values and NULLs apart, and print neither`() {
        var vector = ColumnVector(["secret", nil, ""])
        #expect(vector.count == 3)
        #expect(vector.unmaskedText(0) == "secret")
        #expect(vector.isNull(1) && !vector.isNull(2))
        #expect(vector.unmaskedText(2) == "")
        var text = "\(vector) \(String(reflecting: vector))"
        dump(vector, to: &text)
        #expect(!text.contains("secret"))
        vector.removeLastRow()
        vector.append("more".utf8)
        #expect(vector.rows(at: [2, 1]).unmaskedText(0) == "more")
        #expect(vector.rows(at: [2, 1]).isNull(1))
    }

    @Test func `keep NULLs right over many rows`() {
        var vector = ColumnVector()
        for row in 0..<1000 {
            if row % 3 == 0 { vector.appendNull() } else { vector.append("\(row)".utf8) }
        }
        for row in 0..<1000 { #expect(vector.unmaskedText(row) == (row % 3 == 0 ? nil : "\(row)")) }
    }

    @Test func `print redacted in batches too`() throws {
        let schema = try #require(TableSchema([ColumnSchema(ColumnName("a"), .string)]))
        let batch = RawBatch(schema: schema, columns: [ColumnVector(["secret"])], rowCount: 1)
        var text = "\(batch) \(String(reflecting: batch))"
        dump(batch, to: &text)
        #expect(!text.contains("secret"))
    }
}
