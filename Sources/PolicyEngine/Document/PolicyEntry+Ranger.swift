extension PolicyEntry {
    /// The policy in Ranger's shape.
    func policy(in documentService: String) throws(PolicyError) -> Policy {
        let owner = service.isEmpty ? documentService : service
        let place = PolicyPlace("policy", name, service: owner)
        guard !name.isEmpty else { throw PolicyError(.missing("`name`"), at: place) }
        guard !owner.isEmpty else { throw PolicyError(.missing("`service`"), at: place) }
        var policy = Policy()
        policy.policyType = try kind(at: place)
        policy.service = owner
        policy.name = name
        policy.id = id
        policy.guid = guid
        policy.description = description
        policy.isEnabled = enabled
        policy.isAuditEnabled = audit
        policy.policyPriority = priority == .override ? 1 : 0
        policy.policyLabels = labels
        policy.zoneName = zone
        policy.isDenyAllElse = denyAllElse
        policy.options = options
        policy.conditions = conditions.map(\.ranger)
        policy.validitySchedules = validity.map(\.ranger)
        policy.resources = resources.mapValues(\.ranger)
        policy.additionalResources = additionalResources.map { $0.mapValues(\.ranger) }
        policy.policyItems = try EntryItem.ranger(allow, "allow", of: .access, at: place)
        policy.denyPolicyItems = try EntryItem.ranger(deny, "deny", of: .access, at: place)
        policy.allowExceptions = try EntryItem.ranger(
            allowExceptions,
            "allowExceptions",
            of: .access,
            at: place
        )
        policy.denyExceptions = try EntryItem.ranger(denyExceptions, "denyExceptions", of: .access, at: place)
        policy.dataMaskPolicyItems = try EntryItem.ranger(mask, "mask", of: .dataMask, at: place)
        policy.rowFilterPolicyItems = try EntryItem.ranger(rowFilter, "rowFilter", of: .rowFilter, at: place)
        return policy
    }

    private func kind(at place: PolicyPlace) throws(PolicyError) -> PolicyType {
        let isAccess =
            denyAllElse
            || !(allow.isEmpty && deny.isEmpty && allowExceptions.isEmpty && denyExceptions.isEmpty)
        switch (isAccess, !mask.isEmpty, !rowFilter.isEmpty) {
        case (true, false, false): return .access
        case (false, true, false): return .dataMask
        case (false, false, true): return .rowFilter
        case (false, false, false):
            throw PolicyError(.missing("`allow`, `deny`, `mask` or `rowFilter`"), at: place)
        case (true, true, _), (true, _, true), (false, true, true):
            throw PolicyError(
                .contradiction(
                    "one policy either allows and denies, or masks, or filters rows: write several"
                ),
                at: place
            )
        }
    }

    /// Writes Ranger's policy down.
    init(_ policy: Policy, in documentService: String) {
        name = policy.name
        service = policy.service == documentService ? "" : policy.service
        id = policy.id
        guid = policy.guid
        description = policy.description
        enabled = policy.isEnabled
        audit = policy.isAuditEnabled
        priority = policy.policyPriority == 0 ? .normal : .override
        labels = policy.policyLabels
        zone = policy.zoneName
        denyAllElse = policy.isDenyAllElse
        options = policy.options
        conditions = policy.conditions.map(EntryCondition.init)
        validity = policy.validitySchedules.map(EntryValidity.init)
        resources = policy.resources.mapValues(EntryResource.init)
        additionalResources = policy.additionalResources.map { $0.mapValues(EntryResource.init) }
        allow = policy.policyItems.map(EntryItem.init)
        deny = policy.denyPolicyItems.map(EntryItem.init)
        allowExceptions = policy.allowExceptions.map(EntryItem.init)
        denyExceptions = policy.denyExceptions.map(EntryItem.init)
        mask = policy.dataMaskPolicyItems.map(EntryItem.init)
        rowFilter = policy.rowFilterPolicyItems.map(EntryItem.init)
    }
}
