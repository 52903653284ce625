/// Who, and which accesses; with a mask or a row filter in lists that have one.
package struct PolicyItem: Hashable, Sendable {
    /// What may be done.
    package var accesses: [ItemAccess] = []
    /// Users, `{USER}` for any, `{OWNER}` for the owner.
    package var users: [String] = []
    /// Groups, `public` for everyone.
    package var groups: [String] = []
    /// Roles.
    package var roles: [String] = []
    /// All must hold.
    package var conditions: [PolicyCondition] = []
    /// Whether they may administer the policy.
    package var delegateAdmin: Bool = false
    /// The mask, in `dataMaskPolicyItems`.
    package var dataMaskInfo: DataMaskInfo? = nil
    /// The filter, in `rowFilterPolicyItems`.
    package var rowFilterInfo: RowFilterInfo? = nil

    /// Empty; members are set one by one.
    package init() {}
}

extension PolicyItem: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case accesses
        case users
        case groups
        case roles
        case conditions
        case delegateAdmin
        case dataMaskInfo
        case rowFilterInfo
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        accesses = try members.list(Name.accesses)
        users = try members.list(Name.users)
        groups = try members.list(Name.groups)
        roles = try members.list(Name.roles)
        conditions = try members.list(Name.conditions)
        delegateAdmin = try members.flag(Name.delegateAdmin, default: false)
        dataMaskInfo = try members.optional(Name.dataMaskInfo)
        rowFilterInfo = try members.optional(Name.rowFilterInfo)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.accesses, accesses)
        try members.put(.users, users)
        try members.put(.groups, groups)
        try members.put(.roles, roles)
        try members.put(.conditions, conditions)
        try members.put(.delegateAdmin, delegateAdmin)
        try members.put(.dataMaskInfo, dataMaskInfo)
        try members.put(.rowFilterInfo, rowFilterInfo)
    }
}

/// One access of an item.
package struct ItemAccess: Hashable, Sendable {
    /// The access type.
    package var type: String = ""
    /// False grants nothing; it is no denial.
    package var isAllowed: Bool = true

    /// Empty; members are set one by one.
    package init() {}
}

extension ItemAccess: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case type
        case isAllowed
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        type = try members.value(Name.type, default: "")
        isAllowed = try members.flag(Name.isAllowed, default: true)
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.type, type)
        try members.put(.isAllowed, isAllowed)
    }
}

/// The mask of an item.
package struct DataMaskInfo: Hashable, Sendable {
    /// The mask type, such as `MASK_HASH`.
    package var dataMaskType: String = ""
    /// When the mask applies; reserved.
    package var conditionExpr: String = ""
    /// The expression of a `CUSTOM` mask.
    package var valueExpr: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension DataMaskInfo: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case dataMaskType
        case conditionExpr
        case valueExpr
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        dataMaskType = try members.value(Name.dataMaskType, default: "")
        conditionExpr = try members.value(Name.conditionExpr, default: "")
        valueExpr = try members.value(Name.valueExpr, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.dataMaskType, dataMaskType)
        try members.put(.conditionExpr, conditionExpr)
        try members.put(.valueExpr, valueExpr)
    }
}

/// The row filter of an item.
package struct RowFilterInfo: Hashable, Sendable {
    /// Rows for which it is true may be seen.
    package var filterExpr: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension RowFilterInfo: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case filterExpr
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        filterExpr = try members.value(Name.filterExpr, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.filterExpr, filterExpr)
    }
}
