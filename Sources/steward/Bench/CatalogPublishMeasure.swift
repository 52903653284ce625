import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// Measures how long publishing one policy takes in a catalog on disk, by the use case that every door calls.
struct CatalogPublishMeasure {
    /// What was measured, in milliseconds, at 50 and 99 of 100.
    struct Result {
        /// CPU time of the process.
        var cpu = (p50: 0.0, p99: 0.0)
        /// By the clock, with waiting for the disk.
        var elapsed = (p50: 0.0, p99: 0.0)
    }

    /// Publishes the policies in a catalog of its own, then changes single ones, one after another.
    static func publish(_ count: Int, of setup: RangerEngine.Setup) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "steward-bench-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let workspace = try Workspace(folder: folder)
        let policies = try fill(workspace, setup)
        var cpu: [Double] = []
        var elapsed: [Double] = []
        let clock = ContinuousClock()
        for number in 0..<count where !policies.isEmpty {
            var policy = policies[number * 7919 % policies.count]
            policy.isAuditEnabled.toggle()
            let start = clock.now
            let seconds = try BenchMeasure.cpuSeconds {
                _ = try workspace.cases.policies.apply([policy], tests: [], by: workspace.caller)
            }
            elapsed.append((clock.now - start) / .milliseconds(1))
            cpu.append(seconds * 1000)
        }
        return Result(cpu: quantiles(cpu), elapsed: quantiles(elapsed))
    }

    /// The service with its tag service and all policies, as they stand in the catalog then.
    private static func fill(_ workspace: Workspace, _ setup: RangerEngine.Setup) throws -> [Policy] {
        guard let definition = setup.policies.serviceDefinition else { return [] }
        let name = ServiceName(setup.policies.serviceName)
        let tags = setup.policies.tagPolicies
        let tagService = tags?.serviceDefinition.map { definition in
            PolicyService(name: ServiceName(tags?.serviceName ?? ""), definition: definition)
        }
        let service = PolicyService(name: name, definition: definition, tagService: tagService?.name)
        try workspace.cases.policies.apply(
            services: [service] + [tagService].compactMap(\.self),
            by: workspace.caller
        )
        let own = (setup.policies.policies ?? []).map { policy in
            var policy = policy
            policy.service = name.text
            return policy
        }
        _ = try workspace.cases.policies.takeOver(own, renumbering: true, by: workspace.caller)
        return try workspace.cases.policies.policies(by: workspace.caller)
    }

    private static func quantiles(_ times: [Double]) -> (p50: Double, p99: Double) {
        guard !times.isEmpty else { return (0, 0) }
        let sorted = times.sorted()
        return (sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 99 / 100)])
    }
}
