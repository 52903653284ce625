import CatalogModel
import TestSupport
import Testing

@testable import PolicyEngine

/// Zones over the names that random policies use: a table, a database with tag policies of its own, a column.
enum RandomZones {
    static func all(of service: String, tagService: String) throws -> [SecurityZone] {
        let texts = [
            #"{"name":"north","services":{"SERVICE":{"resources":[{"database":["sales"],"table":["t1"]}]}}}"#,
            #"{"name":"east","tagServices":["TAGS"],"services":{"SERVICE":{"resources":[{"database":["h*"]}]}}}"#,
            #"{"name":"west","services":{"SERVICE":{"resources":[{"database":["x"],"table":["t1"],"column":["a"]}]}}}"#,
        ]
        return try texts.map { text in
            let text = text.replacing("SERVICE", with: service).replacing("TAGS", with: tagService)
            return try SecurityZone(text: text)
        }
    }
}

/// Security zones in sets of policies.
@Suite(.aside) struct `A security zone` {
    private static func services() throws -> [PolicyService] {
        [
            PolicyService(
                name: ServiceName("northsea"),
                definition: try definition("file"),
                tagService: ServiceName("labels")
            ),
            PolicyService(name: ServiceName("labels"), definition: try definition("tag")),
        ]
    }

    private func set(_ zones: [String], _ policies: String, settings: [String: String] = [:]) throws
        -> PolicySet
    {
        let services = try Self.services()
        return try PolicySet(
            services: [services[0].setting(settings), services[1]],
            policies: try document(policies).policies,
            zones: try zones.map { try SecurityZone(text: $0) },
            version: 7
        )
    }

    private static let finance =
        #"{"name":"finance","services":{"northsea":{"resources":[{"database":["pay*"]}]}},"adminUsers":["fay"]}"#

