import Crypto
import CryptoExtras
import PolicyEngine

/// How a token is signed.
enum WebTokenAlgorithm: String, Sendable {
    case hs256 = "HS256"
    case rs256 = "RS256"
    case es256 = "ES256"
}

/// A key that tokens are checked against.
///
/// It knows its one algorithm, so that a token can't have a public key taken for a shared secret.
struct WebTokenKey: Sendable {
    private enum Material: Sendable {
        case shared(SymmetricKey)
        case rsa(_RSA.Signing.PublicKey)
        case curve(P256.Signing.PublicKey)
    }

    /// Its `kid`; nil for none.
    let name: String?
    private let material: Material

    /// The algorithm of its tokens.
    var algorithm: WebTokenAlgorithm {
        switch material {
        case .shared: .hs256
        case .rsa: .rs256
        case .curve: .es256
        }
    }

    /// Whether a signature is this key's.
    func accepts(_ signature: [UInt8], of signed: [UInt8]) -> Bool {
        switch material {
        case .shared(let key):
            HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: key)
        case .rsa(let key):
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature),
                for: SHA256.hash(data: signed),
                padding: .insecurePKCS1v1_5
            )
        case .curve(let key):
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: SHA256.hash(data: signed))
            } ?? false
        }
    }

    /// The keys of a file that can be used; never empty.
    ///
    /// - Throws: `.invalidRequest`; says nothing of the file's content.
    static func keys(in file: [UInt8]) throws(GovernanceError) -> [WebTokenKey] {
        let text = String(decoding: file, as: UTF8.self)
        if text.contains("-----BEGIN") { return [try WebTokenKey(pem: text)] }
        guard let document = try? JSONReader.read(file), document.members != nil else {
            throw GovernanceError(
                .invalidRequest,
                "the file of web token keys is neither PEM nor a JSON Web Key or a set of them"
            )
        }
        let found = document["keys"]?.list ?? [document]
        var keys: [WebTokenKey] = []
        for key in found { if let key = try WebTokenKey(key) { keys.append(key) } }
        guard !keys.isEmpty, keys.count <= 100 else {
            throw GovernanceError(
                .invalidRequest,
                "the file of web token keys has to have 1 to 100 keys for HS256, RS256 or ES256"
            )
        }
        return keys
    }

    private init(pem: String) throws(GovernanceError) {
        guard !pem.contains("PRIVATE KEY") else {
            throw GovernanceError(
                .invalidRequest,
                "the file of web token keys holds a private key: give the public one"
            )
        }
        name = nil
        if let key = try? P256.Signing.PublicKey(pemRepresentation: pem) {
            material = .curve(key)
        } else if let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem) {
            material = .rsa(key)
        } else {
            throw GovernanceError(
                .invalidRequest,
                "the public key for web tokens is neither RSA of 2,048 bits or more nor on the curve P-256"
            )
        }
    }

    /// A key of a set; nil for one of another kind or use.
    private init?(_ key: JSONNode) throws(GovernanceError) {
        name = key["kid"]?.text
        if let use = key["use"]?.text, use != "sig" { return nil }
        guard let material = try WebTokenKey.material(of: key) else { return nil }
        self.material = material
        if let wanted = key["alg"]?.text, wanted != algorithm.rawValue { return nil }
    }

    private static func material(of key: JSONNode) throws(GovernanceError) -> Material? {
        let unusable = GovernanceError(.invalidRequest, "a web token key is damaged or too short")
        func bytes(_ name: String) throws(GovernanceError) -> [UInt8] {
            guard let text = key[name]?.text, let bytes = Base64URL.bytes(of: Substring(text)) else {
                throw unusable
            }
            return bytes
        }
        switch (key["kty"]?.text, key["crv"]?.text) {
        case ("oct", _):
            let secret = try bytes("k")
            guard secret.count >= 32 else { throw unusable }
            return .shared(SymmetricKey(data: secret))
        case ("RSA", _):
            guard let made = try? _RSA.Signing.PublicKey(n: try bytes("n"), e: try bytes("e")) else {
                throw unusable
            }
            return .rsa(made)
        case ("EC", "P-256"):
            let point = [4] + (try bytes("x")) + (try bytes("y"))
            guard let made = try? P256.Signing.PublicKey(x963Representation: point) else { throw unusable }
            return .curve(made)
        default: return nil
        }
    }
}
