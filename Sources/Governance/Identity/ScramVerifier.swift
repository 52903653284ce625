import Crypto
import CryptoExtras

/// What is kept of a secret so that somebody can prove to know it by SCRAM-SHA-256, without its being sent.
///
/// Whoever has it can check guesses at the secret, and can't sign in with it.
///
/// **Source.** RFC 5802, RFC 5803 and RFC 7677, in PostgreSQL's notation:
/// `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`, with hexadecimal in place of base 64.
package struct ScramVerifier: Hashable, Sendable {
    /// How often a secret is hashed.
    ///
    /// As often as PostgreSQL does it: clients pay for it at each connection.
    package static let iterations = 4096

    /// Random bytes that are the user's own.
    package let salt: [UInt8]
    /// How often the secret was hashed.
    package let iterations: Int
    let storedKey: [UInt8]
    let serverKey: [UInt8]

    /// The verifier of a secret.
    ///
    /// Cost: a few milliseconds.
    /// - Throws: `.internalError`.
    package init(
        of secret: String,
        salt: [UInt8],
        iterations: Int = ScramVerifier.iterations
    ) throws(GovernanceError) {
        guard
            let salted = try? KDF.Insecure.PBKDF2.deriveKey(
                from: Array(secret.utf8),
                salt: salt,
                using: .sha256,
                outputByteCount: 32,
                unsafeUncheckedRounds: iterations
            )
        else { throw GovernanceError(.internalError, "hashing failed") }
        self.salt = salt
        self.iterations = iterations
        let clientKey = Array(HMAC<SHA256>.authenticationCode(for: Array("Client Key".utf8), using: salted))
        storedKey = Array(SHA256.hash(data: clientKey))
        serverKey = Array(HMAC<SHA256>.authenticationCode(for: Array("Server Key".utf8), using: salted))
    }

    /// What `text` gave; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "SCRAM-SHA-256" else { return nil }
        let settings = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        let keys = parts[2].split(separator: ":", omittingEmptySubsequences: false)
        guard settings.count == 2, keys.count == 2, let iterations = Int(settings[0]), iterations >= 4096,
            let salt = Hexadecimal.bytes(of: settings[1]), !salt.isEmpty,
            let storedKey = Hexadecimal.bytes(of: keys[0]), storedKey.count == 32,
            let serverKey = Hexadecimal.bytes(of: keys[1]), serverKey.count == 32
        else { return nil }
        self.salt = salt
        self.iterations = iterations
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    /// The verifier as it is kept.
    package var text: String {
        "SCRAM-SHA-256$\(iterations):\(Hexadecimal.text(of: salt))$\(Hexadecimal.text(of: storedKey)):"
            + Hexadecimal.text(of: serverKey)
    }

    /// Whether a proof shows that its sender knows the secret.
    ///
    /// Takes the same time whichever byte differs.
    func accepts(proof: [UInt8], of message: [UInt8]) -> Bool {
        guard proof.count == 32 else { return false }
        let signature = HMAC<SHA256>.authenticationCode(
            for: message,
            using: SymmetricKey(data: storedKey)
        )
        let clientKey = zip(proof, signature).map { $0 ^ $1 }
        return ConstantTime.areEqual(Array(SHA256.hash(data: clientKey)), storedKey)
    }

    /// What shows that we know the verifier.
    func serverSignature(of message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: serverKey)))
    }
}

/// The salts of all users, of those too who don't exist, so that a salt says nothing of who does.
///
/// A user's password and tokens share one salt: a client that is asked for a proof may have any of them.
package struct ScramSalts: Sendable {
    private let key: SymmetricKey

    /// The salts under a random key that lives as long as the store.
    init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    /// The salt of a name.
    package func salt(of user: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(user.utf8), using: key).prefix(16))
    }
}
