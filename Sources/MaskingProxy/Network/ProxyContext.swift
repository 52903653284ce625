import CatalogModel
import Governance
import QueryAnalysis

/// What the connections of one proxy share.
struct ProxyContext: Sendable {
    let configuration: ProxyConfiguration
    let databases: [String: ProxiedDatabase]
    let authentication: Authentication
    let registry: SessionRegistry
    let parserThreads: ParserThreads
    /// Hashing passwords takes long on purpose: it has threads of its own.
    let signInThreads: ParserThreads
    let makeID: @Sendable () -> String

    /// Makes sure who is at the door; blocks.
    func signIn(_ parameters: SessionParameters, _ password: String) -> Result<SignedIn, ClientError> {
        do throws(GovernanceError) {
            let user = UserName(parameters.user)
            let request = makeID()
            let caller: Caller
            if password.hasPrefix("steward_") {
                caller = try authentication.caller(token: password, request: request)
            } else {
                caller = try authentication.caller(user: user, password: password, request: request)
            }
            // After the secret: whoever isn't known learns nothing of databases.
            guard caller.user == user else { return .failure(ProxyContext.notAuthenticated(parameters.user)) }
            guard let database = databases[parameters.database] else {
                return .failure(.fatal("3D000", "database \"\(parameters.database)\" does not exist"))
            }
            return .success(
                SignedIn(database: database, session: try database.governance.session(for: caller))
            )
        } catch {
            guard error.code == .unauthenticated else {
                return .failure(.fatal("58000", "signing in is not possible now"))
            }
            return .failure(ProxyContext.notAuthenticated(parameters.user))
        }
    }

    private static func notAuthenticated(_ user: String) -> ClientError {
        .fatal("28P01", "password authentication failed for user \"\(user)\"")
    }
}

/// Somebody who has signed in, and what they connect to.
struct SignedIn: Sendable {
    let database: ProxiedDatabase
    let session: StatementSession
}
