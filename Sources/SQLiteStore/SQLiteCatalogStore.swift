import Catalog
package import CatalogModel
package import Foundation
import GRDB
package import Governance
import PolicyEngine

/// The catalog in one SQLite file: records, packs of entities and the change log, written together.
///
/// Safe to open from several processes at once; each sees the others' commits. Blocks; for threads that may.
package final class SQLiteCatalogStore: CatalogStore {
    let pool: DatabasePool
    private let commits: CommitMark?
    private let coding = ChangeCoding()
    private let packs = PackStore()
    /// The order in which records are loaded, so that what refers to something comes after it.
    private static let loadOrder: [ChangeKind] = [
        .type, .service, .group, .user, .role, .source, .pack, .tag, .zone, .shared, .policy,
    ]

    /// Opens or makes `catalog.sqlite` in a folder, which is made when it isn't there, readable by its owner only.
    ///
    /// - Throws: `.storeVersion` for a file that is not ours or newer than this Steward; `.storeUnavailable`.
    package init(folder: URL) throws(GovernanceError) {
        try SQLiteCatalogStore.makeFolder(folder)
        pool = try StoreFile.open(
            folder.appending(path: "catalog.sqlite"),
            mark: StoreSchema.catalogMark,
            steps: StoreSchema.catalogSteps,
            failing: .storeUnavailable
        )
        commits = CommitMark(of: pool)
    }

    static func makeFolder(_ folder: URL) throws(GovernanceError) {
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw GovernanceError(.storeUnavailable, "data folder `\(folder.path)` can't be made")
        }
    }

    /// Everything there is.
    package func load() throws(GovernanceError) -> (version: Int64, changes: [CatalogChange]) {
        try attempting {
            try pool.read { database in
                let version = try Self.version(database)
                var changes: [CatalogChange] = []
                for kind in Self.loadOrder {
                    if kind == .pack {
                        if let packs = try packs.load(database) { changes.append(packs) }
                        continue
                    }
                    let rows = try Row.fetchCursor(
                        database,
                        sql: "SELECT id, body FROM record WHERE kind = ? ORDER BY position",
                        arguments: [kind.rawValue]
                    )
                    while let row = try rows.next() {
                        changes.append(
                            try coding.change(
                                kind: kind.rawValue,
                                id: row[0],
                                body: row[1] as String
                            )
                        )
                    }
                }
                return (version, changes)
            }
        }
    }

    /// The version of the newest change, whoever made it.
    package func currentVersion() throws(GovernanceError) -> Int64 {
        try attempting { try pool.unsafeRead { try Self.version($0) } }
    }

    /// What differs after each commit, by whichever process.
    package func changeMark() -> ChangeMark? { commits?.now }

    /// The changes after a version.
    package func changes(since version: Int64) throws(GovernanceError) -> [ChangeRecord] {
        try attempting {
            try pool.read { database in
                let sql =
                    "SELECT version, time, actor, kind, id, body FROM change WHERE version > ? ORDER BY version"
                return try Row.fetchAll(database, sql: sql, arguments: [version]).map { row in
                    ChangeRecord(
                        version: row[0],
                        time: Instant(microseconds: row[1]),
                        actor: UserName(row[2]),
                        change: try change(row, in: database)
                    )
                }
            }
        }
    }

    private func change(_ row: Row, in database: Database) throws -> CatalogChange {
        if row[3] == ChangeKind.pack.rawValue { return try packs.change(row[4], in: database) }
        return try coding.change(kind: row[3], id: row[4], body: row[5])
    }

    /// What happened to an entity, newest first.
    package func history(
        of entity: EntityID,
        birth: Int64?
    ) throws(GovernanceError) -> [EntityHistory] {
        try attempting { try pool.read { try packs.history(of: entity, birth: birth, in: $0) } }
    }

    /// Commits changes and their rows of the change log.
    package func commit(
        _ changes: [CatalogChange],
        by actor: UserName,
        at time: Instant,
        expecting expected: Int64?
    ) throws(GovernanceError) -> Int64 {
        try attempting {
            try pool.write { database in
                guard try Int.fetchOne(database, sql: "PRAGMA user_version") == StoreSchema.catalogSteps.count
                else {
                    throw GovernanceError(
                        .storeVersion,
                        "the data folder was taken over by a newer Steward: start that one"
                    )
                }
                var version = try Self.version(database)
                if let expected, expected != version {
                    throw GovernanceError(.conflict, "somebody else changed the catalog meanwhile: try again")
                }
                for change in changes {
                    version += 1
                    let body = try coding.body(of: change)
                    try database.cachedStatement(
                        sql:
                            "INSERT INTO change (version, time, actor, kind, id, body) VALUES (?, ?, ?, ?, ?, ?)"
                    ).execute(
                        arguments: [
                            version, time.microseconds, actor.text, change.kind.rawValue, change.id, body,
                        ]
                    )
                    try write(change, body: body, position: version, in: database)
                }
                return version
            }
        }
    }

    private static func version(_ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT ifnull(max(version), 0) FROM change")
        return try Int64.fetchOne(statement) ?? 0
    }

    private func write(
        _ change: CatalogChange,
        body: String?,
        position: Int64,
        in database: Database
    ) throws {
        if case .graph(.pack(let change)) = change {
            return try packs.write(change, version: position, in: database)
        }
        guard let body else {
            try database.cachedStatement(sql: "DELETE FROM record WHERE kind = ? AND id = ?")
                .execute(arguments: [change.kind.rawValue, change.id])
            return
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO record (kind, id, position, body) VALUES (?, ?, ?, ?)
                ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body
                """
        ).execute(arguments: [change.kind.rawValue, change.id, position, body])
    }

    private func attempting<Value>(_ body: () throws -> Value) throws(GovernanceError) -> Value {
        do { return try body() } catch { throw StoreFile.failure(error, .storeUnavailable) }
    }
}
