package import CatalogModel
package import Governance

/// The sources that Steward reads itself, by their kind.
///
/// Docs/Sources.md says what each kind reads and refuses, and its limits.
package struct FileSources: RowSources {
    private let tuning: ReadTuning

    /// Sources with the documented limits.
    package init() { self.init(tuning: ReadTuning()) }

    init(tuning: ReadTuning) { self.tuning = tuning }

    /// The source that a definition describes; looks whether something lies at its path, and opens nothing.
    ///
    /// - Throws: `.sourceUnavailable` when nothing, or nothing readable, lies at its path; `.invalidRequest`
    ///   for a path that isn't absolute, a database that is no name, or options that the kind doesn't know.
    package func rowSource(for source: SourceDefinition) throws(GovernanceError) -> any RowSource {
        try SourceOptionRules.check(source)
        let files = SourceFiles(source: source)
        if source.kind != .postgres { try files.checkPath() }
        switch source.kind {
        case .csv: return CSVSource(files: files, tuning: tuning)
        case .ndjson: return NDJSONSource(files: files, tuning: tuning)
        case .xml: return XMLSource(files: files, rowElement: try XMLPath(rowElement: source), tuning: tuning)
        case .sqlite: return SQLiteSource(files: files, tuning: tuning)
        case .postgres: return PostgreSQLSource(source)
        }
    }
}

/// How much is read at a time, and where reading ends with an error; tests make it smaller.
struct ReadTuning: Sendable {
    /// Bytes asked of a file at once, and bytes after which a batch is handed on.
    var chunkBytes = 1 << 20
    /// Rows after which a batch is handed on.
    var batchRows = 8192
    /// The longest record, line or XML row.
    var recordBytes = 16 << 20
    /// The rows that `discover` looks at in each table.
    var sampleRows = 50_000
    /// The bytes that `discover` looks at in each table.
    var sampleBytes = 16 << 20
    /// The most columns of a table.
    var columns = 10_000
    /// The deepest nesting of a JSON document.
    var jsonDepth = 128
    /// How long SQLite may work before it delivers a row.
    var sqlitePatience = Duration.seconds(30)
    /// How long SQLite waits for somebody else's lock.
    var sqliteLockPatience = Duration.seconds(5)
}
