import CatalogModel
import PolicyEngine
import PolicyVerification
import TestSupport
import Testing

@Suite(.aside) struct `Running a file of tests` {
    private struct Missing: Error {}

    private func verify(_ text: String, others: [String: String] = [:]) -> FileReport {
        let files = others.merging(["folder/file.json": text]) { first, _ in first }
        let context = VerificationContext(
            now: Instant(seconds: 1_700_000_000),
            timeZones: TimeZoneDatabase { _ in TimeZoneRules(fixed: -8 * 3600) },
            scripts: nil,
            read: { path in
                guard let text = files[path] else { throw Missing() }
                return Array(text.utf8)
            }
        )
        return Verifier.verify("folder/file.json", context)
    }

    /// An engine test of one policy, with more members in one place or another.
    private func engineFile(policy: String = "", test: String = "", allowed: Bool = true, more: String = "")
        -> String
    {
        """
        { "serviceName": "h", // as Ranger's files are: comments, and commas at the end
          "serviceDef": { "name": "h", "resources": [ { "name": "path" } ], "accessTypes": [ { "name": "read" }, ] },
          "policies": [ { "id": 7, "name": "p", "resources": { "path": { "values": [ "a*" ] } } \(policy),
              "policyItems": [ { "accesses": [ { "type": "read" } ], "users": [ "alice" ] } ] } ],
          "tests": [ { "name": "alice reads" \(test), "request": { "resource": { "elements": { "path": "abc" } },
              "accessType": "read", "user": "alice" }, "result": { "isAudited": true, "isAllowed": \(allowed) } } ]
          \(more)
        }
        """
    }

    @Test func `counts what comes out as expected`() {
        let report = verify(engineFile())
        #expect(
            report.error == nil && report.passed == 1 && report.failures == [] && report.format == "engine"
        )
    }

    @Test func `names the case that doesn't, with what was expected and what came out`() {
        let report = verify(engineFile(allowed: false))
        #expect(report.passed == 0)
        #expect(report.failures.first?.name == "alice reads")
        #expect(
            report.failures.first?.expected == "isAllowed false"
                && report.failures.first?.got == "isAllowed true"
        )
    }

    @Test func `knows the members of what Ranger's classes write, whether or not a runner compares them`() {
        let result = #"""
            "result": { "serviceName": "h", "policyType": 0, "isAccessDetermined": true, "isAllowed": true,
              "isAuditedDetermined": true, "isAudited": true, "auditLogId": null, "auditPolicyId": 7, "policyId": 7,
              "policyPriority": 0, "zoneName": null, "policyVersion": null, "evaluatedPoliciesCount": 1, "reason": null,
              "additionalInfo": null }
            """#
        let request = #"""
            "request": { "resource": { "elements": { "path": "abc" }, "ownerUser": "o", "stringifiedValue": "abc",
              "stringifiedCacheKeyValue": "abc", "leafName": "path" }, "accessType": "read", "user": "alice",
              "userGroups": [], "userRoles": null, "isAccessTypeAny": false, "isAccessTypeDelegatedAdmin": false,
              "resourceElementMatchingScopes": { "path": "SELF" }, "sessionId": "s", "clientType": "c" }
            """#
        let text = engineFile().replacing(
            #""request": { "resource": { "elements": { "path": "abc" } },"#,
            with: request + ", \(result) }, { \"name\": \"again\", "
                + #""request": { "resource": { "elements": { "path": "abc" } },"#
        )
        let report = verify(text)
        #expect(report.error == nil && report.passed == 2, "\(report.error ?? "") \(report.failures)")
    }

    @Test(arguments: [
        (#""Tbl""#, #""Tbl""#, true), (#""Tbl""#, #""tbl""#, false), ("Abc", "aBC", true),
        (#""Tbl*"#, #""Tbl x""#, true), (#""Tbl*"#, #""tbl x""#, false),
    ])
    func `minds case in quotes where a level's options say so`(value: String, input: String, expected: Bool) {
        let text = { (text: String) in JSONNode.string(text).jsonText }
        let report = verify(
            #"""
            {"testCases":[{"name":"q","resourceDef":{"matcher":"RangerDefaultResourceMatcher","matcherOptions":
            {"wildCard":true,"ignoreCase":true,"quotedCaseSensitive":true}},"policyResource":{"values":[\#(text(value))]},
            "tests":[{"name":"t","input":\#(text(input)),"result":\#(expected)}]}]}
            """#
        )
        #expect(report.error == nil && report.passed == 1, "\(report)")
    }

    @Test func `refuses members that the format doesn't have, with their path`() {
        #expect(
            verify(engineFile(policy: ", \"polcyPriority\": 1")).error
                == "in `policies`: unknown member `0.polcyPriority`"
        )
        #expect(verify(engineFile(test: ", \"reslt\": {}")).error == "unknown member `tests[0].reslt`")
        #expect(verify(engineFile(more: ", \"updatedTest\": []")).error == "unknown member `updatedTest`")
    }

    @Test(arguments: [
        "{}", "[]", "{\"a\": 1}", "{\"tests\": []}", "[{\"comment\": \"x\"}]", "7", "{\"testCases\": [{}]}",
    ])
    func `refuses a format that isn't known`(text: String) {
        #expect(verify(text).error == "no format that is known here")
    }

    @Test func `says where a document is no JSON`() {
        #expect(verify("{\n  \"a\": tru }").error == "line 2, column 8: a value expected")
        #expect(verify("").error == "line 1, column 1: the document ends too early")
    }

    @Test func `says which file is missing that it names`() {
        let text = """
            { "policiesFilename": "/other/policies.json", "tests": [] }
            """
        #expect(verify(text).error == "the file `/other/policies.json` that it names isn't there")
        let policies = """
            { "serviceDef": { "name": "h", "resources": [ { "name": "path" } ] }, "policies": [] }
            """
        #expect(verify(text, others: ["other/policies.json": policies]).error == nil)
        #expect(verify(text, others: ["folder/policies.json": policies]).error == nil)
    }

    @Test func `survives documents that were damaged`() {
        var state: UInt64 = 42
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let whole = Array(engineFile().utf8)
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0...next(4) {
                let position = next(bytes.count)
                switch next(3) {
                case 0: bytes[position] = UInt8(next(256))
                case 1: bytes.remove(at: position)
                default: bytes.insert(Array("{}[]\",:0\\/".utf8)[next(10)], at: position)
                }
            }
            let report = verify(String(decoding: bytes, as: UTF8.self))
            #expect(
                report.error != nil || report.passed + report.failures.count == 1 || report.format != "engine"
                    || report.passed + report.failures.count == 0
            )
        }
    }
}
