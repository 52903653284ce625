import CatalogModel
import Governance

/// A CSV file, or a folder of them.
struct CSVSource: RowSource {
    let files: SourceFiles
    let tuning: ReadTuning

    func discover() throws(GovernanceError) -> [TableDefinition] {
        var tables: [TableDefinition] = []
        for file in try files.tables() { tables.append(try discover(file)) }
        return tables
    }

    func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor {
        let plan = try ScanPlan(scan, rule: files.source.rowRule)
        let file = try CSVFile(files, location: scan.table.location, table: scan.table.name, tuning: tuning)
        let places = try CSVReader.places(of: plan, in: file, catalogued: scan.table.columns.count)
        return ReaderCursor(CSVReader(file, plan, places: places, tuning: tuning))
    }

    private func discover(_ table: SourceFiles.TableFile) throws(GovernanceError) -> TableDefinition {
        let file = try CSVFile(files, location: table.path, table: table.name, tuning: tuning)
        guard !file.header.isEmpty else {
            throw GovernanceError(
                .sourceUnavailable,
                "table `\(table.name)`: file `\(SourceFiles.name(of: table.path))` is empty, so its columns "
                    + "have no names"
            )
        }
        let names = file.header.enumerated().map { position, text in
            let name = Naming.column(text)
            return (path: text, name: name.isEmpty ? "c\(position + 1)" : name)
        }
        guard names.count(where: { $0.path.isEmpty }) <= 1 else {
            throw GovernanceError(
                .sourceUnavailable,
                "table `\(table.name)` has more than one column without a name: name them in its header"
            )
        }
        // Names first: a header that can't be told apart is the clearer error.
        _ = try Naming.columns(names.map { ($0.path, $0.name, .string) }, of: table.name)
        let types = try CSVSample(file, table.name, files.source.rowRule, tuning).types()
        let columns = try Naming.columns(
            zip(names, types).map { ($0.path, $0.name, $1) },
            of: table.name
        )
        return TableDefinition(
            name: table.name,
            source: files.source.name,
            service: files.source.service,
            location: table.path,
            columns: columns
        )
    }
}

/// The first rows of a file, looked at for the types that their values suggest.
struct CSVSample {
    private let file: CSVFile
    private let table: TableName
    private let rule: RowRule
    private let tuning: ReadTuning

    init(_ file: CSVFile, _ table: TableName, _ rule: RowRule, _ tuning: ReadTuning) {
        self.file = file
        self.table = table
        self.rule = rule
        self.tuning = tuning
    }

    /// A type for each column of the file.
    ///
    /// - Throws: `.malformedRow` by the source's rule, `.limitExceeded`, `.sourceUnavailable`.
    func types() throws(GovernanceError) -> [DataType] {
        let texts = try ScanPlan(
            table: table,
            rule: rule,
            columns: file.header.indices.map { ColumnDefinition(name: ColumnName("\($0)"), type: .string) }
        )
        var sampling = tuning
        sampling.batchRows = min(1024, tuning.sampleRows)
        let reader = CSVReader(file, texts, places: Array(file.header.indices), tuning: sampling)
        var guesses = file.header.map { _ in TypeGuess() }
        var (rows, bytes) = (0, 0)
        while rows < tuning.sampleRows, bytes < tuning.sampleBytes, let batch = try reader.nextBatch() {
            rows += batch.rowCount
            for (index, vector) in batch.columns.enumerated() {
                bytes += vector.bytes.count
                vector.bytes.withUnsafeBufferPointer { all in
                    for row in 0..<vector.count where !vector.isNull(row) {
                        guesses[index].see(text: Bytes(rebasing: all[vector.range(row)]))
                    }
                }
            }
        }
        return guesses.map(\.type)
    }
}
