package import Catalog
package import CatalogModel
import HashTreeCollections

/// The catalog as one caller sees it at one version.
package struct CatalogView: Sendable {
    /// Types, entities, relationships and tags that they may know of.
    package let graph: VisibleGraph
    /// What the caller may.
    package let gate: any CatalogGate
    /// The caller's name.
    package let user: String
    /// The caller's groups.
    package let groups: [String]
    /// The moment, in milliseconds since 1970.
    package let now: Int64
    /// The version.
    package let version: Int64

    /// The entity of an identity.
    ///
    /// - Throws: `.unknownEntity`, for one that they may not read too.
    package func entity(_ id: EntityID) throws(CatalogError) -> Entity { try graph.entity(id) }

    /// - Throws: `.forbidden` when the caller may not.
    package func require(_ privilege: CatalogPrivilege) throws(CatalogError) {
        guard !gate.isOpen, !gate.permits(privilege) else { return }
        throw CatalogError(.forbidden, "\(user) is not authorized to perform \(privilege.rawValue)")
    }
}

/// Reading and changing the catalog by Atlas's rules: types, entities, relationships, tags, glossary.
///
/// Each change is one transaction and stands in the audit log. In force for every decision after it returns.
package struct AssetCatalog: Sendable {
    private let snapshots: SnapshotHolder
    private let store: any CatalogStore
    private let audit: any AuditLog
    private let rim: Rim

    init(snapshots: SnapshotHolder, store: any CatalogStore, audit: any AuditLog, rim: Rim) {
        self.snapshots = snapshots
        self.store = store
        self.audit = audit
        self.rim = rim
    }

    /// The catalog as a caller sees it now.
    ///
    /// - Throws: `.unavailable`.
    package func view(for caller: Caller) throws(CatalogError) -> CatalogView {
        do throws(GovernanceError) { return try view(of: try snapshots.current(), for: caller) } catch {
            throw CatalogError(error)
        }
    }

    private func view(
        of snapshot: GovernanceSnapshot,
        for caller: Caller
    ) throws(GovernanceError) -> CatalogView {
        let gate = try snapshot.catalogGate(for: caller, at: rim.now())
        return CatalogView(
            graph: VisibleGraph(snapshot.state.graph, gate),
            gate: gate,
            user: caller.user.text,
            groups: (snapshot.state.users[caller.user]?.groups ?? []).map(\.text).sorted(),
            now: rim.now().microseconds / 1000,
            version: snapshot.version
        )
    }

    /// Changes the catalog in one transaction.
    ///
    /// - Parameters:
    ///   - caller: Who changes it.
    ///   - act: What is done, for the audit log; no values.
    ///   - isOwn: Whether it is about something that only the caller has, such as a saved search, so that policy has no say.
    ///   - steps: Makes the changes; called again when another process was faster.
    /// - Returns: What `steps` gave, and the transaction with its graph in force.
    /// - Throws: what `steps` throws, and `.unavailable`, `.conflict`; nothing is changed then.
    package func change<Result>(
        by caller: Caller,
        _ act: String,
        isOwn: Bool = false,
        _ steps: (inout CatalogTransaction) throws(CatalogError) -> Result
    ) throws(CatalogError) -> (result: Result, transaction: CatalogTransaction) {
        var refusal: CatalogError?
        var outcome: (Result, CatalogTransaction)?
        let makeID = rim.makeID
        do throws(GovernanceError) {
            try ChangeAudit(audit: audit, rim: rim).recording(caller, act) {
                announce throws(GovernanceError) in
                try snapshots.commit(
                    by: caller.user,
                    announcing: announce,
                    preparing: { snapshot throws(GovernanceError) in
                        refusal = nil
                        let view = try view(of: snapshot, for: caller)
                        var transaction = CatalogTransaction(
                            snapshot.state.graph,
                            user: view.user,
                            now: view.now,
                            gate: isOwn ? OpenGate() : view.gate,
                            makeID: { EntityID(makeID()) }
                        )
                        do throws(CatalogError) {
                            let result = try steps(&transaction)
                            let prepared = SnapshotHolder.Prepared(&transaction)
                            outcome = (result, transaction)
                            return prepared
                        } catch {
                            refusal = error
                            throw GovernanceError(
                                error.code == .forbidden ? .forbidden : .invalidRequest,
                                "\(error)"
                            )
                        }
                    }
                ).version
            }
        } catch {
            throw refusal ?? CatalogError(error)
        }
        guard let outcome else { throw CatalogError(.unavailable, "the change wasn't made") }
        return outcome
    }

    /// What happened to an entity, newest first.
    ///
    /// - Throws: `.unknownEntity` for one that never was, that is gone without having been purged, or that they may not
    ///   read; a purged one may be read by those who may read audits.
    package func history(of id: EntityID, for caller: Caller) throws(CatalogError) -> [EntityHistory] {
        let view = try view(for: caller)
        let isThere = view.graph[id] != nil
        guard isThere || view.gate.isOpen || view.gate.permits(.audits) else {
            throw CatalogError.unknown(id)
        }
        let history: [EntityHistory]
        do throws(GovernanceError) { history = try store.history(of: id) } catch { throw CatalogError(error) }
        guard isThere || history.contains(where: { $0.events.contains { $0.action == .purged } }) else {
            throw CatalogError.unknown(id)
        }
        return history
    }
}

extension CatalogError {
    /// A failure beside the catalog's rules.
    init(_ error: GovernanceError) {
        switch error.code {
        case .forbidden, .denied: self.init(.forbidden, error.message)
        case .conflict: self.init(.conflict, error.message)
        case .limitExceeded: self.init(.tooMany, error.message)
        case .invalidRequest, .unauthenticated, .unknownUser, .unknownTable, .unknownColumn, .unknownMask,
            .unsuitableMask, .evaluationFailed, .notFound, .invalidPolicy, .invalidEntity, .sourceUnavailable,
            .sourceChanged, .malformedRow, .storeVersion, .storeUnavailable, .auditUnavailable,
            .internalError:
            self.init(.unavailable, error.message)
        }
    }
}

extension CatalogView {
    /// The catalog as the one who changed it sees it.
    package init(_ transaction: CatalogTransaction) {
        self.init(
            graph: transaction.seen,
            gate: transaction.gate,
            user: transaction.user,
            groups: [],
            now: transaction.now,
            version: 0
        )
    }
}
