import ArgumentParser
import Logging
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
    @Flag(help: "Let clients in without TLS; what they read then travels readable.") var withoutTLS = false
    @OptionGroup(title: "SQL door") var door: SQLDoorOptions

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together")
        }
        guard (tlsCertificate != nil) != withoutTLS else {
            throw ValidationError("give either --tls-certificate and --tls-key, or --without-tls")
        }
        guard !withoutTLS || !door.needsTLS else { throw SQLDoorOptions.tlsIsMissing }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
    }

    func run() async throws {
        let workspace = try options.open()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let logger = Logger(label: "steward")
        let tls = tlsCertificate.flatMap { certificate in tlsKey.map { (certificate, $0) } }
        let service = try door.door(at: (host, port, tls), on: workspace, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [service],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }
}
