import CPQ
import CatalogModel
import Governance
import Synchronization

/// Rows of a query that is under way.
final class PostgreSQLCursor: RowCursor {
    /// Bytes and rows after which a batch is full.
    private static let byteLimit = 1 << 20
    private static let rowLimit = 8192

    private let connection: PostgreSQLConnection
    private let schema: TableSchema
    private let end = Mutex<Result<Bool, GovernanceError>>(.success(false))

    init(connection: PostgreSQLConnection, schema: TableSchema) {
        self.connection = connection
        self.schema = schema
    }

    /// PostgreSQL's rows are never malformed.
    var skippedRows: Int { 0 }

    func next() throws(GovernanceError) -> RawBatch? {
        guard try !end.withLock({ $0 }).get() else { return nil }
        var columns = schema.columns.map { _ in ColumnVector() }
        var rows = 0
        var bytes = 0
        do throws(GovernanceError) {
            while rows < PostgreSQLCursor.rowLimit, bytes < PostgreSQLCursor.byteLimit {
                let isTaken = try connection.takeRow { result in
                    for index in columns.indices {
                        bytes += PostgreSQLCursor.append(result, index, to: &columns[index])
                    }
                }
                guard isTaken else {
                    end.withLock { $0 = .success(true) }
                    break
                }
                rows += 1
            }
        } catch {
            end.withLock { $0 = .failure(error) }
            throw error
        }
        return rows == 0 ? nil : RawBatch(schema: schema, columns: columns, rowCount: rows)
    }

    /// Adds a field of a result's only row; gives its length.
    private static func append(_ result: OpaquePointer, _ index: Int, to column: inout ColumnVector) -> Int {
        guard PQgetisnull(result, 0, Int32(index)) == 0, let value = PQgetvalue(result, 0, Int32(index))
        else {
            column.appendNull()
            return 0
        }
        let length = Int(PQgetlength(result, 0, Int32(index)))
        value.withMemoryRebound(to: UInt8.self, capacity: length) {
            column.append(UnsafeBufferPointer(start: $0, count: length))
        }
        return length
    }
}
