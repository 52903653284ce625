import CatalogModel
import HashTreeCollections
import PolicyEngine

/// Who may know what: a table of which somebody may read nothing doesn't exist for them.
extension GovernanceSnapshot {
    /// Whether a caller administers a table: an administrator, the operator, or its owner.
    func administers(_ table: CatalogTable, _ caller: Caller) -> Bool {
        isAdmin(caller) || table.definition.owner == caller.user
    }

    /// Whether a caller may know that a table exists: they administer it, or may read some of it.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - caller: Who wants to know.
    ///   - purpose: What for; what may be read without a purpose counts too.
    ///   - now: The moment.
    /// - Returns: False also for a caller who isn't in the catalog.
    /// - Throws: `.internalError` only.
    func mayKnow(
        _ table: CatalogTable,
        _ caller: Caller,
        for purpose: String?,
        at now: Instant
    ) throws(GovernanceError) -> Bool {
        if administers(table, caller) { return true }
        guard state.users[caller.user] != nil else { return false }
        let subject = try subject(caller.user)
        for purpose in purpose == nil ? [nil] : [purpose, nil] {
            let decision = try decide(subject, reading: table, columns: nil, purpose: purpose, at: now)
            if decision.columns.contains(where: { $0.treatment != .denied }) { return true }
        }
        return false
    }

    /// A table that a caller may know of.
    ///
    /// - Throws: `.unknownTable`, the same for a table that isn't there and for one that the caller may not know of.
    func table(
        _ name: TableName,
        knownTo caller: Caller,
        for purpose: String?,
        at now: Instant
    ) throws(GovernanceError) -> CatalogTable {
        let table = try table(name)
        guard try mayKnow(table, caller, for: purpose, at: now) else { throw Refusal.unknown(name) }
        return table
    }

    /// Tags as a caller may see where they came from: columns of tables that they may not know of are left out of
    /// the paths of lineage.
    func trimmed(
        _ tags: [EffectiveTag],
        for caller: Caller,
        at now: Instant
    ) throws(GovernanceError) -> [EffectiveTag] {
        var shown: [EffectiveTag] = []
        for tag in tags {
            guard case .lineage(let path) = tag.origin else {
                shown.append(tag)
                continue
            }
            var known: [ColumnReference] = []
            for column in path {
                if let table = state.tables[column.table], try mayKnow(table, caller, for: nil, at: now) {
                    known.append(column)
                }
            }
            // Attributes were written where the tag was set, perhaps for people who may know that table.
            let plain = known.count == path.count ? tag.tag : Tag(tag.tag.name)
            shown.append(EffectiveTag(plain, origin: .lineage(path: known)))
        }
        return shown
    }

    /// The sentences of a reason, as a caller may read them.
    func sentences(
        of reason: Reason,
        for treatment: Treatment?,
        asker caller: Caller,
        at now: Instant
    ) throws(GovernanceError) -> [String] {
        if isAdmin(caller) { return reason.sentences(for: treatment) }
        var sentences: [String] = []
        for step in reason.steps {
            switch step {
            case .tag(let tag):
                for tag in try trimmed([tag], for: caller, at: now) { sentences.append(tag.sentence) }
            case .policy, .noPolicy, .zone, .superUser, .shared:
                sentences.append(step.sentence(for: treatment))
            }
        }
        return sentences
    }
}
