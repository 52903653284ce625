import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `Policies go out and come in as Ranger's JSON` {
    private let full = """
        {"metaDataInfo": {"Host name": "ranger", "Ranger apache version": "2.4.0"}, "policies": [
          {"id": 4711, "guid": "a-guid", "isEnabled": true, "version": 7, "service": "files", "name": "all of it",
           "createdBy": "Admin", "createTime": 1600000000000, "updatedBy": "Bo", "updateTime": 1600000001000,
           "policyType": 0, "policyPriority": 1, "description": "why", "resourceSignature": "abc",
           "isAuditEnabled": false,
           "resources": {"database": {"values": ["shop"], "isExcludes": false, "isRecursive": false},
                         "table": {"values": ["people"]}, "column": {"values": ["id"], "isExcludes": true}},
           "policyItems": [{"accesses": [{"type": "read", "isAllowed": true}], "users": ["alice"],
                            "groups": ["analysts"], "roles": [], "conditions": [], "delegateAdmin": true}],
           "denyPolicyItems": [], "allowExceptions": [], "denyExceptions": [],
           "options": {"why": "because"}, "policyLabels": ["one", "two"], "serviceType": "file",
           "validitySchedules": [{"startTime": "2026/03/01 00:00:00", "endTime": "", "timeZone": "Europe/Berlin",
                                  "recurrences": []}],
           "isDenyAllElse": false},
          {"id": 4712, "guid": "b-guid", "isEnabled": false, "version": 3, "service": "files", "name": "asleep",
           "policyType": 1, "resources": {"database": {"values": ["shop"]}, "table": {"values": ["people"]},
                                          "column": {"values": ["mail"]}},
           "dataMaskPolicyItems": [{"accesses": [{"type": "read"}], "groups": ["analysts"],
                                    "dataMaskInfo": {"dataMaskType": "MASK_HASH"}}]}
        ], "startIndex": 0, "pageSize": 2}
        """

    private func policies(_ text: String) throws -> [NSDictionary] {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return (object?["policies"] as? [NSDictionary]) ?? []
    }

    @Test func `with ids, guids, versions, authors, labels, validity and options`() throws {
        let desk = try Desk()
        let file = try desk.folder.write(full, to: "export.json")
        let imported = try desk.steward("policy", "import", file.path)
        #expect(imported.status == 0 && imported.output.contains("2 created"), "\(imported.errors)")
        let exported = try desk.steward("policy", "export")
        let given = try policies(full)
        let kept = try policies(exported.output)
        #expect(kept.count == 2)
        for (given, kept) in zip(given, kept) {
            for (name, value) in given {
                let value = value as? NSObject
                if let list = value as? NSArray, list.count == 0 { continue }
                guard ["resources", "dataMaskPolicyItems", "validitySchedules"].contains("\(name)") == false
                else {
                    #expect(kept[name] != nil)
                    continue
                }
                if name as? String == "policyItems" { continue }
                #expect(kept[name] as? NSObject == value, "\(name)")
            }
        }
        // What came out goes in again as the same.
        let again = try desk.folder.write(exported.output, to: "again.json")
        #expect(try desk.steward("policy", "import", again.path).output.contains("2 unchanged"))
        let other = try Desk()
        #expect(try other.steward("policy", "import", again.path).output.contains("2 created"))
        #expect(try policies(other.steward("policy", "export").output) == kept)
    }

    @Test(arguments: [
        ("\"description\": \"why\"", "\"descripton\": \"why\"", "policies[0].descripton"),
        ("\"delegateAdmin\": true", "\"delegate\": true", "policies[0].policyItems[0].delegate"),
        ("{\"why\": \"because\"}", "{\"why\": 3}", "policies[0].options.why"),
        ("\"startIndex\": 0", "\"index\": 0", "index"),
        ("\"version\": 7", "\"version\": \"seven\"", "policies[0].version"),
        ("\"timeZone\": \"Europe/Berlin\"", "\"zone\": \"x\"", "policies[0].validitySchedules[0].zone"),
        (
            "\"service\": \"files\", \"name\": \"asleep\"", "\"service\": \"ghost\", \"name\": \"asleep\"",
            "ghost"
        ),
    ])
    func `what isn't known is refused with its path, and nothing is imported`(
        old: String,
        new: String,
        path: String
    ) throws {
        let desk = try Desk()
        let file = try desk.folder.write(full.replacingOccurrences(of: old, with: new), to: "export.json")
        let outcome = try desk.steward("policy", "import", file.path)
        #expect(outcome.status == 1 && outcome.errors.contains(path), "\(outcome.errors)")
        #expect(try policies(desk.steward("policy", "export").output).isEmpty)
    }

    @Test func `ids that others hold are refused, or renumbered when asked`() throws {
        let desk = try Desk()
        try desk.steward("policy", "apply", desk.policies)
        let clashing = full.replacingOccurrences(of: "\"id\": 4711", with: "\"id\": 1")
            .replacingOccurrences(of: "\"service\": \"files\"", with: "\"service\": \"old\"")
        let file = try desk.folder.write(clashing, to: "export.json")
        let refused = try desk.steward("policy", "import", file.path, "--map", "old=files")
        #expect(refused.status == 1 && refused.errors.contains("--renumber"), "\(refused.errors)")
        let done = try desk.steward("policy", "import", file.path, "--map", "old=files", "--renumber")
        #expect(done.status == 0, "\(done.errors)")
        let ids = try policies(desk.steward("policy", "export", "--service", "files").output)
            .compactMap { $0["id"] as? Int }
        #expect(ids.count == 4 && Set(ids).count == 4 && ids.contains(4712))
    }
}
