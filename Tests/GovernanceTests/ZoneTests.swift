import CatalogModel
import Foundation
import Governance
import PolicyEngine
import SQLiteStore
import TestSupport
import Testing

/// Security zones as records of the catalog.
@Suite(.aside) struct `Zones of a catalog` {
    private static let text = #"""
        {"name":"people","services":{"files":{"resources":[{"database":["shop"],"table":["people"]}]}},
         "adminUsers":["zoe"],"adminUserGroups":[],"auditUserGroups":["watchers"],"description":"about people"}
        """#

    /// A desk with a zone over `shop.people`, its administrator zoe, and walt, who may look at it.
    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.furnish()
        try desk.cases.editing.put(
            [
                .putUser(User(UserName("zoe"))),
                .putUser(User(UserName("walt"), groups: [GroupName("watchers")])),
            ],
            by: desk.admin
        )
        let done = try desk.cases.policies.apply(zones: [try zone()], by: desk.admin)
        #expect(done.created == ["people"])
        return desk
    }

    private func zone(_ text: String = text) throws -> SecurityZone { try SecurityZone(text: text) }

    private func inside(_ name: String, column: String, _ fill: (inout Policy) -> Void) -> Policy {
        Desk.policy(name, column: column) {
            $0.zoneName = "people"
            fill(&$0)
        }
    }

    @Test func `take what lies in them from the policies of no zone`() throws {
        let desk = try desk()
        // Analysts read everything that lies in no zone.
        #expect(desk.code { _ = try desk.read(desk.people, as: "alice") } == .unknownTable)
        #expect(try desk.read(desk.copies, as: "alice").count == 2)
        try desk.publish([
            inside("analysts in the zone", column: "id") { $0.policyItems = [Desk.item("analysts")] }
        ])
        #expect(try desk.read(desk.people, as: "alice", columns: ["id"]) == [["1"], ["2"], ["3"]])
        let answer = try desk.cases.questions.answer(
            [PolicyQuestion(user: UserName("alice"), table: desk.people)],
            act: .explain,
            for: desk.admin
        )
        let why = try answer[0].get().columns.flatMap(\.why)
        #expect(why.contains("it lies in security zone `people`, whose own policies count"), "\(why)")
        let lines = try desk.cases.auditing.tail(50, user: UserName("alice"), resource: nil, by: desk.admin)
        #expect(lines.contains { $0.policies.contains("zone people") })
        // Another process that has the same store sees the same.
        let store = try SQLiteCatalogStore(folder: desk.folder)
        let loaded = try store.load().changes
        #expect(loaded.contains { if case .putZone(let zone) = $0 { zone.name == "people" } else { false } })
        #expect(try desk.cases.policies.zones(by: desk.admin).map(\.id) == [2])
    }

    @Test func `keep all that Ranger says of them`() throws {
        let desk = try desk()
        let kept = try desk.cases.policies.zones(by: desk.admin)
        #expect(kept[0].document["description"]?.text == "about people")
        #expect(kept[0].version == 1 && !kept[0].guid.isEmpty)
        // What was written down is taken over unchanged, and changes nothing.
        let again = try SecurityZone.read(Array(SecurityZone.list(kept).jsonText.utf8), name: "zones.json")
        let version = try desk.store.currentVersion()
        #expect(try desk.cases.policies.apply(zones: again, by: desk.admin).unchanged == ["people"])
        #expect(try desk.cases.policies.apply(zones: [zone()], by: desk.admin).unchanged == ["people"])
        #expect(try desk.store.currentVersion() == version)
        let changed = try zone(Self.text.replacing("about people", with: "others"))
        #expect(try desk.cases.policies.apply(zones: [changed], by: desk.admin).updated == ["people"])
        #expect(try desk.cases.policies.zones(by: desk.admin)[0].version == 2)
        let taken = try zone(#"{"id":2,"name":"z","services":{"files":{"resources":[{"database":["z"]}]}}}"#)
        #expect(desk.code { _ = try desk.cases.policies.apply(zones: [taken], by: desk.admin) } == .conflict)
    }

    @Test func `let their administrators publish what is in them, and nothing else`() throws {
        let desk = try desk()
        let zoe = desk.caller("zoe")
        let own = inside("zoe's", column: "id") { $0.policyItems = [Desk.item("analysts")] }
        let other = Desk.policy("elsewhere", column: "*") { $0.policyItems = [Desk.item("analysts")] }
        _ = try desk.cases.policies.apply([own], tests: [], by: zoe)
        #expect(try desk.read(desk.people, as: "alice", columns: ["id"]).count == 3)
        let test = try PolicyTest("as alice, shop.copies is readable")
        let before = try desk.store.currentVersion()
        for (policies, tests) in [([other], []), ([own, other], []), ([], []), ([own], [test])] {
            let code = desk.code { _ = try desk.cases.policies.apply(policies, tests: tests, by: zoe) }
            #expect(code == .forbidden)
        }
        // A zone that isn't there says the same as one that isn't theirs.
        var nowhere = own
        nowhere.zoneName = "nowhere"
        #expect(desk.code { _ = try desk.cases.policies.apply([nowhere], tests: [], by: zoe) } == .forbidden)
        // So does a service of which nothing lies in the zone, and one that isn't there.
        for service in ["tags", "nowhere", "_gds"] {
            var foreign = own
            foreign.service = service
            #expect(
                desk.code { _ = try desk.cases.policies.apply([foreign], tests: [], by: zoe) } == .forbidden
            )
        }
        #expect(try desk.cases.policies.policies(by: zoe).map(\.name) == ["zoe's"])
        #expect(try desk.cases.policies.policies(by: desk.caller("walt")).map(\.name) == ["zoe's"])
        #expect(desk.code { _ = try desk.cases.policies.policies(by: desk.caller("alice")) } == .forbidden)
        #expect(
            desk.code { _ = try desk.cases.policies.apply([own], tests: [], by: desk.caller("walt")) }
                == .forbidden
        )
        #expect(desk.code { try desk.cases.policies.delete(zone: "people", by: zoe) } == .forbidden)
        #expect(desk.code { _ = try desk.cases.policies.apply(zones: [try zone()], by: zoe) } == .forbidden)
        let all = try desk.cases.policies.policies(by: desk.admin)
        let foreign = try #require(all.first { $0.zoneName.isEmpty }?.id)
        #expect(desk.code { try desk.cases.policies.delete(foreign, by: zoe) } == .forbidden)
        #expect(desk.code { try desk.cases.policies.delete(12_345, by: zoe) } == .forbidden)
        #expect(try desk.store.currentVersion() == before)
        let id = try #require(all.first { $0.zoneName == "people" }?.id)
        try desk.cases.policies.delete(id, by: zoe)
        #expect(desk.code { _ = try desk.read(desk.people, as: "alice", columns: ["id"]) } != nil)
    }

    @Test func `go when no policy is in them any more`() throws {
        let desk = try desk()
        try desk.publish([inside("one", column: "id") { $0.policyItems = [Desk.item("analysts")] }])
        #expect(desk.code { try desk.cases.policies.delete(zone: "people", by: desk.admin) } == .conflict)
        let id = try #require(
            desk.cases.policies.policies(by: desk.admin).first { $0.zoneName == "people" }?.id
        )
        try desk.cases.policies.delete(id, by: desk.admin)
        try desk.cases.policies.delete(zone: "people", by: desk.admin)
        #expect(try desk.read(desk.people, as: "alice").count == 3)
        #expect(desk.code { try desk.cases.policies.delete(zone: "people", by: desk.admin) } == .notFound)
    }

    @Test func `that can't be meant leave all as it was`() throws {
        let desk = try desk()
        let version = try desk.store.currentVersion()
        let overlapping = try zone(
            #"{"name":"other","services":{"files":{"resources":[{"database":["shop"]}]}}}"#
        )
        let good = try zone(#"{"name":"good","services":{"files":{"resources":[{"database":["x"]}]}}}"#)
        let error = try #require(throws: GovernanceError.self) {
            try desk.cases.policies.apply(zones: [good, overlapping], by: desk.admin)
        }
        #expect(error.code == .invalidPolicy && error.message.contains("services.files.resources[0]"))
        #expect(try desk.store.currentVersion() == version)
        #expect(try desk.cases.policies.zones(by: desk.admin).map(\.name) == ["people"])
    }

    @Test func `are minded by comparisons and by lint`() throws {
        let desk = try desk()
        let elsewhere = inside("means nothing", column: "person") {
            $0.policyItems = [Desk.item("analysts")]
        }
        let own = inside("decides", column: "id") { $0.policyItems = [Desk.item("analysts")] }
        let shadowed = Desk.policy("outside", column: "age") { $0.policyItems = [Desk.item("watchers")] }
        try desk.publish([elsewhere, own, shadowed])
        let findings = try desk.cases.policies.findings(in: nil, by: desk.admin)
        let nothing = findings.filter { $0.rule == .matchesNothing }.map(\.policy)
        // Columns of people lie in the zone, those of copies don't.
        #expect(nothing.sorted() == ["means nothing", "outside"])
        let more = inside("more", column: "age") { $0.policyItems = [Desk.item("watchers")] }
        let gains = try desk.cases.policies.differences(
            from: .live,
            to: .given([more]),
            ontoLive: true,
            by: desk.admin
        )
        #expect(
            Set(gains.map { "\($0.principal.title) \($0.table) \($0.column?.text ?? "")" }) == [
                "user walt shop.people age", "group watchers shop.people age",
            ]
        )
        // The same policy outside of the zone gives nobody anything there.
        var outside = more
        outside.zoneName = ""
        let none = try desk.cases.policies.differences(
            from: .live,
            to: .given([outside]),
            ontoLive: true,
            by: desk.admin
        )
        #expect(none.isEmpty)
    }

    @Test func `count in listings of who may see what, which say what decisions say`() throws {
        let desk = try desk()
        try desk.publish([
            inside("watchers", column: "id") { $0.policyItems = [Desk.item("watchers")] },
            inside("hidden", column: "id") {
                $0.policyType = .dataMask
                $0.dataMaskPolicyItems = [Desk.item("watchers", mask: "MASK_HASH")]
            },
        ])
        for table in [desk.people, desk.copies] {
            let listed = try desk.cases.policies.access(to: table, by: desk.admin)
            for user in ["alice", "bob", "eve", "zoe", "walt"] {
                let question = PolicyQuestion(user: UserName(user), table: table)
                let answer = try desk.cases.questions.answer([question], act: .check, for: desk.admin)[0]
                    .get()
                let entry = listed.first { $0.principal.kind == .user && $0.principal.name == user }
                let open = answer.columns.contains { $0.treatment != .denied }
                #expect((entry != nil) == open, "\(user) \(table)")
                guard let entry else { continue }
                #expect(entry.columns.map(\.treatment) == answer.columns.map(\.treatment))
                #expect(entry.rowFilter == answer.rowFilter?.expression)
            }
        }
        let groups = try desk.cases.policies.access(
            to: desk.people,
            columns: [ColumnName("id")],
            by: desk.admin
        )
        .filter { $0.principal.kind == .group }
        #expect(groups.map(\.principal.name) == ["watchers"])
        #expect(groups[0].columns.map(\.treatment.label) == ["MASK_HASH"])
        #expect(
            desk.code { _ = try desk.cases.policies.access(to: desk.people, by: desk.caller("zoe")) }
                == .forbidden
        )
    }

    @Test func `mean nothing to super users of their service`() throws {
        let desk = try desk()
        let settings = ["ranger.plugin.super.users": "zoe"]
        let files = ServiceName("files")
        #expect(
            desk.code {
                try desk.cases.policies.change(settings: settings, of: files, by: desk.caller("zoe"))
            } == .forbidden
        )
        #expect(desk.code { _ = try desk.read(desk.people, as: "zoe") } != nil)
        try desk.cases.policies.change(settings: settings, of: files, by: desk.admin)
        #expect(try desk.read(desk.people, as: "zoe").first == ["1", "Ann", "ann@example.org", "31"])
        let lines = try desk.cases.auditing.tail(5, user: UserName("zoe"), resource: nil, by: desk.admin)
        #expect(lines.contains { $0.policies == ["super user of files: user zoe"] })
        // Publishing the services anew keeps what was set.
        try desk.cases.policies.apply(
            services: [
                PolicyService(
                    name: files,
                    definition: try Desk.definition("file"),
                    tagService: ServiceName("tags")
                )
            ],
            by: desk.admin
        )
        #expect(try desk.read(desk.people, as: "zoe").count == 3)
        try desk.cases.policies.change(
            settings: ["ranger.plugin.super.users": ""],
            of: files,
            by: desk.admin
        )
        #expect(desk.code { _ = try desk.read(desk.people, as: "zoe") } != nil)
        let error = try #require(throws: GovernanceError.self) {
            try desk.cases.policies.change(
                settings: ["ranger.plugin.audit.filters": "[]"],
                of: files,
                by: desk.admin
            )
        }
        #expect(error.code == .invalidPolicy && error.message.contains("unknown setting"))
    }
}
