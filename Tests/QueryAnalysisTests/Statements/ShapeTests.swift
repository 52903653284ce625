import CPgQuery
import TestSupport
import Testing

@testable import QueryAnalysis

/// Statements that differ in literals only share one rewrite, and it is the same as each one's own.
@Suite(.aside) struct `Shapes of statements` {
    /// Constructs in which literals are values, positions, counts, parts of types, names, or something else.
    static let statements = [
        "SELECT abalance FROM orders WHERE id = 123", "SELECT id FROM orders WHERE id = 1;",
        "SELECT name, ssn, email FROM customers WHERE id = 17 AND region = 'EU'",
        "SELECT name FROM customers WHERE id IN (1, 2, 33) OR name = 'it''s' OR name LIKE 'A%' ESCAPE '!'",
        "SELECT name AS n, id FROM customers WHERE id = 5 ORDER BY 2, 1 DESC LIMIT 10 OFFSET 20",
        "SELECT region, count(*), 7 FROM customers WHERE id > 3 GROUP BY 1, region HAVING count(*) > 2",
        "SELECT DISTINCT ON (1, 2) id, name FROM customers WHERE id < 40 ORDER BY 1, 2",
        "SELECT -5, - 5, 5 - 3, -5.5, +4, id - 1, id -1, id-1 FROM orders WHERE amount > -12.5",
        "SELECT CAST('12' AS int), '12'::numeric(10,2), 1.5::numeric(4), 'x'::varchar(7), 12345678901",
        "SELECT interval '1 day', interval '3' hour, interval(2) '1.5 s', date '2024-01-01', timestamp(3) '2024-01-01'",
        "SELECT E'a\\'b', U&'d\\0061t', B'101', X'1F', N'abc', $$a'b$$, 'a' 'b'",
        "SELECT 'a'\n 'b', name FROM customers WHERE id = 3", "SELECT 1 WHERE 'a$1' = 'b' AND id = $1",
        "SELECT name FROM customers WHERE id = $1 AND name = 'x' AND email = 'y'",
        "SELECT amount * 1.1 + 3, round(amount, 2), substring('abc' from 2 for 1) FROM orders WHERE id = 3",
        "SELECT extract('year' FROM created_at), date_trunc('month', created_at) FROM orders",
        "SELECT created_at AT TIME ZONE 'UTC' FROM orders WHERE created_at > '2024-01-01'",
        "SELECT CASE WHEN id = 1 THEN 'a' WHEN id > 2 THEN 'b' ELSE 'c' END FROM orders",
        "SELECT CASE id WHEN 1 THEN 'a' ELSE 'c' END FROM orders", "VALUES (1, 'a'), (2, 'b'), (3, NULL)",
        "SELECT * FROM customers c JOIN orders o ON o.customer_id = c.id AND o.amount > 10 WHERE c.id = 4",
        "SELECT * FROM customers WHERE id BETWEEN 1 AND 20 AND NOT name = 'x' AND salary = 3",
        "WITH x AS (SELECT id FROM customers WHERE id = 3) SELECT * FROM x WHERE id < 100",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n",
        "SELECT id FROM customers WHERE id = 1 UNION SELECT id FROM orders WHERE id = 2 ORDER BY 1 LIMIT 3",
        "SELECT id, (SELECT count(*) FROM orders WHERE customer_id = 4) FROM customers WHERE id = 5",
        "SELECT row_number() OVER (PARTITION BY region, 3 ORDER BY id ROWS 2 PRECEDING) FROM customers",
        "SELECT lag(name, 1, 'none') OVER (ORDER BY id) FROM customers WHERE id > 10",
        "SELECT array[1,2,3], (array['a','b'])[1], ROW(1,'x'), 'a' || 'b', 'x' COLLATE \"C\" FROM orders",
        "SELECT 'public.customers'::regclass, 16384::regclass, '12'::regclass FROM orders WHERE id = 1",
        "SELECT current_setting('server_version'), has_table_privilege('customers', 'SELECT')",
        "SELECT 1a, 1.e5, 1e5, .5, 1..2, 00012, 0, 0.0 FROM orders",
        "SELECT 1e5, .5, 00012, 0, 0.0, 1. FROM orders",
        "SELECT \"id\" FROM \"customers\" WHERE \"name\" = 'q' -- 'x' 3", "SELECT /* 'x' 3 */ 4 FROM orders",
        "SELECT id FROM customers WHERE name ~ '^a.*' AND name SIMILAR TO 'x%' AND name NOT ILIKE '_b'",
        "SELECT to_char(created_at, 'YYYY-MM'), format('%s-%s', id, 3), concat('a', 1, 2.5) FROM orders",
        "SELECT json_build_object('k', 1, 'v', amount)->>'k', '{\"a\": 1}'::jsonb @> '{\"a\": 1}' FROM orders",
        "SELECT id FROM customers FETCH FIRST 5 ROWS ONLY",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM orders",
        "SELECT generate_series(1, 10, 2), n FROM generate_series(5, 7) AS n",
        "SELECT eu.ssn FROM eu_customers eu WHERE id = 9",
        "SELECT 'é', 'é''x', 'a' FROM customers WHERE name = 'ß'",
        "SELECT 2147483647, 2147483648, 99999999999999999999",
        "TABLE customers", "SELECT c FROM customers c WHERE c.id = 3",
        "SELECT id FROM customers WHERE id = ALL (ARRAY[1, 2])",
        "SELECT nullif(name, 'x'), coalesce(name, 'y'), greatest(id, 3), least(1, id) FROM customers",
        "SELECT grouping(region), count(*) FROM customers GROUP BY GROUPING SETS ((region), ()) HAVING count(*) > 1",
        "SELECT id FROM orders WHERE (id, customer_id) = (1, 2) AND (id, amount) IN ((1, 2.5), (3, 4.5))",
        "SELECT timestamp '2024-01-01' - interval '1' day * 3, overlay('abc' placing 'x' from 1) FROM orders",
    ]

