package import Governance
package import NIOSSL

/// How people prove who they are when no certificate does.
package enum SignInMethod: String, CaseIterable, Sendable {
    /// By a proof that they know their password or one of their API tokens; neither is sent.
    case scram
    /// By sending password, API token or web token, over TLS.
    case password
}

/// Where the SQL door listens and what it lets in.
package struct ProxyConfiguration: Sendable {
    /// The address to listen on.
    package var host = "127.0.0.1"
    /// The port; 0 for any.
    package var port = 5433
    /// The TLS that clients are shown; nil for none.
    package var tls: DoorTLS?
    /// Whether clients that don't ask for TLS are sent away.
    package var requiresTLS = true
    /// How people sign in who don't ask for another way.
    package var signIn = SignInMethod.scram
    /// The web tokens that are taken in a password's place; nil for none.
    package var webTokens: WebTokenRules?
    /// Failed sign-ins of one address at once, and then a minute; 0 for any number.
    package var failedSignInsPerMinute = 30
    /// Connections at once, signed in or not.
    package var connectionLimit = 10_000
    /// Sessions at once of one user.
    package var userLimit = 100
    /// Connections at once of one address that haven't signed in.
    package var addressLimit = 200
    /// How long a client may take to sign in.
    package var signInSeconds: Int64 = 20
    /// How long a session may be silent; 0 for ever.
    package var idleSeconds: Int64 = 0
    /// How long a session may be silent inside a transaction; 0 for ever.
    package var idleInTransactionSeconds: Int64 = 3600
    /// Bytes of a client's message, such as the parameters of one execution.
    package var messageBytes = 16 << 20
    /// How long PostgreSQL may work on one statement; 0 for ever.
    package var statementSeconds: Int64 = 300
    /// How many connections to a database there may be, and for how long.
    package var upstream = UpstreamLimits()
    /// Bytes that one statement over files may take in memory, about.
    package var statementMemory = 1 << 30
    /// Threads that pass bytes on; 0 for one a core.
    package var eventLoops = 0
    /// Threads that read statements.
    package var parserThreads = 2

    /// The defaults.
    package init() {}
}

/// A database behind the SQL door.
package struct ProxiedDatabase: Sendable {
    /// What may be seen of it.
    package let governance: StatementGovernance
    let place: Place

    /// What answers the statements.
    enum Place: Sendable {
        /// A PostgreSQL server.
        case postgres(UpstreamAddress)
        /// We do, over files.
        case files(StatementRunners)
    }

    /// A database of a PostgreSQL server, and how it is reached.
    package init(governance: StatementGovernance, upstream: UpstreamAddress) {
        self.governance = governance
        place = .postgres(upstream)
    }

    /// The files under one database's name.
    package init(files governance: StatementGovernance, runners: StatementRunners) {
        self.governance = governance
        place = .files(runners)
    }
}

/// How a database is reached, and as whom.
package struct UpstreamAddress: Sendable {
    /// The host's name or address.
    package let host: String
    /// The port.
    package let port: Int
    /// The database's name there.
    package let database: String
    /// The one identity for all statements; must not be a superuser.
    package let user: String
    /// Its password; nil when the server asks for none.
    package let password: String?
    /// Checks the server's certificate and name; nil for a connection without TLS.
    package let tls: NIOSSLContext?

    /// An address.
    package init(
        host: String,
        port: Int,
        database: String,
        user: String,
        password: String?,
        tls: NIOSSLContext? = nil
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.tls = tls
    }
}
