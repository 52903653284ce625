package import Catalog
package import CatalogModel
import HashTreeCollections
import PolicyEngine

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
        let makeID = rim.makeEntityID
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
                            clock: { [zones = snapshot.environment.timeZones] zone, local in
                                zones.zone(zone)?.moment(ofLocal: local)
                            },
                            makeID: makeID
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

    /// The entities whose tags changed since a moment, or that had tags before anything was kept of when.
    ///
    /// Only those that the caller may read. `since` is in milliseconds since 1970.
    /// - Throws: `.unavailable`.
    package func tagged(since: Int64, for caller: Caller) throws(CatalogError) -> (CatalogView, [Entity]) {
        let view = try view(for: caller)
        guard since > 0 else { return (view, view.graph.tagged()) }
        do throws(GovernanceError) {
            let ids = try tagChanges(since: since, until: view.version)
            return (view, ids.compactMap { view.graph[$0] })
        } catch { throw CatalogError(error) }
    }

    /// Reads the change log backwards, in pieces that grow, until it is older than the moment.
    private func tagChanges(since: Int64, until version: Int64) throws(GovernanceError) -> [EntityID] {
        var size: Int64 = 1000
        while true {
            let records = try store.changes(since: max(0, version - size))
            let isEnough = records.first.map { $0.time.microseconds / 1000 < since } ?? true
            guard isEnough || size >= version else {
                size *= 8
                continue
            }
            let fresh = records.filter { $0.time.microseconds / 1000 >= since }
            return Array(Set(fresh.flatMap { $0.change.taggedEntities })).sorted()
        }
    }

    /// Writes down that somebody takes something out of the catalog, before they have it.
    ///
    /// - Throws: `.unavailable` when it can't be written: then nothing may be handed out.
    package func record(_ act: String, by caller: Caller) throws(CatalogError) {
        let draft = AuditDraft(caller: caller, user: caller.user, act: .read, resource: act)
        do throws(GovernanceError) { try audit.append(draft.record(.allowed, at: rim.now())) } catch {
            throw CatalogError(error)
        }
    }

    /// What happened to an entity, newest first.
    ///
    /// - Throws: `.unknownEntity` for one that never was, that is gone without having been purged, or that they may not
    ///   read; a purged one may be read by those who may read audits.
    package func history(of id: EntityID, for caller: Caller) throws(CatalogError) -> [EntityHistory] {
        do throws(GovernanceError) {
            let snapshot = try snapshots.current()
            let view = try view(of: snapshot, for: caller)
            let isThere = view.graph[id] != nil
            let isGone = snapshot.state.graph.birth(of: id) == nil
            let mayAsk = isThere || isGone && (view.gate.isOpen || view.gate.permits(.audits))
            let history = try mayAsk ? store.history(of: id, birth: view.graph.birth(of: id)) : []
            if isThere || history.contains(where: { $0.events.contains { $0.action == .purged } }) {
                return history
            }
        } catch {
            throw CatalogError(error)
        }
        throw CatalogError.unknown(id)
    }
}

extension CatalogChange {
    /// The entities whose tags it changes; none for most changes.
    fileprivate var taggedEntities: [EntityID] {
        switch self {
        case .graph(.setTag(let id, _)), .graph(.removeTag(let id, _)): return [id]
        case .graph(.pack(let change)):
            var found: [EntityID] = []
            change.pack.forEachSubject { index, subject in
                guard change.pack.events(index)?.contains(where: \.isOfTag) == true else { return }
                switch subject {
                case .entity(let id, typeName: _), .gone(let id), .note(let id): found.append(id)
                }
            }
            return found
        case .graph(.putType), .graph(.removeType), .graph(.load), .putUser, .deleteUser, .putGroup, .putRole,
            .putSource, .deleteSource, .putService, .putPolicy, .deletePolicy, .putZone, .deleteZone,
            .putShared, .deleteShared:
            return []
        }
    }
}

extension EntityEvent {
    fileprivate var isOfTag: Bool {
        switch action {
        case .tagAdded, .tagUpdated, .tagDeleted, .flowedTagAdded, .flowedTagUpdated, .flowedTagDeleted: true
        case .created, .updated, .deleted, .purged, .importCreated, .importUpdated, .importDeleted,
            .termAdded,
            .termDeleted, .labelAdded, .labelDeleted, .customUpdated, .businessUpdated:
            false
        }
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
