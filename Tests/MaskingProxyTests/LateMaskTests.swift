import CatalogModel
import DataSources
import Foundation
import Governance
import MaskingProxy
import NIOCore
import QueryAnalysis
import TestSupport
import Testing

@testable import MaskingProxy

/// Masks applied to rows on their way back give the stream that PostgreSQL would have given.
@Suite(.aside) struct `Masks on the way back, at the door` {
    private static let masks = [
        "MASK", "MASK_SHOW_LAST_4", "MASK_SHOW_FIRST_4", "MASK_HASH", "SHOW_LAST_4", "SHOW_FIRST_4",
        "EMAIL_DOMAIN", "REDACT", "mask_first_n({col}, 3, 'A', 'a', '0', '.')",
        "mask_last_n({col}, 4, 'x', 'x', 'x', 'x')",
    ]

    private static let statements = [
        "SELECT * FROM people", "SELECT t, v, c, s, i, b FROM people WHERE id > 40",
        "SELECT x.i, x.t AS shown, n FROM (SELECT i, t, id + 1 AS n FROM people LIMIT 50) x",
        "WITH w AS MATERIALIZED (SELECT v, id FROM people) SELECT w.v, p.b FROM w LEFT JOIN people p ON p.id = w.id + 90",
        "SELECT l.t, l.c, s FROM people p, LATERAL (SELECT t, c FROM people q WHERE q.id = p.id + 1) l ORDER BY p.id",
        "SELECT t, upper(v), v, i % 7, b FROM people ORDER BY id DESC OFFSET 3",
    ]

    /// Values of every length, and of characters of every kind.
    private static func values() -> String {
        var dice = Dice(seed: 5)
        let alphabet = "abzABZ019 -._@'\\%é ÉßǅѪ漢字٣\u{301}😀\u{FFFF}\u{E000}\t\n".unicodeScalars.map {
            String($0)
        }
        return (0..<110).map { id in
            func text(_ limit: Int) -> String {
                guard id % 7 != 0 else { return id % 2 == 0 ? "NULL" : "''" }
                if id % 5 == 0 { return "left('user\(id)@mail.example.org', \(limit))" }
                let count = Int.random(in: 0...min(limit, 20), using: &dice)
                let text = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &dice)] }
                return "'\(text.map { $0 == "'" ? "''" : $0 }.joined())'"
            }
            func number<Number: FixedWidthInteger>(_ type: Number.Type) -> String {
                let extremes = ["NULL", "'\(Number.min)'", "'\(Number.max)'", "0"]
                guard id % 9 > 3 else { return extremes[id % 9] }
                return
                    "'\(Number.random(in: .min ... .max, using: &dice) >> Number.random(in: 0...14, using: &dice))'"
            }
            let long = id == 100 ? "repeat('Long é 7 ', 3000)" : text(20)
            return """
                INSERT INTO people VALUES (\(id), \(long), \(text(20)), \(text(10)), \(number(Int16.self)), \
                \(number(Int32.self)), \(number(Int64.self)));
                """
        }.joined(separator: "\n")
    }

    private static let people: Result<String, any Error> = Result {
        try PostgreSQLCluster.shared.get().make(
            "late_people",
            "CREATE TABLE people(id int, t text, v varchar(40), c char(10), s int2, i int4, b int8);\n"
                + values()
        )
        return "late_people"
    }

    @Test(arguments: masks)
    func `give the bytes that PostgreSQL gives`(mask: String) async throws {
        let name = try Self.people.get()
        let cluster = try PostgreSQLCluster.shared.get()
        let desk = try ProxyDesk()
        try desk.add(name, uri: cluster.uri(of: name))
        let isCall = mask.contains("(")
        let isOfText = ["SHOW_LAST_4", "SHOW_FIRST_4", "EMAIL_DOMAIN"].contains(mask)
        let columns = ["t", "v", "c"] + (isOfText ? [] : ["s", "i", "b"])
        try desk.publish(
            [ProxyDesk.allow(["people"]), ProxyDesk.filter("people", "id <> 13")]
                + columns.map { ProxyDesk.mask("people", $0, isCall ? "CUSTOM" : mask, isCall ? mask : "") }
        )
        let door = try WireClient(
            port: try await desk.open(),
            user: "alice",
            password: "open alice",
            database: name
        )
        let direct = try WireClient(
            port: cluster.port,
            user: "gov_proxy",
            password: "svc",
            database: name
        )
        for sql in Self.statements {
            await Task.yield()
            let early = try desk.rewritten(sql, name, masks: .database)
            let late = try desk.rewritten(sql, name, masks: .wayBack)
            #expect(early.late.isEmpty)
            #expect(late.late.contains { $0 != nil } == (mask != "REDACT"), "\(mask): \(sql)")
            // Compared outside of the expectations, which would print all rows of both.
            var same = [door.simple(sql) == direct.simple(early.text).withoutOrigins]
            for isBinary in [false, true] {
                let expected = direct.extended(early.text, binary: isBinary).withoutOrigins
                same.append(door.extended(sql, binary: isBinary) == expected)
            }
            same.append(door.described(sql) == direct.described(early.text).withoutOrigins)
            same.append(door.inParts(sql) == direct.inParts(early.text).withoutOrigins)
            #expect(same == [true, true, true, true, true], "\(mask): \(sql)")
        }
        withExtendedLifetime(desk) {}
    }

    @Test func `are by their names in what is explained and the same in the audit log`() async throws {
        let name = try Self.people.get()
        let desk = try ProxyDesk()
        try desk.add(name, uri: try PostgreSQLCluster.shared.get().uri(of: name))
        try desk.publish([ProxyDesk.allow(["people"]), ProxyDesk.mask("people", "t", "MASK_HASH")])
        let explained = try desk.explained("SELECT t, id FROM people", name)
        #expect(explained.columns.map(\.isLate) == [false, true])
        #expect(try desk.explained("SELECT upper(t) FROM people", name).columns.map(\.isLate) == [false])
        let treatments = explained.columns.map(\.treatment)
        #expect(
            treatments
                == (try desk.explained("SELECT max(t), max(id) FROM people", name)).columns.map(\.treatment)
        )
        withExtendedLifetime(desk) {}
    }
}

