import Crypto
import CryptoExtras
import Synchronization

/// The client's side of SCRAM-SHA-256.
///
/// **Source.** RFC 5802 and RFC 7677; PostgreSQL leaves the user's name out.
struct ScramClient {
    static let mechanism = "SCRAM-SHA-256"

    private let password: String
    private let nonce: String
    private var serverSignature: [UInt8] = []

    /// `nonce` is fresh and random.
    init(password: String, nonce: String) {
        self.password = password
        self.nonce = nonce
    }

    private var bareFirst: String { "n=,r=\(nonce)" }

    /// The first message.
    var first: String { "n,,\(bareFirst)" }

    /// The answer to the server's first message; nil when that is none, or asks for too much.
    mutating func answer(_ serverFirst: String) -> String? {
        let fields = ScramClient.fields(serverFirst)
        guard let joint = fields["r"], joint.hasPrefix(nonce), joint != nonce,
            let salt = fields["s"]?.base64Bytes,
            let rounds = fields["i"].flatMap({ Int($0) }), (1...1_000_000).contains(rounds),
            let salted = SaltedPasswords.shared.key(password, salt, rounds)
        else { return nil }
        let withoutProof = "c=biws,r=\(joint)"
        let message = Array("\(bareFirst),\(serverFirst),\(withoutProof)".utf8)
        let clientKey = Array(HMAC<SHA256>.authenticationCode(for: Array("Client Key".utf8), using: salted))
        let storedKey = Array(SHA256.hash(data: clientKey))
        let signature = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: storedKey))
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        let serverKey = Array(HMAC<SHA256>.authenticationCode(for: Array("Server Key".utf8), using: salted))
        serverSignature = Array(
            HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: serverKey))
        )
        return "\(withoutProof),p=\(proof.base64)"
    }

    /// Whether the server's last message shows that it knows the password too.
    func accepts(_ serverFinal: String) -> Bool {
        guard let signature = ScramClient.fields(serverFinal)["v"]?.base64Bytes, !serverSignature.isEmpty
        else {
            return false
        }
        return signature.count == serverSignature.count
            && zip(signature, serverSignature).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",") {
            guard let sign = part.firstIndex(of: "=") else { continue }
            fields[String(part[..<sign])] = String(part[part.index(after: sign)...])
        }
        return fields
    }
}

/// Salted passwords that were computed already: a connection needs one, and it costs thousands of hashes.
private final class SaltedPasswords: Sendable {
    static let shared = SaltedPasswords()

    private let known = Mutex<[String: SymmetricKey]>([:])

    func key(_ password: String, _ salt: [UInt8], _ rounds: Int) -> SymmetricKey? {
        let name = "\(rounds) \(salt.base64) \(password)"
        if let key = known.withLock({ $0[name] }) { return key }
        guard
            let key = try? KDF.Insecure.PBKDF2.deriveKey(
                from: Array(password.utf8),
                salt: salt,
                using: .sha256,
                outputByteCount: 32,
                unsafeUncheckedRounds: rounds
            )
        else { return nil }
        known.withLock { keys in
            if keys.count > 100 { keys = [:] }
            keys[name] = key
        }
        return key
    }
}

extension [UInt8] {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// RFC 4648, with padding.
    var base64: String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: count, by: 3) {
            let part = self[start..<Swift.min(start + 3, count)]
            var bits = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(8 * (3 - part.count))
            for index in 0..<4 {
                let digit = Self.digits[Int(bits >> UInt32(18 - 6 * index)) & 63]
                text.append(index <= part.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension String {
    /// The bytes of base 64 text; nil when it is none.
    var base64Bytes: [UInt8]? {
        guard utf8.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in utf8 where byte != UInt8(ascii: "=") {
            let value: UInt32
            switch byte {
            case 65...90: value = UInt32(byte) - 65
            case 97...122: value = UInt32(byte) - 71
            case 48...57: value = UInt32(byte) + 4
            case 43: value = 62
            case 47: value = 63
            default: return nil
            }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
