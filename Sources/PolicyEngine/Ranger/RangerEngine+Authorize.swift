package import CatalogModel

/// What a policy decision point is asked: may somebody do these things to a resource, and to parts of it.
package struct AuthorizationQuestion: Sendable {
    /// Who asks, with everything else that policies may ask of the request but its resource and access.
    package var request = AccessRequest()
    /// The resource, such as `table:sales/orders`.
    package var resource = ""
    /// Its parts, such as `column:email`.
    package var subResources: [String] = []
    /// What is wanted of it.
    package var permissions: [String] = []

    /// Empty; members are set one by one.
    package init() {}
}

/// What a policy decision point answers for one permission.
package struct PermissionAnswer: Hashable, Sendable {
    /// The three answers.
    package enum Decision: String, Hashable, Sendable {
        /// Allowed.
        case allow = "ALLOW"
        /// Denied.
        case deny = "DENY"
        /// Policies leave it open.
        case open = "NOT_DETERMINED"
    }

    /// A policy by its number and version; -1 for none.
    package struct Source: Hashable, Sendable {
        /// Its number.
        package let id: Int64
        /// Its version; nil when it has none.
        package let version: Int64?
    }

    /// What was wanted.
    package var permission: String
    /// Whether it is allowed.
    package var decision = Decision.open
    /// The policy that decided.
    package var source = Source(id: -1, version: nil)
    /// The mask type; nil for none.
    package var maskType: String?
    /// The mask's expression.
    package var maskedValue: String?
    /// The policy that set the mask.
    package var maskSource: Source?
    /// The row filter; nil for none.
    package var rowFilter: String?
    /// The policy that set the row filter.
    package var rowFilterSource: Source?
    /// The answers for the parts, in their order.
    package var parts: [(name: String, answer: PermissionAnswer)] = []

    /// Compares everything but the order of parts of one name.
    package static func == (left: PermissionAnswer, right: PermissionAnswer) -> Bool {
        left.withoutParts == right.withoutParts && left.parts.map(\.name) == right.parts.map(\.name)
            && left.parts.map(\.answer) == right.parts.map(\.answer)
    }

    /// Feeds what is compared but the parts.
    package func hash(into hasher: inout Hasher) { withoutParts.hash(into: &hasher) }

    private var withoutParts: [AnyHashable?] {
        [
            permission, decision, source, maskType, maskedValue, maskSource, rowFilter, rowFilterSource,
        ]
    }
}

extension RangerEngine {
    /// Answers for each permission, in their order.
    ///
    /// With parts, the answer for the whole is put together from theirs: the first denial counts, and one that is left
    /// open takes the place of an allowance.
    /// - Throws: `.unreadable` for a resource's name that doesn't fit the service.
    package func authorize(_ question: AuthorizationQuestion, now: Instant) throws(PolicyError)
        -> [PermissionAnswer]
    {
        let place = PolicyPlace("resource", question.resource, service: setup.policies.serviceName)
        guard let elements = ResourceName.elements(question.resource, of: definition) else {
            throw PolicyError(
                .unreadable(kind: "resource name", why: "no level of the service has it"),
                at: place
            )
        }
        var answers: [PermissionAnswer] = []
        for permission in question.permissions {
            var request = question.request
            request.accessType = permission
            request.elements = elements.mapValues { [$0] }
            var answer = try answer(request, permission, now)
            for (index, part) in question.subResources.enumerated() {
                guard let colon = part.firstIndex(of: ":"),
                    definition.resources.contains(where: { $0.name == part[..<colon] })
                else {
                    throw PolicyError(
                        .unreadable(
                            kind: "part of a resource",
                            why: "`\(part)` names no level of the service"
                        ),
                        at: place
                    )
                }
                var inner = request
                inner.elements[String(part[..<colon])] = [String(part[part.index(after: colon)...])]
                let own = try self.answer(inner, permission, now)
                answer.parts.append((part, own))
                if index == 0
                    || answer.decision != .deny && own.decision != .allow && own.decision != answer.decision
                {
                    answer.decision = own.decision
                    answer.source = own.source
                }
            }
            if answer.decision == .deny {
                answer.maskType = nil
                answer.maskedValue = nil
                answer.maskSource = nil
                answer.rowFilter = nil
                answer.rowFilterSource = nil
            }
            answers.append(answer)
        }
        return answers
    }

    private func answer(_ request: AccessRequest, _ permission: String, _ now: Instant) throws(PolicyError)
        -> PermissionAnswer
    {
        var answer = PermissionAnswer(permission: permission)
        let access = evaluate(request, .access, now: now)
        answer.decision = access.isDetermined ? access.isAllowed ? .allow : .deny : .open
        answer.source = PermissionAnswer.Source(access)
        let keys = Set(request.elements.keys)
        if try CompiledSharing.keys(.rowFilter, definition).contains(keys) {
            let outcome = evaluate(request, .rowFilter, now: now)
            if outcome.isDetermined, let filter = outcome.rowFilter, !filter.trimmed.isEmpty {
                answer.rowFilter = filter
                answer.rowFilterSource = PermissionAnswer.Source(outcome)
            }
        }
        if try CompiledSharing.keys(.dataMask, definition).contains(keys) {
            let outcome = evaluate(request, .dataMask, now: now)
            if outcome.isDetermined, let mask = outcome.maskType, !mask.isEmpty {
                answer.maskType = mask
                answer.maskedValue = outcome.maskedValue
                answer.maskSource = PermissionAnswer.Source(outcome)
            }
        }
        return answer
    }

    /// What a decision point answers for an entry of a listing: what depends on conditions is denied.
    package func answer(for access: String, _ entry: AccessLists.Entry) -> PermissionAnswer {
        var answer = PermissionAnswer(permission: access)
        answer.decision = !entry.isFinal ? .open : entry.result == .allowed ? .allow : .deny
        answer.source = .init(id: entry.policyId, version: policyVersion(of: entry.policyId))
        return answer
    }

    /// The version of a policy by its number; nil for none.
    func policyVersion(of id: Int64) -> Int64? {
        for service in [unzoned] + Array(zones.values) {
            for repository in [service.resource, service.tags].compactMap(\.self) {
                for type in PolicyType.allCases {
                    guard let found = repository.ordered(type).first(where: { $0.id == id }) else { continue }
                    return repository.sources[Int(found.source)].version
                }
            }
        }
        let shared = (sharing?.datasets ?? []) + (sharing?.projects ?? [])
        return shared.flatMap(\.source.policies).first { $0.id == id }?.version
    }

    /// The service's definition.
    package var serviceDefinition: ServiceDefinition { definition }
}

extension PermissionAnswer.Source {
    init(_ outcome: RangerOutcome) { self.init(id: outcome.policyId, version: outcome.policyVersion) }
}