    private static let everywhere = #"""
        {"service":"northsea","policies":[
          {"name":"all","resources":{"database":"*","table":"*","column":"*"},
           "allow":[{"groups":["public"],"access":["read"]}]},
          {"name":"inside","zone":"finance","resources":{"database":"*","table":"*","column":["id","iban"]},
           "allow":[{"users":["fay"],"access":["read"]}]},
          {"name":"hidden iban","zone":"finance","resources":{"database":"*","table":"*","column":"iban"},
           "mask":[{"users":["fay"],"access":["read"],"type":"MASK_HASH"}]},
          {"name":"some rows","zone":"finance","resources":{"database":"*","table":"*"},
           "rowFilter":[{"users":["fay"],"access":["read"],"filter":"id > 1"}]}
        ]}
        """#

    @Test func `counts its own policies alone, and names itself in the reason`() throws {
        let set = try set([Self.finance], Self.everywhere)
        let columns = ["id", "iban", "note"]
        let inside = set.decide(try read("fay", columns: columns, table: "payroll.runs"))
        #expect(inside.columns.map(\.treatment.word) == ["clear", "MASK_HASH", "denied"])
        #expect(inside.rowFilter?.expression == "id > 1")
        for column in inside.columns { #expect(column.reason.steps.last == .zone("finance")) }
        #expect(inside.rowFilter?.reason.steps.last == .zone("finance"))
        // What anybody may read elsewhere, nobody else may here; and the zone's policies mean nothing elsewhere.
        let other = set.decide(try read("bob", columns: columns, table: "payroll.runs"))
        #expect(other.columns.map(\.treatment.word) == ["denied", "denied", "denied"])
        #expect(other.columns[0].reason.steps == [.noPolicy, .zone("finance")])
        let outside = set.decide(try read("fay", columns: columns, table: "sales.runs"))
        #expect(outside.columns.map(\.treatment.word) == ["clear", "clear", "clear"])
        #expect(outside.rowFilter == nil)
        #expect(!outside.columns.contains { $0.reason.steps.contains(.zone("finance")) })
    }

    @Test func `may hold single columns of a table`() throws {
        let zone =
            #"{"name":"finance","services":{"northsea":{"resources":[{"database":["sales"],"table":["*"],"column":["iban"]}]}}}"#
        let set = try set([zone], Self.everywhere)
        let decision = set.decide(try read("bob", columns: ["id", "iban"]))
        #expect(decision.columns.map(\.treatment.word) == ["clear", "denied"])
        let fay = set.decide(try read("fay", columns: ["id", "iban"]))
        #expect(fay.columns.map(\.treatment.word) == ["clear", "MASK_HASH"])
        // The table lies in the zone in part only.
        #expect(fay.rowFilter == nil)
    }

    @Test(arguments: [true, false])
    func `has tag policies of its own where its tag services say so`(isOwn: Bool) throws {
        let zone = #"""
            {"name":"finance","TAGS":["labels"],"services":{"northsea":{"resources":[{"database":["sales"]}]}}}
            """#.replacing("TAGS", with: isOwn ? "tagServices" : "auditUsers")
        let inZone = isOwn ? #""zone":"finance","# : ""
        let set = try set(
            [zone],
            #"""
            {"service":"labels","policies":[
              {"name":"pii","resources":{"tag":"PII"},"deny":[{"groups":["public"],"access":["file:read"]}]},
              {"name":"pii in zone",ZONE"resources":{"tag":"SECRET"},
               "allow":[{"groups":["public"],"access":["file:read"]}]}
            ]}
            """#.replacing("ZONE", with: inZone)
        )
        let request = try read(
            "bob",
            columns: ["a", "b"],
            columnTags: [[tag("PII"), tag("SECRET")], [tag("SECRET")]]
        )
        let words = set.decide(request).columns.map(\.treatment.word)
        #expect(words == (isOwn ? ["clear", "clear"] : ["denied", "clear"]))
    }

    /// What is wrong with zones, and what the message names.
    static let wrong: [(zones: [String], named: [String])] = [
        ([#"{"services":{}}"#], ["zone ``", "`name`"]),
        ([finance, finance], ["zone `finance`", "duplicate"]),
        (
            [#"{"name":"z","services":{"nowhere":{"resources":[{"database":["a"]}]}}}"#],
            ["zone `z`", "services.nowhere", "unknown service"]
        ),
        (
            [#"{"name":"z","services":{"northsea":{"resources":[{"planet":["a"]}]}}}"#],
            ["zone `z`", "services.northsea.resources[0]", "unknown resource `planet`"]
        ),
        (
            [#"{"name":"z","services":{"northsea":{"resources":[{"column":["a"]}]}}}"#],
            ["zone `z`", "no hierarchy"]
        ),
        (
            [#"{"name":"z","services":{"northsea":{"resources":[]}}}"#],
            ["zone `z`", "`resources` missing"]
        ),
        (
            [#"{"name":"z","services":{"northsea":{"resources":[{"database":[]}]}}}"#],
            ["zone `z`", "resources[0].database", "missing"]
        ),
        (
            [#"{"name":"z","services":{"northsea":{"resources":[{"database":["*"],"table":["**"]}]}}}"#],
            ["zone `z`", "everything"]
        ),
        (
            [#"{"name":"z","services":{"northsea":{"resources":[{"database":["{USER}"]}]}}}"#],
            ["zone `z`", "not supported"]
        ),
        (
            [#"{"name":"z","tagServices":["labels"],"services":{"labels":{"resources":[{"tag":["PII"]}]}}}"#],
            ["zone `z`", "services.labels", "without resources"]
        ),
        (
            [#"{"name":"z","tagServices":["northsea"],"services":{}}"#],
            ["zone `z`", "tagServices[0]", "unknown tag service"]
        ),
        (
            [
                finance,
                #"{"name":"z","services":{"northsea":{"resources":[{"database":["Payroll"],"table":["t"]}]}}}"#,
            ],
            ["zone `z`", "resources[0]", "lies in zone `finance`"]
        ),
        (
            [
                #"{"name":"y","services":{"northsea":{"resources":[{"database":["a*c"]}]}}}"#,
                #"{"name":"z","services":{"northsea":{"resources":[{"database":["ab?"]}]}}}"#,
            ],
            ["zone `z`", "lies in zone `y`"]
        ),
    ]

    @Test(arguments: wrong.indices)
    func `is refused by place when it can't be meant`(index: Int) throws {
        let (zones, named) = Self.wrong[index]
        let error = try #require(throws: PolicyError.self) { try set(zones, #"{"service":"northsea"}"#) }
        for name in named { #expect("\(error)".contains(name), "\(error)") }
    }

    @Test(arguments: [
        (#"{"name":"z","services":{},"adminUser":["fay"]}"#, "adminUser"),
        (#"{"name":"z","services":{"northsea":{"resource":[]}}}"#, "services.northsea.resource"),
        (#"{"name":"z","services":{"northsea":{"resources":[{"database":"a"}]}}}"#, "services.northsea"),
        (#"[{"name":"y"},{"name":"z","tagServices":[1]}]"#, "[1].tagServices"),
        (#"{"securityZones":[{"name":7}]}"#, "securityZones[0].name"),
    ])
    func `is refused when a member isn't Ranger's or has the wrong type`(text: String, path: String) throws {
        let error = try #require(throws: PolicyError.self) {
            try SecurityZone.read(Array(text.utf8), name: "zones.json")
        }
        #expect("\(error)".contains("zones.json") && "\(error)".contains("`\(path)"), "\(error)")
    }

    @Test func `goes out as it came in`() throws {
        let text = #"""
            {"id":7,"guid":"g","isEnabled":true,"createdBy":"Admin","createTime":1700000000000,"version":3,
            "name":"finance","services":{"northsea":{"resources":[{"database":["pay*"]}],
            "resourcesBaseInfo":[{"id":1,"createdBy":"Admin"}]}},"tagServices":[],"adminUsers":["fay"],
            "adminUserGroups":[],"adminRoles":["r"],"auditUsers":[],"auditUserGroups":["g"],"description":"money"}
            """#
        let zone = try SecurityZone(text: text)
        #expect(zone.document == (try JSONReader.read(text)))
        #expect(try SecurityZone(text: zone.text) == zone)
        #expect(try SecurityZone.read(Array(SecurityZone.list([zone]).jsonText.utf8), name: "f") == [zone])
    }

    @Test func `must be there for a policy in it, with something of its service`() throws {
        for (zone, word) in [("nowhere", "unknown zone `nowhere`"), ("finance", "has nothing of service")] {
            let policies = #"""
                {"service":"labels","policies":[{"name":"p","zone":"ZONE","resources":{"tag":"PII"},
                 "deny":[{"groups":["public"],"access":["file:read"]}]}]}
                """#.replacing("ZONE", with: zone)
            let error = try #require(throws: PolicyError.self) { try set([Self.finance], policies) }
            #expect("\(error)".contains("zoneName") && "\(error)".contains(word), "\(error)")
        }
    }

    @Test(arguments: [("ops", [], "user ops"), ("eve", ["operators"], "group operators")])
    func `means nothing to super users, of whom the reason says so`(
        user: String,
        groups: [String],
        principal: String
    ) throws {
        let settings = [
            "ranger.plugin.super.users": "root, ops", "ranger.plugin.super.groups": "operators",
        ]
        let set = try set([Self.finance], Self.everywhere, settings: settings)
        let columns = ["id", "iban", "note"]
        for table in ["payroll.runs", "sales.runs"] {
            let decision = set.decide(try read(user, groups: groups, columns: columns, table: table))
            #expect(decision.columns.map(\.treatment.word) == ["clear", "clear", "clear"])
            #expect(decision.rowFilter == nil && decision.isAudited)
            let step = ReasonStep.superUser(principal, of: ServiceName("northsea"))
            for column in decision.columns { #expect(column.reason.steps == [step]) }
        }
        // Off unless set.
        let plain = try self.set([Self.finance], Self.everywhere)
        let decision = plain.decide(try read(user, groups: groups, columns: columns, table: "payroll.runs"))
        #expect(decision.columns.map(\.treatment.word) == ["denied", "denied", "denied"])
    }

    @Test(arguments: [
        (["ranger.plugin.super.groups": "public"], "not everybody"),
        (["ranger.plugin.super.user": "x"], "unknown setting"),
        (["ranger.plugin.audit.filters": "[]"], "unknown setting"),
    ])
    func `of everybody, and settings that mean nothing, are refused`(
        settings: [String: String],
        word: String
    ) throws {
        let error = try #require(throws: PolicyError.self) {
            try set([], #"{"service":"northsea"}"#, settings: settings)
        }
        #expect("\(error)".contains("service `northsea`") && "\(error)".contains(word), "\(error)")
    }

    @Test(arguments: [
        ("a", "a", true), ("a", "b", false), ("A", "a", true), ("*", "x", true), ("a*", "*b", true),
        ("a*c", "ab", false), ("a?c", "abc", true), ("a?c", "ac", false), ("*a*", "b", false),
        ("", "*", true),
        ("??", "?", false), ("x*y*z", "xz*", true), ("x*yz", "xzz", false),
    ])
    func `overlaps another where some text fits both`(one: String, other: String, expected: Bool) {
        #expect(GlobOverlap.meets(one, other, isNested: false) == expected)
        #expect(GlobOverlap.meets(other, one, isNested: false) == expected)
    }

    @Test func `overlaps below paths, too`() {
        #expect(GlobOverlap.meets("/a", "/a/b", isNested: true))
        #expect(GlobOverlap.meets("/a/b", "/a/", isNested: true))
        #expect(!GlobOverlap.meets("/a", "/ab", isNested: true))
    }
}

extension Treatment {
    /// One word to compare.
    fileprivate var word: String {
        switch self {
        case .clear: "clear"
        case .masked(let mask): mask.maskType
        case .denied: "denied"
        }
    }
}
