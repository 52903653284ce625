import CatalogModel
import Foundation
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `Posted rows` {
    private static let columns = """
        [{"label":"who","origin":"shop.people.name"},{"origin":"shop.people.mail"},{"origin":"shop.people.age"},\
        {"origin":"shop.people.big"},{"origin":"shop.people.extra"}]
        """

    @Test func `come back filtered and masked, with every digit`() async throws {
        try await ServerDesk.serving { desk in
            let body = """
                {"rows":[["A","a@b",31,900719925474099312345678e0,{"x": [1.50, "é\\n"] }]],"columns":\(Self.columns)}
                """.replacing("900719925474099312345678e0", with: "9007199254740993123")
            let reply = try await desk.send("POST", "/api/v1/mask", as: "alice", json: body)
            #expect(reply.status == 200, "\(reply.text)")
            #expect(reply.text.contains(#""who":"A""#))
            #expect(reply.text.contains(#""big":9007199254740993123,"#))
            #expect(reply.text.contains(#""extra":{"x":[1.50,"é\n"]}"#))
            #expect(!reply.text.contains("a@b"))
            let young = body.replacing("31", with: "17")
            let filtered = try await desk.send("POST", "/api/v1/mask?format=csv", as: "alice", json: young)
            #expect(filtered.text == "who,mail,age,big,extra\n")
            let bobs = try await desk.send("POST", "/api/v1/mask?format=csv", as: "bob", json: young)
            #expect(bobs.text.contains("a@b"))
            let asAlice = try await desk.send("POST", "/api/v1/mask?as=alice", as: "root", json: body)
            #expect(asAlice.text == reply.text)
            let zipped = try await desk.send(
                "POST",
                "/api/v1/mask",
                as: "alice",
                headers: ["Accept-Encoding": "gzip"],
                json: body
            )
            #expect(try Tool.run("gzip", ["-dc"], input: zipped.body) == reply.body)
        }
    }

    @Test func `may be NDJSON or CSV`() async throws {
        try await ServerDesk.serving { desk in
            let lines = "{\"columns\":\(Self.columns)}\n[\"A\",null,31,null,null]\n[\"B\",\"x\",17,1,2]\n"
            let masked = try await desk.send(
                "POST",
                "/api/v1/mask?format=csv",
                as: "alice",
                headers: ["Content-Type": "application/x-ndjson"],
                body: Array(lines.utf8)
            )
            #expect(masked.text == "who,mail,age,big,extra\nA,,31,,\n", "\(masked.text)")
            let csv = "name,years\r\n\"A, \"\"B\"\"\",31\r\n,18\n\"\",17\n"
            let fromCSV = try await desk.send(
                "POST",
                "/api/v1/mask?format=csv&origins=shop.people.name,shop.people.age",
                as: "alice",
                headers: ["Content-Type": "text/csv; charset=utf-8"],
                body: Array(csv.utf8)
            )
            #expect(fromCSV.text == "name,years\n\"A, \"\"B\"\"\",31\n,18\n", "\(fromCSV.text)")
        }
    }

    @Test func `that can't be read are refused with the place, never with the value`() async throws {
        var limits = HTTPLimits()
        limits.resultSetRows = 3
        try await ServerDesk.serving(limits: limits) { desk in
            let one = #"[{"origin":"shop.people.age"}]"#
            for (body, status, code) in [
                (#"{"columns":\#(one),"rows":[["VALUE"]]}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"rows":[[3.5]]}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"rows":[[2147483648]]}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"rows":[[1,2]]}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"rows":[[]]}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"rows":[1]}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"rows":[[1],[2],[3],[4]]}"#, 413, "limit-exceeded"),
                (#"{"columns":\#(one)}"#, 400, "malformed-body"), (#"{"rows":[]}"#, 400, "malformed-body"),
                (#"{"columns":[],"rows":[]}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"rows":[],"x":1}"#, 400, "malformed-body"),
                (#"{"columns":\#(one),"columns":\#(one),"rows":[]}"#, 400, "malformed-body"),
                (#"{"columns":[{"origin":"shop"}],"rows":[]}"#, 400, "malformed-body"),
                (#"{"columns":[{"origin":"shop.people.ghost"}],"rows":[]}"#, 404, "unknown-column"),
                (#"{"columns":[{"origin":"shop.people.salary"}],"rows":[]}"#, 403, "denied"),
                (#"{"columns":[{"origin":"shop.people.name"}],"rows":[["A"]]}"#, 400, "invalid-request"),
                (#"{"columns":[{"origin":"shop.absent.x"}],"rows":[]}"#, 404, "unknown-table"),
                (#"{"columns":\#(one),"rows":[["VALUE""#, 400, "malformed-body"), ("", 400, "malformed-body"),
                ("[]", 400, "malformed-body"), ("{\"columns\":\(one),\"rows\":[]} x", 400, "malformed-body"),
            ] {
                let reply = try await desk.send("POST", "/api/v1/mask", as: "alice", json: body)
                #expect(reply.status == status, "\(body): \(reply.text)")
                #expect(reply.code == code, "\(body): \(reply.text)")
                #expect(!reply.text.contains("VALUE"))
            }
            let third = "{\"columns\":\(one),\n\"rows\":[[1],\n[\"VALUE\"]]}"
            let placed = try await desk.send("POST", "/api/v1/mask", as: "alice", json: third).json()
            #expect(placed["line"] as? Int == 3)
            #expect(placed["offset"] as? Int == third.utf8.count - 10)
            let form = try await desk.send(
                "POST",
                "/api/v1/mask",
                as: "alice",
                headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: [1]
            )
            #expect(form.code == "unsupported-media-type")
        }
    }

    @Test func `tell nothing of tables that one may not know of`() async throws {
        try await ServerDesk.serving { desk in
            // Values of every type, right or wrong, of hidden and absent tables, alone or beside a known one.
            for column in ["value", "ghost"] {
                for value in ["1", "\"x\"", "{}", "true"] {
                    for beside in [
                        "", #"{"origin":"shop.people.age"},"#,
                        #"{"label":"k","origin":"shop.people.ghost"},"#,
                    ] {
                        var texts: [String] = []
                        for table in ["secret", "absent"] {
                            let row = beside.isEmpty ? "[\(value)]" : "[1,\(value)]"
                            let body =
                                #"{"columns":[\#(beside){"origin":"shop.\#(table).\#(column)"}],"rows":[\#(row)]}"#
                            let reply = try await desk.send(
                                "POST",
                                "/api/v1/mask",
                                as: "alice",
                                headers: ["X-Request-ID": "same"],
                                json: body
                            )
                            #expect(reply.status == 404, "\(body): \(reply.text)")
                            texts.append(reply.text.replacing(table, with: "TABLE"))
                        }
                        #expect(texts[0] == texts[1])
                    }
                }
            }
        }
    }

    @Test func `are read by the column's type into its canonical text`() throws {
        let good: [(DataType, String, String?)] = [
            (.boolean, "true", "true"), (.boolean, "\"false\"", "false"), (.tinyint, "-128", "-128"),
            (.smallint, "\"32767\"", "32767"), (.int, "-0", "-0"),
            (.bigint, "9223372036854775807", "9223372036854775807"),
            (
                .decimal(precision: 38, scale: 10), "1234567890123456789012345678.0123456789",
                "1234567890123456789012345678.0123456789"
            ),
            (.double, "1.0e-7", "1.0e-7"), (.double, "\"NaN\"", "NaN"), (.float, "0.1", "0.1"),
            (.string, "\"a\\u0000\\ud83d\\ude00\"", "a\u{0}😀"), (.string, "\"\"", ""),
            (.varchar(3), "\"abcd\"", "abcd"),
            (.date, "\"2024-02-29\"", "2024-02-29"),
            (.timestamp, "\"2024-02-29T23:59:59.123\"", "2024-02-29 23:59:59.123"),
            (.binary, "\"00FF\"", "00ff"),
            (.json, "{ \"a\" : [ 1.10 , \" \\\" \" ] }", "{\"a\":[1.10,\" \\\" \"]}"),
            (.json, "\"text\"", "\"text\""), (.complex("array<int>"), "[1, 2]", "[1,2]"),
            (.void, "null", nil),
            (.string, "null", nil),
        ]
        for (type, json, expected) in good {
            #expect(try Self.read(json, as: type) == expected, "\(json) as \(type)")
        }
        let bad: [(DataType, String)] = [
            (.boolean, "1"), (.boolean, "\"TRUE\""), (.tinyint, "128"), (.smallint, "-32769"), (.int, "1.0"),
            (.int, "1e3"), (.int, "\"+1\""), (.int, "\" 1\""), (.int, "\"\""),
            (.bigint, "9223372036854775808"),
            (.decimal(precision: 5, scale: 2), "1e2"), (.decimal(precision: 5, scale: 2), "\"1.\""),
            (.decimal(precision: 5, scale: 2), "\"--1\""), (.double, "\"1e\""), (.double, "\"inf\""),
            (.string, "1"),
            (.string, "true"), (.string, "{}"), (.date, "\"2023-02-29\""), (.date, "\"2023-2-9\""),
            (.date, "20230209"),
            (.timestamp, "\"2024-02-29\""), (.timestamp, "\"2024-02-29 24:00:00\""),
            (.timestamp, "\"2024-02-29 10:00:00Z\""), (.timestamp, "\"2024-02-29 10:00:00.\""),
            (.binary, "\"0\""),
            (.binary, "\"zz\""), (.void, "\"x\""), (.complex("array<int>"), "1"),
        ]
        for (type, json) in bad {
            #expect(throws: JSONError.self, "\(json) as \(type)") { try Self.read(json, as: type) }
        }
    }

    private static func read(_ json: String, as type: DataType) throws -> String? {
        var reader = try JSONReader(Array(json.utf8))
        var vector = ColumnVector()
        try CellReader(type: type).read(&reader, into: &vector)
        try reader.end()
        return vector.unmaskedText(0)
    }
}
