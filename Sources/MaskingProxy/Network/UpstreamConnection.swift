import NIOCore
import NIOSSL
import NIOTLS
import SocketTransport

/// A connection to PostgreSQL, which serves one session at a time; on the same event loop as the client.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Opened = (Result<UpstreamConnection, ClientError>) -> Void

    enum Phase {
        /// Waiting for the one byte that answers a request for TLS.
        case askingForTLS
        case shakingHands(NIOSSLClientHandler)
        case signingIn(UpstreamLogin)
        case open
        /// Between two sessions.
        case between(UpstreamReset)
        case closed
    }

    let pool: UpstreamPool
    private let parameters: SessionParameters
    private let statementSeconds: Int64
    let key: UpstreamPool.Key
    var phase: Phase {
        didSet { if case .open = phase { isOpen = true } else { isOpen = false } }
    }
    /// Whether it serves a session or may; kept, because it is asked with every message.
    private var isOpen = false
    private var login: UpstreamLogin
    private let loop: SocketLoop
    /// What is read and written without the pipeline when there is no TLS; nil before there is a connection.
    private var channel: SocketChannel?
    /// Whether the pipeline changes nothing of what is written.
    private var isDirect = false
    private var scanner = UpstreamScanner()
    private(set) var context: ChannelHandlerContext?
    private var client: ClientConnection?
    private var opened: Opened?
    private var readIsPending = false
    /// Whether more may be written; kept, because it is asked with every message.
    private var hasRoom = true
    /// What it holds beyond transactions when sessions use it in turn.
    var shelf = ConnectionShelf()
    /// When PostgreSQL answered last; counted when sessions use connections in turn.
    private var lastAnswer = NIODeadline.now()
    /// Whether it counts among the database's connections.
    private var isCounted = true
    /// Whether PostgreSQL was asked to stop something: the request may still be on its way.
    private(set) var wasCancelled = false

    /// Connects and signs in; the outcome is given on the event loop.
    ///
    /// Whoever no longer wants it closes what is returned.
    static func open(
        _ pool: UpstreamPool,
        _ parameters: SessionParameters,
        statementSeconds: Int64,
        on loop: SocketLoop,
        then opened: @escaping Opened
    ) -> UpstreamConnection {
        let handler = UpstreamConnection(pool, parameters, statementSeconds, on: loop, opened)
        SocketConnector.connect(
            host: pool.address.host,
            port: pool.address.port,
            within: connectTime,
            on: loop
        ) { channel in
            handler.channel = channel
            try channel.pipeline.syncOperations.addHandler(handler)
        } then: { result in
            guard case .failure = result else { return }
            handler.fail(.fatal("08006", "the database can not be reached"))
            handler.uncount()
        }
        return handler
    }

    private init(
        _ pool: UpstreamPool,
        _ parameters: SessionParameters,
        _ statementSeconds: Int64,
        on loop: SocketLoop,
        _ opened: @escaping Opened
    ) {
        self.pool = pool
        key = UpstreamPool.Key(loop: ObjectIdentifier(loop), settings: parameters.settings)
        self.parameters = parameters
        self.opened = opened
        self.loop = loop
        self.statementSeconds = statementSeconds
        let random = (0..<18).map { _ in UInt8.random(in: 0...255) }
        login = UpstreamLogin(pool.address, nonce: random.base64)
        phase = pool.address.tls == nil ? .signingIn(login) : .askingForTLS
    }

    private var address: UpstreamAddress { pool.address }

    /// Begins to serve a session.
    func serve(_ client: ClientConnection) {
        self.client = client
        phase = .open
    }

    /// Whether PostgreSQL has shown so lately that it is there that sessions that take turns needn't ask.
    var answeredLately: Bool { pool.isShared && NIODeadline.now() - lastAnswer < .seconds(5) }

    /// Between two transactions of different sessions, which leave nothing behind; closes it when it was ever cancelled:
    /// the request, which takes a way of its own, could meet another session's statement.
    func giveBack(at now: Moment) {
        guard isOpen, !wasCancelled, let context, context.channel.isActive else {
            close()
            return
        }
        lastAnswer = .uptimeNanoseconds(now.nanoseconds)
        leaveClient()
        phase = .between(.idle)
        resumeReading()
        if !pool.keep(self, on: context.eventLoop) { close() }
    }

    /// Goes on without a session.
    func leaveClient() {
        client = nil
        opened = nil
    }

    private func uncount() {
        guard isCounted else { return }
        isCounted = false
        pool.freed(key)
    }

    /// The settings that PostgreSQL told before the first session.
    private(set) var settingsAtStart: [String: String] = [:]

    /// The settings that PostgreSQL told.
    var settings: [String: String] { login.settings }

    /// Whether what the client sends may be written on.
    var isWritable: Bool { hasRoom && context != nil }

    func channelActive(context: ChannelHandlerContext) {
        if case .closed = phase {
            context.close(promise: nil)
            return
        }
        self.context = context
        if address.tls != nil {
            var request = ByteBuffer()
            request.writeInteger(Int32(8))
            request.writeInteger(Int32(80_877_103))
            write(request)
        } else {
            write(login.startup(parameters, statementSeconds: statementSeconds))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if case .askingForTLS = phase {
            guard bytes.readableBytes == 1, bytes.readInteger(as: UInt8.self) == UInt8(ascii: "S") else {
                fail(.fatal("08006", "the database does not offer TLS"))
                return
            }
            startTLS()
            return
        }
        let now = Moment.now
        // Without TLS it was looked at already.
        if !isDirect, endsRound(bytes, at: now) { return }
        scanner.append(bytes)
        do throws(WireFault) {
            while let message = try scanner.next(wholeRows: masksRows) { take(message, at: now) }
            scanner.settle()
        } catch {
            fail(.fatal("08P01", error.message))
            return
        }
        if isOpen { client?.upstreamPaused(at: now) }
    }

    private func endsRound(_ bytes: ByteBuffer, at now: Moment) -> Bool {
        guard isOpen, scanner.isEmpty, let client else { return false }
        return client.endsRound(bytes, at: now)
    }

    /// Whether rows that come now are masked on their way.
    private var masksRows: Bool { isOpen ? client?.masksRows ?? true : false }

    private func startTLS() {
        guard let tls = address.tls, let context else { return }
        do {
            let handler = try NIOSSLClientHandler(context: tls, serverHostname: address.serverName)
            try context.pipeline.syncOperations.addHandler(handler, position: .first)
            phase = .shakingHands(handler)
        } catch { fail(.fatal("08006", "TLS to the database failed")) }
    }

    /// Says who we are once it is sure who the other side is.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .shakingHands(let handler) = phase, case .handshakeCompleted? = event as? TLSUserEvent {
            // A name is only vouched for by a name: whoever answers at the address that it leads to may have a
            // certificate for that address.
            let shown = (try? handler.peerCertificate?.toDERBytes()).flatMap { Certificate(der: $0) }
            guard let shown, address.serverName.map(shown.mayBe) ?? true else {
                fail(.fatal("08006", "the database's certificate is for another name"))
                return
            }
            phase = .signingIn(login)
            write(login.startup(parameters, statementSeconds: statementSeconds))
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func take(_ message: UpstreamMessage, at now: Moment) {
        guard !isOpen else {
            if case .parameterStatus(let name, let value) = message { login.note(name, value) }
            client?.receive(message, at: now)
            return
        }
        switch phase {
        case .between(let reset): take(message, reset)
        case .signingIn:
            do throws(ClientError) {
                switch try login.receive(message) {
                case .wait: return
                case .send(let bytes): write(bytes)
                case .ready:
                    phase = .open
                    if address.tls == nil {
                        isDirect = true
                        channel?.hand(to: self)
                    }
                    settingsAtStart = login.settings
                    pool.told(login.settings, for: parameters.settings)
                    let opened = opened
                    self.opened = nil
                    opened?(.success(self))
                }
            } catch { fail(error) }
        case .askingForTLS, .shakingHands, .open, .closed: return
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        channel = nil
        fail(.fatal("08006", "the connection to the database was lost"))
        uncount()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.fatal("08006", "the connection to the database failed"))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        hasRoom = context.channel.isWritable
        if hasRoom { client?.resumeReading() }
        context.fireChannelWritabilityChanged()
    }

    /// Reads rows only as fast as the client takes them.
    func read(context: ChannelHandlerContext) { if readsOn() { context.read() } }

    func readsOn() -> Bool {
        guard isOpen, let client, !client.isWritable else { return true }
        readIsPending = true
        return false
    }

    /// The client takes more.
    func resumeReading() {
        guard readIsPending else { return }
        readIsPending = false
        context?.read()
    }

    func write(_ bytes: ByteBuffer) {
        guard let context, bytes.readableBytes > 0 else { return }
        if isDirect {
            channel?.send(bytes)
        } else {
            context.writeAndFlush(NIOAny(bytes), promise: nil)
        }
    }

    /// Ends the connection and lets go of the client.
    func close() {
        leaveClient()
        guard let context else {
            phase = .closed
            return
        }
        switch phase {
        case .open, .between:
            var bytes = ByteBuffer()
            bytes.writeEmpty("X")
            write(bytes)
        case .askingForTLS, .shakingHands, .signingIn, .closed: break
        }
        phase = .closed
        context.close(promise: nil)
    }

    func fail(_ error: ClientError) {
        let client = client
        let opened = opened
        let former = phase
        phase = .closed
        leaveClient()
        context?.close(promise: nil)
        opened?(.failure(error))
        if case .open = former { client?.upstreamClosed() }
        if case .between(let reset) = former { lost(reset) }
    }

    /// Notes a setting that PostgreSQL told between sessions.
    func note(_ name: String, _ value: String) { login.note(name, value) }

    /// Asks PostgreSQL to stop what this connection runs, over a connection of its own.
    func cancel() {
        wasCancelled = true
        var request = ByteBuffer()
        request.writeInteger(Int32(16))
        request.writeInteger(Int32(80_877_102))
        request.writeInteger(login.key.process)
        request.writeInteger(login.key.secret)
        let packet = request
        let pool = pool
        pool.cancelBegins()
        SocketConnector.connect(
            host: address.host,
            port: address.port,
            within: UpstreamConnection.connectTime,
            on: loop,
            begin: { _ in }
        ) { result in
            guard case .success(let channel) = result else {
                pool.cancelEnds()
                return
            }
            channel.writeAndFlush(packet).whenComplete { _ in
                channel.close(promise: nil)
                pool.cancelEnds()
            }
        }
    }

    /// How long connecting may take.
    private static let connectTime = TimeAmount.seconds(10)
}

extension UpstreamConnection: SocketReader {
    func takes(_ bytes: ByteBuffer) -> Bool { endsRound(bytes, at: .now) }
}

extension UpstreamAddress {
    /// The name for a certificate's check; nil for an address, which TLS doesn't take there.
    fileprivate var serverName: String? {
        host.contains(where: \.isLetter) && !host.contains(":") ? host : nil
    }
}
