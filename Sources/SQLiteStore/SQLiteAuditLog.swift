import CatalogModel
package import Foundation
import GRDB
import GRDBSQLite
package import Governance

/// The audit log in a SQLite file of its own, so that auditing never waits for catalog writers.
///
/// A line by itself is a row of `audit`; the lines of a batch are packs, rows of `pack`. Their identities count on from
/// each other, in the order in which they were written.
package final class SQLiteAuditLog: AuditLog {
    let pool: DatabasePool

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

    /// Writes lines in one transaction, each by itself.
    package func append(_ records: [AuditRecord]) throws(GovernanceError) {
        guard !records.isEmpty else { return }
        try write { database in
            let statement = try database.cachedStatement(
                sql: "INSERT INTO audit (time, user, resource, body, id) VALUES (?, ?, ?, ?, ?)"
            )
            var id = try Self.lastID(database)
            for record in records {
                id += 1
                try Self.insert(record, id, by: statement.sqliteStatement)
            }
        }
    }

    /// Writes the lines of a batch in one transaction, as packs.
    package func append(_ batch: AuditBatch) throws(GovernanceError) {
        guard !batch.isEmpty else { return }
        let packs = AuditPackWriter.packs(of: batch)
        try write { database in
            var id = try Self.lastID(database)
            for pack in packs {
                id += 1
                try Self.insert(pack, id, in: database)
            }
        }
    }

    private func write(_ body: (Database) throws -> Void) throws(GovernanceError) {
        do { try pool.write(body) } catch {
            throw GovernanceError(
                .auditUnavailable,
                "the audit log can't be written, so nothing is handed out: look at the data folder's disk"
            )
        }
    }

    private static func lastID(_ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(
            sql: "SELECT max((SELECT ifnull(max(id), 0) FROM audit), (SELECT ifnull(max(id), 0) FROM pack))"
        )
        return try Int64.fetchOne(statement) ?? 0
    }

    private static func insert(_ pack: AuditPack, _ id: Int64, in database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO pack (id, time, lines, body) VALUES (?, ?, ?, ?)")
            .execute(arguments: [id, pack.time, pack.lines, Data(pack.bytes)])
        // As bytes: a text would end at its first NUL.
        let name = try database.cachedStatement(
            sql: "INSERT INTO pack_name (kind, name, pack) VALUES (?, CAST(? AS TEXT), ?)"
        )
        for (kind, names) in [("user", pack.users), ("resource", pack.resources)] {
            for text in names { try name.execute(arguments: [kind, Data(text.utf8), id]) }
        }
    }

    /// Inserts a line by SQLite's own functions: audit lines are as many as statements, and the detour costs more than
    /// the insert.
    private static func insert(_ record: AuditRecord, _ id: Int64, by statement: OpaquePointer?) throws {
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
                    sqlite3_bind_int64(statement, 5, id)
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
}
