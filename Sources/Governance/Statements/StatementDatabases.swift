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
    /// - Parameters:
    ///   - source: Its name.
    ///   - upstream: The database.
    ///   - views: The views that row filters may be carried out behind; nil for none.
    /// - Returns: What sessions are opened with.
    /// - Throws: `.notFound`, `.sourceUnavailable`, `.storeUnavailable`.
    package func governance(
        of source: SourceName,
        upstream: any UpstreamDatabase,
        views: ViewUse? = nil
    ) throws(GovernanceError) -> StatementGovernance {
        try StatementGovernance(
            source: source,
            upstream: upstream,
            snapshots: snapshots,
            views: views,
            audit: audit,
            rim: rim
        )
    }

    /// Drops the views of a source upstream, and has none made for a while, so that its tables can be changed.
    ///
    /// - Parameters:
    ///   - source: Its name.
    ///   - views: Its views.
    ///   - minutes: How long none are made.
    ///   - caller: Who asks for it.
    /// - Returns: How many there were.
    /// - Throws: `.forbidden`; `.sourceUnavailable` when they are still there; `.auditUnavailable`.
    package func release(
        _ source: SourceName,
        _ views: any UpstreamViews,
        minutes: Int,
        by caller: Caller
    ) throws(GovernanceError) -> Int {
        try snapshots.current().requireAdmin(caller)
        var draft = AuditDraft(
            caller: caller,
            user: caller.user,
            act: .change,
            resource: "views of source \(source)"
        )
        draft.version = try snapshots.current().version
        let released = Result { () throws(ViewRefusal) in try views.release(minutes: minutes) }
        switch released {
        case .success(let count):
            try audit.append(draft.record(.allowed, at: rim.now()))
            return count
        case .failure(let refusal):
            try audit.append(draft.record(.failed, errorCode: .sourceUnavailable, at: rim.now()))
            throw GovernanceError(.sourceUnavailable, refusal.why)
        }
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
