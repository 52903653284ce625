/// Everything that a door can ask for; made once, by hand, where the process is put together.
package struct UseCases: Sendable {
    /// Reading rows.
    package let read: GovernedRead
    /// Rewriting posted rows.
    package let masking: ResultSetMasking
    /// What policy would say.
    package let questions: PolicyQuestions
    /// Publishing and testing policies.
    package let policies: PolicyAdministration
    /// Sources, tables, tags, lineage, principals.
    package let editing: CatalogEditing
    /// Looking things up in the catalog.
    package let browsing: CatalogBrowsing
    /// Types, entities, relationships, tags and glossary by Atlas's rules.
    package let assets: AssetCatalog
    /// Who is at the door.
    package let authentication: Authentication
    /// Reading the audit log.
    package let auditing: AuditReading
    /// Sending statements to databases.
    package let statements: StatementDatabases
    /// Clock and identities.
    package let rim: Rim

    /// Puts the use cases together over a store, an audit log and sources.
    ///
    /// `environment` is what policies need of the machine: named time zones, and an engine for their scripts.
    /// - Throws: what loading the store throws.
    package init(
        store: any CatalogStore & CredentialStore,
        audit: any AuditLog,
        sources: any RowSources,
        rim: Rim,
        environment: PolicyEnvironment = PolicyEnvironment()
    ) throws(GovernanceError) {
        let snapshots = try SnapshotHolder(store: store, rim: rim, environment: environment)
        read = GovernedRead(snapshots: snapshots, sources: sources, audit: audit, rim: rim)
        masking = ResultSetMasking(snapshots: snapshots, audit: audit, rim: rim)
        questions = PolicyQuestions(snapshots: snapshots, audit: audit, rim: rim)
        policies = PolicyAdministration(snapshots: snapshots, audit: audit, rim: rim)
        editing = CatalogEditing(snapshots: snapshots, sources: sources, audit: audit, rim: rim)
        browsing = CatalogBrowsing(snapshots: snapshots, rim: rim)
        assets = AssetCatalog(snapshots: snapshots, store: store, audit: audit, rim: rim)
        authentication = try Authentication(credentials: store, snapshots: snapshots, audit: audit, rim: rim)
        statements = StatementDatabases(read: read)
        auditing = AuditReading(snapshots: snapshots, audit: audit)
        self.rim = rim
    }
}
