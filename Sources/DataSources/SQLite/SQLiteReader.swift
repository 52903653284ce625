import CatalogModel
import GRDBSQLite
import Governance

/// Delivers the planned columns of a table or view.
final class SQLiteReader: BatchReader {
    var skippedRows: Int { rows.skippedRows }
    private let statement: SQLiteStatement
    private let plan: ScanPlan
    private let tuning: ReadTuning
    private var rows: RowBuilder
    private var rowsRead = 0

    init(_ statement: SQLiteStatement, _ plan: ScanPlan, tuning: ReadTuning) {
        self.statement = statement
        self.plan = plan
        self.tuning = tuning
        rows = RowBuilder(plan)
    }

    func nextBatch() throws(GovernanceError) -> RawBatch? {
        while rows.rowCount < tuning.batchRows, rows.byteCount < tuning.chunkBytes {
            guard try step() else { break }
            rowsRead += 1
            var column = 0
            do throws(Malformation) {
                while column < plan.columns.count {
                    try read(column)
                    column += 1
                }
                rows.endRow()
            } catch {
                let name = plan.columns[column].name
                try rows.refuse(RowFault(row: rowsRead, line: nil, column: name, why: error))
            }
        }
        return rows.takeBatch()
    }

    private func step() throws(GovernanceError) -> Bool {
        do throws(SQLiteFault) { return try statement.step() } catch { throw error.error }
    }

    private func read(_ column: Int) throws(Malformation) {
        guard statement.storage(column) != SQLITE_NULL else {
            rows.appendNull(to: column)
            return
        }
        try SQLiteValue.withText(statement, column, plan.columns[column].type) { text throws(Malformation) in
            try rows.append(text, to: column)
        }
    }
}

/// Values as text: SQLite types values, not columns, so each says for itself what it is.
enum SQLiteValue {
    /// Hands on the text of a value that isn't NULL: digits of numbers, hexadecimal digits of blobs.
    ///
    /// - Throws: a blob where text is expected, or the other way round; text that is no UTF-8.
    static func withText<Result>(
        _ statement: SQLiteStatement,
        _ column: Int,
        _ type: DataType,
        _ body: (Bytes) throws(Malformation) -> Result
    ) throws(Malformation) -> Result {
        switch statement.storage(column) {
        case SQLITE_INTEGER: return try withUTF8(String(statement.integer(column)), body)
        case SQLITE_FLOAT: return try withUTF8(statement.double(column).description, body)
        case SQLITE_TEXT:
            let text = statement.bytes(column)
            guard type != .binary else { throw .notText }
            guard UTF8Check.isValid(text) else { throw .invalidUTF8 }
            return try body(text)
        default:
            guard type == .binary else { throw .notText }
            var digits: [UInt8] = []
            BinaryForm.append(UnsafeRawBufferPointer(statement.bytes(column)), to: &digits)
            return try digits.withUnsafeBufferPointer { text throws(Malformation) in try body(text) }
        }
    }

    private static func withUTF8<Result>(
        _ text: String,
        _ body: (Bytes) throws(Malformation) -> Result
    ) throws(Malformation) -> Result {
        try Array(text.utf8).withUnsafeBufferPointer { text throws(Malformation) in try body(text) }
    }
}