    @Test(arguments: ["region = 'EU'", "region = 'EU' OR id = 812730001", ""])
    func `make the same text as a rewrite of one's own`(filter: String) throws {
        var dice = Dice(seed: 20_261_127)
        var filled = 0
        for text in Self.statements {
            let first = LiteralDice.changed(text, &dice)
            let template = try #require(Self.template(of: first, filter))
            for _ in 0..<40 {
                let other = LiteralDice.changed(first, &dice)
                guard let template, let shaped = ShapedText(other), shaped.shape == ShapedText(first)?.shape
                else { continue }
                guard let reused = shaped.rewritten(by: template) else { continue }
                filled += 1
                let own = try Self.own(other, filter)
                #expect(own.map(\.text) == [reused.text], "\(first) | \(other)")
                #expect(own.first?.fingerprint == reused.fingerprint, "\(other)")
                #expect(own.first?.effect == reused.effect && own.first?.late == reused.late)
                #expect(own.first.map { $0.reads.isSame(as: reused.reads) } == true)
            }
        }
        #expect(filled > 600, "only \(filled) statements came from templates")
    }

    @Test func `keep what isn't a plain value`() throws {
        func shares(_ left: String, _ right: String) throws -> Bool {
            let template = try #require(Self.template(of: left, ""))
            guard let template, let shaped = ShapedText(right), shaped.shape == ShapedText(left)?.shape else {
                return false
            }
            return shaped.rewritten(by: template) != nil
        }
        #expect(try shares("SELECT id FROM orders WHERE id = 1", "SELECT id FROM orders WHERE id = 934"))
        #expect(try shares("SELECT 'a' FROM orders", "SELECT 'it''s' FROM orders"))
        #expect(try !shares("SELECT id FROM orders ORDER BY 1", "SELECT id FROM orders ORDER BY 2"))
        #expect(try !shares("SELECT id FROM orders GROUP BY 1", "SELECT id FROM orders GROUP BY 2"))
        #expect(try !shares("SELECT id FROM orders LIMIT 1", "SELECT id FROM orders LIMIT 2"))
        #expect(try !shares("SELECT 'a'::varchar(3)", "SELECT 'a'::varchar(4)"))
        #expect(try !shares("SELECT id FROM orders WHERE id = -1", "SELECT id FROM orders WHERE id = -0"))
        #expect(try !shares("SELECT 2147483647", "SELECT 2147483648"))
        #expect(try !shares("SELECT '$1', $1 FROM orders", "SELECT '$2', $1 FROM orders"))
        #expect(try !shares("SELECT 'a\\b'", "SELECT 'a\\c'"))
        for text in ["SELECT 'public.orders'::regclass", "SELECT '12'::regclass"] {
            let template = try #require(Self.template(of: text, ""))
            #expect(template.map(\.size) == nil, "\(text)")
        }
    }

