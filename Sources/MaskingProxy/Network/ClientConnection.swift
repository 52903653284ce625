import CatalogModel
import Governance
import NIOCore
import NIOSSL
import QueryAnalysis
import SocketTransport

/// A client's connection, from its first byte to its last; everything happens on its event loop.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case starting
        case authenticating(SignInExchange)
        /// Something is being looked up or connected.
        case waiting
        /// ``session`` runs.
        case open
        case closed
    }

    /// Bytes that may wait while a question is open.
    private static let inboxLimit = 1 << 20

    let proxy: ProxyContext
    private let sweep: ConnectionSweep
    /// What is read and written without the pipeline when there is no TLS.
    let channel: SocketChannel
    /// Whether the pipeline changes nothing of what is written.
    private var isDirect = false
    private var isCounted = false
    var phase = Phase.starting
    /// What runs; nil before and after.
    private(set) var session: OpenSession?
    var decoder = FrontendDecoder()
    var context: ChannelHandlerContext?
    /// The client's TLS; nil for a connection without.
    var tlsHandler: NIOSSLServerHandler?
    /// Where the client comes from; nil until that is known.
    private(set) var origin: Origin?
    /// Whether the connection counts as one that hasn't signed in.
    private var isStranger = false
    /// PostgreSQL's side while it is being connected.
    var opening: UpstreamRequest?
    private(set) var isAsking = false
    /// Whether what is looked at elsewhere is to be stopped when it comes back.
    private var isCancelWaiting = false
    private var readIsPending = false
    /// Whether more may be written; kept, because it is asked with every message.
    private var hasRoom = true
    var times = SessionTimes()
    var user: String?

    init(proxy: ProxyContext, sweep: ConnectionSweep, over channel: SocketChannel) {
        self.proxy = proxy
        self.sweep = sweep
        self.channel = channel
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        let origin = Origin(context.remoteAddress)
        self.origin = origin
        isCounted = proxy.registry.connect(limit: proxy.configuration.connectionLimit)
        isStranger = isCounted && proxy.registry.knock(origin, limit: proxy.configuration.addressLimit)
        if isStranger { sweep.add(self) } else { refuse(.fatal("53300", "too many connections")) }
        context.fireChannelActive()
    }

    /// The client has signed in.
    func isNoStranger() {
        guard isStranger, let origin else { return }
        isStranger = false
        proxy.registry.forget(origin)
    }

    /// Whether what is said can't be read by others.
    var isSecure: Bool { tlsHandler != nil }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // TLS goes on reading until its own end.
        if case .closed = phase { return }
        let bytes = unwrapInboundIn(data)
        let now = Moment.now
        // Without TLS it was looked at already.
        if !isDirect, beginsRound(bytes, at: now) { return }
        decoder.append(bytes)
        session?.core.beginBatch()
        times.heard(at: now)
        pump(at: now)
        decoder.settle()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        sweep.remove(self)
        if isCounted { proxy.registry.disconnect() }
        isCounted = false
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        hasRoom = context.channel.isWritable
        if hasRoom {
            session?.upstream.resumeReading()
            resumeReading()
        }
        context.fireChannelWritabilityChanged()
    }

    /// Reads only when there is room for what comes.
    func read(context: ChannelHandlerContext) { if readsOn() { context.read() } }

    func readsOn() -> Bool {
        if mayRead { return true }
        readIsPending = true
        return false
    }

    private var mayRead: Bool {
        // Whoever doesn't take answers isn't asked for more questions.
        guard hasRoom else { return false }
        if isAsking || session == nil, decoder.waiting > ClientConnection.inboxLimit { return false }
        guard let session else { return true }
        return session.direct?.isWritable ?? session.upstream.isWritable
    }

    /// There may be room again.
    func resumeReading() {
        guard readIsPending, mayRead else { return }
        readIsPending = false
        context?.read()
    }

    /// Whether PostgreSQL's rows may be written on.
    var isWritable: Bool { hasRoom && context != nil }

    // MARK: Messages

    /// Takes what the client has sent; `now` is when the last of it came.
    func pump(at now: Moment) {
        do throws(WireFault) {
            while !isAsking {
                if let session {
                    guard let message = try decoder.next(limit: proxy.configuration.messageBytes) else {
                        session.flush(self)
                        resumeReading()
                        return
                    }
                    take(session.core.receive(message, at: now), session, now)
                    continue
                }
                switch phase {
                case .starting:
                    guard let packet = try decoder.startup() else { return }
                    start(packet)
                case .authenticating(let exchange):
                    guard let message = try decoder.next(limit: FrontendDecoder.signInLimit) else { return }
                    signIn(message, exchange)
                case .waiting, .open, .closed: return
                }
            }
        } catch { refuse(.fatal("08P01", error.message)) }
    }

    private func take(_ step: SessionStep, _ session: OpenSession, _ now: Moment) {
        switch step {
        case .next: return
        case .close(let error):
            session.flush(self)
            if let error { refuse(error) } else { closeQuietly() }
        case .ask(.rewrite(let text)):
            if let statement = session.statements.rewriteAtOnce(text) {
                take(session.core.rewritten(.success([statement]), at: now), session, now)
                return
            }
            ask(on: proxy.parserThreads) { [statements = session.statements] in
                Result { () throws(StatementFailure) in try statements.rewrite(text, masks: .wayBack) }
            } then: { client, result in
                client.go { $0.rewritten(result, at: $1) }
            }
        case .ask(.check(let reads)):
            if reads.allSatisfy(session.statements.surelyHolds) {
                take(session.core.checked(.success(true), at: now), session, now)
                return
            }
            ask(on: proxy.parserThreads) { [statements = session.statements] in
                Result { () throws(StatementFailure) in
                    for read in reads where try !statements.stillHolds(read) { return false }
                    return true
                }
            } then: { client, result in
                client.go { $0.checked(result, at: $1) }
            }
        }
    }

    private func go(_ answer: (inout SessionCore, Moment) -> SessionStep) {
        guard let session else { return }
        let now = Moment.now
        take(answer(&session.core, now), session, now)
        pump(at: now)
    }

    /// Runs a body elsewhere; nothing of this client is looked at before it is done.
    func ask<Answer: Sendable>(
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
                if client.isCancelWaiting {
                    client.isCancelWaiting = false
                    client.cancel()
                }
                client.resumeReading()
            }
        }
    }

    // MARK: From upstream

    /// Whether rows that come now have to be given whole, because they are masked on their way.
    var masksRows: Bool {
        guard let session else { return false }
        return session.core.masksRows || session.pooled?.readsRows ?? false
    }

    /// Takes a message of PostgreSQL, which came at a moment.
    func receive(_ message: UpstreamMessage, at now: Moment) {
        if let pooled = session?.pooled { pooled.receive(message, at: now) } else { tell(message, at: now) }
    }

    /// Takes a message for the session.
    func tell(_ message: UpstreamMessage, at now: Moment) {
        guard let session else { return }
        do throws(ClientError) {
            let run = try session.core.receive(message, at: now) { origin in
                session.statements.isClear(relation: origin.relation, column: origin.number)
            } shownType: {
                session.statements.shownType($0)
            }
            if let run { note(run, session) }
        } catch {
            session.flush(self)
            refuse(error)
        }
    }

    private func note(_ run: StatementRun, _ session: OpenSession) {
        if session.statements.finished(run) { writeAudit(session) }
    }

    /// So many audit lines wait that they are written now.
    func writeAudit(_ session: OpenSession) {
        proxy.parserThreads.submit { [statements = session.statements] in try? statements.flush() }
    }

    /// Writes what the session is told.
    func flushAnswers() {
        guard let session, session.core.toClient.readableBytes > 0 else { return }
        session.flushToClient(self)
    }

    /// What PostgreSQL sent for now has been taken.
    func upstreamPaused(at now: Moment) {
        guard let session else { return }
        session.flush(self)
        session.pooled?.paused(at: now)
    }

    /// PostgreSQL is gone.
    func upstreamClosed() {
        guard let session else { return }
        if let pooled = session.pooled, pooled.survivesLoss() { return }
        session.flush(self)
        refuse(.fatal("57P01", "the connection to the database was lost"))
    }

    /// Stops what runs; what is still being looked at is stopped once it runs.
    func cancel() {
        guard context != nil, let session else { return }
        guard !isAsking else {
            isCancelWaiting = true
            return
        }
        session.upstream.cancel()
    }

    // MARK: Ends

    /// The session begins.
    func begin(_ session: OpenSession) {
        phase = .open
        self.session = session
        guard tlsHandler == nil else { return }
        isDirect = true
        channel.hand(to: self)
    }

    func write(_ bytes: ByteBuffer) {
        guard let context, bytes.readableBytes > 0 else { return }
        if isDirect { channel.send(bytes) } else { context.writeAndFlush(NIOAny(bytes), promise: nil) }
    }

    func refuse(_ error: ClientError) {
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
        opening?.cancel()
        opening = nil
        tlsHandler = nil
        isNoStranger()
        if let session {
            self.session = nil
            proxy.registry.remove(session.process)
            if session.mayBeFollowed {
                session.upstream.release()
            } else {
                if !session.core.running.isEmpty, context != nil {
                    session.upstream.cancel()
                }
                session.upstream.close()
            }
        }
        if let user {
            proxy.registry.leave(user)
            self.user = nil
        }
        phase = .closed
    }
}
