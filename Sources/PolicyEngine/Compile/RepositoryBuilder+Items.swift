extension RepositoryBuilder {
    /// What the items of a policy came to.
    struct CompiledItems {
        var bounds = ItemBounds()
        var reach = ItemReach()
        /// What conditions of items ask for.
        var traits: CompiledPolicy.Traits = []
        fileprivate var items: ContiguousArray<CompiledItem> = []
    }

    /// Compiles the items that count for a policy's type.
    mutating func add(itemsOf policy: Policy, at place: PolicyPlace) throws(PolicyError) -> CompiledItems {
        var found = CompiledItems()
        let hasDenials = frame.definition.isOn("enableDenyAndExceptionsInPolicies")
        let isAccess = policy.policyType == .access
        if hasDenials { try add(policy.denyPolicyItems, .deny, place, &found) }
        let denyEnd = Int32(found.items.count)
        if hasDenials { try add(policy.denyExceptions, .denyExceptions, place, &found) }
        let denyExceptionsEnd = Int32(found.items.count)
        if hasDenials { try add(policy.allowExceptions, .allowExceptions, place, &found) }
        // Masks and filters know neither denials nor exceptions.
        let skipped = isAccess ? 0 : Int32(found.items.count)
        let exceptionsEnd = Int32(found.items.count)
        switch policy.policyType {
        case .access: try add(policy.policyItems, .allow, place, &found)
        case .dataMask: try add(policy.dataMaskPolicyItems, .mask, place, &found)
        case .rowFilter: try add(policy.rowFilterPolicyItems, .rowFilter, place, &found)
        }
        let numbers = arena.append(found.items)
        let start = numbers.startIndex
        found.bounds = ItemBounds(
            start: start + skipped,
            denyExceptionsStart: start + max(skipped, denyEnd),
            allowExceptionsStart: start + max(skipped, denyExceptionsEnd),
            allowStart: start + exceptionsEnd,
            end: numbers.endIndex
        )
        return found
    }

    /// Adds a list; allow and deny lists in the order of evaluation, masks and filters as they stand.
    private mutating func add(
        _ list: [PolicyItem],
        _ kind: ItemList,
        _ place: PolicyPlace,
        _ found: inout CompiledItems
    ) throws(PolicyError) {
        guard list.count > 1, kind != .mask, kind != .rowFilter else {
            for index in list.indices { try add(list[index], at: index, kind, place, &found) }
            return
        }
        let typeCount = frame.definition.accessTypes.count
        let ranks = list.map { PolicyOrdering.rank(of: $0, typeCount: typeCount) }
        for index in list.indices.sorted(by: { (ranks[$0], $0) < (ranks[$1], $1) }) {
            try add(list[index], at: index, kind, place, &found)
        }
    }

    private mutating func add(
        _ item: PolicyItem,
        at index: Int,
        _ kind: ItemList,
        _ place: PolicyPlace,
        _ found: inout CompiledItems
    ) throws(PolicyError) {
        var reach = ItemReach()
        for access in item.accesses where access.isAllowed {
            let bit = try accessTypes.bit(
                of: access.type,
                at: place.member("\(kind.name)[\(index)].accesses")
            )
            reach.accesses |= accessTypes.grants(of: bit)
        }
        var named: ContiguousArray<Int32> = []
        for user in item.users where user != "{USER}" && user != "{OWNER}" {
            named.append(table.intern(.user, user))
        }
        for group in item.groups where group != "public" { named.append(table.intern(.group, group)) }
        for role in item.roles { named.append(table.intern(.role, role)) }
        named.sort()
        for principal in named { reach.principals |= ItemReach.bit(of: principal) }
        var traits: CompiledPolicy.Traits = []
        let conditions = try add(item.conditions, at: place, (kind, index), &traits)
        found.traits.formUnion(traits)
        let isForEveryone = item.users.contains("{USER}") || item.groups.contains("public")
        let isForOwner = item.users.contains("{OWNER}")
        if isForEveryone || isForOwner { reach.principals = .max }
        if kind != .allowExceptions, kind != .denyExceptions { found.reach.formUnion(reach) }
        found.items.append(
            CompiledItem(
                reach: reach,
                source: Int32(index),
                principals: arena.append(named),
                conditions: conditions,
                maskType: kind == .mask ? number(ofMaskType: item.dataMaskInfo?.dataMaskType ?? "") : -1,
                isDelegateAdmin: item.delegateAdmin,
                isForEveryone: isForEveryone,
                isForOwner: isForOwner
            )
        )
    }

    private mutating func number(ofMaskType name: String) -> Int32 {
        guard !name.isEmpty else { return -1 }
        if let known = maskTypes.view.firstIndex(of: name) { return Int32(known) }
        maskTypes.append(name)
        return Int32(maskTypes.count - 1)
    }

    /// Adds conditions, all of which must hold; of an item, or of the policy itself.
    mutating func add(
        _ list: [PolicyCondition],
        at place: PolicyPlace,
        _ item: (kind: ItemList, index: Int)?,
        _ traits: inout CompiledPolicy.Traits
    ) throws(PolicyError) -> Stretch {
        let start = Int32(conditions.count)
        if !list.isEmpty { traits.insert(.hasConditions) }
        for (index, condition) in list.enumerated() {
            let known = frame.definition.policyConditions.first { $0.name == condition.type }
            let evaluator = known?.evaluator.split(separator: ".").last.map(String.init) ?? ""
            if evaluator == "PurposeCondition" {
                let values = condition.values.map { table.intern(.purpose, $0) }
                conditions.append(.purpose(arena.append(ContiguousArray(values))))
            } else {
                let owner = item.map { "\($0.kind.name)[\($0.index)]" }
                let place = owner.map { place.member($0) } ?? place
                let rule = try rules.rule(condition, at: place.member("conditions[\(index)]"))
                if rule != nil { traits.insert(.asksFacts) }
                conditions.append(rule.map { .rule($0) } ?? .ignored)
            }
        }
        return Stretch(start, Int32(conditions.count))
    }
}
