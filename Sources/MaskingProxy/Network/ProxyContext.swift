import CatalogModel
import Governance
import NIOCore
import QueryAnalysis

/// What the connections of one proxy share.
struct ProxyContext: Sendable {
    let configuration: ProxyConfiguration
    let databases: [String: ProxiedDatabase]
    /// The connections to those that are PostgreSQL's.
    let pools: [String: UpstreamPool]
    let authentication: Authentication
    let registry: SessionRegistry
    let parserThreads: ParserThreads
    /// Hashing passwords takes long on purpose: it has threads of its own.
    let signInThreads: ParserThreads
    let salts: ScramSalts
    let throttle: SignInThrottle
    let makeID: @Sendable () -> String

    /// Makes sure who is at the door; blocks.
    func signIn(
        _ parameters: SessionParameters,
        _ credential: Credential,
        from origin: Origin
    ) -> Result<SignedIn, ClientError> {
        do throws(GovernanceError) {
            let user = UserName(parameters.user)
            let (caller, signature, lasts) = try caller(user, credential)
            guard caller.user == user else {
                throttle.failed(origin, at: .now)
                return .failure(credential.refusal(of: parameters.user))
            }
            // After the secret: whoever isn't known learns nothing of databases.
            guard let database = databases[parameters.database] else {
                return .failure(.fatal("3D000", "database \"\(parameters.database)\" does not exist"))
            }
            return .success(
                SignedIn(
                    database: database,
                    session: try database.governance.session(for: caller, manner: parameters.manner),
                    signature: signature,
                    end: lasts.map { deadline(after: $0) }
                )
            )
        } catch {
            guard error.code == .unauthenticated else {
                return .failure(.fatal("58000", "signing in is not possible now"))
            }
            throttle.failed(origin, at: .now)
            return .failure(credential.refusal(of: parameters.user))
        }
    }

    /// When a time from now has passed, by the clock of the event loops.
    private func deadline(after lasts: Duration) -> NIODeadline {
        let (seconds, attoseconds) = lasts.components
        guard seconds < Self.farSeconds else { return .distantFuture }
        return .now() + .seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
    }

    /// A hundred years: no session lasts as long.
    private static let farSeconds: Int64 = 3_155_760_000

    private func caller(
        _ user: UserName,
        _ credential: Credential
    ) throws(GovernanceError) -> (Caller, signature: [UInt8]?, lasts: Duration?) {
        let request = makeID()
        switch credential {
        case .proof(let proof):
            let (caller, signature) = try authentication.caller(
                user: user,
                proof: proof.proof,
                of: proof.message,
                request: request
            )
            return (caller, signature, nil)
        case .certificate(let name):
            return (try authentication.caller(certified: name, user: user, request: request), nil, nil)
        case .password(let secret):
            if let rules = configuration.webTokens, WebTokenRules.looksLikeToken(secret) {
                let (caller, lasts) = try authentication.caller(
                    webToken: secret,
                    rules: rules,
                    user: user,
                    request: request
                )
                return (caller, nil, lasts)
            }
            if secret.hasPrefix("steward_") {
                return (try authentication.caller(token: secret, request: request), nil, nil)
            }
            return (try authentication.caller(user: user, password: secret, request: request), nil, nil)
        }
    }
}

/// What somebody shows at the door.
enum Credential: Sendable {
    /// A password, an API token or a web token.
    case password(String)
    case proof(ScramProof)
    /// The name in a certificate that TLS has verified; nil when it has none that counts.
    case certificate(String?)

    /// The same for whoever isn't known and whoever is.
    func refusal(of user: String) -> ClientError {
        switch self {
        case .password, .proof: .fatal("28P01", "password authentication failed for user \"\(user)\"")
        case .certificate: .fatal("28000", "certificate authentication failed for user \"\(user)\"")
        }
    }
}

/// Somebody who has signed in, and what they connect to.
struct SignedIn: Sendable {
    let database: ProxiedDatabase
    let session: StatementSession
    /// What shows the client that we know its secret too; nil when it doesn't ask.
    let signature: [UInt8]?
    /// When what was shown is no longer in force; nil for what stays so.
    let end: NIODeadline?
}
