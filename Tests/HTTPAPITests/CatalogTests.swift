import CatalogModel
import Foundation
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `The catalog over HTTP` {
    @Test func `lists tables page by page, trimmed to the caller`() async throws {
        try await ServerDesk.serving { desk in
            var (names, after, pages) = ([String](), "", 0)
            while pages < 10 {
                let page = try await desk.send("GET", "/api/v1/tables?limit=2\(after)", as: "alice").json()
                names += (page["tables"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
                pages += 1
                guard let next = page["next"] as? String else { break }
                after = "&after=\(next)"
            }
            #expect(pages == 3)
            #expect(names == ["shop.breaking", "shop.broken", "shop.endless", "shop.people", "shop.wide"])
            let all = try await desk.send("GET", "/api/v1/tables", as: "root").json()
            #expect((all["tables"] as? [Any])?.count == 6)
            let shown = try await desk.send("GET", "/api/v1/tables/shop.people", as: "alice")
            #expect(!shown.text.contains("salary"))
            #expect(!shown.text.contains("location"))
            #expect(
                try await desk.send("GET", "/api/v1/tables/shop.people", as: "bob").text.contains("salary")
            )
            for table in ["shop.secret", "shop.absent", "nonsense"] {
                let reply = try await desk.send("GET", "/api/v1/tables/\(table)", as: "alice")
                #expect(reply.code == "unknown-table")
            }
        }
    }

    @Test func `sets and removes tags that are in force for the next answer`() async throws {
        try await ServerDesk.serving { desk in
            let policy = """
                {"policies":[{"service":"tags","name":"no mails","policyType":0,"resources":{"tag":{"values":["EMAIL"]}},\
                "denyPolicyItems":[{"groups":["analysts"],"accesses":[{"type":"file:read"}]}]}],\
                "tests":["as alice, shop.people.name is clear"]}
                """
            let published = try await desk.send("POST", "/api/v1/policies", as: "root", json: policy)
            #expect(published.status == 200, "\(published.text)")
            #expect(try published.json()["created"] as? [String] == ["no mails"])
            let path = "/api/v1/tables/shop.people/columns/name/tags/EMAIL"
            let read = "/api/v1/tables/shop.people/rows?columns=name"
            #expect(try await desk.send("GET", read, as: "alice").status == 200)
            #expect(try await desk.send("PUT", path, as: "alice").code == "forbidden")
            #expect(try await desk.send("PUT", path, as: "eve").code == "unknown-table")
            let dated = try await desk.send(
                "PUT",
                path,
                as: "bob",
                json: #"{"attributes":{"kind":"work"},"validUntil":"2030-01-01"}"#
            )
            #expect(dated.status == 204, "\(dated.text)")
            #expect(try await desk.send("GET", read, as: "alice").code == "denied")
            let shown = try await desk.send("GET", "/api/v1/tables/shop.people", as: "bob").text
            #expect(shown.contains(#""kind":"work""#) && shown.contains("2030-01-01"))
            #expect(try await desk.send("DELETE", path, as: "bob").status == 204)
            #expect(try await desk.send("DELETE", path, as: "bob").code == "not-found")
            #expect(try await desk.send("GET", read, as: "alice").status == 200)
            let table = "/api/v1/tables/shop.people/tags/PII"
            #expect(try await desk.send("PUT", table, as: "root").status == 204)
            #expect(try await desk.send("DELETE", table, as: "root").status == 204)
            for (path, json) in [
                ("/api/v1/tables/shop.people/tags/NOPE", "{}"), (table, #"{"attributes":{"color":"red"}}"#),
            ] {
                let reply = try await desk.send("PUT", path, as: "root", json: json)
                #expect(reply.status == 422, "\(reply.text)")
                #expect(reply.code == "invalid-entity")
            }
            let odd = try await desk.send("PUT", table, as: "root", json: #"{"validFrom":"yesterday"}"#)
            #expect(odd.code == "malformed-body")
        }
    }

    @Test func `publishes policies whole or not at all`() async throws {
        try await ServerDesk.serving { desk in
            func policy(_ name: String, tests: String = "[]", extra: String = "") -> String {
                """
                {"policies":[{"service":"files","name":"\(name)","policyType":0\(extra),"resources":{"database":\
                {"values":["shop"]},"table":{"values":["secret"]},"column":{"values":["*"]}},"policyItems":\
                [{"users":["eve"],"accesses":[{"type":"read"}]}]}],"tests":\(tests)}
                """
            }
            let before = try await desk.send("GET", "/api/v1/policies", as: "root").text
            let failing = policy("x", tests: #"["as eve, shop.secret is denied"]"#)
            let refused = try await desk.send("POST", "/api/v1/policies", as: "root", json: failing)
            #expect(refused.status == 422)
            #expect(refused.code == "invalid-policy")
            let tested = try await desk.send("POST", "/api/v1/policies/test", as: "root", json: failing)
            #expect(try tested.json()["failed"] as? Int == 1)
            for (body, code) in [
                (policy("x", extra: #","colour":1"#), "malformed-body"),
                (#"{"policies":{}}"#, "malformed-body"),
                (#"{"policies":[{"service":"nowhere","name":"x"}]}"#, "invalid-policy"),
                (policy("x", tests: #"["as eve"]"#), "invalid-policy"),
                (#"{"policies":[1]}"#, "malformed-body"),
            ] {
                let reply = try await desk.send("POST", "/api/v1/policies", as: "root", json: body)
                #expect(reply.code == code, "\(body): \(reply.text)")
            }
            #expect(try await desk.send("GET", "/api/v1/policies", as: "root").text == before)
            let good = try await desk.send("POST", "/api/v1/policies", as: "root", json: policy("eve reads"))
            #expect(good.status == 200, "\(good.text)")
            let listed = try await desk.send("GET", "/api/v1/policies", as: "root").json()
            let policies = try #require(listed["policies"] as? [[String: Any]])
            let id = try #require(policies.first { $0["name"] as? String == "eve reads" }?["id"] as? Int)
            #expect(try await desk.send("DELETE", "/api/v1/policies/\(id)", as: "root").status == 204)
            #expect(try await desk.send("DELETE", "/api/v1/policies/\(id)", as: "root").code == "not-found")
            #expect(try await desk.send("DELETE", "/api/v1/policies/x", as: "root").code == "not-found")
        }
    }

    @Test func `adds and scans sources`() async throws {
        try await ServerDesk.serving { desk in
            let more = #"{"name":"more","kind":"csv","path":"/memory","nullText":"NA"}"#
            let put = try await desk.send("POST", "/api/v1/sources", as: "root", json: more)
            #expect(put.status == 200, "\(put.text)")
            #expect(try put.json()["database"] as? String == "more")
            let scan = try await desk.send("POST", "/api/v1/sources/shop/scan", as: "root")
            #expect((try scan.json()["unchanged"] as? [Any])?.count == 6)
            let clash = try await desk.send("POST", "/api/v1/sources/more/scan", as: "root")
            #expect(clash.status == 409)
            #expect(try await desk.send("POST", "/api/v1/sources/none/scan", as: "root").code == "not-found")
            let listed = try await desk.send("GET", "/api/v1/sources", as: "root").json()
            #expect((listed["sources"] as? [Any])?.count == 2)
            for (body, code) in [
                (#"{"name":"x","kind":"csv","path":"relative"}"#, "malformed-body"),
                (#"{"name":"x","kind":"xls","path":"/x"}"#, "malformed-body"),
                (#"{"name":"x","kind":"csv"}"#, "malformed-body"),
                (#"{"name":"x","kind":"csv","path":"/x","service":"none"}"#, "not-found"),
                (#"{"name":"x","kind":"csv","path":"/nowhere"}"#, "source-unavailable"),
            ] {
                let reply = try await desk.send("POST", "/api/v1/sources", as: "root", json: body)
                #expect(reply.code == code, "\(body): \(reply.text)")
            }
            let why = try await desk.send(
                "POST",
                "/api/v1/sources",
                as: "root",
                json: #"{"name":"x","kind":"csv","path":"/nowhere"}"#
            )
            #expect(why.text.contains("/nowhere"), "administrators are told which file")
        }
    }

    @Test func `shows people their own audit lines`() async throws {
        try await ServerDesk.serving { desk in
            _ = try await desk.send(
                "GET",
                "/api/v1/tables/shop.people/rows?columns=id,mail",
                as: "alice",
                headers: ["X-Request-ID": "my-read"]
            )
            // An administrator's attempt in somebody's name may name what they may not know of.
            _ = try await desk.send("GET", "/api/v1/tables/shop.secret/rows?as=alice", as: "root")
            let own = try await desk.send("GET", "/api/v1/audit", as: "alice")
            let lines = try #require(try own.json()["lines"] as? [[String: Any]])
            #expect(lines.first { $0["request"] as? String == "my-read" }?["act"] as? String == "read")
            #expect(own.text.contains("mail: MASK_HASH"))
            #expect(!own.text.contains("secret"))
            #expect(try await desk.send("GET", "/api/v1/audit?user=bob", as: "alice").code == "forbidden")
            #expect(try await desk.send("GET", "/api/v1/audit?table=shop.people", as: "bob").status == 200)
            let all = try await desk.send("GET", "/api/v1/audit?count=100", as: "root").text
            #expect(all.contains("shop.secret"))
        }
    }

    @Test func `has users, passwords and tokens`() async throws {
        try await ServerDesk.serving { desk in
            let put = try await desk.send(
                "PUT",
                "/api/v1/users/zoe",
                as: "root",
                json: #"{"groups":["analysts"],"attributes":{"region":"EU"}}"#
            )
            #expect(put.status == 204, "\(put.text)")
            #expect(try await desk.send("GET", "/api/v1/users", as: "root").text.contains(#""region":"EU""#))
            let path = "/api/v1/users/zoe/password"
            #expect(
                try await desk.send("PUT", path, as: "root", json: #"{"password":"pässwörd 1"}"#).status
                    == 204
            )
            let basic = ["Authorization": "Basic \("zoe:pässwörd 1".base64)"]
            let me = try await desk.send("GET", "/api/v1/whoami", as: nil, headers: basic)
            #expect(me.text == "{\"user\":\"zoe\",\"groups\":[\"analysts\"],\"roles\":[],\"admin\":false}\n")
            // One's own password takes the old one, even with a token.
            let token = try await desk.send("POST", "/api/v1/tokens", as: nil, headers: basic, json: "{}")
                .json()
            let bearer = ["Authorization": "bearer \(token["token"] as? String ?? "")"]
            for body in [#"{"password":"new words"}"#, #"{"current":"wrong","password":"new words"}"#] {
                let reply = try await desk.send("PUT", path, as: nil, headers: bearer, json: body)
                #expect(reply.status == 400 || reply.status == 401)
            }
            let changed = #"{"current":"pässwörd 1","password":"new words"}"#
            #expect(try await desk.send("PUT", path, as: nil, headers: bearer, json: changed).status == 204)
            #expect(try await desk.send("GET", "/api/v1/whoami", as: nil, headers: basic).status == 401)
            // Tokens end when they are revoked or expire.
            let id = token["id"] as? String ?? ""
            #expect(try await desk.send("DELETE", "/api/v1/tokens/\(id)", as: "alice").code == "not-found")
            #expect(
                try await desk.send("DELETE", "/api/v1/tokens/\(id)", as: nil, headers: bearer).status == 204
            )
            #expect(try await desk.send("GET", "/api/v1/whoami", as: nil, headers: bearer).status == 401)
            #expect(
                try await desk.send("POST", "/api/v1/tokens", as: "alice", json: #"{"user":"bob"}"#).code
                    == "forbidden"
            )
            let short = try await desk.send(
                "POST",
                "/api/v1/tokens",
                as: "root",
                json: #"{"user":"alice","expires":"2026-01-01"}"#
            )
            let old = ["Authorization": "Bearer \(try short.json()["token"] as? String ?? "")"]
            #expect(try await desk.send("GET", "/api/v1/whoami", as: nil, headers: old).status == 401)
        }
    }

    @Test func `counts without naming anything or anybody`() async throws {
        try await ServerDesk.serving { desk in
            _ = try await desk.send("GET", "/api/v1/tables/shop.people/rows?columns=mail", as: "alice")
            _ = try await desk.send("GET", "/api/v1/tables/shop.secret/rows", as: "alice")
            _ = try await desk.send("PROPFIND", "/coffee/for/alice", as: nil)
            let metrics = try await desk.send("GET", "/metrics", as: "root")
            #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            let line = "method=\"GET\",route=\"/api/v1/tables/{table}/rows\",status=\"200\"} 1"
            #expect(metrics.text.contains(line), "\(metrics.text)")
            #expect(metrics.text.contains("steward_http_problems_total{code=\"unknown-table\"} 1"))
            #expect(metrics.text.contains("method=\"other\",route=\"none\",status=\"404\"} 1"))
            for word in ["alice", "people", "mail", "secret", "coffee", "PROPFIND"] {
                #expect(!metrics.text.contains(word), "\(word)")
            }
            #expect(try await desk.send("GET", "/ready", as: nil).text == "{\"status\":\"ready\"}\n")
            let logged = desk.logs.lines.filter { $0.hasPrefix("debug") }.joined()
            for word in ["alice", "people", "columns=", "coffee"] {
                #expect(!logged.contains(word), "\(word)")
            }
        }
    }
}
