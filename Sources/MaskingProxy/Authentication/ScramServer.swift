import Governance

/// What a client says to have proved.
struct ScramProof: Sendable {
    let proof: [UInt8]
    /// What was said before the proof.
    let message: [UInt8]
}

/// The server's side of SCRAM-SHA-256, with channel binding where TLS gives one: messages in, messages out, no I/O.
///
/// Whether the proof holds is for others to say. One exchange takes one try; a second one needs a new nonce.
///
/// **Source.** RFC 5802, RFC 7677 and RFC 5929; as in PostgreSQL the name comes from the startup packet alone.
struct ScramServer {
    static let plain = "SCRAM-SHA-256"
    static let bound = "SCRAM-SHA-256-PLUS"

    private enum Phase {
        case first
        case final(header: String, bareFirst: String, serverFirst: String, nonce: String)
        case over
    }

    private let challenge: String
    private let nonce: String
    private let endPoint: [UInt8]?
    private var isBound = false
    private var phase = Phase.first

    /// An exchange.
    ///
    /// - Parameters:
    ///   - salt: The user's salt.
    ///   - endPoint: What binds the exchange to the connection's TLS; nil for none.
    ///   - nonce: Fresh and random, without a comma.
    init(salt: [UInt8], endPoint: [UInt8]?, nonce: String) {
        challenge = "s=\(salt.base64),i=\(ScramVerifier.iterations)"
        self.endPoint = endPoint
        self.nonce = nonce
    }

    /// What a client may choose from, best first.
    var mechanisms: [String] {
        endPoint == nil ? [ScramServer.plain] : [ScramServer.bound, ScramServer.plain]
    }

    /// Takes the mechanism that the client chose.
    mutating func choose(_ mechanism: String) throws(ClientError) {
        guard mechanisms.contains(mechanism) else {
            throw .fatal("08P01", "client selected an invalid SASL authentication mechanism")
        }
        isBound = mechanism == ScramServer.bound
    }

    /// Takes the client's first message and gives the answer to it.
    mutating func takeFirst(_ text: String) throws(ClientError) -> String {
        guard case .first = phase else { throw ScramServer.malformed }
        phase = .over
        var rest = text[...]
        let binding = try ScramServer.part(&rest)
        try check(binding)
        let authority = try ScramServer.part(&rest)
        guard authority.isEmpty else {
            throw .fatal("0A000", "an authorization identity is not supported here")
        }
        let bareFirst = String(rest)
        let name = try ScramServer.part(&rest)
        guard name.hasPrefix("n=") else { throw ScramServer.malformed }
        let parts = rest.split(separator: ",", omittingEmptySubsequences: false)
        guard let random = parts.first, random.hasPrefix("r="), random.utf8.count > 2,
            random.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            parts.dropFirst().allSatisfy(ScramServer.isAttribute)
        else { throw ScramServer.malformed }
        let joint = random.dropFirst(2) + nonce
        let serverFirst = "r=\(joint),\(challenge)"
        phase = .final(
            header: "\(binding),,",
            bareFirst: bareFirst,
            serverFirst: serverFirst,
            nonce: String(joint)
        )
        return serverFirst
    }

    /// A client that could bind and believes that we can't has been lied to.
    private func check(_ binding: Substring) throws(ClientError) {
        switch binding {
        case "n":
            guard !isBound else { throw ScramServer.malformed }
        case "y":
            guard !isBound else { throw ScramServer.malformed }
            guard endPoint == nil else {
                throw .fatal("28000", "SCRAM channel binding negotiation error")
            }
        default:
            guard isBound, binding.hasPrefix("p=") else { throw ScramServer.malformed }
            guard binding == "p=tls-server-end-point" else {
                throw .fatal("08P01", "unsupported SCRAM channel-binding type")
            }
        }
    }

    /// Takes the client's last message and gives the proof in it.
    mutating func takeFinal(_ text: String) throws(ClientError) -> ScramProof {
        guard case .final(let header, let bareFirst, let serverFirst, let nonce) = phase else {
            throw ScramServer.malformed
        }
        phase = .over
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].hasPrefix("c="), parts[1].hasPrefix("r="),
            parts[2..<(parts.count - 1)].allSatisfy(ScramServer.isAttribute),
            let last = parts.last, last.hasPrefix("p=")
        else { throw ScramServer.malformed }
        let expected = Array(header.utf8) + (isBound ? endPoint ?? [] : [])
        guard parts[0].dropFirst(2) == expected.base64 else {
            throw .fatal("28000", "SCRAM channel binding check failed")
        }
        guard parts[1].dropFirst(2) == nonce else {
            throw .fatal("08P01", "invalid SCRAM response: nonce does not match")
        }
        let digits = String(last.dropFirst(2))
        guard let proof = digits.base64Bytes, proof.count == 32, proof.base64 == digits else {
            throw ScramServer.malformed
        }
        let withoutProof = text.dropLast(last.count + 1)
        return ScramProof(proof: proof, message: Array("\(bareFirst),\(serverFirst),\(withoutProof)".utf8))
    }

    /// What stands before the next comma, which there has to be.
    private static func part(_ rest: inout Substring) throws(ClientError) -> Substring {
        guard let comma = rest.firstIndex(of: ",") else { throw malformed }
        let part = rest[..<comma]
        rest = rest[rest.index(after: comma)...]
        return part
    }

    /// An extension that may be passed over; `m` marks one that may not.
    private static func isAttribute(_ part: Substring) -> Bool {
        let bytes = Array(part.utf8.prefix(2))
        guard bytes.count == 2, bytes[1] == UInt8(ascii: "=") else { return false }
        return (0x41...0x5A).contains(bytes[0] & 0xDF) && bytes[0] != UInt8(ascii: "m")
    }

    private static let malformed = ClientError.fatal("08P01", "malformed SCRAM message")
}
