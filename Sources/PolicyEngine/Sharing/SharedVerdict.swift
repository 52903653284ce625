import CatalogModel

/// What shares say of one request.
package struct SharedVerdict: Hashable, Sendable {
    /// Names of datasets that hold the resource.
    package var datasets: [String] = []
    /// Their numbers.
    package var datasetIds: [Int64] = []
    /// Names of projects that hold it.
    package var projects: [String] = []
    /// Their numbers.
    package var projectIds: [Int64] = []
    /// The datasets that allow the access.
    package var allowedByDatasets: [String] = []
    /// The projects that do.
    package var allowedByProjects: [String] = []
    /// Whether any does.
    package var isAllowed = false
    /// Whether any of their policies wants it audited.
    package var isAudited = false
    /// The policy that allowed first; -1 for none.
    package var policyId: Int64 = -1
    /// Its version.
    package var policyVersion: Int64?
    /// The mask; nil for none.
    package var mask: DataMaskInfo?
    /// The row filters; nil when all rows may be seen.
    package var rowFilters: [String]?

    var outcome: SharedOutcome {
        SharedOutcome(
            isAllowed: isAllowed,
            isAudited: isAudited,
            hasMask: mask != nil,
            hasRowFilter: rowFilters?.isEmpty == false
        )
    }

    /// Fills in what an evaluation took from here.
    func complete(_ outcome: inout RangerOutcome, _ verdict: Verdict, _ type: PolicyType) {
        outcome.datasets = datasets
        outcome.projects = projects
        guard verdict.decider.origin == .sharing else { return }
        outcome.policyId = policyId
        outcome.policyVersion = policyVersion
        switch type {
        case .access: break
        case .dataMask:
            outcome.maskType = mask?.dataMaskType
            outcome.maskedValue = mask.flatMap { $0.valueExpr.isEmpty ? nil : $0.valueExpr }
            outcome.maskCondition = mask.flatMap { $0.conditionExpr.isEmpty ? nil : $0.conditionExpr }
        case .rowFilter: outcome.rowFilter = rowFilters?.first
        }
    }
}

extension CompiledSharing {
    /// What shares say; nil when no dataset holds the resource.
    func outcome(_ facts: RequestFacts, _ principals: PrincipalTable) -> SharedVerdict? {
        var verdict = SharedVerdict()
        var allowed: Set<Int> = []
        let found = matches(finder, facts)
        evaluate(found, facts, principals, &verdict, &allowed)
        let isAllowed = verdict.isAllowed
        if isAllowed { verdict.mask = mask(found, allowed, facts) }
        if rowFilterKeys.contains(Set(facts.request.elements.keys)) {
            let outer = matches(outerFinder, facts)
            evaluate(outer, facts, principals, &verdict, &allowed)
            verdict.rowFilters = rowFilters(outer, allowed, facts)
        }
        verdict.isAllowed = isAllowed
        return verdict.datasets.isEmpty ? nil : verdict
    }

    /// Whether something of the requested resource, or below it, is shared at all, whoever asks.
    func touches(_ facts: RequestFacts) -> Bool {
        [finder, outerFinder].contains { finder in
            !finder.find(finder.repository.elements(of: facts.request), facts: facts).isEmpty
        }
    }

    /// Positions of the shared resources that the request is about and whose conditions hold.
    func matches(_ finder: ResourceFinder, _ facts: RequestFacts, isListing: Bool = false) -> [Int] {
        let request = facts.request
        if facts.zones.count > 1, !request.isAny { return [] }
        let zones = facts.zones.isEmpty ? [""] : facts.zones
        let countsBelow = request.isAny && !isListing || request.countsDescendants
        let elements = finder.repository.elements(of: request)
        let bit = accessTypes.find(request.accessType)
        var found: [Int] = []
        for (position, match) in finder.find(elements, facts: facts) {
            let resource = resources[position]
            let share = shares[resource.share]
            guard match == .same || match == .sameAndAllBelow || match == .descendant && countsBelow,
                zones.contains(share.source.zoneName),
                request.isAny
                    ? resource.accesses != 0
                    : bit.map({ resource.accesses >> UInt128($0) & 1 == 1 }) ?? false,
                isListing || (share.condition?.holds(facts) ?? (share.condition == nil)),
                isListing || (resource.condition?.holds(facts) ?? (resource.condition == nil)),
                found.last != position
            else { continue }
            found.append(position)
        }
        return found
    }

    private func activeDatasets(_ resources: [Int], _ facts: RequestFacts) -> [Int] {
        var found: Set<Int> = []
        for position in resources {
            for (dataset, period) in shares[self.resources[position].share].datasets
            where period?.holds(at: facts.now) ?? true
                && datasets[dataset].period?.holds(at: facts.now) ?? true
            {
                found.insert(dataset)
            }
        }
        return found.sorted()
    }

