import CatalogModel
import Synchronization

/// Many changes as one: use cases whose changes are kept back until all of them are made, or none.
///
/// What the steps ask sees what they changed; nobody else does before the end.
package struct StagedUseCases: Sendable {
    private let cases: UseCases
    private let store: StagedStore
    private let audit: StagedAudit
    private let rim: Rim

    /// Use cases over a store that has what the given one has now.
    ///
    /// - Throws: what loading the store throws.
    package init(
        store: any CatalogStore & CredentialStore,
        audit: any AuditLog,
        sources: any RowSources,
        rim: Rim,
        environment: PolicyEnvironment = PolicyEnvironment()
    ) throws(GovernanceError) {
        self.store = StagedStore(over: store)
        self.audit = StagedAudit(over: audit)
        self.rim = rim
        cases = try UseCases(
            store: self.store,
            audit: self.audit,
            sources: sources,
            rim: rim,
            environment: environment
        )
    }

    /// Runs steps, then makes all that they change in one transaction; to be called once.
    ///
    /// The lines that the steps wrote for the audit log are in it before the store is changed. When a step fails only
    /// lines of what failed or was refused are: the rest didn't happen.
    /// - Throws: what a step throws; `.conflict` when somebody else changed the store meanwhile; `.storeUnavailable`,
    ///   `.auditUnavailable`. Nothing is changed then.
    package func all(
        by caller: Caller,
        _ steps: (UseCases) throws(GovernanceError) -> Void
    ) throws(GovernanceError) {
        do throws(GovernanceError) { try steps(cases) } catch {
            try audit.releaseFailures()
            throw error
        }
        try audit.release()
        do throws(GovernanceError) { try store.release(by: caller.user, at: rim.now()) } catch {
            let draft = AuditDraft(
                caller: caller,
                user: caller.user,
                act: .change,
                resource: "all of the above"
            )
            try audit.write(draft.record(refusing: error, at: rim.now()))
            throw error
        }
    }
}

/// A store whose changes wait in memory.
private final class StagedStore: CatalogStore, CredentialStore {
    private let base: any CatalogStore & CredentialStore
    private let state = Mutex<(start: Int64, waiting: [ChangeRecord])>((0, []))

    init(over base: any CatalogStore & CredentialStore) { self.base = base }

    func load() throws(GovernanceError) -> (version: Int64, changes: [CatalogChange]) {
        let loaded = try base.load()
        state.withLock { $0 = (loaded.version, []) }
        return loaded
    }

    func currentVersion() throws(GovernanceError) -> Int64 {
        state.withLock { $0.start + Int64($0.waiting.count) }
    }

    func changes(since version: Int64) throws(GovernanceError) -> [ChangeRecord] {
        state.withLock { state in Array(state.waiting.drop { $0.version <= version }) }
    }

    func history(of entity: EntityID, birth: Int64?) throws(GovernanceError) -> [EntityHistory] {
        try base.history(of: entity, birth: birth)
    }

    func commit(
        _ changes: [CatalogChange],
        by actor: UserName,
        at time: Instant,
        expecting expected: Int64?
    ) throws(GovernanceError) -> Int64 {
        let version = state.withLock { state -> Int64? in
            let before = state.start + Int64(state.waiting.count)
            guard expected ?? before == before else { return nil }
            for (number, change) in changes.enumerated() {
                let version = before + Int64(number) + 1
                state.waiting.append(ChangeRecord(version: version, time: time, actor: actor, change: change))
            }
            return before + Int64(changes.count)
        }
        guard let version else {
            throw GovernanceError(.conflict, "the staged changes are past that version")
        }
        return version
    }

    func release(by actor: UserName, at time: Instant) throws(GovernanceError) {
        let (start, waiting) = state.withLock { $0 }
        guard !waiting.isEmpty else { return }
        _ = try base.commit(waiting.map(\.change), by: actor, at: time, expecting: start)
    }

    func passwordHash(of user: UserName) throws(GovernanceError) -> String? {
        try base.passwordHash(of: user)
    }

    func setPassword(_ password: PasswordRecord, of user: UserName) throws(GovernanceError) {
        throw StagedStore.passwordsWait
    }

    func verifiers(of user: UserName) throws(GovernanceError) -> [(text: String, expires: Instant?)] {
        try base.verifiers(of: user)
    }

    func addVerifier(_ text: String, ofHash hash: String, user: UserName) throws(GovernanceError) {
        throw StagedStore.passwordsWait
    }

    func addVerifier(_ text: String, ofToken id: String) throws(GovernanceError) {
        throw StagedStore.passwordsWait
    }

    func usersWithoutVerifier() throws(GovernanceError) -> [UserName] { try base.usersWithoutVerifier() }

    func saltKey() throws(GovernanceError) -> [UInt8] { try base.saltKey() }

    private static let passwordsWait = GovernanceError(
        .invalidRequest,
        "passwords can't be set among changes that wait for others"
    )

    func token(digest: String) throws(GovernanceError) -> TokenRecord? { try base.token(digest: digest) }

    func add(_ token: TokenRecord) throws(GovernanceError) {
        throw GovernanceError(.invalidRequest, "tokens can't be made among changes that wait for others")
    }

    func tokens() throws(GovernanceError) -> [TokenRecord] { try base.tokens() }

    func removeToken(id: String) throws(GovernanceError) {
        throw GovernanceError(.invalidRequest, "tokens can't be revoked among changes that wait for others")
    }

    func removeCredentials(of user: UserName) throws(GovernanceError) {
        throw GovernanceError(.invalidRequest, "users can't be removed among changes that wait for others")
    }
}

/// An audit log whose lines wait in memory.
private final class StagedAudit: AuditLog {
    private let base: any AuditLog
    private let waiting = Mutex<[AuditRecord]>([])

    init(over base: any AuditLog) { self.base = base }

    func append(_ records: [AuditRecord]) throws(GovernanceError) { waiting.withLock { $0 += records } }

    func tail(_ count: Int, user: UserName?, resource: String?) throws(GovernanceError) -> [AuditRecord] {
        try base.tail(count, user: user, resource: resource)
    }

    func release() throws(GovernanceError) { try base.append(waiting.withLock { $0 }) }

    func releaseFailures() throws(GovernanceError) {
        try base.append(waiting.withLock { $0 }.filter { $0.outcome != .allowed })
    }

    func write(_ record: AuditRecord) throws(GovernanceError) { try base.append([record]) }
}
