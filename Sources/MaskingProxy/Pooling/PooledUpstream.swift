import NIOCore
import QueryAnalysis
import SocketTransport

/// What a session's statements are sent to when it uses connections to PostgreSQL in turn with others: it takes one when
/// a transaction or statement begins, and gives it back when that ends.
///
/// On the client's event loop alone.
final class PooledUpstream: SessionUpstream {
    let settings: [String: String]
    private let pool: UpstreamPool
    private let parameters: SessionParameters
    private let loop: SocketLoop
    private let configuration: ProxyConfiguration
    private var client: ClientConnection?
    private var session: PooledSession
    private var connection: UpstreamConnection?
    /// The connection that is waited for.
    private var request: UpstreamRequest?
    /// Whether the answer to a request came at once.
    private var isAsking = false
    /// Whether it is looked at whether what waited may still be sent.
    private var isChecking = false

    /// Bytes that may wait for a connection.
    private static let waitingLimit = 1 << 20

    /// A session without a connection, which is told settings that others were told before.
    init(
        _ pool: UpstreamPool,
        _ parameters: SessionParameters,
        _ settings: [String: String],
        _ client: ClientConnection,
        on loop: SocketLoop
    ) {
        self.pool = pool
        self.parameters = parameters
        self.settings = settings
        self.client = client
        self.loop = loop
        configuration = client.proxy.configuration
        session = PooledSession(statementLimit: pool.limits.statements)
    }

    /// A session with its first connection.
    convenience init(
        _ connection: UpstreamConnection,
        _ parameters: SessionParameters,
        _ client: ClientConnection,
        on loop: SocketLoop
    ) {
        self.init(connection.pool, parameters, connection.settingsAtStart, client, on: loop)
        self.connection = connection
        session.attach(&connection.shelf)
    }

    var isWritable: Bool {
        session.waiting < PooledUpstream.waitingLimit && connection?.isWritable ?? true
    }

    /// Whether rows that come now are ours.
    var readsRows: Bool { session.readsRows }

    // MARK: From the client

    /// Takes messages, and what the text of each `Parse` and `Query` does.
    func take(_ bytes: ByteBuffer, _ effects: [[StatementEffect]]) { session.take(bytes, effects) }

    func write(_ bytes: ByteBuffer) { take(bytes, []) }

    /// Sends what may be sent; asks for a connection when there is none.
    func advance(at now: Moment) {
        guard !isChecking else { return }
        if let connection {
            session.send(over: &connection.shelf)
            flush(connection)
            tellGiven(at: now)
            return
        }
        session.skip()
        tellGiven(at: now)
        guard session.waiting > 0, request == nil, let client else { return }
        let request = UpstreamRequest(pool, parameters, configuration, for: client, on: loop) {
            [self] _, result in got(result)
        }
        self.request = request
        isAsking = true
        request.start()
        isAsking = false
    }

    private func got(_ result: Result<UpstreamConnection, ClientError>) {
        request = nil
        switch result {
        case .success(let connection):
            self.connection = connection
            session.attach(&connection.shelf)
            guard !isAsking else {
                advance(at: .now)
                return
            }
            // It was permitted before it waited; that may be long ago.
            isChecking = true
            client?.confirmRunning { [self] in
                isChecking = false
                advance(at: .now)
                client?.resumeReading()
            }
        case .failure(let error): refuse(error)
        }
    }

    /// Tells an error in place of what waits, which the session outlives.
    private func refuse(_ error: ClientError) {
        var error = error
        error.severity = "ERROR"
        session.fail(error)
        let now = Moment.now
        tellGiven(at: now)
        client?.upstreamPaused(at: now)
        client?.resumeReading()
        // What came after may be luckier.
        if connection == nil, request == nil, session.waiting > 0 {
            loop.assumeIsolated().execute { [self] in if connection == nil { advance(at: .now) } }
        }
    }

    private func flush(_ connection: UpstreamConnection) {
        guard session.toUpstream.readableBytes > 0 else { return }
        let bytes = session.toUpstream
        session.toUpstream = ByteBuffer()
        connection.write(bytes)
    }

    // MARK: From PostgreSQL

    func receive(_ message: UpstreamMessage, at now: Moment) {
        guard let connection else { return }
        do throws(ClientError) {
            let told = try session.receive(message, over: &connection.shelf)
            if let told { client?.tell(told, at: now) }
            tellGiven(at: now)
        } catch { client?.refuse(error) }
    }

    private func tellGiven(at now: Moment) {
        guard !session.given.isEmpty else { return }
        let given = session.given
        session.given = []
        for message in given { client?.tell(message, at: now) }
        // What PostgreSQL answers takes these along.
        if !session.isRunning { client?.flushAnswers() }
    }

    /// PostgreSQL has said all for now: goes on with what waits, or gives the connection back.
    func paused(at now: Moment) {
        guard let connection, !isChecking else { return }
        if session.isFree, session.waiting == 0 || pool.isWanted(connection.key) {
            self.connection = nil
            connection.giveBack(at: now)
        }
        guard self.connection == nil ? session.waiting > 0 : true else { return }
        advance(at: now)
    }

    /// Whether the session goes on although its connection was lost: nothing was on its way.
    func survivesLoss() -> Bool {
        guard session.isFree else { return false }
        connection = nil
        advance(at: .now)
        return true
    }

    func resumeReading() { connection?.resumeReading() }

    // MARK: Ends

    func cancel() {
        if let connection {
            if session.isRunning { connection.cancel() }
        } else if let request {
            request.cancel()
            self.request = nil
            refuse(ClientError(sqlState: "57014", message: "canceling statement due to user request"))
        }
    }

    func close() {
        let connection = leave()
        connection?.close()
    }

    func release() {
        let isFree = session.isFree
        guard let connection = leave() else { return }
        if isFree { connection.giveBack(at: .now) } else { connection.release() }
    }

    /// Lets go of client and connection.
    private func leave() -> UpstreamConnection? {
        request?.cancel()
        request = nil
        client = nil
        defer { connection = nil }
        return connection
    }
}
