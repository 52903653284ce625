import GRDBSQLite

/// A SQLite database opened to be read, which can do nothing else.
///
/// Read-only handle, `query_only`, an untrusted schema, no extensions, nothing attached; an authoriser lets
/// plain reads and plain functions pass and nothing else; a statement that finds no row for too long is
/// stopped.
final class SQLiteHandle {
    let connection: OpaquePointer
    let fileName: String
    private let watch: SQLiteWatch

    /// Opens a file that was seen to be a regular one.
    init(path: String, tuning: ReadTuning) throws(SQLiteFault) {
        fileName = SourceFiles.name(of: path)
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw SQLiteFault(code: code, file: fileName, table: nil)
        }
        connection = opened
        watch = SQLiteWatch(patience: tuning.sqlitePatience)
        sqlite3_extended_result_codes(opened, 1)
        sqlite3_busy_timeout(opened, Int32(tuning.sqliteLockPatience.components.seconds * 1000))
        setLimits(tuning)
        for pragma in ["query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"] {
            try run("PRAGMA \(pragma)")
        }
        SQLiteAuthoriser.install(on: opened)
        watch.install(on: opened)
    }

    deinit { sqlite3_close_v2(connection) }

    /// Compiles one statement; `what` names the table for errors.
    func prepare(_ sql: String, for what: String? = nil) throws(SQLiteFault) -> SQLiteStatement {
        var statement: OpaquePointer?
        watch.begin()
        let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement else {
            throw SQLiteFault(code: code, file: fileName, table: what)
        }
        return SQLiteStatement(statement, of: self, watch, what)
    }

    private func run(_ sql: String) throws(SQLiteFault) {
        let code = sqlite3_exec(connection, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteFault(code: code, file: fileName, table: nil) }
    }

    private func setLimits(_ tuning: ReadTuning) {
        let limits: [(Int32, Int)] = [
            (SQLITE_LIMIT_LENGTH, tuning.recordBytes), (SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
            (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_TRIGGER_DEPTH, 1), (SQLITE_LIMIT_WORKER_THREADS, 0),
            (SQLITE_LIMIT_COMPOUND_SELECT, 50), (SQLITE_LIMIT_EXPR_DEPTH, 200),
            (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000),
        ]
        for (limit, value) in limits { sqlite3_limit(connection, limit, Int32(value)) }
    }

    /// An identifier as SQLite reads it.
    static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}

/// One statement, stepped from row to row.
final class SQLiteStatement {
    private let statement: OpaquePointer
    private let handle: SQLiteHandle
    private let watch: SQLiteWatch
    private let table: String?
    private var isAtEnd = false

    fileprivate init(
        _ statement: OpaquePointer,
        of handle: SQLiteHandle,
        _ watch: SQLiteWatch,
        _ table: String?
    ) {
        self.statement = statement
        self.handle = handle
        self.watch = watch
        self.table = table
    }

    deinit { sqlite3_finalize(statement) }

    /// Goes to the next row; false at the end, and ever after: SQLite itself would begin again.
    func step() throws(SQLiteFault) -> Bool {
        guard !isAtEnd else { return false }
        watch.begin()
        let code = sqlite3_step(statement)
        guard code != SQLITE_ROW else { return true }
        isAtEnd = true
        guard code == SQLITE_DONE else { throw SQLiteFault(code: code, file: handle.fileName, table: table) }
        return false
    }

    /// How a value is stored: `SQLITE_INTEGER`, `SQLITE_FLOAT`, `SQLITE_TEXT`, `SQLITE_BLOB` or
    /// `SQLITE_NULL`.
    func storage(_ column: Int) -> Int32 { sqlite3_column_type(statement, Int32(column)) }

    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(statement, Int32(column)) }

    func double(_ column: Int) -> Double { sqlite3_column_double(statement, Int32(column)) }

    /// The bytes of a text or blob; valid until the next step.
    func bytes(_ column: Int) -> Bytes {
        let isText = storage(column) == SQLITE_TEXT
        let start =
            isText
            ? UnsafeRawPointer(sqlite3_column_text(statement, Int32(column)))
            : sqlite3_column_blob(statement, Int32(column))
        let count = Int(sqlite3_column_bytes(statement, Int32(column)))
        return Bytes(start: start?.assumingMemoryBound(to: UInt8.self), count: start == nil ? 0 : count)
    }

    /// A text, for names.
    func string(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }
}

/// Stops a statement that finds no row in time.
final class SQLiteWatch {
    private let patience: Duration
    private var deadline = ContinuousClock.now

    init(patience: Duration) { self.patience = patience }

    func begin() { deadline = ContinuousClock.now + patience }

    func install(on connection: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            connection,
            10_000,
            { context in
                guard let context else { return 1 }
                let watch = Unmanaged<SQLiteWatch>.fromOpaque(context).takeUnretainedValue()
                return ContinuousClock.now > watch.deadline ? 1 : 0
            },
            context
        )
    }
}
