import CatalogModel
import Crypto
import CryptoExtras
import Foundation
import TestSupport
import Testing

@testable import Governance

@Suite(.aside) struct `Web tokens` {
    private static let secret = Array("a secret that two parties share, of 32 bytes or more".utf8)
    private static let now = 1_800_000_000
    private static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    private static let curve = P256.Signing.PrivateKey()

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// A set of one key of each kind, and one for another use.
    private static func set() throws -> String {
        let numbers = try rsa.get().publicKey.getKeyPrimitives()
        let point = curve.publicKey.x963Representation
        return """
            {"keys": [
              {"kty":"oct","kid":"shared","k":"\(base64URL(secret))"},
              {"kty":"RSA","kid":"rsa","use":"sig","n":"\(base64URL(numbers.modulus))","e":"\(base64URL(numbers.publicExponent))"},
              {"kty":"EC","crv":"P-256","kid":"curve","alg":"ES256","x":"\(base64URL(point[1..<33]))","y":"\(base64URL(point[33...]))"},
              {"kty":"EC","crv":"P-521","kid":"big","x":"AA","y":"AA"},
              {"kty":"oct","kid":"hidden","use":"enc","k":"\(base64URL(secret.reversed()))"}
            ]}
            """
    }

    private static func rules(_ file: String) throws -> WebTokenRules {
        try WebTokenRules(keyFile: Array(file.utf8), issuer: "issuer", audience: "steward")
    }

    private static func claims(_ change: [String: String?] = [:]) -> String {
        let usual: [String: String?] = [
            "sub": "\"alice\"", "iss": "\"issuer\"", "aud": "\"steward\"", "exp": "\(now + 60)",
        ]
        let all = usual.merging(change) { $1 }.compactMapValues { $0 }
        return "{" + all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
            + "}"
    }

    private static func token(
        _ claims: String = claims(),
        header: String,
        by sign: ([UInt8]) throws -> [UInt8]
    ) rethrows -> String {
        let text = "\(base64URL(header.utf8)).\(base64URL(claims.utf8))"
        return "\(text).\(base64URL(try sign(Array(text.utf8))))"
    }

