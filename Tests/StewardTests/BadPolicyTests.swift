import Foundation
import TestSupport
import Testing

/// Policies, roles and zones that can't be meant, given to the program as its users give them.
@Suite(.aside) struct `Bad policies on the command line` {
    private static func policies(_ members: String, items: String? = nil) -> String {
        let items = items ?? #"[{"groups":["analysts"],"accesses":[{"type":"read"}]}]"#
        return #"""
            {"policies":[{"service":"files","name":"bad","resources":{"database":{"values":["shop"]},
            "table":{"values":["*"]},"column":{"values":["*"]}},"policyItems":\#(items)\#(members)}]}
            """#
    }

    static let cases: [(what: String, text: String, named: [String])] = [
        (
            "an unknown access", policies("", items: #"[{"users":["a"],"accesses":[{"type":"fly"}]}]"#),
            ["policy `bad`", "policyItems[0].accesses[0]", "`fly`"]
        ),
        (
            "an unknown mask",
            #"""
            {"policies":[{"service":"files","name":"bad","policyType":1,"resources":{"database":{"values":["shop"]},
            "table":{"values":["*"]},"column":{"values":["*"]}},"dataMaskPolicyItems":[{"users":["a"],
            "accesses":[{"type":"read"}],"dataMaskInfo":{"dataMaskType":"MAGIC"}}]}]}
            """#, ["dataMaskPolicyItems[0].dataMaskInfo", "`MAGIC`"]
        ),
        (
            "a script that explodes",
            policies(#","conditions":[{"type":"_expression","values":["/(a|a)*$/.test(USER.x)"]}]"#),
            ["conditions[0]", "regular expression"]
        ),
        (
            "an unknown time zone",
            policies(#","validitySchedules":[{"startTime":"2026/01/01 00:00:00","timeZone":"Mars/Base"}]"#),
            ["validitySchedules[0]", "Mars/Base"]
        ),
        (
            "10 MB of text", policies(#","description":"\#(String(repeating: "x", count: 10_000_000))""#),
            ["policy `bad`", "bytes of text"]
        ),
        (
            "100,000 items",
            policies(
                "",
                items: "["
                    + Array(repeating: #"{"users":["a"],"accesses":[{"type":"read"}]}"#, count: 100_000)
                    .joined(separator: ",") + "]"
            ), ["policy `bad`", "too many items"]
        ),
    ]

    @Test func `are refused by place, by apply and by import, and all stays`() throws {
        let desk = try Desk()
        let before = try desk.steward("policy", "export").output.filtered
        for (what, text, named) in Self.cases {
            let file = try desk.folder.write(text, to: "bad.json")
            for command in ["apply", "import"] {
                let outcome = try desk.steward("policy", command, file.path)
                #expect(outcome.status == 1, "\(what), \(command)")
                for name in named {
                    #expect(
                        outcome.errors.contains(name),
                        "\(what), \(command): \(outcome.errors.prefix(400))"
                    )
                }
                #expect(outcome.errors.utf8.count < 2000, "\(what): a message for people")
            }
        }
        let manifest = try desk.folder.write(
            "roles:\n  - {name: a, roles: [b]}\n  - {name: b, roles: [a]}\n",
            to: "catalog.yaml"
        )
        let round = try desk.steward("catalog", "load", manifest.path)
        #expect(round.status == 1 && round.errors.contains("cycle"), "\(round.errors)")
        let zones = try desk.folder.write(
            #"{"name":"z","services":{"files":{"resources":[{"planet":["x"]}]}}}"#,
            to: "zones.json"
        )
        let zone = try desk.steward("zone", "apply", zones.path)
        #expect(zone.status == 1 && zone.errors.contains("services.files.resources[0]"), "\(zone.errors)")
        let shares = try desk.folder.write(
            #"{"dshids":[{"id":1,"dataShareId":1,"datasetId":2}]}"#,
            to: "s.json"
        )
        let share = try desk.steward("sharing", "apply", shares.path)
        #expect(share.status == 1 && share.errors.contains("dshid `1`, dataShareId"), "\(share.errors)")
        #expect(try desk.steward("policy", "export").output.filtered == before)
    }
}

extension String {
    /// An export without when it was made.
    fileprivate var filtered: String {
        split(separator: "\n").filter { !$0.contains("Export time") }.joined(separator: "\n")
    }
}
