import GRDBSQLite
import Governance

/// What SQLite said it couldn't do.
///
/// Its own text, which may quote the schema or a value, goes nowhere.
struct SQLiteFault: Error {
    /// SQLite's extended result code.
    let code: Int32
    let file: String
    /// The table or view that was read; nil when it was none.
    let table: String?

    /// Whether the table or view is at fault, and not the database.
    var isOfTable: Bool {
        switch code & 0xFF {
        case SQLITE_AUTH, SQLITE_ERROR, SQLITE_INTERRUPT: true
        default: false
        }
    }

    /// The error that ends a read.
    var error: GovernanceError {
        let what = table.map { "table `\($0)` of database `\(file)`" } ?? "database `\(file)`"
        switch code & 0xFF {
        case SQLITE_NOTADB:
            return GovernanceError(.sourceUnavailable, "`\(file)` is no SQLite database, or an encrypted one")
        case SQLITE_CORRUPT, SQLITE_FORMAT:
            return GovernanceError(.sourceUnavailable, "\(what) is damaged (SQLite result \(code))")
        case SQLITE_BUSY, SQLITE_LOCKED:
            return GovernanceError(.sourceUnavailable, "\(what) is locked by another program: try again")
        case SQLITE_INTERRUPT:
            return GovernanceError(.limitExceeded, "\(what) took too long to find a row")
        case SQLITE_TOOBIG:
            return GovernanceError(.limitExceeded, "\(what) holds a value that is larger than a row may be")
        case SQLITE_AUTH, SQLITE_ERROR:
            return GovernanceError(
                .sourceUnavailable,
                "\(what) can't be read: it is made from something that isn't there, or that isn't allowed "
                    + "here"
            )
        default: return GovernanceError(.sourceUnavailable, "\(what) can't be read (SQLite result \(code))")
        }
    }
}
