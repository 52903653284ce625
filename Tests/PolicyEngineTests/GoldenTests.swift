import Foundation
import Testing

@testable import PolicyEngine

/// A file of random policies with the verdicts of Ranger's own engine.
private struct GoldenFile: Decodable {
    struct Vector: Decodable {
        var id: Int
        var request: RangerRequest
        var tags: [String]?
        var roles: [String]?
        var expected: Verdicts
        var alternatives: [Verdicts]?
    }

    struct Verdicts: Decodable {
        var access: Expected?
        var dataMask: Expected?
        var rowFilter: Expected?
    }

    struct Expected: Decodable {
        var isAllowed: Bool
        var isAccessDetermined: Bool
        var isAudited: Bool
        var policyId: Int64
        var auditPolicyId: Int64
        var maskType: String?
        var maskedValue: String?
        var filterExpr: String?
    }

    var servicePolicies: ServicePolicies
    var requests: [Vector]
}

struct `Golden verdicts` {
    /// Categories whose every verdict this version gives; the others need what it doesn't have yet.
    static let complete: Set<String> = [
        "basic", "deny", "roles", "priority", "tags", "tags_hier", "tag_mask", "wildcards", "markers",
    ]

    static let files = conformanceFiles("golden")

    @Test(.enabled(if: !files.isEmpty), arguments: files)
    func `are given for every category that is complete`(file: String) throws {
        let category = file.split(separator: "-").dropFirst().dropLast().joined(separator: "-")
        let url = conformance.appending(path: "golden/\(file)")
        let golden = try JSONDecoder().decode(GoldenFile.self, from: Data(contentsOf: url))
        guard Golden.complete.contains(category) || ProcessInfo.processInfo.environment["GOLDEN_ALL"] != nil
        else { return }
        let (service, table) = try golden.servicePolicies.compiled()
        var wrong: [String] = []
        var total = 0
        for vector in golden.requests {
            var evaluator = Evaluator(service: service)
            let verdicts = [vector.expected] + (vector.alternatives ?? [])
            for type in PolicyType.allCases {
                total += 1
                guard
                    let request = vector.request.evaluation(
                        service,
                        table,
                        roles: vector.roles,
                        tags: vector.tags
                    )
                else {
                    wrong.append("\(vector.id): not understood")
                    continue
                }
                let verdict = evaluator.evaluate(request, type)
                let wanted = verdicts.compactMap { $0[type] }
                if !wanted.contains(where: { $0.agrees(verdict, service, type) }) {
                    wrong.append(
                        "\(vector.id) \(type): got \(verdict.isAllowed) \(service.policyId(verdict.decider, type)) audit \(verdict.isAudited), wanted \(wanted)"
                    )
                }
            }
        }
        if ProcessInfo.processInfo.environment["GOLDEN_ALL"] != nil {
            print("GOLDEN", file, wrong.count, "of", total)
            for line in wrong.prefix(Int(ProcessInfo.processInfo.environment["GOLDEN_ALL"] ?? "") ?? 2) {
                print("   ", line)
            }
        } else {
            #expect(wrong == [])
        }
    }
}

private typealias Golden = `Golden verdicts`

extension GoldenFile.Verdicts {
    fileprivate subscript(type: PolicyType) -> GoldenFile.Expected? {
        switch type {
        case .access: access
        case .dataMask: dataMask
        case .rowFilter: rowFilter
        }
    }
}

extension GoldenFile.Expected {
    fileprivate func agrees(_ verdict: Verdict, _ service: CompiledService, _ type: PolicyType) -> Bool {
        guard isAllowed == verdict.isAllowed, isAccessDetermined == verdict.isDetermined,
            isAudited == verdict.isAudited, policyId == service.policyId(verdict.decider, type)
        else { return false }
        let item = service.item(verdict.decider, type)
        switch type {
        case .access: return true
        case .dataMask:
            let mask = item?.dataMaskInfo
            return (maskType ?? "") == (mask?.dataMaskType ?? "")
                && (maskedValue ?? "") == (mask?.valueExpr ?? "")
        case .rowFilter: return (filterExpr ?? "") == (item?.rowFilterInfo?.filterExpr ?? "")
        }
    }
}
