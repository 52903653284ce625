import CatalogModel
import HashTreeCollections
import PolicyEngine

/// Finds policies that match nothing, or never decide.
struct PolicyEffects {
    private let snapshot: GovernanceSnapshot
    private let now: Instant
    private let tables: [CatalogTable]
    private let principals: [Subject]
    private let purposes: [String?]
    /// The policies that decide something for somebody, by id; made when first asked for.
    private var deciders: [PolicyType: Set<Int64>] = [:]

    init(snapshot: GovernanceSnapshot, now: Instant) {
        self.snapshot = snapshot
        self.now = now
        tables = snapshot.state.tables.values.sorted { $0.definition.name < $1.definition.name }
        let policies = Array(snapshot.state.policies.values)
        principals = PolicyEffects.different(snapshot.principals(named: policies), for: policies, tables)
        purposes = [nil] + Set(policies.flatMap(\.purposes)).sorted()
    }

    /// Whether a policy matches nothing of the catalog, or is decided before everywhere.
    ///
    /// Policies with conditions other than purposes, and those about something else than columns, aren't judged.
    mutating func findings(about policy: Policy) throws(GovernanceError) -> [PolicyFinding] {
        guard let id = policy.id, policy.isJudged, let service = services(of: policy).first else { return [] }
        guard let probe = policy.allowingEverything(in: service.definition) else { return [] }
        let matched = try matches(of: probe)
        guard !matched.isEmpty else { return [matchesNothing(policy)] }
        guard policy.decidesOnColumns, try !isDecider(policy, id) else { return [] }
        let others = try names(before: policy, on: matched)
        return [
            PolicyFinding(
                rule: .shadowedPolicy,
                level: .warning,
                service: policy.service,
                policy: policy.name,
                member: "",
                column: nil,
                why:
                    "it matches \(matched.count) columns, such as `\(matched[0])`, and decides for nobody on any: "
                    + (others.isEmpty
                        ? "nothing that it says makes a difference"
                        : "decided before by " + others.map { "`\($0)`" }.joined(separator: ", ")),
                advice: "delete it, or change what decides before it"
            )
        ]
    }

    private func matchesNothing(_ policy: Policy) -> PolicyFinding {
        let what = ([policy.resources] + policy.additionalResources).map { map in
            map.sorted { $0.key < $1.key }.map { name, resource in
                "\(name) \(resource.isExcludes ? "other than " : "")\(resource.values.joined(separator: ", "))"
            }.joined(separator: ", ")
        }.joined(separator: "; or ")
        return PolicyFinding(
            rule: .matchesNothing,
            level: .warning,
            service: policy.service,
            policy: policy.name,
            member: "resources",
            column: nil,
            why: "no column of the catalog fits \(what)",
            advice: "correct the names, tag a column, add the source that has them, or delete the policy"
        )
    }

    /// The services whose tables a policy governs.
    private func services(of policy: Policy) -> [PolicyService] {
        snapshot.state.services.values.filter { $0.name.text == policy.service }
    }

    /// The columns that a policy which lets everybody do everything opens, all others left out.
    private func matches(of probe: Policy) throws(GovernanceError) -> [ColumnReference] {
        let alone = try compiled([probe])
        let readers = probe.dependsOnUser ? principals : [Subject(user: UserName(""))]
        var found: [ColumnReference] = []
        for table in tables {
            var seen: Set<ColumnName> = []
            for reader in readers {
                let decision = alone.decide(ReadRequest(reader, table, nil, nil, now))
                for column in decision.columns where column.treatment != .denied {
                    seen.insert(column.column)
                }
            }
            for column in table.definition.columns where seen.contains(column.name) {
                found.append(ColumnReference(table: table.definition.name, column: column.name))
            }
        }
        return found
    }

    /// The policies that count always: one that comes and goes, or hangs on more than a purpose, shadows nothing.
    private var lasting: [Policy] {
        snapshot.state.policies.values.filter { $0.validitySchedules.isEmpty && $0.hasPurposesOnly }
    }

    private mutating func isDecider(_ policy: Policy, _ id: Int64) throws(GovernanceError) -> Bool {
        guard policy.validitySchedules.isEmpty else {
            // It has to be tried while it is in force, whenever that is.
            var always = policy
            always.validitySchedules = []
            let others = lasting.filter { $0.id != id }
            return try deciders(of: policy.policyType, among: others + [always]).contains(id)
        }
        if let known = deciders[policy.policyType] { return known.contains(id) }
        let found = try deciders(of: policy.policyType, among: lasting)
        deciders[policy.policyType] = found
        return found.contains(id)
    }

