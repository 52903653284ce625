import CatalogModel
package import Governance
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP service: `/api/v1`, health, readiness and metrics.
///
/// One event loop carries the connections; use cases and reads run on threads of their own.
package struct HTTPServer: Service {
    private let configuration: HTTPConfiguration
    private let services: Services
    private let table: RouteTable
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// A service that isn't running yet.
    ///
    /// - Parameters:
    ///   - configuration: Where it listens, and how much it takes on.
    ///   - cases: What it can be asked for.
    ///   - logger: One `info` line at the start, a `debug` line a request, and `error` when somebody must act.
    ///   - version: The version of the program.
    ///   - onRunning: Called with the port when connections are accepted.
    package init(
        configuration: HTTPConfiguration,
        cases: UseCases,
        logger: Logger,
        version: String,
        onRunning: @escaping @Sendable (Int) async -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onRunning = onRunning
        let limits = configuration.limits
        table = RouteTable(limits: limits)
        services = Services(
            cases: cases,
            workers: Workers(limits: limits),
            metrics: Metrics(),
            failures: FailureCounter(limits: limits, now: cases.rim.now),
            reads: Gate(limits.reads, "too many reads at once: try again"),
            limits: limits,
            atlas: AtlasMemory(started: cases.rim.now().microseconds / 1000),
            version: version,
            description: .written(OpenAPIDocument(table: table, version: version).json.bytes)
        )
    }

    /// Serves until a graceful shutdown, or cancellation: requests at work are finished, new ones not taken.
    ///
    /// - Throws: `GovernanceError.invalidRequest` when passwords would cross a network in the clear or a certificate
    ///   can't be used; what binding the port throws.
    package func run() async throws {
        try configuration.checkSafety()
        let server = try serverBuilder()
        services.workers.start()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await application(server, on: group).run()
        } catch {
            await services.workers.stop()
            try? await group.shutdownGracefully()
            throw error
        }
        await services.workers.stop()
        try? await group.shutdownGracefully()
    }

    private func application(
        _ server: HTTPServerBuilder,
        on group: MultiThreadedEventLoopGroup
    ) -> some ApplicationProtocol {
        // What the framework has to say is ours to log; at lower levels it would print parts of requests.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let door = Door(
            table: table,
            services: services,
            logger: logger,
            isSecure: configuration.tls != nil
        )
        return Application(
            responder: door,
            server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.limits.connections,
                    logger: quiet
                )
            ),
            onServerRunning: { [logger, configuration, onRunning] channel in
                let port = channel.localAddress?.port ?? configuration.port
                logger.info("listening", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
                await onRunning(port)
            },
            eventLoopGroupProvider: .shared(group),
            logger: quiet
        )
    }

    private func serverBuilder() throws -> HTTPServerBuilder {
        let idle = configuration.limits.idleTime.components
        let base = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                idleTimeout: .nanoseconds(idle.seconds * 1_000_000_000 + idle.attoseconds / 1_000_000_000),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 64 << 10,
                    maxHeaderListSize: 64 << 10,
                    maxHeaderFieldCount: 200
                )
            )
        )
        guard let tls = configuration.tls else { return base }
        return try .tls(base, tlsConfiguration: try tls.configuration())
    }
}

extension HTTPServer: CustomStringConvertible {
    /// What logs show of it: where it listens.
    package var description: String { "HTTP on \(configuration.host):\(configuration.port)" }
}
