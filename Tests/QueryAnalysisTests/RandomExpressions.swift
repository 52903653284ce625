import CatalogModel

/// Random expressions of the subset over a fixed table, most of them well typed.
struct RandomExpressions {
    var random: Seeded

    /// The table: every kind of column, with NULLs and values that break careless code.
    static let table: [Given] = [
        ("n", .int, ["0", "1", "-7", "2147483647", nil, "42", "-2147483648", "100"]),
        ("m", .bigint, ["3", nil, "9223372036854775807", "-1", "1000000000000", "7", "0", "12"]),
        (
            "p", .decimal(precision: 12, scale: 3),
            ["1.500", "-0.005", nil, "99999.999", "0.000", "2.345", "10.000", "-3.250"]
        ),
        ("t", .string, ["abc", "", nil, "Ünï cøde", "a%b_c", "  spaced ", "x'y\\z", "𝄞é1"]),
        ("u", .string, ["b", "abc", "ABC", "%", "1", nil, "yz", "é"]),
        (
            "d", .date,
            [
                "2024-02-29", "1999-12-31", nil, "2000-01-01", "1970-01-01", "2023-03-15", "0004-01-01",
                "9999-12-31",
            ]
        ),
        (
            "s", .timestamp,
            [
                "2024-02-29 23:59:59.5", nil, "1970-01-01 00:00:00", "2000-06-15 12:30:45.123456",
                "1999-12-31 23:59:59", "2023-01-01 00:00:01", "1582-10-15 00:00:00", "2038-01-19 03:14:07",
            ]
        ),
        ("b", .boolean, ["true", "false", nil, "true", "false", nil, "true", "false"]),
    ]

    /// The same table for PostgreSQL.
    static let definition =
        "n int, m bigint, p numeric(12,3), t text, u text, d date, s timestamp, b boolean"

