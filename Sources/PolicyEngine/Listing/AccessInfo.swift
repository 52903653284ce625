package import CatalogModel

/// The users and groups whom policies allow or deny one access to one resource.
package struct AccessInfo: Hashable, Sendable {
    /// Users who may.
    package var allowedUsers: Set<String> = []
    /// Groups whose members may.
    package var allowedGroups: Set<String> = []
    /// Users who may not.
    package var deniedUsers: Set<String> = []
    /// Groups whose members may not.
    package var deniedGroups: Set<String> = []

    /// Nobody.
    package init() {}
}

extension RangerEngine {
    /// Whom policies name for the access that a request asks for, whoever asks.
    package func accessInfo(_ request: AccessRequest, now: Instant) -> AccessInfo {
        let facts = facts(of: request, now: now)
        var info = AccessInfo()
        let service = facts.zones.count == 1 ? zones[facts.zones[0]] ?? unzoned : unzoned
        let evaluation = evaluation(facts, service)
        if let repository = service.tags {
            for tag in evaluation.tags {
                facts.currentTag = Int(tag.source)
                for policy in repository.ordered(.access)
                where repository.names(evaluation.elements(of: tag), policy, .access, facts) {
                    info.add(policy, repository, evaluation, tag.match)
                }
            }
        }
        let repository = service.resource
        for policy in repository.ordered(.access) {
            let match = policy.maps.lazy.map {
                repository.match(repository.maps[Int($0)], evaluation.resource, type: .access, facts: facts)
            }.first { $0 != .none }
            guard let match, match != .ancestor, match != .descendant || evaluation.matchesDescendants else {
                continue
            }
            info.add(policy, repository, evaluation, match)
        }
        info.allowedUsers.subtract(info.deniedUsers)
        info.allowedGroups.subtract(info.deniedGroups)
        return info
    }
}

extension AccessInfo {
    fileprivate mutating func add(
        _ policy: CompiledPolicy,
        _ repository: Repository,
        _ request: EvaluationRequest,
        _ match: MatchType
    ) {
        guard repository.isInForce(policy, at: request.now),
            repository.holds(policy.conditions, request, unknown: true)
        else { return }
        let source = repository.sources[Int(policy.source)]
        let named = {
            (range: Stretch, items: [PolicyItem]) -> (users: Set<String>, groups: Set<String>) in
            var users: Set<String> = []
            var groups: Set<String> = []
            for index in range {
                let compiled = repository.items[Int(index)]
                let isMatch = request.accesses.contains { access in
                    request.isAny && compiled.reach.accesses != 0
                        || access >= 0 && compiled.reach.accesses >> UInt128(access) & 1 == 1
                }
                guard isMatch, repository.holds(compiled.conditions, request, unknown: false) else {
                    continue
                }
                users.formUnion(items[Int(compiled.source)].users)
                groups.formUnion(items[Int(compiled.source)].groups)
            }
            return (users, groups)
        }
        let allowed = named(policy.allow, source.policyItems)
        let notAllowed = named(policy.allowExceptions, source.allowExceptions)
        allowedUsers.formUnion(allowed.users.subtracting(notAllowed.users))
        allowedGroups.formUnion(allowed.groups.subtracting(notAllowed.groups))
        guard match != .descendant else { return }
        let denied = named(policy.deny, source.denyPolicyItems)
        let notDenied = named(policy.denyExceptions, source.denyExceptions)
        deniedUsers.formUnion(denied.users.subtracting(notDenied.users))
        deniedGroups.formUnion(denied.groups.subtracting(notDenied.groups))
    }
}
