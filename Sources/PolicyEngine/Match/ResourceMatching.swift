import CatalogModel

/// Compares resources of policies with resources of requests, one by one.
package struct ResourceMatching: Sendable {
    private let finder: ResourceFinder
    private let definition: ServiceDefinition
    private let keys: Set<String>

    /// One combination of levels and values of a service.
    ///
    /// - Throws: when the service definition can't be compiled.
    package init(_ resources: [String: PolicyResource], definition: ServiceDefinition) throws(PolicyError) {
        finder = try ResourceFinder([resources], definition: definition)
        self.definition = definition
        keys = Set(resources.keys)
    }

    /// Where the combination lies relative to a request's resource.
    package func match(_ elements: [String: [String]], tokens: [String: String] = [:]) -> TagMatch {
        var request = AccessRequest()
        request.elements = elements
        request.tokens = tokens
        let facts = RequestFacts(request, now: Instant(microseconds: 0))
        let found = finder.find(finder.repository.elements(of: request), facts: facts)
        return TagMatch(found.first?.match ?? .none)
    }

    /// Where it lies relative to another policy's resource, of which at each level the first value that fits counts.
    package func match(policy: [String: PolicyResource], tokens: [String: String] = [:]) -> TagMatch {
        let path = definition.levels(holding: Set(policy.keys).union(keys))
        guard !path.isEmpty || policy.isEmpty else { return .elsewhere }
        var elements: [String: [String]] = [:]
        var result = TagMatch.elsewhere
        var isOver = false
        for level in path {
            guard let values = policy[level]?.values, !values.isEmpty else {
                isOver = true
                continue
            }
            if isOver { return .elsewhere }
            var found: TagMatch?
            for value in values {
                elements[level] = [value]
                let match = match(elements, tokens: tokens)
                if match != .elsewhere {
                    found = match
                    break
                }
            }
            guard let found else { return .elsewhere }
            result = found
        }
        return result
    }

    /// Whether one level's values, as a policy has them, accept a request's value; nil stands for no value.
    ///
    /// - Throws: `.unsupported` for a matcher that isn't known.
    package static func accepts(
        _ resource: PolicyResource,
        level: ResourceDefinition,
        value: String?,
        tokens: [String: String] = [:]
    ) throws(PolicyError) -> Bool {
        var level = level
        if level.name.isEmpty { level.name = "resource" }
        level.parent = ""
        var definition = ServiceDefinition()
        definition.resources = [level]
        let finder = try ResourceFinder([[level.name: resource]], definition: definition)
        var request = AccessRequest()
        request.elements = [level.name: [value ?? ""]]
        request.tokens = tokens
        let facts = RequestFacts(request, now: Instant(microseconds: 0))
        return !finder.find(finder.repository.elements(of: request), facts: facts).isEmpty
    }
}

extension ServiceDefinition {
    /// The shortest path of levels from a root that holds these; empty for none.
    fileprivate func levels(holding wanted: Set<String>) -> [String] {
        let paths = resources.map { ResourceName.levels(of: $0.name, self) }
        return paths.filter { wanted.isSubset(of: $0) }.min { $0.count < $1.count } ?? []
    }
}
