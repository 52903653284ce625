import GRDB
import GRDBSQLite
import Governance

/// The head of a database's WAL index, which SQLite keeps in memory that all processes share and writes anew with each
/// commit.
///
/// SQLite itself begins each read by comparing it, so whoever sees it unchanged sees an unchanged database.
/// **Source.** "The WAL-Index Header" in SQLite's file format documentation: 48 bytes, with a counter of changes and
/// checksums; the first of two copies is written last.
final class CommitMark: @unchecked Sendable {
    // INVARIANT: `head` is only read. It stays mapped for as long as `pool`, whose writer mapped it, is open.
    private let head: UnsafeRawPointer
    private let pool: DatabasePool
    private static let words = 6
    /// Bytes of one part of the index, as SQLite maps them.
    private static let part: Int32 = 32_768

    /// Nil for a database that has no such index, or whose file layer hands none out.
    init?(of pool: DatabasePool) {
        let found = try? pool.write { database -> UnsafeRawPointer? in
            var file: UnsafeMutablePointer<sqlite3_file>?
            let status = withUnsafeMutablePointer(to: &file) {
                sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, $0)
            }
            guard status == SQLITE_OK, let file, let methods = file.pointee.pMethods,
                methods.pointee.iVersion >= 2, let map = methods.pointee.xShmMap
            else { return nil }
            var memory: UnsafeMutableRawPointer?
            guard map(file, 0, CommitMark.part, 0, &memory) == SQLITE_OK else { return nil }
            return memory.map { UnsafeRawPointer($0) }
        }
        guard let head = found ?? nil else { return nil }
        self.head = head
        self.pool = pool
    }

    /// What the head says now.
    var now: ChangeMark {
        var words = SIMD8<UInt64>()
        for index in 0..<CommitMark.words {
            words[index] = head.load(fromByteOffset: index * 8, as: UInt64.self)
        }
        return ChangeMark(words: words)
    }
}
