import CatalogModel
import Masking
import TestSupport
import Testing

@Suite(.aside) struct `Row filters` {
    private func table() throws -> RawBatch {
        try rows([
            ("country", .string, ["DE", "FR", nil, "DE"]), ("amount", .int, ["150", "200", "300", nil]),
            ("price", .decimal(precision: 10, scale: 2), ["1.50", "0.00", nil, "-2.25"]),
            ("born", .date, ["2000-02-29", "1999-12-31", nil, "2024-01-01"]),
            ("owner", .string, ["alice", "bob", "alice", "é%"]),
        ])
    }

    @Test(arguments: [
        ("country = 'DE' AND amount > 100", [0]), ("country <> 'DE'", [1]), ("NOT (country = 'DE')", [1]),
        ("country IN ('DE', NULL)", [0, 3]), ("country NOT IN ('FR', NULL)", []), ("country IS NULL", [2]),
        ("amount BETWEEN 150 AND 200", [0, 1]), ("amount BETWEEN SYMMETRIC 200 AND 150", [0, 1]),
        ("country LIKE 'D_'", [0, 3]), ("owner LIKE '_\\%'", [3]), ("owner = {USER}", [0, 2]),
        ("owner ILIKE 'AL%'", [0, 2]),
        ("CASE WHEN price = 0 THEN false ELSE 1 / price > 0 END", [0]), ("price <> 0 AND 1 / price < 0", [3]),
        ("coalesce(country, 'XX') = 'XX'", [2]), ("born >= '2000-01-01'", [0, 3]),
        ("extract(year from born) = 2000", [0]),
        ("country IS DISTINCT FROM 'DE'", [1, 2]), ("(country = 'DE') IS UNKNOWN", [2]),
        ("born + 1 = '2000-01-01'", [1]),
        ("CASE country WHEN 'DE' THEN amount WHEN 'FR' THEN 1 END IS NULL", [2, 3]),
        ("born < current_date", [0, 1]),
        ("false", []), ("length(owner) = 2", [3]), ("nullif(country, 'DE') IS NULL", [0, 2, 3]),
    ])
    func `choose the rows for which they are true`(text: String, expected: [Int32]) throws {
        #expect(try selected(text, try table()) == expected)
    }

    @Test func `stop at a value that has no result`() throws {
        let batch = try table()
        #expect(throws: ExpressionError.divisionByZero) { try selected("1 / price > 0", batch) }
        #expect(throws: ExpressionError.outOfRange) { try selected("amount * 2000000000 > 0", batch) }
        #expect(throws: ExpressionError.invalidText(for: "integer")) { try selected("owner::int > 0", batch) }
    }

    @Test func `refuse values that are not of their column's type`() throws {
        let batch = try rows([("n", .int, ["1", "x"])])
        #expect(throws: ExpressionError.malformedValue("n")) { try selected("n > 0", batch) }
    }
}

@Suite(.aside) struct `Custom masks` {
    @Test(arguments: [
        ("upper({col})", ["ABC", nil, "ÜÑÏ𝄞"]), ("left({col}, 1) || '***'", ["a***", nil, "ü***"]),
        ("CASE WHEN length({col}) > 3 THEN right({col}, 1) ELSE NULL END", [nil, nil, "𝄞"]),
        ("'x'", ["x", "x", "x"]),
        ("coalesce({col}, 'none')", ["abc", "none", "üñï𝄞"]), ("{col}", ["abc", nil, "üñï𝄞"]),
        ("concat('<', {col}, '>')", ["<abc>", "<>", "<üñï𝄞>"]),
        ("substring({col} from 2 for 2)", ["bc", nil, "ñï"]),
        ("lpad({col}, 5, 'xy')", ["xyabc", nil, "xüñï𝄞"]),
    ])
    func `make a column`(text: String, expected: [String?]) throws {
        let batch = try rows([("name", .string, ["abc", nil, "üñï𝄞"])])
        #expect(try shown(text, batch, column: "name") == expected)
    }
}
