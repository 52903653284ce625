/// Rules of a service that say which accesses go to the audit log, whatever the policies say.
struct AuditFilters: Sendable {
    private struct Filter: Sendable {
        let result: String?
        let resource: Repository?
        let accessTypes: Set<String>
        let actions: [String]
        let users: Set<String>
        let groups: Set<String>
        let roles: Set<String>
        let isAudited: Bool?
    }

    private let own: [Filter]
    private let tags: [Filter]

    init(_ download: PolicyDownload, _ definition: ServiceDefinition, _ tagDefinition: ServiceDefinition?)
        throws(PolicyError)
    {
        let name = "ranger.plugin.audit.filters"
        own = try AuditFilters.filters(download.serviceConfig[name], definition)
        if let tagDefinition {
            tags = try AuditFilters.filters(download.tagPolicies?.serviceConfig[name], tagDefinition)
        } else {
            tags = []
        }
    }

    /// Whether there is none.
    var isEmpty: Bool { own.isEmpty && tags.isEmpty }

    /// Lets the first rule that is met decide; without one the outcome stays as it is.
    func apply(to outcome: inout RangerOutcome, _ facts: RequestFacts) {
        var decision: Bool?
        for filter in tags where decision == nil {
            for tag in facts.tags where decision == nil {
                let elements = filter.resource?.elements(ofTag: tag.type)
                decision = AuditFilters.decision(filter, elements, tag.match.matchType, outcome, facts)
            }
        }
        for filter in own where decision == nil {
            let elements = filter.resource?.elements(of: facts.request)
            decision = AuditFilters.decision(filter, elements, nil, outcome, facts)
        }
        guard let decision else { return }
        outcome.isAudited = decision
        outcome.isAuditDetermined = true
    }

    private static func decision(
        _ filter: Filter,
        _ elements: RequestElements?,
        _ tagMatch: MatchType?,
        _ outcome: RangerOutcome,
        _ facts: RequestFacts
    ) -> Bool? {
        let request = facts.request
        if let repository = filter.resource {
            guard let elements, let number = repository.sequences[0].first else { return nil }
            let isMatch = repository.policies[Int(number)].maps.contains { map in
                let own = repository.match(repository.maps[Int(map)], elements, type: .access, facts: facts)
                guard own == .same || own == .sameAndAllBelow else {
                    return own == .descendant && tagMatch == nil
                        && (request.isAny || request.countsDescendants)
                }
                guard let tagMatch else { return true }
                return tagMatch != .descendant || request.isAny || request.countsDescendants
            }
            guard isMatch else { return nil }
        }
        if let wanted = filter.result {
            let result = !outcome.isDetermined ? "NOT_DETERMINED" : outcome.isAllowed ? "ALLOWED" : "DENIED"
            guard wanted == result else { return nil }
        }
        let isForAll =
            filter.users.isEmpty && filter.groups.isEmpty && filter.roles.isEmpty
            || filter.groups.contains("public")
            || filter.users.contains("{USER}")
        guard
            isForAll || request.user.map(filter.users.contains) ?? false
                || request.user != nil && request.user == request.owner && filter.users.contains("{OWNER}")
                || request.groups.contains(where: filter.groups.contains)
                || facts.roles.contains(where: filter.roles.contains)
        else { return nil }
        let isAct =
            filter.actions.isEmpty && filter.accessTypes.isEmpty
            || request.action.map(filter.actions.contains) ?? false
            || filter.accessTypes.contains(request.accessType)
        return isAct ? filter.isAudited : nil
    }

    private static func filters(_ text: String?, _ definition: ServiceDefinition) throws(PolicyError)
        -> [Filter]
    {
        let place = PolicyPlace("service definition", definition.name, member: "ranger.plugin.audit.filters")
        guard let text, !text.isEmpty else { return [] }
        guard let list = (try? JSONReader.read(text, isLenient: true))?.list else {
            throw PolicyError(.unreadable(kind: "audit filters", why: "they are no JSON list"), at: place)
        }
        var filters: [Filter] = []
        for node in list {
            let texts = { (name: String) in (node[name]?.list ?? []).compactMap(\.text) }
            var resource: Repository?
            if let member = node["resources"], member.members?.names.isEmpty == false {
                guard let given = try? JSONNodeDecoder.decode([String: PolicyResource].self, from: member)
                else {
                    throw PolicyError(.unreadable(kind: "audit filters", why: "resources"), at: place)
                }
                resource = try ResourceFinder([given], definition: definition).repository
            }
            let isAudited: Bool? = if case .bool(let flag)? = node["isAudited"] { flag } else { nil }
            filters.append(
                Filter(
                    result: node["accessResult"]?.text,
                    resource: resource,
                    accessTypes: Set(texts("accessTypes")),
                    actions: texts("actions"),
                    users: Set(texts("users")),
                    groups: Set(texts("groups")),
                    roles: Set(texts("roles")),
                    isAudited: isAudited
                )
            )
        }
        return filters
    }
}
