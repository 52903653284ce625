package import CatalogModel
import GRDB
package import Governance

extension SQLiteCatalogStore: CredentialStore {
    /// The hash of a user's password.
    package func passwordHash(of user: UserName) throws(GovernanceError) -> String? {
        try reading {
            try String.fetchOne($0, sql: "SELECT hash FROM password WHERE user = ?", arguments: [user.text])
        }
    }

    /// Sets or replaces the hash of a user's password.
    package func setPasswordHash(_ hash: String, of user: UserName) throws(GovernanceError) {
        try writing {
            try $0.execute(
                sql: """
                    INSERT INTO password (user, hash) VALUES (?, ?)
                    ON CONFLICT (user) DO UPDATE SET hash = excluded.hash
                    """,
                arguments: [user.text, hash]
            )
        }
    }

    /// The token whose secret has this digest.
    package func token(digest: String) throws(GovernanceError) -> TokenRecord? {
        try reading {
            let sql = "SELECT id, digest, user, expires FROM token WHERE digest = ?"
            return try Row.fetchOne($0, sql: sql, arguments: [digest]).map(Self.token)
        }
    }

    /// Adds a token.
    package func add(_ token: TokenRecord) throws(GovernanceError) {
        try writing {
            try $0.execute(
                sql: "INSERT INTO token (id, digest, user, expires) VALUES (?, ?, ?, ?)",
                arguments: [token.id, token.digest, token.user.text, token.expires?.microseconds]
            )
        }
    }

    /// All tokens, sorted by id.
    package func tokens() throws(GovernanceError) -> [TokenRecord] {
        try reading {
            try Row.fetchAll($0, sql: "SELECT id, digest, user, expires FROM token ORDER BY id").map(
                Self.token
            )
        }
    }

    /// Removes a token.
    package func removeToken(id: String) throws(GovernanceError) {
        try writing { try $0.execute(sql: "DELETE FROM token WHERE id = ?", arguments: [id]) }
    }

    private static func token(_ row: Row) -> TokenRecord {
        TokenRecord(
            id: row[0],
            digest: row[1],
            user: UserName(row[2]),
            expires: (row[3] as Int64?).map { Instant(microseconds: $0) }
        )
    }

    private func reading<Value>(_ body: (Database) throws -> Value) throws(GovernanceError) -> Value {
        do { return try pool.read(body) } catch { throw StoreFile.failure(error, .storeUnavailable) }
    }

    private func writing(_ body: (Database) throws -> Void) throws(GovernanceError) {
        do { try pool.write(body) } catch { throw StoreFile.failure(error, .storeUnavailable) }
    }
}
