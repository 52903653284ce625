import CatalogModel
import Foundation
import Governance
import TestSupport
import Testing

/// Policies that can't be meant, sent to the server.
@Suite(.aside) struct `Bad policies over HTTP` {
    /// A policy with some members; one item that lets analysts read, unless others are given.
    private static func body(_ members: String, items: String? = nil) -> String {
        let items = items ?? #"[{"groups":["analysts"],"accesses":[{"type":"read"}]}]"#
        return #"""
            {"policies":[{"service":"files","name":"bad","resources":{"database":{"values":["shop"]},
            "table":{"values":["secret"]},"column":{"values":["*"]}},"policyItems":\#(items)\#(members)}]}
            """#
    }

    static let cases: [(what: String, body: String, code: String, named: String)] = [
        (
            "an unknown access", body("", items: #"[{"users":["a"],"accesses":[{"type":"fly"}]}]"#),
            "invalid-policy", "policyItems[0].accesses[0]"
        ),
        (
            "a script that explodes",
            body(#","conditions":[{"type":"_expression","values":["/(a+)+$/.test(USER.x)"]}]"#),
            "invalid-policy", "conditions[0]"
        ),
        (
            "an unknown time zone",
            body(#","validitySchedules":[{"startTime":"2026/01/01 00:00:00","timeZone":"Mars/Base"}]"#),
            "invalid-policy", "validitySchedules[0]"
        ),
        (
            "an unreadable schedule", body(#","validitySchedules":[{"startTime":"soon"}]"#), "invalid-policy",
            "validitySchedules[0].startTime"
        ),
        ("an unknown zone", body(#","zoneName":"nowhere""#), "invalid-policy", "zoneName"),
        ("an unknown member", body(#","policyItem":[]"#), "malformed-body", "policies[0].policyItem"),
        (
            "10 MB of text", body(#","description":"\#(String(repeating: "x", count: 10_000_000))""#),
            "invalid-policy", "bytes of text"
        ),
        (
            "100,000 items",
            body(
                "",
                items: "["
                    + Array(repeating: #"{"users":["a"],"accesses":[{"type":"read"}]}"#, count: 100_000)
                    .joined(separator: ",") + "]"
            ), "invalid-policy", "too many items"
        ),
        (
            "more than a body may have",
            body(#","description":"\#(String(repeating: "x", count: 17 << 20))""#),
            "body-too-large", ""
        ),
    ]

    @Test(arguments: cases.indices)
    func `are refused by place, and the set in force stays`(index: Int) async throws {
        let (what, body, code, named) = Self.cases[index]
        try await ServerDesk.serving { desk in
            let before = try desk.cases.policies.policies(by: desk.operatorCaller)
            let reply = try await desk.send("POST", "/api/v1/policies", as: "root", json: body)
            #expect(reply.code == code, "\(what): \(reply.text.prefix(500))")
            #expect(named.isEmpty || reply.text.contains(named), "\(what): \(reply.text.prefix(500))")
            #expect(reply.body.count < 4000, "\(what): a message for people")
            #expect(try desk.cases.policies.policies(by: desk.operatorCaller) == before)
            let rows = try await desk.send("GET", "/api/v1/tables/shop.secret/rows", as: "alice")
            #expect(rows.code == "unknown-table", "\(what)")
        }
    }
}
