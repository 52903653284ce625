import CatalogModel
import Foundation
import Governance
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `The route table` {
    private static let table = RouteTable(limits: HTTPLimits())

    /// A path of a route with its parameters filled in.
    private static func path(_ route: Route) -> String {
        let values = [
            "table": "shop.people", "column": "mail", "tag": "PII", "id": "1", "name": "shop", "user": "bob",
            "service": "files", "kind": "dataset",
        ]
        return "/"
            + route.segments.map { segment in
                segment.hasPrefix("{")
                    ? values[String(segment.dropFirst().dropLast())] ?? "" : String(segment)
            }.joined(separator: "/")
    }

    /// A body that a route accepts.
    private static func body(_ route: Route) -> String? {
        switch route.body?.schema {
        case nil: nil
        case "PostedRows": #"{"columns":[{"origin":"shop.people.id"}],"rows":[]}"#
        case "Questions": #"{"table":"shop.people"}"#
        case "PolicyDocument": #"{"policies":[]}"#
        case "SourceSetting": #"{"name":"s","kind":"csv","path":"/x"}"#
        case "ZoneDocument": #"{"securityZones":[]}"#
        case "PasswordSetting": #"{"password":"new words"}"#
        default: "{}"
        }
    }

    @Test func `lets nobody in without a name, but where it says so`() async throws {
        try await ServerDesk.serving { desk in
            let open = ["/health", "/ready", "/api/v1/openapi.json"]
            #expect(Self.table.ownRoutes.filter { $0.act.access == .everybody }.map(\.path) == open)
            for route in Self.table.ownRoutes {
                let method = route.method.rawValue
                let reply = try await desk.send(method, Self.path(route), as: nil, json: Self.body(route))
                guard route.act.access != .everybody else {
                    #expect(reply.status == 200, "\(method) \(route.path)")
                    continue
                }
                #expect(reply.status == 401, "\(method) \(route.path)")
                #expect(reply.code == "unauthenticated")
                #expect(reply.headers["www-authenticate"]?.contains("Bearer") == true)
                #expect(!reply.text.contains("shop"))
                for wrong in [
                    "Bearer steward_00", "Basic !!", "Digest x", "Bearer", "Basic \("eve:".base64)",
                ] {
                    let reply = try await desk.send(
                        method,
                        Self.path(route),
                        as: nil,
                        headers: ["Authorization": wrong],
                        json: Self.body(route)
                    )
                    #expect(reply.status == 401 || reply.status == 429, "\(method) \(route.path) \(wrong)")
                }
            }
        }
    }

    @Test func `refuses or trims for somebody without rights`() async throws {
        try await ServerDesk.serving { desk in
            for route in Self.table.ownRoutes {
                let method = route.method.rawValue
                let reply = try await desk.send(method, Self.path(route), as: "eve", json: Self.body(route))
                let lines = try desk.cases.auditing.tail(
                    1,
                    user: UserName("eve"),
                    resource: nil,
                    by: desk.operatorCaller
                )
                switch route.act.access {
                case .everybody: #expect(reply.status == 200)
                case .administrators, .zonePeople:
                    #expect(reply.status == 403, "\(method) \(route.path)")
                    #expect(reply.code == "forbidden")
                    #expect(lines.first?.resource == route.name && lines.first?.outcome == .denied)
                case .signedIn:
                    #expect(!reply.text.contains("Ann"), "\(method) \(route.path)")
                    switch route.name {
                    case "listTables": #expect(try reply.json()["tables"] as? [String] == [])
                    case "readAudit", "whoami": #expect(reply.status == 200)
                    case "makeToken": #expect(reply.status == 201)
                    case "setPassword": #expect(reply.status == 403)
                    case "revokeToken": #expect(reply.status == 404)
                    default:
                        #expect(reply.status == 404, "\(method) \(route.path): \(reply.text)")
                        #expect(reply.code == "unknown-table", "\(method) \(route.path)")
                    }
                }
            }
        }
    }

    @Test func `is what the OpenAPI document says, and nothing else`() async throws {
        try await ServerDesk.serving { desk in
            let document = try await desk.send("GET", "/api/v1/openapi.json", as: nil).json()
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            let documented = Set(
                paths.flatMap { path, operations in operations.keys.map { "\($0.uppercased()) \(path)" } }
            )
            #expect(documented == Set(Self.table.ownRoutes.map { "\($0.method.rawValue) \($0.path)" }))
            #expect(Set(Self.table.ownRoutes.map(\.name)).count == Self.table.ownRoutes.count)
            let known = Set(ProblemCodes.all)
            for route in Self.table.ownRoutes {
                #expect(Set(route.problemCodes).isSubset(of: known), "\(route.name)")
                let operation = try #require(paths[route.path]?[route.method.rawValue.lowercased()])
                let parameters = operation["parameters"] as? [[String: Any]] ?? []
                #expect(
                    parameters.compactMap { $0["name"] as? String }
                        == route.pathParameters + route.query.map(\.name)
                )
                #expect((operation["requestBody"] != nil) == (route.body != nil))
                #expect(operation["x-access"] as? String == route.act.access.rawValue)
            }
            let components = try #require(document["components"] as? [String: [String: Any]])
            let names = Set(components["schemas"]?.keys.map { $0 } ?? [])
            let text = try await desk.send("GET", "/api/v1/openapi.json", as: nil).text
            for reference in text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/) {
                #expect(names.contains(String(reference.1)), "\(reference.1)")
            }
        }
    }

    @Test func `has an answer for other paths and methods`() async throws {
        try await ServerDesk.serving { desk in
            for path in [
                "/", "/nope", "/api/v1", "/api/v1/tables/", "/api/v1//tables", "/api/v2/tables", "/health/",
            ] {
                let reply = try await desk.send("GET", path, as: "alice")
                #expect(reply.status == 404, "\(path)")
                #expect(reply.code == "no-such-route", "\(path)")
            }
            let wrong = try await desk.send("DELETE", "/api/v1/tables", as: nil)
            #expect(wrong.status == 405)
            #expect(wrong.code == "method-not-allowed")
            #expect(wrong.headers["allow"] == "GET, HEAD")
            let rows = try await desk.send("HEAD", "/api/v1/tables/shop.people/rows", as: "alice")
            #expect(rows.status == 405)
            let head = try await desk.send("HEAD", "/health", as: nil)
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test func `gives every answer its headers`() async throws {
        try await ServerDesk.serving { desk in
            for (path, user) in [
                ("/health", nil), ("/nope", nil), ("/api/v1/tables", "alice"), ("/api/v1/audit", nil),
            ] {
                let reply = try await desk.send("GET", path, as: user)
                #expect(reply.headers["cache-control"] == "no-store")
                #expect(reply.headers["x-content-type-options"] == "nosniff")
                #expect(reply.headers["x-request-id"]?.count == 36)
            }
            let own = try await desk.send("GET", "/nope", as: nil, headers: ["X-Request-ID": "job-7"])
            #expect(own.headers["x-request-id"] == "job-7")
            #expect(try own.json()["request"] as? String == "job-7")
            let odd = try await desk.send("GET", "/nope", as: nil, headers: ["X-Request-ID": "a b\"c"])
            #expect(odd.headers["x-request-id"]?.count == 36)
        }
    }
}

extension String {
    /// The text in base 64.
    var base64: String { Data(utf8).base64EncodedString() }
}
