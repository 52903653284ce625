package import CatalogModel
import HashTreeCollections

/// Signing in by a proof instead of a secret, and by what another authority vouches for.
extension Authentication {
    /// The salts that clients are told.
    ///
    /// - Throws: `.storeUnavailable`.
    package func scramSalts() throws(GovernanceError) -> ScramSalts {
        ScramSalts(key: try credentials.saltKey())
    }

    /// The caller who proved to know the password, or one of the tokens, of a user.
    ///
    /// - Parameters:
    ///   - user: The name that was claimed.
    ///   - proof: The client's proof.
    ///   - message: What was said before it, in SCRAM's form.
    ///   - request: The request's identity.
    /// - Returns: The caller, and the signature by which we show that we know the secret too.
    /// - Throws: `.unauthenticated`, the same and after the same work for an unknown name and a wrong secret.
    package func caller(
        user: UserName,
        proof: [UInt8],
        of message: [UInt8],
        request: String
    ) throws(GovernanceError) -> (caller: Caller, signature: [UInt8]) {
        let isKnown = try snapshots.current().state.users[user] != nil
        let now = rim.now()
        let kept = try credentials.verifiers(of: user)
        let candidates = kept.filter { $0.expires.map { now <= $0 } ?? true }
            .compactMap { ScramVerifier($0.text) }
        var match: ScramVerifier?
        for candidate in candidates + [try decoyVerifier()] where candidate.accepts(proof: proof, of: message)
        {
            match = candidate
        }
        guard let match, isKnown, candidates.contains(match) else {
            throw try refusal(user: isKnown ? user : UserName("unknown"), request: request)
        }
        return (Caller(user: user, request: request), match.serverSignature(of: message))
    }

    /// The caller whom a verified certificate names.
    ///
    /// - Throws: `.unauthenticated` when the catalog has no such user, or the certificate names somebody else.
    package func caller(
        certified name: String?,
        user: UserName,
        request: String
    ) throws(GovernanceError) -> Caller {
        let isKnown = try snapshots.current().state.users[user] != nil
        guard isKnown, let name, name == user.text else {
            throw try refusal(
                user: isKnown ? user : UserName("unknown"),
                request: request,
                door: "door, certificate"
            )
        }
        return Caller(user: user, request: request)
    }

    /// The caller whom a signed web token names, and for how long it stays in force.
    ///
    /// - Throws: `.unauthenticated` for a token that isn't right, isn't for this user, or whose user isn't in the
    ///   catalog; the audit log has which.
    package func caller(
        webToken: String,
        rules: WebTokenRules,
        user: UserName,
        request: String
    ) throws(GovernanceError) -> (caller: Caller, lasts: Duration) {
        let isKnown = try snapshots.current().state.users[user] != nil
        let fault: WebTokenFault
        do throws(WebTokenFault) {
            let now = rim.now()
            let (named, until) = try rules.user(of: webToken, at: now)
            guard named == user.text else { throw .anotherUser }
            guard isKnown else { throw .unknownUser }
            let (rest, isFar) = until.microseconds.subtractingReportingOverflow(now.microseconds)
            return (
                Caller(user: user, request: request), lasts: .microseconds(isFar ? Int64.max : max(0, rest))
            )
        } catch { fault = error }
        throw try refusal(
            user: isKnown ? user : UserName("unknown"),
            request: request,
            door: "door, web token: \(fault.rawValue)"
        )
    }

    /// The users whose password was set before verifiers were kept: they can't sign in by proof until it is set again,
    /// or they have signed in over HTTP once; sorted.
    ///
    /// - Throws: `.storeUnavailable`.
    package func usersWithoutVerifier() throws(GovernanceError) -> [UserName] {
        let users = try snapshots.current().state.users
        return try credentials.usersWithoutVerifier().filter { users[$0] != nil }
    }
}
