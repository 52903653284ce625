package import CatalogModel
import Foundation
import GRDB
package import Governance

extension SQLiteCatalogStore: CredentialStore {
    /// The hash of a user's password.
    package func passwordHash(of user: UserName) throws(GovernanceError) -> String? {
        try reading {
            try String.fetchOne($0, sql: "SELECT hash FROM password WHERE user = ?", arguments: [user.text])
        }
    }

    /// Sets or replaces what is kept of a user's password.
    package func setPassword(_ password: PasswordRecord, of user: UserName) throws(GovernanceError) {
        try writing {
            try $0.execute(
                sql: """
                    INSERT INTO password (user, hash, verifier) VALUES (?, ?, ?)
                    ON CONFLICT (user) DO UPDATE SET hash = excluded.hash, verifier = excluded.verifier
                    """,
                arguments: [user.text, password.hash, password.verifier]
            )
        }
    }

    /// The verifiers of a user's password and tokens.
    package func verifiers(
        of user: UserName
    ) throws(GovernanceError) -> [(text: String, expires: Instant?)] {
        try reading {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT verifier, NULL FROM password WHERE user = ?1 AND verifier IS NOT NULL
                    UNION ALL SELECT verifier, expires FROM token WHERE user = ?1 AND verifier IS NOT NULL
                    """,
                arguments: [user.text]
            ).map { ($0[0], ($0[1] as Int64?).map { Instant(microseconds: $0) }) }
        }
    }

    /// Adds the verifier of a password that has none, if its hash is still this one.
    package func addVerifier(
        _ text: String,
        ofHash hash: String,
        user: UserName
    ) throws(GovernanceError) {
        try writing {
            try $0.execute(
                sql: "UPDATE password SET verifier = ? WHERE user = ? AND hash = ? AND verifier IS NULL",
                arguments: [text, user.text, hash]
            )
        }
    }

    /// Adds the verifier of a token.
    package func addVerifier(_ text: String, ofToken id: String) throws(GovernanceError) {
        try writing {
            try $0.execute(
                sql: "UPDATE token SET verifier = ? WHERE id = ? AND verifier IS NULL",
                arguments: [text, id]
            )
        }
    }

    /// Those who have a password without a verifier.
    package func usersWithoutVerifier() throws(GovernanceError) -> [UserName] {
        try reading {
            try String.fetchAll($0, sql: "SELECT user FROM password WHERE verifier IS NULL ORDER BY user")
                .map { UserName($0) }
        }
    }

    /// The random bytes that were made with the store.
    package func saltKey() throws(GovernanceError) -> [UInt8] {
        try reading {
            let key = try Data.fetchOne($0, sql: "SELECT value FROM secret WHERE name = 'salts'")
            return Array(key ?? Data())
        }
    }

    /// The token whose secret has this digest.
    package func token(digest: String) throws(GovernanceError) -> TokenRecord? {
        try reading {
            let sql = "SELECT id, digest, user, expires, verifier FROM token WHERE digest = ?"
            return try Row.fetchOne($0, sql: sql, arguments: [digest]).map(Self.token)
        }
    }

    /// Adds a token.
    package func add(_ token: TokenRecord) throws(GovernanceError) {
        try writing {
            try $0.execute(
                sql: "INSERT INTO token (id, digest, user, expires, verifier) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    token.id, token.digest, token.user.text, token.expires?.microseconds, token.verifier,
                ]
            )
        }
    }

    /// All tokens, sorted by id.
    package func tokens() throws(GovernanceError) -> [TokenRecord] {
        try reading {
            try Row.fetchAll($0, sql: "SELECT id, digest, user, expires, verifier FROM token ORDER BY id")
                .map(
                    Self.token
                )
        }
    }

    /// Removes a token.
    package func removeToken(id: String) throws(GovernanceError) {
        try writing { try $0.execute(sql: "DELETE FROM token WHERE id = ?", arguments: [id]) }
    }

    /// Removes a user's password and all tokens.
    package func removeCredentials(of user: UserName) throws(GovernanceError) {
        try writing { store in
            try store.execute(sql: "DELETE FROM token WHERE user = ?", arguments: [user.text])
            try store.execute(sql: "DELETE FROM password WHERE user = ?", arguments: [user.text])
        }
    }

    private static func token(_ row: Row) -> TokenRecord {
        TokenRecord(
            id: row[0],
            digest: row[1],
            user: UserName(row[2]),
            expires: (row[3] as Int64?).map { Instant(microseconds: $0) },
            verifier: row[4]
        )
    }

    private func reading<Value>(_ body: (Database) throws -> Value) throws(GovernanceError) -> Value {
        do { return try pool.read(body) } catch { throw StoreFile.failure(error, .storeUnavailable) }
    }

    private func writing(_ body: (Database) throws -> Void) throws(GovernanceError) {
        do { try pool.write(body) } catch { throw StoreFile.failure(error, .storeUnavailable) }
    }
}