    private static func shared(_ signed: [UInt8]) -> [UInt8] { shared(signed, secret) }
    private static func shared(_ signed: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: secret)))
    }
    private static func rsa(_ signed: [UInt8]) throws -> [UInt8] {
        let signature = try rsa.get().signature(for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
        return Array(signature.rawRepresentation)
    }
    private static func curve(_ signed: [UInt8]) throws -> [UInt8] {
        Array(try curve.signature(for: SHA256.hash(data: signed)).rawRepresentation)
    }

    private func fault(_ token: String, _ rules: WebTokenRules, at seconds: Int = now) -> WebTokenFault? {
        do throws(WebTokenFault) {
            let moment = Instant(microseconds: Int64(seconds) * 1_000_000)
            let (user, until) = try rules.user(of: token, at: moment)
            #expect(until > moment)
            #expect(user == "alice")
            return nil
        } catch { return error }
    }

    @Test func `are taken when one of the keys signed them`() throws {
        let rules = try Self.rules(try Self.set())
        for token in [
            Self.token(header: #"{"alg":"HS256"}"#, by: Self.shared),
            Self.token(header: #"{"alg":"HS256","kid":"shared","typ":"JWT"}"#, by: Self.shared),
            try Self.token(header: #"{"alg":"RS256","kid":"rsa"}"#, by: Self.rsa),
            try Self.token(header: #"{"alg":"ES256","kid":"curve"}"#, by: Self.curve),
        ] { #expect(fault(token, rules) == nil) }
    }

    @Test func `are checked against a key in PEM`() throws {
        let rsa = try Self.rules(try Self.rsa.get().publicKey.pemRepresentation)
        #expect(fault(try Self.token(header: #"{"alg":"RS256","kid":"any"}"#, by: Self.rsa), rsa) == nil)
        let curve = try Self.rules(Self.curve.publicKey.pemRepresentation)
        #expect(fault(try Self.token(header: #"{"alg":"ES256"}"#, by: Self.curve), curve) == nil)
        #expect(fault(try Self.token(header: #"{"alg":"RS256"}"#, by: Self.rsa), curve) == .key)
    }

    @Test func `aren't taken with another algorithm than their key's`() throws {
        let file = try Self.set()
        let rules = try Self.rules(file)
        for name in ["none", "None", "NONE", "", "HS384", "RS512", "PS256", "ES384", "hs256"] {
            #expect(
                fault(Self.token(header: #"{"alg":"\#(name)"}"#) { _ in [] }, rules) == .algorithm,
                "\(name)"
            )
        }
        for header in ["{}", #"{"alg":null}"#, #"{"alg":1}"#, #"{"alg":["HS256"]}"#] {
            #expect(fault(Self.token(header: header, by: Self.shared), rules) == .algorithm)
        }
        // The public key as a shared secret, which everybody knows.
        let pem = try Self.rsa.get().publicKey.pemRepresentation
        let der = try Self.rsa.get().publicKey.derRepresentation
        for known in [Array(pem.utf8), Array(der), Array(file.utf8)] {
            let forged = Self.token(header: #"{"alg":"HS256"}"#) { Self.shared($0, known) }
            #expect(fault(forged, rules) == .signature)
            #expect(fault(forged, try Self.rules(pem)) == .key)
        }
        #expect(fault(Self.token(header: #"{"alg":"HS256","kid":"rsa"}"#, by: Self.shared), rules) == .key)
        #expect(
            fault(
                Self.token(header: #"{"alg":"HS256","kid":"hidden"}"#) {
                    Self.shared($0, Self.secret.reversed())
                },
                rules
            ) == .key
        )
        #expect(fault(Self.token(header: #"{"alg":"HS256","kid":"other"}"#, by: Self.shared), rules) == .key)
        #expect(fault(Self.token(header: #"{"alg":"HS256","kid":7}"#, by: Self.shared), rules) == .malformed)
        #expect(
            fault(Self.token(header: #"{"alg":"HS256","crit":["b64"],"b64":false}"#, by: Self.shared), rules)
                == .malformed
        )
        #expect(
            fault(Self.token(header: #"{"alg":"none","alg":"HS256"}"#, by: Self.shared), rules) == .malformed
        )
    }

    @Test func `aren't taken when a byte differs`() throws {
        let rules = try Self.rules(try Self.set())
        let token = Self.token(header: #"{"alg":"HS256"}"#, by: Self.shared)
        let letters = Array(token)
        for index in letters.indices {
            for letter: Character in ["A", "b", "-", ".", "=", " ", "\u{0}"] where letter != letters[index] {
                var changed = letters
                changed[index] = letter
                #expect(fault(String(changed), rules) != nil)
            }
        }
        for wrong in ["", ".", "..", "...", "a.b.c", token + ".", "." + token, token + "=", " " + token] {
            #expect(fault(wrong, rules) != nil)
        }
        #expect(fault(String(repeating: "A", count: 20_000), rules) == .malformed)
    }

    @Test func `are taken in their time, from their issuer, for us`() throws {
        let rules = try Self.rules(try Self.set())
        func fault(_ change: [String: String?]) -> WebTokenFault? {
            self.fault(Self.token(Self.claims(change), header: #"{"alg":"HS256"}"#, by: Self.shared), rules)
        }
        let now = Self.now
        #expect(fault(["exp": "\(now - 29)"]) == nil)
        #expect(fault(["exp": "\(now - 30)"]) == .expired)
        #expect(fault(["exp": "\(Double(now) + 0.5)"]) == nil)
        #expect(fault(["exp": nil]) == .expired)
        #expect(fault(["exp": "\"\(now + 60)\""]) == .malformed)
        #expect(fault(["exp": "1e400"]) != nil)
        #expect(fault(["nbf": "\(now + 30)"]) == nil)
        #expect(fault(["nbf": "\(now + 31)"]) == .notYet)
        #expect(fault(["iss": "\"issuer2\""]) == .issuer)
        #expect(fault(["iss": nil]) == .issuer)
        #expect(fault(["iss": "[\"issuer\"]"]) == .issuer)
        #expect(fault(["aud": "[\"other\",\"steward\"]"]) == nil)
        #expect(fault(["aud": "[\"other\"]"]) == .audience)
        #expect(fault(["aud": "\"steward2\""]) == .audience)
        #expect(fault(["aud": nil]) == .audience)
        #expect(fault(["aud": "{\"steward\":1}"]) == .audience)
        #expect(fault(["sub": nil]) == .anotherUser)
        #expect(fault(["sub": "\"\""]) == .anotherUser)
        #expect(fault(["sub": "[\"alice\"]"]) == .anotherUser)
        #expect(fault(["sub\":\"bob\",\"sub": "\"alice\"", "sub": nil]) == .malformed)
        #expect(fault(["groups": "[\"admins\"]"]) == nil)
    }

    @Test func `name the user by the claim that was chosen`() throws {
        let rules = try WebTokenRules(
            keyFile: Array(try Self.set().utf8),
            issuer: "issuer",
            audience: "steward",
            userClaim: "email"
        )
        let claims = Self.claims(["sub": "\"x\"", "email": "\"alice\""])
        #expect(fault(Self.token(claims, header: #"{"alg":"HS256"}"#, by: Self.shared), rules) == nil)
        #expect(fault(Self.token(header: #"{"alg":"HS256"}"#, by: Self.shared), rules) == .anotherUser)
    }

    @Test(
        arguments: [
            "", "nonsense", "[]", "{}", #"{"keys":[]}"#, #"{"kty":"oct","k":"c2hvcnQ"}"#, #"{"kty":"oct"}"#,
            #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            #"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#,
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        ]
    )
    func `need a key that can be used`(file: String) {
        #expect(throws: GovernanceError.self) { try Self.rules(file) }
    }

    @Test func `aren't checked against a private key`() {
        #expect(throws: GovernanceError.self) { try Self.rules(Self.curve.pemRepresentation) }
    }
}
