import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

/// A company's policies, as the README tells them.
private let company = """
    {"service": "northsea", "policies": [
      {"name": "customers for sales", "id": 1,
       "resources": {"database": "sales", "table": "customers", "column": "*"},
       "allow": [{"groups": ["sales"], "access": ["read"]}, {"groups": ["partners"], "access": ["read"]},
                 {"roles": ["auditor"], "access": ["read"]}],
       "deny": [{"users": ["mallory"], "access": ["read"]}],
       "denyExceptions": [{"groups": ["pardoned"], "access": ["read"]}],
       "allowExceptions": [{"users": ["intern"], "access": ["read"]}]},
      {"name": "salaries for nobody else", "id": 2,
       "resources": {"database": "sales", "table": "*", "column": "sal*"},
       "deny": [{"groups": ["sales"], "access": ["read"]}]},
      {"name": "mask e-mails", "id": 3, "service": "labels", "resources": {"tag": "EMAIL"},
       "mask": [{"groups": ["sales"], "access": ["read"], "type": "MASK_SHOW_LAST_4"}]},
      {"name": "mask phones", "id": 4,
       "resources": {"database": "sales", "table": "customers", "column": ["phone", "fax?"]},
       "mask": [{"users": ["bob"], "access": ["read"], "type": "MASK_NONE"},
                {"groups": ["sales"], "access": ["read"], "type": "CUSTOM", "expression": "left({col}, 2)"}]},
      {"name": "partners see Germany", "id": 5, "resources": {"database": "sales", "table": "customers"},
       "rowFilter": [{"groups": ["partners"], "access": ["read"], "filter": "country = 'DE'"}]},
      {"name": "no secrets", "id": 6, "service": "labels", "resources": {"tag": "SECRET"}, "denyAllElse": true,
       "allow": [{"users": ["alice"], "access": ["file:read"]}]},
      {"name": "campaign", "id": 7, "resources": {"database": "marketing", "table": "leads", "column": "*"},
       "conditions": [{"type": "purpose", "values": ["marketing"]}],
       "validity": [{"from": "2026/01/01 00:00:00", "until": "2026/06/30 23:59:59", "timeZone": "GMT+2"}],
       "allow": [{"groups": ["public"], "access": ["read"]}]}]}
    """

@Suite(.aside) struct `A decision` {
    private func treatments(_ request: ReadRequest) throws -> [String] {
        try northsea(company).decide(request).columns.map(\.treatment.word)
    }

