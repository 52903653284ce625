import Governance
import NIOCore
import NIOSSL
import SocketTransport

/// From the first packet to the greeting.
extension ClientConnection {
    func start(_ packet: StartupPacket) {
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
                try welcome(parameters, unknownOptions: negotiates ? unknown : nil)
            } catch { refuse(error) }
        }
    }

    /// Asks for what the client has to show.
    ///
    /// A certificate counts before anything else: whoever shows one is the user whom it names, or nobody.
    private func welcome(_ parameters: SessionParameters, unknownOptions: [String]?) throws(ClientError) {
        guard let origin, proxy.throttle.admits(origin, at: .now) else {
            throw .fatal("28000", "too many failed sign-ins from this address: wait a minute")
        }
        var exchange = SignInExchange(parameters: parameters, unknownOptions: unknownOptions)
        if let kind = proxy.configuration.tls?.certificateName, let shown = tlsHandler?.peerCertificate {
            let name = (try? shown.toDERBytes()).flatMap { Certificate(der: $0) }?.name(kind)
            signIn(with: .certificate(name), exchange)
            return
        }
        var request = ByteBuffer()
        switch parameters.signIn ?? proxy.configuration.signIn {
        case .password:
            guard isSecure else { throw .fatal("28000", "passwords are only taken over TLS") }
            request.writeCleartextPasswordRequest()
        case .scram:
            let scram = ScramServer(
                salt: proxy.salts.salt(of: parameters.user),
                endPoint: isSecure ? proxy.configuration.tls?.endPoint : nil,
                nonce: [UInt8].random(count: 18).base64
            )
            exchange.step = .mechanism(scram)
            request.writeSASLRequest(scram.mechanisms)
        }
        phase = .authenticating(exchange)
        write(request)
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
        write(ByteBuffer(string: "S"))
        do {
            let handler = NIOSSLServerHandler(context: tls.context)
            try context.pipeline.syncOperations.addHandler(handler, position: .first)
            tlsHandler = handler
        } catch { context.close(promise: nil) }
    }

    func signIn(_ message: FrontendMessage, _ exchange: SignInExchange) {
        guard case .password(let body) = message else {
            refuse(.fatal("08P01", "expected a password or a SASL response"))
            return
        }
        var exchange = exchange
        do throws(ClientError) {
            switch try exchange.take(body) {
            case .answer(let text):
                phase = .authenticating(exchange)
                var answer = ByteBuffer()
                answer.writeSASLContinue(text)
                write(answer)
            case .check(let credential): signIn(with: credential, exchange)
            }
        } catch { refuse(error) }
    }

    private func signIn(with credential: Credential, _ exchange: SignInExchange) {
        guard let origin else { return }
        phase = .waiting
        let parameters = exchange.parameters
        ask(on: proxy.signInThreads) { [proxy] in
            proxy.signIn(parameters, credential, from: origin)
        } then: { client, result in
            client.signedIn(result, parameters, exchange.unknownOptions)
        }
    }

    private func signedIn(
        _ result: Result<SignedIn, ClientError>,
        _ parameters: SessionParameters,
        _ unknown: [String]?
    ) {
        guard context != nil, case .waiting = phase else { return }
        switch result {
        case .failure(let error): refuse(error)
        case .success(let signedIn):
            guard proxy.registry.enter(parameters.user, limit: proxy.configuration.userLimit) else {
                refuse(.fatal("53300", "too many connections for this user"))
                return
            }
            user = parameters.user
            isNoStranger()
            switch signedIn.database.place {
            case .postgres:
                guard let pool = proxy.pools[parameters.database] else { return }
                if pool.isShared, let settings = pool.settings(for: parameters.settings) {
                    let upstream = PooledUpstream(pool, parameters, settings, self, on: channel.socketLoop)
                    opened(.success(upstream), signedIn, parameters, unknown)
                    return
                }
                let request = UpstreamRequest(
                    pool,
                    parameters,
                    proxy.configuration,
                    for: self,
                    on: channel.socketLoop
                ) { [loop = channel.socketLoop] client, result in
                    let upstream = result.map { connection -> any SessionUpstream in
                        guard pool.isShared else { return connection }
                        return PooledUpstream(connection, parameters, client, on: loop)
                    }
                    client.opened(upstream, signedIn, parameters, unknown)
                }
                opening = request
                request.start()
            case .files(let runners):
                let upstream = EmbeddedUpstream(
                    signedIn.session,
                    parameters,
                    proxy.configuration,
                    runners,
                    self,
                    on: channel.socketLoop
                )
                opened(.success(upstream), signedIn, parameters, unknown)
            }
        }
    }

    private func opened(
        _ result: Result<any SessionUpstream, ClientError>,
        _ signedIn: SignedIn,
        _ parameters: SessionParameters,
        _ unknown: [String]?
    ) {
        opening = nil
        guard let context, case .waiting = phase else {
            if case .success(let upstream) = result { upstream.close() }
            return
        }
        switch result {
        case .failure(let error): refuse(error)
        case .success(let upstream):
            let session = OpenSession(upstream: upstream, statements: signedIn.session, end: signedIn.end)
            begin(session)
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
            write(
                greeting(
                    upstream.settings,
                    parameters,
                    unknown,
                    signature: signedIn.signature,
                    process: session.process,
                    secret: secret
                )
            )
            let now = Moment.now
            times.heard(at: now)
            session.pooled?.paused(at: now)
            pump(at: now)
        }
    }

    private func greeting(
        _ settings: [String: String],
        _ parameters: SessionParameters,
        _ unknown: [String]?,
        signature: [UInt8]?,
        process: Int32,
        secret: Int32
    ) -> ByteBuffer {
        var greeting = ByteBuffer()
        if let unknown { greeting.writeNegotiation(unknownOptions: unknown) }
        if let signature { greeting.writeSASLFinal("v=\(signature.base64)") }
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
}
