package import CatalogModel
import HashTreeCollections

/// Reading the audit log: everybody their own lines, administrators all of them, owners those of their tables.
///
/// Of one's own lines, refusals of what somebody else tried in one's name stay away: they may name what one may not
/// know of.
package struct AuditReading: Sendable {
    private let snapshots: SnapshotHolder
    private let audit: any AuditLog

    init(snapshots: SnapshotHolder, audit: any AuditLog) {
        self.snapshots = snapshots
        self.audit = audit
    }

    /// The newest lines that fit, oldest first.
    ///
    /// - Parameters:
    ///   - count: How many at most; capped at 10,000.
    ///   - user: Only lines of this user; nil for all that the caller may see.
    ///   - resource: Only lines about this table, as it was named.
    ///   - caller: Who asks.
    /// - Returns: The lines; may be empty.
    /// - Throws: `.forbidden`, `.auditUnavailable`.
    package func tail(
        _ count: Int,
        user: UserName?,
        resource: String?,
        by caller: Caller
    ) throws(GovernanceError) -> [AuditRecord] {
        let snapshot = try snapshots.current()
        let table = resource.flatMap(TableName.init(_:)).flatMap { snapshot.state.tables[$0] }
        let owns = table.map { $0.definition.owner == caller.user } ?? false
        guard snapshot.isAdmin(caller) || owns || user == caller.user else {
            throw GovernanceError(
                .forbidden,
                "only administrators see everybody's audit lines: ask with `user` for your own"
            )
        }
        let lines = try audit.tail(min(max(0, count), 10_000), user: user, resource: resource)
        if snapshot.isAdmin(caller) || owns { return lines }
        return lines.filter { $0.outcome == .allowed || $0.actor == nil }
    }
}
