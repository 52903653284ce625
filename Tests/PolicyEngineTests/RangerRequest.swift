import CatalogModel
import Foundation

@testable import PolicyEngine

/// Policies and definitions as Ranger hands them to an engine.
struct ServicePolicies: Decodable {
    struct Tags: Decodable {
        var serviceName: String?
        var serviceDef: ServiceDefinition?
        var policies: [Policy]?
        var tagPolicies: [Policy]?
    }

    var serviceName: String?
    var serviceDef: ServiceDefinition
    var policies: [Policy]?
    var tagPolicies: Tags?
    var tagPolicyInfo: Tags?

    /// Compiled as Ranger would: what it ignores is ignored.
    func compiled() throws -> (service: CompiledService, table: PrincipalTable) {
        let name = serviceName ?? "service"
        let tags = tagPolicies ?? tagPolicyInfo
        var services = [
            PolicyService(
                name: ServiceName(name),
                definition: serviceDef,
                tagService: tags.map { _ in ServiceName("tag service") }
            )
        ]
        var all = (policies ?? []).map { policy in
            var policy = policy
            policy.service = name
            return policy
        }
        if let tags, let definition = tags.serviceDef {
            services.append(PolicyService(name: ServiceName("tag service"), definition: definition))
            all += (tags.policies ?? tags.tagPolicies ?? []).map { policy in
                var policy = policy
                policy.service = "tag service"
                return policy
            }
        } else {
            services[0] = PolicyService(name: ServiceName(name), definition: serviceDef)
        }
        let set = try PolicySet(services: services, policies: all, version: 100, isLenient: true)
        guard let service = set.compiled[ServiceName(name)] else { throw CocoaError(.fileReadCorruptFile) }
        return (service, set.table)
    }
}

/// A request as Ranger's test files write it.
struct RangerRequest: Decodable {
    struct Resource: Decodable {
        var elements: [String: String]?
        var ownerUser: String?
    }

    var resource: Resource?
    var accessType: String?
    var user: String?
    var userGroups: [String]?
    var userRoles: [String]?
    var accessTime: String?
    var resourceMatchingScope: String?
    var context: [String: ContextValue]?

    /// A value of the context: text, or lists.
    enum ContextValue: Decodable {
        case text(String)
        case list([String])
        case lists([[String]])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([String].self) {
                self = .list(list)
            } else if let lists = try? container.decode([[String]].self) {
                self = .lists(lists)
            } else {
                self = .other
            }
        }
    }

    /// A tag of the context.
    struct ContextTag: Decodable {
        var type: String
        var matchType: String?
    }

    /// The request for the evaluator; nil when it needs what this version doesn't do.
    func evaluation(
        _ service: CompiledService,
        _ table: PrincipalTable,
        roles: [String]?,
        tags: [String]?
    ) -> EvaluationRequest? {
        var elements = RequestElements(levelCount: service.resource.levels.count)
        for (name, value) in resource?.elements ?? [:] {
            guard let level = service.resource.levels[name] else { return nil }
            elements.set(level, to: value, names: service.resource.names)
        }
        var request = EvaluationRequest(resource: elements)
        let ids =
            [user.map { table.find(.user, $0) } ?? -1] + (userGroups ?? []).map { table.find(.group, $0) }
            + (userRoles ?? roles ?? []).map { table.find(.role, $0) }
        request.principals = ContiguousArray(ids.filter { $0 >= 0 })
        request.hasUser = user != nil
        request.isOwner = user != nil && user == resource?.ownerUser
        if let user { request.tokens["USER"] = user }
        if let owner = resource?.ownerUser { request.tokens["OWNER"] = owner }
        let time = accessTime.flatMap(RangerTime.milliseconds) ?? 1_790_000_000_000
        request.now = Instant(microseconds: time * 1000)
        request.countsDescendants = resourceMatchingScope == "SELF_OR_DESCENDANTS"
        add(accessType ?? "", to: &request, service)
        if case .list(let types)? = context?["ALLACCESSTYPES"] {
            request.accesses = ContiguousArray(types.sorted().map { service.accessTypes.find($0) ?? -1 })
            if case .lists(let groups)? = context?["ALLACCESSTYPEGROUPS"] {
                let sorted = types.sorted()
                request.groups = ContiguousArray(
                    groups.map { ContiguousArray($0.compactMap { sorted.firstIndex(of: $0) }) }
                )
            }
        }
        for tag in tags ?? [] {
            let parts = tag.split(separator: ":").map(String.init)
            add(ContextTag(type: parts[0], matchType: parts.last), to: &request, service)
        }
        if case .text(let json)? = context?["TAGS"] {
            let tags = (try? JSONDecoder().decode([ContextTag].self, from: Data(json.utf8))) ?? []
            for tag in tags { add(tag, to: &request, service) }
        }
        return request
    }

    private func add(_ access: String, to request: inout EvaluationRequest, _ service: CompiledService) {
        switch access {
        case "", "_any":
            request.isAny = true
            request.accesses = ContiguousArray(service.accessTypes.defined)
        case "_admin":
            request.isAdmin = true
            request.accesses = [-1]
        default: request.accesses = [service.accessTypes.find(access) ?? -1]
        }
    }

    private func add(_ tag: ContextTag, to request: inout EvaluationRequest, _ service: CompiledService) {
        guard let repository = service.tags, let level = repository.levels["tag"] else { return }
        var elements = RequestElements(levelCount: repository.levels.count)
        elements.set(level, to: tag.type, names: repository.names)
        let match: MatchType
        switch tag.matchType {
        case "ANCESTOR": match = .ancestor
        case "DESCENDANT": match = .descendant
        case "SELF_AND_ALL_DESCENDANTS": match = .sameAndAllBelow
        default: match = .same
        }
        request.tags.append(RequestTag(elements: elements, match: match, source: Int32(request.tags.count)))
    }
}

extension CompiledService {
    /// The id of the policy that decided; -1 for none.
    func policyId(_ decider: Decider, _ type: PolicyType) -> Int64 {
        guard let repository = repository(of: decider.origin), decider.policy >= 0 else { return -1 }
        return repository.policies[type.rawValue][Int(decider.policy)].id
    }

    /// The item that decided.
    func item(_ decider: Decider, _ type: PolicyType) -> PolicyItem? {
        guard type != .access, let repository = repository(of: decider.origin), decider.item >= 0
        else { return nil }
        let policy = repository.policies[type.rawValue][Int(decider.policy)]
        let source = repository.sources[Int(policy.source)]
        let items = type == .dataMask ? source.dataMaskPolicyItems : source.rowFilterPolicyItems
        return items[Int(repository.items[Int(decider.item)].source)]
    }
}
