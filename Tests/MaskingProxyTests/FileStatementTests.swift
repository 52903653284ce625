import CatalogModel
import Foundation
import TestSupport
import Testing

/// Random statements over SQLite files: twins that differ in nothing visible answer the same, and as PostgreSQL does over
/// tables to which masks and filters were applied.
@Suite(.aside) struct `Random statements over files` {
    /// How many; CI runs more by `STEWARD_STATEMENTS`, and `STEWARD_FILE_STATEMENTS` says it for files alone.
    static let count =
        ProcessInfo.processInfo.environment["STEWARD_FILE_STATEMENTS"].flatMap { Int($0) }
        ?? min(Random.count, 5000) / 10
    private typealias Random = `Random statements`

    @Test func `tell nothing that policy hides and nothing wrong`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        // SQLite's whole numbers have 64 bits: so have those that they are compared with.
        let wide = { (twin: String) in
            TwinDatabases.own(twin).replacing("id int", with: "id bigint").replacing(
                "salary int",
                with: "salary bigint"
            )
        }
        try cluster.make("files_a", wide("a"))
        try cluster.make("files_b", wide("b"))
        try cluster.make("files_masked", wide("a") + Random.physicalMasks)
        var clients: [WireClient] = []
        var desks: [ProxyDesk] = []
        for name in ["files_a", "files_b"] {
            let desk = try ProxyDesk()
            let file = desk.folder.appending(path: "shop.sqlite")
            try FileDesk.copy(name, to: file)
            try desk.addFiles("shop", .sqlite, file.path)
            try desk.publish(FileDesk.policies(Random.policies))
            let port = try await desk.open()
            clients.append(
                try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
            )
            desks.append(desk)
        }
        let direct = try DirectClient(
            uri: cluster.uri(of: "files_masked") + "?options=-csearch_path%3Dpublic"
        )
        for client in clients { _ = client.simple("SET statement_timeout TO '3s'") }
        let seed = UInt64(ProcessInfo.processInfo.environment["STEWARD_SEED"] ?? "") ?? 20_261_128
        var grammar = StatementGrammar(seed: seed)
        var answered = 0
        for number in 0..<Self.count {
            // The clients block: others must get their turn.
            await Task.yield()
            let sql = grammar.statement()
            let isExtended = number.isMultiple(of: 2)
            let answers = clients.map { isExtended ? $0.extended(sql) : $0.simple(sql) }
            if answers.contains(where: { $0.errors.contains("57014") }) { continue }
            try #require(answers[0] == answers[1], "seed \(seed), the twins can be told apart: \(sql)")
            guard answers[0].errors.isEmpty else {
                let message = answers[0].first { $0.kind == "E" }?.fields["M"] ?? ""
                let refused = answers[0].errors.contains {
                    ["42501", "0A000", "XX000", "42883"].contains($0)
                }
                #expect(!refused, "refused with \(message): \(sql)")
                continue
            }
            answered += 1
            let expected = direct.rows(of: sql)
            // In which order conditions are looked at is nobody's promise: what failed there may not fail here.
            guard let expected else { continue }
            try #require(expected == answers[0].rows, "seed \(seed), not as on masked tables: \(sql)")
        }
        #expect(answered * 2 > Self.count, "only \(answered) of \(Self.count) statements ran")
        withExtendedLifetime(desks) {}
    }
}
