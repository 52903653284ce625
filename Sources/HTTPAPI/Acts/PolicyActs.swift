import Foundation
import Governance
import PolicyEngine

/// Publishing, testing and showing policies.
enum PolicyActs {
    @Sendable static func list(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let policies = try await call.run { cases throws(GovernanceError) in
            try cases.policies.policies(by: visitor.caller)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(.object([("policies", .written(Array(try encoder.encode(policies))))]))
    }

    @Sendable static func apply(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let document = try document(call)
        let tests = try tests(of: document)
        let done = try await call.run { cases throws(GovernanceError) in
            try cases.policies.apply(document.policies, tests: tests, by: visitor.caller)
        }
        return .json(
            .object([
                ("created", .strings(done.created)), ("updated", .strings(done.updated)),
                ("unchanged", .strings(done.unchanged)), ("tests", .integer(tests.count)),
                ("version", .integer(Int(done.version))),
            ])
        )
    }

    @Sendable static func test(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        let document = try document(call)
        let tests = try tests(of: document)
        let results = try await call.run { cases throws(GovernanceError) in
            try cases.policies.test(tests, with: document.policies, by: visitor.caller)
        }
        let failed = results.filter { $0.failure != nil }.count
        return .json(
            .object([
                ("passed", .integer(results.count - failed)), ("failed", .integer(failed)),
                (
                    "results",
                    .array(
                        results.map {
                            .object([
                                ("test", .string($0.sentence)), ("holds", .bool($0.failure == nil)),
                                ("failure", JSONText($0.failure)),
                            ])
                        }
                    )
                ),
            ])
        )
    }

    @Sendable static func delete(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        guard let id = Int64(call.segment("id")) else {
            throw GovernanceError(.notFound, "policies are named by their number here")
        }
        try await call.run { cases throws(GovernanceError) in
            try cases.policies.delete(id, by: visitor.caller)
        }
        return .done
    }

    private static func document(_ call: Call) throws(Problem) -> PolicySetting {
        try PayloadReader.read(PolicySetting.self, from: call.body)
    }

    private static func tests(of document: PolicySetting) throws -> [PolicyTest] {
        try (document.tests ?? []).map { sentence in
            do throws(PolicyError) { return try PolicyTest(sentence) } catch {
                throw GovernanceError(.invalidPolicy, "\(error)")
            }
        }
    }
}

/// The body of policies that are published or tested: what Ranger Admin exports, and tests.
private struct PolicySetting: Payload {
    /// Ranger Admin's exports say more beside the policies; it is of no use here.
    static let members: Set<String> = [
        "policies", "tests", "metaDataInfo", "startIndex", "pageSize", "totalCount", "resultSize", "sortType",
        "sortBy", "queryTimeMS", "listSize", "list", "policyList",
    ]
    let policies: [Policy]
    let tests: [String]?
}
