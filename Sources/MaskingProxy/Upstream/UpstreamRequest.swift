import NIOCore
import SocketTransport

/// A session's wish for a connection to PostgreSQL; on the event loop of its client.
final class UpstreamRequest {
    typealias Answered = (ClientConnection, Result<UpstreamConnection, ClientError>) -> Void

    let loop: SocketLoop
    private let pool: UpstreamPool
    private let parameters: SessionParameters
    private let configuration: ProxyConfiguration
    private let client: ClientConnection
    private var answered: Answered?
    /// The connection that is being made or looked at.
    private var connection: UpstreamConnection?
    private var patience: Scheduled<Void>?
    private var impatience: Scheduled<Void>?

    init(
        _ pool: UpstreamPool,
        _ parameters: SessionParameters,
        _ configuration: ProxyConfiguration,
        for client: ClientConnection,
        on loop: SocketLoop,
        then answered: @escaping Answered
    ) {
        self.pool = pool
        self.parameters = parameters
        self.configuration = configuration
        self.client = client
        self.loop = loop
        self.answered = answered
    }

    /// What the session asked for at its start.
    var settings: [String: String] { parameters.settings }

    /// The connections that are of use to it.
    var key: UpstreamPool.Key { UpstreamPool.Key(loop: ObjectIdentifier(loop), settings: settings) }

    /// Looks for a connection; the answer may come at once.
    func start() {
        switch pool.place(self) {
        case .reuse(let connection): take(connection)
        case .open: open()
        case .wait: wait()
        case .refuse: answer(.failure(.noneFree))
        }
    }

    private func wait() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        patience = loop.scheduleTask(in: .seconds(configuration.upstream.waitSeconds)) {
            let request = bound.value
            request.pool.forget(request)
            request.answer(.failure(.noneFree))
        }
        guard pool.isShared else { return }
        impatience = loop.scheduleTask(in: UpstreamPool.idleWhileOthersWait) {
            let request = bound.value
            request.pool.makeRoom(for: request)
        }
    }

    private func stopWaiting() {
        patience?.cancel()
        impatience?.cancel()
    }

    /// There is room for a new connection, which counts already.
    func open() {
        stopWaiting()
        guard answered != nil else {
            pool.freed(key)
            return
        }
        connection = UpstreamConnection.open(
            pool,
            parameters,
            statementSeconds: configuration.statementSeconds,
            on: loop
        ) { [self] result in answer(result) }
    }

    /// There is a connection that was another session's; it is looked at before it is believed.
    func take(_ connection: UpstreamConnection) {
        stopWaiting()
        guard answered != nil else {
            connection.release()
            return
        }
        self.connection = connection
        guard !connection.answeredLately else {
            answer(.success(connection))
            return
        }
        connection.check { [self] isAlive in
            // A dead one leaves its place to others; this request asks once more.
            if isAlive { answer(.success(connection)) } else { start() }
        }
    }

    private func answer(_ result: Result<UpstreamConnection, ClientError>) {
        let answered = answered
        self.answered = nil
        let connection = connection
        self.connection = nil
        if case .success = result { connection?.serve(client) }
        answered?(client, result)
    }

    /// Nobody wants it any more.
    func cancel() {
        guard answered != nil else { return }
        answered = nil
        stopWaiting()
        pool.forget(self)
        connection?.close()
        connection = nil
    }
}
