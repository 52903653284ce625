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
    init(_ files: SourceFiles, location: String, table: TableName, tuning: ReadTuning) throws(GovernanceError)
    {
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
        var room = min(64, tuning.columns)
        while true {
            let fields = UnsafeMutablePointer<FieldSpan>.allocate(capacity: room + 1)
            fields.initialize(repeating: FieldSpan(start: 0, end: 0), count: room + 1)
            defer { fields.deallocate() }
            let tokenizer = CSVTokenizer(delimiter: dialect.delimiter, places: Array(0..<room))
            var start = buffer.start
            var lines = 0
            let record = tokenizer.next(
                in: buffer.base,
                &start,
                buffer.end,
                isLast: buffer.isLast,
                lines: &lines,
                into: fields
            )
            switch record {
            case .nothing where buffer.isLast: return []
            case .nothing, .incomplete:
                guard try buffer.refill() else { throw headerError("it is longer than a record may be") }
            case .blank:
                buffer.start = start
                line += lines
            case .malformed(.wrongFieldCount(let found, _)) where found > room:
                guard found <= tuning.columns else { throw tooMany(found) }
                room = found
            case .malformed(.wrongFieldCount(let found, _)):
                return try header(of: fields, found, start, lines)
            case .fields: return try header(of: fields, room, start, lines)
            case .malformed(let why): throw headerError(why.text)
            }
        }
    }

    /// The names that a record gives; passes over it unless it is a row.
    private func header(
        of fields: UnsafeMutablePointer<FieldSpan>,
        _ count: Int,
        _ end: Int,
        _ lines: Int
    ) throws(GovernanceError) -> [String] {
        guard dialect.hasHeader else { return (1...count).map { "c\($0)" } }
        let bytes = UnsafeBufferPointer(start: buffer.base + buffer.start, count: end - buffer.start)
        guard UTF8Check.isValid(bytes) else { throw headerError(Malformation.invalidUTF8.text) }
        var unescaped: [UInt8] = []
        let texts = (0..<count).map { index in
            CSVColumn.withText(buffer.base + fields[index].start, fields[index], &unescaped) {
                String(decoding: $0, as: UTF8.self)
            }
        }
        buffer.start = end
        line += lines
        return texts
    }

    private func tooMany(_ count: Int) -> GovernanceError {
        GovernanceError(.limitExceeded, "table `\(table)` has \(count) columns, more than \(tuning.columns)")
    }

    private func headerError(_ why: String) -> GovernanceError {
        GovernanceError(.malformedRow, "table `\(table)`, first record (line \(line)): \(why)")
    }
}
