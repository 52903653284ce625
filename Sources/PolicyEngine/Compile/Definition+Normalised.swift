extension ServiceDefinition {
    /// The levels that policies of a type name: for masks and filters the main list with their changes merged in.
    func resources(for type: PolicyType) -> [ResourceDefinition] {
        let changes: [ResourceDefinition]
        switch type {
        case .access: return resources
        case .dataMask: changes = dataMaskDef?.resources ?? []
        case .rowFilter: changes = rowFilterDef?.resources ?? []
        }
        return changes.compactMap { change in
            resources.first { $0.name == change.name }.map { $0.merged(with: change) }
        }
    }

    /// The access types that policies of a type may name.
    func accessTypes(for type: PolicyType) -> [AccessTypeDefinition] {
        let changes: [AccessTypeDefinition]
        switch type {
        case .access: return accessTypes
        case .dataMask: changes = dataMaskDef?.accessTypes ?? []
        case .rowFilter: changes = rowFilterDef?.accessTypes ?? []
        }
        return changes.filter { change in accessTypes.contains { $0.name == change.name } }
    }

    /// A switch that is on unless the definition turns it off.
    func isOn(_ option: String) -> Bool { options[option]?.lowercased() != "false" }

    /// The same with the access types and masks of one component, unprefixed; other components' are dropped.
    func normalised(for component: String) -> ServiceDefinition {
        var result = self
        result.accessTypes = ComponentName.strip(accessTypes, for: component)
        result.markerAccessTypes = ComponentName.strip(markerAccessTypes, for: component)
        if var masks = dataMaskDef {
            masks.accessTypes = ComponentName.strip(masks.accessTypes, for: component)
            masks.maskTypes = masks.maskTypes.compactMap { mask in
                guard let name = ComponentName.strip(mask.name, for: component) else { return nil }
                var mask = mask
                mask.name = name
                return mask
            }
            result.dataMaskDef = masks
        }
        if var filters = rowFilterDef {
            filters.accessTypes = ComponentName.strip(filters.accessTypes, for: component)
            result.rowFilterDef = filters
        }
        return result
    }
}

/// Names of a tag service that say which component they are for, such as `hive:select`.
enum ComponentName {
    /// The name without its component; nil when it is another component's; as it is without one.
    static func strip(_ name: String, for component: String) -> String? {
        guard let colon = name.firstIndex(of: ":") else { return name }
        return name[..<colon] == component ? String(name[name.index(after: colon)...]) : nil
    }

    static func strip(_ types: [AccessTypeDefinition], for component: String) -> [AccessTypeDefinition] {
        types.compactMap { type in
            guard let name = strip(type.name, for: component) else { return nil }
            var type = type
            type.name = name
            type.impliedGrants = type.impliedGrants.compactMap { strip($0, for: component) }
            return type
        }
    }
}

extension Policy {
    /// A tag policy as one component sees it; nil when nothing in it is for that component.
    func normalised(for component: String) -> Policy? {
        var policy = self
        policy.policyItems = Policy.strip(policyItems, for: component)
        policy.denyPolicyItems = Policy.strip(denyPolicyItems, for: component)
        policy.allowExceptions = Policy.strip(allowExceptions, for: component)
        policy.denyExceptions = Policy.strip(denyExceptions, for: component)
        policy.dataMaskPolicyItems = Policy.strip(dataMaskPolicyItems, for: component)
        policy.rowFilterPolicyItems = Policy.strip(rowFilterPolicyItems, for: component)
        switch policyType {
        case .access:
            let lists = [
                policy.policyItems, policy.denyPolicyItems, policy.allowExceptions, policy.denyExceptions,
            ]
            let isEmpty = lists.allSatisfy(\.isEmpty) && !isAuditEnabled && !isDenyAllElse
            return isEmpty ? nil : policy
        case .dataMask: return policy.dataMaskPolicyItems.isEmpty ? nil : policy
        case .rowFilter: return policy.rowFilterPolicyItems.isEmpty ? nil : policy
        }
    }

    private static func strip(_ items: [PolicyItem], for component: String) -> [PolicyItem] {
        items.compactMap { item in
            var item = item
            item.accesses = item.accesses.compactMap { access in
                guard let type = ComponentName.strip(access.type, for: component) else { return nil }
                return ItemAccess(type: type, isAllowed: access.isAllowed)
            }
            if let mask = item.dataMaskInfo {
                guard let type = ComponentName.strip(mask.dataMaskType, for: component) else { return nil }
                item.dataMaskInfo?.dataMaskType = type
            }
            return item.accesses.isEmpty && !item.delegateAdmin ? nil : item
        }
    }
}

extension ResourceDefinition {
    fileprivate func merged(with change: ResourceDefinition) -> ResourceDefinition {
        var result = self
        result.mandatory = change.mandatory
        result.recursiveSupported = change.recursiveSupported
        result.excludesSupported = change.excludesSupported
        if !change.matcher.isEmpty { result.matcher = change.matcher }
        if !change.matcherOptions.isEmpty { result.matcherOptions = change.matcherOptions }
        if !change.accessTypeRestrictions.isEmpty {
            result.accessTypeRestrictions = change.accessTypeRestrictions
        }
        // Where masks and filters may end isn't taken over from the main list.
        result.isValidLeaf = change.isValidLeaf
        return result
    }
}
