package import CatalogModel
import HashTreeCollections
package import PolicyEngine

/// One side of a comparison of policies.
package enum ComparedPolicies: Sendable {
    /// The policies in force.
    case live
    /// Policies that needn't be published.
    case given([Policy])
}

/// One thing that somebody sees differently under two sets of policies.
package struct PolicyDifference: Hashable, Sendable {
    /// Whether it is more or less than before.
    package enum Effect: String, Hashable, Sendable {
        /// Sees more: from denied to masked or clear, from masked to clear, from some rows to all.
        case gains
        /// Sees less.
        case loses
        /// Sees another mask, or other rows; which is more isn't known.
        case changes
    }

    /// Who.
    package let principal: PolicyPrincipal
    /// The purpose that has to be named for it; nil when none is.
    package let purpose: String?
    /// The table.
    package let table: TableName
    /// The column; nil for the table's rows.
    package let column: ColumnName?
    /// More or less.
    package let effect: Effect
    /// The treatment or row filter before, in words.
    package let before: String
    /// The treatment or row filter after, in words.
    package let after: String
}

extension PolicyAdministration {
    /// What changes for whom between two sets of policies, over all tables of the catalog, as it is now.
    ///
    /// Tried on all users, groups and roles of the catalog and of the policies, without a purpose and for every
    /// purpose that some policy names; a difference that is there without a purpose isn't repeated for purposes.
    /// Cost: a decision for each principal, purpose and column, twice.
    /// - Parameters:
    ///   - before: The one side.
    ///   - after: The other.
    ///   - ontoLive: Whether given policies are put among those in force, as publishing them would; else each side is
    ///     all there is.
    ///   - moment: When, for validity; nil for now.
    ///   - caller: Who asks; an administrator.
    /// - Returns: By principal, table and column; empty when all see the same.
    /// - Throws: `.forbidden`, `.invalidPolicy` with the place.
    package func differences(
        from before: ComparedPolicies,
        to after: ComparedPolicies,
        ontoLive: Bool = false,
        at moment: Instant? = nil,
        by caller: Caller
    ) throws(GovernanceError) -> [PolicyDifference] {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        let old = try governed(by: before, in: snapshot, ontoLive: ontoLive)
        let new = try governed(by: after, in: snapshot, ontoLive: ontoLive)
        let all = Array(old.state.policies.values) + Array(new.state.policies.values)
        return PolicyComparison(old: old, new: new, now: moment ?? rim.now()).differences(
            of: snapshot.principals(named: all),
            for: Set(all.flatMap(\.purposes)).sorted()
        )
    }

    /// The snapshot as it would be with some policies.
    func governed(
        by compared: ComparedPolicies,
        in live: GovernanceSnapshot,
        ontoLive: Bool
    ) throws(GovernanceError) -> GovernanceSnapshot {
        guard case .given(let policies) = compared else { return live }
        let drafts = try drafts(of: policies, in: live)
        let kept = Set(drafts.compactMap(\.policy.id))
        let gone = ontoLive ? [] : live.state.policies.keys.filter { !kept.contains($0) }.sorted()
        let changes =
            gone.map { CatalogChange.deletePolicy($0) } + drafts.map { .putPolicy($0.policy) }
        guard !changes.isEmpty else { return live }
        let next = try live.applying(changes, version: live.version + Int64(changes.count))
        try next.checkOutcomes(of: drafts.map(\.policy))
        return next
    }
}

/// Compares what two snapshots of one catalog decide.
private struct PolicyComparison {
    let old: GovernanceSnapshot
    let new: GovernanceSnapshot
    let now: Instant

    func differences(
        of principals: [PolicyPrincipal],
        for purposes: [String]
    ) -> [PolicyDifference] {
        let tables = old.state.tables.values.sorted { $0.definition.name < $1.definition.name }
        var found: [PolicyDifference] = []
        for principal in principals {
            for table in tables {
                let plain = differences(of: principal, on: table, for: nil)
                found += plain
                let known = Set(plain.map(\.withoutPurpose))
                for purpose in purposes {
                    found += differences(of: principal, on: table, for: purpose).filter {
                        !known.contains($0.withoutPurpose)
                    }
                }
            }
        }
        return found
    }

    private func differences(
        of principal: PolicyPrincipal,
        on table: CatalogTable,
        for purpose: String?
    ) -> [PolicyDifference] {
        let before = old.decide(principal.subject, on: table, for: purpose, at: now)
        let after = new.decide(principal.subject, on: table, for: purpose, at: now)
        var found: [PolicyDifference] = []
        func add(_ column: ColumnName?, _ effect: PolicyDifference.Effect, _ before: String, _ after: String)
        {
            found.append(
                PolicyDifference(
                    principal: principal,
                    purpose: purpose,
                    table: table.definition.name,
                    column: column,
                    effect: effect,
                    before: before,
                    after: after
                )
            )
        }
        for (one, other) in zip(before.columns, after.columns) where one.treatment != other.treatment {
            let effect: PolicyDifference.Effect =
                one.treatment.openness == other.treatment.openness
                ? .changes : one.treatment.openness < other.treatment.openness ? .gains : .loses
            add(one.column, effect, one.treatment.title, other.treatment.title)
        }
        let filters = (before.rowFilter?.expression, after.rowFilter?.expression)
        // Rows of a table that is closed before or after are no news beside its columns.
        guard filters.0 != filters.1, before.isReadable, after.isReadable else { return found }
        let effect: PolicyDifference.Effect =
            filters.0 == nil ? .loses : filters.1 == nil ? .gains : .changes
        add(nil, effect, GovernanceSnapshot.rows(filters.0), GovernanceSnapshot.rows(filters.1))
        return found
    }
}

extension PolicyDifference {
    fileprivate var withoutPurpose: PolicyDifference {
        PolicyDifference(
            principal: principal,
            purpose: nil,
            table: table,
            column: column,
            effect: effect,
            before: before,
            after: after
        )
    }
}

extension GovernanceSnapshot {
    /// What policy says of somebody, in the catalog or not, reading all columns of a table.
    func decide(
        _ subject: Subject,
        on table: CatalogTable,
        for purpose: String?,
        access: String? = nil,
        at now: Instant
    ) -> Decision {
        policies.decide(
            ReadRequest(
                subject: subject,
                service: table.definition.service,
                table: table.definition.name,
                owner: table.definition.owner,
                columns: table.definition.columns.map(\.name),
                tableTags: table.tags,
                columnTags: table.columnTags,
                accessType: access,
                purpose: purpose,
                now: now,
                version: version
            )
        )
    }

    fileprivate static func rows(_ filter: String?) -> String {
        filter.map { "rows where \($0)" } ?? "all rows"
    }
}

extension Decision {
    /// Whether some column may be seen.
    var isReadable: Bool { columns.contains { $0.treatment != .denied } }
}

extension Treatment {
    /// 0 for denied, 1 for masked, 2 for clear.
    var openness: Int {
        switch self {
        case .denied: 0
        case .masked: 1
        case .clear: 2
        }
    }

    /// The label, with the expression of a mask that has its own.
    package var title: String {
        if case .masked(let mask) = self, let text = mask.valueExpression { return "\(label) \(text)" }
        return label
    }
}
