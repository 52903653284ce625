package import CatalogModel

extension RangerEngine {
    /// Who may do what on a request's resource, whoever asks.
    package func accessLists(_ request: AccessRequest, now: Instant) -> AccessLists {
        var request = request
        request.user = nil
        request.groups = []
        request.roles = []
        request.accessType = "_any"
        request.accessTypes = []
        let facts = facts(of: request, now: now)
        facts.standsForAnyone = true
        var lists = AccessLists()
        let services = facts.zones.isEmpty ? [unzoned] : facts.zones.map { zones[$0] ?? unzoned }
        for service in services {
            for type in PolicyType.allCases { list(type, service, facts, &lists) }
        }
        sharing?.list(facts, &lists)
        return lists
    }

    /// A policy that matches, with where its tags were set.
    private struct Match {
        let policy: CompiledPolicy
        let source: Policy
        let repository: Repository
        let match: MatchType
        let isTemporal: Bool
        let key: PolicyOrdering.Key

        init(
            _ policy: CompiledPolicy,
            of repository: Repository,
            match: MatchType,
            isTemporal: Bool,
            _ ordering: PolicyOrdering
        ) {
            self.policy = policy
            source = repository.sources[Int(policy.source)]
            self.repository = repository
            self.match = match
            self.isTemporal = isTemporal
            key = ordering.key(of: source)
        }
    }

    private func list(
        _ type: PolicyType,
        _ service: CompiledService,
        _ facts: RequestFacts,
        _ lists: inout AccessLists
    ) {
        if type != .access {
            let keys = (try? CompiledSharing.keys(type, definition)) ?? []
            guard keys.contains(Set(facts.request.elements.keys)) else { return }
        }
        var priority: Int32?
        let hasDenials = definition.isOn("enableDenyAndExceptionsInPolicies")
        for match in matches(type, service, facts) {
            if let priority, priority != match.policy.priority, type == .access { lists.settle() }
            priority = match.policy.priority
            let isConditional = match.isTemporal || !match.policy.periods.isEmpty
            switch type {
            case .access:
                let summary = PolicySummary(
                    match.source,
                    service.accessTypes,
                    isDynamic: match.repository.isDynamic(match.policy),
                    hasDenials: hasDenials
                )
                lists.add(summary, isConditional: isConditional, policyId: match.policy.id)
            case .dataMask, .rowFilter: lists.add(match.source, isConditional: isConditional)
            }
        }
        if type == .access { lists.settle() }
    }

    /// The policies that match, in the order of evaluation.
    private func matches(_ type: PolicyType, _ service: CompiledService, _ facts: RequestFacts) -> [Match] {
        let request = evaluation(facts, service)
        let byTags = service.tags.map { tagMatches(type, $0, request) } ?? []
        let found = byTags + resourceMatches(type, service.resource, request)
        return found.enumerated().sorted { left, right in
            left.element.key == right.element.key
                ? left.offset < right.offset : left.element.key.isEvaluated(before: right.element.key)
        }.map(\.element)
    }

    private func tagMatches(_ type: PolicyType, _ repository: Repository, _ request: EvaluationRequest)
        -> [Match]
    {
        let ordering = PolicyOrdering(definition: tagDefinition ?? definition)
        return repository.ordered(type).compactMap { policy in
            var best: MatchType?
            var isTemporal = false
            for tag in request.tags where tag.match != .none {
                let isMatch = repository.names(request.elements(of: tag), policy, type, request.facts)
                guard isMatch, tag.match != .descendant || request.countsDescendants else { continue }
                if best == nil || tag.match == .same { best = tag.match }
                if !request.facts.tags[Int(tag.source)].validityPeriods.isEmpty { isTemporal = true }
            }
            return best.map { Match(policy, of: repository, match: $0, isTemporal: isTemporal, ordering) }
        }
    }

    private func resourceMatches(_ type: PolicyType, _ repository: Repository, _ request: EvaluationRequest)
        -> [Match]
    {
        let ordering = PolicyOrdering(definition: definition)
        return repository.ordered(type).compactMap { policy in
            let match = policy.maps.lazy.map {
                repository.match(repository.maps[Int($0)], request.resource, type: type, facts: request.facts)
            }.first { $0 != .none && $0 != .ancestor }
            guard let match, match != .descendant || request.countsDescendants else { return nil }
            return Match(policy, of: repository, match: match, isTemporal: false, ordering)
        }
    }
}

extension AccessLists {
    /// Adds what the policies of a dataset or project say of some accesses.
    fileprivate mutating func add(
        _ collection: CompiledSharing.Collection,
        _ accesses: UInt128,
        _ types: AccessTypeTable,
        _ isConditional: Bool
    ) {
        for policy in collection.source.policies where policy.isEnabled {
            let summary = PolicySummary(policy, types, isDynamic: false, hasDenials: false)
            let names = Set(types.names(in: accesses))
            let isTimed = isConditional || !policy.validitySchedules.isEmpty
            add(summary.only(names), isConditional: isTimed, policyId: policy.id ?? -1)
        }
    }

    /// Adds the masks or row filters of one policy.
    fileprivate mutating func add(_ policy: Policy, isConditional: Bool) {
        for item in policy.dataMaskPolicyItems + policy.rowFilterPolicyItems {
            let isForAll = item.users.contains("{USER}") || item.groups.contains("public")
            let transform = Transform(
                users: item.users.filter { $0 != "{USER}" },
                groups: item.groups.filter { $0 != "public" } + (isForAll ? ["public"] : []),
                roles: item.roles,
                accessTypes: item.accesses.map(\.type),
                rowFilter: item.rowFilterInfo?.filterExpr,
                mask: item.dataMaskInfo,
                isConditional: isConditional || !policy.conditions.isEmpty || !item.conditions.isEmpty
            )
            if policy.policyType == .dataMask {
                masks.append(transform)
            } else {
                rowFilters.append(transform)
            }
        }
    }
}

extension Repository {
    /// Whether values of the policy's resources are filled in for each request.
    func isDynamic(_ policy: CompiledPolicy) -> Bool {
        policy.maps.contains { map in
            maps[Int(map)].allMatchers.contains { matcher in
                matchers[Int(matcher)].patterns.contains { patterns[Int($0)].kind == .template }
            }
        }
    }
}

extension CompiledSharing {
    /// Adds what policies of datasets and projects say of the resource.
    func list(_ facts: RequestFacts, _ lists: inout AccessLists) {
        let found = matches(finder, facts, isListing: true)
        for position in found.sorted(by: { (resources[$0].share, $0) < (resources[$1].share, $1) }) {
            let resource = resources[position]
            let share = shares[resource.share]
            let isConditional = share.condition != nil || resource.condition != nil
            for (dataset, period) in share.datasets where isActive(period, datasets[dataset].period, facts) {
                lists.datasets.addOnce(datasets[dataset].source.name)
                let isTimed = period != nil
                lists.add(datasets[dataset], resource.accesses, accessTypes, isConditional || isTimed)
                for (project, inside) in projectsOfDataset[dataset]
                where isActive(inside, projects[project].period, facts) {
                    lists.projects.addOnce(projects[project].source.name)
                    let isTimedToo = isTimed || inside != nil
                    lists.add(projects[project], resource.accesses, accessTypes, isConditional || isTimedToo)
                }
            }
        }
        lists.settle()
    }

    private func isActive(_ link: ValidityPeriod?, _ own: ValidityPeriod?, _ facts: RequestFacts) -> Bool {
        link?.holds(at: facts.now) ?? true && own?.holds(at: facts.now) ?? true
    }
}
