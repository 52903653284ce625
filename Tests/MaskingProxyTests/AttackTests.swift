import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

/// Attacks against two databases that differ in nothing that may be seen: every answer must be the same.
@Suite(.aside) struct `The attacks` {
    @Test(arguments: AttackPolicy.all)
    func `get nothing that policy hides`(policy: AttackPolicy) async throws {
        var twins: [Twin] = []
        for name in try TwinDatabases.names.get() { twins.append(try await Twin(name, policy)) }
        try await Self.run(policy, twins)
    }

    /// Filters behind views of ours; what has no filter is no different from above.
    ///
    /// With a subquery, where PostgreSQL would most like to put conditions first; those of all policies with
    /// `STEWARD_ATTACKS=all`.
    @Test(arguments: AttackPolicy.behindViews)
    func `get nothing past views`(policy: AttackPolicy) async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        var twins: [Twin] = []
        for name in try TwinDatabases.names.get() {
            let schema = try cluster.makeViewSchema(in: name)
            twins.append(try await Twin(name, policy, viewSchema: schema))
        }
        try await Self.run(policy, twins)
        for twin in twins { #expect(try twin.usesViews(), "its filter was carried out in place") }
    }

    @Test(arguments: AttackPolicy.all)
    func `get nothing of SQLite files that policy hides`(policy: AttackPolicy) async throws {
        var twins: [Twin] = []
        for name in try TwinDatabases.names.get() { twins.append(try await Twin(fileOf: name, policy)) }
        try await Self.run(policy, twins)
    }

    private static func run(_ policy: AttackPolicy, _ twins: [Twin]) async throws {
        let secrets = try Secrets(database: "twin_a")
        var overRefused: [String] = []
        let cases = AttackCase.shared + AttackCase.own + AttackCase.shapes + AttackCase.catalogs
        for attack in cases {
            for isExtended in [false, true] {
                // The clients block: others must get their turn.
                await Task.yield()
                let answers = twins.map { $0.answer(to: attack.sql, isExtended: isExtended) }
                let label = "\(attack.id) \(isExtended ? "extended" : "simple"): \(attack.sql)"
                #expect(answers.allSatisfy { $0.last?.kind == "Z" }, "the session ended: \(label)")
                if attack.expect == "D" {
                    #expect(answers.allSatisfy { !$0.errors.isEmpty }, "not refused: \(label)")
                }
                if policy.isBlind {
                    #expect(answers[0] == answers[1], "the twins can be told apart: \(label)")
                }
                #expect(secrets.first(in: answers[0].bytes) == nil, "a hidden value came out: \(label)")
                let isRefused = answers[0].errors.contains { ["42501", "0A000", "XX000"].contains($0) }
                // A view that reads a withheld column can't be read at all.
                let isView = policy.name == "withheld columns" && attack.sql.contains("eu_customers")
                if attack.expect == "M", isRefused, !isExtended, !isView { overRefused.append(attack.id) }
                #expect(twins.allSatisfy { $0.goesOn() }, "the session doesn't go on: \(label)")
            }
        }
        let mayRun = cases.count { $0.expect == "M" }
        #expect(
            policy.name == "denied table" || overRefused.count * 100 <= mayRun * 3,
            "refused too much: \(overRefused)"
        )
    }
}

/// One of the databases, behind a door of its own.
private final class Twin {
    private let desk: ProxyDesk
    private let clients: [Bool: WireClient]

    init(_ name: String, _ policy: AttackPolicy, viewSchema: String? = nil) async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        desk = try ProxyDesk()
        try desk.add("shop", uri: cluster.uri(of: name), viewSchema: viewSchema)
        for column in policy.tagged {
            let reference = try #require(ColumnReference("shop.public.customers.\(column)"))
            try desk.cases.editing.set([(.column(reference), Tag(TagName("PII")))], by: desk.admin)
        }
        try desk.publish(policy.policies)
        clients = try Self.clients(try await desk.open())
        last = clients[false]
    }

    /// The tables of a database of the cluster, in a SQLite file behind a door without any PostgreSQL.
    init(fileOf name: String, _ policy: AttackPolicy) async throws {
        desk = try ProxyDesk()
        try FileDesk.copy(name, to: desk.folder.appending(path: "shop.sqlite"))
        try desk.addFiles("shop", .sqlite, desk.folder.appending(path: "shop.sqlite").path)
        for column in policy.tagged {
            let reference = try #require(ColumnReference("shop.customers.\(column)"))
            try desk.cases.editing.set([(.column(reference), Tag(TagName("PII")))], by: desk.admin)
        }
        try desk.publish(FileDesk.policies(policy.policies))
        clients = try Self.clients(try await desk.open())
        last = clients[false]
    }

    private static func clients(_ port: Int) throws -> [Bool: WireClient] {
        var clients: [Bool: WireClient] = [:]
        for isExtended in [false, true] {
            clients[isExtended] = try WireClient(
                port: port,
                user: "alice",
                password: "open alice",
                database: "shop"
            )
        }
        return clients
    }

    private var last: WireClient?

    /// Whether the filter on customers is carried out behind a view.
    func usesViews() throws -> Bool {
        try desk.explained("SELECT id FROM customers", "shop").fences.map(\.how).allSatisfy {
            $0.hasPrefix("view governed.v_")
        }
    }

    func answer(to sql: String, isExtended: Bool) -> [WireClient.Message] {
        last = clients[isExtended]
        guard let last else { return [] }
        return isExtended ? last.extended(sql) : last.simple(sql)
    }

    /// Whether the session works after the last statement.
    func goesOn() -> Bool {
        guard let last else { return false }
        return last.simple("ROLLBACK; SELECT 'still here'").rows == [["still here"]]
    }
}

/// The values that no answer may hold, as they are, without separators, and backwards.
private struct Secrets {
    private let values: Set<ArraySlice<UInt8>>
    private let lengths: Set<Int>

    init(database: String) throws {
        let cluster = try PostgreSQLCluster.shared.get()
        var values: Set<ArraySlice<UInt8>> = []
        for row in try cluster.run("SELECT ssn FROM customers UNION SELECT 'HIDDEN-SECRET-US'", in: database)
        {
            guard let value = row[0] else { continue }
            let bare = value.filter { $0 != "-" }
            for form in [value, String(value.reversed()), bare, String(bare.reversed())] {
                values.insert(Array(form.utf8)[...])
            }
        }
        self.values = values
        lengths = Set(values.map(\.count))
    }

    /// A secret that stands in some bytes.
    func first(in bytes: [UInt8]) -> String? {
        for length in lengths where bytes.count >= length {
            for start in 0...(bytes.count - length) where values.contains(bytes[start..<start + length]) {
                return String(decoding: bytes[start..<start + length], as: UTF8.self)
            }
        }
        return nil
    }
}
