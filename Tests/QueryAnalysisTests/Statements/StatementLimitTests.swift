import TestSupport
import Testing

@testable import QueryAnalysis

@Suite(.aside) struct `Hostile statements` {
    static let shapes: [(open: String, middle: String, close: String)] = [
        ("SELECT ", "1+", "1"), ("SELECT ", "(", "1"), ("SELECT ", "(SELECT ", "1"),
        ("SELECT ", "NOT ", "true"),
        ("SELECT 1", "::int", ""), ("SELECT ", "- ", "1"), ("SELECT ", "ARRAY[", "1"),
        ("SELECT ", "CASE WHEN true THEN ", "1"), ("SELECT ", "coalesce(", "1"),
        ("SELECT 1", " UNION SELECT 1", ""),
        ("SELECT * FROM ", "(SELECT * FROM ", "orders"), ("SELECT * FROM orders", ",orders", ""),
        ("SELECT 1", ",1", ""), ("SELECT true", " AND true", ""), ("SELECT 'a'", "||'a'", ""),
        ("WITH a AS (", "WITH a AS (", "SELECT 1"), ("SELECT * FROM ", "(orders NATURAL JOIN ", "orders"),
        ("", "SELECT 1;", ""), ("SELECT ", "a.", "b"), ("SELECT ", "ROW(", "1"),
        ("SELECT 1 IN (1", ",1", ")"),
    ]

    @Test(arguments: shapes.indices, [100, 10_000])
    func `never take the process down`(shape: Int, count: Int) {
        let (open, middle, close) = Self.shapes[shape]
        let times = min(count, 65_000 / middle.utf8.count)
        var text = open + String(repeating: middle, count: times) + close
        switch middle.last {
        case "(": text += String(repeating: ")", count: min(times, 65_536 - text.utf8.count))
        case "[": text += String(repeating: "]", count: min(times, 65_536 - text.utf8.count))
        default: break
        }
        switch Shop.rewrite(text) {
        case .success(let statements):
            #expect(statements.allSatisfy { $0.text.utf8.count <= QueryPrinter.sizeLimit })
        case .failure(let error): #expect(!error.message.isEmpty)
        }
    }

    @Test func `longer than the limit are refused`() {
        let text = "SELECT '" + String(repeating: "a", count: StatementRewriter.textLimit) + "'"
        guard case .failure(let error) = Shop.rewrite(text) else {
            Issue.record("accepted")
            return
        }
        #expect(error.code == .limit)
    }

    @Test(arguments: 0..<40)
    func `of random tokens are rewritten or refused`(seed: UInt64) {
        var dice = SplitMix(seed: seed)
        let tokens = [
            "SELECT", "FROM", "WHERE", "customers", "orders", "ssn", "*", ",", "(", ")", "JOIN", "ON", "=",
            "1", "'x'",
            "AS", "c", ".", "UNION", "ALL", "ORDER", "BY", "GROUP", "LIMIT", "WITH", "RECURSIVE", "LATERAL",
            "AND",
            "NOT", "NULL", "IS", "IN", "count", "::", "text", "[", "]", "CASE", "WHEN", "THEN", "END", "$1",
            ";",
        ]
        for _ in 0..<100 {
            let count = Int.random(in: 1...25, using: &dice)
            let text =
                "SELECT "
                + (0..<count).map { _ in tokens.randomElement(using: &dice) ?? "" }
                .joined(separator: " ")
            if case .success(let statements) = Shop.rewrite(text) {
                #expect(statements.allSatisfy { !$0.text.contains("salary") })
            }
        }
    }
}

/// Random numbers from a seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
