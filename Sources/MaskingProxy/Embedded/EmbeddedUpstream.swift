import CatalogModel
import Governance
import NIOCore
import QueryAnalysis

/// A session's statements over files, answered by us where another session's go to PostgreSQL.
///
/// Everything but the work itself happens on the client's event loop; one piece of work runs at a time.
final class EmbeddedUpstream: SessionUpstream {
    private let backend: EmbeddedBackend
    private let interruption: Interruption
    private let runners: StatementRunners
    private let user: UserName
    private let loop: any EventLoop
    private let messageBytes: Int
    private weak var client: ClientConnection?
    private var decoder = FrontendDecoder()
    private var waiting: [FrontendMessage] = []
    private var isWorking = false
    /// Whether there is more to hand out once the client takes it.
    private var isPaused = false
    /// Messages that may wait while a statement runs.
    private static let waitingLimit = 1000

    init(
        _ statements: StatementSession,
        _ parameters: SessionParameters,
        _ configuration: ProxyConfiguration,
        _ runners: StatementRunners,
        _ client: ClientConnection,
        on loop: any EventLoop
    ) {
        let interruption = Interruption()
        var limits = EngineLimits()
        limits.memory = configuration.statementMemory
        limits.held = runners.held
        limits.user = statements.user.text
        limits.interruption = { interruption.fault }
        var settings = parameters.settings
        settings["TimeZone"] = nil
        backend = EmbeddedBackend(
            session: EngineSession(
                relations: SessionRelations(statements: statements),
                settings: settings,
                now: { statements.now() }
            ),
            interruption: interruption,
            limits: limits,
            statementSeconds: configuration.statementSeconds
        )
        self.interruption = interruption
        self.runners = runners
        user = statements.user
        // What comes here is ours: a governed text is longer than the one that a client may send.
        messageBytes = max(configuration.messageBytes, UpstreamScanner.messageLimit)
        self.client = client
        self.loop = loop
        self.settings = [
            "client_encoding": "UTF8", "DateStyle": "ISO, MDY", "TimeZone": "UTC",
            "IntervalStyle": "postgres",
            "integer_datetimes": "on", "standard_conforming_strings": "on",
            "server_version": "15.0 (Steward)", "server_encoding": "UTF8",
            "application_name": settings["application_name"] ?? "", "default_transaction_read_only": "on",
            "in_hot_standby": "off",
        ]
    }

    let settings: [String: String]

    var isWritable: Bool { waiting.count < EmbeddedUpstream.waitingLimit }

    func write(_ bytes: ByteBuffer) {
        decoder.append(bytes)
        do throws(WireFault) {
            while let message = try decoder.next(limit: messageBytes) { waiting.append(message) }
        } catch {
            client?.refuse(.fatal("XX000", "the session lost its way"))
            return
        }
        if !isPaused { work() }
    }

    private func work() {
        guard !isWorking, !waiting.isEmpty || isPaused else { return }
        isWorking = true
        isPaused = false
        let messages = waiting
        waiting = []
        let bound = NIOLoopBound(self, eventLoop: loop)
        runners.submit(for: user) { [backend, loop] in
            let (answers, hasMore) = backend.work(messages)
            loop.execute { bound.value.take(answers, hasMore: hasMore) }
        }
    }

    private func take(_ answers: [UpstreamMessage], hasMore: Bool) {
        isWorking = false
        guard let client else { return }
        let now = Moment.now
        for answer in answers { client.receive(answer, at: now) }
        client.upstreamPaused(at: now)
        isPaused = hasMore
        if !hasMore || client.isWritable { work() }
        client.resumeReading()
    }

    func resumeReading() {
        if isPaused { work() }
    }

    func close() {
        interruption.close()
        client = nil
    }

    func release() { close() }

    func cancel() {
        if isWorking { interruption.cancel() }
    }
}
