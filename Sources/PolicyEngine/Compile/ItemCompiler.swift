/// Compiles the items and conditions of one policy.
struct ItemCompiler {
    var items: ContiguousArray<CompiledItem>
    var principals: ContiguousArray<Int32>
    var conditions: ContiguousArray<CompiledCondition>
    var accessTypes: AccessTypeTable
    var table: PrincipalTable
    /// What the items added so far are for.
    private(set) var reach = ItemReach()
    /// Whether any condition asks for facts.
    private(set) var asksFacts = false
    private let definition: ServiceDefinition
    private let rules: ConditionCompiler
    private let place: PolicyPlace

    init(builder: RepositoryBuilder, accessTypes: AccessTypeTable, table: PrincipalTable, place: PolicyPlace)
    {
        items = builder.items
        principals = builder.principals
        conditions = builder.conditions
        definition = builder.definition
        rules = builder.conditionCompiler
        self.accessTypes = accessTypes
        self.table = table
        self.place = place
    }

    /// Adds a list; allow and deny lists in the order of evaluation, masks and filters as they stand.
    mutating func add(_ list: [PolicyItem], _ kind: ItemList) throws(PolicyError) -> Range<Int32> {
        let start = Int32(items.count)
        var order = Array(list.indices)
        if kind != .mask, kind != .rowFilter {
            let ranks = list.map { PolicyOrdering.rank(of: $0, typeCount: definition.accessTypes.count) }
            order.sort { (ranks[$0], $0) < (ranks[$1], $1) }
        }
        for index in order {
            let item = try compile(list[index], at: index, place.member("\(kind.name)[\(index)]"))
            items.append(item)
        }
        return start..<Int32(items.count)
    }

    /// Adds conditions, all of which must hold.
    mutating func add(_ list: [PolicyCondition], at place: PolicyPlace) throws(PolicyError) -> Range<Int32> {
        let start = Int32(conditions.count)
        for (index, condition) in list.enumerated() {
            let known = definition.policyConditions.first { $0.name == condition.type }
            let evaluator = known?.evaluator.split(separator: ".").last.map(String.init) ?? ""
            if evaluator == "PurposeCondition" {
                let from = Int32(principals.count)
                for value in condition.values { principals.append(table.intern(.purpose, value)) }
                conditions.append(.purpose(from..<Int32(principals.count)))
            } else {
                let rule = try rules.rule(condition, at: place.member("conditions[\(index)]"))
                if rule != nil { asksFacts = true }
                conditions.append(rule.map { .rule($0) } ?? .ignored)
            }
        }
        return start..<Int32(conditions.count)
    }

    private mutating func compile(
        _ item: PolicyItem,
        at index: Int,
        _ place: PolicyPlace
    ) throws(PolicyError) -> CompiledItem {
        var accesses: UInt128 = 0
        for access in item.accesses where access.isAllowed {
            let bit = try accessTypes.bit(of: access.type, at: place.member("accesses"))
            accesses |= accessTypes.grants(of: bit)
        }
        var named: Set<Int32> = []
        for user in item.users where user != "{USER}" && user != "{OWNER}" {
            named.insert(table.intern(.user, user))
        }
        for group in item.groups where group != "public" { named.insert(table.intern(.group, group)) }
        for role in item.roles { named.insert(table.intern(.role, role)) }
        let start = Int32(principals.count)
        principals.append(contentsOf: named.sorted())
        let end = Int32(principals.count)
        let conditions = try add(item.conditions, at: place)
        let isForEveryone = item.users.contains("{USER}") || item.groups.contains("public")
        let isForOwner = item.users.contains("{OWNER}")
        var reach = ItemReach(accesses: accesses)
        for principal in named { reach.principals |= ItemReach.bit(of: principal) }
        if isForEveryone || isForOwner { reach.principals = .max }
        self.reach.formUnion(reach)
        return CompiledItem(
            source: Int32(index),
            reach: reach,
            isDelegateAdmin: item.delegateAdmin,
            principals: start..<end,
            isForEveryone: isForEveryone,
            isForOwner: isForOwner,
            conditions: conditions
        )
    }
}
