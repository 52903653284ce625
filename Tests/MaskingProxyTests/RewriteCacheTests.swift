import CatalogModel
import DataSources
import Foundation
import Governance
import PolicyEngine
import TestSupport
import Testing

@testable import QueryAnalysis

/// Statements that a cache answers are the same, and audited the same, as those that aren't.
@Suite(.aside) struct `Statements by shape` {
    private static let threads = ParserThreads(count: 2)

    private struct Place {
        let desk: ProxyDesk
        let governance: StatementGovernance

        func session(_ user: String = "alice") throws -> StatementSession {
            try governance.session(for: Caller(user: UserName(user), isOperator: false, request: "r-\(user)"))
        }

        /// Alice's statements in the audit log.
        func lines() throws -> [AuditRecord] {
            try desk.cases.auditing.tail(100, user: UserName("alice"), resource: nil, by: desk.admin)
                .filter { $0.act == .statement }
        }
    }

    private static func place(
        _ database: String,
        _ more: String = "",
        _ policies: [Policy] = `Random statements`.policies
    ) throws -> Place {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(database, TwinDatabases.own("a") + more)
        let desk = try ProxyDesk()
        try desk.add("shop", uri: cluster.uri(of: database))
        try desk.publish(policies)
        let upstream = PostgreSQLDatabase(uri: cluster.uri(of: database))
        return Place(
            desk: desk,
            governance: try desk.cases.statements.governance(of: SourceName("shop"), upstream: upstream)
        )
    }

