import ArgumentParser
import CatalogModel
import DataSources
import Foundation
import Governance
import Logging
import MaskingProxy
import NIOPosix
import NIOSSL
import ServiceLifecycle
import UnixSignals

/// `steward proxy`: the SQL door in front of the catalog's sources.
struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Let any PostgreSQL client in, to exactly the permitted rows and columns.",
        discussion: """
            People connect with the user names and passwords of the catalog, or with an API token as the password, to
            the database that a source is called by; files and SQLite databases need no server behind.
            Docs/Proxy.md says what SQL is understood.
            Example: steward proxy --port 5433 --tls-certificate cert.pem --tls-key key.pem
            """
    )

    @OptionGroup var options: DataOptions
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 for any that is free.") var port = 5433
    @Option(help: "A PEM file with the certificate chain.") var tlsCertificate: String?
    @Option(help: "A PEM file with the certificate's private key.") var tlsKey: String?
    @Flag(help: "Let clients in without TLS; their passwords then travel readable.") var withoutTLS = false
    @Flag(help: "Connect to the databases without TLS.") var upstreamWithoutTLS = false
    @Option(help: "Seconds that a database may work on one statement; 0 for ever.") var statementSeconds:
        Int64 = 300
    @Option(help: "Seconds that a session may be silent; 0 for ever.") var idleSeconds: Int64 = 0
    @Option(help: "Connections at once.") var connections = 10_000

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together")
        }
        guard tlsCertificate != nil || withoutTLS else {
            throw ValidationError("give --tls-certificate and --tls-key, or say --without-tls")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
        guard connections > 0, statementSeconds >= 0, idleSeconds >= 0 else {
            throw ValidationError("limits are not negative")
        }
    }

    func run() async throws {
        let workspace = try options.open()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let logger = Logger(label: "steward")
        let scheme = tlsCertificate == nil ? "without TLS" : "with TLS"
        let (host, logged) = (host, logger)
        let databases = try databases(in: workspace)
        let names = databases.keys.sorted().joined(separator: ", ")
        let server = try ProxyServer(
            configuration: try configuration(),
            databases: databases,
            authentication: workspace.cases.authentication,
            rim: workspace.cases.rim,
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logged,
            started: { port in Terminal.line("SQL door on \(host):\(port), \(scheme): \(names)") }
        )
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [SQLDoor(server: server)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }

    private func configuration() throws -> ProxyConfiguration {
        var configuration = ProxyConfiguration()
        configuration.host = host
        configuration.port = port
        configuration.requiresTLS = !withoutTLS
        configuration.statementSeconds = statementSeconds
        configuration.idleSeconds = idleSeconds
        configuration.connectionLimit = connections
        if let tlsCertificate, let tlsKey {
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(tlsCertificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: tlsKey, format: .pem))
            )
            tls.minimumTLSVersion = .tlsv12
            configuration.tls = try NIOSSLContext(configuration: tls)
        }
        return configuration
    }

    private func databases(in workspace: Workspace) throws -> [String: ProxiedDatabase] {
        var databases: [String: ProxiedDatabase] = [:]
        for source in try workspace.cases.statements.sources() {
            let upstream = PostgreSQLDatabase(uri: source.path)
            let target = try upstream.target()
            databases[source.database] = ProxiedDatabase(
                governance: try workspace.cases.statements.governance(of: source.name, upstream: upstream),
                upstream: UpstreamAddress(
                    host: target.host,
                    port: target.port,
                    database: target.database,
                    user: target.user,
                    password: target.password,
                    tls: upstreamWithoutTLS
                        ? nil : try NIOSSLContext(configuration: TLSConfiguration.makeClientConfiguration())
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
}

/// The door as a service that can be told to stop.
private struct SQLDoor: Service {
    let server: ProxyServer

    func run() async throws { try await server.run() }
}
