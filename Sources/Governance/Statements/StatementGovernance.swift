package import CatalogModel
import HashTreeCollections
import Masking
package import QueryAnalysis
import Synchronization

/// Lets people send statements to one database of the catalog, governed.
package final class StatementGovernance: Sendable {
    /// The source whose tables the database has.
    package let source: SourceName
    /// The name under which people connect to it.
    package let database: String
    let snapshots: SnapshotHolder
    let log: StatementLog
    let rim: Rim
    let backing: Backing
    /// What was rewritten before; not for files, whose statements are answered from what a session has governed.
    let cache = RewriteCache(capacity: 32 << 20)
    /// The views that row filters are carried out behind; nil where there are none.
    let keeper: FenceKeeper?
    private let known: Mutex<Known>

    /// What answers the statements.
    enum Backing: Sendable {
        /// A database.
        case database(any UpstreamDatabase)
        /// We do, over what governed reads of files give.
        case files(FileRelations, GovernedRead)
    }

    private struct Known {
        var shape: UpstreamShape
        var version: Int64 = -1
        var tables: [RelationName: TableName] = [:]
        /// Counts the looks at the database.
        var look = 0
        /// Whether time changes nothing in this version.
        var isTimeless = false
    }

    private let namings = Atomic<Int>(0)

    /// Counts how often the catalog's names of tables became others.
    ///
    /// Doesn't block.
    var naming: Int { namings.load(ordering: .acquiring) }

    /// Looks at the database and at the catalog.
    ///
    /// - Throws: `.notFound` for a source that isn't in the catalog, `.sourceUnavailable`, `.storeUnavailable`.
    package init(
        source: SourceName,
        upstream: any UpstreamDatabase,
        snapshots: SnapshotHolder,
        views: ViewUse? = nil,
        audit: any AuditLog,
        rim: Rim
    ) throws(GovernanceError) {
        guard let definition = try snapshots.current().state.sources[source] else {
            throw GovernanceError(.notFound, "source `\(source)` is not in the catalog")
        }
        self.source = source
        database = definition.database
        self.snapshots = snapshots
        backing = .database(upstream)
        self.rim = rim
        log = StatementLog(audit: audit)
        keeper = views.map { FenceKeeper($0, now: rim.now) }
        known = Mutex(Known(shape: try upstream.shape()))
    }

    /// Governs the statements to the files that are catalogued under one database's name.
    ///
    /// - Throws: `.storeUnavailable`.
    init(
        files source: SourceDefinition,
        sources: any RowSources,
        read: GovernedRead,
        audit: any AuditLog,
        rim: Rim
    ) throws(GovernanceError) {
        self.source = source.name
        database = source.database
        snapshots = read.snapshots
        backing = .files(FileRelations(database: source.database, sources: sources), read)
        self.rim = rim
        log = StatementLog(audit: audit)
        keeper = nil
        known = Mutex(Known(shape: UpstreamShape([])))
        try look(at: try read.snapshots.current())
    }

    /// Looks at the database again, for relations that came or changed meanwhile.
    ///
    /// - Throws: `.sourceUnavailable`; what was known stays.
    package func refresh() throws(GovernanceError) {
        guard case .database(let upstream) = backing else {
            known.withLock { known in
                known.version = -1
                known.look += 1
            }
            return
        }
        if keeper?.look() == true { rewriteAnew() }
        let shape = try upstream.shape()
        known.withLock { known in
            guard known.shape != shape else { return }
            known.shape = shape
            known.look += 1
            known.version = -1
        }
    }

    /// Has statements rewritten anew that were rewritten before.
    func rewriteAnew() { known.withLock { $0.look += 1 } }

    /// The relation and column that a column of a result says that it is; nil for one that isn't known.
    ///
    /// Doesn't block.
    func origin(_ identifier: UInt32, _ number: Int16) -> (relation: RelationName, column: String)? {
        if let found = keeper?.origin(identifier, number) { return found }
        guard let relation = shape.relation(identifier: identifier),
            let position = relation.numbers.firstIndex(of: number)
        else { return nil }
        return (relation.name, relation.columns[position].name)
    }

    /// Why row filters have no views, for whoever administers the database; nil when they have, or shouldn't.
    package var viewObstacle: String? { keeper?.obstacle }

    /// Finds out whether views can be made, before a statement wants one.
    ///
    /// Blocks.
    package func prepareViews() { keeper?.prepare() }

    /// Opens a session for somebody who has signed in.
    ///
    /// - Parameters:
    ///   - caller: Who is at the door.
    ///   - user: Whose view is wanted: nil for the caller's own, anybody's for an administrator.
    ///   - manner: What the session asks for.
    /// - Returns: The session.
    /// - Throws: `.unknownUser`, `.forbidden`, `.storeUnavailable`.
    package func session(
        for caller: Caller,
        as user: UserName? = nil,
        manner: SessionManner = SessionManner()
    ) throws(GovernanceError) -> StatementSession {
        let snapshot = try snapshots.current()
        try snapshot.authorise(caller, toActAs: user ?? caller.user)
        _ = try snapshot.subject(user ?? caller.user)
        return StatementSession(governance: self, caller: caller, user: user ?? caller.user, manner: manner)
    }

    /// Writes the lines that wait.
    ///
    /// - Throws: `.auditUnavailable`; the lines still wait then.
    package func flush() throws(GovernanceError) { try log.flush() }

    /// The version of catalog and policies in force.
    ///
    /// - Throws: `.storeUnavailable`.
    package func version() throws(GovernanceError) -> Int64 { try snapshots.current().version }

    /// The relations upstream.
    package var shape: UpstreamShape { known.withLock(\.shape) }

    /// The tables that a statement reads, as the audit log names them.
    func resource(of reads: StatementReads) -> String { resource(of: reads.columns.keys) }

    /// Relations as the audit log names their tables.
    func resource(of relations: some Collection<RelationName>) -> String {
        let tables = known.withLock(\.tables)
        if relations.count == 1, let only = relations.first, let table = tables[only],
            case let text = table.description, text.utf8.count <= StatementGovernance.resourceLength
        {
            return text
        }
        let names = relations.sorted().compactMap { tables[$0]?.description }
        return String(names.joined(separator: ", ").prefix(StatementGovernance.resourceLength))
    }

    /// Characters of the tables' names that a line of the audit log has.
    private static let resourceLength = 1000

    /// The catalogued table of each relation, for one version of the catalog.
    func tables(in snapshot: GovernanceSnapshot) throws(GovernanceError) -> [RelationName: TableName] {
        // Another thread's newer snapshot may have come in between: this one's tables are its own.
        if let tables = try look(at: snapshot) { return tables }
        return known.withLock { known in
            if known.version == snapshot.version { return known.tables }
            var tables: [RelationName: TableName] = [:]
            for (name, table) in snapshot.state.tables where table.definition.source == source {
                let parts = table.definition.location.split(separator: ".", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { continue }
                tables[RelationName(schema: parts[0], name: parts[1])] = name
            }
            name(tables, in: &known)
            known.isTimeless =
                tables.values.allSatisfy { snapshot.state.tables[$0]?.hasTimelessTags ?? false }
                && snapshot.isTimeless
            known.version = snapshot.version
            return tables
        }
    }

    private func name(_ tables: [RelationName: TableName], in known: inout Known) {
        guard known.tables != tables else { return }
        known.tables = tables
        namings.add(1, ordering: .releasing)
    }

    /// The moment at hand; nil when it isn't known without blocking, time itself changes what policy says, or too
    /// many audit lines wait to be written.
    ///
    /// Doesn't block.
    func momentAtOnce() -> GoverningMoment? {
        guard !log.isFull, let snapshot = snapshots.currentAtOnce() else { return nil }
        return known.withLock { known in
            guard known.version == snapshot.version, known.isTimeless else { return nil }
            return GoverningMoment(version: known.version, look: known.look)
        }
    }

    /// Whether a moment is still the one at hand, as far as is known, and not too many audit lines wait.
    ///
    /// Doesn't block.
    func isNow(_ moment: GoverningMoment) -> Bool {
        guard !log.isFull, snapshots.isCurrent(moment.version) else { return false }
        return known.withLock { known in
            known.version == moment.version && known.look == moment.look && known.isTimeless
        }
    }

    /// Has the catalog looked at anew before the next statement.
    func forget() { known.withLock { $0.version = -1 } }

    /// Takes in what the catalog says of files, once a version.
    ///
    /// Nil for a database.
    @discardableResult
    private func look(
        at snapshot: GovernanceSnapshot
    ) throws(GovernanceError) -> [RelationName: TableName]? {
        guard case .files(let files, _) = backing else { return nil }
        if let known = known.withLock({ $0.version == snapshot.version ? $0.tables : nil }) { return known }
        let (shape, tables) = files.relations(in: snapshot)
        let isTimeless =
            tables.values.allSatisfy { snapshot.state.tables[$0]?.hasTimelessTags ?? false }
            && snapshot.isTimeless
        known.withLock { known in
            known.shape = shape
            name(tables, in: &known)
            known.look += 1
            known.isTimeless = isTimeless
            known.version = snapshot.version
        }
        return tables
    }
}
