/// The order in which Ranger looks at policies: broader ones first, names last.
struct PolicyOrdering {
    let definition: ServiceDefinition

    /// What a policy is sorted by.
    struct Key: Equatable {
        let priority: Int
        let hasDeny: Bool
        let order: Int
        let name: String

        func isEvaluated(before other: Key) -> Bool {
            if priority != other.priority { return priority > other.priority }
            if hasDeny != other.hasDeny { return hasDeny }
            if order != other.order { return order < other.order }
            return name < other.name
        }

        func isNamed(before other: Key) -> Bool {
            if priority != other.priority { return priority > other.priority }
            if hasDeny != other.hasDeny { return hasDeny }
            return name < other.name
        }
    }

    func key(of policy: Policy) -> Key {
        let items =
            policy.policyItems + policy.denyPolicyItems + policy.allowExceptions + policy.denyExceptions
            + policy.dataMaskPolicyItems + policy.rowFilterPolicyItems
        let order =
            10_000 + (isDynamic(policy) ? 20 : 0) - breadth(of: policy) - principals(of: policy, items)
            - accesses(of: items) - max(0, 25 - 5 * conditions(of: policy, items))
        return Key(priority: policy.policyPriority, hasDeny: policy.hasDeny, order: order, name: policy.name)
    }

    /// The same for the items of a list; lower is looked at first.
    static func rank(of item: PolicyItem, typeCount: Int) -> Int {
        let isForAll = item.groups.contains("public") || item.users.contains("{USER}")
        let accesses = (25.0 * Double(item.accesses.count) / Double(max(1, typeCount))).rounded()
        return 1000 - (isForAll ? 100 : min(100, item.users.count + item.groups.count)) - Int(accesses)
            - max(0, 25 - 5 * item.conditions.count)
    }

    private func isDynamic(_ policy: Policy) -> Bool {
        // A level that matches anything has no values left to fill in.
        let values = policy.resources.values.filter { !$0.values.contains("*") }.flatMap(\.values)
        return values.contains { $0.contains("{") || $0.contains("${{") }
    }

    private func breadth(of policy: Policy) -> Int {
        let widths = policy.resources.values.map { resource in
            if resource.values.contains(where: { $0.isEmpty || $0 == "*" }) { return 25 }
            let hasStar = resource.values.contains { $0.contains("*") }
            let hasMark = resource.values.contains { $0.contains("?") }
            let width = hasStar ? 10 : hasMark ? 5 : 0
            return width + (resource.isExcludes ? 5 : 0) + (resource.isRecursive ? 5 : 0)
        }
        return min(100, widths.reduce(0, +))
    }

    private func principals(of policy: Policy, _ items: [PolicyItem]) -> Int {
        let isForAll =
            policy.isDenyAllElse
            || items.contains { $0.groups.contains("public") || $0.users.contains("{USER}") }
        if isForAll { return 25 }
        return min(25, Set(items.flatMap(\.users)).count + Set(items.flatMap(\.groups)).count)
    }

    private func accesses(of items: [PolicyItem]) -> Int {
        let types = Set(items.flatMap { $0.accesses.filter(\.isAllowed).map(\.type) })
        return Int((25.0 * Double(types.count) / Double(max(1, definition.accessTypes.count))).rounded())
    }

    private func conditions(of policy: Policy, _ items: [PolicyItem]) -> Int {
        policy.conditions.count + items.reduce(0) { $0 + $1.conditions.count }
    }
}

extension Policy {
    /// Whether it can deny; such policies are looked at first.
    var hasDeny: Bool { !denyPolicyItems.isEmpty || isDenyAllElse }
}
