import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

@Suite(.aside) struct `A script` {
    private func facts() -> RequestFacts {
        var request = AccessRequest()
        request.elements = ["database": ["sales"], "table": ["orders"]]
        request.user = "alice"
        request.groups = ["eng", "fin"]
        request.accessType = "select"
        request.attributes = ["country": "DE"]
        let facts = RequestFacts(request, now: Instant(seconds: 1_750_000_000))
        facts.roles = ["analyst"]
        facts.users = UserStore(
            users: ["alice": ["dept": "eng", "level": "3"]],
            groups: ["eng": ["cc": "100"], "fin": ["cc": "102"]]
        )
        facts.tags = [
            AttachedTag(
                type: "PII",
                attributes: ["level": "high", "score": "2", "values": "a,b", "expiry": "2024/01/31"]
            )
        ]
        facts.currentTag = 0
        return facts
    }

    @Test(arguments: [
        ("RES.database == 'sales' && USER.level > 2", true), ("USER.nosuch == null", true),
        ("TAG.score < 2", false),
        ("UGNAMES.includes('ops') || IS_IN_ROLE('analyst')", true), ("['eng','x'].intersects(UGNAMES)", true),
        ("[[TAG.values]].includes('b')", true), ("[[TAG.values,'|']].length === 1", true),
        ("ctx.getRequestContextAttribute('country') === 'DE'", true), ("ctx.result = !!ctx.getUser();", true),
        ("if (ctx.isAccessedAfter('expiry')) ctx.result = true;", true), ("HAS_ANY_TAG", true),
        ("HAS_NO_TAG", false),
        ("var n = UGNAMES.length; n == 2 ? n * 2 == 4 : false", true),
        ("typeof nosuch === 'undefined'", true),
        ("UGNAMES.some(g => UG[g].cc > 101)", true),
        ("'abc'.substring(1) === 'bc' && 'a-b'.split('-').length == 2", true),
        ("IS_ACCESS_TIME_BETWEEN('2025/06/01', '2025/07/01')", true),
        ("'1' + 1 == 11 && '3' * '2' === 6", true),
    ])
    func `holds or doesn't`(text: String, expected: Bool) {
        let script = Script(text)
        #expect(script.isCompiled)
        #expect(script.holds(facts()) == expected)
    }

    @Test(arguments: [
        "nosuch", "TAG.level.x.y", "ctx.getUserGroups().contains('eng')", "(", "null.x", "1 +", "'a",
    ])
    func `that fails has no answer`(text: String) { #expect(Script(text).holds(facts()) == nil) }

    @Test(arguments: [
        "for (var i in UGNAMES) i", "/a/.test('a')", "`x`", "function f() {}", "while (true) {}",
    ])
    func `beyond the compiled part of the language is left to the general engine`(text: String) {
        #expect(!Script(text).isCompiled)
        #expect(Script(text).holds(facts()) == nil)
    }

    @Test func `gives texts for expressions in policies`() {
        #expect(ExpressionText.resolved("dept = '${{USER.dept}}'", facts()) == "dept = 'eng'")
        #expect(
            ExpressionText.resolved("in (${{GET_UG_ATTR_Q('cc')}}) or ${{USER.nosuch}}!", facts())
                == "in ('100','102') or !"
        )
        #expect(ExpressionText.resolved("${{GET_UG_NAMES()}} ${{UGNAMES.length}}", facts()) == "eng,fin 2")
        #expect(ExpressionText.resolved("no end ${{USER.dept", facts()) == "no end ${{USER.dept")
    }

    @Test func `is bounded`() {
        let deep = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        #expect(Script(deep).holds(facts()) == nil)
        let long = "var s = 'x'; " + String(repeating: "s = s + s; ", count: 64) + "true"
        #expect(Script(long).holds(facts()) == nil)
    }

    @Test func `that was damaged never does more than fail`() {
        var numbers = SeededNumbers(7)
        let whole = Array(
            "if ([[TAG.values]].includes(USER['dept']) && UGNAMES.some(g => g == 'eng')) ctx.result = !0;"
                .utf8
        )
        for _ in 0..<5000 {
            var bytes = whole
            for _ in 0...Int(numbers.next() % 4) {
                bytes[Int(numbers.next() % UInt64(bytes.count))] = UInt8(32 + numbers.next() % 95)
            }
            let answer = Script(String(decoding: bytes, as: UTF8.self)).holds(facts())
            #expect(answer != nil || answer == nil)
        }
    }
}
