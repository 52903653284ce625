import Foundation
import Testing

@testable import HTTPAPI

struct `Questions over HTTP` {
    @Test func `are answered with each column's treatment, and with reasons when asked why`() async throws {
        try await ServerDesk.serving { desk in
            let question = #"{"table":"shop.people","columns":["id","mail","salary"],"purpose":"billing"}"#
            let check = try await desk.send("POST", "/api/v1/check", as: "alice", json: question)
            #expect(check.status == 200)
            let answer = try check.json()
            #expect(answer["allowed"] as? Bool == false)
            #expect(answer["user"] as? String == "alice")
            let columns = try #require(answer["columns"] as? [[String: Any]])
            #expect(columns.map { $0["treatment"] as? String } == ["clear", "masked", "denied"])
            #expect(columns[1]["mask"] as? String == "MASK_HASH")
            #expect(columns.allSatisfy { $0["why"] == nil })
            #expect((answer["rows"] as? [String: Any])?["filtered"] as? Bool == true)
            let why = try await desk.send("POST", "/api/v1/explain", as: "alice", json: question)
            #expect(why.text.contains("hashed mails"))
            #expect(!why.text.contains("age >= 18"), "a filter's text is for those who administer the table")
            let owner = try await desk.send(
                "POST",
                "/api/v1/explain",
                as: "bob",
                json: #"{"table":"shop.people","user":"alice"}"#
            )
            #expect(owner.text.contains("age >= 18"))
        }
    }

    @Test func `come in batches of at most a thousand, each with its own answer`() async throws {
        try await ServerDesk.serving { desk in
            let one = #"{"table":"shop.people","columns":["id"]}"#
            let batch = """
                {"questions":[\(one),{"table":"shop.secret"},{"table":"shop.absent"},\
                {"table":"shop.people","user":"bob"},{"table":"shop.people","columns":["ghost"]}]}
                """
            let reply = try await desk.send("POST", "/api/v1/check", as: "alice", json: batch)
            let answers = try #require(try reply.json()["answers"] as? [[String: Any]])
            #expect(answers.map { $0["allowed"] as? Bool } == [true, false, false, false, false])
            let codes = answers.map { ($0["problem"] as? [String: Any])?["code"] as? String }
            #expect(codes == [nil, "unknown-table", "unknown-table", "forbidden", "unknown-column"])
            let many = { (count: Int) in
                "{\"questions\":[" + Array(repeating: one, count: count).joined(separator: ",") + "]}"
            }
            #expect(try await desk.send("POST", "/api/v1/check", as: "alice", json: many(1000)).status == 200)
            let over = try await desk.send("POST", "/api/v1/check", as: "alice", json: many(1001))
            #expect(over.status == 413)
            #expect(over.code == "limit-exceeded")
            let none = try await desk.send("POST", "/api/v1/check", as: "alice", json: "{\"questions\":[]}")
            #expect(none.text == "{\"answers\":[]}\n")
        }
    }

    @Test func `that make no sense are refused`() async throws {
        try await ServerDesk.serving { desk in
            for body in [
                "", "[]", "{}", "{\"table\":1}", "{\"table\":\"x\"}",
                "{\"table\":\"a.b\",\"columns\":\"id\"}",
                "{\"table\":\"a.b\",\"nope\":1}", "{\"table\":\"a.b\",\"table\":\"a.b\"}",
                "{\"questions\":[{}]}", "{\"questions\":[{\"table\":\"a.b\"}],\"table\":\"a.b\"}",
                "{\"questions\":{}}",
                "{\"table\":\"a.b\",\"columns\":[1]}", "nonsense", "{\"table\":\"a.b\"}{",
            ] {
                for path in ["/api/v1/check", "/api/v1/explain"] {
                    let reply = try await desk.send("POST", path, as: "alice", json: body)
                    #expect(reply.status == 400, "\(body): \(reply.text)")
                    #expect(reply.code == "malformed-body", "\(body): \(reply.text)")
                }
            }
        }
    }
}
