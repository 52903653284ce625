package import Catalog
package import CatalogModel
import Synchronization

/// Holds the snapshot in force, follows the store's change log, and is the only way to change the catalog.
///
/// **Promise.** After ``commit(_:by:)`` returns, every later ``current()`` of this process has the change; a change by
/// another process on the same store is seen by the next ``current()``.
package final class SnapshotHolder: Sendable {
    private let store: any CatalogStore
    private let rim: Rim
    private let held: Mutex<Held>
    /// Taken by whoever moves the snapshot on, so that changes are applied once and in order.
    private let mover = Mutex<Void>(())

    private struct Held {
        var snapshot: GovernanceSnapshot
        /// The store's, when nothing was committed after the snapshot; nil when that isn't known.
        var mark: ChangeMark?
    }

    /// Loads the store.
    ///
    /// - Throws: `.storeUnavailable`, `.storeVersion`; `.invalidEntity` or `.invalidPolicy` when what is stored isn't
    ///   acceptable to this version of Steward.
    package init(
        store: any CatalogStore,
        rim: Rim,
        environment: PolicyEnvironment = PolicyEnvironment()
    ) throws(GovernanceError) {
        self.store = store
        self.rim = rim
        let (version, changes) = try store.load()
        let snapshot = try GovernanceSnapshot(environment: environment).applying(changes, version: version)
        held = Mutex(Held(snapshot: snapshot))
    }

    /// The snapshot of everything committed so far, by whichever process.
    ///
    /// Cost: a few nanoseconds when nothing changed and the store can tell that; else one look at its version.
    /// - Throws: `.storeUnavailable`: without the store nothing can be decided.
    package func current() throws(GovernanceError) -> GovernanceSnapshot {
        if let snapshot = currentAtOnce() { return snapshot }
        let mark = store.changeMark()
        let version = try store.currentVersion()
        let snapshot: GovernanceSnapshot? = held.withLock { held in
            guard held.snapshot.version == version else { return nil }
            held.mark = mark
            return held.snapshot
        }
        if let snapshot { return snapshot }
        return try catchUp()
    }

    /// As ``current()``, without blocking; nil when the store has to be asked.
    package func currentAtOnce() -> GovernanceSnapshot? {
        guard let mark = store.changeMark() else { return nil }
        return held.withLock { $0.mark == mark ? $0.snapshot : nil }
    }

    /// Whether a version is the newest, as far as can be told without blocking.
    package func isCurrent(_ version: Int64) -> Bool {
        guard let mark = store.changeMark() else { return false }
        return held.withLock { $0.mark == mark && $0.snapshot.version == version }
    }

    /// Checks changes against the snapshot in force, commits them, and puts them in force.
    ///
    /// - Parameters:
    ///   - actor: Who makes the changes.
    ///   - announce: Told the version just before it is committed; when it throws, nothing is.
    ///   - make: Makes the changes from the snapshot in force; called again when another process was faster.
    /// - Returns: The snapshot with the changes; the one in force when there were none to make.
    /// - Throws: what `make` throws; `.invalidEntity`, `.invalidPolicy`, `.conflict`, `.storeUnavailable`. Nothing is
    ///   changed then.
    @discardableResult
    package func commit(
        by actor: UserName,
        announcing announce: (Int64) throws(GovernanceError) -> Void,
        _ make: (GovernanceSnapshot) throws(GovernanceError) -> [CatalogChange]
    ) throws(GovernanceError) -> GovernanceSnapshot {
        try commit(
            by: actor,
            announcing: announce,
            preparing: { snapshot throws(GovernanceError) in
                Prepared(changes: try make(snapshot), graph: nil)
            }
        )
    }

    /// Changes on their way into the catalog, with the graph that has them when a transaction made it.
    package struct Prepared {
        let changes: [CatalogChange]
        let graph: EntityGraph?
        /// The snapshot with the changes, when it was made already to check them.
        let next: GovernanceSnapshot?

        /// What a transaction came to; it is finished here.
        package init(_ transaction: inout CatalogTransaction) {
            changes = transaction.finish().map { .graph($0) }
            graph = transaction.graph
            next = nil
        }

        init(changes: [CatalogChange], graph: EntityGraph?) {
            self.changes = changes
            self.graph = graph
            next = nil
        }

        /// Changes with the snapshot that they make.
        init(changes: [CatalogChange], next: GovernanceSnapshot) {
            self.changes = changes
            graph = nil
            self.next = next
        }

        /// The same changes after another one that has nothing to do with the graph.
        func after(_ change: CatalogChange) -> Prepared {
            Prepared(changes: [change] + changes, graph: graph)
        }
    }

    /// As ``commit(by:_:)``, with changes whose consequences are worked out already.
    @discardableResult
    package func commit(
        by actor: UserName,
        announcing announce: (Int64) throws(GovernanceError) -> Void,
        preparing make: (GovernanceSnapshot) throws(GovernanceError) -> Prepared
    ) throws(GovernanceError) -> GovernanceSnapshot {
        try moving { () throws(GovernanceError) -> GovernanceSnapshot in
            for _ in 0..<20 {
                let base = try advance()
                let prepared = try make(base)
                let changes = prepared.changes
                guard !changes.isEmpty else { return base }
                let version = base.version + Int64(changes.count)
                let next: GovernanceSnapshot
                if let made = prepared.next, made.version == version {
                    next = made
                } else {
                    next = try base.applying(changes, prepared: prepared.graph, version: version)
                }
                try announce(next.version)
                do throws(GovernanceError) {
                    let version = try store.commit(changes, by: actor, at: rim.now(), expecting: base.version)
                    precondition(version == next.version, "the store counts changes as the snapshot does")
                } catch  where error.code == .conflict && (try? store.currentVersion()) != base.version {
                    continue
                }
                held.withLock { $0 = Held(snapshot: next) }
                return next
            }
            throw GovernanceError(.conflict, "the catalog is changed too fast by others: try again")
        }
    }

    private func catchUp() throws(GovernanceError) -> GovernanceSnapshot {
        try moving { () throws(GovernanceError) in try advance() }
    }

    private func moving(
        _ body: () throws(GovernanceError) -> GovernanceSnapshot
    ) throws(GovernanceError) -> GovernanceSnapshot {
        let result = mover.withLock { _ in
            Result { () throws(GovernanceError) in try body() }
        }
        return try result.get()
    }

    /// Applies what the store has and the snapshot hasn't; only under `mover`.
    private func advance() throws(GovernanceError) -> GovernanceSnapshot {
        let snapshot = held.withLock { $0.snapshot }
        let records = try store.changes(since: snapshot.version)
        guard let last = records.last else { return snapshot }
        let next = try snapshot.applying(records.map(\.change), version: last.version)
        held.withLock { $0 = Held(snapshot: next) }
        return next
    }
}
