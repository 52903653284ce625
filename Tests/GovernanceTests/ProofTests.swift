import CatalogModel
import Crypto
import CryptoExtras
import Foundation
import GRDB
import SQLiteStore
import TestSupport
import Testing

@testable import Governance

@Suite(.aside) struct `Signing in by proof` {
    private static let message = Array("what was said".utf8)

    /// What a client computes that knows a secret.
    private static func proof(_ secret: String, _ salts: ScramSalts, _ user: String) throws -> [UInt8] {
        let salted = try KDF.Insecure.PBKDF2.deriveKey(
            from: Array(secret.utf8),
            salt: salts.salt(of: user),
            using: .sha256,
            outputByteCount: 32,
            unsafeUncheckedRounds: ScramVerifier.iterations
        )
        let key = Array(HMAC<SHA256>.authenticationCode(for: Array("Client Key".utf8), using: salted))
        let stored = SymmetricKey(data: Array(SHA256.hash(data: key)))
        return zip(key, HMAC<SHA256>.authenticationCode(for: message, using: stored)).map { $0 ^ $1 }
    }

    private func door() throws -> (Desk, Authentication) {
        let desk = try Desk()
        try desk.furnish()
        return (desk, desk.cases.authentication)
    }

    @Test func `takes the password, and no other`() throws {
        let (desk, door) = try door()
        try door.setPassword("correct horse", of: UserName("alice"), by: desk.admin)
        let salts = try door.scramSalts()
        func signIn(_ user: String, _ secret: String) throws -> UserName {
            try door.caller(
                user: UserName(user),
                proof: try Self.proof(secret, salts, user),
                of: Self.message,
                request: "r"
            ).caller.user
        }
        #expect(try signIn("alice", "correct horse") == UserName("alice"))
        for (user, secret) in [("alice", "wrong"), ("bob", "correct horse"), ("ghost", "correct horse")] {
            #expect(desk.code { _ = try signIn(user, secret) } == .unauthenticated)
        }
        for proof in [[], [UInt8](repeating: 0, count: 32), [1, 2, 3]] {
            #expect(
                desk.code {
                    _ = try door.caller(user: UserName("alice"), proof: proof, of: Self.message, request: "r")
                } == .unauthenticated
            )
        }
        try door.setPassword("another horse", of: UserName("alice"), by: desk.admin)
        #expect(desk.code { _ = try signIn("alice", "correct horse") } == .unauthenticated)
        #expect(try signIn("alice", "another horse") == UserName("alice"))
    }

    @Test func `takes tokens until they expire or are revoked`() throws {
        let (desk, door) = try door()
        let salts = try door.scramSalts()
        let until = try #require(Instant("2026-12-31"))
        let token = try door.makeToken(
            for: UserName("alice"),
            expires: until,
            by: desk.admin
        )
        let proof = try Self.proof(token.secret, salts, "alice")
        func code() -> GovernanceErrorCode? {
            desk.code {
                _ = try door.caller(user: UserName("alice"), proof: proof, of: Self.message, request: "r")
            }
        }
        #expect(code() == nil)
        desk.move(to: try #require(Instant("2026-12-31T00:00:01")))
        #expect(code() == .unauthenticated)
        desk.move(to: try #require(Instant("2026-12-01")))
        #expect(code() == nil)
        try door.revokeToken(id: token.id, by: desk.admin)
        #expect(code() == .unauthenticated)
    }

    @Test func `gives a password from before there were proofs its verifier when it is used`() throws {
        let (desk, door) = try door()
        let alice = UserName("alice")
        let hash = try PasswordHash.make("correct horse")
        try desk.store.setPassword(PasswordRecord(hash: hash, verifier: nil), of: alice)
        #expect(try door.usersWithoutVerifier() == [alice])
        let proof = try Self.proof("correct horse", try door.scramSalts(), "alice")
        let sign = { _ = try door.caller(user: alice, proof: proof, of: Self.message, request: "r") }
        #expect(desk.code(sign) == .unauthenticated)
        _ = try door.caller(user: alice, password: "correct horse", request: "r")
        #expect(try door.usersWithoutVerifier().isEmpty)
        #expect(desk.code(sign) == nil)
    }

    @Test func `salts last as long as the store, differ by user and are as long for nobody`() throws {
        let (_, door) = try door()
        let salts = try door.scramSalts()
        #expect(salts.salt(of: "alice") == (try door.scramSalts()).salt(of: "alice"))
        #expect(salts.salt(of: "alice") != salts.salt(of: "bob"))
        #expect(salts.salt(of: "ghost").count == 16)
        let (_, other) = try self.door()
        #expect(try other.scramSalts().salt(of: "alice") != salts.salt(of: "alice"))
    }

    @Test func `verifiers come back from their text, and from no other`() throws {
        let verifier = try ScramVerifier(of: "secret", salt: [1, 2, 3])
        #expect(ScramVerifier(verifier.text) == verifier)
        let text = verifier.text
        for wrong in [
            "", "x", text + "0", String(text.dropLast()), text.replacingOccurrences(of: "4096", with: "1"),
            text.replacingOccurrences(of: "256", with: "1"), text.replacingOccurrences(of: ":", with: "$"),
        ] { #expect(ScramVerifier(wrong) == nil) }
    }

    @Test func `brings an older store up to date`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "older-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try SQLiteCatalogStore(folder: folder)
        let file = try DatabaseQueue(path: folder.appending(path: "catalog.sqlite").path)
        try file.write { database in
            try database.execute(
                sql: """
                    DROP TABLE secret; DROP INDEX token_user; ALTER TABLE password DROP COLUMN verifier;
                    ALTER TABLE token DROP COLUMN verifier; PRAGMA user_version = 1;
                    INSERT INTO password VALUES ('alice', 'an old hash');
                    INSERT INTO token VALUES ('1', 'digest', 'alice', NULL);
                    """
            )
        }
        try file.close()
        let store = try SQLiteCatalogStore(folder: folder)
        #expect(try store.passwordHash(of: UserName("alice")) == "an old hash")
        #expect(try store.tokens().map(\.id) == ["1"])
        #expect(try store.saltKey().count == 32)
        #expect(try store.usersWithoutVerifier() == [UserName("alice")])
        #expect(try store.verifiers(of: UserName("alice")).isEmpty)
    }
}

@Suite(.aside) struct `New passwords` {
    @Test(
        arguments: [
            "correct horse", "Straße und Größe", "ÄÖÜäöüßéèñç", "Пароль123", "密码密码密码", "パスワード", "비밀번호입니다",
            "emoji 😀😀",
            "Ελληνικός", "with\ttab and more",
        ]
    )
    func `may hold what all clients write alike`(password: String) {
        #expect(throws: Never.self) { try PasswordRules.check(password) }
    }

    @Test(
        arguments: [
            "short", "cafe\u{301} with a mark", "ﬁnancial", "x² + y²", "no\u{A0}break", "soft\u{AD}hyphen",
            "Å\u{212B}ngström",
            "Kelvin \u{212A}", "zero\u{200B}width", "ideographic\u{3000}space", "Ⅷ hours or so", "１２３４５６７８",
            "ogham\u{1680}space",
            "joined 👩\u{200D}🚀", "jamo \u{1100}\u{1161}", "private \u{E000}", "zero\u{0}byte",
        ]
    )
    func `may not hold what some write otherwise`(password: String) {
        #expect(throws: GovernanceError.self) { try PasswordRules.check(password) }
    }
}
