import Crypto

/// Digests that SQL has functions for.
package enum Digests {
    /// The 16 bytes of MD5, which nothing of ours relies on.
    package static func md5(_ bytes: [UInt8]) -> [UInt8] { Array(Insecure.MD5.hash(data: bytes)) }

    /// The 32 bytes of SHA-256.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
