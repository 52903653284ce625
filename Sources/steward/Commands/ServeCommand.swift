import ArgumentParser
import CatalogModel
import Foundation
import Governance
import HTTPAPI
import Logging
import ServiceLifecycle
import UnixSignals

/// `steward serve`: the HTTP service on a data folder, and the SQL door beside it on demand.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the catalog over HTTP.",
        discussion: """
            The first start makes the user `admin`, with the password from STEWARD_ADMIN_PASSWORD, or with a fresh
            one that is printed once. Docs/HTTP.md has the routes; GET /api/v1/openapi.json describes them.
            With --proxy-port PostgreSQL clients come in by the same process; Docs/Proxy.md says how.
            Example: steward serve --data ./steward-data --port 8080
            """
    )

    @OptionGroup var options: DataOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var proxy: ServedDoorOptions

    func validate() throws { try proxy.validate(beside: server) }

    func run() async throws {
        let workspace = try Workspace(folder: options.folder)
        try workspace.addStandardServices()
        try Self.addAdministrator(to: workspace)
        let (server, proxy) = (server, proxy)
        try await server.run(workspace) { logger in
            let counts = CountsKeeper(
                catalog: workspace.cases.assets,
                caller: workspace.caller,
                logger: logger
            )
            return [counts]
                + (try proxy.door(beside: server, on: workspace, logger: logger).map { [$0] } ?? [])
        }
    }

    /// Makes the administrator, when there is nobody yet who could administer.
    static func addAdministrator(to workspace: Workspace) throws(GovernanceError) {
        let users = try workspace.cases.browsing.users(for: workspace.caller)
        guard !users.contains(where: \.isAdmin) else { return }
        let name = UserName("admin")
        try workspace.cases.editing.put([.putUser(User(name, isAdmin: true))], by: workspace.caller)
        let given = ProcessInfo.processInfo.environment["STEWARD_ADMIN_PASSWORD"]
        let password = given ?? Self.freshPassword()
        try workspace.cases.authentication.setPassword(password, of: name, by: workspace.caller)
        if given == nil {
            Terminal.line("user `admin` is made, with this password; it is not shown again: \(password)")
        }
    }

    private static func freshPassword() -> String {
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        let groups = (0..<5).map { _ in
            String((0..<5).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] })
        }
        return groups.joined(separator: "-")
    }
}

/// How the service listens.
struct ServerOptions: ParsableArguments {
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 for any that is free.") var port = 8080
    @Option(help: "A PEM file with the certificate chain: serve HTTPS.") var tlsCertificate: String?
    @Option(help: "A PEM file with the certificate's private key.") var tlsKey: String?
    @Flag(help: "Serve plain HTTP to other machines too, such as behind a proxy that does TLS.")
    var insecureHttp = false
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = "info"

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key belong together")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level takes trace, debug, info, notice, warning, error or critical")
        }
    }

    /// The files of the certificate and its key; nil without TLS.
    var tlsFiles: (certificate: String, key: String)? {
        tlsCertificate.flatMap { certificate in tlsKey.map { (certificate, $0) } }
    }

    /// Serves until told to stop, together with the services that `beside` gives.
    func run(
        _ workspace: Workspace,
        beside others: (Logger) throws -> [any Service] = { _ in [] }
    ) async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "steward")
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
        let scheme = tlsCertificate == nil ? "http" : "https"
        let host = host
        let service = HTTPServer(
            configuration: HTTPConfiguration(
                host: host,
                port: port,
                tls: tlsCertificate.flatMap { certificate in
                    tlsKey.map { TLSFiles(certificateFile: certificate, privateKeyFile: $0) }
                },
                allowsInsecureHTTP: insecureHttp
            ),
            cases: workspace.cases,
            logger: logger,
            version: StewardVersion.text,
            onRunning: { port in Terminal.line("listening on \(scheme)://\(host):\(port)") }
        )
        var configuration = ServiceGroupConfiguration(
            services: [service] + (try others(logger)),
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        // Requests at work may finish; after this their answers are cut off.
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            guard "\(error)".contains("errno: \(EADDRINUSE)") else { throw error }
            throw GovernanceError(
                .invalidRequest,
                "port \(port) of `\(host)`, or the SQL door's, is taken: choose another"
            )
        }
    }
}
