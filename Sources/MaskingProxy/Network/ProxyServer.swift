package import Governance
package import Logging
import NIOCore
import QueryAnalysis
import ServiceLifecycle
import SocketTransport
import Synchronization

/// The SQL door: listens, and ties each client to PostgreSQL through governance.
package final class ProxyServer: Sendable {
    private let context: ProxyContext
    private let logger: Logger
    private let started: (@Sendable (Int) -> Void)?

    /// A door in front of databases, by the name under which people connect to them.
    ///
    /// - Parameters:
    ///   - configuration: Where it listens and its limits.
    ///   - databases: By name.
    ///   - authentication: Who is at the door.
    ///   - rim: Fresh identities.
    ///   - logger: For what somebody must act on.
    ///   - started: Told the port, once it listens.
    /// - Throws: `.limitExceeded` when the system has no room for the parsers' stacks; `.storeUnavailable`.
    package init(
        configuration: ProxyConfiguration,
        databases: [String: ProxiedDatabase],
        authentication: Authentication,
        rim: Rim,
        logger: Logger,
        started: (@Sendable (Int) -> Void)? = nil
    ) throws(GovernanceError) {
        guard let parsers = ParserThreads(count: configuration.parserThreads),
            let signers = ParserThreads(count: 2)
        else { throw GovernanceError(.limitExceeded, "the parser's threads can not be started") }
        context = ProxyContext(
            configuration: configuration,
            databases: databases,
            pools: databases.compactMapValues { database in
                guard case .postgres(let address) = database.place else { return nil }
                return UpstreamPool(address, configuration.upstream)
            },
            authentication: authentication,
            registry: SessionRegistry(),
            parserThreads: parsers,
            signInThreads: signers,
            salts: try authentication.scramSalts(),
            throttle: SignInThrottle(perMinute: configuration.failedSignInsPerMinute),
            makeID: rim.makeID
        )
        self.logger = logger
        self.started = started
    }

    /// Serves until it is told to stop, or its task is cancelled.
    package func run() async throws {
        let context = context
        // What changes from here on is a change, also before the first look.
        let seen = PolicyWatch()
        for (name, database) in context.databases {
            if let version = try? database.governance.version() { _ = seen.isNew(version, of: name) }
        }
        let group = try SocketLoopGroup(count: context.configuration.eventLoops, name: "sql-door")
        do { try await serve(on: group, seen) } catch {
            await group.stop()
            throw error
        }
        await group.stop()
        for database in context.databases.values { try? database.governance.flush() }
    }

    private func serve(on group: SocketLoopGroup, _ seen: PolicyWatch) async throws {
        let context = context
        let sweeps = try await ConnectionSweep.start(on: group, context.configuration)
        let listener = try await SocketListener.listen(
            host: context.configuration.host,
            port: context.configuration.port,
            on: group
        ) { channel in
            guard let sweep = sweeps[ObjectIdentifier(channel.socketLoop)]?.value else {
                throw ChannelError.eof
            }
            let client = ClientConnection(proxy: context, sweep: sweep, over: channel)
            try channel.pipeline.syncOperations.addHandler(client)
        }
        let watch = watch(seen, on: group.loops[0])
        logger.info("SQL door is open", metadata: ["port": "\(listener.port)"])
        started?(listener.port)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                try? await listener.closeFuture.get()
            } onGracefulShutdown: {
                listener.close()
            }
        } onCancel: {
            listener.close()
        }
        watch.cancel()
        for session in context.registry.all { session.close() }
        for pool in context.pools.values { pool.sweep(all: true) }
        await lastRequests(on: group)
    }

    /// Waits until PostgreSQL has been told to stop what sessions ran that ended now, but not for long.
    private func lastRequests(on group: SocketLoopGroup) async {
        // Each loop has ended its sessions by then.
        for loop in group.loops { try? await loop.submit {}.get() }
        let end = NIODeadline.now() + ProxyServer.patience
        while context.pools.values.contains(where: \.isCancelling), NIODeadline.now() < end {
            try? await group.loops[0].scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
        }
    }

    /// How long the door waits at its end for requests that are on their way to PostgreSQL.
    private static let patience = TimeAmount.seconds(2)

    /// Looks four times a second whether policy has changed, once a second whether time has changed what it says, once a
    /// minute what relations there are, and writes the audit lines that wait.
    ///
    /// A look at the database that fails leaves what was known.
    private func watch(_ seen: PolicyWatch, on loop: SocketLoop) -> RepeatedTask {
        let context = context
        let logger = logger
        let report = ViewReport()
        return loop.scheduleRepeatedTask(initialDelay: .milliseconds(250), delay: .milliseconds(250)) { _ in
            context.parserThreads.submit {
                let tick = seen.tick()
                var changed = false
                for (name, database) in context.databases {
                    do throws(GovernanceError) {
                        try database.governance.flush()
                        if seen.isNew(try database.governance.version(), of: name) { changed = true }
                    } catch {
                        logger.error("governing statements failed", metadata: ["error": "\(error)"])
                        changed = true
                    }
                }
                // Looking at the database takes long: it is done beside the statements.
                if changed || tick.isMultiple(of: 240) {
                    context.signInThreads.submit {
                        for (name, database) in context.databases {
                            try? database.governance.refresh()
                            report.note(database.governance.viewObstacle, of: name, logger)
                        }
                    }
                }
                guard changed || tick.isMultiple(of: 4) else { return }
                for pool in context.pools.values { pool.sweep() }
                // Every ten seconds as if policy had changed: a session may have begun while it did.
                let isThorough = changed || tick.isMultiple(of: 40)
                for session in context.registry.all { session.check(isThorough) }
            }
        }
    }
}

/// What the watch has seen so far.
private final class PolicyWatch: Sendable {
    private let state = Mutex<(versions: [String: Int64], ticks: Int)>(([:], 0))

    /// Counts a look.
    func tick() -> Int {
        state.withLock { state in
            state.ticks += 1
            return state.ticks
        }
    }

    /// Whether a database's version is another one than at the last look.
    func isNew(_ version: Int64, of database: String) -> Bool {
        state.withLock { state in
            let last = state.versions.updateValue(version, forKey: database)
            return last != nil && last != version
        }
    }
}
