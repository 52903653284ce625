import CatalogModel
import Foundation
import PolicyEngine
import TestSupport
import Testing

/// What clients see of the structure of files: the same catalogs, answered by us.
@Suite(.aside) struct `The catalogs of files` {
    private static let commands =
        [
            "\\l", "\\dn", "\\dt", "\\dv", "\\d", "\\du", "\\df", "\\dT", "\\di", "\\ds", "\\dx", "\\dp",
            "\\dF",
        ]
        .flatMap { [$0, $0 + "+"] }
        + ["\\dd", "\\dL", "\\dFd", "\\dFp", "\\dFt", "\\dO", "\\do", "\\dC", "\\dc", "\\da", "\\z"]
        + ["\\d customers", "\\d+ customers", "\\d orders", "\\dt cust*", "\\dt *.*", "\\d nope", "\\d *"]
    private static let words = ["salary", "payroll", "secret"]

    @Test func `show psql nothing that is hidden and the same for files that differ in it`() async throws {
        let twins = try await Self.twins()
        let outputs = try twins.map { try `The catalogs`.psql(Self.commands, port: $0.port) }
        #expect(outputs[0] == outputs[1], "the twins can be told apart")
        #expect(!outputs[0].contains("ERROR"), "\(outputs[0])")
        for word in Self.words { #expect(!outputs[0].contains(word), "`\(word)` is shown") }
        let table = try `The catalogs`.psql(["\\d customers"], port: twins[0].port)
        let names = table.split(separator: "\n").filter { $0.contains("|") }.dropFirst().map {
            $0.split(separator: "|")[0].trimmingCharacters(in: .whitespaces)
        }
        #expect(names == ["id", "name", "ssn"])
    }

    @Test func `answer statements of every kind the same for files that differ in what is hidden`()
        async throws
    {
        let clients = try await Self.twins().map {
            (
                twin: $0,
                client: try WireClient(port: $0.port, user: "alice", password: "open alice", database: "shop")
            )
        }
        for attack in AttackCase.catalogs {
            // The clients block: others must get their turn.
            await Task.yield()
            let answers = clients.map { $0.client.simple(attack.sql) }
            #expect(answers[0] == answers[1], "the twins can be told apart: \(attack.sql)")
            #expect(attack.expect == "M" || !answers[0].errors.isEmpty, "not refused: \(attack.sql)")
            for client in clients { _ = client.client.simple("ROLLBACK") }
        }
    }

    @Test func `are found by SQLAlchemy and pandas`() async throws {
        let twin = try await Self.twins()[0]
        let output = try `The catalogs' clients`.python(
            """
            import sqlalchemy as sa, pandas
            inspector = sa.inspect(engine)
            print(inspector.get_table_names(), inspector.has_table("payroll"))
            print([(c["name"], str(c["type"])) for c in inspector.get_columns("customers")])
            print(inspector.get_pk_constraint("customers")["constrained_columns"],
                inspector.get_foreign_keys("orders"), inspector.get_indexes("orders"))
            metadata = sa.MetaData()
            metadata.reflect(engine)
            print(sorted(metadata.tables))
            print(pandas.read_sql_table("customers", engine).values.tolist())
            """,
            port: twin.port
        )
        #expect(
            output == [
                "['customers', 'orders'] False",
                "[('id', 'BIGINT'), ('name', 'TEXT'), ('ssn', 'TEXT')]", "[] [] []",
                "['customers', 'orders']",
                "[[1, 'Ann', 'xxx-xx-0001']]",
            ]
        )
        withExtendedLifetime(twin) {}
    }

    private static func twins() async throws -> [`The catalogs`.Twin] {
        var twins: [`The catalogs`.Twin] = []
        for hidden in [",salary\n1,Ann,919-31-0001,4711\n", ",secret,more\n1,Ann,919-31-0001,x,y\n"] {
            let desk = try ProxyDesk()
            let folder = desk.folder.appending(path: "shop")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(("id,name,ssn" + hidden).utf8).write(to: folder.appending(path: "customers.csv"))
            try Data("id,amount\n1,2.5\n".utf8).write(to: folder.appending(path: "orders.csv"))
            if hidden.contains("more") {
                try Data("id,secret\n1,x\n".utf8).write(to: folder.appending(path: "payroll.csv"))
            }
            try desk.addFiles("shop", .csv, folder.path)
            var policies = [ProxyDesk.allow(["orders"])]
            policies += ["id", "name", "ssn"].map { column in
                ProxyDesk.policy("\(column)s", table: "customers", column: column) {
                    $0.policyItems = [ProxyDesk.item()]
                }
            }
            policies.append(ProxyDesk.mask("customers", "ssn", "MASK_SHOW_LAST_4"))
            try desk.publish(FileDesk.policies(policies))
            twins.append(`The catalogs`.Twin(desk: desk, port: try await desk.open()))
        }
        return twins
    }
}
