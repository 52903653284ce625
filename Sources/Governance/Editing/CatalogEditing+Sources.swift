import Catalog
package import CatalogModel
import HashTreeCollections

extension CatalogEditing {
    /// Adds a source, or replaces the one of its name; scanning it is another act.
    ///
    /// - Throws: `.forbidden`; `.sourceUnavailable` or `.invalidRequest` when it can't be opened; `.notFound` for an
    ///   unknown service.
    package func put(_ source: SourceDefinition, by caller: Caller) throws(GovernanceError) {
        try edit(caller, "source \(source.name)") { snapshot throws(GovernanceError) in
            try check(source, replacing: true, in: snapshot, caller)
            _ = try sources.rowSource(for: source)
            return snapshot.state.sources[source.name] == source ? [] : [.putSource(source)]
        }
    }

    /// Adds a source together with the tables that it has: all or nothing.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - replacing: Whether another source of that name may go.
    ///   - caller: Who adds it.
    /// - Returns: What it brought.
    /// - Throws: as ``put(_:by:)`` and ``scan(_:by:)``; `.conflict` when the name is taken and may not be.
    package func add(
        _ source: SourceDefinition,
        replacing: Bool,
        by caller: Caller
    ) throws(GovernanceError) -> ScanReport {
        try check(source, replacing: replacing, in: try snapshots.current(), caller)
        let found = try sources.rowSource(for: source).discover()
        var report = ScanReport(added: [], changed: [], unchanged: [], missing: [])
        try edit(caller, preparing: "source \(source.name)") { snapshot throws(GovernanceError) in
            try check(source, replacing: replacing, in: snapshot, caller)
            let (merged, fresh) = try prepared(found, of: source.name, in: snapshot, caller)
            report = fresh
            let isKnown = snapshot.state.sources[source.name] == source
            return isKnown ? merged : merged.after(.putSource(source))
        }
        return report
    }

    /// Takes a source out of the catalog, and its tables with their columns and tags.
    ///
    /// - Throws: `.forbidden`, `.notFound`.
    package func remove(_ name: SourceName, by caller: Caller) throws(GovernanceError) {
        try edit(caller, preparing: "no source \(name)") { snapshot throws(GovernanceError) in
            try snapshot.requireAdmin(caller)
            guard snapshot.state.sources[name] != nil else {
                throw GovernanceError(.notFound, "there is no source `\(name)`")
            }
            let tables = snapshot.state.tables.values.filter { $0.definition.source == name }
            return try prepared(snapshot, caller) { transaction throws(CatalogError) in
                try transaction.delete(tables.flatMap { $0.columnIDs + [$0.id] })
            }.after(.deleteSource(name))
        }
    }

    private func check(
        _ source: SourceDefinition,
        replacing: Bool,
        in snapshot: GovernanceSnapshot,
        _ caller: Caller
    ) throws(GovernanceError) {
        try snapshot.requireAdmin(caller)
        guard snapshot.state.services[source.service] != nil else {
            let known = snapshot.state.services.keys.map(\.text).sorted().joined(separator: ", ")
            throw GovernanceError(
                .notFound,
                "there is no service `\(source.service)`; known: \(known.isEmpty ? "none" : known)"
            )
        }
        if !replacing, let old = snapshot.state.sources[source.name], old != source {
            throw GovernanceError(
                .conflict,
                "there is another source `\(source.name)` already: choose another name, or replace it"
            )
        }
    }

    /// Sources of the catalog, sorted by name.
    ///
    /// - Throws: `.forbidden`.
    package func allSources(by caller: Caller) throws(GovernanceError) -> [SourceDefinition] {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        return snapshot.state.sources.values.sorted { $0.name < $1.name }
    }

    /// Looks at what a source has and brings the catalog up to it.
    ///
    /// New tables and columns come in; columns that are gone go; what a person decided (types, summaries, owners,
    /// tags) stays.
    /// - Throws: `.forbidden`, `.notFound`, `.sourceUnavailable`, `.conflict` when another source has a table of that
    ///   name.
    package func scan(_ name: SourceName, by caller: Caller) throws(GovernanceError) -> ScanReport {
        let before = try snapshots.current()
        try before.requireAdmin(caller)
        guard let source = before.state.sources[name] else {
            throw GovernanceError(.notFound, "there is no source `\(name)`: add it with `steward source add`")
        }
        let found = try sources.rowSource(for: source).discover()
        var report = ScanReport(added: [], changed: [], unchanged: [], missing: [])
        try edit(caller, preparing: "scan of \(name)") { snapshot throws(GovernanceError) in
            let (merged, fresh) = try prepared(found, of: name, in: snapshot, caller)
            report = fresh
            return merged
        }
        return report
    }

    /// What bringing the catalog up to what a source has comes to.
    private func prepared(
        _ found: [TableDefinition],
        of name: SourceName,
        in snapshot: GovernanceSnapshot,
        _ caller: Caller
    ) throws(GovernanceError) -> (SnapshotHolder.Prepared, ScanReport) {
        var merged: [TableMerge] = []
        var (added, changed, unchanged) = ([TableName](), [TableName](), [TableName]())
        for table in found {
            let known = snapshot.state.tables[table.name]
            let steps = try merge(table, into: known)
            merged.append(steps)
            if known == nil {
                added.append(table.name)
            } else if steps.isEmpty {
                unchanged.append(table.name)
            } else {
                changed.append(table.name)
            }
        }
        let names = Set(found.map(\.name))
        let missing = snapshot.state.tables.values.map(\.definition)
            .filter { $0.source == name && !names.contains($0.name) }.map(\.name).sorted()
        let report = ScanReport(added: added, changed: changed, unchanged: unchanged, missing: missing)
        let steps = merged
        let prepared = try prepared(snapshot, caller) { transaction throws(CatalogError) in
            for merge in steps { try merge.apply(to: &transaction) }
        }
        return (prepared, report)
    }
}
