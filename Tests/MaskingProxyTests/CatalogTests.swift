import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

/// What clients see of a database's structure.
@Suite(.aside) struct `The catalogs` {
    /// The commands of psql that look at catalogs, each with and without `+` where it has one.
    private static let commands =
        [
            "\\l", "\\dn", "\\dt", "\\dv", "\\d", "\\du", "\\df", "\\dT", "\\di", "\\dx", "\\dp", "\\dm",
            "\\ds", "\\db",
        ]
        .flatMap { [$0, $0 + "+"] }
        + ["customers", "orders", "regions", "eu_customers"].flatMap { ["\\d \($0)", "\\d+ \($0)"] }
        + [
            "\\d customers_pkey", "\\d orders_made", "\\dp customers", "\\dt cust*", "\\d *", "\\dt *.*",
            "\\d nope",
            "\\dD", "\\do", "\\da", "\\dC", "\\det", "\\des", "\\dRp", "\\dX", "\\dc", "\\dO", "\\dg", "\\dP",
            "\\ddp",
            "\\drds", "\\dA", "\\z", "\\dd", "\\dL", "\\dF", "\\dF+", "\\dFd", "\\dFp", "\\dFt",
        ]

    /// The same, about what is hidden in one of the twins.
    private static let probes = [
        "\\d payroll", "\\d vip.secrets", "\\d salaries_of", "\\df get_ssn", "\\dT+ mood", "\\d secret_1",
        "\\d customers_salary_idx", "\\ds payroll*", "\\dm matview", "\\dn vip", "\\dX vip", "\\d cust_child",
    ]

    @Test func `show psql nothing that is hidden and the same for databases that differ in it`() async throws
    {
        let twins = try await Self.twins()
        var outputs: [String] = []
        for twin in twins { outputs.append(try Self.psql(Self.commands, port: twin.port)) }
        #expect(outputs[0] == outputs[1], "the twins can be told apart")
        #expect(!outputs[0].contains("ERROR"), "\(outputs[0])")
        for word in CatalogTwins.hidden {
            #expect(!outputs[0].lowercased().contains(word.lowercased()), "`\(word)` is shown")
        }
        let probed = try twins.map { try Self.psql(Self.probes, port: $0.port) }
        #expect(probed[0] == probed[1], "the twins can be told apart")
    }

    @Test func `show psql a table as the permitted columns`() async throws {
        let twin = try await Self.twins()[0]
        let shown = try Self.psql(["\\d customers"], port: twin.port)
        let columns = shown.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return cells.count > 2 && cells[0] != "Column" ? "\(cells[0]) \(cells[1])" : nil
        }
        #expect(
            columns == [
                "id integer", "name text", "ssn text", "born date", "code text", "region character(2)",
                "status text",
            ]
        )
        // Not those on masked columns.
        #expect(shown.contains("\"customers_pkey\" PRIMARY KEY, btree (id)"))
        #expect(!shown.contains("customers_ssn_key"))
        #expect(shown.contains("FOREIGN KEY (region) REFERENCES regions(code) ON DELETE CASCADE"))
        #expect(shown.contains("TABLE \"orders\" CONSTRAINT \"orders_customer_id_fkey\""))
        let view = try Self.psql(["\\d salaries_of"], port: twin.port)
        #expect(view.contains("Did not find any relation"), "a view on a withheld column is shown")
    }

    @Test func `answer statements of every kind the same for databases that differ in what is hidden`()
        async throws
    {
        let twins = try await Self.twins()
        let clients = try twins.map {
            try WireClient(port: $0.port, user: "alice", password: "open alice", database: "shop")
        }
        for attack in AttackCase.catalogs {
            for isExtended in [false, true] {
                // The clients block: others must get their turn.
                await Task.yield()
                let answers = clients.map { isExtended ? $0.extended(attack.sql) : $0.simple(attack.sql) }
                #expect(answers[0] == answers[1], "the twins can be told apart: \(attack.sql)")
                let text = String(
                    decoding: answers[0].filter { $0.kind == "D" }.flatMap(\.body),
                    as: UTF8.self
                )
                for word in CatalogTwins.hidden where !attack.sql.contains(word) {
                    #expect(!text.contains(word), "`\(word)` is shown: \(attack.sql)")
                }
                for client in clients { _ = client.simple("ROLLBACK") }
            }
        }
    }

    @Test func `give hidden and unknown names the same answer`() async throws {
        let twin = try await Self.twins()[0]
        let client = try WireClient(port: twin.port, user: "alice", password: "open alice", database: "shop")
        for form in [
            "SELECT '%'::regclass", "SELECT has_table_privilege('%', 'SELECT')", "SELECT to_regclass('%')",
        ] {
            let hidden = client.simple(form.replacing("%", with: "payroll"))
            let unknown = client.simple(form.replacing("%", with: "payrolx"))
            let renamed = unknown.map {
                String(decoding: $0.body, as: UTF8.self).replacing("payrolx", with: "payroll")
            }
            #expect(hidden.map { String(decoding: $0.body, as: UTF8.self) } == renamed, "\(form)")
        }
    }

    @Test func `are asked again when policy changes`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make("structure_c", "CREATE TABLE t(id int, pin text); CREATE TABLE u(id int);")
        let desk = try ProxyDesk()
        try desk.add("shop", uri: cluster.uri(of: "structure_c"))
        try desk.publish([ProxyDesk.allow(["t", "u"])])
        let port = try await desk.open()
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
        let sql = "SELECT attrelid::regclass, attname FROM pg_attribute ORDER BY 1, 2"
        #expect(client.simple(sql).rows == [["t", "id"], ["t", "pin"], ["u", "id"]])
        #expect(client.simple("PREPARE p AS \(sql)").errors.isEmpty)
        #expect(client.simple("EXECUTE p").rows.count == 3)
        try desk.publish([ProxyDesk.deny("t", "pin")])
        #expect(client.simple("EXECUTE p").errors == ["0A000"])
        #expect(client.simple(sql).rows == [["t", "id"], ["u", "id"]])
        withExtendedLifetime(desk) {}
    }

    /// A twin behind a door of its own.
    struct Twin {
        let desk: ProxyDesk
        let port: Int
    }

    static func twins() async throws -> [Twin] {
        let cluster = try PostgreSQLCluster.shared.get()
        var twins: [Twin] = []
        for name in try CatalogTwins.names.get() {
            let desk = try ProxyDesk()
            try desk.add("shop", uri: cluster.uri(of: name))
            try desk.publish(CatalogTwins.policies)
            twins.append(Twin(desk: desk, port: try await desk.open()))
        }
        return twins
    }

    /// What psql writes for commands, its errors too.
    static func psql(_ commands: [String], port: Int) throws -> String {
        try Program.run(
            "psql",
            [
                "-X", "-h", "127.0.0.1", "-p", "\(port)", "-U", "alice", "-d", "shop", "-f", "-",
            ],
            input: commands.joined(separator: "\n"),
            environment: ["PGPASSWORD": "open alice", "PGAPPNAME": "psql"]
        )
    }
}
