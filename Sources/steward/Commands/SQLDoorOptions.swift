import ArgumentParser
import CatalogModel
import DataSources
import Foundation
import Governance
import Logging
import MaskingProxy
import NIOSSL
import ServiceLifecycle

/// What may be said of the SQL door, alone or beside HTTP.
struct SQLDoorOptions: ParsableArguments {
    @Option(help: "How people sign in: scram, or password over TLS; clients may ask for the other one.")
    var signIn = SignInMethod.scram
    @Option(help: "A PEM file with those who vouch for clients' certificates.") var clientCa: String?
    @Option(help: "The name in a client's certificate that is the user's: cn, email, dns or uri.")
    var clientName = CertificateName.commonName
    @Option(help: "A file with keys for web tokens as passwords: PEM, or a JSON Web Key or set of them.")
    var jwtKey: String?
    @Option(help: "What a web token's `iss` must be.") var jwtIssuer: String?
    @Option(help: "What a web token's `aud` must be or hold.") var jwtAudience: String?
    @Option(help: "The claim of a web token that names the user.") var jwtUserClaim = "sub"
    @Option(help: "Failed sign-ins of one address at once, and then a minute; 0 for any number.")
    var failedSignIns = 30
    @Option(help: "Seconds that signing in may take.") var signInSeconds: Int64 = 20
    @Option(help: "Connections at once.") var connections = 10_000
    @Option(help: "Connections at once of one user.") var userConnections = 100
    @Option(help: "Connections at once of one address that haven't signed in.") var addressConnections = 200
    @Option(help: "Seconds that a database may work on one statement; 0 for ever.") var statementSeconds:
        Int64 = 300
    @Option(help: "Seconds that a session may be silent; 0 for ever.") var idleSeconds: Int64 = 0
    @Option(help: "Seconds that a session may be silent inside a transaction; 0 for ever.")
    var idleInTransactionSeconds: Int64 = 3600
    @Option(
        help:
            "Threads that carry bytes; 0 for one a core. Fewer cost less for each statement, and carry fewer."
    )
    var eventLoops = 0
    @Option(
        help: """
            For how long a session has a connection to its database: session, until it ends; or transaction, which lets many \
            sessions use few connections in turn.
            """
    )
    var pool = UpstreamSharing.session
    @Option(
        help:
            "Connections at once to one database; 0 for any number (default: 0, or 20 with --pool transaction)."
    )
    var upstreamConnections: Int?
    @Option(help: "Prepared statements that one of them may hold with --pool transaction.")
    var upstreamStatements = 500
    @Option(help: "Seconds that a session may wait for a connection to its database.")
    var upstreamWaitSeconds: Int64 = 10
    @Option(help: "Connections to a database that are kept for the next session.") var upstreamSpare = 20
    @Option(help: "Seconds that they are kept; 0 to give each session a new one.")
    var upstreamIdleSeconds: Int64 = 60
    @Option(help: "Seconds after which a view for row filters is dropped that nothing uses.")
    var viewSeconds: Int64 = 3600
    @Option(help: "Bytes of one message of a client.") var messageBytes = 16 << 20
    @Flag(help: "Connect to the databases without TLS.") var upstreamWithoutTLS = false
    @Option(help: "A PEM file with those who vouch for the databases' certificates (default: the system's).")
    var upstreamCa: String?

    func validate() throws {
        let web = [jwtKey, jwtIssuer, jwtAudience]
        guard web.allSatisfy({ $0 == nil }) || web.allSatisfy({ $0 != nil }) else {
            throw ValidationError("--jwt-key, --jwt-issuer and --jwt-audience belong together")
        }
        guard connections > 0, userConnections > 0, addressConnections > 0, signInSeconds > 0 else {
            throw ValidationError("limits on connections and --sign-in-seconds are at least 1")
        }
        guard statementSeconds >= 0, idleSeconds >= 0, idleInTransactionSeconds >= 0, failedSignIns >= 0
        else {
            throw ValidationError("limits are not negative")
        }
        guard upstreamConnections ?? 0 >= 0, upstreamStatements > 0, upstreamSpare >= 0,
            upstreamIdleSeconds >= 0, upstreamWaitSeconds > 0, viewSeconds >= 0
        else {
            throw ValidationError(
                "limits are not negative, and --upstream-wait-seconds and --upstream-statements are at least 1"
            )
        }
        guard (0...1024).contains(eventLoops) else {
            throw ValidationError("--event-loops takes 0 to 1024")
        }
        // PostgreSQL counts milliseconds in 32 bits.
        guard
            [
                statementSeconds, idleSeconds, idleInTransactionSeconds, signInSeconds, upstreamWaitSeconds,
                upstreamIdleSeconds, viewSeconds,
            ].max() ?? 0 <= 2_000_000
        else { throw ValidationError("times are at most 2,000,000 seconds") }
        guard (1 << 17...1 << 30).contains(messageBytes) else {
            throw ValidationError("--message-bytes takes 131072 to 1073741824")
        }
    }

    /// Whether something was asked for that only TLS gives.
    var needsTLS: Bool { clientCa != nil || jwtKey != nil || signIn == .password }

    static let tlsIsMissing = ValidationError("--client-ca, --jwt-key and --sign-in password need TLS")

