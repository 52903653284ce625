import Governance
import NIOCore
import NIOSSL

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

    func signIn(_ message: FrontendMessage, _ parameters: SessionParameters, _ unknown: [String]?) {
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
            switch signedIn.database.place {
            case .postgres(let address):
                UpstreamConnection.open(
                    address,
                    parameters,
                    proxy: proxy,
                    client: NIOLoopBound(self, eventLoop: context.eventLoop),
                    on: context.eventLoop
                ) { client, opened in
                    client.opened(opened, signedIn, parameters, unknown)
                }
            case .files(let runners):
                let upstream = EmbeddedUpstream(
                    signedIn.session,
                    parameters,
                    proxy.configuration,
                    runners,
                    self,
                    on: context.eventLoop
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
}
