import CatalogModel
import Foundation
import TestSupport
import Testing

@testable import MaskingProxy

/// What one person asks of files neither ends the process nor keeps others waiting.
@Suite(.aside) struct `Limits over files` {
    private static func shop(
        _ change: (inout ProxyConfiguration) -> Void = { _ in }
    ) async throws -> (desk: ProxyDesk, port: Int) {
        let desk = try ProxyDesk()
        let file = desk.folder.appending(path: "t.csv")
        try Data("id,name,kind\n1,one,a\n2,two,b\n".utf8).write(to: file)
        try desk.addFiles("shop", .csv, file.path)
        try desk.publish(FileDesk.policies([ProxyDesk.allow(["t"])]))
        return (desk, try await desk.open(change))
    }

    private static func client(_ port: Int, _ user: String = "alice") throws -> WireClient {
        try WireClient(port: port, user: user, password: "open \(user)", database: "shop")
    }

    @Test func `hold for arguments, columns and what expressions make`() async throws {
        let (desk, port) = try await Self.shop { $0.statementMemory = 256 << 20 }
        let client = try Self.client(port)
        func list(_ part: String, _ count: Int) -> String {
            Array(repeating: part, count: count).joined(separator: ",")
        }
        let expected: [(sql: String, code: String?)] = [
            ("SELECT concat_ws(',')", "42883"),
            ("SELECT \(list("*", 900)) FROM t", "54011"),
            ("SELECT \(list("*", 554)) FROM t", nil),
            ("SELECT ROW(\(list("1", 1665)))", "54011"),
            ("VALUES (\(list("1", 1665)))", "54011"),
            ("SELECT cardinality(ARRAY[\(list("repeat('x', 16000000)", 40))])", "54000"),
            ("SELECT length(concat(\(list("repeat('x', 16000000)", 40))))", "54000"),
            ("SELECT concat(repeat('x', 16000000), repeat('x', 16000000))", "54000"),
            ("SELECT array_to_string(ARRAY[repeat('x', 9000000), repeat('x', 9000000)], '')", "54000"),
            ("SELECT cardinality(string_to_array(repeat('x,', 4000000), ','))", "54000"),
            ("SELECT array_agg(g) OVER (ORDER BY g) FROM generate_series(1, 100000) g", "54000"),
            ("SELECT array_agg(repeat('x', 1000000)) FROM generate_series(1, 500) g", "54000"),
            ("SELECT ROW(ROW(ROW(ROW(ROW(1)))))", "0A000"),
            (
                "SELECT \(Array(repeating: "nullif(", count: 60).joined())id\(Array(repeating: ", 2)", count: 60).joined()), "
                    + "count(*) FROM t GROUP BY 1", nil
            ),
            (
                "SELECT length(\(Array(repeating: "quote_literal(", count: 40).joined())''''\(String(repeating: ")", count: 40)))",
                "54000"
            ),
            ("SELECT repeat('a', 80000) LIKE '%' || repeat('a', 80000) || 'b%'", "54000"),
            ("SELECT repeat('a', 1000000) ~ '(a?){255}(a?){255}(a?){255}b'", "54000"),
        ]
        for (sql, code) in expected {
            await Task.yield()
            #expect(client.simple(sql).errors.first == code, "\(sql.prefix(70))")
        }
        #expect(client.simple("SELECT 'still here'").rows == [["still here"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `hold for what cursors and subqueries keep`() async throws {
        let (desk, port) = try await Self.shop { $0.statementMemory = 64 << 20 }
        let client = try Self.client(port)
        // Each keeps 20 MB, all together 256 MB are let one user have here.
        var code: String?
        for number in 0..<30 where code == nil {
            await Task.yield()
            let sql =
                "DECLARE c\(number) CURSOR WITH HOLD FOR SELECT repeat('x', 10000) FROM generate_series(1, 2000)"
            code = client.simple(sql).errors.first
        }
        #expect(code == "54000")
        _ = client.simple("CLOSE ALL")
        let kept = (1...5).map {
            "(SELECT count(*) FROM (SELECT repeat('a', 10000) h FROM generate_series(1, 4\($0)00)) s WHERE s.h <> t.name)"
        }
        #expect(client.simple("SELECT \(kept[0]) FROM t").errors.isEmpty)
        #expect(client.simple("SELECT \(kept.joined(separator: " + ")) FROM t").errors == ["54000"])
        withExtendedLifetime(desk) {}
    }

    @Test func `hold for parameters in binary`() async throws {
        let (desk, port) = try await Self.shop()
        let client = try Self.client(port)
        client.sendRaw(
            WireClient.message("P", [0] + Array("SELECT $40000::int".utf8) + [0, 0, 0])
                + WireClient.message("D", [UInt8(ascii: "S"), 0]) + WireClient.message("S", [])
        )
        let described = client.receiveAll().first { $0.kind == "t" }
        #expect(described.map { Array($0.body.prefix(2)) } == [0x9C, 0x40])
        let extremes: [(type: String, bytes: [UInt8])] = [
            ("timestamp", [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            ("timestamptz", [0x80, 0, 0, 0, 0, 0, 0, 0]), ("date", [0x7F, 0xFF, 0xFF, 0xFF]),
            ("date", [0x80, 0, 0, 0]),
        ]
        for (type, bytes) in extremes {
            client.sendRaw(
                WireClient.message("P", [0] + Array("SELECT $1::\(type)::timestamp".utf8) + [0, 0, 0])
                    + WireClient.message(
                        "B",
                        [0, 0, 0, 1, 0, 1, 0, 1] + WireClient.bytes(Int32(bytes.count)) + bytes + [0, 0]
                    ) + WireClient.message("E", [0] + WireClient.bytes(Int32(0)))
                    + WireClient.message("S", [])
            )
            #expect(client.receiveAll().errors == ["22008"], "\(type) \(bytes)")
        }
        #expect(client.simple("SELECT 'still here'").rows == [["still here"]])
        withExtendedLifetime(desk) {}
    }

    @Test func `leave others a turn`() async throws {
        let (desk, port) = try await Self.shop()
        let endless =
            "SELECT count(*) FROM generate_series(1, 99999) a WHERE (SELECT sum(b) FROM generate_series(1, 9999) b "
            + "WHERE b > a) < 0"
        let busy = try (0..<12).map { _ in try Self.client(port) }
        for client in busy { client.send("Q", Array(endless.utf8) + [0]) }
        // The door has 8 threads for statements here: without a share, bob would wait for alice's.
        let other = try Self.client(port, "bob")
        other.patience(seconds: 300)
        #expect(other.simple("SELECT 'served'").rows == [["served"]])
        withExtendedLifetime((desk, busy)) {}
    }
}
