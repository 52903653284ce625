import CatalogModel
import Foundation
import Governance
import PolicyEngine
import TestSupport
import Testing

/// What `${{…}}` in row filters and custom masks stands for, and that it never becomes more than a literal.
@Suite(.aside) struct `Facts in expressions` {
    private func desk(
        filter: String,
        user: [String: String] = [:],
        group: [String: String] = [:]
    ) throws -> Desk {
        let desk = try Desk()
        try desk.furnish()
        try desk.cases.editing.put(
            [
                .putGroup(Group(GroupName("analysts"), attributes: group)),
                .putUser(User(UserName("alice"), groups: [GroupName("analysts")], attributes: user)),
            ],
            by: desk.admin
        )
        try desk.publish([
            rows { $0.rowFilterPolicyItems = [Desk.item("analysts", filter: filter)] }
        ])
        return desk
    }

    private func rows(_ fill: (inout Policy) -> Void) -> Policy {
        var policy = Policy()
        policy.service = "files"
        policy.name = "some rows"
        policy.policyType = .rowFilter
        policy.resources = ["database": Desk.resource("shop"), "table": Desk.resource("people")]
        fill(&policy)
        return policy
    }

    private func names(
        _ filter: String,
        user: [String: String] = [:],
        group: [String: String] = [:]
    ) throws -> [String] {
        let desk = try desk(filter: filter, user: user, group: group)
        return try desk.read(desk.people, as: "alice", columns: ["name"]).compactMap { $0.first ?? nil }
    }

    @Test(arguments: [
        ("name = ${{USER.nick}}", ["Bo"]), ("name = '${{USER.nick}}'", ["Bo"]),
        ("name = '${{ USER.first }}${{USER.last}}'", ["Cy"]),
        ("age > ${{USER.limit}}", ["Ann", "Cy"]), ("age > ${{USER.limit}} + 20", ["Cy"]),
        ("id IN (${{GET_USER_ATTR_CSV('ids')}})", ["Ann", "Cy"]),
        ("name IN (${{GET_UG_ATTR_Q_CSV('names')}})", ["Ann"]),
        ("name IN (${{GET_USER_ATTR_Q('nick')}})", ["Bo"]),
        ("name IN (${{UGNAMES}})", []), ("name IN (${{USER.both.split(',')}})", ["Ann", "Bo"]),
        ("name IN (${{[[USER.both]]}})", ["Ann", "Bo"]), ("id IN (${{[[USER.ids]]}})", ["Ann", "Cy"]),
        ("'${{UGNAMES}}' = 'analysts'", ["Ann", "Bo", "Cy"]),
        ("${{IS_IN_GROUP('analysts')}} AND id = 1", ["Ann"]),
        ("${{IS_IN_GROUP('chiefs')}} OR id = 3", ["Cy"]),
        ("name = ${{USER.absent}}", []), ("name <> ${{USER.absent}}", []), ("name <> '${{USER.absent}}'", []),
        ("name <> '${{USER.empty}}'", []), ("name <> 'x${{GET_UG_ATTR_CSV('absent')}}'", []),
        ("id NOT IN (${{GET_UG_ATTR_Q_CSV('absent')}})", []),
        ("name = ${{REQ.user == 'alice' ? 'Ann' : 'Bo'}}", ["Ann"]),
        ("${{nobody.knows.this}} = 1 OR id = 1", []),
    ])
    func `are the reader's own`(_ filter: String, _ expected: [String]) throws {
        let found = try names(
            filter,
            user: [
                "nick": "Bo", "first": "C", "last": "y", "limit": "20", "both": "Ann,Bo", "empty": "",
                "ids": "1,3",
            ],
            group: ["names": "Ann"]
        )
        #expect(found == expected)
    }

    @Test(arguments: [
        "x' OR 'a'='a", "x') OR (1=1", "1 OR 1=1", "') OR true --", "x'' OR ''a''=''a", "\\' OR 1=1 --", "'",
        "''", "'x','Ann'", "NULL) OR (true", "1,2) OR (1=1", "{USER}", "${{USER.nick}}", "\u{0}", "E'\\''",
        "$$",
        "Ann\u{2019} OR 1=1", "-1--", "1.5.5", "0x10", "true", "name", "{col}",
    ])
    func `never become anything but literals`(_ nick: String) throws {
        for filter in [
            "name = ${{USER.nick}}", "name = '${{USER.nick}}'", "(name = ('${{USER.nick}}'))",
            "name IN (${{GET_USER_ATTR_Q_CSV('nick')}})", "name IN (${{GET_USER_ATTR_CSV('nick')}})",
            "name IN ('${{GET_USER_ATTR('nick')}}')", "name = 'x${{USER.nick}}y' OR name = ${{USER.nick}}",
            "name = ${{GET_USER_ATTR_Q('nick')}}",
        ] {
            let desk = try desk(filter: filter, user: ["nick": nick])
            // A read may be refused, for a number can't be compared with a name; but no row may be shown.
            let rows = (try? desk.read(desk.people, as: "alice", columns: ["name"])) ?? []
            #expect(rows.isEmpty, "\(filter) with \(nick)")
        }
    }

    @Test func `are what custom masks are made with, and a mask that can't be made denies`() throws {
        let desk = try desk(filter: "true", user: ["mark": "it's"])
        var item = Desk.item("analysts", mask: "CUSTOM")
        item.dataMaskInfo?.valueExpr = "concat(${{USER.mark}}, left({col}, 1))"
        try desk.publish([
            Desk.policy("marked", column: "mail") {
                $0.policyType = .dataMask
                $0.dataMaskPolicyItems = [item]
            }
        ])
        #expect(
            try desk.read(desk.people, as: "alice", columns: ["mail"]) == [["it'sa"], ["it'sb"], ["it's"]]
        )
        item.dataMaskInfo?.valueExpr = "concat('${{nobody.knows}}', {col})"
        try desk.publish([
            Desk.policy("marked", column: "mail") {
                $0.policyType = .dataMask
                $0.dataMaskPolicyItems = [item]
            }
        ])
        #expect(desk.code { _ = try desk.read(desk.people, as: "alice", columns: ["mail"]) } == .denied)
    }

    @Test(arguments: [
        "name = ${{USER.nick", "name = ${{)}}", "\"${{USER.nick}}\" = 1", "name = E'${{USER.nick}}'",
        "name = ${{USER.nick}} -- so", "name = ${{USER.nick}} /* so */", "name = $$x$$ || ${{USER.nick}}",
        "ghost = ${{USER.nick}}", "name + ${{USER.nick}}",
    ])
    func `are refused when published where they can't be made literals, or don't fit`(_ filter: String) throws
    {
        let desk = try Desk()
        try desk.furnish()
        let code = desk.code {
            try desk.publish([rows { $0.rowFilterPolicyItems = [Desk.item("analysts", filter: filter)] }])
        }
        #expect(code == .invalidPolicy)
        #expect(try desk.read(desk.people, as: "alice", columns: ["id"]) == [["1"], ["2"], ["3"]])
    }
}