    private func activeProjects(_ datasets: [Int], _ facts: RequestFacts) -> [Int] {
        var found: Set<Int> = []
        for dataset in datasets {
            for (project, period) in projectsOfDataset[dataset]
            where period?.holds(at: facts.now) ?? true
                && projects[project].period?.holds(at: facts.now) ?? true
            {
                found.insert(project)
            }
        }
        return found.sorted()
    }

    private func evaluate(
        _ resources: [Int],
        _ facts: RequestFacts,
        _ principals: PrincipalTable,
        _ verdict: inout SharedVerdict,
        _ allowed: inout Set<Int>
    ) {
        let found = activeDatasets(resources, facts)
        for dataset in found {
            let collection = datasets[dataset]
            verdict.datasets.addOnce(collection.source.name)
            verdict.datasetIds.addOnce(collection.source.id)
            guard evaluate(collection, "dataset-id", facts, principals, &verdict) else { continue }
            verdict.allowedByDatasets.addOnce(collection.source.name)
            allowed.insert(dataset)
        }
        for project in activeProjects(found, facts) {
            let collection = projects[project]
            verdict.projects.addOnce(collection.source.name)
            verdict.projectIds.addOnce(collection.source.id)
            // Ranger's projects don't allow what isn't a single access.
            guard !facts.request.isAny, evaluate(collection, "project-id", facts, principals, &verdict) else {
                continue
            }
            verdict.allowedByProjects.addOnce(collection.source.name)
            for dataset in found where activeProjects([dataset], facts).contains(project) {
                allowed.insert(dataset)
            }
        }
    }

    /// Asks the policies of one dataset or project.
    private func evaluate(
        _ collection: Collection,
        _ level: String,
        _ facts: RequestFacts,
        _ principals: PrincipalTable,
        _ verdict: inout SharedVerdict
    ) -> Bool {
        let inner = RequestFacts(facts.request, now: facts.now)
        inner.request.elements = [level: [String(collection.source.id)]]
        inner.request.elementScopes = [:]
        inner.roles = facts.roles
        inner.users = facts.users
        inner.tags = facts.tags
        inner.address = facts.address
        inner.localZone = facts.localZone
        inner.zoneDatabase = facts.zoneDatabase
        inner.scripts = facts.scripts
        let request = EvaluationRequest(inner, collection.service, principals)
        var evaluator = Evaluator(service: collection.service)
        let result = evaluator.evaluate(request, .access)
        if result.isAudited { verdict.isAudited = true }
        guard result.isAllowed else { return false }
        if !verdict.isAllowed {
            verdict.isAllowed = true
            let policy = collection.service.policy(result.decider, .access)
            verdict.policyId = policy?.id ?? -1
            verdict.policyVersion = policy?.version
        }
        return true
    }

    /// The first mask; nil when some allowed share shows the value as it is.
    private func mask(_ resources: [Int], _ allowed: Set<Int>, _ facts: RequestFacts) -> DataMaskInfo? {
        var first: DataMaskInfo?
        for dataset in allowed.sorted() {
            for (share, position) in inOrder(resources, of: dataset, facts) {
                _ = share
                let source = self.resources[position].source
                let value = facts.request.elements[source.subResourceType]?.first
                let mask = value.flatMap { value in
                    source.masks.first { $0.values.contains { CompiledSharing.covers($0, value) } }?.mask
                }
                guard let mask else { return nil }
                if first == nil { first = mask }
            }
        }
        return first
    }

    private func rowFilters(_ resources: [Int], _ allowed: Set<Int>, _ facts: RequestFacts) -> [String]? {
        var filters: [String] = []
        for dataset in allowed.sorted() {
            for (_, position) in inOrder(resources, of: dataset, facts) {
                let filter = self.resources[position].source.rowFilter
                if filter.trimmed.isEmpty { return nil }
                filters.addOnce(filter)
            }
        }
        return filters.isEmpty ? nil : filters
    }

    private func inOrder(_ resources: [Int], of dataset: Int, _ facts: RequestFacts) -> [(
        share: Int, position: Int
    )] {
        resources.map { (self.resources[$0].share, $0) }.filter { share, _ in
            shares[share].datasets.contains {
                $0.dataset == dataset && $0.period?.holds(at: facts.now) ?? true
            }
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    static func covers(_ pattern: String, _ value: String) -> Bool {
        var pattern = pattern.lowercased()
        var value = value.lowercased()
        return value.withUTF8 { value in pattern.withUTF8 { ByteMatch.glob(value, $0) } }
    }
}

extension Array where Element: Equatable {
    /// Appends what isn't there yet.
    mutating func addOnce(_ element: Element) {
        if !contains(element) { append(element) }
    }
}
