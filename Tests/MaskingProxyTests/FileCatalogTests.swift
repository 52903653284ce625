import CatalogModel
import Foundation
import Governance
import PolicyEngine
import Testing

/// What psql sees of the structure of files.
struct `The catalogs over files` {
    private static let commands =
        [
            "\\l", "\\dn", "\\dt", "\\dv", "\\d", "\\du", "\\df", "\\di", "\\dx", "\\dp", "\\dm", "\\ds",
            "\\db",
        ]
        + ["\\d customers", "\\d+ customers", "\\d orders", "\\dt cust*", "\\d nope", "\\z"]

    @Test func `show the permitted columns alone, and the same for twins`() async throws {
        var outputs: [String] = []
        for name in try TwinDatabases.names.get() {
            let desk = try ProxyDesk()
            let file = desk.folder.appending(path: "shop.sqlite")
            try FileDesk.copy(name, to: file)
            try desk.addFiles("shop", .sqlite, file.path)
            try desk.publish(
                FileDesk.policies([
                    ProxyDesk.allow(["customers", "orders"]), ProxyDesk.deny("customers", "salary"),
                    ProxyDesk.mask("customers", "ssn", "MASK_HASH"),
                ])
            )
            let port = try await desk.open()
            outputs.append(try Self.psql(Self.commands, port: port))
            withExtendedLifetime(desk) {}
        }
        #expect(outputs[0] == outputs[1], "the twins can be told apart")
        #expect(!outputs[0].contains("ERROR"), "\(outputs[0])")
        #expect(!outputs[0].contains("salary"))
        #expect(!outputs[0].contains("categories"))
        let shown = try #require(outputs[0].firstRange(of: "Table \"public.customers\""))
        let columns = outputs[0][shown.upperBound...].split(separator: "\n").dropFirst(2).prefix(7).map {
            line in
            line.split(separator: "|").prefix(2).map { $0.trimmingCharacters(in: .whitespaces) }.joined(
                separator: " "
            )
        }
        #expect(
            Array(columns) == [
                "id bigint", "name text", "email text", "ssn text", "region text", "status text",
                "parent_id bigint",
            ]
        )
    }

    private static func psql(_ commands: [String], port: Int) throws -> String {
        let target = "host=127.0.0.1 port=\(port) dbname=shop user=alice sslmode=disable"
        return try Program.run(
            "psql",
            ["--no-psqlrc", target] + commands.flatMap { ["-c", $0] },
            environment: ["PGPASSWORD": "open alice"]
        )
    }
}
