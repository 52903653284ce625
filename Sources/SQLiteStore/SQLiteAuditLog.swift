package import CatalogModel
package import Foundation
import GRDB
import GRDBSQLite
package import Governance

/// The audit log in a SQLite file of its own, so that auditing never waits for catalog writers.
package final class SQLiteAuditLog: AuditLog {
    private let pool: DatabasePool

    /// Opens or makes `audit.sqlite` in a folder.
    ///
    /// - Throws: `.storeVersion` for a file that is not ours or newer than this Steward; `.auditUnavailable`.
    package init(folder: URL) throws(GovernanceError) {
        try SQLiteCatalogStore.makeFolder(folder)
        pool = try StoreFile.open(
            folder.appending(path: "audit.sqlite"),
            mark: StoreSchema.auditMark,
            steps: StoreSchema.auditSteps,
            failing: .auditUnavailable
        )
    }

    /// Writes lines in one transaction.
    package func append(_ records: [AuditRecord]) throws(GovernanceError) {
        guard !records.isEmpty else { return }
        do {
            try pool.write { database in
                let statement = try database.cachedStatement(
                    sql: "INSERT INTO audit (time, user, resource, body) VALUES (?, ?, ?, ?)"
                )
                for record in records { try Self.insert(record, by: statement.sqliteStatement) }
            }
        } catch {
            throw GovernanceError(
                .auditUnavailable,
                "the audit log can't be written, so nothing is handed out: look at the data folder's disk"
            )
        }
    }

    /// Inserts a line by SQLite's own functions: audit lines are as many as statements, and the detour costs more than
    /// the insert.
    private static func insert(_ record: AuditRecord, by statement: OpaquePointer?) throws {
        defer {
            // What was bound lives no longer than this call.
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        let texts = [Array(record.user.text.utf8), Array(record.resource.utf8), AuditLine(record).bytes]
        let status = texts[0].withUnsafeBytes { user in
            texts[1].withUnsafeBytes { resource in
                texts[2].withUnsafeBytes { body in
                    sqlite3_bind_int64(statement, 1, record.time.microseconds)
                    for (index, text) in [user, resource, body].enumerated() {
                        // Without an address NULL would be bound.
                        let start = text.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
                        let address = start?.assumingMemoryBound(to: CChar.self)
                        sqlite3_bind_text(statement, Int32(index + 2), address, Int32(text.count), nil)
                    }
                    return sqlite3_step(statement)
                }
            }
        }
        guard status == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: status)) }
    }

    /// The newest lines that fit, oldest first.
    package func tail(
        _ count: Int,
        user: UserName?,
        resource: String?
    ) throws(GovernanceError) -> [AuditRecord] {
        do {
            return try pool.read { database in
                let bodies = try String.fetchAll(
                    database,
                    sql: """
                        SELECT body FROM audit WHERE (?1 IS NULL OR user = ?1) AND (?2 IS NULL OR resource = ?2)
                        ORDER BY id DESC LIMIT ?3
                        """,
                    arguments: [user?.text, resource, max(0, count)]
                )
                let decoder = JSONDecoder()
                return try bodies.reversed().map { try decoder.decode(AuditRecord.self, from: Data($0.utf8)) }
            }
        } catch {
            throw GovernanceError(.auditUnavailable, "the audit log can't be read")
        }
    }
}
