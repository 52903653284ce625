import Crypto
import CryptoExtras

/// Password hashes: scrypt with a random salt each, as `scrypt$ln=15,r=8,p=1$SALT$HASH` in hexadecimal.
///
/// Cost: about 100 ms and 32 MiB each way, on purpose.
package enum PasswordHash {
    private static let logRounds = 15

    /// The hash of a password under a fresh random salt.
    ///
    /// - Throws: `.internalError`.
    package static func make(_ password: String) throws(GovernanceError) -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let hash = try derive(password, salt: salt, logRounds: logRounds)
        return "scrypt$ln=\(logRounds),r=8,p=1$\(Hexadecimal.text(of: salt))$\(Hexadecimal.text(of: hash))"
    }

    /// Whether a password is the one that was hashed; false for a text that is no hash.
    ///
    /// Takes the same time whichever byte differs.
    package static func verify(_ password: String, against hash: String) -> Bool {
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "scrypt", parts[1] == "ln=\(logRounds),r=8,p=1",
            password.utf8.count <= 1024, let salt = Hexadecimal.bytes(of: parts[2]),
            let expected = Hexadecimal.bytes(of: parts[3]),
            let actual = try? derive(password, salt: salt, logRounds: logRounds)
        else { return false }
        return ConstantTime.areEqual(actual, expected)
    }

    private static func derive(
        _ password: String,
        salt: [UInt8],
        logRounds: Int
    ) throws(GovernanceError) -> [UInt8] {
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: Array(password.utf8),
                salt: salt,
                outputByteCount: 32,
                rounds: 1 << logRounds,
                blockSize: 8,
                parallelism: 1
            )
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw GovernanceError(.internalError, "scrypt failed")
        }
    }
}

/// Comparison that takes the same time whichever byte differs.
enum ConstantTime {
    /// Whether two byte strings are equal; their lengths are no secret.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}

/// Bytes as lower-case hexadecimal.
enum Hexadecimal {
    static func text(of bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }

    static func bytes(of text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 97...102: digit - 87
        default: nil
        }
    }
}
