package import CatalogModel
import HashTreeCollections

/// The databases of the catalog that statements may be sent to.
package struct StatementDatabases: Sendable {
    private let snapshots: SnapshotHolder
    private let audit: any AuditLog
    private let rim: Rim
    private let rows: any RowSources
    private let read: GovernedRead

    init(read: GovernedRead) {
        snapshots = read.snapshots
        audit = read.audit
        rim = read.rim
        rows = read.sources
        self.read = read
    }

    /// The sources that are such databases, sorted by name.
    ///
    /// - Throws: `.storeUnavailable`.
    package func sources() throws(GovernanceError) -> [SourceDefinition] {
        try snapshots.current().state.sources.values.filter { $0.kind == .postgres }.sorted {
            $0.name < $1.name
        }
    }

    /// What governs the statements to one of them.
    ///
    /// - Throws: `.notFound`, `.sourceUnavailable`, `.storeUnavailable`.
    package func governance(
        of source: SourceName,
        upstream: any UpstreamDatabase
    ) throws(GovernanceError) -> StatementGovernance {
        try StatementGovernance(
            source: source,
            upstream: upstream,
            snapshots: snapshots,
            audit: audit,
            rim: rim
        )
    }

    /// The sources of files, of each database's name the first by its own name; those that share it are answered
    /// together.
    ///
    /// - Throws: `.storeUnavailable`.
    package func fileSources() throws(GovernanceError) -> [SourceDefinition] {
        var found: [String: SourceDefinition] = [:]
        for source in try snapshots.current().state.sources.values where source.kind != .postgres {
            let known = found[source.database]
            if known == nil || source.name < known?.name ?? source.name { found[source.database] = source }
        }
        return found.values.sorted { $0.database < $1.database }
    }

    /// What governs the statements to the files under a source's database name.
    ///
    /// - Throws: `.storeUnavailable`.
    package func governance(
        ofFiles source: SourceDefinition
    ) throws(GovernanceError) -> StatementGovernance {
        try StatementGovernance(files: source, sources: rows, read: read, audit: audit, rim: rim)
    }
}
