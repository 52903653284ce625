import CatalogModel
import QueryAnalysis
import TestSupport
import Testing

@Suite(.aside) struct `The parser` {
    @Test(arguments: [
        ("pg_read_file('x')", "function `pg_read_file` at position 1 is not in the subset"),
        ("true = pg_read_file('x')", "function `pg_read_file` at position 8 is not in the subset"),
        ("(select 1)", "a subquery at position 1 is not in the subset"),
        ("a in (select 1)", "a subquery at position 3 is not in the subset"),
        ("$1 = 1", "`$` at position 1 is not in the subset"),
        ("a = $$x$$", "`$` at position 5 is not in the subset"),
        ("a -- b", "a comment at position 3 is not in the subset"),
        ("a /* b */", "a comment at position 3 is not in the subset"),
        ("1) FROM x WHERE (1=1", "the parentheses don't match at position 2"),
        ("a; drop table x", "`;` at position 2 is not in the subset"),
        ("a ~ 'x'", "operator `~` at position 3 is not in the subset"),
        ("a::regclass", "type `regclass` at position 4 is not in the subset"),
        ("a collate \"C\" = 'x'", "COLLATE at position 3 is not in the subset"),
        ("t.a = 1", "the qualified name `t.a` at position 1 is not in the subset"),
        ("count(*) > 1", "function `count` at position 1 is not in the subset"),
        (
            "lower(a) over () = 'x'",
            "DISTINCT, FILTER, ORDER BY, OVER, VARIADIC or `*` in `lower` at position 1 is not in the subset"
        ),
        ("a = any(array[1])", "ANY or ALL at position 3 is not in the subset"),
        ("ééé || sleep(1)", "function `sleep` at position 8 is not in the subset"),
        (
            "a = '{USER}'",
            "macro `{USER}` at position 6 is inside quotes: write it without them, it is a value already"
        ),
        ("a = {GROUP}", "a macro other than `{USER}` and `{col}` at position 5 is not in the subset"),
        ("a = = 'secret'", "syntax error at position 5"),
        ("a = 'secret", "the quote at position 5 is not closed"),
        ("1, 2", "a row at position 1 is not in the subset"),
    ])
    func `refuses by name and position`(text: String, message: String) {
        #expect(refusal(text) == message)
    }

    @Test func `keeps negative numbers`() throws {
        #expect(try ExpressionParser.parse("-5") == .literal(.integer(-5)))
        #expect(try ExpressionParser.parse("0") == .literal(.integer(0)))
    }

    @Test func `reads macros`() throws {
        #expect(try ExpressionParser.parse("{USER}") == .macro(.user))
        #expect(try ExpressionParser.parse("current_user") == .macro(.user))
        #expect(try ExpressionParser.parse("upper({col})") == .call(.upper, [.macro(.column)]))
    }

    @Test(arguments: [
        String(repeating: "1+", count: 32_000) + "1",
        String(repeating: "(", count: 32_000) + "1" + String(repeating: ")", count: 32_000),
        String(repeating: "NOT ", count: 16_000) + "a",
        "a" + String(repeating: "::text", count: 10_000),
        String(repeating: "- ", count: 32_000) + "a",
        String(repeating: "CASE WHEN a THEN ", count: 3_000) + "1" + String(repeating: " END", count: 3_000),
        String(repeating: "lower(", count: 8_000) + "a" + String(repeating: ")", count: 8_000),
        String(repeating: "(SELECT ", count: 7_000) + "1" + String(repeating: ")", count: 7_000),
        String(repeating: "a||", count: 20_000) + "a",
        String(repeating: "a IN (", count: 9_000) + "1" + String(repeating: ")", count: 9_000),
        String(repeating: "a", count: 70_000),
        String(repeating: "1,", count: 32_000) + "1",
        String(repeating: "a OR ", count: 13_000) + "a",
    ])
    func `survives nesting`(text: String) {
        #expect(refusal(text) != nil)
    }

    @Test func `takes a list of thousands`() throws {
        let list = (0..<5_000).map(String.init).joined(separator: ",")
        _ = try ExpressionParser.parse("a in (\(list))")
    }

    @Test func `refuses or reads anything`() throws {
        let seed = TestSeed.value()
        var random = Seeded(state: seed)
        let valid = [
            "country = 'DE' AND amount > 100", "a IN (1, 2.5, -3) OR b LIKE 'x\\_%' ESCAPE '!'",
            "CASE WHEN a IS NULL THEN {USER} ELSE upper({col}) END", "extract(year from d) BETWEEN 1 AND 2",
            "substring(a from 1 for 2) || E'\\'' || \"B\"", "(a::numeric(10,2))::text <> 'é'",
            "trim(both 'x' from a)",
        ].map { Array($0.utf8) }
        var read = 0
        for _ in 0..<400 {
            var bytes = valid[Int.random(in: 0..<valid.count, using: &random)]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2:
                    bytes.insert(
                        contentsOf: valid[Int.random(in: 0..<valid.count, using: &random)],
                        at: index
                    )
                default:
                    bytes.insert(Array("()'\"{}$\\,;-*".utf8).randomElement(using: &random) ?? 40, at: index)
                }
                if bytes.isEmpty { bytes = [40] }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                _ = try ExpressionParser.parse(text)
                read += 1
            } catch {
                #expect(!error.message.isEmpty, "seed \(seed)")
            }
        }
        #expect(read > 20, "seed \(seed)")
    }
}

@Suite(.aside) struct `Checking at publish` {
    private func message(_ text: String, column: String? = nil) throws -> String? {
        let schema = try #require(
            TableSchema([
                ColumnSchema(ColumnName("name"), .string), ColumnSchema(ColumnName("age"), .int),
                ColumnSchema(ColumnName("born"), .date), ColumnSchema(ColumnName("doc"), .json),
            ])
        )
        do {
            try ExpressionParser.check(text, schema: schema, maskedColumn: column.map { ColumnName($0) })
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `names columns that don't exist`() throws {
        #expect(try message("true AND nme = 'x'") == "the table has no column `nme` (at position 10)")
    }

    @Test func `knows PostgreSQL's types`() throws {
        #expect(try message("name = age") == "operator does not exist: text = integer (at position 6)")
        #expect(try message("age = '12'") == nil)
        #expect(try message("age = 'x'") == "a quoted literal is no valid integer (at position 5)")
        #expect(try message("born > '2024-01-01'") == nil)
        #expect(try message("born > '2024-02-30'") == "a quoted literal is no valid date (at position 6)")
        #expect(try message("doc IS NOT NULL") == nil)
        #expect(try message("doc = 'x'") != nil)
        #expect(try message("age") == "a row filter must be true or false, this is int (at position 1)")
        #expect(try message("age LIKE '1%'") == "operator does not exist: integer ~~ unknown (at position 5)")
        #expect(try message("upper({col})", column: "name") == nil)
        #expect(
            try message("name = upper({col})")
                == "macro `{col}` has a meaning in custom masks only (at position 14)"
        )
    }
}
