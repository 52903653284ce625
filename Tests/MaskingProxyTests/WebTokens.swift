import Crypto
import Foundation

/// Makes web tokens.
enum WebTokens {
    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// A token with these claims, by a shared secret.
    static func signed(_ claims: String, header: String, secret: [UInt8]) -> String {
        let text = "\(base64URL(header.utf8)).\(base64URL(claims.utf8))"
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: secret))
        return "\(text).\(base64URL(code))"
    }
}
