import CatalogModel
import PolicyEngine

/// Which signed web tokens (JWT) are taken in a password's place.
///
/// A token must be signed by one of the keys by that key's own algorithm, name the issuer and the audience, and be in
/// force. It names a user and nothing else: groups come from the catalog alone.
///
/// **Source.** RFC 7515, RFC 7517, RFC 7519 and RFC 8725.
package struct WebTokenRules: Sendable {
    /// Bytes of a token.
    package static let longest = 16_000
    /// How far the clocks of issuer and us may be apart.
    static let leewaySeconds: Double = 30

    private let keys: [WebTokenKey]
    private let issuer: String
    private let audience: String
    private let userClaim: String

    /// Rules.
    ///
    /// - Parameters:
    ///   - keyFile: A JSON Web Key, a set of them, or a public key in PEM.
    ///   - issuer: What `iss` must be.
    ///   - audience: What `aud` must be or hold.
    ///   - userClaim: The claim that names the user.
    /// - Throws: `.invalidRequest` for a file without a key that can be used.
    package init(
        keyFile: [UInt8],
        issuer: String,
        audience: String,
        userClaim: String = "sub"
    ) throws(GovernanceError) {
        guard !issuer.isEmpty, !audience.isEmpty, !userClaim.isEmpty else {
            throw GovernanceError(.invalidRequest, "web tokens need an issuer and an audience")
        }
        keys = try WebTokenKey.keys(in: keyFile)
        self.issuer = issuer
        self.audience = audience
        self.userClaim = userClaim
    }

    /// Whether a text looks like such a token rather than a password; says nothing of its being right.
    package static func looksLikeToken(_ text: String) -> Bool {
        text.hasPrefix("eyJ") && text.utf8.count { $0 == UInt8(ascii: ".") } == 2
    }

    /// The user whom a token names, and when it is no longer in force.
    ///
    /// - Throws: what is wrong with it; says nothing of its content.
    func user(of token: String, at now: Instant) throws(WebTokenFault) -> (name: String, until: Instant) {
        guard token.utf8.count <= WebTokenRules.longest else { throw .malformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = WebTokenRules.object(parts[0]),
            let signature = Base64URL.bytes(of: parts[2])
        else { throw .malformed }
        // What a token says must be understood can't be: we know of no extension.
        guard header["crit"] == nil else { throw .malformed }
        guard let algorithm = header["alg"]?.text.flatMap(WebTokenAlgorithm.init(rawValue:)) else {
            throw .algorithm
        }
        let name = header["kid"]?.text
        guard header["kid"] == nil || name != nil else { throw .malformed }
        let fitting = keys.filter { key in
            key.algorithm == algorithm && (name == nil || key.name == nil || key.name == name)
        }
        guard !fitting.isEmpty else { throw .key }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard fitting.contains(where: { $0.accepts(signature, of: signed) }) else { throw .signature }
        guard let claims = WebTokenRules.object(parts[1]) else { throw .malformed }
        let end = try check(claims, at: Double(now.microseconds) / 1_000_000)
        guard let user = claims[userClaim]?.text, !user.isEmpty else { throw .anotherUser }
        // Later than any clock shows is for ever.
        return (user, Instant(microseconds: Int64(exactly: (end * 1_000_000).rounded(.down)) ?? Int64.max))
    }

    /// The moment at which it is no longer in force, in seconds since 1970.
    private func check(_ claims: JSONNode, at now: Double) throws(WebTokenFault) -> Double {
        guard let expires = try WebTokenRules.moment("exp", in: claims) else { throw .expired }
        guard now < expires + WebTokenRules.leewaySeconds else { throw .expired }
        if let start = try WebTokenRules.moment("nbf", in: claims) {
            guard now >= start - WebTokenRules.leewaySeconds else { throw .notYet }
        }
        guard claims["iss"]?.text == issuer else { throw .issuer }
        switch claims["aud"] {
        case .string(let one): guard one == audience else { throw .audience }
        case .array(let several): guard several.contains(.string(audience)) else { throw .audience }
        case nil, .null, .bool, .integer, .number, .object: throw .audience
        }
        return expires + WebTokenRules.leewaySeconds
    }

    private static func moment(_ name: String, in claims: JSONNode) throws(WebTokenFault) -> Double? {
        switch claims[name] {
        case nil: return nil
        case .integer(let seconds): return Double(seconds)
        case .number(let seconds) where seconds.isFinite: return seconds
        case .number, .null, .bool, .string, .array, .object: throw .malformed
        }
    }

    private static func object(_ part: Substring) -> JSONNode? {
        guard let bytes = Base64URL.bytes(of: part), let node = try? JSONReader.read(bytes),
            let members = node.members, Set(members.names).count == members.names.count
        else { return nil }
        return node
    }
}

/// What is wrong with a web token, in words for the audit log.
enum WebTokenFault: String, Error {
    case malformed = "malformed"
    case algorithm = "algorithm not taken"
    case key = "no such key"
    case signature = "wrong signature"
    case expired = "expired"
    case notYet = "not yet in force"
    case issuer = "another issuer"
    case audience = "another audience"
    case anotherUser = "another user"
    case unknownUser = "unknown user"
}
