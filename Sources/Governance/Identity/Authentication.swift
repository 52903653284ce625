package import CatalogModel
import Crypto
import HashTreeCollections
import Synchronization

/// Makes sure who is at the door: passwords against scrypt hashes, API tokens against their digests.
package final class Authentication: Sendable {
    let credentials: any CredentialStore
    let snapshots: SnapshotHolder
    private let audit: any AuditLog
    let rim: Rim
    /// Proofs that a password matched a hash, so that a client that sends its password with each request pays for
    /// scrypt once: keyed HMAC of hash and password under a key that dies with the process.
    private let proven = Mutex<[String]>([])
    private let key = SymmetricKey(size: .bits256)
    /// Verified against when a user is unknown, so that the answer takes as long; made when it is first needed, so
    /// that commands which sign nobody in don't pay for it.
    private let decoy = Mutex<String?>(nil)
    /// The same for proofs.
    private let decoyProof = Mutex<ScramVerifier?>(nil)

    /// Checks against a store.
    package init(
        credentials: any CredentialStore,
        snapshots: SnapshotHolder,
        audit: any AuditLog,
        rim: Rim
    ) throws(GovernanceError) {
        self.credentials = credentials
        self.snapshots = snapshots
        self.audit = audit
        self.rim = rim
    }

    /// The caller with this name and password.
    ///
    /// - Throws: `.unauthenticated`, the same for a wrong name and a wrong password; the attempt stands in the audit log.
    package func caller(
        user: UserName,
        password: String,
        request: String
    ) throws(GovernanceError) -> Caller {
        let known = try snapshots.current().state.users[user] != nil
        let hash = known ? try credentials.passwordHash(of: user) : nil
        let measured = if let hash { hash } else { try decoyHash() }
        let matches = try verify(password, against: measured) { () throws(GovernanceError) in
            if let hash { try addVerifier(of: password, hash: hash, user: user) }
        }
        guard matches, hash != nil else {
            // A name that isn't known may be a password in the wrong field: it stays out of the log.
            throw try refusal(user: known ? user : UserName("unknown"), request: request)
        }
        return Caller(user: user, request: request)
    }

    /// Keeps a verifier of a password that was set before there were any.
    private func addVerifier(of password: String, hash: String, user: UserName) throws(GovernanceError) {
        guard PasswordRules.isItsOwnNormalForm(password),
            try credentials.usersWithoutVerifier().contains(user)
        else { return }
        let verifier = try ScramVerifier(of: password, salt: try scramSalts().salt(of: user.text))
        try credentials.addVerifier(verifier.text, ofHash: hash, user: user)
    }

    /// The caller with this name and password when the password was proven right since the process started; nil when
    /// it takes scrypt to know.
    ///
    /// Cheap, so that a door can let the proven pass and make everybody else queue.
    package func provenCaller(
        user: UserName,
        password: String,
        request: String
    ) throws(GovernanceError) -> Caller? {
        guard try snapshots.current().state.users[user] != nil,
            let hash = try credentials.passwordHash(of: user)
        else { return nil }
        let proof = proof(of: password, against: hash)
        return proven.withLock { $0.contains(proof) } ? Caller(user: user, request: request) : nil
    }

    /// The caller whom a token stands for.
    ///
    /// - Throws: `.unauthenticated`, also for a token that has expired.
    package func caller(token: String, request: String) throws(GovernanceError) -> Caller {
        let digest = Hexadecimal.text(of: SHA256.hash(data: Array(token.utf8)))
        guard let record = try credentials.token(digest: digest),
            record.expires.map({ rim.now() <= $0 }) ?? true,
            try snapshots.current().state.users[record.user] != nil
        else { throw try refusal(user: UserName("token"), request: request) }
        if record.verifier == nil {
            let verifier = try ScramVerifier(of: token, salt: try scramSalts().salt(of: record.user.text))
            try credentials.addVerifier(verifier.text, ofToken: record.id)
        }
        return Caller(user: record.user, request: request)
    }

    /// Sets a user's password; people set their own, administrators anybody's.
    ///
    /// - Throws: `.forbidden`, `.unknownUser`, `.invalidRequest`.
    package func setPassword(
        _ password: String,
        of user: UserName,
        by caller: Caller
    ) throws(GovernanceError) {
        let snapshot = try snapshots.current()
        if caller.user != user { try snapshot.requireAdmin(caller) }
        _ = try snapshot.subject(user)
        try PasswordRules.check(password)
        let verifier = try ScramVerifier(of: password, salt: try scramSalts().salt(of: user.text))
        let record = PasswordRecord(hash: try PasswordHash.make(password), verifier: verifier.text)
        try recording(caller, "password of \(user)") { () throws(GovernanceError) in
            try credentials.setPassword(record, of: user)
        }
    }

    /// Makes a token for a user; people make their own, administrators anybody's.
    ///
    /// - Returns: The token's id, and the secret, which is not kept.
    /// - Throws: `.forbidden`, `.unknownUser`.
    package func makeToken(
        for user: UserName,
        expires: Instant?,
        by caller: Caller
    ) throws(GovernanceError) -> (id: String, secret: String) {
        let snapshot = try snapshots.current()
        if caller.user != user { try snapshot.requireAdmin(caller) }
        _ = try snapshot.subject(user)
        var generator = SystemRandomNumberGenerator()
        let random = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let secret = "steward_" + Hexadecimal.text(of: random)
        let verifier = try ScramVerifier(of: secret, salt: try scramSalts().salt(of: user.text))
        let record = TokenRecord(
            id: rim.makeID(),
            digest: Hexadecimal.text(of: SHA256.hash(data: Array(secret.utf8))),
            user: user,
            expires: expires,
            verifier: verifier.text
        )
        try recording(caller, "token \(record.id) of \(user)") { () throws(GovernanceError) in
            try credentials.add(record)
        }
        return (record.id, secret)
    }

    /// Takes a token away; people their own, administrators anybody's.
    ///
    /// - Throws: `.notFound`, also for somebody else's.
    package func revokeToken(id: String, by caller: Caller) throws(GovernanceError) {
        let snapshot = try snapshots.current()
        guard let record = try credentials.tokens().first(where: { $0.id == id }),
            record.user == caller.user || snapshot.isAdmin(caller)
        else { throw GovernanceError(.notFound, "there is no token `\(id)` of yours") }
        try recording(caller, "token \(id) of \(record.user)") { () throws(GovernanceError) in
            try credentials.removeToken(id: id)
        }
    }

    /// Forgets a user's password and tokens, so that nobody who comes under the name again has them.
    ///
    /// For administrators, and for users that are no longer in the catalog: take them out first, which ends their sessions.
    /// - Throws: `.forbidden`, `.conflict` for somebody who is there.
    package func forget(_ user: UserName, by caller: Caller) throws(GovernanceError) {
        let snapshot = try snapshots.current()
        try snapshot.requireAdmin(caller)
        guard (try? snapshot.subject(user)) == nil else {
            throw GovernanceError(.conflict, "user `\(user)` is still in the catalog")
        }
        try recording(caller, "credentials of \(user)") { () throws(GovernanceError) in
            try credentials.removeCredentials(of: user)
        }
    }

    /// Turns a caller away from what only administrators may do, before anything of it is looked at.
    ///
    /// - Parameters:
    ///   - act: What was tried, for the audit log.
    ///   - caller: Who tried.
    /// - Returns: The error to answer with.
    /// - Throws: `.auditUnavailable`.
    package func refusal(of act: String, to caller: Caller) throws(GovernanceError) -> GovernanceError {
        let error = GovernanceError(.forbidden, "only an administrator may do this")
        let draft = AuditDraft(caller: caller, user: caller.user, act: .change, resource: act)
        try audit.append(draft.record(refusing: error, at: rim.now()))
        return error
    }

    private func recording(
        _ caller: Caller,
        _ resource: String,
        _ change: () throws(GovernanceError) -> Void
    ) throws(GovernanceError) {
        let version = try snapshots.current().version
        try ChangeAudit(audit: audit, rim: rim).recording(caller, resource) {
            announce throws(GovernanceError) in
            try announce(version)
            try change()
            return version
        }
    }

    private func decoyHash() throws(GovernanceError) -> String {
        if let made = decoy.withLock({ $0 }) { return made }
        let made = try PasswordHash.make("nobody \(rim.makeID())")
        decoy.withLock { $0 = made }
        return made
    }

    /// What nobody's proof fits.
    func decoyVerifier() throws(GovernanceError) -> ScramVerifier {
        if let made = decoyProof.withLock({ $0 }) { return made }
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let made = try ScramVerifier(of: "nobody \(rim.makeID())", salt: salt)
        decoyProof.withLock { $0 = made }
        return made
    }

    /// Whether a password is the one of a hash; `firstTime` is done when it took scrypt to know that it is.
    private func verify(
        _ password: String,
        against hash: String,
        firstTime: () throws(GovernanceError) -> Void
    ) throws(GovernanceError) -> Bool {
        let proof = proof(of: password, against: hash)
        if proven.withLock({ $0.contains(proof) }) { return true }
        guard PasswordHash.verify(password, against: hash) else { return false }
        try firstTime()
        proven.withLock { proofs in
            proofs.append(proof)
            if proofs.count > 1000 { proofs.removeFirst() }
        }
        return true
    }

    private func proof(of password: String, against hash: String) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array(hash.utf8))
        code.update(data: Array(password.utf8))
        return Hexadecimal.text(of: code.finalize())
    }

    func refusal(
        user: UserName,
        request: String,
        door: String = "door"
    ) throws(GovernanceError) -> GovernanceError {
        let error = GovernanceError(.unauthenticated, "name and password, or the token, are not right")
        let caller = Caller(user: user, request: request)
        let draft = AuditDraft(caller: caller, user: user, act: .signIn, resource: door)
        try audit.append(draft.record(refusing: error, at: rim.now()))
        return error
    }
}