    /// The policies of a type that decide something for somebody.
    private func deciders(
        of type: PolicyType,
        among policies: [Policy]
    ) throws(GovernanceError) -> Set<Int64> {
        let set = try compiled(type == .access ? policies : try masksAlone(policies))
        let accesses = type == .access ? accesses(of: policies) : [nil]
        var found: Set<Int64> = []
        for table in tables {
            for subject in principals {
                for purpose in purposes {
                    for access in accesses {
                        set.decide(ReadRequest(subject, table, purpose, access, now)).collect(into: &found)
                    }
                }
            }
        }
        return found
    }

    /// The accesses that policies are about; reading, for masks and filters.
    private func accesses(of policies: [Policy]) -> [String?] {
        let named = policies.filter { $0.policyType == .access }.flatMap(\.items).flatMap(\.accesses)
        return named.isEmpty ? [nil] : Set(named.map(\.type.withoutComponent)).sorted()
    }

    /// Masks and filters under which everybody may read everything, so that they alone decide.
    private func masksAlone(_ policies: [Policy]) throws(GovernanceError) -> [Policy] {
        let services = snapshot.state.services.values.sorted { $0.name < $1.name }
        let realms = services.flatMap { service in
            let zones = snapshot.state.zones.values.filter {
                $0.services[service.name.text]?.isEmpty == false
            }
            return ([""] + zones.map(\.name).sorted()).map { (service, $0) }
        }
        return policies.filter { $0.policyType != .access }
            + realms.enumerated().compactMap { number, realm in
                var open = Policy()
                open.service = realm.0.name.text
                open.zoneName = realm.1
                open.name = "everything"
                return open.allowingEverything(in: realm.0.definition, number: Int64(number))
            }
    }

    /// Names of the policies that decide in a policy's place for those whom it means.
    private func names(before policy: Policy, on matched: [ColumnReference]) throws(GovernanceError)
        -> [String]
    {
        let items = policy.items
        let meant = principals.filter { subject in items.contains { $0.means(subject) } }
        let set = try compiled(
            policy.policyType == .access ? lasting : try masksAlone(lasting)
        )
        let accesses = self.accesses(of: [policy])
        let tables = Set(matched.map(\.table))
        var found: Set<Int64> = []
        for table in self.tables where tables.contains(table.definition.name) {
            for subject in meant {
                for purpose in purposes {
                    for access in accesses {
                        set.decide(ReadRequest(subject, table, purpose, access, now)).collect(into: &found)
                    }
                }
            }
        }
        return found.compactMap { snapshot.state.policies[$0] }
            .filter { $0.policyType == policy.policyType && $0.id != policy.id }
            .map(\.name).sorted().prefix(3).map(\.self)
    }

    private func compiled(_ policies: [Policy]) throws(GovernanceError) -> PolicySet {
        try snapshot.compiled(policies.sorted { ($0.id ?? -1) < ($1.id ?? -1) })
    }

    /// Principals that no policy tells apart count once.
    private static func different(
        _ principals: [PolicyPrincipal],
        for policies: [Policy],
        _ tables: [CatalogTable]
    ) -> [Subject] {
        let items = policies.flatMap(\.items)
        let users = Set(items.flatMap(\.users)).union(tables.compactMap(\.definition.owner?.text))
        let groups = Set(items.flatMap(\.groups))
        let roles = Set(items.flatMap(\.roles))
        let dependsOnUser = policies.contains(where: \.dependsOnUser)
        var seen: Set<[[String]]> = []
        return principals.map(\.subject).filter { subject in
            let name = subject.user.text
            return seen.insert([
                dependsOnUser || users.contains(name) ? [name] : [],
                subject.groups.map(\.text).filter(groups.contains),
                subject.roles.map(\.text).filter(roles.contains),
            ]).inserted
        }
    }
}

extension ReadRequest {
    /// Somebody reading all columns of a table.
    init(_ subject: Subject, _ table: CatalogTable, _ purpose: String?, _ access: String?, _ now: Instant) {
        self.init(
            subject: subject,
            service: table.definition.service,
            table: table.definition.name,
            owner: table.definition.owner,
            columns: table.definition.columns.map(\.name),
            tableTags: table.tags,
            columnTags: table.columnTags,
            accessType: access,
            purpose: purpose,
            now: now
        )
    }
}

extension Decision {
    /// Adds the policies that it cites.
    fileprivate func collect(into found: inout Set<Int64>) {
        for reason in columns.map(\.reason) + (rowFilter.map { [$0.reason] } ?? []) {
            for case .policy(let citation) in reason.steps { found.insert(citation.id) }
        }
    }
}

extension PolicyItem {
    /// Whether it is about a subject.
    fileprivate func means(_ subject: Subject) -> Bool {
        users.contains(subject.user.text) || groups.contains("public")
            || subject.groups.contains { groups.contains($0.text) }
            || subject.roles.contains { roles.contains($0.text) }
    }
}
