import CatalogModel
import Governance

/// A file with a JSON object on each line, or a folder of them.
struct NDJSONSource: RowSource {
    let files: SourceFiles
    let tuning: ReadTuning

    func discover() throws(GovernanceError) -> [TableDefinition] {
        var tables: [TableDefinition] = []
        for file in try files.tables() {
            var sample = NDJSONSample(table: file.name, rule: files.source.rowRule, tuning: tuning)
            let lines = try LineReader(files, location: file.path, tuning: tuning)
            tables.append(
                TableDefinition(
                    name: file.name,
                    source: files.source.name,
                    service: files.source.service,
                    location: file.path,
                    columns: try sample.columns(of: lines)
                )
            )
        }
        return tables
    }

    func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor {
        let plan = try ScanPlan(scan, rule: files.source.rowRule)
        let lines = try LineReader(files, location: scan.table.location, tuning: tuning)
        return ReaderCursor(NDJSONReader(lines, plan, tuning: tuning))
    }
}

/// The keys of a file's first objects, and the types that their values suggest.
struct NDJSONSample {
    private let table: TableName
    private let rule: RowRule
    private let tuning: ReadTuning
    private var order: [String] = []
    private var guesses: [String: TypeGuess] = [:]
    private var decoded: [UInt8] = []

    init(table: TableName, rule: RowRule, tuning: ReadTuning) {
        self.table = table
        self.rule = rule
        self.tuning = tuning
    }

    /// A column for each key, in the order in which they appear.
    ///
    /// - Throws: `.malformedRow` by the source's rule, `.limitExceeded`, `.sourceUnavailable`.
    mutating func columns(of lines: LineReader) throws(GovernanceError) -> [ColumnDefinition] {
        var (rows, bytes) = (0, 0)
        while rows < tuning.sampleRows, bytes < tuning.sampleBytes, let line = try lines.next() {
            rows += 1
            bytes += line.count
            do throws(Malformation) { try see(line) } catch {
                guard rule == .skip else {
                    throw RowFault(row: rows, line: lines.line, column: nil, why: error).error(in: table)
                }
            }
            guard order.count <= tuning.columns else {
                throw GovernanceError(
                    .limitExceeded,
                    "table `\(table)` has more than \(tuning.columns) different keys"
                )
            }
        }
        guard !order.isEmpty else {
            throw GovernanceError(
                .sourceUnavailable,
                "table `\(table)` has no object to learn its columns from"
            )
        }
        return try Naming.columns(
            order.map { key in
                let name = Naming.column(key)
                return (key, name.isEmpty ? "unnamed" : name, guesses[key]?.type ?? .string)
            },
            of: table
        )
    }

    private mutating func see(_ line: Bytes) throws(Malformation) {
        guard UTF8Check.isValid(line) else { throw .invalidUTF8 }
        var scanner = JSONScanner(line, depthLimit: tuning.jsonDepth)
        guard scanner.next() == UInt8(ascii: "{") else { throw .notAnObject }
        var members: [(JSONScanner.Value, JSONScanner.Value)] = []
        try scanner.object { scanner, key throws(Malformation) in
            members.append((key, try scanner.value()))
        }
        try scanner.end()
        for (key, value) in members {
            see(value, of: String(decoding: KeyLedger.decoded(key, line), as: UTF8.self), in: line)
        }
    }

    private mutating func see(_ value: JSONScanner.Value, of key: String, in line: Bytes) {
        if guesses[key] == nil {
            guesses[key] = TypeGuess()
            order.append(key)
        }
        let raw = Bytes(rebasing: line[value.range])
        switch value.kind {
        case .null: break
        case .nested: guesses[key]?.seeNested()
        case .number: guesses[key]?.see(jsonNumber: raw)
        case .boolean: guesses[key]?.see(jsonBoolean: raw)
        case .string where value.isEscaped: guesses[key]?.see(jsonString: raw)
        case .string: guesses[key]?.see(jsonString: Bytes(rebasing: raw[1..<(raw.count - 1)]))
        }
    }
}
