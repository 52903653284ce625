import CatalogModel

extension RangerEngine {
    /// Looks up what the request doesn't say: roles, addresses, tags, zones.
    func facts(of request: AccessRequest, now: Instant) -> RequestFacts {
        let options = setup.options
        let facts = RequestFacts(request, now: request.accessTime ?? now)
        facts.localZone = options.localZone
        facts.zoneDatabase = options.timeZones
        facts.scripts = options.scripts
        facts.dateFormats = options.dateFormats
        facts.users = request.userStore ?? setup.userStore
        if facts.request.clusterName ?? "" == "" { facts.request.clusterName = options.clusterName }
        if facts.request.clusterType ?? "" == "" { facts.request.clusterType = options.clusterType }
        facts.address = address(of: request)
        facts.roles = request.roles ?? roles.roles(of: request.user, groups: request.groups)
        facts.zones = zones(of: request, facts)
        if let tags = request.tags {
            facts.tags = TagFinder.inForce(Set(tags), at: facts.now, times)
        } else if let tagFinder {
            facts.tags = tagFinder.tags(of: request, facts: facts)
        }
        return facts
    }

    /// The client's address, after proxies that are believed were looked through; nil when nobody knows.
    package func address(of request: AccessRequest) -> String? {
        if let own = request.clientAddress { return own }
        let options = setup.options
        let isTrusted =
            options.trustedProxies.isEmpty
            || request.remoteAddress.map(options.trustedProxies.contains) ?? false
        if options.believesForwardedAddresses, isTrusted, let first = request.forwardedAddresses.first {
            return first
        }
        return request.remoteAddress
    }

    /// The zones that hold the resource, or parts of it; `""` stands for outside of zones.
    private func zones(of request: AccessRequest, _ facts: RequestFacts) -> [String] {
        guard !zoneNames.isEmpty, !request.elements.isEmpty else { return [] }
        let elements = zoneFinder.repository.elements(of: request)
        var found: Set<String> = []
        for (position, match) in zoneFinder.find(elements, facts: facts) {
            found.insert(zoneNames[zoneOfResource[position]])
            if match == .descendant { found.insert("") }
        }
        return JavaOrder.sorted(found.sorted())
    }

    /// The request for one service's repositories.
    func evaluation(_ facts: RequestFacts, _ service: CompiledService) -> EvaluationRequest {
        EvaluationRequest(facts, service, principals)
    }
}

extension EvaluationRequest {
    /// A request in Ranger's shape for one service's repositories.
    init(_ facts: RequestFacts, _ service: CompiledService, _ principals: PrincipalTable) {
        let request = facts.request
        var evaluation = EvaluationRequest(resource: service.resource.elements(of: request), facts: facts)
        var ids = [request.user.map { principals.find(.user, $0) } ?? -1]
        ids += request.groups.map { principals.find(.group, $0) }
        ids += facts.roles.map { principals.find(.role, $0) }
        evaluation.principals = ContiguousArray(ids.filter { $0 >= 0 })
        evaluation.hasUser = request.user != nil
        evaluation.isOwner = request.user != nil && request.user == request.owner
        evaluation.countsDescendants = request.countsDescendants
        evaluation.ignoresDescendantDenials = request.ignoresDescendantDenials
        evaluation.prefersAllowances = request.prefersAllowances
        evaluation.set(accessesOf: request, service.accessTypes)
        if let tags = service.tags {
            for (index, tag) in facts.tags.enumerated() {
                guard let elements = tags.elements(ofTag: tag.type) else { continue }
                evaluation.add(elements, tag.match.matchType, source: Int32(index))
            }
        }
        self = evaluation
    }

    private mutating func set(accessesOf request: AccessRequest, _ types: AccessTypeTable) {
        if request.isAny {
            isAny = true
            accesses = ContiguousArray(types.defined)
            if !request.ignoresDescendantDenials {
                groups = ContiguousArray(types.defined.indices.map { [$0] })
            }
            return
        }
        isAdmin = request.accessType == "_admin"
        guard !request.accessTypes.isEmpty else {
            accesses = [types.find(request.accessType) ?? -1]
            return
        }
        let names = JavaOrder.sorted(request.accessTypes)
        accesses = ContiguousArray(names.map { types.find($0) ?? -1 })
        groups = ContiguousArray(
            request.accessTypeGroups.map { group in
                ContiguousArray(JavaOrder.sorted(group).compactMap { names.firstIndex(of: $0) })
            }
        )
        allowedUnlessDenied = ContiguousArray(
            request.allowedUnlessDenied.compactMap { names.firstIndex(of: $0) }
        )
    }
}
