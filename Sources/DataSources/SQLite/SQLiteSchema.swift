import CatalogModel
import GRDBSQLite

/// The tables and views of a database that can be sources of rows.
struct SQLiteSchema {
    let handle: SQLiteHandle

    /// A column as the database declares it.
    struct Column {
        let name: String
        /// In capitals; may be empty.
        let declaredType: String
    }

    init(_ handle: SQLiteHandle) { self.handle = handle }

    /// Names of tables and views, sorted; SQLite's own tables, virtual ones and those that hold a virtual
    /// one's data are left out.
    func tableNames() throws(SQLiteFault) -> [String] {
        let statement = try handle.prepare(
            "SELECT name, sql FROM main.sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
        )
        var names: [String] = []
        var virtual: [String] = []
        while try statement.step() {
            let name = statement.string(0)
            guard !name.lowercased().hasPrefix("sqlite_"), !name.utf8.contains(0) else { continue }
            if Self.isVirtual(statement.string(1)) { virtual.append(name + "_") } else { names.append(name) }
        }
        return names.filter { name in !virtual.contains { name.lowercased().hasPrefix($0.lowercased()) } }
    }

    private static func isVirtual(_ sql: String) -> Bool {
        let words = sql.prefix(200).split { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" }
        return words.count > 1 && words[1].lowercased() == "virtual"
    }

    /// The columns of a table or view, generated ones too; empty when there is no such table.
    func columns(of table: String) throws(SQLiteFault) -> [Column] {
        let statement = try handle.prepare(
            "PRAGMA main.table_xinfo(\(SQLiteHandle.quoted(table)))",
            for: table
        )
        var columns: [Column] = []
        // Columns: position, name, type, not null, default, key, hidden (1: of a virtual table).
        while try statement.step() {
            guard statement.integer(6) != 1 else { continue }
            columns.append(Column(name: statement.string(1), declaredType: statement.string(2).uppercased()))
        }
        return columns
    }

    /// A statement that delivers columns of a table, in this order.
    func rows(of table: String, _ columns: [String]) throws(SQLiteFault) -> SQLiteStatement {
        let list = columns.isEmpty ? "NULL" : columns.map(SQLiteHandle.quoted).joined(separator: ", ")
        return try handle.prepare("SELECT \(list) FROM main.\(SQLiteHandle.quoted(table))", for: table)
    }
}

/// The type that a declaration and the sampled values of a column suggest.
struct SQLiteTypeGuess {
    private let declared: DataType?
    private var fitsDeclared = true
    private var storages: Set<Int32> = []
    private var scratch: [UInt8] = []

    init(_ declaration: String) { declared = SQLiteTypeGuess.type(declaration) }

    /// Takes in a value.
    mutating func see(_ statement: SQLiteStatement, _ column: Int) {
        let storage = statement.storage(column)
        guard storage != SQLITE_NULL else { return }
        storages.insert(storage)
        guard fitsDeclared, let declared else { return }
        let form = CanonicalForm(type: declared)
        fitsDeclared =
            (try? SQLiteValue.withText(statement, column, form.type) { form.fit($0, &scratch) != .misfit })
            ?? false
    }

    /// The declared type when the values are of it; else what they are stored as.
    var type: DataType {
        if let declared, fitsDeclared { return declared }
        if storages.isEmpty || storages.contains(SQLITE_TEXT) { return .string }
        if storages == [SQLITE_BLOB] { return .binary }
        if storages == [SQLITE_INTEGER] { return .bigint }
        return storages.contains(SQLITE_BLOB) ? .string : .double
    }

    /// - Source: SQLite's rules of affinity, sqlite.org/datatype3.html section 3.1, and the usual names of
    ///   days, moments and truth, which SQLite has no types for.
    private static func type(_ declaration: String) -> DataType? {
        let has = { (part: String) in declaration.contains(part) }
        if has("BOOL") { return .boolean }
        if has("DATETIME") || has("TIMESTAMP") { return .timestamp }
        if has("DATE") { return .date }
        if has("INT") { return .bigint }
        if has("JSON") { return .json }
        if has("CHAR") || has("CLOB") || has("TEXT") || has("STRING") { return .string }
        if has("BLOB") || has("BINARY") { return .binary }
        if has("REAL") || has("FLOA") || has("DOUB") { return .double }
        if has("DEC") || has("NUMERIC") {
            let arguments = declaration.drop { $0 != "(" }
            return DataType("decimal\(arguments)") ?? .decimal(precision: 38, scale: 18)
        }
        return nil
    }
}
