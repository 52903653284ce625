import CatalogModel
import Governance
import NIOCore
import NIOPosix
import NIOSSL
import QueryAnalysis

/// A client's connection, from its first byte to its last; everything happens on its event loop.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case starting
        case authenticating(SessionParameters, unknownOptions: [String]?)
        /// Something is being looked up or connected.
        case waiting
        case open(OpenSession)
        case closed
    }

    /// Bytes that may wait while a question is open.
    private static let inboxLimit = 1 << 20

    private let proxy: ProxyContext
    private let isCounted: Bool
    private var phase = Phase.starting
    private var decoder = FrontendDecoder()
    private var context: ChannelHandlerContext?
    private var isSecure = false
    private var isAsking = false
    private var readIsPending = false
    private var signInTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var user: String?

    init(proxy: ProxyContext) {
        self.proxy = proxy
        isCounted = proxy.registry.connect(limit: proxy.configuration.connectionLimit)
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        signInTimer = context.eventLoop.scheduleTask(in: .seconds(proxy.configuration.signInSeconds)) {
            bound.value.refuse(.fatal("08006", "signing in took too long"))
        }
        if !isCounted { refuse(.fatal("53300", "too many connections")) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        if case .open(let session) = phase { session.core.beginBatch() }
        restartIdleTimer()
        pump()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        if isCounted { proxy.registry.disconnect() }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .open(let session) = phase, context.channel.isWritable { session.upstream.resumeReading() }
        context.fireChannelWritabilityChanged()
    }

    /// Reads only when there is room for what comes.
    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { readIsPending = true }
    }

    private var mayRead: Bool {
        if isAsking, decoder.waiting > ClientConnection.inboxLimit { return false }
        if case .open(let session) = phase { return session.upstream.isWritable }
        return true
    }

    /// There may be room again.
    func resumeReading() {
        guard readIsPending, mayRead else { return }
        readIsPending = false
        context?.read()
    }

    /// Whether PostgreSQL's rows may be written on.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: Messages

    private func pump() {
        do throws(WireFault) {
            while !isAsking {
                switch phase {
                case .starting:
                    guard let packet = try decoder.startup() else { return }
                    start(packet)
                case .authenticating(let parameters, let unknown):
                    guard let message = try decoder.next(limit: FrontendDecoder.startupLimit) else { return }
                    signIn(message, parameters, unknown)
                case .open(let session):
                    guard let message = try decoder.next(limit: FrontendDecoder.messageLimit) else {
                        session.flush(self)
                        resumeReading()
                        return
                    }
                    take(session.core.receive(message, at: .now), session)
                case .waiting, .closed: return
                }
            }
        } catch { refuse(.fatal("08P01", error.message)) }
    }

    private func start(_ packet: StartupPacket) {
        switch packet {
        case .tlsRequest: startTLS()
        case .gssRequest: write(ByteBuffer(string: "N"))
        case .cancel(let process, let secret):
            proxy.registry.cancel(process: process, secret: secret)
            phase = .closed
            context?.close(promise: nil)
        case .session(let values, let minorVersion, let unknown):
            guard isSecure || !proxy.configuration.requiresTLS else {
                refuse(.fatal("28000", "this server requires TLS: use sslmode=require or better"))
                return
            }
            do throws(ClientError) {
                let parameters = try SessionParameters(values)
                let negotiates = minorVersion > 0 || !unknown.isEmpty
                phase = .authenticating(parameters, unknownOptions: negotiates ? unknown : nil)
                var request = ByteBuffer()
                request.writeCleartextPasswordRequest()
                write(request)
            } catch { refuse(error) }
        }
    }

    /// Bytes that came in clear before the handshake are dropped with the connection.
    private func startTLS() {
        guard let context, !isSecure, decoder.waiting == 0 else {
            refuse(.fatal("08P01", "unexpected bytes after a request for TLS"))
            return
        }
        guard let tls = proxy.configuration.tls else {
            write(ByteBuffer(string: "N"))
            return
        }
        isSecure = true
        write(ByteBuffer(string: "S"))
        do {
            try context.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: tls),
                position: .first
            )
        } catch { context.close(promise: nil) }
    }

    private func signIn(_ message: FrontendMessage, _ parameters: SessionParameters, _ unknown: [String]?) {
        guard case .password(var body) = message, let password = body.readZeroEnded(), body.readableBytes == 0
        else {
            refuse(.fatal("08P01", "expected a password"))
            return
        }
        phase = .waiting
        ask(on: proxy.signInThreads) { [proxy] in
            proxy.signIn(parameters, password)
        } then: { client, result in
            client.signedIn(result, parameters, unknown)
        }
    }

    private func signedIn(
        _ result: Result<SignedIn, ClientError>,
        _ parameters: SessionParameters,
        _ unknown: [String]?
    ) {
        guard let context, case .waiting = phase else { return }
        switch result {
        case .failure(let error): refuse(error)
        case .success(let signedIn):
            guard proxy.registry.enter(parameters.user, limit: proxy.configuration.userLimit) else {
                refuse(.fatal("53300", "too many connections for this user"))
                return
            }
            user = parameters.user
            UpstreamConnection.open(
                signedIn.database.upstream,
                parameters,
                proxy: proxy,
                client: NIOLoopBound(self, eventLoop: context.eventLoop),
                on: context.eventLoop
            ) { client, opened in
                client.opened(opened, signedIn, parameters, unknown)
            }
        }
    }

    private func opened(
        _ result: Result<UpstreamConnection, ClientError>,
        _ signedIn: SignedIn,
        _ parameters: SessionParameters,
        _ unknown: [String]?
    ) {
        guard let context, case .waiting = phase else {
            if case .success(let upstream) = result { upstream.close() }
            return
        }
        switch result {
        case .failure(let error): refuse(error)
        case .success(let upstream):
            signInTimer?.cancel()
            let session = OpenSession(upstream: upstream, statements: signedIn.session)
            phase = .open(session)
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            let loop = context.eventLoop
            let secret = Int32.random(in: Int32.min...Int32.max)
            session.process = proxy.registry.add(
                SessionRegistry.Entry(
                    secret: secret,
                    cancel: { loop.execute { bound.value.cancel() } },
                    check: { changed in loop.execute { bound.value.checkRunning(policyChanged: changed) } },
                    close: {
                        loop.execute { bound.value.refuse(.fatal("57P01", "the server is shutting down")) }
                    }
                )
            )
            write(greeting(upstream.settings, parameters, unknown, process: session.process, secret: secret))
            restartIdleTimer()
            pump()
        }
    }

    private func greeting(
        _ settings: [String: String],
        _ parameters: SessionParameters,
        _ unknown: [String]?,
        process: Int32,
        secret: Int32
    ) -> ByteBuffer {
        var greeting = ByteBuffer()
        if let unknown { greeting.writeNegotiation(unknownOptions: unknown) }
        greeting.writeAuthenticationOK()
        for (name, value) in settings.sorted(by: { $0.key < $1.key })
        where SessionParameters.areShown.contains(name) {
            greeting.writeParameterStatus(name, value)
        }
        greeting.writeParameterStatus("is_superuser", "off")
        greeting.writeParameterStatus("session_authorization", parameters.user)
        greeting.writeBackendKey(process: process, secret: secret)
        greeting.writeReady(UInt8(ascii: "I"))
        return greeting
    }

    private func take(_ step: SessionStep, _ session: OpenSession) {
        switch step {
        case .next: return
        case .close(let error):
            session.flush(self)
            if let error { refuse(error) } else { closeQuietly() }
        case .ask(.rewrite(let text)):
            ask(on: proxy.parserThreads) { [statements = session.statements] in
                Result { () throws(StatementFailure) in try statements.rewrite(text) }
            } then: { client, result in
                client.go { $0.rewritten(result, at: .now) }
            }
        case .ask(.check(let reads)):
            ask(on: proxy.parserThreads) { [statements = session.statements] in
                Result { () throws(StatementFailure) in
                    for read in reads where try !statements.stillHolds(read) { return false }
                    return true
                }
            } then: { client, result in
                client.go { $0.checked(result, at: .now) }
            }
        }
    }

    private func go(_ answer: (inout SessionCore) -> SessionStep) {
        guard case .open(let session) = phase else { return }
        take(answer(&session.core), session)
        pump()
    }

    /// Runs a body elsewhere; nothing of this client is looked at before it is done.
    private func ask<Answer: Sendable>(
        on threads: ParserThreads,
        _ body: @escaping @Sendable () -> Answer,
        then: @escaping @Sendable (ClientConnection, Answer) -> Void
    ) {
        guard let context else { return }
        isAsking = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        threads.submit {
            let answer = body()
            loop.execute {
                let client = bound.value
                client.isAsking = false
                then(client, answer)
                client.resumeReading()
            }
        }
    }

    // MARK: From upstream

    /// Takes a message of PostgreSQL.
    func receive(_ message: UpstreamMessage) {
        guard case .open(let session) = phase else { return }
        do throws(ClientError) {
            let run = try session.core.receive(message, at: .now) { origin in
                session.statements.isClear(relation: origin.relation, column: origin.number)
            }
            if let run {
                proxy.parserThreads.submit { [statements = session.statements] in statements.finished(run) }
            }
        } catch {
            session.flush(self)
            refuse(error)
        }
    }

    /// What PostgreSQL sent for now has been taken.
    func upstreamPaused() {
        guard case .open(let session) = phase else { return }
        session.flush(self)
    }

    /// PostgreSQL is gone.
    func upstreamClosed() {
        guard case .open(let session) = phase else { return }
        session.flush(self)
        refuse(.fatal("57P01", "the connection to the database was lost"))
    }

    private func cancel() {
        guard let context, case .open(let session) = phase else { return }
        session.upstream.cancel(on: context.eventLoop)
    }

    /// Ends the session when what it is reading would be governed otherwise now, or its user is gone.
    private func checkRunning(policyChanged: Bool) {
        guard let context, case .open(let session) = phase else { return }
        let reads = session.core.running
        guard policyChanged || !reads.isEmpty else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        proxy.parserThreads.submit { [statements = session.statements] in
            let holds =
                statements.isAdmitted() && reads.allSatisfy { (try? statements.stillHolds($0)) == true }
            guard !holds else { return }
            loop.execute {
                bound.value.refuse(.fatal("57P01", "policy has changed: connect again"))
            }
        }
    }

    // MARK: Ends

    func write(_ bytes: ByteBuffer) {
        guard let context, bytes.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func refuse(_ error: ClientError) {
        if case .closed = phase { return }
        var bytes = ByteBuffer()
        var fatal = error
        fatal.severity = "FATAL"
        bytes.writeError(fatal)
        write(bytes)
        closeQuietly()
    }

    private func closeQuietly() {
        end()
        context?.close(mode: .all, promise: nil)
    }

    /// Lets go of everything; may be called again.
    private func end() {
        signInTimer?.cancel()
        idleTimer?.cancel()
        if case .open(let session) = phase {
            proxy.registry.remove(session.process)
            if !session.core.running.isEmpty, let context { session.upstream.cancel(on: context.eventLoop) }
            session.upstream.close()
        }
        if let user {
            proxy.registry.leave(user)
            self.user = nil
        }
        phase = .closed
    }

    private func restartIdleTimer() {
        guard proxy.configuration.idleSeconds > 0, let context, case .open = phase else { return }
        idleTimer?.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        idleTimer = context.eventLoop.scheduleTask(in: .seconds(proxy.configuration.idleSeconds)) {
            bound.value.refuse(.fatal("57P05", "the session was idle for too long"))
        }
    }
}

/// A session that runs.
final class OpenSession {
    let upstream: UpstreamConnection
    let statements: StatementSession
    var core = SessionCore()
    var process: Int32 = 0

    init(upstream: UpstreamConnection, statements: StatementSession) {
        self.upstream = upstream
        self.statements = statements
    }

    /// Writes what waits, both ways.
    func flush(_ client: ClientConnection) {
        if core.toUpstream.readableBytes > 0 {
            upstream.write(core.toUpstream)
            core.toUpstream = ByteBuffer()
        }
        if core.toClient.readableBytes > 0 {
            client.write(core.toClient)
            core.toClient = ByteBuffer()
        }
    }
}

extension Moment {
    /// Now, by the clock of the event loops.
    static var now: Moment { Moment(nanoseconds: NIODeadline.now().uptimeNanoseconds) }
}
