package import CatalogModel
package import Foundation
import GRDB
package import Governance

/// The audit log in a SQLite file of its own, so that auditing never waits for catalog writers.
package final class SQLiteAuditLog: AuditLog {
    private let pool: DatabasePool
    private let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

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
                for record in records {
                    let body = String(decoding: try encoder.encode(record), as: UTF8.self)
                    try statement.execute(
                        arguments: [record.time.microseconds, record.user.text, record.resource, body]
                    )
                }
            }
        } catch {
            throw GovernanceError(
                .auditUnavailable,
                "the audit log can't be written, so nothing is handed out: look at the data folder's disk"
            )
        }
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
