import CPQ
import Governance
import Synchronization

/// One connection through libpq, read only; its calls block.
final class PostgreSQLConnection: Sendable {
    // INVARIANT: the handle is only used inside the mutex: libpq allows one thread at a time.
    private let handle: Mutex<Handle>

    private struct Handle: @unchecked Sendable {
        let connection: OpaquePointer
    }

    /// Connects by a URI; what the URI leaves out comes from libpq's own environment and password file.
    ///
    /// - Throws: `.sourceUnavailable`, without libpq's words: they quote the URI.
    init(_ uri: String) throws(GovernanceError) {
        guard let connection = PQconnectdb(uri) else { throw PostgreSQLConnection.unavailable }
        guard PQstatus(connection) == CONNECTION_OK else {
            PQfinish(connection)
            throw PostgreSQLConnection.unavailable
        }
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        handle = Mutex(Handle(connection: connection))
        try run("SET default_transaction_read_only = on")
        try run("SET search_path = ''")
        try run("SET client_encoding = 'UTF8'")
        try run("SET datestyle = 'ISO, MDY'")
    }

    deinit { handle.withLock { PQfinish($0.connection) } }

    static let unavailable = GovernanceError(
        .sourceUnavailable,
        "the PostgreSQL database can't be reached: check host, port, user and password (PGPASSWORD, or a password file)"
    )

    /// What libpq connected to.
    var target: (host: String, port: String, database: String, user: String, password: String) {
        handle.withLock { handle in
            let text = { (pointer: UnsafeMutablePointer<CChar>?) in pointer.map { String(cString: $0) } ?? ""
            }
            let connection = handle.connection
            return (
                text(PQhost(connection)), text(PQport(connection)), text(PQdb(connection)),
                text(PQuser(connection)), text(PQpass(connection))
            )
        }
    }

    /// All rows of a statement of ours; nil is NULL.
    ///
    /// - Throws: `.sourceUnavailable` with the SQLSTATE.
    @discardableResult
    func run(_ sql: String) throws(GovernanceError) -> [[String?]] {
        let result = handle.withLock { handle in
            Result { () throws(GovernanceError) in
                guard let result = PQexec(handle.connection, sql) else {
                    throw PostgreSQLConnection.unavailable
                }
                defer { PQclear(result) }
                return try PostgreSQLConnection.rows(of: result)
            }
        }
        return try result.get()
    }

    /// Whether the connection stands, as far as is known.
    var isAlive: Bool { handle.withLock { PQstatus($0.connection) == CONNECTION_OK } }

    /// As ``run(_:)``, with PostgreSQL's code when it says no.
    @discardableResult
    func execute(_ sql: String) throws(PostgreSQLFault) -> [[String?]] {
        let result = handle.withLock { handle in
            Result { () throws(PostgreSQLFault) in
                guard let result = PQexec(handle.connection, sql) else {
                    throw PostgreSQLFault(sqlState: nil)
                }
                defer { PQclear(result) }
                do throws(GovernanceError) { return try PostgreSQLConnection.rows(of: result) } catch {
                    throw PostgreSQLFault(sqlState: PostgreSQLConnection.sqlState(of: result))
                }
            }
        }
        return try result.get()
    }

    /// All rows of a statement, with the columns' names.
    func runNamed(_ sql: String) throws(GovernanceError) -> (columns: [String], rows: [[String?]]) {
        let result = handle.withLock { handle in
            Result { () throws(GovernanceError) in
                guard let result = PQexec(handle.connection, sql) else {
                    throw PostgreSQLConnection.unavailable
                }
                defer { PQclear(result) }
                let names = (0..<PQnfields(result)).map { column in
                    PQfname(result, column).map { String(cString: $0) } ?? ""
                }
                return (names, try PostgreSQLConnection.rows(of: result))
            }
        }
        return try result.get()
    }

    private static func rows(of result: OpaquePointer) throws(GovernanceError) -> [[String?]] {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK: return []
        case PGRES_TUPLES_OK:
            let columns = PQnfields(result)
            return (0..<PQntuples(result)).map { row in
                (0..<columns).map { column in
                    PQgetisnull(result, row, column) == 1
                        ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
                }
            }
        default: throw failure(of: result)
        }
    }

    /// The error of a result, by its code alone: PostgreSQL's words may quote values.
    static func failure(of result: OpaquePointer) -> GovernanceError {
        let code = sqlState(of: result) ?? "unknown"
        return GovernanceError(
            .sourceUnavailable,
            "reading the PostgreSQL database failed (SQLSTATE \(code))"
        )
    }

    /// The code of a result's error; nil when PostgreSQL could no longer be asked.
    private static func sqlState(of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
    }

    /// Sends a query whose rows are then taken one by one with ``takeRow(_:)``.
    func send(_ sql: String) throws(GovernanceError) {
        let isSent = handle.withLock {
            PQsendQuery($0.connection, sql) == 1 && PQsetSingleRowMode($0.connection) == 1
        }
        guard isSent else { throw PostgreSQLConnection.unavailable }
    }

    /// Hands the next row to a body; false when there are no more.
    func takeRow(_ body: (OpaquePointer) -> Void) throws(GovernanceError) -> Bool {
        let taken = handle.withLock { handle in
            Result { () throws(GovernanceError) -> Bool in
                guard let result = PQgetResult(handle.connection) else { return false }
                defer { PQclear(result) }
                switch PQresultStatus(result) {
                case PGRES_SINGLE_TUPLE:
                    body(result)
                    return true
                case PGRES_TUPLES_OK:
                    while let rest = PQgetResult(handle.connection) { PQclear(rest) }
                    return false
                default: throw PostgreSQLConnection.failure(of: result)
                }
            }
        }
        return try taken.get()
    }
}
