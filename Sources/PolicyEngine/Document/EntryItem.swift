/// One item of a policy of a document: who, which accesses, and the mask or filter where there is one.
struct EntryItem: Hashable, Sendable {
    var users: [String] = []
    var groups: [String] = []
    var roles: [String] = []
    var access: [String] = []
    /// Accesses that Ranger writes with `isAllowed: false`: they grant nothing.
    var notAllowed: [String] = []
    var conditions: [EntryCondition] = []
    var delegateAdmin = false
    var type = ""
    var expression = ""
    var condition = ""
    var filter = ""
}

extension EntryItem: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case users, groups, roles, access, notAllowed, conditions, delegateAdmin
        case type, expression, condition, filter
    }

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self, alwaysStrict: true)
        users = try members.list(Name.users)
        groups = try members.list(Name.groups)
        roles = try members.list(Name.roles)
        access = try members.list(Name.access)
        notAllowed = try members.list(Name.notAllowed)
        conditions = try members.list(Name.conditions)
        delegateAdmin = try members.value(Name.delegateAdmin, default: false)
        type = try members.value(Name.type, default: "")
        expression = try members.value(Name.expression, default: "")
        condition = try members.value(Name.condition, default: "")
        filter = try members.value(Name.filter, default: "")
    }

    func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.users, users)
        try members.put(.groups, groups)
        try members.put(.roles, roles)
        try members.put(.access, access)
        try members.put(.notAllowed, notAllowed)
        try members.put(.conditions, conditions)
        try members.put(.delegateAdmin, delegateAdmin ? true : nil)
        try members.put(.type, type)
        try members.put(.expression, expression)
        try members.put(.condition, condition)
        try members.put(.filter, filter)
    }
}

extension EntryItem {
    /// The items of one list in Ranger's shape.
    static func ranger(
        _ items: [EntryItem],
        _ list: String,
        of kind: PolicyType,
        at place: PolicyPlace
    ) throws(PolicyError) -> [PolicyItem] {
        var result: [PolicyItem] = []
        for (index, item) in items.enumerated() {
            result.append(try item.ranger(of: kind, at: place.member("\(list)[\(index)]")))
        }
        return result
    }

    private func ranger(of kind: PolicyType, at place: PolicyPlace) throws(PolicyError) -> PolicyItem {
        let hasMask = !type.isEmpty || !expression.isEmpty || !condition.isEmpty
        if hasMask, kind != .dataMask {
            throw PolicyError(
                .contradiction("`type`, `expression` and `condition` belong in `mask` items"),
                at: place
            )
        }
        if !filter.isEmpty, kind != .rowFilter {
            throw PolicyError(.contradiction("`filter` belongs in `rowFilter` items"), at: place)
        }
        var item = PolicyItem()
        item.users = users
        item.groups = groups
        item.roles = roles
        item.accesses = access.map { ItemAccess(type: $0, isAllowed: true) }
        item.accesses += notAllowed.map { ItemAccess(type: $0, isAllowed: false) }
        item.conditions = conditions.map(\.ranger)
        item.delegateAdmin = delegateAdmin
        if kind == .dataMask {
            guard !type.isEmpty else { throw PolicyError(.missing("`type`"), at: place) }
            item.dataMaskInfo = DataMaskInfo(type: type, condition: condition, expression: expression)
        }
        if kind == .rowFilter { item.rowFilterInfo = RowFilterInfo(filter: filter) }
        return item
    }

    init(_ item: PolicyItem) {
        users = item.users
        groups = item.groups
        roles = item.roles
        access = item.accesses.filter(\.isAllowed).map(\.type)
        notAllowed = item.accesses.filter { !$0.isAllowed }.map(\.type)
        conditions = item.conditions.map(EntryCondition.init)
        delegateAdmin = item.delegateAdmin
        type = item.dataMaskInfo?.dataMaskType ?? ""
        expression = item.dataMaskInfo?.valueExpr ?? ""
        condition = item.dataMaskInfo?.conditionExpr ?? ""
        filter = item.rowFilterInfo?.filterExpr ?? ""
    }
}

extension ItemAccess {
    init(type: String, isAllowed: Bool) {
        self.init()
        self.type = type
        self.isAllowed = isAllowed
    }
}

extension DataMaskInfo {
    fileprivate init(type: String, condition: String, expression: String) {
        self.init()
        dataMaskType = type
        conditionExpr = condition
        valueExpr = expression
    }
}

extension RowFilterInfo {
    fileprivate init(filter: String) {
        self.init()
        filterExpr = filter
    }
}
