/// The order in which Ranger looks at policies: broader ones first, names last.
struct PolicyOrdering {
    private let typeCount: Int

    init(definition: ServiceDefinition) { typeCount = definition.accessTypes.count }

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
            return NameOrder.isBefore(name, other.name)
        }

        func isNamed(before other: Key) -> Bool {
            if priority != other.priority { return priority > other.priority }
            if hasDeny != other.hasDeny { return hasDeny }
            return NameOrder.isBefore(name, other.name)
        }
    }

    func key(of policy: Policy) -> Key {
        Key(
            priority: policy.policyPriority,
            hasDeny: policy.hasDeny,
            order: order(of: policy),
            name: policy.name
        )
    }

    /// The same for the items of a list; lower is looked at first.
    static func rank(of item: PolicyItem, typeCount: Int) -> Int {
        let isForAll = item.groups.contains("public") || item.users.contains("{USER}")
        let accesses = (25.0 * Double(item.accesses.count) / Double(max(1, typeCount))).rounded()
        return 1000 - (isForAll ? 100 : min(100, item.users.count + item.groups.count)) - Int(accesses)
            - max(0, 25 - 5 * item.conditions.count)
    }

    private func order(of policy: Policy) -> Int {
        var tally = Tally(isForAll: policy.isDenyAllElse, conditions: policy.conditions.count)
        tally.add(policy.policyItems)
        tally.add(policy.denyPolicyItems)
        tally.add(policy.allowExceptions)
        tally.add(policy.denyExceptions)
        tally.add(policy.dataMaskPolicyItems)
        tally.add(policy.rowFilterPolicyItems)
        let accesses = (25.0 * Double(tally.accesses.count) / Double(max(1, typeCount))).rounded()
        return 10_000 + (isDynamic(policy) ? 20 : 0) - breadth(of: policy) - tally.principals
            - Int(accesses) - max(0, 25 - 5 * tally.conditions)
    }

    /// What counts of a policy's items, all lists together.
    private struct Tally {
        var isForAll: Bool
        var conditions: Int
        var users = DistinctNames()
        var groups = DistinctNames()
        var accesses = DistinctNames()

        init(isForAll: Bool, conditions: Int) {
            self.isForAll = isForAll
            self.conditions = conditions
        }

        var principals: Int { isForAll ? 25 : min(25, users.count + groups.count) }

        mutating func add(_ items: [PolicyItem]) {
            for item in items {
                conditions += item.conditions.count
                for access in item.accesses where access.isAllowed { accesses.insert(access.type) }
                if isForAll { continue }
                for user in item.users { users.insert(user) }
                for group in item.groups { groups.insert(group) }
                isForAll = users.contains("{USER}") || groups.contains("public")
            }
        }
    }

    private func isDynamic(_ policy: Policy) -> Bool {
        policy.resources.values.contains { resource in
            // A level that matches anything has no values left to fill in.
            !resource.values.contains("*")
                && resource.values.contains { $0.utf8.contains(UInt8(ascii: "{")) }
        }
    }

    private func breadth(of policy: Policy) -> Int {
        var sum = 0
        for resource in policy.resources.values {
            if resource.values.contains(where: { $0.isEmpty || $0 == "*" }) {
                sum += 25
                continue
            }
            let hasStar = resource.values.contains { $0.utf8.contains(UInt8(ascii: "*")) }
            let hasMark = resource.values.contains { $0.utf8.contains(UInt8(ascii: "?")) }
            sum += (hasStar ? 10 : hasMark ? 5 : 0)
            sum += (resource.isExcludes ? 5 : 0) + (resource.isRecursive ? 5 : 0)
        }
        return min(100, sum)
    }
}

/// Names, each once; few of them are kept without hashing.
private struct DistinctNames {
    private var few: [String] = []
    private var many: Set<String> = []
    private static let mostFew = 24

    var count: Int { few.count + many.count }

    mutating func insert(_ name: String) {
        if few.contains(name) { return }
        if few.count < DistinctNames.mostFew {
            few.append(name)
        } else {
            many.insert(name)
        }
    }

    func contains(_ name: String) -> Bool { few.contains(name) || many.contains(name) }
}

/// Java's order of texts: by units of UTF-16.
enum NameOrder {
    static func isBefore(_ left: String, _ right: String) -> Bool {
        var left = left
        var right = right
        return left.withUTF8 { left in right.withUTF8 { compare(left, $0) < 0 } }
    }

    /// Negative when the left one comes first, 0 when they are the same.
    static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        let common = min(left.count, right.count)
        var index = 0
        while index < common, left[index] == right[index] { index += 1 }
        guard index < common else { return left.count - right.count }
        return weight(left[index]) - weight(right[index])
    }

    /// Characters of four bytes are pairs of surrogates there, which come before U+E000.
    private static func weight(_ byte: UInt8) -> Int {
        switch byte {
        case 0xF0...: Int(byte)
        case 0xEE...0xEF: Int(byte) + 0x100
        default: Int(byte)
        }
    }
}

extension Policy {
    /// Whether it can deny; such policies are looked at first.
    var hasDeny: Bool { !denyPolicyItems.isEmpty || isDenyAllElse }
}
