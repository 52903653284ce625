import GRDBSQLite

/// What statements on a source's database may do: read tables, and call functions that only compute.
///
/// Statements are ours, but views and generated columns in them are the database's. Asked while a statement
/// is compiled, for every table, column and function in it.
enum SQLiteAuthoriser {
    static func install(on connection: OpaquePointer) {
        sqlite3_set_authorizer(
            connection,
            { _, action, first, second, _, _ in
                SQLiteAuthoriser.allows(action, first, second) ? SQLITE_OK : SQLITE_DENY
            },
            nil
        )
    }

    private static func allows(
        _ action: Int32,
        _ first: UnsafePointer<CChar>?,
        _ second: UnsafePointer<CChar>?
    ) -> Bool {
        switch action {
        case SQLITE_SELECT, SQLITE_READ: true
        case SQLITE_PRAGMA: first.map { String(cString: $0) } == "table_xinfo"
        case SQLITE_FUNCTION:
            second.map { plainFunctions.contains(String(cString: $0).lowercased()) } ?? false
        default: false
        }
    }

    /// Functions whose result depends on their arguments alone and is no larger than what they are given.
    ///
    /// - Source: SQLite 3.40, core, date, aggregate, window and JSON functions.
    private static let plainFunctions: Set<String> = [
        "abs", "ceil", "ceiling", "char", "coalesce", "floor", "glob", "hex", "ifnull", "iif", "instr",
        "length",
        "like", "likely", "lower", "ltrim", "max", "min", "mod", "nullif", "power", "quote", "round", "rtrim",
        "sign", "sqrt", "substr", "substring", "trim", "trunc", "typeof", "unicode", "unlikely", "upper",
        "date", "datetime", "julianday", "strftime", "time", "unixepoch",
        "avg", "count", "group_concat", "sum", "total", "row_number", "rank", "dense_rank", "ntile", "lag",
        "lead",
        "first_value", "last_value", "nth_value", "cume_dist", "percent_rank",
        "json", "json_array_length", "json_extract", "json_type", "json_valid", "->", "->>",
    ]
}