    /// Nothing that isn't one token for PostgreSQL, and a constant, is taken for a literal.
    @Test func `are cut where PostgreSQL's lexer cuts`() throws {
        let threads = try #require(Shop.threads)
        var dice = Dice(seed: 7)
        let parts = [
            "'", "''", "a", "E", "u&", "U&'", "1", "0", "12", ".", "e", "1e", "$", "$1", "$$", "$a$", "-",
            "--",
            "/*", "*/", "\n", " ", "\"", "\\", "é", "_", "x", "B'", "(", ")", ",", "::", "=", "1234567890",
            "12345678901", "'a'", "'b'", "1.5", "@", ";", "N'", "+", "abc", "&",
        ]
        var agreed = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...12, using: &dice)).map { _ in
                parts[Int.random(in: 0..<parts.count, using: &dice)]
            }
            .joined()
            let bytes = Array(text.utf8)
            guard let found = StatementShape.scan(bytes) else { continue }
            guard let tokens = threads.run({ Self.tokens(of: bytes) }) else { continue }
            for literal in found.literals {
                // A text that a later line continues is one token for the lexer, and no hole: its place alone is right.
                let token = tokens[literal.range.lowerBound]
                guard let token else { continue }
                let isContinued = token.end > literal.range.upperBound && literal.kind == .text
                #expect(token.end == literal.range.upperBound || isContinued, "\(text)")
                #expect(
                    token.kind == (literal.kind == .text ? 261 : literal.kind == .small ? 266 : 260)
                        || isContinued,
                    "\(text)"
                )
                agreed += 1
            }
        }
        #expect(agreed > 2000)
    }

    /// The end and kind of each token, by where it begins; nil for a text that the lexer refuses.
    private static func tokens(of text: [UInt8]) -> [Int: (end: Int, kind: Int)]? {
        let result = pg_query_scan((text + [0]).map { CChar(bitPattern: $0) })
        defer { pg_query_free_scan_result(result) }
        guard result.error == nil else { return nil }
        let bytes = Array(UnsafeRawBufferPointer(start: result.pbuf.data, count: result.pbuf.len))
        guard var message = SyntaxMessage(bytes[...]) else { return nil }
        var tokens: [Int: (end: Int, kind: Int)] = [:]
        for var token in message.messages(2) {
            tokens[token.number(1)] = (token.number(2), token.number(4))
        }
        return tokens
    }

    /// What a text becomes on its own.
    private static func own(_ text: String, _ filter: String) throws -> [RewrittenStatement] {
        let threads = try #require(Shop.threads)
        return try threads.run {
            Result { () throws(StatementError) in
                let catalog = try Shop.catalog(filter: filter.isEmpty ? nil : filter)
                return try StatementRewriter.rewrite(text, for: catalog, masks: .wayBack)
            }
        }.get()
    }

    /// The template of a text: nil when it is refused, none when it has none.
    private static func template(of text: String, _ filter: String) -> RewriteTemplate?? {
        guard let threads = Shop.threads, let shaped = ShapedText(text) else { return .some(nil) }
        return threads.run {
            .some(
                try? StatementRewriter.rewriteForReuse(
                    text,
                    shaped,
                    for: Shop.catalog(filter: filter.isEmpty ? nil : filter),
                    masks: .wayBack
                ).template
            )
        }
    }
}

/// Other values for the literals of a text.
enum LiteralDice {
    /// The text with about half of its literals changed, mostly for others of the same class.
    static func changed(_ text: String, _ dice: inout Dice) -> String {
        let bytes = Array(text.utf8)
        guard let found = StatementShape.scan(bytes) else { return text }
        var result: [UInt8] = []
        var start = 0
        for literal in found.literals where Bool.random(using: &dice) {
            result += bytes[start..<literal.range.lowerBound]
            result += other(literal.kind, &dice).utf8
            start = literal.range.upperBound
        }
        return String(decoding: result + bytes[start...], as: UTF8.self)
    }

    private static func other(_ kind: LiteralKind, _ dice: inout Dice) -> String {
        let texts = [
            "''", "'x'", "'it''s'", "'EU'", "'%'", "'é'", "'é''é'", "' '", "'$1'", "'\\'", "'NULL'", "'1'",
            "'--'",
            "'/*'", "'2024-02-30'", "';'", "'a\nb'", "'public.customers'", "'\"'",
            "'steward sentinel 100001'",
        ]
        let numbers = ["0", "1", "2", "9", "10", "999999999", "812730001", "007", "2147483647", "2147483648"]
        let large = ["12345678901", "999999999999999999", "10000000000", "9223372036854775807"]
        let decimals = ["0.0", "1.50", "00.5", "123456789012345678901.5", "1.0"]
        switch Int.random(in: 0..<8, using: &dice) {
        case 0: return numbers[Int.random(in: 0..<numbers.count, using: &dice)]
        case 1: return texts[Int.random(in: 0..<texts.count, using: &dice)]
        default: break
        }
        switch kind {
        case .small: return String(Int.random(in: 0...999_999_999, using: &dice))
        case .large: return large[Int.random(in: 0..<large.count, using: &dice)]
        case .decimal: return decimals[Int.random(in: 0..<decimals.count, using: &dice)]
        case .text: return texts[Int.random(in: 0..<texts.count, using: &dice)]
        }
    }
}

/// A small generator of random numbers with a seed.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
