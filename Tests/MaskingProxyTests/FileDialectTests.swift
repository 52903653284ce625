import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

/// Statements over CSV files give what PostgreSQL gives over the same rows, or are refused by name.
@Suite(.aside) struct `SQL over files` {
    /// A folder of files behind a door, and the same rows in PostgreSQL.
    private static func shop(_ name: String) async throws -> (
        desk: ProxyDesk, port: Int, direct: DirectClient
    ) {
        let cluster = try PostgreSQLCluster.shared.get()
        let desk = try ProxyDesk()
        let folder = desk.folder.appending(path: "files")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try people.write(to: folder.appending(path: "people.csv"), atomically: true, encoding: .utf8)
        try orders.write(to: folder.appending(path: "orders.csv"), atomically: true, encoding: .utf8)
        try desk.addFiles("shop", .csv, folder.path)
        try desk.publish(FileDesk.policies([ProxyDesk.allow(["people", "orders"])]))
        try cluster.make(
            name,
            """
            CREATE TABLE people(id bigint, name text, city text, score float8, price numeric, born date,
              seen timestamp, ok bool);
            CREATE TABLE orders(id bigint, person bigint, amount numeric, note text);
            """
        )
        for (table, text) in [("people", people), ("orders", orders)] {
            for line in text.split(separator: "\n").dropFirst() {
                let cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
                    $0.isEmpty ? "NULL" : "'\($0.replacing("'", with: "''"))'"
                }
                try cluster.run("INSERT INTO \(table) VALUES (\(cells.joined(separator: ",")))", in: name)
            }
        }
        let direct = try DirectClient(uri: cluster.uri(of: name) + "?options=-csearch_path%3Dpublic")
        return (desk, try await desk.open(), direct)
    }

    private static let people = """
        id,name,city,score,price,born,seen,ok
        1,Ann,Oslo,1.5,10.50,1990-05-17,2024-01-02 03:04:05,true
        2,Bo,Rome,-2.25,0.99,2001-12-31,2024-02-29 23:59:59,false
        3,Cy,Oslo,0.1,100.00,1985-01-01,2023-12-31 00:00:00,true
        4,Dé,Rome,1e10,7.25,1970-01-01,2024-03-01 12:30:00,
        5,it's,,,-3.75,2012-02-29,,false
        6,ANN,Lima,3.25,0.01,1999-07-04,2024-07-04 01:02:03,true

        """
    private static let orders = """
        id,person,amount,note
        1,1,10.10,first
        2,1,20.20,100%
        3,2,30.30,a_b
        4,3,40.40,
        5,9,50.50,lost

        """

    @Test func `is PostgreSQL's`() async throws {
        let (desk, port, direct) = try await Self.shop("dialect")
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
        for sql in DialectCases.answered {
            await Task.yield()
            let expected = direct.rows(of: sql)
            for answer in [client.simple(sql), client.extended(sql)] {
                let message = answer.first { $0.kind == "E" }?.fields["M"] ?? ""
                #expect(answer.rows == expected, "\(sql) \(message)")
            }
        }
        withExtendedLifetime(desk) {}
    }

    @Test func `describes its columns as PostgreSQL does`() async throws {
        let (desk, port, direct) = try await Self.shop("dialect_types")
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
        for sql in DialectCases.answered where !sql.hasPrefix("SELECT p FROM") {
            let types = client.simple(sql).first { $0.kind == "T" }.map { Self.types($0.body) }
            #expect(types == direct.types(of: sql), "\(sql)")
        }
        withExtendedLifetime(desk) {}
    }

    /// Names and types of a `RowDescription`.
    private static func types(_ body: [UInt8]) -> [String] {
        var types: [String] = []
        var index = 2
        while index < body.count, let end = body[index...].firstIndex(of: 0) {
            let name = String(decoding: body[index..<end], as: UTF8.self)
            types.append("\(name) \(body[(end + 7)..<(end + 11)].reduce(0) { $0 << 8 | Int($1) })")
            index = end + 19
        }
        return types
    }

    @Test func `fails as PostgreSQL does`() async throws {
        let (desk, port, direct) = try await Self.shop("dialect_errors")
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
        for (sql, code) in DialectCases.failing {
            #expect(client.simple(sql).errors == [code], "\(sql)")
            #expect(client.extended(sql).errors == [code], "\(sql)")
            #expect(direct.code(of: sql) == code, "\(sql)")
            #expect(client.simple("SELECT 'still here'").rows == [["still here"]])
        }
        withExtendedLifetime(desk) {}
    }

    @Test func `refuses by name what it lacks`() async throws {
        let (desk, port, _) = try await Self.shop("dialect_refused")
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "shop")
        for sql in DialectCases.refused {
            let answer = client.simple(sql)
            #expect(answer.errors == ["0A000"], "\(sql)")
            let message = answer.first { $0.kind == "E" }?.fields["M"] ?? ""
            #expect(message.contains("not supported over files"), "\(sql): \(message)")
        }
        withExtendedLifetime(desk) {}
    }
}