    private static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        let threads = try #require(threads)
        return try threads.run { Result { try body() } }.get()
    }

    @Test func `are rewritten as on their own`() async throws {
        let place = try Self.place("shapes_random")
        let session = try place.session()
        var grammar = StatementGrammar(seed: 20_261_128)
        var (same, refused) = (0, 0)
        for _ in 0..<60 {
            await Task.yield()
            let text = grammar.statement()
            let texts = (0..<4).map { Self.changed(text, by: $0) }
            let outcome = try Self.run {
                texts.map { text in
                    (
                        try? session.rewrite(text, masks: .wayBack).map(\.text),
                        try? session.explain(text).map(\.text)
                    )
                }
            }
            for (cached, own) in outcome {
                try #require(cached == own, "\(text)")
                if own == nil { refused += 1 } else { same += 1 }
            }
        }
        #expect(same > 120, "\(same) rewritten, \(refused) refused")
    }

    /// The text with other literals, in a way of its own for each `turn`.
    private static func changed(_ text: String, by turn: Int) -> String {
        let bytes = Array(text.utf8)
        guard turn > 0, let found = StatementShape.scan(bytes) else { return text }
        var result: [UInt8] = []
        var start = 0
        for literal in found.literals {
            result += bytes[start..<literal.range.lowerBound]
            let old = Int(String(decoding: bytes[literal.range], as: UTF8.self)) ?? 0
            switch literal.kind {
            case .small: result += String((old * (turn + 1)) % 9 + turn).utf8
            case .text: result += turn == 1 ? Array(bytes[literal.range]) : Array("'EU'".utf8)
            case .large, .decimal: result += bytes[literal.range]
            }
            start = literal.range.upperBound
        }
        return String(decoding: result + bytes[start...], as: UTF8.self)
    }

    @Test func `are forgotten when policy changes, and told apart by user`() throws {
        let place = try Self.place("shapes_policy")
        let (alice, bob) = (try place.session(), try place.session("bob"))
        let texts = (1...5).map { "SELECT ssn FROM customers WHERE id = \($0)" }
        let before = try Self.run { try texts.map { try alice.rewrite($0, masks: .wayBack)[0].text } }
        #expect(before[4] == before[0].replacing("= 1", with: "= 5"))
        #expect(throws: StatementFailure.self) { try Self.run { try bob.rewrite(texts[4], masks: .wayBack) } }
        try place.desk.publish([ProxyDesk.deny("customers", "ssn")])
        #expect(throws: StatementFailure.self) {
            try Self.run { try alice.rewrite(texts[4], masks: .wayBack) }
        }
        let others = (1...4).map { "SELECT name FROM customers WHERE id = \($0)" }
        let after = try Self.run { try others.map { try alice.rewrite($0, masks: .wayBack)[0] } }
        let same = try Self.run { try alice.stillHolds(after[3].reads) }
        #expect(same)
        try place.desk.publish([ProxyDesk.deny("customers", "region")])
        #expect(alice.surelyHolds(after[3].reads) == false)
        let later = try Self.run { try others.map { try alice.rewrite($0, masks: .wayBack)[0].text } }
        #expect(try Self.run { try alice.explain(others[3])[0].text } == later[3])
    }

    @Test func `stand in the audit log one by one, without literals`() throws {
        let place = try Self.place("shapes_audit")
        let session = try place.session()
        try Self.run {
            for id in 71...76 {
                _ = try session.rewrite("SELECT ssn FROM customers WHERE id = \(id)", masks: .wayBack)
            }
        }
        let lines = try place.lines()
        #expect(lines.count == 6)
        #expect(Set(lines.map(\.statement)).count == 1)
        #expect(Set(lines.map(\.columns)).count == 1 && lines[0].columns.contains { $0.contains("ssn") })
        #expect(Set(lines.map(\.policies)).count == 1 && !lines[0].policies.isEmpty)
        #expect(Set(lines.map(\.version)).count == 1 && lines[0].version != nil)
        #expect(lines.allSatisfy { $0.request == "r-alice" && $0.outcome == .allowed })
        #expect(!"\(lines)".contains("7_1") && !lines.contains { "\($0)".contains("= 7") })
    }

    /// The fingerprint is one for tables whose names differ in such digits.
    @Test func `wait with their lines only once one that differs in literals alone is on disk`() throws {
        let years = "\nCREATE TABLE year_2023 (a int);\nCREATE TABLE year_2024 (a int);"
        let place = try Self.place("shapes_years", years, [ProxyDesk.allow(["year_*"])])
        let session = try place.session()
        let texts = { @Sendable (year: Int) in (1...3).map { "SELECT a FROM year_\(year) WHERE a = \($0)" } }
        // The first one finds out what time it is for policies; nothing is kept of it.
        _ = try Self.run { try session.rewrite(texts(2023)[0], masks: .wayBack) }
        try Self.run { for text in texts(2023) { _ = try session.rewrite(text, masks: .wayBack) } }
        #expect(session.rewriteAtOnce(texts(2023)[0]) != nil)
        try Self.run { for text in texts(2024).dropLast() { _ = try session.rewrite(text, masks: .wayBack) } }
        #expect(session.rewriteAtOnce(texts(2024)[0]) == nil)
        _ = try Self.run { try session.rewrite(texts(2024)[2], masks: .wayBack) }
        for year in [2024, 2023, 2024] { #expect(session.rewriteAtOnce(texts(year)[1]) != nil) }
        #expect(try place.lines().count == 7)
        try session.flush()
        let lines = try place.lines()
        let resource = { (year: Int) in "shop.public.year_\(year)" }
        #expect(
            lines.map(\.resource)
                == [2023, 2023, 2023, 2023, 2024, 2024, 2024, 2023, 2024, 2023, 2024].map(resource)
        )
        #expect(Set(lines.map(\.statement)).count == 1)
        for year in [2023, 2024] {
            let alike = lines.filter { $0.resource == resource(year) }.map {
                $0.repeated(at: Instant(seconds: 0), rows: nil, milliseconds: nil)
            }
            #expect(Set(alike).count == 1 && alike[0].columns == ["shop.public.year_\(year).a: clear"])
        }
    }

    /// A session that was never asked before knows what the columns are that come back.
    @Test func `serve sessions that come later`() async throws {
        let place = try Self.place("shapes_later")
        let port = try await place.desk.open()
        for id in 1...4 {
            let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
            let answer = client.simple("SELECT id, ssn, name FROM customers WHERE id = \(id)")
            #expect(answer.errors.isEmpty)
            #expect(answer.rows.count == (id == 3 ? 0 : 1))
        }
    }
}
