import Foundation
import TestSupport
import Testing

/// PostgreSQL's own regression statements through the door, under a policy that allows everything.
@Suite(
    .aside,
    .enabled(
        if: RegressionSource.isWanted,
        "set STEWARD_REGRESSION=1: fetches 23 MB of Debian's source package"
    )
)
struct `PostgreSQL's regression statements` {
    /// What a refusal says, by its code: not allowed, not understood, no such table, or no such text search
    /// configuration, as those of users are outside of `pg_catalog`.
    private static let refusals: Set = ["42501", "0A000", "42P01", "42704"]

    /// Columns that PostgreSQL has and the door doesn't know: of tables, and of text search documents taken apart.
    private static let unknownColumns = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "lexeme"]

    /// What is another thing here by intent: the consumer's name, the governed catalog, the search path.
    private static let isOtherwise = [
        "session_user", "current_user", "current_role", "current_catalog", "current_schema", "pg_", " user",
        "information_schema", "regclass", "regtype", "regproc", "regrole", "regnamespace",
    ]

    @Test func `answer as without the door, or are refused`() async throws {
        let folder = try RegressionSource.folder()
        let cluster = try PostgreSQLCluster()
        try cluster.run("CREATE DATABASE regression LC_COLLATE 'C' TEMPLATE template0", in: "postgres")
        try RegressionSource.furnish("regression", of: cluster, from: folder)
        let grants =
            "GRANT USAGE ON SCHEMA public TO gov_proxy; GRANT SELECT ON ALL TABLES IN SCHEMA public TO gov_proxy"
        try cluster.run(grants, in: "regression")
        let desk = try ProxyDesk()
        try desk.add("regression", uri: cluster.uri(of: "regression"))
        try desk.publish([ProxyDesk.allow(["*"])])
        let port = try await desk.open()
        let uri =
            cluster.uri(of: "regression") + "?options=-csearch_path%3Dpublic%20-cstatement_timeout%3D3000"
        var count = (answered: 0, refused: 0, failed: 0)
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "sql"),
            includingPropertiesForKeys: nil
        )
        for file in files.sorted(by: { $0.path < $1.path }) {
            // A connection for each: statements such as set_config change what follows.
            let direct = try DirectClient(uri: uri)
            let client = try WireClient(
                port: port,
                user: "alice",
                password: "open alice",
                database: "regression"
            )
            for sql in try RegressionSource.statements(in: file) {
                let folded = sql.lowercased()
                if Self.isOtherwise.contains(where: { folded.contains($0) }) { continue }
                await Task.yield()
                let expected = direct.result(of: sql)
                let answer = client.simple(sql)
                let place = "\(file.lastPathComponent): \(sql)"
                if let code = answer.errors.first {
                    if expected == nil { count.failed += 1 } else { count.refused += 1 }
                    let isRefusal =
                        Self.refusals.contains(code)
                        || code == "42703" && Self.unknownColumns.contains { folded.contains($0) }
                    #expect(expected == nil || isRefusal, "refused as \(code): \(place)")
                    continue
                }
                count.answered += 1
                guard let expected else {
                    Issue.record("answered, and PostgreSQL doesn't: \(place)")
                    continue
                }
                let isRowRenamed = Self.renamesRows.contains { sql.contains($0) }
                #expect(answer.columnNames == expected.columns, "other columns: \(place)")
                #expect(isRowRenamed || answer.rows == expected.rows, "other rows: \(place)")
            }
        }
        #expect(count.answered > 4000, "\(count)")
        print("regression statements: \(count)")
        withExtendedLifetime(desk) {}
    }

    /// A whole row of a table whose columns FROM renames has the new names here (Docs/Proxy.md).
    private static let renamesRows = ["row_to_json(i) from int8_tbl i(x,y)"]
}

extension [WireClient.Message] {
    /// The names of the columns of the first answer that has any.
    fileprivate var columnNames: [String] {
        guard let body = first(where: { $0.kind == "T" })?.body else { return [] }
        var names: [String] = []
        var index = 2
        while index < body.count {
            let end = body[index...].firstIndex(of: 0) ?? body.count
            names.append(String(decoding: body[index..<end], as: UTF8.self))
            index = end + 19
        }
        return names
    }
}
