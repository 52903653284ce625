import CatalogModel
import Foundation
import Governance
import NIOCore
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `Rows over HTTP` {
    private static let rows = "/api/v1/tables/shop.people/rows"

    @Test func `come masked and filtered, as JSON, NDJSON and CSV`() async throws {
        try await ServerDesk.serving { desk in
            let path = Self.rows + "?columns=id,name,extra,big"
            let json = try await desk.send("GET", path, as: "alice")
            #expect(json.status == 200)
            #expect(json.headers["content-type"] == "application/json")
            #expect(json.headers["steward-rows"] == "filtered")
            #expect(json.headers["steward-version"].flatMap { Int($0) } ?? 0 > 0)
            #expect(
                json.text == """
                    [
                    {"id":1,"name":"Ann","extra":{"a":[1,2.50]},"big":900719925474099312},
                    {"id":3,"name":"Çy, \\"the\\" third","extra":null,"big":null}
                    ]

                    """
            )
            let csv = try await desk.send("GET", path + "&format=csv", as: "alice")
            #expect(csv.headers["content-type"] == "text/csv; charset=utf-8; header=present")
            #expect(
                csv.text == "id,name,extra,big\n1,Ann,\"{\"\"a\"\":[1,2.50]}\",900719925474099312\n"
                    + "3,\"Çy, \"\"the\"\" third\",,\n"
            )
            let lines = try await desk.send(
                "GET",
                path + "&limit=1",
                as: "alice",
                headers: ["Accept": "text/csv;q=0.1, application/x-ndjson"]
            )
            #expect(lines.headers["content-type"] == "application/x-ndjson")
            #expect(lines.text.split(separator: "\n").count == 1)
            let all = try await desk.send("GET", Self.rows, as: "alice")
            #expect(!all.text.contains("salary"))
            let hash = try #require(all.text.firstMatch(of: /"mail":"([0-9a-f]+)"/))
            #expect(hash.1.count == 64)
            let own = try await desk.send("GET", Self.rows + "?format=csv", as: "bob")
            #expect(own.headers["steward-rows"] == "all")
            #expect(own.text.contains("4711.25") && own.text.contains("Bo Underage"))
            let asAlice = try await desk.send("GET", path + "&as=alice", as: "root")
            #expect(asAlice.text == json.text)
        }
    }

    @Test func `have a form by what Accept wants most`() {
        for (accept, format) in [
            (nil, ResultFormat.json), ("*/*", .json), ("", .json), ("text/*", .csv), ("text/csv", .csv),
            ("application/jsonl", .ndjson), ("application/*;q=0.2, text/csv;q=0.3", .csv),
            ("text/csv;q=0, */*;q=0.1", .json),
            ("application/json;q=0.5, application/x-ndjson;q=0.500", .json),
            ("TEXT/CSV ; Q=1", .csv), ("text/html, */*;q=0.8", .json),
        ] {
            #expect(Negotiation.format(accepted: accept) == format, "\(accept ?? "none")")
        }
        for accept in [
            "text/html", "image/png, text/csv;q=0", "*/*;q=0", "text/csv;q=7", "text/csv;q=x", ";;,",
        ] {
            #expect(Negotiation.format(accepted: accept) == nil, "\(accept)")
        }
    }

    @Test func `are refused with what is wrong`() async throws {
        try await ServerDesk.serving { desk in
            for (query, user, status, code) in [
                ("?columns=ghost", "alice", 404, "unknown-column"),
                ("?columns=salary", "alice", 403, "denied"),
                ("?columns=id,id", "alice", 400, "invalid-request"),
                ("?limit=-1", "alice", 400, "invalid-request"),
                ("?limit=x", "alice", 400, "invalid-request"),
                ("?limit=1&limit=2", "alice", 400, "invalid-request"),
                ("?nope=1", "alice", 400, "invalid-request"),
                ("?format=xml", "alice", 400, "invalid-request"),
                ("?columns=", "alice", 400, "invalid-request"), ("?as=bob", "alice", 403, "forbidden"),
                ("?as=ghost", "root", 404, "unknown-user"), ("?as=eve", "root", 403, "denied"),
                ("?columns=%FF", "alice", 400, "invalid-request"),
                ("?columns=%", "alice", 400, "invalid-request"), ("?limit=0", "alice", 200, nil),
                ("?limit=99999999999", "alice", 400, "invalid-request"),
            ] as [(String, String, Int, String?)] {
                let reply = try await desk.send("GET", Self.rows + query, as: user)
                #expect(reply.status == status, "\(query) as \(user): \(reply.text)")
                #expect(reply.code == code, "\(query) as \(user)")
            }
            let html = try await desk.send("GET", Self.rows, as: "alice", headers: ["Accept": "text/html"])
            #expect(html.status == 406)
            #expect(html.code == "not-acceptable")
        }
    }

    @Test func `of a table that one may not know of are those of no table`() async throws {
        try await ServerDesk.serving { desk in
            let headers = ["X-Request-ID": "same"]
            for query in [
                "", "?columns=value", "?columns=ghost", "?columns=value,value", "?limit=1&purpose=x",
            ] {
                let paths = [
                    "/api/v1/tables/shop.secret/rows\(query)", "/api/v1/tables/shop.absent/rows\(query)",
                ]
                let replies = [
                    try await desk.send("GET", paths[0], as: "alice", headers: headers),
                    try await desk.send("GET", paths[1], as: "alice", headers: headers),
                ]
                #expect(replies[0].status == 404)
                #expect(replies[0].status == replies[1].status)
                #expect(replies[0].text.replacing("secret", with: "absent") == replies[1].text)
                let without = { (reply: Reply) in
                    reply.headers.filter { !["date", "content-length"].contains($0.key) }
                }
                #expect(without(replies[0]) == without(replies[1]))
            }
            // Neither do one's own audit lines tell them apart.
            let lines = try await desk.send("GET", "/api/v1/audit?count=10", as: "alice").text
            let audited = lines.matches(
                of: /"columns":\[[^\]]*\],"policies":\[[^\]]*\],"outcome":"[a-z]*","code":"[a-z-]*"/
            )
            #expect(audited.count == 10)
            #expect(Set(audited.map { String($0.0) }).count == 1)
        }
    }

    @Test func `are gzipped when the caller can take it`() async throws {
        try await ServerDesk.serving { desk in
            let path = "/api/v1/tables/shop.wide/rows?format=csv"
            let plain = try await desk.send("GET", path, as: "alice")
            let zipped = try await desk.send(
                "GET",
                path,
                as: "alice",
                headers: ["Accept-Encoding": "br, gzip;q=0.5"]
            )
            #expect(zipped.headers["content-encoding"] == "gzip")
            #expect(zipped.headers["vary"]?.contains("Accept-Encoding") == true)
            #expect(zipped.body.count < plain.body.count / 3)
            #expect(try Tool.run("gzip", ["-dc"], input: zipped.body) == plain.body)
            let refused = try await desk.send(
                "GET",
                path,
                as: "alice",
                headers: ["Accept-Encoding": "gzip;q=0"]
            )
            #expect(refused.headers["content-encoding"] == nil)
            #expect(refused.body == plain.body)
        }
    }

    @Test func `that can't be read on are a broken transfer, never a short answer`() async throws {
        try await ServerDesk.serving { desk in
            for format in ["csv", "ndjson", "json"] {
                let path = "/api/v1/tables/shop.breaking/rows?format=\(format)"
                await #expect(throws: BrokenAnswer.self) { try await desk.send("GET", path, as: "alice") }
            }
            let broken = try await desk.send("GET", "/api/v1/tables/shop.broken/rows", as: "alice")
            #expect(broken.status == 502)
            #expect(broken.code == "source-unavailable")
            #expect(!broken.text.contains("/data/"), "callers don't learn paths of the server")
            #expect(desk.logs.lines.contains { $0.hasPrefix("error") && $0.contains("/data/broken.csv") })
            let metrics = try await desk.send("GET", "/metrics", as: "root").text
            #expect(metrics.contains("steward_rows_aborted_total 3"))
        }
    }

    @Test func `wait for a slow reader instead of piling up`() async throws {
        try await ServerDesk.serving { desk in
            let head =
                "GET /api/v1/tables/shop.endless/rows?format=csv HTTP/1.1\r\nHost: x\r\n"
                + "Authorization: Bearer \(desk.token("alice"))\r\n\r\n"
            try await RawConnection.with(port: desk.port, receiveBuffer: 64 << 10) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: head))
                var taken = 0
                for try await piece in inbound {
                    taken += piece.readableBytes
                    if taken > 100_000 { break }
                }
                // Nobody reads any more: what is handed out must come to rest, kernel buffers full.
                var (before, stillFor) = (-1, 0)
                for _ in 0..<3000 where stillFor < 10 {
                    try await Task.sleep(for: .milliseconds(20))
                    stillFor = desk.sources.batches == before ? stillFor + 1 : 0
                    before = desk.sources.batches
                }
                #expect(stillFor == 10, "batches are made on and on")
                // 400 kB a batch: the kernel takes some MB, the server no more than two.
                #expect(desk.sources.batches < 40)
            }
            // And the source is closed when the reader has gone.
            for _ in 0..<3000 where desk.sources.openReads > 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(desk.sources.openReads == 0)
        }
    }

    @Test func `end when the reader takes nothing for too long`() async throws {
        var limits = HTTPLimits()
        limits.stallTime = .seconds(3)
        limits.reads = 1
        try await ServerDesk.serving(limits: limits) { desk in
            let head =
                "GET /api/v1/tables/shop.endless/rows?format=csv HTTP/1.1\r\nHost: x\r\n"
                + "Authorization: Bearer \(desk.token("alice"))\r\n\r\n"
            try await RawConnection.with(port: desk.port, receiveBuffer: 64 << 10) { _, outbound in
                try await outbound.write(ByteBuffer(string: head))
                for _ in 0..<3000 where desk.sources.openReads == 0 {
                    try await Task.sleep(for: .milliseconds(10))
                }
                let busy = try await desk.send("GET", "/api/v1/tables/shop.wide/rows", as: "alice")
                #expect(busy.status == 503)
                #expect(busy.code == "busy")
                #expect(busy.headers["retry-after"] != nil)
                for _ in 0..<3000 where desk.sources.openReads > 0 {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(desk.sources.openReads == 0)
            }
            let again = try await desk.send("GET", "/api/v1/tables/shop.wide/rows?limit=1", as: "alice")
            #expect(again.status == 200)
        }
    }

    @Test func `stop when policy changes under them`() async throws {
        try await ServerDesk.serving { desk in
            let head =
                "GET /api/v1/tables/shop.endless/rows?format=csv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Authorization: Bearer \(desk.token("alice"))\r\n\r\n"
            let received = try await RawConnection.with(port: desk.port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: head))
                var bytes: [UInt8] = []
                var isChanged = false
                do {
                    for try await piece in inbound {
                        if bytes.count < 4 << 20 { bytes.append(contentsOf: piece.readableBytesView) }
                        guard !isChanged else { continue }
                        isChanged = true
                        try desk.cases.policies.delete(1, by: desk.operatorCaller)
                    }
                } catch is IOError {}
                return bytes
            }
            #expect(throws: BrokenAnswer.self) { try Reply(received, of: "GET") }
        }
    }
}