    /// The door on a workspace, ready to be run.
    ///
    /// `place` is where it listens, with the TLS that clients are shown or nil for none.
    func door(
        at place: (host: String, port: Int, tls: (certificate: String, key: String)?),
        on workspace: Workspace,
        logger: Logger
    ) throws -> SQLDoor {
        var configuration = try configuration()
        configuration.host = place.host
        configuration.port = place.port
        configuration.requiresTLS = place.tls != nil
        configuration.tls = try place.tls.map { files throws(GovernanceError) in
            try DoorTLS(
                certificateFile: files.certificate,
                keyFile: files.key,
                clientAuthorityFile: clientCa,
                certificateName: clientName
            )
        }
        let withoutVerifier = try workspace.cases.authentication.usersWithoutVerifier()
        if !withoutVerifier.isEmpty, signIn == .scram {
            let names = withoutVerifier.prefix(10).map(\.text).joined(separator: ", ")
            Terminal.error(
                "\(withoutVerifier.count) users can't sign in by SCRAM until their password is set again "
                    + "(`steward user password NAME`) or they have signed in over HTTP once: \(names)"
            )
        }
        let room = OpenFiles.raise()
        // A session holds two: its client's and its database's.
        if room < configuration.connectionLimit * 2 {
            logger.warning(
                "fewer files may be open than the limit of connections needs",
                metadata: ["files": "\(room)", "connections": "\(configuration.connectionLimit)"]
            )
        }
        let told = "SQL door on \(place.host)"
        let scheme = place.tls == nil ? "without TLS" : "with TLS"
        let databases = try databases(in: workspace)
        let names = databases.keys.sorted().joined(separator: ", ")
        return SQLDoor(
            server: try ProxyServer(
                configuration: configuration,
                databases: databases,
                authentication: workspace.cases.authentication,
                rim: workspace.cases.rim,
                logger: logger,
                started: { port in Terminal.line("\(told):\(port), \(scheme): \(names)") }
            )
        )
    }

    private func configuration() throws -> ProxyConfiguration {
        var configuration = ProxyConfiguration()
        configuration.signIn = signIn
        configuration.eventLoops = eventLoops
        configuration.failedSignInsPerMinute = failedSignIns
        configuration.connectionLimit = connections
        configuration.userLimit = userConnections
        configuration.addressLimit = addressConnections
        configuration.signInSeconds = signInSeconds
        configuration.statementSeconds = statementSeconds
        configuration.idleSeconds = idleSeconds
        configuration.idleInTransactionSeconds = idleInTransactionSeconds
        configuration.messageBytes = messageBytes
        configuration.upstream.sharing = pool
        configuration.upstream.connections = upstreamConnections ?? (pool == .transaction ? 20 : 0)
        configuration.upstream.statements = upstreamStatements
        configuration.upstream.waitSeconds = upstreamWaitSeconds
        configuration.upstream.spare = upstreamSpare
        configuration.upstream.idleSeconds = upstreamIdleSeconds
        if let jwtKey, let jwtIssuer, let jwtAudience {
            guard let file = FileManager.default.contents(atPath: jwtKey) else {
                throw GovernanceError(.invalidRequest, "`\(jwtKey)` can not be read")
            }
            configuration.webTokens = try WebTokenRules(
                keyFile: Array(file),
                issuer: jwtIssuer,
                audience: jwtAudience,
                userClaim: jwtUserClaim
            )
        }
        return configuration
    }

    private func databases(in workspace: Workspace) throws -> [String: ProxiedDatabase] {
        let tls = try upstreamTLS()
        var databases: [String: ProxiedDatabase] = [:]
        for source in try workspace.cases.statements.sources() {
            let upstream = PostgreSQLDatabase(source)
            let target = try upstream.target()
            let governance = try workspace.cases.statements.governance(
                of: source.name,
                upstream: upstream,
                views: upstream.views.map { ViewUse($0, unusedSeconds: viewSeconds) }
            )
            governance.prepareViews()
            if let why = governance.viewObstacle {
                Terminal.error("source `\(source.name)`: row filters have no views: \(why)")
            }
            databases[source.database] = ProxiedDatabase(
                governance: governance,
                upstream: UpstreamAddress(
                    host: target.host,
                    port: target.port,
                    database: target.database,
                    user: target.user,
                    password: target.password,
                    tls: tls
                )
            )
        }
        let files = try workspace.cases.statements.fileSources()
        let runners = files.isEmpty ? nil : try StatementRunners()
        for source in files {
            guard databases[source.database] == nil, let runners else {
                throw GovernanceError(
                    .conflict,
                    "database `\(source.database)` is a PostgreSQL source's and files': give one of them another "
                        + "name with `steward source add … --database`"
                )
            }
            databases[source.database] = ProxiedDatabase(
                files: try workspace.cases.statements.governance(ofFiles: source),
                runners: runners
            )
        }
        guard !databases.isEmpty else {
            throw GovernanceError(
                .notFound,
                "the catalog has no source: add one with `steward source add shop ./my-csv-files`, or with "
                    + "`steward source add shop postgresql://user@host/name`"
            )
        }
        return databases
    }

    /// The check of the databases' certificates and names; nil for none.
    private func upstreamTLS() throws -> NIOSSLContext? {
        guard !upstreamWithoutTLS else { return nil }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let upstreamCa {
            guard let authorities = try? NIOSSLCertificate.fromPEMFile(upstreamCa), !authorities.isEmpty
            else {
                throw GovernanceError(
                    .invalidRequest,
                    "`\(upstreamCa)` holds no certificate that can be read"
                )
            }
            tls.trustRoots = .certificates(authorities)
        }
        return try NIOSSLContext(configuration: tls)
    }
}

extension SignInMethod: ExpressibleByArgument {}
extension UpstreamSharing: ExpressibleByArgument {}
extension CertificateName: ExpressibleByArgument {}

/// The door as a service that can be told to stop.
struct SQLDoor: Service {
    let server: ProxyServer

    func run() async throws { try await server.run() }
}