    @Test
    func `lets in whom a policy names and nobody else`() throws {
        #expect(try treatments(read("alice", groups: ["sales"], columns: ["name"])) == ["clear"])
        #expect(try treatments(read("eve", roles: ["auditor"], columns: ["name"])) == ["clear"])
        #expect(
            try treatments(read("eve", groups: ["hr"], columns: ["name", "phone"])) == ["denied", "denied"]
        )
    }

    @Test
    func `is a denial for an unknown service, another table and a name of three parts`() throws {
        var request = try read("alice", groups: ["sales"], columns: ["name"])
        request.service = ServiceName("elsewhere")
        #expect(try treatments(request) == ["denied"])
        let other = try read("alice", groups: ["sales"], columns: ["name"], table: "sales.customers2")
        #expect(try treatments(other) == ["denied"])
        let three = try read("alice", groups: ["sales"], columns: ["name"], table: "a.sales.customers")
        #expect(try treatments(three) == ["denied"])
    }

    @Test
    func `is a denial when tags are not parallel to columns`() throws {
        var request = try read("alice", groups: ["sales"], columns: ["name"])
        request.columnTags = [[], []]
        #expect(try treatments(request) == ["denied"])
    }

    @Test
    func `follows denials and exceptions`() throws {
        #expect(try treatments(read("mallory", groups: ["sales"], columns: ["name"])) == ["denied"])
        #expect(
            try treatments(read("mallory", groups: ["sales", "pardoned"], columns: ["name"])) == ["clear"]
        )
        #expect(try treatments(read("intern", groups: ["sales"], columns: ["name"])) == ["denied"])
        #expect(
            try treatments(read("alice", groups: ["sales"], columns: ["SALary", "name"])) == [
                "denied", "clear",
            ]
        )
    }

    @Test
    func `masks by tag, column and wildcard, and the first item that fits counts`() throws {
        let tags = [[tag("EMAIL")], [], [], []]
        let columns = ["email", "phone", "fax1", "fax"]
        let alice = try read("alice", groups: ["sales"], columns: columns, columnTags: tags)
        #expect(try treatments(alice) == ["last-4", "custom", "custom", "clear"])
        let bob = try read("bob", groups: ["sales"], columns: columns, columnTags: tags)
        #expect(try treatments(bob) == ["last-4", "clear", "clear", "clear"])
    }

    @Test
    func `names the mask's expression and its transformer`() throws {
        let tags = [[tag("EMAIL")], []]
        let request = try read("alice", groups: ["sales"], columns: ["email", "phone"], columnTags: tags)
        let decision = try northsea(company).decide(request)
        let transformer = "mask_show_last_n({col}, 4, 'x', 'x', 'x', -1, '1')"
        let last = MaskChoice(maskType: "MASK_SHOW_LAST_4", transformer: transformer, valueExpression: nil)
        let custom = MaskChoice(maskType: "CUSTOM", transformer: nil, valueExpression: "left({col}, 2)")
        #expect(decision.columns.map(\.treatment) == [.masked(last), .masked(custom)])
        #expect(decision.version == 7)
        #expect(decision.isAudited)
    }

    @Test
    func `inherits the table's tags, and a denial by tag beats an allowance`() throws {
        let request = try read(
            "carol",
            groups: ["sales"],
            columns: ["name"],
            tableTags: [tag("SECRET", origin: .table)]
        )
        #expect(try treatments(request) == ["denied"])
        let alice = try read("alice", groups: ["sales"], columns: ["name"], columnTags: [[tag("SECRET")]])
        #expect(try treatments(alice) == ["clear"])
    }

    @Test
    func `ignores a tag that has expired`() throws {
        let expired = Tag(TagName("SECRET"), validUntil: Instant("2026-02-01"))
        let tags = [[EffectiveTag(expired, origin: .column)]]
        let later = try read("carol", groups: ["sales"], columns: ["name"], columnTags: tags)
        #expect(try treatments(later) == ["clear"])
        let before = try read(
            "carol",
            groups: ["sales"],
            columns: ["name"],
            columnTags: tags,
            now: "2026-01-01"
        )
        #expect(try treatments(before) == ["denied"])
    }

    @Test
    func `filters rows for those whom the filter names`() throws {
        let set = try northsea(company)
        let partner = set.decide(try read("pia", groups: ["partners"], columns: ["name"]))
        #expect(partner.rowFilter?.expression == "country = 'DE'")
        #expect(partner.rowFilter?.reason.steps.count == 1)
        #expect(set.decide(try read("alice", groups: ["sales"], columns: ["name"])).rowFilter == nil)
    }

    @Test
    func `asks for the purpose and the time`() throws {
        let now = { (purpose: String?, now: String) in
            try treatments(read("x", columns: ["c"], table: "marketing.leads", purpose: purpose, now: now))
        }
        #expect(try now("marketing", "2026-03-01") == ["clear"])
        #expect(try now(nil, "2026-03-01") == ["denied"])
        #expect(try now("billing", "2026-03-01") == ["denied"])
        #expect(try now("marketing", "2025-12-31T21:59:59") == ["denied"])
        #expect(try now("marketing", "2025-12-31T22:00:00") == ["clear"])
        #expect(try now("marketing", "2026-06-30T21:59:59") == ["clear"])
        #expect(try now("marketing", "2026-06-30T22:00:00") == ["denied"])
    }

    @Test
    func `says why`() throws {
        let request = try read(
            "alice",
            groups: ["sales"],
            columns: ["email", "salary"],
            columnTags: [[tag("EMAIL")], []]
        )
        let decision = try northsea(company).decide(request)
        let email = decision.columns[0].reason.steps
        let mask = PolicyCitation(
            id: 3,
            name: "mask e-mails",
            service: ServiceName("labels"),
            list: "dataMaskPolicyItems",
            item: 0,
            principal: "group sales"
        )
        let access = PolicyCitation(
            id: 1,
            name: "customers for sales",
            service: ServiceName("northsea"),
            list: "policyItems",
            item: 0,
            principal: "group sales"
        )
        #expect(email == [.policy(mask), .tag(tag("EMAIL")), .policy(access)])
        let denial = PolicyCitation(
            id: 2,
            name: "salaries for nobody else",
            service: ServiceName("northsea"),
            list: "denyPolicyItems",
            item: 0,
            principal: "group sales"
        )
        #expect(decision.columns[1].reason.steps == [.policy(denial)])
        let nobody = try northsea(company).decide(read("eve", columns: ["name"]))
        #expect(nobody.columns[0].reason.steps == [.noPolicy])
    }
}