extension ProxyDesk {
    private static let threads = ParserThreads(count: 1)

    private func asked<Answer: Sendable>(
        _ database: String,
        views: ViewUse? = nil,
        _ body: @escaping @Sendable (StatementSession) throws(StatementFailure) -> [Answer]
    ) throws -> Answer {
        let source = try #require(try cases.statements.sources().first { $0.database == database })
        let upstream = PostgreSQLDatabase(source)
        let governance = try cases.statements.governance(
            of: source.name,
            upstream: upstream,
            views: views ?? upstream.views.map { ViewUse($0, mayMake: false) }
        )
        let session = try governance.session(for: admin, as: UserName("alice"))
        let threads = try #require(Self.threads)
        let answers = threads.run { Result { () throws(StatementFailure) in try body(session) } }
        return try #require(try answers.get().first)
    }

    /// What becomes of alice's statement.
    func rewritten(
        _ sql: String,
        _ database: String,
        masks: MaskPlace = .database,
        views: ViewUse? = nil
    ) throws -> RewrittenStatement {
        try asked(database, views: views) { (session) throws(StatementFailure) in
            try session.rewrite(sql, masks: masks)
        }
    }

    /// Why it becomes that.
    func explained(_ sql: String, _ database: String) throws -> StatementExplanation {
        try asked(database) { (session) throws(StatementFailure) in try session.explain(sql) }
    }
}

extension WireClient {
    /// The description of a prepared statement.
    func described(_ sql: String) -> [Message] {
        sendRaw(
            Self.message("P", Array("described".utf8) + [0] + Array(sql.utf8) + [0, 0, 0])
                + Self.message("D", [UInt8(ascii: "S")] + Array("described".utf8) + [0])
                + Self.message("C", [UInt8(ascii: "S")] + Array("described".utf8) + [0])
                + Self.message("S", [])
        )
        return receiveAll()
    }

    /// Two portals of one prepared statement, one in text and one in binary format, in turns and parts.
    func inParts(_ sql: String) -> [Message] {
        var bytes = Self.message("P", Array("parts".utf8) + [0] + Array(sql.utf8) + [0, 0, 0])
        for (portal, formats) in [("one", [0, 0]), ("two", [0, 1, 0, 1])] as [(String, [UInt8])] {
            bytes += Self.message(
                "B",
                Array(portal.utf8) + [0] + Array("parts".utf8) + [0, 0, 0, 0, 0] + formats
            )
        }
        for part in 0..<6 {
            let portal = part.isMultiple(of: 2) ? "one" : "two"
            bytes += Self.message("E", Array(portal.utf8) + [0] + Self.bytes(Int32(part < 4 ? 7 : 0)))
        }
        bytes += Self.message("C", [UInt8(ascii: "S")] + Array("parts".utf8) + [0])
        sendRaw(bytes + Self.message("S", []))
        return receiveAll()
    }
}

extension [WireClient.Message] {
    /// The same, with descriptions of rows as the door gives them.
    fileprivate var withoutOrigins: [WireClient.Message] {
        map { message -> WireClient.Message in
            guard message.kind == "T",
                let description = RowDescription(ByteBuffer(bytes: WireClient.message("T", message.body)))
            else { return message }
            var shown = ByteBuffer()
            description.write(to: &shown, showing: { $0 })
            let body = [UInt8](shown.readableBytesView.dropFirst(5))
            return WireClient.Message(kind: "T", body: body)
        }
    }
}
