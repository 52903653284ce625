import CatalogModel
import Governance

/// A CSV file that was opened and of which the header is read.
final class CSVFile {
    let buffer: RecordBuffer
    let dialect: CSVDialect
    /// The texts of the header, or `c1`, `c2`, … for the fields of the first record; empty for an empty file.
    private(set) var header: [String] = []
    /// The line on which the next record begins, from 1.
    var line = 1
    private let table: TableName
    private let tuning: ReadTuning

    /// - Throws: `.sourceUnavailable`; `.malformedRow` and `.limitExceeded` for a header that can't be read.
    init(_ files: SourceFiles, location: String, table: TableName, tuning: ReadTuning) throws(GovernanceError) {
        let name = SourceFiles.name(of: location)
        self.table = table
        self.tuning = tuning
        dialect = try CSVDialect(files.source, fileName: name)
        buffer = RecordBuffer(try files.open(location), tuning: tuning)
        try buffer.skipByteOrderMark(fileName: name)
        header = try readHeader()
    }

    /// The texts of the first record; leaves it unread when it is a row.
    private func readHeader() throws(GovernanceError) -> [String] {
        let tokenizer = CSVTokenizer(delimiter: dialect.delimiter, places: Array(0..<tuning.columns))
        let spans = UnsafeMutablePointer<FieldSpan>.allocate(capacity: tuning.columns + 1)
        spans.initialize(repeating: FieldSpan(start: 0, end: 0), count: tuning.columns + 1)
        defer { spans.deallocate() }
        while true {
            var start = buffer.start
            var lines = 0
            let record = tokenizer.next(
                in: buffer.base, &start, buffer.end, isLast: buffer.isLast, lines: &lines, into: spans
            )
            switch record {
            case .nothing where buffer.isLast: return []
            case .nothing, .incomplete:
                guard try buffer.refill() else { throw headerError("it is longer than a record may be") }
            case .blank:
                buffer.start = start
                line += lines
            case .fields, .malformed(.wrongFieldCount):
                let texts = try texts(of: record, spans, start)
                guard dialect.hasHeader else { return texts.indices.map { "c\($0 + 1)" } }
                buffer.start = start
                line += lines
                return texts
            case .malformed(let why): throw headerError(why.text)
            }
        }
    }

    private func texts(
        of record: CSVTokenizer.Record,
        _ spans: UnsafeMutablePointer<FieldSpan>,
        _ end: Int
    ) throws(GovernanceError) -> [String] {
        var count = tuning.columns
        if case .malformed(.wrongFieldCount(let found, _)) = record { count = found }
        guard count <= tuning.columns else {
            throw GovernanceError(
                .limitExceeded,
                "table `\(table)` has \(count) columns, more than \(tuning.columns)"
            )
        }
        let bytes = UnsafeBufferPointer(start: buffer.base + buffer.start, count: end - buffer.start)
        guard UTF8Check.isValid(bytes) else { throw headerError(Malformation.invalidUTF8.text) }
        var unescaped: [UInt8] = []
        return (0..<count).map { index in
            CSVColumn.withText(buffer.base + spans[index].start, spans[index], &unescaped) {
                String(decoding: $0, as: UTF8.self)
            }
        }
    }

    private func headerError(_ why: String) -> GovernanceError {
        GovernanceError(.malformedRow, "table `\(table)`, first record (line \(line)): \(why)")
    }
}
