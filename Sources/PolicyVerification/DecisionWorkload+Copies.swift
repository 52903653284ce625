package import PolicyEngine

extension DecisionWorkload {
    /// Policies of which there are several copies side by side, each with a database, or whatever stands outermost, of
    /// its own.
    ///
    /// What a policy says stays true in each copy, so that recorded verdicts are verdicts on every copy too. Policies
    /// about all databases stay alone.
    package struct Copies: Sendable {
        /// How many.
        package let count: Int
        /// The service's outermost levels.
        private let roots: Set<String>
        /// The policies that stay alone.
        private let alone: Set<Int64>
        private let distance: Int64

        /// Copies of what a setup has.
        package init(_ count: Int, of setup: RangerEngine.Setup) {
            self.count = count
            let levels = setup.policies.serviceDefinition?.resources ?? []
            let roots = Set(levels.filter(\.parent.isEmpty).map(\.name))
            let policies = (setup.policies.policies ?? []) + (setup.policies.tagPolicies?.policies ?? [])
            self.roots = roots
            alone = Set(policies.filter { !Copies.canCopy($0.resources, roots) }.compactMap(\.id))
            distance = (policies.compactMap(\.id).max() ?? 0) + 1
        }

        /// The setup with all copies of its policies and tagged resources.
        package func applied(to setup: RangerEngine.Setup) -> RangerEngine.Setup {
            var setup = setup
            let policies = setup.policies.policies ?? []
            for copy in 1..<max(1, count) {
                for policy in policies where !alone.contains(policy.id ?? -1) {
                    setup.policies.policies?.append(self.copy(copy, of: policy))
                }
            }
            guard var tags = setup.tags else { return setup }
            let step = (tags.resources.compactMap(\.id).max() ?? 0) + 1
            for copy in 1..<max(1, count) {
                for resource in setup.tags?.resources ?? [] {
                    guard let id = resource.id, let ids = tags.tagsOfResource["\(id)"] else { continue }
                    var moved = resource
                    moved.id = id + step * Int64(copy)
                    moved.elements = renamed(resource.elements, copy)
                    tags.resources.append(moved)
                    tags.tagsOfResource["\(id + step * Int64(copy))"] = ids
                }
            }
            setup.tags = tags
            return setup
        }

        /// The cases, spread over the copies.
        package func applied(to cases: [Case]) -> [Case] {
            guard count > 1 else { return cases }
            return cases.enumerated().map { index, one in
                let copy = index % count
                guard copy > 0 else { return one }
                var question = one.question
                for level in question.resource.indices where roots.contains(question.resource[level].name) {
                    question.resource[level].value = Copies.renamed(question.resource[level].value, copy)
                }
                var wanted = one.wanted
                if wanted.policyId >= 0, !alone.contains(wanted.policyId) {
                    wanted.policyId += distance * Int64(copy)
                }
                return Case(question: question, type: one.type, wanted: wanted)
            }
        }

        private func copy(_ copy: Int, of policy: Policy) -> Policy {
            var result = policy
            result.id = policy.id.map { $0 + distance * Int64(copy) }
            result.name = "\(policy.name) copy \(copy)"
            result.guid = policy.guid.isEmpty ? "" : "\(policy.guid)-\(copy)"
            result.resources = renamed(policy.resources, copy)
            result.additionalResources = policy.additionalResources.map { renamed($0, copy) }
            return result
        }

        private func renamed(_ resources: [String: PolicyResource], _ copy: Int) -> [String: PolicyResource] {
            var result = resources
            for root in roots {
                result[root]?.values = (resources[root]?.values ?? []).map { Copies.renamed($0, copy) }
            }
            return result
        }

        private static func renamed(_ value: String, _ copy: Int) -> String { "c\(copy).\(value)" }

        /// Whether the outermost level of a policy names something that can be named otherwise.
        private static func canCopy(_ resources: [String: PolicyResource], _ roots: Set<String>) -> Bool {
            let named = roots.compactMap { resources[$0] }
            return !named.isEmpty
                && named.allSatisfy { !$0.isExcludes && !$0.values.contains { $0.hasPrefix("*") } }
        }
    }
}
