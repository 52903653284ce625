import NIOCore

/// What was asked of a client that signs in, and how far that came: messages in, answers out, no I/O.
struct SignInExchange: Sendable {
    enum Step: Sendable {
        case password
        /// The client is to choose a mechanism, and may say its first message with it.
        case mechanism(ScramServer)
        case first(ScramServer)
        case final(ScramServer)
    }

    /// What comes of a message.
    enum Outcome {
        case answer(String)
        case check(Credential)
    }

    let parameters: SessionParameters
    let unknownOptions: [String]?
    var step = Step.password

    init(parameters: SessionParameters, unknownOptions: [String]?) {
        self.parameters = parameters
        self.unknownOptions = unknownOptions
    }

    /// Takes the body of a message.
    ///
    /// - Throws: why this client can't sign in; says nothing of what it sent.
    mutating func take(_ body: ByteBuffer) throws(ClientError) -> Outcome {
        var body = body
        switch step {
        case .password:
            guard let password = body.readZeroEnded(), body.readableBytes == 0 else {
                throw .fatal("08P01", "invalid password packet")
            }
            guard !password.isEmpty else { throw .fatal("28P01", "empty password returned by client") }
            return .check(.password(password))
        case .mechanism(var scram):
            guard let name = body.readZeroEnded(), let length = body.readInteger(as: Int32.self),
                length >= -1, body.readableBytes == max(0, Int(length))
            else { throw SignInExchange.malformed }
            try scram.choose(name)
            guard length >= 0 else {
                step = .first(scram)
                return .answer("")
            }
            return try takeFirst(body, scram)
        case .first(let scram): return try takeFirst(body, scram)
        case .final(var scram): return .check(.proof(try scram.takeFinal(try SignInExchange.text(body))))
        }
    }

    private mutating func takeFirst(_ body: ByteBuffer, _ scram: ScramServer) throws(ClientError) -> Outcome {
        var scram = scram
        let answer = try scram.takeFirst(try SignInExchange.text(body))
        step = .final(scram)
        return .answer(answer)
    }

    private static func text(_ body: ByteBuffer) throws(ClientError) -> String {
        guard body.readableBytes > 0, !body.readableBytesView.contains(0),
            let text = String(validating: body.readableBytesView, as: UTF8.self)
        else { throw malformed }
        return text
    }

    private static let malformed = ClientError.fatal("08P01", "malformed SCRAM message")
}

extension [UInt8] {
    /// Random bytes that nobody can foresee.
    static func random(count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
