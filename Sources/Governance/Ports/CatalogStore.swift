package import CatalogModel

/// Where the catalog's records and their change log are kept; the truth that snapshots are made from.
///
/// Filled by a store's room. All calls block: doors make them on threads of their own.
package protocol CatalogStore: Sendable {
    /// Everything there is, as the changes that would make it, types before entities before tags.
    ///
    /// One consistent version, whatever is written meanwhile.
    /// - Throws: `.storeUnavailable`, `.storeVersion`.
    func load() throws(GovernanceError) -> (version: Int64, changes: [CatalogChange])

    /// The version of the newest committed change, also by other processes; 0 for an empty store.
    ///
    /// Cheap enough to be asked before every decision (microseconds).
    /// - Throws: `.storeUnavailable`.
    func currentVersion() throws(GovernanceError) -> Int64

    /// What differs after each commit, by whichever process, told without asking the store; nil where it can't be told.
    ///
    /// Doesn't block. Read before ``currentVersion()``, it stands for that version for as long as it stays the same.
    func changeMark() -> ChangeMark?

    /// The changes after a version, ascending; empty when there are none.
    ///
    /// - Throws: `.storeUnavailable`.
    func changes(since version: Int64) throws(GovernanceError) -> [ChangeRecord]

    /// What happened to an entity, newest first; empty for one that never was.
    ///
    /// - Parameters:
    ///   - entity: The entity.
    ///   - birth: What stands for its first change (``EntityGraph/birth(of:)``); nil for one that is gone.
    /// - Returns: One for each change that tells something of it.
    /// - Throws: `.storeUnavailable`.
    func history(of entity: EntityID, birth: Int64?) throws(GovernanceError) -> [EntityHistory]

    /// Commits changes in one transaction with their rows of the change log: all or none.
    ///
    /// Durable when it returns. Returns the version of the last one.
    /// - Parameters:
    ///   - changes: What changes, in order; not empty.
    ///   - actor: Who makes them.
    ///   - time: The writer's clock.
    ///   - expected: The version that the writer has seen; nil when it doesn't matter.
    /// - Returns: The new version.
    /// - Throws: `.conflict` when the store is past `expected`; `.storeUnavailable`. Nothing is written then.
    func commit(
        _ changes: [CatalogChange],
        by actor: UserName,
        at time: Instant,
        expecting expected: Int64?
    ) throws(GovernanceError) -> Int64
}

extension CatalogStore {
    /// Nil: a store that can't tell is asked.
    package func changeMark() -> ChangeMark? { nil }
}

/// Something that a store's commits change; equal marks of one store mean that nothing was committed in between.
package struct ChangeMark: Hashable, Sendable {
    private let words: SIMD8<UInt64>

    /// A mark of up to 64 bytes.
    package init(words: SIMD8<UInt64>) { self.words = words }
}

/// Where password hashes and tokens are kept; apart from the catalog, so that no snapshot or change row has them.
package protocol CredentialStore: Sendable {
    /// The hash of a user's password; nil when the user has none.
    func passwordHash(of user: UserName) throws(GovernanceError) -> String?

    /// Sets or replaces what is kept of a user's password.
    func setPassword(_ password: PasswordRecord, of user: UserName) throws(GovernanceError)

    /// The verifiers of a user's password and tokens, with the last moment at which each works; may be empty.
    ///
    /// Takes as long for a user whom nobody knows as for one without any.
    func verifiers(of user: UserName) throws(GovernanceError) -> [(text: String, expires: Instant?)]

    /// Adds the verifier of a password that has none, if its hash is still this one.
    func addVerifier(_ text: String, ofHash hash: String, user: UserName) throws(GovernanceError)

    /// Adds the verifier of a token.
    func addVerifier(_ text: String, ofToken id: String) throws(GovernanceError)

    /// Those who have a password without a verifier, sorted.
    func usersWithoutVerifier() throws(GovernanceError) -> [UserName]

    /// Random bytes that were made with the store and stay.
    func saltKey() throws(GovernanceError) -> [UInt8]

    /// The token whose secret has this SHA-256, in lower-case hexadecimal; nil when there is none.
    func token(digest: String) throws(GovernanceError) -> TokenRecord?

    /// Adds a token.
    func add(_ token: TokenRecord) throws(GovernanceError)

    /// All tokens, sorted by id.
    func tokens() throws(GovernanceError) -> [TokenRecord]

    /// Removes a token; nothing happens when it isn't there.
    func removeToken(id: String) throws(GovernanceError)

    /// Removes a user's password and all tokens, at once; nothing happens when there are none.
    func removeCredentials(of user: UserName) throws(GovernanceError)
}

/// What is kept of a password.
package struct PasswordRecord: Hashable, Sendable {
    /// The scrypt hash, for passwords that are sent.
    package let hash: String
    /// The text of a `ScramVerifier`, for proofs.
    package let verifier: String?

    /// A password's record.
    package init(hash: String, verifier: String?) {
        self.hash = hash
        self.verifier = verifier
    }
}

/// What is kept of an API token.
///
/// The secret itself is shown once and not kept.
package struct TokenRecord: Hashable, Sendable {
    /// Public identity, to list and revoke by.
    package let id: String
    /// SHA-256 of the secret, in lower-case hexadecimal.
    package let digest: String
    /// The user it stands for.
    package let user: UserName
    /// The last moment at which it works; nil for ever.
    package let expires: Instant?
    /// The text of a `ScramVerifier`; nil for one from before there were any.
    package let verifier: String?

    /// A token.
    package init(id: String, digest: String, user: UserName, expires: Instant?, verifier: String?) {
        self.verifier = verifier
        self.id = id
        self.digest = digest
        self.user = user
        self.expires = expires
    }
}
