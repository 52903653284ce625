package import CatalogModel

extension RangerEngine {
    /// Evaluates one request for one kind of policy.
    package func evaluate(_ request: AccessRequest, _ type: PolicyType, now: Instant) -> RangerOutcome {
        let facts = facts(of: request, now: now)
        var outcome = evaluate(facts, type)
        if !isUnaudited(facts) { auditFilters.apply(to: &outcome, facts) }
        return outcome
    }

    /// Evaluates in the zones that hold the resource.
    func evaluate(_ facts: RequestFacts, _ type: PolicyType) -> RangerOutcome {
        let shared = sharing?.outcome(facts, principals)
        let request = facts.request
        var outcome: RangerOutcome
        if facts.zones.isEmpty || facts.zones.count > 1 && !request.isAny {
            outcome = evaluate(facts, type, zone: nil, shared)
            if !outcome.isAllowed, request.isAny, request.elements.isEmpty {
                for name in zoneNames {
                    let inZone = evaluate(facts, type, zone: name, shared)
                    if inZone.isAllowed { return inZone }
                }
            }
            return finish(outcome, facts, type)
        }
        outcome = RangerOutcome()
        for name in facts.zones {
            outcome = evaluate(facts, type, zone: name, shared)
            if outcome.isAllowed { break }
        }
        return finish(outcome, facts, type)
    }

    private func finish(_ outcome: RangerOutcome, _ facts: RequestFacts, _ type: PolicyType) -> RangerOutcome
    {
        guard let inline = facts.request.inlinePolicy, type == .access else { return outcome }
        return apply(inline, to: outcome, facts)
    }

    private func evaluate(_ facts: RequestFacts, _ type: PolicyType, zone: String?, _ shared: SharedVerdict?)
        -> RangerOutcome
    {
        let service = zone.flatMap { zones[$0] } ?? unzoned
        let request = evaluation(facts, service)
        facts.currentTag = -1
        var evaluator = Evaluator(service: service, usesIndex: !setup.options.scansEverything)
        let verdict = evaluator.evaluate(
            request,
            type,
            from: start(facts, service),
            sharing: shared?.outcome,
            fallback: setup.options.leavesOpen
        )
        var outcome = outcome(verdict, facts, service, type, shared)
        if let zone, !zone.isEmpty { outcome.zoneName = zone }
        return outcome
    }

    /// What is known before any policy: super users, and what isn't audited or always is.
    private func start(_ facts: RequestFacts, _ service: CompiledService) -> Verdict {
        var verdict = Verdict()
        let request = facts.request
        switch setup.policies.auditMode {
        case "audit-all":
            verdict.isAudited = true
            verdict.isAuditDetermined = true
        case "audit-none": verdict.isAuditDetermined = true
        default:
            if service.resource.isEmpty, service.tags == nil { verdict.isAudited = true }
        }
        if isUnaudited(facts) {
            verdict.isAudited = false
            verdict.isAuditDetermined = true
        }
        let isSuper =
            request.user.map(superUsers.contains) ?? false
            || request.groups.contains(where: superGroups.contains)
        if isSuper || request.accessType == "_super_user" {
            verdict.isAllowed = isSuper
            verdict.isDetermined = true
            verdict.priority = .max
        }
        return verdict
    }

    private func isUnaudited(_ facts: RequestFacts) -> Bool {
        facts.request.user.map(unauditedUsers.contains) ?? false
            || facts.request.groups.contains(where: unauditedGroups.contains)
            || facts.roles.contains(where: unauditedRoles.contains)
    }

    private func outcome(
        _ verdict: Verdict,
        _ facts: RequestFacts,
        _ service: CompiledService,
        _ type: PolicyType,
        _ shared: SharedVerdict?
    ) -> RangerOutcome {
        var outcome = RangerOutcome()
        outcome.isAllowed = verdict.isAllowed
        outcome.isDetermined = verdict.isDetermined
        outcome.isAudited = verdict.isAudited
        outcome.isAuditDetermined = verdict.isAuditDetermined
        outcome.priority = Int64(verdict.priority)
        if verdict.priority == .max { outcome.reason = "superuser" }
        if let policy = service.policy(verdict.auditor, type) { outcome.auditPolicyId = policy.id ?? -1 }
        if let policy = service.policy(verdict.decider, type) {
            outcome.policyId = policy.id ?? -1
            outcome.policyVersion = policy.version
            if verdict.decider.list == .denyAllElse { outcome.reason = "matched deny-all-else policy" }
        }
        if verdict.decider.tag >= 0 { facts.currentTag = Int(verdict.decider.tag) }
        if let item = service.item(verdict.decider, type) {
            set(item.dataMaskInfo, on: &outcome, facts)
            outcome.rowFilter = (item.rowFilterInfo?.filterExpr).map { text in
                ExpressionText.resolved(Script.withoutDoubleBrackets(text), facts)
            }
        }
        if let shared { shared.complete(&outcome, verdict, type) }
        return outcome
    }

    private func set(_ mask: DataMaskInfo?, on outcome: inout RangerOutcome, _ facts: RequestFacts) {
        guard let mask else { return }
        outcome.maskType = mask.dataMaskType.isEmpty ? nil : mask.dataMaskType
        outcome.maskedValue = mask.valueExpr.isEmpty ? nil : ExpressionText.resolved(mask.valueExpr, facts)
        outcome.maskCondition =
            mask.conditionExpr.isEmpty ? nil : ExpressionText.resolved(mask.conditionExpr, facts)
    }
}

extension CompiledService {
    /// The policy that decided; nil for none.
    func policy(_ decider: Decider, _ type: PolicyType) -> Policy? {
        guard let repository = repository(of: decider.origin), decider.policy >= 0 else { return nil }
        return repository.sources[Int(repository.policies[Int(decider.policy)].source)]
    }

    /// The mask or row-filter item that decided; nil for none.
    func item(_ decider: Decider, _ type: PolicyType) -> PolicyItem? {
        guard let repository = repository(of: decider.origin), decider.item >= 0,
            let policy = policy(decider, type)
        else { return nil }
        let position = Int(repository.items[Int(decider.item)].source)
        switch decider.list {
        case .mask: return policy.dataMaskPolicyItems[position]
        case .rowFilter: return policy.rowFilterPolicyItems[position]
        case .allow, .deny, .allowExceptions, .denyExceptions, .denyAllElse: return nil
        }
    }
}
