/// Finds which of many resources a request is about: zones, tagged resources, shared resources.
struct ResourceFinder: Sendable {
    let repository: Repository

    /// Resources of a service, each a combination of levels and values; those that fit no hierarchy are never found.
    init(_ resources: [[String: PolicyResource]], definition: ServiceDefinition) throws(PolicyError) {
        var builder = try RepositoryBuilder(
            service: "",
            definition: definition,
            options: .ranger(zones: .fixedOnly, localZone: .utc)
        )
        var types = try AccessTypeTable([], at: PolicyPlace("resource", ""))
        var table = PrincipalTable()
        let policies = resources.map { resource in
            var policy = Policy()
            policy.resources = resource
            return policy
        }
        repository = try builder.build(policies, &types, &table)
    }

    /// Positions of resources with how they lie relative to the request, in their order; `.none` left out.
    func find(_ elements: RequestElements, facts: RequestFacts) -> [(position: Int, match: MatchType)] {
        let type = PolicyType.access
        var found: [(position: Int, match: MatchType)] = []
        for candidate in CandidateQueue.all(repository, type, elements) {
            let policy = repository.policies[Int(candidate)]
            for map in policy.maps {
                let match = repository.match(repository.maps[Int(map)], elements, type: type, facts: facts)
                if match != .none { found.append((Int(policy.source), match)) }
            }
        }
        return found.sorted { $0.position < $1.position }
    }
}

extension Repository {
    /// A request's resource with this repository's numbers.
    func elements(of request: AccessRequest) -> RequestElements {
        var elements = RequestElements(levelCount: levels.count)
        for (name, values) in request.elements {
            guard let level = levels[name] else {
                elements.hasUnknownLevel = true
                continue
            }
            elements.set(level, to: values)
            if let scope = request.elementScopes[name], scope != .own { elements.scopes[level] = scope }
        }
        return elements
    }

    /// A tag as the resource of a tag service.
    func elements(ofTag type: String) -> RequestElements? {
        guard let level = levels["tag"] else { return nil }
        var elements = RequestElements(levelCount: levels.count)
        elements.set(level, to: type)
        return elements
    }
}

extension ServiceDefinition {
    /// Values by level as a policy's resource; what lies below paths counts where the level can have that.
    func policyResource(_ values: [String: [String]]) -> [String: PolicyResource] {
        var result: [String: PolicyResource] = [:]
        for (name, values) in values {
            var resource = PolicyResource()
            resource.values = values
            resource.isRecursive = resources.first { $0.name == name }?.recursiveSupported ?? false
            result[name] = resource
        }
        return result
    }
}
