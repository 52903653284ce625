import Catalog
import CatalogModel
import Foundation
import Governance
import HTTPTypes
import PolicyEngine
import SQLiteStore
import Synchronization
import Testing

@testable import HTTPAPI

/// A catalog behind Atlas's routes, without a network: an administrator, and somebody with few rights.
///
/// `eve` may read what is called `open…`, and may change and delete everything of which she knows. Identities come
/// from two counters, so that what is hidden from her takes none away from what isn't.
final class AtlasDesk: Sendable {
    let folder: URL
    let cases: UseCases

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "atlas-tests-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let identities = Identities()
        made = identities
        cases = try UseCases(
            store: try SQLiteCatalogStore(folder: folder),
            audit: try SQLiteAuditLog(folder: folder),
            sources: MemorySources(),
            rim: Rim(now: { Instant(seconds: 1_790_000_000) }, makeID: { identities.next() })
        )
        try furnish()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Identities in the form of UUIDs, by who is meant to see them.
    final class Identities: Sendable {
        private let state = Mutex<(isHidden: Bool, seen: UInt64, hidden: UInt64)>((false, 0, 0))

        func next() -> String {
            state.withLock { state in
                if state.isHidden { state.hidden += 1 } else { state.seen += 1 }
                let number = state.isHidden ? state.hidden : state.seen
                let digits = String(number, radix: 16)
                let start = state.isHidden ? "deadbeef" : "00000000"
                return "\(start)-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
            }
        }

        /// Whether what is made from now on is hidden.
        func set(hidden: Bool) { state.withLock { $0.isHidden = hidden } }
    }

    let made: Identities
    let memory = AtlasMemory(started: 0)

    private func furnish() throws {
        let admin = Caller(user: UserName("root"), isOperator: true, request: "r")
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Policies/ServiceDefinitions/atlas.json")
        let definition = try JSONDecoder().decode(ServiceDefinition.self, from: Data(contentsOf: file))
        let service = PolicyService(name: ServiceName("catalog"), definition: definition)
        try cases.policies.apply(services: [service], by: admin)
        try cases.editing.put(
            [
                .putUser(User(UserName("root"), isAdmin: true)), .putUser(User(UserName("eve"))),
                .putTagType(TagType(TagName("PII"), attributes: ["kind"])),
            ],
            by: admin
        )
        let policies = try JSONDecoder().decode([Policy].self, from: Data(Self.policies.utf8))
        _ = try cases.policies.apply(policies, tests: [], by: admin)
    }

    private static var policies: String {
        func policy(_ name: String, _ resources: [(String, String)], _ accesses: [String]) -> String {
            let resources = resources.map { #""\#($0)":{"values":["\#($1)"]}"# }.joined(separator: ",")
            let accesses = accesses.map { #"{"type":"\#($0)"}"# }.joined(separator: ",")
            return #"{"service":"catalog","name":"\#(name)","resources":{\#(resources)},"#
                + #""policyItems":[{"users":["eve"],"accesses":[\#(accesses)]}]}"#
        }
        let entity = [("entity-type", "*"), ("entity-classification", "*")]
        let list = [
            policy("reads open", entity + [("entity", "open*")], ["entity-read", "entity-create"]),
            policy("changes all", entity + [("entity", "*")], ["entity-update", "entity-delete"]),
            policy(
                "tags all",
                entity + [("entity", "*"), ("classification", "*")],
                [
                    "entity-add-classification", "entity-update-classification",
                    "entity-remove-classification",
                ]
            ),
            policy(
                "labels all",
                entity + [("entity", "*"), ("entity-label", "*")],
                ["entity-add-label", "entity-remove-label"]
            ),
            policy(
                "business of all",
                entity + [("entity", "*"), ("entity-business-metadata", "*")],
                ["entity-update-business-metadata"]
            ),
            policy(
                "relates all",
                [
                    ("relationship-type", "*"), ("end-one-entity-type", "*"),
                    ("end-one-entity-classification", "*"), ("end-one-entity", "*"),
                    ("end-two-entity-type", "*"), ("end-two-entity-classification", "*"),
                    ("end-two-entity", "*"),
                ],
                ["add-relationship", "update-relationship", "remove-relationship"]
            ),
            policy(
                "administers",
                [("atlas-service", "*")],
                ["admin-import", "admin-export", "admin-purge", "admin-audits"]
            ),
        ]
        return "[\(list.joined(separator: ","))]"
    }

    /// What a route answers, as status, headers and body.
    func answer(
        _ route: AtlasRoute,
        _ path: [String: String] = [:],
        _ query: [(name: String, value: String)] = [],
        _ body: [UInt8] = [],
        type: String = "application/json",
        as user: String = "eve"
    ) throws -> String {
        let request = AtlasRequest(
            path: path,
            query: query,
            body: body,
            bodyType: type,
            caller: Caller(user: UserName(user), isOperator: user == "root", request: "r"),
            isAdmin: user == "root",
            catalog: cases.assets,
            auditing: cases.auditing,
            server: AtlasServer(version: "0"),
            memory: memory
        )
        let answer: Answer
        do throws(CatalogError) { answer = AtlasDoor.answer(try route.act(request)) } catch {
            answer = error.answer
        }
        let headers = answer.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        switch answer.body {
        case .nothing: return "\(answer.status.code)\n\(headers)\n"
        case .bytes(let bytes, "application/zip"):
            let members = try ZipReader.members(of: bytes).sorted { $0.key < $1.key }
            let texts = members.map { "\($0.key): \(String(decoding: $0.value, as: UTF8.self))" }
            return "\(answer.status.code)\n\(headers)\n\(texts.joined(separator: "\n"))"
        case .bytes(let bytes, let type):
            return "\(answer.status.code)\n\(headers)\n\(type)\n\(String(decoding: bytes, as: UTF8.self))"
        case .rows: return "rows"
        }
    }

    /// What a route answers, by its method and path.
    func answer(
        _ method: HTTPRequest.Method,
        _ path: String,
        parameters: [String: String] = [:],
        query: [(name: String, value: String)] = [],
        bytes: [UInt8] = [],
        type: String = "application/json",
        as user: String = "eve"
    ) throws -> String {
        let route = AtlasRoutes.all.first { $0.method == method && $0.path == path }
        return try answer(
            try #require(route, "\(method) \(path)"),
            parameters,
            query,
            bytes,
            type: type,
            as: user
        )
    }

    /// Sends a body as the administrator, which must succeed; gives the answer's JSON.
    @discardableResult
    func make(_ path: String, _ body: String, _ parameters: [String: String] = [:]) throws -> JSONValue {
        let said = try answer(.post, path, parameters: parameters, bytes: Array(body.utf8), as: "root")
        try #require(said.hasPrefix("20"), "\(path): \(said)")
        let text = said.split(separator: "\n").last.map { Array($0.utf8) } ?? []
        return (try? CatalogModel.JSONReader.value(of: text)) ?? .null
    }

    /// The identity of an entity, as the administrator knows it.
    func guid(_ type: String, _ name: String) throws -> String {
        let view = try cases.assets.view(for: Caller(user: UserName("root"), isOperator: true, request: "r"))
        return try #require(view.graph.entity(of: type, "qualifiedName", name)?.id.text, "\(type) \(name)")
    }
}
