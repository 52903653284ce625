import CatalogModel
import Foundation
import Governance
import PolicyEngine
import TestSupport
import Testing

/// Security zones and settings of services over HTTP.
@Suite(.aside) struct `Zones over HTTP` {
    private static let zone = #"""
        {"securityZones":[{"name":"people","services":{"files":{"resources":[{"database":["shop"],
        "table":["people"]}]}},"adminUsers":["eve"],"description":"kept"}]}
        """#

    private static func policy(zone: String) -> String {
        #"""
        {"policies":[{"service":"files","name":"in zone","zoneName":"ZONE","resources":{"database":{"values":["shop"]},
        "table":{"values":["people"]},"column":{"values":["id"]}},
        "policyItems":[{"groups":["analysts"],"accesses":[{"type":"read"}]}]}]}
        """#.replacing("ZONE", with: zone)
    }

    @Test func `are published, listed and taken away`() async throws {
        try await ServerDesk.serving { desk in
            let done = try await desk.send("POST", "/api/v1/zones", as: "root", json: Self.zone)
            #expect(done.status == 200, "\(done.text)")
            #expect(try done.json()["created"] as? [String] == ["people"])
            let list = try await desk.send("GET", "/api/v1/zones", as: "root")
            #expect(list.text.contains(#""description":"kept""#))
            let again = try await desk.send("POST", "/api/v1/zones", as: "root", json: list.text)
            #expect(try again.json()["unchanged"] as? [String] == ["people"])
            let read = try await desk.send("GET", "/api/v1/tables/shop.people/rows", as: "alice")
            #expect(read.code == "unknown-table", "\(read.text)")
            #expect(try await desk.send("DELETE", "/api/v1/zones/people", as: "root").status == 204)
            #expect(try await desk.send("DELETE", "/api/v1/zones/people", as: "root").code == "not-found")
            #expect(try await desk.send("GET", "/api/v1/tables/shop.people/rows", as: "alice").status == 200)
        }
    }

    @Test func `let their administrators publish in them`() async throws {
        try await ServerDesk.serving { desk in
            _ = try await desk.send("POST", "/api/v1/zones", as: "root", json: Self.zone)
            let own = try await desk.send(
                "POST",
                "/api/v1/policies",
                as: "eve",
                json: Self.policy(zone: "people")
            )
            #expect(own.status == 200, "\(own.text)")
            let other = try await desk.send(
                "POST",
                "/api/v1/policies",
                as: "eve",
                json: Self.policy(zone: "")
            )
            #expect(other.code == "forbidden")
            let list = try await desk.send("GET", "/api/v1/policies", as: "eve")
            #expect((try list.json()["policies"] as? [Any])?.count == 1)
            #expect(try await desk.send("GET", "/api/v1/policies", as: "alice").code == "forbidden")
            let zones = try await desk.send("GET", "/api/v1/zones", as: "eve")
            #expect(zones.status == 200)
            #expect(try await desk.send("POST", "/api/v1/zones", as: "eve", json: Self.zone).status == 403)
            #expect(try await desk.send("DELETE", "/api/v1/zones/people", as: "root").code == "conflict")
        }
    }

    @Test(arguments: [
        (#"{"securityZones":[{"name":"z","adminUser":[]}]}"#, "malformed-body", "securityZones[0].adminUser"),
        (#"{"zones":[]}"#, "malformed-body", "`zones`"),
        (#"{"name":"z""#, "malformed-body", ""),
        (
            #"{"name":"z","services":{"nowhere":{"resources":[{"database":["a"]}]}}}"#, "invalid-policy",
            "services.nowhere"
        ),
    ])
    func `that can't be meant are refused by place`(body: String, code: String, place: String) async throws {
        try await ServerDesk.serving { desk in
            let before = try desk.cases.policies.zones(by: desk.operatorCaller)
            let reply = try await desk.send("POST", "/api/v1/zones", as: "root", json: body)
            #expect(reply.code == code, "\(reply.text)")
            #expect(place.isEmpty || reply.text.contains(place), "\(reply.text)")
            #expect(try desk.cases.policies.zones(by: desk.operatorCaller) == before)
        }
    }

    @Test func `are beside datasets, which are published, listed and taken away, too`() async throws {
        try await ServerDesk.serving { desk in
            let body = #"""
                {"datasets":[{"name":"spring"}],"dataShares":[{"id":1,"name":"s","service":"files"}],
                "resources":[{"name":"r","dataShareId":1,"accessTypes":["read"],"resource":{"database":{"values":["shop"]},
                "table":{"values":["people"]}},"subResourceType":"column","subResource":{"values":["id"]}}],
                "dshids":[{"dataShareId":1,"datasetId":1,"status":"ACTIVE"}]}
                """#
            #expect(try await desk.send("POST", "/api/v1/sharing", as: "eve", json: body).status == 403)
            let done = try await desk.send("POST", "/api/v1/sharing", as: "root", json: body)
            #expect((try done.json()["created"] as? [String])?.count == 4, "\(done.text)")
            let policy = #"""
                {"policies":[{"service":"_gds","name":"eve","resources":{"dataset-id":{"values":["1"]}},
                "policyItems":[{"users":["eve"],"accesses":[{"type":"_READ"}]}]}]}
                """#
            #expect(try await desk.send("POST", "/api/v1/policies", as: "root", json: policy).status == 200)
            let rows = try await desk.send("GET", "/api/v1/tables/shop.people/rows?columns=id", as: "eve")
            #expect(rows.status == 200, "\(rows.text)")
            let list = try await desk.send("GET", "/api/v1/sharing", as: "root")
            #expect((try list.json()["resources"] as? [Any])?.count == 1)
            let again = try await desk.send("POST", "/api/v1/sharing", as: "root", json: list.text)
            #expect((try again.json()["unchanged"] as? [String])?.count == 4)
            #expect(try await desk.send("DELETE", "/api/v1/sharing/dshid/1", as: "root").status == 204)
            #expect(try await desk.send("DELETE", "/api/v1/sharing/planet/1", as: "root").code == "not-found")
            #expect(try await desk.send("DELETE", "/api/v1/sharing/dataset/1", as: "root").code == "conflict")
            let gone = try await desk.send("GET", "/api/v1/tables/shop.people/rows?columns=id", as: "eve")
            #expect(gone.code == "unknown-table")
            let wrong = #"{"datasets":[{"nam":"x"}]}"#
            let refused = try await desk.send("POST", "/api/v1/sharing", as: "root", json: wrong)
            #expect(refused.code == "malformed-body" && refused.text.contains("datasets[0].nam"))
        }
    }

    @Test func `of services have settings, super users among them`() async throws {
        try await ServerDesk.serving { desk in
            let path = "/api/v1/services/files/settings"
            let body = #"{"settings":{"ranger.plugin.super.groups":"analysts"}}"#
            #expect(try await desk.send("PUT", path, as: "alice", json: body).status == 403)
            #expect(try await desk.send("PUT", path, as: "root", json: body).status == 204)
            let services = try await desk.send("GET", "/api/v1/services", as: "root")
            #expect(services.text.contains(#""ranger.plugin.super.groups":"analysts""#))
            let answer = try await desk.send(
                "POST",
                "/api/v1/explain",
                as: "alice",
                json: #"{"table":"shop.secret"}"#
            )
            #expect(
                answer.text.contains("group analysts is a super user of service `files`"),
                "\(answer.text)"
            )
            let wrong = #"{"settings":{"ranger.plugin.super.groups":"public"}}"#
            #expect(try await desk.send("PUT", path, as: "root", json: wrong).code == "invalid-policy")
            let gone = #"{"settings":{"ranger.plugin.super.groups":""}}"#
            #expect(try await desk.send("PUT", path, as: "root", json: gone).status == 204)
            let path2 = "/api/v1/services/nowhere/settings"
            #expect(try await desk.send("PUT", path2, as: "root", json: gone).code == "not-found")
        }
    }
}
