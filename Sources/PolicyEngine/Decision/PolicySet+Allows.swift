package import CatalogModel

/// The question whether somebody may do one thing with one resource that isn't a table.
package struct ActRequest: Sendable {
    /// Who.
    package let subject: Subject
    /// The service whose policies say.
    package let service: ServiceName
    /// The resource: values by the names of the service's levels.
    package let resource: [String: String]
    /// The access type that is needed.
    package let accessType: String
    /// The resource's owner; nil for none.
    package let owner: UserName?
    /// The moment.
    package let now: Instant

    /// A question.
    package init(
        subject: Subject,
        service: ServiceName,
        resource: [String: String],
        accessType: String,
        owner: UserName?,
        now: Instant
    ) {
        self.subject = subject
        self.service = service
        self.resource = resource
        self.accessType = accessType
        self.owner = owner
        self.now = now
    }
}

extension PolicySet {
    /// Whether policies allow an act.
    ///
    /// Total: an unknown service, level or access type is not allowed.
    /// Cost: interning the resource's names, then the policies that may match.
    package func allows(_ request: ActRequest) -> Bool { allows(request, byAllRules: false) }

    /// As ``allows(_:)``; with all rules even where numbers alone would do, for the same result.
    func allows(_ request: ActRequest, byAllRules: Bool) -> Bool {
        guard var service = compiled[request.service] else { return false }
        if let zones = zonesOfService[request.service],
            let zone = zones.zone(holding: request.resource.mapValues { [$0] })
        {
            guard let inZone = zones.services[zone] else { return false }
            service = inZone
        }
        guard let access = service.accessTypes.find(request.accessType) else { return false }
        if superUsers[request.service]?.principal(of: request.subject) != nil {
            return request.resource.keys.allSatisfy { service.resource.levels[$0] != nil }
        }
        if !byAllRules, let isAllowed = isAllowedPlainly(request, service, access) { return isAllowed }
        var elements = RequestElements(levelCount: service.resource.levels.count)
        for (name, value) in request.resource {
            guard let level = service.resource.levels[name] else { return false }
            elements.set(level, to: value)
        }
        var evaluation = EvaluationRequest(resource: elements, facts: RequestFacts(asking: request))
        evaluation.facts.scripts = scripts
        evaluation.facts.zoneDatabase = timeZones
        evaluation.add(request.subject, table)
        evaluation.isOwner = request.owner == request.subject.user
        evaluation.accesses = [access]
        var evaluator = Evaluator(service: service)
        return evaluator.evaluate(evaluation, .access).isAllowed
    }

    /// The answer as far as numbers and bytes go; nil when it takes more.
    private func isAllowedPlainly(_ request: ActRequest, _ service: CompiledService, _ access: Int) -> Bool? {
        let resource = PlainResource(
            service,
            EvaluationRequest.principals(of: request.subject, table),
            isOwner: request.owner == request.subject.user,
            scratches
        )
        guard let resource else { return nil }
        for (name, value) in request.resource {
            guard let level = service.resource.levels[name] else { return false }
            guard resource.set(level, to: value) else { return nil }
        }
        return resource.verdict(nil, access, [], .access)?.isAllowed
    }
}

extension RequestFacts {
    /// What conditions may ask about an act.
    fileprivate convenience init(asking request: ActRequest) {
        var facts = AccessRequest()
        for (level, value) in request.resource { facts.elements[level] = [value] }
        facts.owner = request.owner?.text
        facts.accessType = request.accessType
        facts.user = request.subject.user.text
        facts.groups = request.subject.groups.map(\.text)
        self.init(facts, now: request.now)
        roles = request.subject.roles.map(\.text)
        users = UserStore(users: [request.subject.user.text: request.subject.attributes])
    }
}
