/// A column of a result, as clients are told of it.
package struct EngineColumn: Sendable {
    /// Its name.
    package let name: String
    /// Its type by PostgreSQL's identifier.
    package let identifier: UInt32
    /// The type's length as PostgreSQL tells it.
    package let length: Int16
    /// The type's modifier; -1 for none.
    package let modifier: Int32
    let type: EngineType

    init(_ column: OutputColumn) {
        name = column.name
        type = column.type
        identifier = type.identifier
        length = type.wireLength
        modifier = type.modifier
    }
}

/// What a statement gave.
package struct EngineOutcome: Sendable {
    /// Empty for what gives no rows.
    package let columns: [EngineColumn]
    /// What PostgreSQL calls it when it is done, such as `SELECT 3`; nil when there is more to come.
    package let tag: String?
    /// How it is handed out by `COPY`; nil for rows.
    let copy: CopyForm?
    private let rows: ArraySlice<[Datum]>
    /// What counts the rows' memory while they are handed out.
    private let kept: KeptRows?
    private let formats: [Int16]

    init(
        columns: [EngineColumn],
        rows: ArraySlice<[Datum]> = [],
        of kept: KeptRows? = nil,
        tag: String?,
        formats: [Int16] = [],
        copy: CopyForm? = nil
    ) {
        self.columns = columns
        self.rows = rows
        self.kept = kept
        self.tag = tag
        self.formats = formats
        self.copy = copy
    }

    /// Whether it is handed out by `COPY`.
    package var isCopy: Bool { copy != nil }

    /// Whether `COPY` hands it out in its binary form.
    package var isBinaryCopy: Bool { copy?.isBinary == true }

    /// Whether it has rows, be they none; a `SELECT` without columns has, too.
    package var givesRows: Bool {
        !columns.isEmpty || tag == nil || tag?.hasPrefix("SELECT") == true || tag?.hasPrefix("FETCH") == true
    }

    /// How many rows there are; lines of a `COPY` that belong to no row aren't counted.
    package var count: Int { rows.count }

    /// The format of a column: 1 for binary.
    package func format(of column: Int) -> Int16 {
        formats.count == 1 ? formats[0] : formats.indices.contains(column) ? formats[column] : 0
    }

    /// A row as the body of a `DataRow`.
    package func dataRow(_ index: Int) -> [UInt8] {
        let row = rows[rows.startIndex + index]
        var result = DatumWire.big(Int16(columns.count))
        for (place, column) in columns.enumerated() {
            guard !row[place].isNull else {
                result += DatumWire.big(Int32(-1))
                continue
            }
            let bytes =
                format(of: place) == 1
                ? DatumWire.bytes(row[place], column.type) : DatumText.bytes(row[place], column.type)
            result += DatumWire.big(Int32(truncatingIfNeeded: bytes.count))
            result += bytes
        }
        return result
    }

    /// A row as texts; nil is NULL.
    package func texts(_ index: Int) -> [String?] {
        let row = rows[rows.startIndex + index]
        return columns.enumerated().map { place, column in
            row[place].isNull
                ? nil : String(decoding: DatumText.bytes(row[place], column.type), as: UTF8.self)
        }
    }

    /// The bytes that `COPY` puts before the rows.
    package var copyHead: [UInt8] { copy?.head(columns.map(\.name)) ?? [] }

    /// A row as `COPY` puts it.
    package func copyRow(_ index: Int) -> [UInt8] {
        copy?.row(rows[rows.startIndex + index], columns) ?? []
    }

    /// The bytes that `COPY` puts after the rows.
    package var copyTail: [UInt8] { copy?.isBinary == true ? [0xFF, 0xFF] : [] }
}

/// How `COPY … TO STDOUT` writes rows.
///
/// **Source.** `copyto.c` of PostgreSQL 15.
struct CopyForm: Sendable {
    private(set) var isBinary = false
    private var isCSV = false
    private var delimiter: UInt8 = 9
    private var null: [UInt8] = [92, 78]
    private var hasHeader = false
    private var quote: UInt8 = 34
    private var escape: UInt8 = 34
    private var quotesAll = false
    private var quotedColumns: [String] = []

