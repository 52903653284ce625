import CPQ

/// A connection straight to PostgreSQL, through libpq.
final class DirectClient {
    private let connection: OpaquePointer

    init(uri: String) throws {
        guard let connection = PQconnectdb(uri), PQstatus(connection) == CONNECTION_OK else {
            throw PostgreSQLCluster.Failure("no direct connection")
        }
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        self.connection = connection
    }

    deinit { PQfinish(connection) }

    /// What a statement gives: names and types of the columns, and rows; nil when it fails.
    func result(of sql: String) -> (columns: [String], types: [UInt32], rows: [[String?]])? {
        guard let result = PQexec(connection, sql) else { return nil }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { return nil }
        let fields = 0..<PQnfields(result)
        return (
            fields.map { String(cString: PQfname(result, $0)) }, fields.map { PQftype(result, $0) },
            (0..<PQntuples(result)).map { row in
                fields.map { column in
                    PQgetisnull(result, row, column) == 1
                        ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
                }
            }
        )
    }

    /// The rows of a statement; nil when it fails.
    func rows(of sql: String) -> [[String?]]? {
        guard let result = PQexec(connection, sql) else { return nil }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { return nil }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1
                    ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
    }

    /// Names and types of a statement's columns; nil when it fails.
    func types(of sql: String) -> [String]? {
        guard let result = PQexec(connection, sql) else { return nil }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { return nil }
        return (0..<PQnfields(result)).map { column in
            "\(PQfname(result, column).map { String(cString: $0) } ?? "") \(PQftype(result, column))"
        }
    }

    /// The code that a statement fails with; nil when it doesn't.
    func code(of sql: String) -> String? {
        guard let result = PQexec(connection, sql) else { return nil }
        defer { PQclear(result) }
        return PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
    }
}
