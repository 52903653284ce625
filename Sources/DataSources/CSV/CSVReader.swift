import CatalogModel
import Governance

/// Delivers the planned columns of a CSV file in batches.
///
/// First the fields of a batch of records are found, then each column is made from its fields in one go.
final class CSVReader: BatchReader {
    private(set) var skippedRows = 0
    private let file: CSVFile
    private let plan: ScanPlan
    private let tokenizer: CSVTokenizer
    private let columns: [CSVColumn]
    private let stride: Int
    private let tuning: ReadTuning
    private let batchRows: Int
    private let spans: UnsafeMutablePointer<FieldSpan>
    /// Row number and line of each row of the batch under construction.
    private let origins: UnsafeMutablePointer<(row: Int, line: Int)>
    private var rowsRead = 0

    /// Reads a file of which each column has its place among the planned ones, or the one behind them.
    init(_ file: CSVFile, _ plan: ScanPlan, places: [Int], tuning: ReadTuning) {
        self.file = file
        self.plan = plan
        self.tuning = tuning
        tokenizer = CSVTokenizer(delimiter: file.dialect.delimiter, places: places)
        columns = plan.forms.map { CSVColumn(form: $0, nullText: file.dialect.nullText) }
        stride = plan.columns.count + 1
        // A table of thousands of columns gets fewer rows a batch, so that eight megabytes hold their fields.
        batchRows = max(1, min(tuning.batchRows, (1 << 20) / stride))
        spans = .allocate(capacity: stride * batchRows)
        spans.initialize(repeating: FieldSpan(start: 0, end: 0), count: stride * batchRows)
        origins = .allocate(capacity: batchRows)
        origins.initialize(repeating: (0, 0), count: batchRows)
    }

    deinit {
        spans.deallocate()
        origins.deallocate()
    }

    func nextBatch() throws(GovernanceError) -> RawBatch? {
        let buffer = file.buffer
        while true {
            let (rows, isIncomplete) = try findRows()
            if rows > 0, let batch = try batch(of: rows) { return batch }
            guard isIncomplete || buffer.start == buffer.end else { continue }
            if buffer.isLast { return nil }
            guard try buffer.refill() else { throw tooLong }
        }
    }

    /// Finds the fields of as many records as a batch takes.
    private func findRows() throws(GovernanceError) -> (rows: Int, isIncomplete: Bool) {
        let buffer = file.buffer
        let (base, end, isLast) = (UnsafePointer(buffer.base), buffer.end, buffer.isLast)
        let limit = min(end, buffer.start + tuning.chunkBytes)
        var position = buffer.start
        var line = file.line
        var rows = 0
        defer {
            buffer.start = position
            file.line = line
        }
        while rows < batchRows, position < limit {
            let (recordStart, recordLine) = (position, line)
            let record = tokenizer.next(
                in: base,
                &position,
                end,
                isLast: isLast,
                lines: &line,
                into: spans + rows &* stride
            )
            switch record {
            case .fields:
                rowsRead &+= 1
                origins[rows] = (rowsRead, recordLine)
                rows &+= 1
                guard position &- recordStart <= tuning.recordBytes else { throw tooLong }
            case .blank: break
            case .incomplete: return (rows, true)
            case .nothing: return (rows, false)
            case .malformed(let why):
                rowsRead += 1
                try refuse(RowFault(row: rowsRead, line: recordLine, column: nil, why: why))
            }
        }
        return (rows, false)
    }

    /// Makes the columns of the rows found; nil when none of them remains.
    private func batch(of rows: Int) throws(GovernanceError) -> RawBatch? {
        var misfits: [Int32: Int] = [:]
        var vectors: [ColumnVector] = []
        vectors.reserveCapacity(columns.count)
        for (index, column) in columns.enumerated() {
            let filled = column.fill(spans + index, stride: stride, rows: rows, from: file.buffer.base)
            vectors.append(filled.vector)
            for row in filled.misfits where misfits[row] == nil { misfits[row] = index }
        }
        guard !misfits.isEmpty else {
            return RawBatch(schema: plan.schema, columns: vectors, rowCount: rows)
        }
        for row in misfits.keys.sorted() {
            let (number, line) = origins[Int(row)]
            let column = plan.columns[misfits[row] ?? 0]
            try refuse(RowFault(row: number, line: line, column: column.name, why: .misfit(column.type)))
        }
        let kept = (0..<Int32(rows)).filter { misfits[$0] == nil }
        guard !kept.isEmpty else { return nil }
        return RawBatch(
            schema: plan.schema,
            columns: vectors.map { $0.rows(at: kept) },
            rowCount: kept.count
        )
    }

    private func refuse(_ fault: RowFault) throws(GovernanceError) {
        guard plan.rule == .skip, !fault.why.endsTable else { throw fault.error(in: plan.table) }
        skippedRows += 1
    }

    private var tooLong: GovernanceError {
        GovernanceError(
            .limitExceeded,
            "table `\(plan.table)`, row \(rowsRead + 1) (line \(file.line)): it is longer than "
                + "\(tuning.recordBytes) bytes; is a quote missing that closes a field?"
        )
    }
}

extension CSVReader {
    /// For each column of the file its place among the planned ones; the others share the place behind them.
    ///
    /// - Throws: `.sourceChanged` when a planned column isn't in the file, or there more than once, or when a
    ///   file without header has another number of columns than the catalog.
    static func places(
        of plan: ScanPlan,
        in file: CSVFile,
        catalogued: Int
    ) throws(GovernanceError) -> [Int] {
        let header = file.header
        if !file.dialect.hasHeader, header.count != catalogued {
            guard !header.isEmpty else { return Array(0..<plan.columns.count) }
            throw GovernanceError(
                .sourceChanged,
                "table `\(plan.table)`: the file has \(header.count) columns, and the catalog \(catalogued): "
                    + "scan the source again"
            )
        }
        var places = [Int](repeating: plan.columns.count, count: header.count)
        let positions = Dictionary(grouping: header.indices) { header[$0] }
        for (place, column) in plan.columns.enumerated() {
            let found = positions[column.sourcePath, default: []]
            guard found.count == 1, let position = found.first else {
                let what = found.isEmpty ? "has no column" : "has more than one column"
                throw GovernanceError(
                    .sourceChanged,
                    "table `\(plan.table)`: the file \(what) `\(column.sourcePath)`: scan the source again"
                )
            }
            places[position] = place
        }
        return places
    }
}