    init(_ options: [CopyOption]) throws(EngineFault) {
        for case .format(let format) in options {
            isBinary = format == "binary"
            isCSV = format == "csv"
        }
        if isCSV {
            delimiter = UInt8(ascii: ",")
            null = []
        }
        var givenEscape: UInt8?
        for option in options {
            switch option {
            case .format: break
            case .delimiter(let text): delimiter = try CopyForm.byte(text)
            case .null(let text): null = Array(text.utf8)
            case .header(let flag): hasHeader = flag
            case .quote(let text): quote = try CopyForm.byte(text)
            case .escape(let text): givenEscape = try CopyForm.byte(text)
            case .forceQuoteAll: quotesAll = true
            case .forceQuote(let names): quotedColumns = names
            }
        }
        escape = givenEscape ?? quote
        guard isCSV || !quotesAll && quotedColumns.isEmpty else {
            throw EngineFault("0A000", "COPY force quote available only in CSV mode")
        }
        guard !isBinary || options.count <= 1 else {
            throw EngineFault("42601", "cannot specify options of COPY in BINARY mode")
        }
    }

    /// Requires that the columns to quote are there.
    func check(_ columns: [EngineColumn]) throws(EngineFault) {
        for name in quotedColumns where !columns.contains(where: { $0.name == name }) {
            throw EngineFault("42703", "column \"\(name)\" does not exist")
        }
    }

    private static func byte(_ text: String) throws(EngineFault) -> UInt8 {
        guard let byte = text.utf8.first, text.utf8.count == 1, byte < 0x80, byte != 10, byte != 13 else {
            throw EngineFault("0A000", "an option of COPY must be a single one-byte character")
        }
        return byte
    }

    func head(_ names: [String]) -> [UInt8] {
        if isBinary { return Array("PGCOPY\n".utf8) + [0xFF, 13, 10, 0] + [UInt8](repeating: 0, count: 8) }
        guard hasHeader else { return [] }
        return line(names.map { isCSV ? quoted(Array($0.utf8), isOnly: false) : escaped(Array($0.utf8)) })
    }

    func row(_ row: [Datum], _ columns: [EngineColumn]) -> [UInt8] {
        if isBinary {
            var result = DatumWire.big(Int16(row.count))
            for (value, column) in zip(row, columns) {
                let bytes = DatumWire.bytes(value, column.type)
                result += DatumWire.big(value.isNull ? Int32(-1) : Int32(bytes.count)) + bytes
            }
            return result
        }
        return line(
            zip(row, columns).map { value, column in
                if value.isNull { return null }
                let text = DatumText.bytes(value, column.type)
                let isAlways = quotedColumns.contains(column.name)
                return isCSV
                    ? quoted(text, isOnly: columns.count == 1, isAlways: isAlways) : escaped(text)
            }
        )
    }

    private func line(_ fields: [[UInt8]]) -> [UInt8] {
        Array(fields.joined(separator: [delimiter])) + [10]
    }

    private func escaped(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        let letters: [UInt8: UInt8] = [8: 98, 9: 116, 10: 110, 11: 118, 12: 102, 13: 114]
        for byte in text {
            if let letter = letters[byte] {
                result += byte == delimiter ? [92, byte == 9 ? 116 : byte] : [92, letter]
            } else if byte == 92 || byte == delimiter {
                result += [92, byte]
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private func quoted(_ text: [UInt8], isOnly: Bool, isAlways: Bool = false) -> [UInt8] {
        let isEnd = isOnly && text == Array("\\.".utf8)
        let isSpecial = text.contains { $0 == delimiter || $0 == quote || $0 == 10 || $0 == 13 }
        guard quotesAll || isAlways || text == null || isEnd || isSpecial else { return text }
        var result = [quote]
        for byte in text {
            if byte == quote || byte == escape { result.append(escape) }
            result.append(byte)
        }
        return result + [quote]
    }
}
