import Catalog
import CatalogModel
import Foundation
import Governance
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `Atlas's routes` {
    /// Those with a version in their path: those without are the same.
    private static let routes = RouteTable(limits: HTTPLimits()).routes.filter {
        $0.dialect == .atlas && ($0.path.contains("/v2/") || $0.path.contains("/admin/"))
    }

    private static func path(_ route: Route, _ guid: String) -> String {
        let values = [
            "guid": guid, "type": "steward_table", "tag": "PII", "bm": "none", "kind": "typedef",
            "topic": "ATLAS_HOOK",
        ]
        return "/"
            + route.segments.map { segment in
                segment.hasPrefix("{")
                    ? values[String(segment.dropFirst().dropLast())] ?? "x" : String(segment)
            }.joined(separator: "/")
    }

    private static func guid(_ desk: ServerDesk) throws -> String {
        let view = try desk.cases.assets.view(for: desk.operatorCaller)
        let table = view.graph.entity(of: "steward_table", "qualifiedName", "shop.people")
        return try #require(table?.id.text)
    }

    @Test func `let nobody in without a name, but for the status, and say so in Atlas's envelope`()
        async throws
    {
        try await ServerDesk.serving { desk in
            for route in Self.routes {
                let reply = try await desk.send(
                    route.method.rawValue,
                    Self.path(route, try Self.guid(desk)),
                    as: nil,
                    json: route.body == nil ? nil : "{}"
                )
                if case .everybody = route.act {
                    #expect(reply.status == 200 && reply.text == #"{"Status":"ACTIVE"}"#)
                    continue
                }
                #expect(reply.status == 401, "\(route.method) \(route.path)")
                #expect(try reply.json()["errorCode"] as? String == "ATLAS-401-00-001")
            }
        }
    }

    @Test func `show and change nothing for somebody without rights`() async throws {
        try await ServerDesk.serving { desk in
            let guid = try Self.guid(desk)
            let version = try desk.cases.assets.view(for: desk.operatorCaller).version
            for route in Self.routes {
                for query in [
                    "", "?attr:qualifiedName=shop.people&guid=\(guid)&query=people&typeName=steward_table",
                ] {
                    for body in route.body == nil ? [nil] : ["{}", "[]", #"["\#(guid)"]"#] {
                        let reply = try await desk.send(
                            route.method.rawValue,
                            Self.path(route, guid) + query,
                            as: "eve",
                            json: body
                        )
                        let what = "\(route.method) \(route.path)\(query) \(body ?? ""): \(reply.text)"
                        #expect(reply.status != 500, "\(what)")
                        let said = reply.text.replacing("query\":\"people", with: "")
                            .replacing("queryText\":\"people", with: "").replacing("people*", with: "")
                            .replacing("{qualifiedName=shop.people}", with: "")
                            .replacing("steward_table people", with: "")
                        #expect(!said.contains("people") && !said.contains("mail"), "\(what)")
                    }
                }
            }
            #expect(try desk.cases.assets.view(for: desk.operatorCaller).version == version)
        }
    }

    @Test func `survive thousands of senseless requests`() async throws {
        try await ServerDesk.serving { desk in
            let seed = UInt64.random(in: .min ... .max)
            var dice = Dice(seed: seed)
            let guid = try Self.guid(desk)
            let bodies = [
                #"{"entity":{"typeName":"steward_table","guid":"-1","attributes":{"qualifiedName":"a.b","name":"b"}}}"#,
                #"{"entities":[{"typeName":"Process","attributes":{"qualifiedName":"p","name":"p","inputs":[{"guid":"-9"}]}}]}"#,
                #"[{"typeName":"PII","attributes":{"kind":1},"validityPeriods":[{"startTime":"x"}]}]"#,
                #"{"typeName":"steward_table","entityFilters":{"condition":"AND","criterion":[{"attributeName":"name","operator":"like","attributeValue":"*"}]}}"#,
                #"{"entityDefs":[{"name":"T","superTypes":["T","DataSet"],"attributeDefs":[{"name":"a","typeName":"array<map<string,T>>"}]}]}"#,
                #"{"typeName":"steward_table_columns","end1":{"guid":"x"},"end2":{"typeName":"steward_column","uniqueAttributes":{"qualifiedName":"q"}}}"#,
                #"{"name":"G","anchor":{"glossaryGuid":"\#(guid)"}}"#,
                #"{"message":{"type":"ENTITY_DELETE_V2","entities":[{"guid":"g"}]}}"#,
            ]
            let queries = [
                "", "?query=from%20steward_table%20where%20name%20%3D", "?limit=-1&offset=x",
                "?direction=UP&depth=-5",
                "?attr:qualifiedName=%27", "?query=%22%2A%3F%22&typeName=x", "?guid=\(guid)&relation=columns",
            ]
            for _ in 0..<3000 {
                let route = Self.routes[Int(dice.next() % UInt64(Self.routes.count))]
                var bytes = Array(bodies[Int(dice.next() % UInt64(bodies.count))].utf8)
                for _ in 0..<(dice.next() % 4) {
                    bytes[Int(dice.next() % UInt64(bytes.count))] = UInt8(dice.next() % 256)
                }
                let target = dice.next() % 3 == 0 ? "none" : guid
                let reply = try await desk.send(
                    route.method.rawValue,
                    Self.path(route, target) + queries[Int(dice.next() % UInt64(queries.count))],
                    as: dice.next() % 2 == 0 ? "root" : "alice",
                    headers: ["Content-Type": "application/json"],
                    body: route.body == nil ? nil : bytes
                )
                #expect(reply.status != 500, "seed \(seed): \(route.method) \(route.path): \(reply.text)")
                if reply.status >= 400 {
                    let body = try reply.json()
                    #expect(body["errorCode"] != nil || body["error"] != nil, "seed \(seed): \(route.path)")
                }
            }
        }
    }

    private struct Dice: RandomNumberGenerator {
        private var state: UInt64
        init(seed: UInt64) { state = seed }
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
