import CatalogModel

/// Refuses policies that can't mean what they say, before they are compiled.
struct PolicyChecker {
    private let services: [String: PolicyService]
    private let zones: [String: SecurityZone]

    private let sharing: SharingRecords

    init(services: [PolicyService], zones: [SecurityZone], sharing: SharingRecords) {
        self.sharing = sharing
        self.zones = Dictionary(zones.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.services = Dictionary(
            services.map { ($0.name.text, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Checks policies that come to those that are there, and takes them in.
    func check(_ policies: [Policy], among identities: inout PolicyIdentities) throws(PolicyError) {
        for (index, policy) in policies.enumerated() {
            let name = policy.name.isEmpty ? "#\(index)" : policy.name
            let place = PolicyPlace("policy", name, service: policy.service)
            guard !policy.name.isEmpty else { throw PolicyError(.missing("`name`"), at: place) }
            if policy.service == SharingRecords.service {
                do throws(PolicyProblem) { try identities.insert(policy) } catch {
                    throw PolicyError(error, at: place)
                }
                try checkShared(policy, at: place)
                continue
            }
            guard let service = services[policy.service] else {
                let known = services.keys.sorted()
                throw PolicyError(.unknown(kind: "service", name: policy.service, known: known), at: place)
            }
            do throws(PolicyProblem) { try identities.insert(policy) } catch {
                throw PolicyError(error, at: place)
            }
            try check(policy, service.definition, at: place)
        }
    }

    private func check(
        _ policy: Policy,
        _ definition: ServiceDefinition,
        at place: PolicyPlace
    ) throws(PolicyError) {
        try checkSize(policy, at: place)
        guard policy.id ?? 0 < PolicyLimits.lastId else {
            throw PolicyError(.contradiction("`id` is out of range"), at: place)
        }
        try checkZone(policy, at: place.member("zoneName"))
        let misplaced: Bool
        switch policy.policyType {
        case .access: misplaced = !policy.dataMaskPolicyItems.isEmpty || !policy.rowFilterPolicyItems.isEmpty
        case .dataMask: misplaced = policy.hasAccessItems || !policy.rowFilterPolicyItems.isEmpty
        case .rowFilter: misplaced = policy.hasAccessItems || !policy.dataMaskPolicyItems.isEmpty
        }
        guard !misplaced else {
            let text = "`policyType` \(policy.policyType.rawValue) doesn't go with the lists that are there"
            throw PolicyError(.contradiction(text), at: place)
        }
        for (list, items) in policy.itemLists {
            for (index, item) in items.enumerated() {
                try check(item, policy.policyType, definition, at: place.member("\(list.name)[\(index)]"))
            }
        }
    }

    /// A policy of a dataset or project says who may use it, and nothing else.
    private func checkShared(_ policy: Policy, at place: PolicyPlace) throws(PolicyError) {
        guard policy.policyType == .access, policy.zoneName.isEmpty, !policy.isDenyAllElse,
            policy.denyPolicyItems.isEmpty, policy.allowExceptions.isEmpty, policy.denyExceptions.isEmpty,
            policy.additionalResources.isEmpty, policy.policyPriority == 0
        else {
            let text =
                "policies of datasets and projects only allow: no denials, exceptions, priorities or zones"
            throw PolicyError(.contradiction(text), at: place)
        }
        let place = place.member("resources")
        guard policy.resources.count == 1, let (level, resource) = policy.resources.first,
            level == "dataset-id" || level == "project-id"
        else { throw PolicyError(.missing("either `dataset-id` or `project-id`"), at: place) }
        guard !resource.isExcludes, !resource.values.isEmpty else {
            throw PolicyError(.missing("number"), at: place.member(level))
        }
        let known = sharing.ids(of: level == "dataset-id" ? .dataset : .project)
        for value in resource.values {
            guard let id = Int64(value), known.contains(id), value == String(id) else {
                let problem = PolicyProblem.unknown(
                    kind: level,
                    name: value,
                    known: known.sorted().map(String.init)
                )
                throw PolicyError(problem, at: place.member(level))
            }
        }
        var definition = ServiceDefinition.sharing
        definition.accessTypes = services.values.sorted { $0.name < $1.name }.flatMap(
            \.definition.accessTypes
        )
        try check(policy, definition, at: PolicyPlace("policy", policy.name, service: policy.service))
    }

    /// A policy's zone must be there, and have something of the policy's service.
    private func checkZone(_ policy: Policy, at place: PolicyPlace) throws(PolicyError) {
        guard !policy.zoneName.isEmpty else { return }
        guard let zone = zones[policy.zoneName] else {
            let known = zones.keys.sorted()
            throw PolicyError(.unknown(kind: "zone", name: policy.zoneName, known: known), at: place)
        }
        // Tag policies of a zone count where its tag services say so, and nowhere else.
        let isOfTags = services.values.contains { $0.tagService?.text == policy.service }
        let has =
            isOfTags
            ? zone.tagServices.contains(policy.service) : zone.services[policy.service]?.isEmpty == false
        guard has else {
            let text = "zone `\(zone.name)` has nothing of service `\(policy.service)`"
            throw PolicyError(.contradiction(text), at: place)
        }
    }

    private func check(
        _ item: PolicyItem,
        _ type: PolicyType,
        _ definition: ServiceDefinition,
        at place: PolicyPlace
    ) throws(PolicyError) {
        let principals = item.users + item.groups + item.roles
        guard !principals.isEmpty, !principals.contains("") else {
            throw PolicyError(.missing("user, group or role"), at: place)
        }
        guard !item.accesses.isEmpty || item.delegateAdmin else {
            throw PolicyError(.missing("access type"), at: place)
        }
        let known = definition.accessTypes(for: type).map(\.name)
        for (index, access) in item.accesses.enumerated() {
            guard PolicyChecker.isKnown(access.type, in: known, orMarker: type == .access) else {
                let problem = PolicyProblem.unknown(kind: "access type", name: access.type, known: known)
                throw PolicyError(problem, at: place.member("accesses[\(index)]"))
            }
        }
        guard type == .dataMask else { return }
        try PolicyChecker.check(item.dataMaskInfo, of: definition, at: place.member("dataMaskInfo"))
    }

    /// Checks a chosen mask.
    static func check(
        _ mask: DataMaskInfo?,
        of definition: ServiceDefinition,
        at place: PolicyPlace
    ) throws(PolicyError) {
        let masks = (definition.dataMaskDef?.maskTypes ?? []).map(\.name)
        guard let mask else { throw PolicyError(.missing("mask type"), at: place) }
        guard PolicyChecker.isKnown(mask.dataMaskType, in: masks, orMarker: false) else {
            let problem = PolicyProblem.unknown(kind: "mask type", name: mask.dataMaskType, known: masks)
            throw PolicyError(problem, at: place)
        }
        guard mask.conditionExpr.isEmpty else {
            throw PolicyError(.unsupported("`conditionExpr`"), at: place)
        }
        let isCustom = mask.dataMaskType.split(separator: ":").last == "CUSTOM"
        guard !isCustom || !mask.valueExpr.isEmpty else {
            throw PolicyError(.missing("`valueExpr`"), at: place)
        }
    }

    /// Whether a name is one of these; in a tag service also without the component before it.
    static func isKnown(_ name: String, in known: [String], orMarker: Bool) -> Bool {
        let folded = name.lowercased()
        if orMarker, ["_create", "_read", "_update", "_delete", "_manage", "_all"].contains(folded) {
            return true
        }
        return known.contains { other in
            let other = other.lowercased()
            if other == folded { return true }
            return other.firstIndex(of: ":").map { other[other.index(after: $0)...] == folded } ?? false
        }
    }

    private func checkSize(_ policy: Policy, at place: PolicyPlace) throws(PolicyError) {
        let lists = policy.itemLists.map(\.items)
        guard lists.reduce(0, { $0 + $1.count }) <= PolicyLimits.itemsPerPolicy else {
            throw PolicyError(.tooMuch(of: "items", limit: PolicyLimits.itemsPerPolicy), at: place)
        }
        let further = policy.additionalResources.count
        let times = policy.validitySchedules.reduce(policy.validitySchedules.count) {
            $0 + $1.recurrences.count
        }
        for (what, count) in [("additional resources", further), ("validity schedules", times)]
        where count > PolicyLimits.listsPerPolicy {
            throw PolicyError(.tooMuch(of: what, limit: PolicyLimits.listsPerPolicy), at: place)
        }
        guard policy.textSize <= PolicyLimits.bytesPerPolicy else {
            throw PolicyError(.tooMuch(of: "bytes of text", limit: PolicyLimits.bytesPerPolicy), at: place)
        }
    }
}

extension Policy {
    /// All lists of items with their names.
    var itemLists: [(list: ItemList, items: [PolicyItem])] {
        [
            (.allow, policyItems), (.deny, denyPolicyItems), (.allowExceptions, allowExceptions),
            (.denyExceptions, denyExceptions), (.mask, dataMaskPolicyItems),
            (.rowFilter, rowFilterPolicyItems),
        ]
    }

    fileprivate var hasAccessItems: Bool {
        !policyItems.isEmpty || !denyPolicyItems.isEmpty || !allowExceptions.isEmpty
            || !denyExceptions.isEmpty
    }

    /// Bytes of all names, values and expressions.
    fileprivate var textSize: Int {
        var size = name.utf8.count + description.utf8.count + guid.utf8.count
        let count = { (texts: [String]) in texts.reduce(0) { $0 + $1.utf8.count } }
        for map in [resources] + additionalResources {
            for (name, resource) in map { size += name.utf8.count + count(resource.values) }
        }
        for condition in conditions { size += condition.type.utf8.count + count(condition.values) }
        for (_, items) in itemLists {
            for item in items {
                size +=
                    count(item.users) + count(item.groups) + count(item.roles)
                    + count(item.accesses.map(\.type))
                for condition in item.conditions {
                    size += condition.type.utf8.count + count(condition.values)
                }
                size += (item.dataMaskInfo?.valueExpr ?? "").utf8.count
                size += (item.rowFilterInfo?.filterExpr ?? "").utf8.count
            }
        }
        return size + count(policyLabels) + count(Array(options.values))
    }
}
