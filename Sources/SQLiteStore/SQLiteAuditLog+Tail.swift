package import CatalogModel
import Foundation
import GRDB
package import Governance

extension SQLiteAuditLog {
    /// The newest lines that fit, oldest first; no more packs are read than they are in.
    package func tail(
        _ count: Int,
        user: UserName?,
        resource: String?
    ) throws(GovernanceError) -> [AuditRecord] {
        do {
            return try pool.read { database in
                try AuditTail(database, AuditFilter(user: user?.text, resource: resource)).newest(count)
                    .reversed()
            }
        } catch {
            throw GovernanceError(.auditUnavailable, "the audit log can't be read")
        }
    }
}

/// Reads rows and packs backwards, in the one order that they have.
private struct AuditTail {
    private let filter: AuditFilter
    private let rows: GRDB.RowCursor
    private let packs: GRDB.RowCursor
    private let decoder = JSONDecoder()

    init(_ database: Database, _ filter: AuditFilter) throws {
        self.filter = filter
        // As bytes: a text would end at its first NUL.
        let user = filter.user.map { Data($0.utf8) }
        let resource = filter.resource.map { Data($0.utf8) }
        let arguments = StatementArguments([user, resource].compactMap(\.self))
        let texts = AuditTail.texts(user != nil, resource != nil)
        rows = try Row.fetchCursor(database, sql: texts.rows, arguments: arguments)
        packs = try Row.fetchCursor(database, sql: texts.packs, arguments: arguments)
    }

    /// The newest lines that fit, newest first.
    func newest(_ count: Int) throws -> [AuditRecord] {
        var lines: [AuditRecord] = []
        var row = try row()
        var pack = try pack()
        while lines.count < count {
            if let next = row, next.id > pack?.id ?? .min {
                lines.append(try decoder.decode(AuditRecord.self, from: next.body))
                row = try self.row()
            } else if let next = pack {
                lines += try AuditPackLines(next.body).newest(count - lines.count, filter)
                pack = try self.pack()
            } else {
                break
            }
        }
        return lines
    }

    private func row() throws -> (id: Int64, body: Data)? {
        guard let row = try rows.next() else { return nil }
        return (row[0], Data((row[1] as String).utf8))
    }

    private func pack() throws -> (id: Int64, body: [UInt8])? {
        guard let row = try packs.next() else { return nil }
        return (row[0], try row.withUnsafeData(atIndex: 1) { $0.map { [UInt8]($0) } ?? [] })
    }

    private static func texts(_ hasUser: Bool, _ hasResource: Bool) -> (rows: String, packs: String) {
        switch (hasUser, hasResource) {
        case (false, false):
            (
                "SELECT id, body FROM audit ORDER BY id DESC",
                "SELECT id, body FROM pack ORDER BY id DESC"
            )
        case (true, false):
            (
                "SELECT id, body FROM audit WHERE user = CAST(? AS TEXT) ORDER BY id DESC",
                """
                SELECT id, body FROM pack_name CROSS JOIN pack ON id = pack
                WHERE kind = 'user' AND name = CAST(? AS TEXT) ORDER BY pack DESC
                """
            )
        case (false, true):
            (
                "SELECT id, body FROM audit WHERE resource = CAST(? AS TEXT) ORDER BY id DESC",
                """
                SELECT id, body FROM pack_name CROSS JOIN pack ON id = pack
                WHERE kind = 'resource' AND name = CAST(? AS TEXT) ORDER BY pack DESC
                """
            )
        case (true, true):
            (
                """
                SELECT id, body FROM audit WHERE user = CAST(? AS TEXT) AND resource = CAST(? AS TEXT)
                ORDER BY id DESC
                """,
                """
                SELECT id, body FROM pack_name AS user CROSS JOIN pack_name AS resource USING (pack)
                CROSS JOIN pack ON id = user.pack
                WHERE user.kind = 'user' AND user.name = CAST(? AS TEXT)
                AND resource.kind = 'resource' AND resource.name = CAST(? AS TEXT) ORDER BY user.pack DESC
                """
            )
        }
    }
}
