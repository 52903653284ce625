import CatalogModel
import Foundation
import Governance
import PolicyEngine
import SQLiteStore
import TestSupport
import Testing

/// Datasets and what is in them as records of the catalog.
@Suite(.aside) struct `Datasets of a catalog` {
    private static let text = #"""
        {"datasets":[{"id":3,"name":"spring","description":"for partners","acl":{"users":{"root":"ADMIN"}}}],
         "projects":[{"id":4,"name":"growth"}],
         "dataShares":[{"id":5,"name":"people","service":"files","defaultAccessTypes":["read"]}],
         "resources":[{"id":6,"name":"people","dataShareId":5,
           "resource":{"database":{"values":["shop"]},"table":{"values":["people"]}},
           "subResourceType":"column","subResource":{"values":["id","mail","age"]},
           "rowFilter":{"filterExpr":"id <> 2"},
           "subResourceMasks":[{"values":["mail"],"maskInfo":{"dataMaskType":"MASK_NULL"}}]}],
         "dshids":[{"id":7,"dataShareId":5,"datasetId":3,"status":"ACTIVE","approver":"root"}],
         "dips":[{"id":8,"datasetId":3,"projectId":4,"status":"GRANTED"}]}
        """#

    private func records(_ text: String = text) throws -> [SharedRecord] {
        try SharedRecord.read(Array(text.utf8), name: "shares.json")
    }

    private func use(_ level: String, _ id: Int64, by user: String) -> Policy {
        var policy = Policy()
        policy.service = "_gds"
        policy.name = "\(level) \(id)"
        policy.resources = [level: Desk.resource(String(id))]
        var item = PolicyItem()
        item.users = [user]
        var access = ItemAccess()
        access.type = "_READ"
        item.accesses = [access]
        policy.policyItems = [item]
        return policy
    }

    private func desk() throws -> Desk {
        let desk = try Desk()
        try desk.furnish()
        let done = try desk.cases.policies.apply(shared: try records(), by: desk.admin)
        #expect(done.created.count == 6)
        return desk
    }

    @Test func `let those read whom their policies name, through their masks and row filters`() throws {
        let desk = try desk()
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve") } == .unknownTable)
        try desk.publish([use("dataset-id", 3, by: "eve")])
        let columns = ["id", "mail", "age"]
        let rows = try desk.read(desk.people, as: "eve", columns: columns)
        #expect(rows == [["1", nil, "31"], ["3", nil, "45"]])
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve", columns: ["name"]) } == .denied)
        #expect(desk.code { _ = try desk.read(desk.copies, as: "eve") } == .unknownTable)
        let question = PolicyQuestion(
            user: UserName("eve"),
            table: desk.people,
            columns: [ColumnName("mail")]
        )
        let answer = try desk.cases.questions.answer([question], act: .explain, for: desk.admin)[0].get()
        #expect(answer.columns[0].why.allSatisfy { $0.hasPrefix("dataset `spring` shares it (policy") })
        let lines = try desk.cases.auditing.tail(20, user: UserName("eve"), resource: nil, by: desk.admin)
        #expect(lines.contains { $0.policies.contains { $0.hasPrefix("shared by dataset `spring`") } })
        // A denial of a policy beats what is shared.
        try desk.publish([
            Desk.policy("not eve", column: "age") {
                $0.denyPolicyItems = [Desk.item("public")]
                $0.denyPolicyItems[0].users = ["eve"]
                $0.denyPolicyItems[0].groups = []
            }
        ])
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve", columns: ["age"]) } == .denied)
        #expect(try desk.read(desk.people, as: "eve", columns: ["id"]) == [["1"], ["3"]])
    }

    @Test func `count in projects only when both have agreed`() throws {
        let desk = try desk()
        try desk.publish([use("project-id", 4, by: "eve")])
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve", columns: ["id"]) } == .unknownTable)
        let active = try SharedRecord(
            .datasetInProject,
            text: #"{"id":8,"datasetId":3,"projectId":4,"status":"ACTIVE"}"#
        )
        #expect(try desk.cases.policies.apply(shared: [active], by: desk.admin).updated == ["dip/8"])
        #expect(try desk.read(desk.people, as: "eve", columns: ["id"]) == [["1"], ["3"]])
        // Another process that has the same store sees the same.
        let store = try SQLiteCatalogStore(folder: desk.folder)
        let kinds = try store.load().changes.compactMap { change -> String? in
            if case .putShared(let record) = change { record.key.text } else { nil }
        }
        #expect(Set(kinds) == ["dataset/3", "project/4", "datashare/5", "resource/6", "dshid/7", "dip/8"])
    }

    @Test func `go out as they came in`() throws {
        let desk = try desk()
        let kept = try desk.cases.policies.shared(by: desk.admin)
        let again = try SharedRecord.read(Array(SharedRecord.document(of: kept).jsonText.utf8), name: "f")
        let version = try desk.store.currentVersion()
        #expect(try desk.cases.policies.apply(shared: again, by: desk.admin).unchanged.count == 6)
        #expect(try desk.cases.policies.apply(shared: try records(), by: desk.admin).unchanged.count == 6)
        #expect(try desk.store.currentVersion() == version)
        let dataset = try #require(kept.first { $0.kind == .dataset })
        #expect(dataset.document["acl"]?["users"]?["root"]?.text == "ADMIN")
        // One without a number is the one of its name.
        let named = try SharedRecord(.dataset, text: #"{"name":"spring","description":"new"}"#)
        #expect(try desk.cases.policies.apply(shared: [named], by: desk.admin).updated == ["dataset/3"])
    }

    @Test func `go when nothing refers to them any more`() throws {
        let desk = try desk()
        try desk.publish([use("dataset-id", 3, by: "eve")])
        let delete = { (key: String) in
            desk.code {
                try desk.cases.policies.delete(shared: try #require(SharedRecord.Key(key)), by: desk.admin)
            }
        }
        for key in ["dataset/3", "datashare/5", "project/4"] { #expect(delete(key) == .conflict, "\(key)") }
        for key in ["dip/8", "project/4", "dshid/7"] { #expect(delete(key) == nil, "\(key)") }
        #expect(delete("dataset/3") == .conflict, "its policy is still there")
        #expect(desk.code { _ = try desk.read(desk.people, as: "eve") } == .unknownTable)
        let id = try #require(desk.cases.policies.policies(by: desk.admin).first { $0.service == "_gds" }?.id)
        try desk.cases.policies.delete(id, by: desk.admin)
        #expect(delete("dataset/3") == nil)
        #expect(delete("dataset/3") == .notFound)
    }

    @Test(arguments: [
        (
            #"{"resources":[{"id":6,"name":"r","dataShareId":5,"resource":{"database":{"values":["shop"]},"table":{"values":["people"]}},"rowFilter":{"filterExpr":"planet = 1"}}]}"#,
            "rowFilter"
        ),
        (
            #"{"resources":[{"id":6,"name":"r","dataShareId":5,"resource":{"database":{"values":["shop"]},"table":{"values":["people"]}},"rowFilter":{"filterExpr":"id ="}}]}"#,
            "rowFilter.filterExpr"
        ),
        (
            #"{"resources":[{"id":6,"name":"r","dataShareId":5,"resource":{"database":{"values":["shop"]},"table":{"values":["people"]}},"subResourceType":"column","subResource":{"values":["*"]},"subResourceMasks":[{"values":["mail"],"maskInfo":{"dataMaskType":"CUSTOM","valueExpr":"upper(planet)"}}]}]}"#,
            "subResourceMasks[0]"
        ),
        (#"{"datasets":[{"id":9,"name":"spring"}]}"#, "duplicate dataset `spring`"),
        (#"{"datasets":[{"id":9223372036854775807,"name":"x"}]}"#, "out of range"),
    ])
    func `that can't be meant leave all as it was`(text: String, word: String) throws {
        let desk = try desk()
        let before = try desk.store.currentVersion()
        let error = try #require(throws: GovernanceError.self) {
            _ = try desk.cases.policies.apply(shared: try records(text), by: desk.admin)
        }
        #expect(error.code == .invalidPolicy && error.message.contains(word), "\(error.message)")
        #expect(try desk.store.currentVersion() == before)
        #expect(desk.code { _ = try desk.cases.policies.shared(by: desk.caller("alice")) } == .forbidden)
        #expect(
            desk.code {
                _ = try desk.cases.policies.apply(shared: try records(), by: desk.caller("alice"))
            } == .forbidden
        )
    }
}
