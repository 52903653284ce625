import CatalogModel
import Foundation
import Governance
import PolicyEngine
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `Questions over HTTP` {
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

    @Test func `are told what would show more, the changes only to those who administer the table`()
        async throws
    {
        try await ServerDesk.serving { desk in
            try desk.cases.editing.put(
                [.putUser(User(UserName("zoe"), groups: [GroupName("auditors")]))],
                by: desk.operatorCaller
            )
            _ = try desk.cases.policies.apply(
                [try Policy.clearMails(for: "auditors")],
                tests: [],
                by: desk.operatorCaller
            )
            let mine = #"{"table":"shop.people","columns":["id","mail","salary"]}"#
            let own = try await desk.send("POST", "/api/v1/explain", as: "alice", json: mine).json()
            #expect(own["leaveOut"] as? [String] == ["salary"])
            #expect(own["ask"] as? String == "bob")
            let ownColumns = try #require(own["columns"] as? [[String: Any]])
            #expect(ownColumns.allSatisfy { $0["changes"] == nil })
            let asked = #"{"table":"shop.people","columns":["id","mail","salary"],"user":"alice"}"#
            let told = try await desk.send("POST", "/api/v1/explain", as: "bob", json: asked).json()
            #expect(told["ask"] == nil)
            let columns = try #require(told["columns"] as? [[String: Any]])
            #expect(columns[0]["changes"] == nil)
            #expect((columns[2]["changes"] as? [Any])?.isEmpty == true)
            let changes = try #require(columns[1]["changes"] as? [[String: Any]])
            #expect(changes.count == 1)
            #expect(changes.first?["steps"] as? [[String: String]] == [["joinGroup": "auditors"]])
            #expect(changes.first?["treatment"] as? String == "clear")
            let batch = try await desk.send(
                "POST",
                "/api/v1/explain",
                as: "bob",
                json: "{\"questions\":[\(asked)]}"
            )
            #expect(!batch.text.contains("changes"), "each is tried on a copy: only for a single question")
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

extension Policy {
    /// A mask policy above the others, by which a group sees mails as they are.
    fileprivate static func clearMails(for group: String) throws -> Policy {
        try JSONDecoder().decode(
            Policy.self,
            from: Data(
                """
                {"service":"files","name":"clear mails","policyType":1,"policyPriority":1,"isEnabled":true,
                 "resources":{"database":{"values":["shop"]},"table":{"values":["people"]},
                              "column":{"values":["mail"]}},
                 "dataMaskPolicyItems":[{"groups":["\(group)"],"accesses":[{"type":"read","isAllowed":true}],
                                         "dataMaskInfo":{"dataMaskType":"MASK_NONE"}}]}
                """.utf8
            )
        )
    }
}
