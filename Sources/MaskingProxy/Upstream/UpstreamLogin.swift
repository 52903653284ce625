import NIOCore

/// Signing in to PostgreSQL: messages in, messages out, no I/O.
struct UpstreamLogin {
    /// What came of a message.
    enum Step {
        case wait
        case send(ByteBuffer)
        /// The session stands.
        case ready
    }

    /// What identifies the session for a cancellation.
    private(set) var key: (process: Int32, secret: Int32) = (0, 0)
    /// The settings that PostgreSQL told.
    private(set) var settings: [String: String] = [:]

    private let address: UpstreamAddress
    private var scram: ScramClient
    private var isAuthenticated = false

    init(_ address: UpstreamAddress, nonce: String) {
        self.address = address
        scram = ScramClient(password: address.password ?? "", nonce: nonce)
    }

    /// The startup packet: read only, no search path, strings as we write them.
    func startup(_ parameters: SessionParameters, statementSeconds: Int64) -> ByteBuffer {
        var settings = parameters.settings
        settings["user"] = address.user
        settings["database"] = address.database
        settings["client_encoding"] = "UTF8"
        settings["DateStyle"] = "ISO, MDY"
        settings["IntervalStyle"] = "postgres"
        settings["default_transaction_read_only"] = "on"
        settings["standard_conforming_strings"] = "on"
        settings["search_path"] = ""
        if settings["statement_timeout"] == nil {
            settings["statement_timeout"] = String(statementSeconds * 1000)
        }
        if settings["application_name"] == nil { settings["application_name"] = "steward" }
        var packet = ByteBuffer()
        packet.writeInteger(Int32(0))
        packet.writeInteger(Int32(196_608))
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            packet.writeZeroEnded(name)
            packet.writeZeroEnded(value)
        }
        packet.writeInteger(UInt8(0))
        packet.setInteger(Int32(packet.readableBytes), at: 0)
        return packet
    }

    /// Takes a setting that PostgreSQL told later.
    mutating func note(_ name: String, _ value: String) { settings[name] = value }

    /// Takes a message of PostgreSQL.
    ///
    /// - Throws: why there is no session, in words for the client.
    mutating func receive(_ message: UpstreamMessage) throws(ClientError) -> Step {
        switch message {
        case .authentication(let code, let body): return try authenticate(code, body)
        case .parameterStatus(let name, let value):
            settings[name] = value
            return .wait
        case .backendKey(let process, let secret):
            key = (process, secret)
            return .wait
        case .ready:
            guard isAuthenticated, settings["standard_conforming_strings"] == "on",
                settings["client_encoding"] == "UTF8", settings["server_encoding"] == "UTF8"
            else { throw .fatal("08006", "the database's settings are not those that governing needs") }
            guard settings["is_superuser"] == "off" else {
                throw .fatal("08006", "the database's service account must not be a superuser")
            }
            return .ready
        case .dropped: return .wait
        case .error(let error):
            throw .fatal("08006", "the database refused the connection (SQLSTATE \(error.sqlState))")
        case .passing, .rows, .described, .prepared, .completed, .rowDescription: throw unexpected
        }
    }

    private mutating func authenticate(_ code: Int32, _ body: ByteBuffer) throws(ClientError) -> Step {
        var body = body
        switch code {
        case 0:
            isAuthenticated = true
            return .wait
        case 3 where address.tls != nil:
            guard let password = address.password else { throw noPassword }
            return .send(message(withPassword: password))
        case 10:
            guard address.password != nil else { throw noPassword }
            var mechanisms: [String] = []
            while let name = body.readZeroEnded(), !name.isEmpty { mechanisms.append(name) }
            guard mechanisms.contains(ScramClient.mechanism) else { throw unexpected }
            var message = ByteBuffer()
            let first = scram.first
            message.writeMessage("p") {
                $0.writeZeroEnded(ScramClient.mechanism)
                $0.writeInteger(Int32(first.utf8.count))
                $0.writeString(first)
            }
            return .send(message)
        case 11:
            guard let answer = scram.answer(String(buffer: body)) else { throw unexpected }
            var message = ByteBuffer()
            message.writeMessage("p") { $0.writeString(answer) }
            return .send(message)
        case 12:
            guard scram.accepts(String(buffer: body)) else {
                throw .fatal("08006", "the database does not know the service account's password")
            }
            return .wait
        default: throw .fatal("08006", "the database asks for a kind of sign-in that is not used here")
        }
    }

    private func message(withPassword password: String) -> ByteBuffer {
        var message = ByteBuffer()
        message.writeMessage("p") { $0.writeZeroEnded(password) }
        return message
    }

    private var noPassword: ClientError {
        .fatal("08006", "the database asks for a password and none is configured")
    }

    private var unexpected: ClientError { .fatal("08P01", "the database sent what is not expected") }
}
