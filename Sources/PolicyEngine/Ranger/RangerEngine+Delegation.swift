package import CatalogModel

extension RangerEngine {
    /// Which of some access types a person is allowed on all of a policy's resources.
    ///
    /// Policies are asked one by one: a denial of one doesn't take back what another allows. Names of users and
    /// expressions in the resources stand for anything. With `asAdmin` only items count that hand on administration.
    package func allowedAccesses(
        _ accessTypes: [String],
        on resources: [String: PolicyResource],
        user: String?,
        groups: [String],
        asAdmin: Bool,
        now: Instant
    ) -> Set<String> {
        var request = AccessRequest()
        request.user = user
        request.groups = groups
        let facts = facts(of: request, now: now)
        facts.standsForAnyone = true
        var evaluation = evaluation(facts, unzoned)
        evaluation.onlyDelegating = asAdmin
        let repository = unzoned.resource
        var allowed: Set<String> = []
        let wanted = resources.mapValues { $0.values.map(RangerEngine.openEnded) }
        for policy in repository.ordered(.access) {
            guard policy.maps.contains(where: { repository.covers(repository.maps[Int($0)], wanted, facts) }),
                repository.isInForce(policy, at: facts.now)
            else { continue }
            for name in accessTypes where !allowed.contains(name) {
                evaluation.isAdmin = name == "_admin"
                let access = unzoned.accessTypes.find(name) ?? -1
                let slot = repository.decide(
                    policy,
                    access,
                    evaluation,
                    .access,
                    onlyRestricts: false,
                    evaluation.reach
                )
                if slot.outcome == .allow { allowed.insert(name) }
            }
        }
        return allowed
    }

    /// The access types with those that they bring along.
    package func expanded(_ accessTypes: [String]) -> [String] {
        var names: [String] = []
        for name in accessTypes {
            guard let bit = unzoned.accessTypes.find(name) else {
                names.addOnce(name)
                continue
            }
            for name in unzoned.accessTypes.names(in: unzoned.accessTypes.grants(of: bit)) {
                names.addOnce(name)
            }
        }
        return names
    }

    /// A value in which what depends on the one who asks is any text.
    private static func openEnded(_ value: String) -> String {
        var result = ""
        var rest = Substring(ExpressionText.replaced(value) { _ in "*" })
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open] + "*"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}

extension Repository {
    /// Whether a policy's combination accepts all of some values, and names nothing below them but what accepts all.
    fileprivate func covers(_ map: CompiledMap, _ wanted: [String: [String]], _ facts: RequestFacts) -> Bool {
        for (name, level) in levels {
            let index = map.matcher(at: level)
            let values = wanted[name] ?? []
            guard index >= 0 else {
                if !values.isEmpty { return false }
                continue
            }
            let matcher = matchers[Int(index)]
            if values.isEmpty {
                guard matcher.matchesAny else { return false }
                continue
            }
            for value in values {
                var elements = RequestElements(levelCount: levels.count)
                elements.set(level, to: value)
                guard accepts(matcher, elements, level, facts) else { return false }
            }
        }
        return wanted.keys.allSatisfy { levels[$0] != nil }
    }
}