    private mutating func draw(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    private mutating func pick(_ options: [String]) -> String { options[draw(options.count)] }

    mutating func condition(_ depth: Int = 3) -> String {
        guard depth > 0 else { return pick(["b", "n > 1", "t = u", "d < s", "p >= 0", "u IS NULL"]) }
        let next = depth - 1
        switch draw(14) {
        case 0: return "(\(condition(next)) AND \(condition(next)))"
        case 1: return "(\(condition(next)) OR \(condition(next)))"
        case 2: return "(NOT \(condition(next)))"
        case 3: return "(\(number(next)) \(comparison()) \(number(next)))"
        case 4: return "(\(text(next)) \(comparison()) \(text(next)))"
        case 5: return "(\(moment(next)) \(comparison()) \(moment(next)))"
        case 6:
            return
                "(\(number(next)) \(pick(["", "NOT "]))BETWEEN \(pick(["", "SYMMETRIC "]))\(number(0)) AND \(number(0)))"
        case 7: return "(\(text(next)) \(pick(["LIKE", "NOT LIKE", "ILIKE"])) \(pattern()))"
        case 8:
            return "(\(text(next)) \(pick(["IN", "NOT IN"])) (\(text(0)), 'abc', \(pick(["NULL", "'é'"]))))"
        case 9: return "(\(number(next)) IS \(pick(["", "NOT "]))NULL)"
        case 10: return "((\(condition(next))) IS \(pick(["", "NOT "]))\(pick(["TRUE", "FALSE", "UNKNOWN"])))"
        case 11: return "(\(text(next)) IS \(pick(["", "NOT "]))DISTINCT FROM \(text(next)))"
        case 12: return "(CASE WHEN \(condition(next)) THEN \(condition(0)) ELSE \(condition(0)) END)"
        default: return "coalesce(\(condition(next)), b)"
        }
    }

    mutating func number(_ depth: Int = 3) -> String {
        guard depth > 0 else { return pick(["n", "m", "p", "n", "p", "7", "2.50", "-3", "length(t)"]) }
        let next = depth - 1
        switch draw(13) {
        case 0: return "(\(number(next)) \(pick(["+", "-", "*"])) \(number(next)))"
        case 1: return "(\(number(next)) / nullif(\(number(next)), 0))"
        case 2: return "(\(pick(["n", "m", "p"])) % \(pick(["7", "nullif(n, 0)", "nullif(m, 0)"])))"
        case 3:
            return
                "\(pick(["abs", "floor", "ceil", "sign", "round"]))(\(pick(["p", number(next) + "::numeric"])))"
        case 4: return "round(\(number(next))::numeric, \(draw(5) - 1))"
        case 5: return "length(\(text(next)))"
        case 6: return "strpos(\(text(next)), \(text(0)))"
        case 7:
            return
                "extract(\(pick(["year", "quarter", "month", "week", "day", "dow", "isodow", "doy", "isoyear", "epoch"])) from \(moment(next)))"
        case 8:
            return
                "CAST(\(number(next)) AS \(pick(["bigint", "integer", "numeric(10,2)", "smallint", "numeric"])))"
        case 9: return "coalesce(\(number(next)), \(number(0)))"
        case 10: return "\(pick(["greatest", "least"]))(\(number(next)), \(number(0)))"
        case 11: return "(- \(number(next)))"
        default: return "CASE \(text(0)) WHEN 'abc' THEN \(number(0)) WHEN u THEN \(number(0)) END"
        }
    }

    mutating func text(_ depth: Int = 3) -> String {
        guard depth > 0 else { return pick(["t", "u", "t", "'abc'", "'é%'", "''"]) }
        let next = depth - 1
        switch draw(16) {
        case 0: return "(\(text(next)) || \(text(next)))"
        case 1:
            return "\(pick(["lower", "upper", "reverse", "md5", "btrim", "ltrim", "rtrim"]))(\(text(next)))"
        case 2: return "\(pick(["left", "right"]))(\(text(next)), \(draw(7) - 3))"
        case 3: return "substr(\(text(next)), \(draw(5) - 1), \(draw(4)))"
        case 4: return "replace(\(text(next)), \(text(0)), \(text(0)))"
        case 5: return "\(pick(["lpad", "rpad"]))(\(text(next)), \(draw(9)), \(pick(["'xy'", "u"])))"
        case 6: return "repeat(\(text(0)), \(draw(4)))"
        case 7: return "split_part(\(text(next)), \(pick(["'b'", "' '", "u"])), \(draw(3) + 1))"
        case 8: return "concat(\(text(next)), \(number(0)), \(moment(0)))"
        case 9: return "CAST(\(number(next)) AS text)"
        case 10: return "(\(moment(next)))::text"
        case 11: return "CAST(\(text(next)) AS varchar(\(draw(4) + 1)))"
        case 12: return "nullif(\(text(next)), \(text(0)))"
        case 13: return "CASE WHEN \(condition(next)) THEN \(text(0)) ELSE \(text(next)) END"
        case 14: return "\(pick(["greatest", "least", "coalesce"]))(\(text(next)), \(text(0)))"
        default: return "\(pick(["btrim", "ltrim", "rtrim"]))(\(text(next)), \(pick(["'a '", "u"])))"
        }
    }

    mutating func moment(_ depth: Int = 3) -> String {
        guard depth > 0 else {
            return pick(["d", "s", "d", "date '2020-02-29'", "timestamp '2021-03-04 05:06:07'"])
        }
        let next = depth - 1
        switch draw(7) {
        case 0: return "(d \(pick(["+", "-"])) \(pick(["1", "n % 1000", "365"])))"
        case 1:
            return
                "date_trunc('\(pick(["year", "quarter", "month", "week", "day", "hour", "minute", "second"]))', s)"
        case 2: return "CAST(\(moment(next)) AS \(pick(["date", "timestamp"])))"
        case 3: return "coalesce(\(moment(next)), \(moment(0)))"
        case 4: return "CASE WHEN \(condition(0)) THEN d END"
        case 5: return "\(pick(["greatest", "least"]))(d, \(pick(["date '2010-01-01'", "s"])))"
        default: return pick(["d", "s"])
        }
    }

    private mutating func comparison() -> String { pick(["=", "<>", "<", "<=", ">", ">="]) }

    private mutating func pattern() -> String {
        pick([
            "'a%'", "'%b%'", "'_'", "'%\\%%'", "'%é%'", "'!%%' ESCAPE '!'", "u", "'%x\\\\%'", "'ABC'", "''",
            "'%_c'",
        ])
    }
}
