import CatalogModel
import Governance

/// A SQLite database file.
struct SQLiteSource: RowSource {
    let files: SourceFiles
    let tuning: ReadTuning

    func discover() throws(GovernanceError) -> [TableDefinition] {
        var tables: [TableName: TableDefinition] = [:]
        let schema = SQLiteSchema(try handle())
        for found in try translating({ () throws(SQLiteFault) in try samples(schema) }) {
            let table = try Naming.table(found.name, of: files.source)
            let columns = try Naming.columns(
                found.columns.map { column, type in
                    let name = Naming.column(column)
                    return (column, name.isEmpty ? "unnamed" : name, type)
                },
                of: table
            )
            let definition = TableDefinition(
                name: table,
                source: files.source.name,
                service: files.source.service,
                location: found.name,
                columns: columns
            )
            if let other = tables.updateValue(definition, forKey: table) {
                throw GovernanceError(
                    .conflict,
                    "source `\(files.source.name)`: `\(other.location)` and `\(found.name)` would both be "
                        + "table `\(table)`"
                )
            }
        }
        return tables.values.sorted { $0.name < $1.name }
    }

    func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor {
        let plan = try ScanPlan(scan, rule: files.source.rowRule)
        let location = scan.table.location
        let schema = SQLiteSchema(try handle())
        guard try translating({ () throws(SQLiteFault) in try schema.tableNames() }).contains(location) else {
            throw changed(plan, "table `\(location)`")
        }
        // A name that isn't there would be read as a text by SQLite.
        let known = Set(
            try translating { () throws(SQLiteFault) in try schema.columns(of: location).map(\.name) }
        )
        for column in plan.columns where !known.contains(column.sourcePath) {
            throw changed(plan, "column `\(column.sourcePath)`")
        }
        let statement = try translating { () throws(SQLiteFault) in
            try schema.rows(of: location, plan.columns.map(\.sourcePath))
        }
        return ReaderCursor(SQLiteReader(statement, plan, tuning: tuning))
    }

    /// A table or view with the types of its columns.
    private struct Sample {
        let name: String
        let columns: [(name: String, type: DataType)]
    }

    /// All tables and views but those that can't be read: views over what isn't allowed, isn't there or never
    /// ends.
    private func samples(_ schema: SQLiteSchema) throws(SQLiteFault) -> [Sample] {
        var samples: [Sample] = []
        for name in try schema.tableNames() {
            do throws(SQLiteFault) {
                if let sample = try sample(of: name, schema) { samples.append(sample) }
            } catch {
                guard error.isOfTable else { throw error }
            }
        }
        return samples
    }

    private func sample(of name: String, _ schema: SQLiteSchema) throws(SQLiteFault) -> Sample? {
        let columns = try schema.columns(of: name)
        guard !columns.isEmpty else { return nil }
        let statement = try schema.rows(of: name, columns.map(\.name))
        var guesses = columns.map { SQLiteTypeGuess($0.declaredType) }
        var rows = 0
        while rows < min(tuning.sampleRows, 10_000), try statement.step() {
            rows += 1
            for index in guesses.indices { guesses[index].see(statement, index) }
        }
        return Sample(name: name, columns: zip(columns, guesses).map { ($0.name, $1.type) })
    }

    func handle() throws(GovernanceError) -> SQLiteHandle {
        // Only looked at, not opened: closing a file lets go of all locks that the process has on it.
        try files.checkPath()
        return try translating { () throws(SQLiteFault) in
            try SQLiteHandle(path: files.source.path, tuning: tuning)
        }
    }

    func translating<Result>(
        _ body: () throws(SQLiteFault) -> Result
    ) throws(GovernanceError) -> Result {
        do throws(SQLiteFault) { return try body() } catch { throw error.error }
    }

    private func changed(_ plan: ScanPlan, _ what: String) -> GovernanceError {
        GovernanceError(
            .sourceChanged,
            "table `\(plan.table)`: database `\(SourceFiles.name(of: files.source.path))` has no \(what): "
                + "scan the source again"
        )
    }
}
