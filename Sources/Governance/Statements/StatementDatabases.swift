package import CatalogModel
import HashTreeCollections

/// The databases of the catalog that statements may be sent to.
package struct StatementDatabases: Sendable {
    private let snapshots: SnapshotHolder
    private let audit: any AuditLog
    private let rim: Rim

    init(snapshots: SnapshotHolder, audit: any AuditLog, rim: Rim) {
        self.snapshots = snapshots
        self.audit = audit
        self.rim = rim
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
}
