import CatalogModel

extension Repository {
    /// Whether a policy counts at a moment.
    func isInForce(_ policy: CompiledPolicy, at now: Instant) -> Bool {
        policy.periods.isEmpty || policy.periods.contains { periods[Int($0)].holds(at: now) }
    }

    /// Whether all conditions hold; what can't be said counts as `unknown`.
    ///
    /// A condition that can't be answered never opens anything: it lets denials, exceptions of grants, masks and row
    /// filters count, and grants not.
    func holds(_ range: Stretch, _ request: EvaluationRequest, unknown: Bool) -> Bool {
        for index in range {
            switch conditions[Int(index)] {
            case .purpose(let values):
                guard request.purpose >= 0, values.contains(where: { principals[Int($0)] == request.purpose })
                else { return false }
            case .rule(let rule):
                guard rule.holds(request.facts, isLenient: isLenient) ?? unknown else { return false }
            case .ignored: continue
            }
        }
        return true
    }

    /// What one policy says of one access type.
    func decide(
        _ policy: CompiledPolicy,
        _ access: Int,
        _ request: EvaluationRequest,
        _ type: PolicyType,
        onlyRestricts: Bool,
        _ reach: ItemReach
    ) -> AccessSlot {
        var slot = AccessSlot()
        let denial = firstMatch(policy.deny, access, request, reach, unknown: true)
        if denial >= 0, firstMatch(policy.denyExceptions, access, request, reach, unknown: false) < 0 {
            slot.outcome = .deny
            slot.decider.list = .deny
            slot.decider.item = denial
            return slot
        }
        let grant =
            onlyRestricts && type == .access
            ? -1 : firstMatch(policy.allow, access, request, reach, unknown: type != .access)
        if grant >= 0, firstMatch(policy.allowExceptions, access, request, reach, unknown: true) < 0 {
            slot.outcome = .allow
            switch type {
            case .access: slot.decider.list = .allow
            case .dataMask: slot.decider.list = .mask
            case .rowFilter: slot.decider.list = .rowFilter
            }
            slot.decider.item = grant
            return slot
        }
        if policy.isDenyAllElse {
            slot.outcome = .deny
            slot.decider.list = .denyAllElse
        }
        return slot
    }

    /// The first item of a list that means this request; -1 for none.
    private func firstMatch(
        _ list: Stretch,
        _ access: Int,
        _ request: EvaluationRequest,
        _ reach: ItemReach,
        unknown: Bool
    ) -> Int32 {
        for index in list {
            let item = items[Int(index)]
            guard item.reach.principals & reach.principals != 0 else { continue }
            if request.onlyDelegating, !item.isDelegateAdmin { continue }
            let isAccess =
                request.isAdmin
                ? item.isDelegateAdmin : access >= 0 && item.reach.accesses >> UInt128(access) & 1 == 1
            guard isAccess, means(item, request), holds(item.conditions, request, unknown: unknown) else {
                continue
            }
            return index
        }
        return -1
    }

    /// Whether an item names the one who asks.
    func means(_ item: CompiledItem, _ request: EvaluationRequest) -> Bool {
        if item.isForEveryone || item.isForOwner && request.isOwner { return true }
        return request.principals.withUnsafeBufferPointer { wanted in
            for principal in wanted where item.reach.principals & ItemReach.bit(of: principal) != 0 {
                var low = Int(item.principals.startIndex)
                var high = Int(item.principals.endIndex)
                while low < high {
                    let middle = (low + high) / 2
                    if principals[middle] < principal { low = middle + 1 } else { high = middle }
                }
                if low < Int(item.principals.endIndex), principals[low] == principal { return true }
            }
            return false
        }
    }
}
